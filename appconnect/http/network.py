"""The transports' common type, and the one that is the network."""

from __future__ import annotations

import httpx

Transport = httpx.AsyncBaseTransport
"""What requests go through: the network, the sandbox, a recorder or a recording."""


def network() -> Transport:
    """The real network, with certificates checked."""
    return httpx.AsyncHTTPTransport()
