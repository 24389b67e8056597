"""Signing in to New CRM with OAuth 2.0: a consent page, a code, tokens that renew themselves.

https://docs.newcrm.example/authentication (replace by your vendor's page). The addresses and the registered
app are in `get_oauth_info` of ``connector.py``.
"""

from __future__ import annotations

from appconnect.auth.authorization_code import AuthorizationCodeSignIn


class NewcrmSignIn(AuthorizationCodeSignIn):
    """OAuth as RFC 6749 has it; `AuthorizationCodeSignIn` says in what a CRM may differ."""

    api_url = "https://api.newcrm.example/v1"
