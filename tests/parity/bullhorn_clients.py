"""Bullhorn's sandbox used by four packages of PyPI that no one here wrote, each in a module of its own.

They need little of what they depend on: ``pip install --no-deps bullhorn bullhorn-interface hrflow-connectors
pyhorn-flow msgspec termcolor``, beside requests, SQLAlchemy, PyYAML, jinja2 and pydantic.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import io
from collections.abc import Callable, Iterator
from typing import Any

from parity.ledger import Ledger

MODULES = (
    "bullhorn_interface_client",
    "bullhorn_hrflow_client",
    "bullhorn_wrapper_client",
    "bullhorn_pyhorn_client",
)

Call = tuple[str, str, Callable[[], Any], Callable[[Any], bool]]
"""Group, name, what the client does, and whether its answer is right."""


async def check(ledger: Ledger, url: str) -> None:
    """Let every client do all it can at an address on a port."""
    for name in MODULES:
        client = importlib.import_module(f"parity.{name}")
        await asyncio.to_thread(_play, ledger, client.CLIENT_NAME, client.calls, url)


def _play(ledger: Ledger, client: str, calls: Callable[[str], Iterator[Call]], url: str) -> None:
    try:
        for group, name, call, is_right in calls(url):
            problem = _problem(call, is_right)
            ledger.add("bullhorn", client, group, name, problem=problem, missing="does not play" in problem)
    except ImportError as error:
        ledger.skip(client, f"not installed: {error}")


def _problem(call: Callable[[], Any], is_right: Callable[[Any], bool]) -> str:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            answer = call()
        return "" if is_right(answer) else f"answered {str(answer)[:200]}"
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a client's own error may be no Exception
        return f"{type(error).__name__}: {str(error)[:300]}"


class Redirected:
    """The module requests, whose calls to any host of Bullhorn go to the port."""

    def __init__(self, url: str) -> None:
        self._url, self._requests = url, importlib.import_module("requests")

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._requests, name)
        if name == "request":
            return self._send
        if name in ("get", "post", "put", "delete"):
            return lambda url, *args, **more: self._send(name, url, *args, **more)
        return found

    def _send(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        path = url.partition(".bullhornstaffing.com")[2]
        send = getattr(self._requests, method.lower())
        if "authorize" not in path:
            return send(f"{self._url}{path}" if path else url, *args, **more)
        answer = send(f"{self._url}{path}", *args, **{**more, "allow_redirects": False})
        answer.url = answer.headers["location"]  # a page of the vendor's site, which is left alone
        return answer
