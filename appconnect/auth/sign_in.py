"""How each CRM is signed in to, as a conversation that yields requests and is handed the answers.

Nothing is sent from here: the workbench drives the conversation over the CRM's client, so that every step
can be seen in the traffic.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import ClassVar

import httpx
from pydantic import SecretStr

from appconnect.auth.base import Credentials, Keep, Lease, Reload
from appconnect.auth.oauth2 import BearerTokens, Conversation, Tokens, json_in
from appconnect.clock import Clock
from appconnect.models import OAuthInfo

Steps = Generator[httpx.Request, httpx.Response, Credentials]
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
        """What was meant by what was typed."""
        return typed if self.verbatim else typed.strip()


@dataclass(frozen=True)
class Surroundings:
    """What credentials need around them: time, and where renewed ones are kept."""

    clock: Clock
    keep: Keep = lambda credentials: None
    lease: Lease = nullcontext
    reload: Reload = lambda: None


class SignIn(ABC):
    """One CRM's way of signing in.

    ``fields`` are what a person types ("" for those who only press *Approve*). ``authorize_url`` is where
    the browser goes, None where there is no consent page.
    """

    fields: ClassVar[tuple[FormField, ...]] = ()

    def __init__(self, surroundings: Surroundings) -> None:
        self.around = surroundings

    def authorize_url(self, info: OAuthInfo, state: str) -> str | None:
        """The address of the consent page, or None where there is none."""
        return None

    @abstractmethod
    def converse(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> Steps:
        """Turn what was typed, or the authorization code, into credentials."""

    @abstractmethod
    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> Credentials:
        """The credentials of an earlier sign-in, from what the vault kept."""


ANY_COMPANY = "https://api.pipedrive.com"
"""Where every company's API answers too, should a token not say where its own is."""


class PipedriveSignIn(SignIn):
    """OAuth with client credentials as Basic and no ``response_type``.

    https://pipedrive.readme.io/docs/marketplace-oauth-authorization
    """

    def authorize_url(self, info: OAuthInfo, state: str) -> str:
        """The consent page at oauth.pipedrive.com."""
        return self._conversation(info).authorize_url(state)

    def converse(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> Steps:
        """One exchange: the code for tokens."""
        assert info is not None and code is not None
        conversation = self._conversation(info)
        answer = yield conversation.token_request(code)
        tokens = conversation.tokens_in(answer.status_code, json_in(answer), self.around.clock.now())
        return self._credentials(conversation, replace(tokens, api_domain=tokens.api_domain or ANY_COMPANY))

    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> Credentials:
        """The tokens of an earlier sign-in."""
        assert info is not None
        return self._credentials(self._conversation(info), Tokens.from_secrets(kept))

    def _conversation(self, info: OAuthInfo) -> Conversation:
        return Conversation(info, response_type=False, basic=True)

    def _credentials(self, conversation: Conversation, tokens: Tokens) -> BearerTokens:
        around = self.around
        return BearerTokens(
            conversation,
            tokens,
            clock=around.clock,
            keep=around.keep,
            lease=around.lease,
            reload=around.reload,
        )
