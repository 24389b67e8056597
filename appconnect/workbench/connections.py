"""The kept credentials of who is signed in: sealed, renewed before they are used, brought back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import ConfigDict, TypeAdapter

from appconnect import store
from appconnect.auth.base import RenewalContext
from appconnect.errors import AppConnectError, NotSignedIn
from appconnect.models import JsonObject, User

if TYPE_CHECKING:
    from appconnect.auth.base import Credentials
    from appconnect.auth.sign_in import SignIn
    from appconnect.connector import Account
    from appconnect.connectors.platform import Platform
    from appconnect.store import Connection
    from appconnect.workbench.environment import Environment

SINCE = "signedInAt"
_TEXTS = TypeAdapter(dict[str, str], config=ConfigDict(defer_build=True))


@dataclass(frozen=True)
class KeptSignIn:
    """A sign-in that the store remembers, as it is known without asking the CRM whether it is still good.

    ``since`` is when ``user`` signed in, None where an older version kept it. ``problem`` is a sentence on
    why it cannot be used, "" when it may be good.
    """

    user: User
    since: datetime | None
    problem: str

    def __str__(self) -> str:
        since = f" from {self.since:%Y-%m-%d %H:%M} UTC" if self.since else ""
        return f"{self.user.name}, kept{since}"


class Connections:
    """The connections of one platform, in the store and the vault of an environment.

    ``sign_in`` is the CRM's way of making and restoring credentials. ``app`` is the registered app by field,
    as far as it was typed: it is sealed with the credentials, since they can be renewed with it only.
    """

    def __init__(self, platform: Platform, environment: Environment, account: Account) -> None:
        self.platform = platform.name
        self._environment = environment
        self._account = account
        self.sign_in: SignIn = platform.sign_in(self._renewal_context())
        self.app: Mapping[str, str] = {}
        self.wanted: str | None = None
        """The id of the user whose sign-in is taken up; None for whoever signed in last."""

    def current(self) -> Connection | None:
        """Return the connection of who is wanted, or signed in last; None when there is none."""
        if self._environment.lazy_store.is_empty:
            return None
        return self._environment.store.connection(self.platform, self.wanted)

    def kept(self) -> KeptSignIn | None:
        """Return who signed in last, as kept; None when nobody did. Asks nobody, and raises nothing."""
        try:
            connection = self.current()
        except AppConnectError:  # whatever is done next says what is wrong with the store
            return None
        if connection is None:
            return None
        user, problem = User(id=connection.user_id, name=connection.user_id), ""
        try:
            user = User.model_validate(connection.public["user"])
            self.secrets(connection)
        except (KeyError, ValueError):
            problem = "The stored sign-in was written by another version. Sign in again."
        except NotSignedIn as error:
            problem = error.message
        return KeptSignIn(user, _since(connection), problem)

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

    def app_in(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """Return the registered app that was typed for what was sealed."""
        names = [field.name for field in self.sign_in.app_fields]
        return {name: secrets[name] for name in names if name in secrets}

    def options(self, connection: Connection) -> dict[str, str]:
        """Return what was typed at that sign-in and is no secret."""
        return _TEXTS.validate_python(connection.public.get("options", {}))

    def stored_credential_names(self) -> tuple[str, ...]:
        """Return the names of the current connection's secrets, sorted; empty when nobody is signed in."""
        connection = self.current()
        return tuple(sorted(self.secrets(connection))) if connection else ()

    def save(self, user: User, credentials: Credentials) -> Connection:
        """Remember a sign-in, and make it the current one."""
        connection = self._connection(user, credentials, since=self._environment.clock.now())
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
                f"renewal of {self.platform}/{self._user_id}",
                store.HOLD_SECONDS,
                self._environment.clock,
                work="renews this sign-in",
            ),
            reload=self._reload,
        )

    def _keep(self, credentials: Credentials) -> None:
        """Store renewed credentials at once; during a sign-in there is nobody yet to store them for."""
        if self._account.user is not None:
            user, kept = self._account.user, self._environment.store
            before = kept.connection(self.platform, user.id)
            since = _since(before) if before else None
            kept.renew_connection(self._connection(user, credentials, since=since))

    def _reload(self) -> Mapping[str, str] | None:
        if self._account.user is None:
            return None
        connection = self._environment.store.connection(self.platform, self._account.user.id)
        return self.secrets(connection) if connection else None

    @property
    def _user_id(self) -> str:
        return self._account.user.id if self._account.user else ""

    def _connection(self, user: User, credentials: Credentials, since: datetime | None) -> Connection:
        self._environment.connection_secrets.hold(credentials.secrets(), credentials.public().values())
        public: JsonObject = {
            **credentials.public(), "user": user.to_wire(), "options": self._typed_options(),
            SINCE: since.isoformat() if since else None,
        }  # fmt: skip
        sealed = self._environment.vault.seal({**credentials.secrets(), **self.app})
        return store.Connection(self.platform, user.id, sealed, public)

    def _typed_options(self) -> JsonObject:
        """Return what is typed to sign in and is no secret; taking the connection up again may need it."""
        names = [field.name for field in self.sign_in.fields if not field.secret]
        return {name: self._account.options[name] for name in names if name in self._account.options}


def _since(connection: Connection) -> datetime | None:
    """Return when somebody signed in."""
    try:
        return datetime.fromisoformat(str(connection.public.get(SINCE)))
    except ValueError:
        return None
