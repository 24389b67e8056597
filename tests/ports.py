"""Ports for servers of tests: of each worker its own, and none that the system hands out by itself."""

from __future__ import annotations

import os
import re
import socket
from itertools import cycle

FIRST, EACH = 20_000, 1_500
"""Linux gives ports from 32768 on to whoever asks for any."""
WORKER = int((re.search(r"\d+$", os.environ.get("PYTEST_XDIST_WORKER", "")) or ["0"])[0]) % 8
PORTS = cycle(range(FIRST + WORKER * EACH, FIRST + (WORKER + 1) * EACH))


def free_port() -> int:
    """A port of this computer on which nobody listens, and nobody else will before it is used."""
    return next(port for port in PORTS if _is_free(port))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
