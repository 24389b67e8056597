"""The kept credentials of who is signed in: sealed, renewed before they are used, brought back."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter

from appconnect.auth.base import Credentials
from appconnect.auth.sign_in import RenewalContext, SignIn
from appconnect.connector import Account
from appconnect.connectors.platform import Platform
from appconnect.models import JsonObject, User
from appconnect.store import Connection
from appconnect.workbench.environment import Environment

RENEWAL_SECONDS = 180
"""Longer than a renewal at its slowest: 20 seconds each for a place, to connect, to write and to read, after
a pause of 30; Bullhorn's goes on to a login. Who dies in one keeps others waiting for that long."""
_TEXTS = TypeAdapter(dict[str, str])


class Connections:
    """The connections of one platform, in the store and the vault of an environment.

    ``sign_in`` is the CRM's way of making and restoring credentials.
    """

    def __init__(self, platform: Platform, environment: Environment, account: Account) -> None:
        self.platform = platform.name
        self._environment = environment
        self._account = account
        self.sign_in: SignIn = platform.sign_in(self._renewal_context())

    def current(self) -> Connection | None:
        """Return the connection of who signed in last, None when nobody is signed in."""
        return self._environment.store.connection(self.platform)

    def user(self, user_id: str) -> User | None:
        """Return a user who has signed in here, by ``"<crm id>-<platform>"``."""
        connection = self._environment.store.connection(self.platform, user_id)
        try:
            return User.model_validate(connection.public["user"]) if connection else None
        except (KeyError, ValueError):  # another version has written it: nobody that we know
            return None

    def secrets(self, connection: Connection) -> Mapping[str, str]:
        """Open what was sealed. Raises NotSignedIn when it was sealed with another vault key."""
        return self._environment.vault.open(connection.sealed)

    def options(self, connection: Connection) -> dict[str, str]:
        """Return what was typed at that sign-in and is no secret."""
        return _TEXTS.validate_python(connection.public.get("options", {}))

    def stored_credential_names(self) -> tuple[str, ...]:
        """Return the names of the current connection's secrets, sorted; empty when nobody is signed in."""
        connection = self.current()
        return tuple(sorted(self.secrets(connection))) if connection else ()

    def save(self, user: User, credentials: Credentials) -> Connection:
        """Remember a sign-in, and make it the current one."""
        connection = self._connection(user, credentials)
        self._environment.store.save_connection(connection)
        return connection

    def forget(self, user_id: str) -> None:
        """Forget a user's credentials."""
        self._environment.store.forget_connection(self.platform, user_id)

    # -- renewal --

    def _renewal_context(self) -> RenewalContext:
        """Return what credentials need to renew themselves: one at a time, stored before they are used."""
        return RenewalContext(
            clock=self._environment.clock,
            keep=self._keep,
            lease=lambda: self._environment.store.lease(
                f"renewal of {self.platform}/{self._user_id}", RENEWAL_SECONDS, self._environment.clock
            ),
            reload=self._reload,
        )

    def _keep(self, credentials: Credentials) -> None:
        """Store renewed credentials at once; during a sign-in there is nobody yet to store them for."""
        if self._account.user is not None:
            self._environment.store.renew_connection(self._connection(self._account.user, credentials))

    def _reload(self) -> Mapping[str, str] | None:
        if self._account.user is None:
            return None
        connection = self._environment.store.connection(self.platform, self._account.user.id)
        return self.secrets(connection) if connection else None

    @property
    def _user_id(self) -> str:
        return self._account.user.id if self._account.user else ""

    def _connection(self, user: User, credentials: Credentials) -> Connection:
        self._environment.connection_secrets.hold(credentials.secrets(), credentials.public().values())
        public: JsonObject = {
            **credentials.public(), "user": user.to_wire(), "options": self._typed_options(),
        }  # fmt: skip
        sealed = self._environment.vault.seal(credentials.secrets())
        return Connection(self.platform, user.id, sealed, public)

    def _typed_options(self) -> JsonObject:
        """Return what is typed to sign in and is no secret; taking the connection up again may need it."""
        names = [field.name for field in self.sign_in.fields if not field.secret]
        return {name: self._account.options[name] for name in names if name in self._account.options}
