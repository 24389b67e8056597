"""Signing in: the API key is the user name of HTTP Basic, at the pod of the account."""

from __future__ import annotations

import base64

from starlette.requests import Request

from appconnect.sandbox.base import basic, in_process

POD = "api.na1.insightly.com"
HOSTS = (
    "api.insightly.com",
    POD,
    "api.eu1.insightly.com",
    "api.ap1.insightly.com",
    "api.au1.insightly.com",
)
"""The first, which names no pod, has only a help page."""

RAE_KEY = "11111111-2222-4333-8444-555555555555"
KIT_KEY = "66666666-7777-4888-9999-000000000000"
KEYS = {RAE_KEY: 41, KIT_KEY: 42}
"""API key → user id."""


def signed_in(request: Request, *, bare: bool) -> int | None:
    """Return the id of the user whose key was sent; None for a wrong key, a password or another pod.

    With ``bare`` the key may stand alone, without the colon that Basic has behind a user name.
    """
    user, password = basic(request) or (_alone(request) if bare else "", "")
    at_the_pod = not in_process(request) or request.url.hostname == POD
    return KEYS.get(user) if at_the_pod and not password else None


def _alone(request: Request) -> str:
    """Return what is encoded behind Basic."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except ValueError:
        return ""
