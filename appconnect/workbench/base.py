"""What all flows of the workbench stand on: the connector, its surroundings, and how an operation runs.

Errors become results with a sentence for the person; the exception stays reachable as ``result.error``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, tzinfo
from typing import TypeVar

from pydantic import JsonValue, SecretStr, TypeAdapter
from pydantic.alias_generators import to_camel

from appconnect import operation_warnings, user_messages
from appconnect.auth.sign_in import RenewalContext, SignIn
from appconnect.connector import Account, Cost
from appconnect.connectors.platform import Platform
from appconnect.errors import AppConnectError, NotSignedIn
from appconnect.http import CrmClient, RateLimit, Trace
from appconnect.logs.timeformat import zone
from appconnect.models import AuthType, JsonObject, LogFormat, Result, User, UserSettings
from appconnect.redaction import Redactor
from appconnect.store import Connection
from appconnect.workbench.environment import Environment

R = TypeVar("R", bound=Result)
RENEWAL_SECONDS = 180
"""Longer than a renewal at its slowest: 20 seconds each for a place, to connect, to write and to read, after
a pause of 30; Bullhorn's goes on to a login. Who dies in one keeps others waiting for that long."""


class WorkbenchBase:
    """One connector at work: who is signed in, what was sent, what is remembered."""

    def __init__(
        self,
        platform: Platform,
        environment: Environment,
        *,
        settings: UserSettings,
        options: Mapping[str, str],
    ) -> None:
        self.environment = environment
        self.trace = Trace(Redactor(platform.redaction, environment.connection_secrets))
        self.crm = CrmClient(
            environment.transport,
            rules=platform.connector.rules,
            clock=environment.clock,
            trace=self.trace,
            jitter=environment.jitter,
        )
        self.account = _account(environment, settings, options)
        self.connector = platform.connector(self.crm, self.account)
        self.sign_in_way: SignIn = platform.sign_in(self._renewal_context())
        self._resumed = asyncio.Lock()

    # -- what it is about --

    @property
    def platform(self) -> str:
        """``"pipedrive"``."""
        return self.connector.platform

    @property
    def title(self) -> str:
        """``"Pipedrive"``."""
        return self.connector.title

    @property
    def user(self) -> User | None:
        """Who is signed in."""
        return self.account.user

    @property
    def settings(self) -> UserSettings:
        """App Connect's user settings: ``{"addCallLogNote": {"value": true}, …}``."""
        return self.account.settings

    @settings.setter
    def settings(self, settings: UserSettings) -> None:
        self.account.settings = settings

    @property
    def log_format(self) -> LogFormat:
        """What this CRM's log bodies are written in."""
        return self.connector.get_log_format_type()

    @property
    def auth_type(self) -> AuthType:
        """``oauth`` or ``apiKey``."""
        return self.connector.get_auth_type()

    @property
    def limits(self) -> RateLimit:
        """What the CRM last said of its limits; empty when it has said nothing."""
        return self.trace.limits

    @property
    def timezone(self) -> str:
        """The user's zone by name, or as an offset; "" when neither is known."""
        return self.connector.timezone()

    @property
    def zone(self) -> tzinfo:
        """The zone that logs are written in: by name, else by the offset given at sign-in, else UTC."""
        return zone(self.timezone, self.user.timezone_offset if self.user else "")

    def cost(self, operation: str) -> Cost | None:
        """What an operation (by its name in the contract) takes, as far as the vendor documents it."""
        return self.connector.costs.get(operation)

    def now(self) -> datetime:
        """The workbench's time: the sandbox's in the sandbox and in replay, the computer's when live."""
        return self.environment.clock.now()

    def __repr__(self) -> str:
        who = f"signed in as {self.user.name}" if self.user else "not signed in"
        return f"<Workbench for {self.title}, {who}>"

    # -- how an operation runs --

    async def _run(self, kind: type[R], work: Callable[[], Awaitable[R]]) -> R:
        """Do the work, count what it said of rate limits, and turn an error into a result."""
        with self.crm.watch() as seen, operation_warnings.collect() as with_warnings:
            try:
                result = await work()
                result.return_message = user_messages.with_warnings(result.return_message, with_warnings)
            except AppConnectError as error:
                result = kind(
                    successful=False,
                    return_message=user_messages.for_error(error, crm=self.title),
                    error=error,
                )
        limits = seen[-1] if seen else RateLimit()
        tracking = result.extra_data_tracking
        tracking.ratelimit_amount = limits.amount
        tracking.ratelimit_remaining = limits.remaining
        tracking.ratelimit_reset = limits.reset
        return result

    async def _signed_in(self) -> User:
        """The user; a connection that the store remembers is taken up again. Raises NotSignedIn."""
        async with self._resumed:
            if self.user is None:
                await self._resume()
        if self.user is None:
            raise NotSignedIn(f"Nobody is signed in to {self.title} yet; sign in first.")
        return self.user

    async def _resume(self) -> None:
        kept = self.environment.store.connection(self.platform)
        if kept is None:
            return
        options = TypeAdapter(dict[str, str]).validate_python(kept.public.get("options", {}))
        self.account.options = {**self.account.options, **options}
        secrets = self.environment.vault.open(kept.sealed)
        info = await self.connector.get_oauth_info() if self.auth_type is AuthType.OAUTH else None
        self.crm.signer = credentials = self.sign_in_way.restore(secrets, info)
        self.environment.connection_secrets.hold(credentials.secrets(), credentials.public().values())
        self._take_up(kept)

    def _take_up(self, connection: Connection) -> None:
        self.account.user = User.model_validate(connection.public["user"])
        scope = f"{self.platform}/{connection.user_id}"
        self.connector.cache = self.environment.store.cache(scope, self.environment.clock)

    # -- where renewed credentials are kept --

    def _renewal_context(self) -> RenewalContext:
        return RenewalContext(
            clock=self.environment.clock,
            keep=lambda credentials: self._keep(credentials.secrets(), credentials.public()),
            lease=lambda: self.environment.store.lease(
                f"renewal of {self.platform}/{self.user.id if self.user else ''}",
                RENEWAL_SECONDS,
                self.environment.clock,
            ),
            reload=self._reload,
        )

    def _keep(self, secrets: Mapping[str, str], public: Mapping[str, JsonValue]) -> None:
        """Store renewed credentials at once; during a sign-in there is nobody yet to store them for."""
        if self.user is not None:
            self.environment.store.renew_connection(self._connection(self.user, secrets, public))

    def _reload(self) -> Mapping[str, str] | None:
        kept = self.environment.store.connection(self.platform, self.user.id) if self.user else None
        return self.environment.vault.open(kept.sealed) if kept else None

    def _connection(
        self, user: User, secrets: Mapping[str, str], public: Mapping[str, JsonValue]
    ) -> Connection:
        self.environment.connection_secrets.hold(secrets, public.values())
        shown: JsonObject = {**public, "user": user.to_wire(), "options": self._open_fields()}
        return Connection(self.platform, user.id, self.environment.vault.seal(secrets), shown)

    def finish(self) -> None:
        """Save the recording, or in replay raise RecordingError naming what was never asked for.

        The workbench goes on working, and so do its panels.
        """
        if self.environment.recording is not None:
            self.environment.recording.save()
        self.environment.finish()

    def _open_fields(self) -> JsonObject:
        """What was filled in to sign in and is no secret; taking the connection up again may need it."""
        names = [each.name for each in self.sign_in_way.fields if not each.secret]
        return {name: self.account.options[name] for name in names if name in self.account.options}

    async def close(self) -> None:
        """Let go of everything, and finish."""
        await self.crm.aclose()
        self.environment.store.close()
        self.environment.finish()


def _account(environment: Environment, settings: UserSettings, options: Mapping[str, str]) -> Account:
    given = environment.credentials.model_dump()
    plain = {to_camel(name): value for name, value in given.items() if isinstance(value, str) and value}
    secret = given.get("client_secret")
    return Account(
        client_id=plain.pop("clientId", ""),
        client_secret=secret if isinstance(secret, SecretStr) else SecretStr(""),
        redirect_uri=plain.pop("redirectUri", ""),
        options={**plain, **options},
        settings=settings,
    )
