"""Signing in to New CRM: a key that a person pastes signs every request.

https://docs.newcrm.example/authentication (replace by your vendor's page).
"""

from __future__ import annotations

from appconnect.auth.api_key import ApiKeySignIn, HeaderScheme


class NewcrmSignIn(ApiKeySignIn):
    """The key goes into the header ``X-Newcrm-Key``; one request tells whether it is good."""

    title = "New CRM"
    where = "it is in New CRM under Settings, API"
    base_url = "https://api.newcrm.example/v1"
    scheme = HeaderScheme.plain("X-Newcrm-Key")  # or HeaderScheme.bearer(), HeaderScheme.basic("apiKey", "")
    check = "/me"
