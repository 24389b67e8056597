"""The faults that have a name, so that a person, a test or another program picks one by it.

::

    crm.faults.add("WRITE", named="answer lost")       # the next write is done, but nobody hears of it

"done, …" is what the CRM did although its answer does not say so; without it the CRM does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final

import httpx
from pydantic import JsonValue

from appconnect.sandbox.effects import Effect, Headers

FOREIGN_HOST: Final = "collector.example"
"""Where a redirect leads that must never be followed."""
HUGE: Final = 64 << 20
DRIPS: Final = 2000
"""Bytes of a slow answer, one a second."""
TWO_SECONDS: Final = timedelta(seconds=2)
PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>One moment</title></head><body>We will be back.</body></html>"
)


@dataclass(frozen=True)
class NamedFault:
    """A fault by name: its family, in a sentence what happens, and the effect that it has."""

    name: str
    family: str
    meaning: str
    effect: Effect


def _says(body: JsonValue, status: int | None = 200, *, done: bool = False) -> Effect:
    return Effect(handled=done, status=status, body=json.dumps(body).encode())


def _page(status: int | None, *, done: bool = False) -> Effect:
    return Effect(handled=done, status=status, body=PAGE, headers=_of_type("text/html; charset=utf-8"))


def _of_type(content_type: str) -> Headers:
    return lambda now, url: {"content-type": content_type}


def _refuses(status: int, text: str, headers: Headers = lambda now, url: {}) -> Effect:
    return Effect(status=status, body=json.dumps({"message": text, "error": text}).encode(), headers=headers)


def _too_many(retry_after: str = "") -> Effect:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return _refuses(429, "Too many requests", lambda now, url: headers)


def _leads(location: str) -> Effect:
    return Effect(status=302, body=b"", headers=lambda now, url: {"Location": location or url})


def _echoes(status: int, *, page: bool = False) -> Effect:
    def echo(body: bytes, request: str) -> bytes:
        text = f"Not valid here: {request}"
        return (
            f"<html><body>{text}</body></html>".encode() if page else json.dumps({"message": text}).encode()
        )

    kind = "text/html" if page else "application/json"
    return Effect(status=status, echo=echo, headers=_of_type(kind))


def _at(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _clock_off(seconds: float) -> Headers:
    return lambda now, url: {"Date": _at(now + timedelta(seconds=seconds))}


def _wait_by_a_wrong_clock(now: datetime, url: str) -> dict[str, str]:
    there = now + timedelta(hours=1)
    return {"Date": _at(there), "Retry-After": _at(there + TWO_SECONDS)}


WRONG_TYPES: Final[Mapping[str, JsonValue]] = {
    "[]": [],
    "{}": {},
    "null": None,
    "text": "OK",
    "a number": 7,
}

RETRY_AFTER: Final[Mapping[str, str]] = {
    "0": "0",
    "2": "2",
    "-5": "-5",
    "a day": "86400",
    "ages": "9" * 400,
    "inf": "inf",
    "nan": "nan",
    "garbage": "soon",
}

_FAMILIES: Final[Mapping[str, Mapping[str, tuple[str, Effect]]]] = {
    "no answer": {
        "refused connection": (
            "Nobody listens; the request never leaves.",
            Effect(breaks=httpx.ConnectError),
        ),
        "connection timeout": (
            "The connection does not come about in time.",
            Effect(breaks=httpx.ConnectTimeout),
        ),
        "reset": ("The connection breaks before the request is handled.", Effect(breaks=httpx.ReadError)),
        "timeout": ("The request is never handled and never answered.", Effect(breaks=httpx.ReadTimeout)),
        "restart": (
            "The CRM restarts: the connection breaks, and sessions are lost.",
            Effect(breaks=httpx.ReadError, restarts=True),
        ),
    },
    "answer lost": {
        "answer lost": (
            "The work is done, and the connection breaks before its answer arrives.",
            Effect(handled=True, breaks=httpx.ReadError),
        ),
        "answer too late": (
            "The work is done, and its answer does not come in time.",
            Effect(handled=True, breaks=httpx.ReadTimeout),
        ),
        "truncated answer": (
            "The work is done, and half of its answer arrives.",
            Effect(handled=True, cut=0.5),
        ),
    },
    "done, not said": {
        "malformed answer": (
            "The work is done, and its answer is no JSON.",
            Effect(handled=True, echo=lambda body, _: body[: len(body) // 2] + b"\x00,,"),
        ),
        **{
            f"done, answers {name}": (
                f"The work is done, and its answer is {name}.",
                _says(body, None, done=True),
            )
            for name, body in WRONG_TYPES.items()
        },
        "done, answers nothing": (
            "The work is done, and its answer is empty.",
            Effect(handled=True, body=b""),
        ),
        "done, answers a page": ("The work is done, and a web page with 200 answers.", _page(200, done=True)),
        "done, answers 500": (
            "The work is done, and then the CRM fails.",
            Effect(handled=True, status=500, body=b'{"message": "Internal error"}'),
        ),
        "done, answers 502": ("The work is done, and a proxy answers with a page.", _page(502, done=True)),
    },
    "not done, 200": {
        **{
            f"answers {name}": (f"Nothing is done, and the answer is {name} with 200.", _says(body))
            for name, body in WRONG_TYPES.items()
        },
        "answers nothing": ("Nothing is done, and the answer is empty with 200.", Effect(body=b"")),
        "answers a page": ("Nothing is done, and a login page answers with 200.", _page(200)),
        "success false": (
            'The CRM refuses with 200 and {"success": false}.',
            _says({"success": False, "error": "Not possible"}),
        ),
        "error with 200": (
            "The CRM refuses with 200 and an error object.",
            _says({"error": {"code": 17, "message": "Not possible"}}),
        ),
    },
    "refusal": {
        "400": ("The CRM takes the request for wrong.", _refuses(400, "Bad request")),
        "401": ("The CRM does not accept the credentials.", _refuses(401, "Unauthorized")),
        "402": ("The CRM account is closed.", _refuses(402, "Payment required")),
        "403": ("The user may not do this.", _refuses(403, "Forbidden")),
        "403 page": ("A firewall in front of the CRM answers.", _page(403)),
        "404": ("There is no such record.", _refuses(404, "Not found")),
        "409": ("The record was changed meanwhile.", _refuses(409, "Conflict")),
        "422": ("The CRM does not accept a value.", _refuses(422, "Unprocessable")),
        "echoed secrets": ("The CRM repeats the request, with its credentials, in a refusal.", _echoes(422)),
    },
    "rate limit": {
        "429": ("Too many requests; the CRM does not say how long to wait.", _too_many()),
        **{
            f"429 retry after {name}": (f"Too many requests; Retry-After is {name}.", _too_many(value))
            for name, value in RETRY_AFTER.items()
        },
        "429 retry after a date": (
            "Too many requests; Retry-After is a date in two seconds.",
            _refuses(429, "Too many requests", lambda now, url: {"Retry-After": _at(now + TWO_SECONDS)}),
        ),
        "429 by a wrong clock": (
            "Too many requests; the CRM's clock, and with it Retry-After, is an hour ahead.",
            _refuses(429, "Too many requests", _wait_by_a_wrong_clock),
        ),
    },
    "server error": {
        **{
            str(status): (f"The CRM answers {status} and does nothing.", _refuses(status, "Server error"))
            for status in (500, 502, 503, 504)
        },
        "502 page": ("A proxy in front of the CRM answers with a page.", _page(502)),
        "503 echoed secrets": (
            "A proxy repeats the request, with its credentials, in a page.",
            _echoes(503, page=True),
        ),
    },
    "redirect": {
        "redirect": ("The CRM sends the client to another path of its own.", _leads("/elsewhere")),
        "redirect away": ("The CRM sends the client to a foreign host.", _leads(f"https://{FOREIGN_HOST}/")),
        "redirect loop": ("The CRM sends the client to where it is already.", _leads("")),
    },
    "slow, huge, misdated": {
        "slow drip": (
            "The work is done, and its answer comes a byte a second.",
            Effect(handled=True, pause=1.0, size=DRIPS),
        ),
        "huge answer": (
            "The work is done, and its answer is padded to 64 MB.",
            Effect(handled=True, size=HUGE),
        ),
        "clock ahead": (
            "The work is done, and the answer is dated a day ahead.",
            Effect(handled=True, headers=_clock_off(86400)),
        ),
        "clock behind": (
            "The work is done, and the answer is dated years back.",
            Effect(handled=True, headers=_clock_off(-1e8)),
        ),
    },
}

NAMED_FAULTS: Final[Mapping[str, NamedFault]] = {
    name: NamedFault(name, family, meaning, effect)
    for family, faults in _FAMILIES.items()
    for name, (meaning, effect) in faults.items()
}
"""Every fault that has a name."""
