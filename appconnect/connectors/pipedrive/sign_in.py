"""Pipedrive's sign-in: OAuth, client credentials as Basic.

https://pipedrive.readme.io/docs/marketplace-oauth-authorization
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import SecretStr

from appconnect.auth.base import Credentials
from appconnect.auth.oauth2 import AuthorizationCodeFlow, BearerTokens, Tokens, json_in
from appconnect.auth.sign_in import AuthFlow, SignIn
from appconnect.models import OAuthInfo

ANY_COMPANY = "https://api.pipedrive.com"
"""Where every company's API answers too, should a token not say where its own is."""


class PipedriveSignIn(SignIn):
    """OAuth with client credentials as Basic and no ``response_type``.

    https://pipedrive.readme.io/docs/marketplace-oauth-authorization
    """

    def authorize_url(self, info: OAuthInfo, state: str) -> str:
        """The consent page at oauth.pipedrive.com."""
        return self._flow(info).authorize_url(state)

    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        """One exchange: the code for tokens."""
        assert info is not None and code is not None
        flow = self._flow(info)
        answer = yield flow.token_request(code)
        tokens = flow.tokens_in(answer.status_code, json_in(answer), self.context.clock.now())
        return self._credentials(flow, replace(tokens, api_domain=tokens.api_domain or ANY_COMPANY))

    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> Credentials:
        """The tokens of an earlier sign-in."""
        assert info is not None
        return self._credentials(self._flow(info), Tokens.from_secrets(kept))

    def _flow(self, info: OAuthInfo) -> AuthorizationCodeFlow:
        return AuthorizationCodeFlow(info, response_type=False, basic=True)

    def _credentials(self, flow: AuthorizationCodeFlow, tokens: Tokens) -> BearerTokens:
        context = self.context
        return BearerTokens(
            flow,
            tokens,
            clock=context.clock,
            keep=context.keep,
            lease=context.lease,
            reload=context.reload,
        )
