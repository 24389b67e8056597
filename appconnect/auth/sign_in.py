"""The parts of every sign-in: a form, and a flow that yields requests and is handed the answers.

Nothing is sent from here: the workbench drives the flow over the CRM's client, so that every step
can be seen in the traffic. The kinds that CRMs are made from:
:class:`appconnect.auth.authorization_code.AuthorizationCodeSignIn`,
:class:`appconnect.auth.api_key.ApiKeySignIn` and :class:`appconnect.auth.user_key.UserKeySignIn`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import httpx
from pydantic import SecretStr

from appconnect.auth.base import Credentials, RenewalContext
from appconnect.models import OAuthInfo

__all__ = ["AuthFlow", "FormField", "RenewalContext", "SignIn"]

AuthFlow = Generator[httpx.Request, httpx.Response, Credentials]
"""Requests out, answers in, credentials at the end."""


@dataclass(frozen=True)
class FormField:
    """Something a person types to sign in; ``name`` is also its key in the settings.

    White space around it is taken for an accident, except where it is ``verbatim``, as in passwords.
    """

    name: str
    label: str
    secret: bool = False
    hint: str = ""
    verbatim: bool = False

    def meant(self, typed: str) -> str:
        """Return what was meant by what was typed."""
        return typed if self.verbatim else typed.strip()


class SignIn(ABC):
    """One CRM's sign-in.

    ``fields`` are what a person types ("" for those who only press *Approve*). ``authorize_url`` is where
    the browser goes, None where there is no consent page.
    """

    fields: ClassVar[tuple[FormField, ...]] = ()

    def __init__(self, context: RenewalContext) -> None:
        self.context = context

    def authorize_url(self, info: OAuthInfo, state: str) -> str | None:
        """Return the address of the consent page, or None where there is none."""
        return None

    @abstractmethod
    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        """Turn what was typed, or the authorization code, into credentials."""

    @abstractmethod
    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> Credentials:
        """Return the credentials of an earlier sign-in, from what the vault kept."""
