"""Redtail's sign-in: key, user name and password once, for a user key that then signs everything.

https://documenter.getpostman.com/view/7873823/SVzxXyzn (TWAPI Documentation, Authentication). A user key
never ends and cannot be revoked, so it is sealed by the vault and forgotten at sign-out. The password is not
kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx
from pydantic import AliasChoices, AliasPath, BaseModel, Field, JsonValue, SecretStr, ValidationError

from appconnect.auth.api_key import KeyHeader, encoded
from appconnect.auth.base import Credentials
from appconnect.auth.oauth2 import json_in
from appconnect.auth.sign_in import AuthFlow, FormField, SignIn
from appconnect.errors import CredentialsRejected, InputError, SignInError, Unavailable
from appconnect.models import OAuthInfo

BASE = "https://crm.redtailtechnology.com/api/public/v1"


def _in_envelope(name: str) -> AliasChoices:
    """Clients read below authenticated_user; the collection's example has no envelope."""
    return AliasChoices(AliasPath("authenticated_user", name), name)


class UserKey(BaseModel):
    """What Redtail answers; ``user_id`` and ``database_id`` say whose key it is."""

    user_key: SecretStr = Field(min_length=1, validation_alias=_in_envelope("user_key"))
    user_id: int = Field(validation_alias=_in_envelope("redtail_user_id"))
    database_id: int | None = Field(default=None, validation_alias=_in_envelope("redtail_database_id"))


class RedtailSignIn(SignIn):
    """Basic with three parts for the user key, Userkeyauth with key and user key from then on."""

    fields = (
        FormField("apiKey", "API key", secret=True, hint="Redtail issues it to partners (REDTAIL_API_KEY)"),
        FormField("username", "User name", hint="As at the CRM's own login"),
        FormField("password", "Password", secret=True, hint="Used once, never kept", verbatim=True),
    )

    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        """One question: whose user key is it?"""
        api_key, username, password = (self._typed(typed, field) for field in self.fields)
        header = f"Basic {encoded(api_key, username, password)}"
        answer = yield httpx.Request("GET", f"{BASE}/authentication", headers={"Authorization": header})
        given = _user_key(answer.status_code, json_in(answer))
        return self.restore(
            {
                "apiKey": api_key,
                "userKey": given.user_key.get_secret_value(),
                "userId": str(given.user_id),
                "databaseId": "" if given.database_id is None else str(given.database_id),
                "username": username,
            },
            None,
        )

    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> Credentials:
        """The keys of an earlier sign-in."""
        return KeyHeader(
            "Userkeyauth",
            {name: SecretStr(value) for name, value in kept.items()},
            order=("apiKey", "userKey"),
            base_url=BASE,
            shown=("userId", "databaseId", "username"),
        )

    def _typed(self, typed: Mapping[str, SecretStr], field: FormField) -> str:
        text = field.meant(typed.get(field.name, SecretStr("")).get_secret_value())
        if ":" in text and not field.verbatim:  # the password comes last, so a colon in it ends nothing
            raise InputError(f"The {field.label} has a colon in it, which Redtail does not allow.")
        if not text:
            raise InputError(f"The {field.label} is missing; Redtail needs it to sign in.")
        return text


def _user_key(status: int, body: JsonValue) -> UserKey:
    """The user key in an answer; only 401 says that the credentials are wrong."""
    if status == 401:
        raise CredentialsRejected(
            "Redtail does not accept this API key, user name and password together; check all three."
        )
    if status == 429 or status >= 500:
        raise Unavailable(
            f"Redtail did not answer the sign-in properly (status {status}); try again later.", status=status
        )
    if status != 200:
        raise SignInError(f"Redtail refused the sign-in (status {status}).")
    try:
        return UserKey.model_validate(body)
    except ValidationError:
        pass
    raise SignInError("Redtail's answer has no user key in it; try again.")  # no traceback holds the body
