"""Signing in with name and password, once, for a user key that then signs everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, JsonValue, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from appconnect import lazily
from appconnect.auth.api_key import HeaderScheme, KeySignIn
from appconnect.auth.sign_in import AuthFlow, FormField
from appconnect.errors import SignInError

if TYPE_CHECKING:
    import httpx

    from appconnect.models import OAuthInfo
else:
    httpx = lazily.module("httpx")


class UserKey(BaseModel):
    """The answer to a login, as far as it is kept: ``user_key`` is kept as ``userKey``."""

    model_config = ConfigDict(defer_build=True)

    user_key: SecretStr = Field(min_length=1, validation_alias=AliasChoices("user_key", "userKey", "token"))


class UserKeySignIn(KeySignIn):
    """Name and password for a user key. The password is used once and never kept."""

    fields: ClassVar[tuple[FormField, ...]] = (
        FormField("username", "User name"),
        FormField(
            "password", "Password", secret=True, hint="Used once, never kept", verbatim=True, kept=False
        ),
    )
    scheme = HeaderScheme.bearer("userKey")
    login_path: ClassVar[str] = "/login"
    login_scheme: ClassVar[HeaderScheme] = HeaderScheme.basic("username", "password")
    """How name and password travel, to the login only."""
    answer: ClassVar[type[BaseModel]] = UserKey
    """What is read and kept of the answer to the login."""

    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        """Ask for the user key."""
        filled = self.filled(typed, self.login_scheme)
        answer = yield self.login_request(filled)
        forgotten = {field.name for field in self.fields if not field.kept}
        kept = {name: value for name, value in filled.items() if name not in forgotten}
        return self.restore({**kept, **self._kept_of(self.accepted(answer))}, None)

    @property
    def first_scheme(self) -> HeaderScheme:
        """How what is typed travels: to the login."""
        return self.login_scheme

    def login_request(self, filled: Mapping[str, str]) -> httpx.Request:
        """Return the login: a GET that is signed with name and password, unless a CRM has it otherwise."""
        headers = {"Accept": "application/json", **self.login_scheme.headers(filled)}
        return httpx.Request("GET", f"{self.api_url(filled).rstrip('/')}{self.login_path}", headers=headers)

    def _kept_of(self, body: JsonValue) -> dict[str, str]:
        try:
            return {to_camel(name): _text(value) for name, value in self.answer.model_validate(body)}
        except ValidationError:
            pass
        raise SignInError(f"{self.title}'s answer has no user key in it; try again.")  # no traceback shows it


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)
