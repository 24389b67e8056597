"""Pipedrive's sign-in: OAuth, client credentials as Basic and no ``response_type``.

https://pipedrive.readme.io/docs/marketplace-oauth-authorization
"""

from __future__ import annotations

from appconnect.auth.authorization_code import AuthorizationCodeSignIn


class PipedriveSignIn(AuthorizationCodeSignIn):
    """OAuth; every token tells where its company's API is."""

    response_type = False
    basic = True
    api_url = "https://api.pipedrive.com"  # where every company's API answers too
    api_url_key = "api_domain"
