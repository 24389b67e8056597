"""Signing in: the API key is the user name of HTTP Basic, at the pod of the account."""

from __future__ import annotations

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


def signed_in(request: Request) -> int | None:
    """Return the id of the user whose key was sent; None for a wrong key, a password or another pod."""
    user, password = basic(request) or ("", "")
    at_the_pod = not in_process(request) or request.url.hostname == POD
    return KEYS.get(user) if at_the_pod and not password else None
