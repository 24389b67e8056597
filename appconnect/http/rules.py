"""The facts that a connector states about its CRM's API, so that the client can do the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from appconnect import lazily

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazily.module("httpx")


READS = frozenset({"GET", "HEAD", "OPTIONS"})
HOST = re.compile(r"[a-z0-9.-]+")
"""What a host may be made of; a glob's ``*`` would take anything, ``evil.test%2f`` too."""


@dataclass(frozen=True)
class LimitHeaders:
    """The CRM's names for its rate-limit headers, in any case; "" where it has none.

    ``reset`` counts seconds until the window ends, which is what the four CRMs are known or taken to send.
    """

    amount: str = ""
    remaining: str = ""
    reset: str = ""
    daily_amount: str = ""
    daily_remaining: str = ""

    def __post_init__(self) -> None:
        for name, header in vars(self).items():
            object.__setattr__(self, name, header.lower())

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers that there are, by what they tell."""
        return {each.name: header for each in fields(self) if (header := getattr(self, each.name))}


@dataclass(frozen=True)
class Pace:
    """At most ``requests`` in any ``seconds``, for paths that match the glob ``path``.

    The CRM counts arrivals, and requests that left apart may arrive closer together: by ``slack`` seconds.
    """

    requests: int
    seconds: float
    path: str = "*"
    slack: float = 0.0

    @property
    def in_words(self) -> str:
        """``the limit of 4 requests in 1 s``."""
        whose = "" if self.path == "*" else f" to {self.path}"
        return f"the limit of {self.requests} requests{whose} in {self.seconds:g} s"


@dataclass(frozen=True)
class ApiRules:
    """The facts about one CRM's API that do not depend on the operation.

    ``hosts`` are the only ones that ever get credentials, as globs. ``error_keys`` are where the CRM puts its
    own sentence in an error body, ``reason_keys`` where it explains it, unless that begins with
    ``boilerplate``; ``errors.message`` is in each of a list. ``min_wait`` is how long to pause after a 429,
    in seconds.
    ``timeout`` is for each step of an exchange (connecting, the next bytes), ``total_timeout`` for the whole,
    both in seconds.
    ``idempotent`` is what does no harm when sent twice: methods (reads, and PUT where it sets given fields),
    and single requests as globs, ``"POST */entity/*/*"``. ``plain_text_403_blocks`` is whether
    a 403 in plain words means that this client is blocked, as one with a web page always does.
    ``reads`` is what changes nothing, written in the same way: a request of a person's own that is none of
    them must be allowed before it goes to a live account.
    """

    hosts: tuple[str, ...]
    limit_headers: LimitHeaders = field(default_factory=LimitHeaders)
    rate_limits: tuple[Pace, ...] = ()
    error_keys: tuple[str, ...] = ("message",)
    reason_keys: tuple[str, ...] = ()
    boilerplate: str = ""
    min_wait: float = 1.0
    max_in_flight: int = 8
    timeout: float = 20.0
    total_timeout: float = 60.0
    plain_text_403_blocks: bool = False
    idempotent: frozenset[str] = READS
    reads: frozenset[str] = READS

    def is_read(self, method: str, path: str) -> bool:
        """Return whether this request changes nothing; a path that may be read in two ways is no read."""
        plain = path.partition("?")[0].partition("#")[0]
        if method in self.reads:
            return True
        return ".." not in unquote(plain).split("/") and matches_any(f"{method} {plain}", self.reads)

    def is_idempotent(self, method: str, path: str) -> bool:
        """Return whether this request may be sent twice without harm."""
        return method in self.idempotent or matches_any(f"{method} {path}", self.idempotent)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hosts", tuple(map(_in_ascii, self.hosts)))

    def trusts_address(self, address: str) -> bool:
        """Return whether credentials may go to this address: https, a host of the CRM, no password in it."""
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, UnicodeError):
            return False
        return url.scheme == "https" and not url.userinfo and self.trusts(url.raw_host.decode("ascii"))

    def trusts(self, host: str) -> bool:
        """Return whether the host, written as it is asked for (IDNA), belongs to the CRM."""
        return HOST.fullmatch(host.lower()) is not None and matches_any(host.lower(), self.hosts)


def _in_ascii(glob: str) -> str:
    """Return a host as it stands in requests: ``*.xn--mnchen-3ya.example`` for ``*.münchen.example``."""
    labels = (label if label.isascii() else httpx.URL(f"https://{label}").raw_host.decode("ascii")
              for label in glob.split("."))  # fmt: skip
    return ".".join(labels)


def matches_any(text: str, globs: Iterable[str]) -> bool:
    """Return whether any of the globs describes the text from end to end."""
    return any(fnmatchcase(text, glob) for glob in globs)
