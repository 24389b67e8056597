"""The context that the parts of a workbench share: connector, client, environment, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakMethod

from pydantic.alias_generators import to_snake

from appconnect.connector import Connector
from appconnect.connectors.platform import Platform
from appconnect.errors import AppConnectError, NotSignedIn, SessionExpired
from appconnect.event_loops import Lock
from appconnect.models import AuthType, LogFormat, User, UserSettings
from appconnect.timezones import parse_zone
from appconnect.workbench.account import AccountOfEnvironment
from appconnect.workbench.connections import Connections
from appconnect.workbench.environment import Environment

if TYPE_CHECKING:
    from appconnect.http import CrmClient, Trace
    from appconnect.redaction import Redactor
    from appconnect.store import Connection


class Context:
    """One connector at work.

    ``definition`` is the platform, ``crm`` the client that sends, ``account`` what the connector may know of
    its user, ``connections`` where credentials are kept, ``environment`` what differs between sandbox, replay
    and live.
    """

    def __init__(
        self,
        platform: Platform,
        environment: Environment,
        *,
        settings: UserSettings,
        options: Mapping[str, str],
    ) -> None:
        self.definition, self.environment, self.given_options = platform, environment, dict(options)
        self.account = AccountOfEnvironment(environment, settings, options)
        self.connections = Connections(platform, environment, self.account)
        self.has_ended = False
        """Whether the CRM said that the session of who is signed in, or kept, has ended."""
        self._resuming = Lock()
        self._watchers: list[WeakMethod[Callable[[], None]]] = []

    @cached_property
    def redactor(self) -> Redactor:
        """What masks secrets."""
        from appconnect.redaction import Redactor

        return Redactor(self.definition.redaction, self.environment.connection_secrets)

    @cached_property
    def trace(self) -> Trace:
        """What goes over the wire; the history follows it from the start."""
        from appconnect.http import Trace
        from appconnect.workbench.origin import PeopleHidden, origin_of

        platform, environment = self.definition, self.environment
        trace = Trace(
            self.redactor,
            origin=origin_of(platform, self.connections.sign_in),
            without_people=PeopleHidden(platform, environment.settings),
        )
        if environment.history is not None:
            environment.history.follow(trace, crm=platform.name, mode=environment.mode.value)
        return trace

    @cached_property
    def crm(self) -> CrmClient:
        """The client that sends."""
        from appconnect.http import CrmClient

        environment = self.environment
        client = CrmClient(
            lambda: environment.transport,
            rules=self.definition.connector.rules,
            clock=environment.clock,
            trace=lambda: self.trace,
            jitter=environment.jitter,
        )
        client.replaces_people = environment.replaces_people
        return client

    @cached_property
    def connector(self) -> Connector:
        """The connector, with its client."""
        return self.definition.connector(self.crm, self.account)

    @property
    def platform(self) -> str:
        """The CRM's name in code, such as ``"pipedrive"``."""
        return self.definition.name

    @property
    def title(self) -> str:
        """The CRM's name for people, such as ``"Pipedrive"``."""
        return self.definition.title

    @property
    def uses_oauth(self) -> bool:
        """Whether the CRM has a consent page; else a person types a key or password."""
        return self.connector.get_auth_type() is AuthType.OAUTH

    @property
    def log_format(self) -> LogFormat:
        """What this CRM's log bodies are written in."""
        from appconnect.logs.calls.formats import known_format

        return known_format(self.connector.get_log_format_type())

    @property
    def zone(self) -> tzinfo:
        """The zone that logs are written in: by name, else by the offset given at sign-in, else UTC."""
        return parse_zone(self.connector.timezone(), self.user.timezone_offset if self.user else "")

    def now(self) -> datetime:
        """Return the time: the sandbox's in the sandbox and in replay, the computer's when live."""
        return self.environment.clock.now()

    # -- who is signed in --

    def use_app(self, app: Mapping[str, str]) -> None:
        """Sign in as this registered app, by field, from now on; the next sign-in is kept with it."""
        if not app:
            return
        environment, account = self.environment, self.account
        values = {**environment.credentials.model_dump(), **{to_snake(name): app[name] for name in app}}
        environment.credentials = type(environment.credentials).model_validate(values)
        environment.connection_secrets.add(environment.secrets)
        fresh = AccountOfEnvironment(environment, account.settings, {})
        account.client_id, account.client_secret = fresh.client_id, fresh.client_secret
        account.redirect_uri = fresh.redirect_uri
        self.connections.app = {**self.connections.app, **app}

    @property
    def user(self) -> User | None:
        """Who is signed in."""
        return self.account.user

    async def signed_in_user(self) -> User:
        """Return the user; a connection that the store remembers is taken up again. Raises NotSignedIn."""
        async with self._resuming:
            if self.user is None:
                await self._resume()
        if self.user is None:
            raise NotSignedIn(f"Nobody is signed in to {self.title} yet; sign in first.")
        return self.user

    def on_user_change(self, changed: Callable[[], None]) -> None:
        """Call a method whenever somebody signs in or out, as long as its object lives."""
        self._watchers.append(WeakMethod(changed))

    def tell_user_change(self) -> None:
        """Call those who want to know that somebody has signed in or out, or that a session has ended."""
        living = [(each, method) for each in self._watchers if (method := each()) is not None]
        self._watchers = [each for each, _ in living]
        for _, method in living:
            method()

    def note_failure(self, error: AppConnectError) -> None:
        """Remember that the session has ended, if this says so."""
        if isinstance(error, SessionExpired):
            self.has_ended = True
            self.tell_user_change()

    def take_up(self, connection: Connection) -> None:
        """Work for the user of a connection from now on, with what is cached for that user."""
        from appconnect.store import StoreBook, StoreCache, StoreOutbox

        self.account.user = User.model_validate(connection.public["user"])
        scope = f"{self.platform}/{connection.user_id}"
        environment = self.environment
        self.connector.cache = StoreCache(environment.store, scope, environment.clock)
        if environment.store.is_shared:
            self.crm.share_limits(StoreBook(environment.store, scope))
        self.connector.outbox = StoreOutbox(
            environment.store, self.platform, connection.user_id, environment.clock, environment.vault
        )
        self.tell_user_change()

    async def _resume(self) -> None:
        connection = self.connections.current()
        if connection is None:
            return
        try:
            self.account.options = {**self.account.options, **self.connections.options(connection)}
            secrets = self.connections.secrets(connection)
            self.use_app(self.connections.app_in(secrets))
            info = await self.connector.get_oauth_info() if self.uses_oauth else None
            self.crm.signer = credentials = self.connections.sign_in.restore(secrets, info)
            self.environment.connection_secrets.hold(credentials.secrets(), credentials.public().values())
            self.take_up(connection)
        except (KeyError, ValueError):  # another version has written it, or a person
            raise NotSignedIn(
                f"The stored sign-in to {self.title} was written by another version. Sign in again."
            ) from None
