"""Signing in: once with user name and password for a user key, then with that key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from appconnect.connectors.redtail.sandbox.answers import message
from appconnect.sandbox.base import RefusedError

API_KEY = "sandbox-partner-key"
DATABASE_ID = 880011
LOGINS = {
    ("rae.quill", "quiet:as:a:mouse"): 880042,
    ("kit.moss", "kit-moss-password"): 880043,
    ("olu.gone", "olu-gone-password"): 880044,
}
"""User name and password → user id. Rae's password has colons in it, as passwords may."""


@dataclass(frozen=True)
class Authorization:
    """The ``Authorization`` header: its scheme in lower case ("" without one), and the decoded rest."""

    scheme: str
    decoded: str = field(repr=False)

    def user_by_password(self) -> int | None:
        """Return the user with this API key, user name and password; None when there is none."""
        api_key, _, login = self.decoded.partition(":")
        username, _, password = login.partition(":")  # the password may hold colons
        return LOGINS.get((username, password)) if self.scheme == "basic" and api_key == API_KEY else None

    def user_by_key(self, user_keys: Mapping[int, str], *, bare: bool) -> int | None:
        """Return the user with this API key and user key; with ``bare`` the scheme may be missing."""
        api_key, _, user_key = self.decoded.partition(":")
        users = {key: user_id for user_id, key in user_keys.items()}
        accepted = self.scheme == "userkeyauth" or (bare and not self.scheme)
        return users.get(user_key) if accepted and api_key == API_KEY else None


def authorization(request: Request) -> Authorization:
    """Return the ``Authorization`` header; end the request with 401 without one."""
    header = request.headers.get("authorization", "").strip()
    if not header:
        raise RefusedError(message(401, "Authorization header missing"))
    scheme, _, encoded = header.rpartition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    return Authorization(scheme.strip().lower(), decoded)
