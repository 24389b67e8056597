"""The parts of every sign-in: a form, and a flow that yields requests and is handed the answers.

Nothing is sent from here: the workbench drives the flow over the CRM's client, so that every step
can be seen in the traffic. The kinds that CRMs are made from:
:class:`appconnect.auth.authorization_code.AuthorizationCodeSignIn`,
:class:`appconnect.auth.api_key.ApiKeySignIn` and :class:`appconnect.auth.user_key.UserKeySignIn`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import SecretStr

from appconnect.auth.base import Credentials, RenewalContext
from appconnect.errors import InputError

if TYPE_CHECKING:
    import httpx

    from appconnect.auth.header_scheme import HeaderScheme
    from appconnect.models import OAuthInfo

__all__ = ["ONE_WORD", "WEB_ADDRESS", "AuthFlow", "FormField", "RenewalContext", "Shape", "SignIn"]

AuthFlow = Generator["httpx.Request", "httpx.Response", Credentials]
"""Requests out, answers in, credentials at the end."""


@dataclass(frozen=True)
class Shape:
    """How a value must be written: a pattern for all of it, and in words that follow "must be"."""

    pattern: str
    words: str


ONE_WORD = Shape(r"[!-~]+", "letters, digits and signs without a space between them")
"""Ids, keys and secrets that travel in a header or a form."""
_PORT = r"0*(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])"
WEB_ADDRESS = Shape(
    rf"https?://[^\s/?#@:]+(:{_PORT})?(/[^\s?#]*)?", "a web address such as http://127.0.0.1:8738/callback"
)


@dataclass(frozen=True)
class FormField:
    """Something a person types to sign in; ``name`` is also its key in the settings.

    White space around it is taken for an accident, except where it is ``verbatim``, as in passwords.
    ``kept``: it is sealed by the vault with the sign-in, until sign-out; else it is used once.
    """

    name: str
    label: str
    secret: bool = False
    hint: str = ""
    verbatim: bool = False
    kept: bool = True
    shape: Shape | None = None

    def meant(self, typed: str) -> str:
        """Return what was meant by what was typed."""
        return typed if self.verbatim else typed.strip()

    def problem(self, value: str) -> str:
        """Return a sentence about a value that cannot be right; "" when it may be."""
        if self.shape is None or re.fullmatch(self.shape.pattern, value):
            return ""
        return f"The {self.label} must be {self.shape.words}."


class SignIn(ABC):
    """One CRM's sign-in.

    ``fields`` are what a person types ("" for those who only press *Approve*). ``authorize_url`` is where
    the browser goes, None where there is no consent page. ``app_fields`` are what a developer has from the
    CRM for the app that signs in.
    """

    fields: ClassVar[tuple[FormField, ...]] = ()
    app_fields: ClassVar[tuple[FormField, ...]] = ()

    def __init__(self, context: RenewalContext) -> None:
        self.context = context

    @property
    def header_schemes(self) -> tuple[HeaderScheme, ...]:
        """How keys travel in headers, where that is known: for commands that sign by themselves."""
        return ()

    def authorize_url(self, info: OAuthInfo, state: str) -> str | None:
        """Return the address of the consent page, or None where there is none."""
        return None

    def validate(self, typed: Mapping[str, SecretStr]) -> None:
        """Raise InputError for what is typed or set and cannot be right, as far as that is known unasked."""
        every = [each for each in (*self.app_fields, *self.fields) if each.name in typed]
        problems = [each.problem(each.meant(typed[each.name].get_secret_value())) for each in every]
        if any(problems):
            raise InputError(" ".join(filter(None, problems)))

    @abstractmethod
    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        """Turn what was typed, or the authorization code, into credentials."""

    @abstractmethod
    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> Credentials:
        """Return the credentials of an earlier sign-in, from what the vault kept."""
