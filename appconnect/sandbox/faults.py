"""Faults on purpose: an answer in place of the handler's, or a connection that breaks.

::

    crm.faults.add("POST", "/api/v2/activities", status=503, text="upstream timed out")
    crm.faults.add(path="/v1/leads*", status=429, headers={"Retry-After": "1"}, times=2)
    crm.faults.add("WRITE", named="answer lost")    # the next write is done, but its answer is lost
    crm.faults.add("GET", change=lambda answer: {**answer, "name": None}, times=None)

Faults are used in the order they were added, each ``times`` times (None: until cleared). Those with a name
are in `named_faults`; `appconnect faults --list` prints them.
"""

from __future__ import annotations

import json as json_format
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import httpx
from pydantic import JsonValue

from appconnect.sandbox.effects import Effect
from appconnect.sandbox.named_faults import NAMED_FAULTS

Change = Callable[[JsonValue], JsonValue]
"""What becomes of the JSON of an answer."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class Fault:
    """A fault for matching requests, after the first ``after`` of them.

    ``left`` is how many more times, None for always.
    """

    method: str
    path: str
    effect: Effect
    left: int | None = 1
    after: int = 0
    name: str = ""

    @property
    def in_words(self) -> str:
        """``the next write: answer lost``, ``the next 2 requests to /v1/calls*: status 503``."""
        kind = {"WRITE": "write", "READ": "read", "*": "request"}.get(self.method.upper(), self.method)
        which = {None: f"every {kind}", 1: f"the next {kind}"}.get(self.left, f"the next {self.left} {kind}s")
        where = "" if self.path == "*" else f" to {self.path}"
        later = f", after {self.after} others" if self.after else ""
        return f"{which}{where}{later}: {self.name or self._unnamed}"

    @property
    def _unnamed(self) -> str:
        if self.effect.breaks is not None:
            return "a broken connection"
        return f"status {self.effect.status}" if self.effect.status else "a changed answer"

    def matches(self, method: str, path: str) -> bool:
        """Return True for a request that fits this fault, whose method and path are shell patterns.

        The method may also be ``READ`` or ``WRITE``.
        """
        wanted = self.method.upper()
        kind = "READ" if method in READS else "WRITE"
        return (wanted == kind or fnmatchcase(method, wanted)) and fnmatchcase(path, self.path)


class Faults:
    """The faults that wait for a matching request."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults that wait, in their order."""
        return tuple(self._waiting)

    def remove(self, fault: Fault) -> None:
        """Remove a fault, if it waits still."""
        self._waiting = [each for each in self._waiting if each is not fault]

    def __repr__(self) -> str:
        return f"<Faults: {len(self)} waiting>"

    def add(
        self,
        method: str = "*",
        path: str = "*",
        *,
        named: str | None = None,
        status: int = 500,
        json: JsonValue = None,
        text: str | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = 1,
        after: int = 0,
        drop: bool = False,
        drop_after: bool = False,
        change: Change | None = None,
    ) -> Fault:
        """Let the next ``times`` matching requests fail (None: all of them), after ``after`` that do not.

        ``named`` is a name of `NAMED_FAULTS`; KeyError, with those there are, for another. Without it, with
        ``drop`` the connection breaks before the request is handled (httpx.ConnectError in-process); with
        ``drop_after`` the handler does its work and the answer is lost (httpx.ReadError in-process).
        With ``change`` the handler answers, and the JSON of its answer goes through this function.
        Otherwise ``status`` with ``json`` or ``text`` and ``headers`` answers, and the handler never runs.
        """
        if named is not None:
            effect = named_effect(named)
        elif drop or drop_after:
            effect = Effect(handled=not drop, breaks=httpx.ConnectError if drop else httpx.ReadError)
        elif change is not None:
            effect = Effect(handled=True, echo=lambda body, request: _changed(body, change))
        else:
            effect = _in_place(status, json, text, headers or {})
        fault = Fault(method, path, effect, times, after, named or "")
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for this request and count it; None when there is none."""
        for fault in [each for each in self._waiting if each.matches(method, path)]:
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.left is not None:
                fault.left -= 1
                if fault.left <= 0:
                    self._waiting.remove(fault)
            return fault
        return None


def named_effect(name: str) -> Effect:
    """Return the effect of a named fault; KeyError, with the names there are, for another name."""
    if name not in NAMED_FAULTS:
        raise KeyError(f"no fault {name!r}; there are: {', '.join(NAMED_FAULTS)}")
    return NAMED_FAULTS[name].effect


def _changed(body: bytes, change: Change) -> bytes:
    try:
        answer = json_format.loads(body)
    except ValueError:
        return body
    return json_format.dumps(change(answer)).encode()


def _in_place(status: int, json: JsonValue, text: str | None, headers: Mapping[str, str]) -> Effect:
    body = json_format.dumps(json, ensure_ascii=False, separators=(",", ":")) if text is None else text
    usual = {"content-type": "application/json" if text is None else "text/plain; charset=utf-8"}
    return Effect(status=status, body=body.encode(), headers=lambda now, url: {**usual, **headers})
