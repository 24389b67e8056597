"""Redtail's sign-in: key, user name and password once, for a user key that then signs everything.

https://documenter.getpostman.com/view/7873823/SVzxXyzn (TWAPI Documentation, Authentication). A user key
never ends and cannot be revoked, so it is sealed by the vault and forgotten at sign-out.
"""

from __future__ import annotations

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, SecretStr

from appconnect.auth.api_key import HeaderScheme
from appconnect.auth.sign_in import ONE_WORD, FormField
from appconnect.auth.user_key import UserKeySignIn


def _in_envelope(name: str) -> AliasChoices:
    """Clients read below authenticated_user; the collection's example has no envelope."""
    return AliasChoices(AliasPath("authenticated_user", name), name)


class UserKey(BaseModel):
    """The answer to the sign-in; ``user_id`` and ``database_id`` tell whose key it is."""

    model_config = ConfigDict(defer_build=True)

    user_key: SecretStr = Field(min_length=1, validation_alias=_in_envelope("user_key"))
    user_id: int = Field(validation_alias=_in_envelope("redtail_user_id"))
    database_id: int | None = Field(default=None, validation_alias=_in_envelope("redtail_database_id"))


class RedtailSignIn(UserKeySignIn):
    """Basic with three parts for the user key, Userkeyauth with key and user key from then on."""

    title = "Redtail"
    where = "Redtail issues the key to partners, name and password are those of its own login"
    base_url = "https://crm.redtailtechnology.com/api/public/v1"
    fields = (
        FormField(
            "apiKey",
            "API key",
            secret=True,
            hint="Redtail issues it to partners (REDTAIL_API_KEY)",
            shape=ONE_WORD,
        ),
        FormField("username", "User name", hint="As at the CRM's own login"),
        FormField(
            "password", "Password", secret=True, hint="Used once, never kept", verbatim=True, kept=False
        ),
    )
    login_path = "/authentication"
    login_scheme = HeaderScheme.basic("apiKey", "username", "password")
    answer = UserKey
    scheme = HeaderScheme.basic("apiKey", "userKey", prefix="Userkeyauth")
    shown = ("userId", "databaseId", "username")
