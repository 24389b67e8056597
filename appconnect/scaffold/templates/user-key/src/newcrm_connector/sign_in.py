"""Signing in to New CRM: name and password once, for a user key that then signs every request.

https://docs.newcrm.example/authentication (replace by your vendor's page).
"""

from __future__ import annotations

from appconnect.auth.api_key import HeaderScheme
from appconnect.auth.user_key import UserKeySignIn


class NewcrmSignIn(UserKeySignIn):
    """Name and password go to ``/login`` as HTTP Basic, the ``user_key`` of its answer into a header."""

    title = "New CRM"
    where = "they are those of New CRM's own login"
    base_url = "https://api.newcrm.example/v1"
    login_path = "/login"
    scheme = HeaderScheme.plain("X-Newcrm-Key", "userKey")
    shown = ("username",)
