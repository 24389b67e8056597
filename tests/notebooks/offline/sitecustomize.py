"""Loaded by every Python process that finds it first on PYTHONPATH: only this computer can be reached.

https://docs.python.org/3/library/site.html#module-sitecustomize
"""

import sys

HERE = ("127.0.0.1", "::1", "localhost", "", None)


def _only_here(event: str, details: tuple) -> None:
    if event == "socket.getaddrinfo":
        host = details[0]
    elif event in ("socket.connect", "socket.sendto"):
        host = details[1][0] if isinstance(details[1], tuple) else None  # anything else is a local pipe
    else:
        return
    if (host.decode() if isinstance(host, bytes) else host) not in HERE:
        raise PermissionError(f"{event} to {host}: these tests run without a network")


sys.addaudithook(_only_here)
