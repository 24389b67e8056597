"""What went over the wire, with every secret masked before it is remembered."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pydantic import JsonValue

from appconnect.http import trace_table
from appconnect.http.ratelimit import RateLimit

if TYPE_CHECKING:
    from markupsafe import Markup
    from pandas import DataFrame


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. ``seconds`` is how long the answer took; ``status`` None when none came."""

    number: int
    at: datetime
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: JsonValue
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: JsonValue = None
    seconds: float = 0.0
    limits: RateLimit = field(default_factory=RateLimit)
    error: str = ""

    @property
    def path(self) -> str:
        """The address without its host: ``/v1/users/me?x=1``."""
        without_scheme = self.url.partition("://")[2]
        return "/" + without_scheme.partition("/")[2]

    def as_curl(self) -> str:
        """The request as a curl command; secrets are masked, so fill in your own."""
        parts = ["curl", "-X", self.method, shlex.quote(self.url)]
        for name, value in self.request_headers.items():
            parts += ["-H", shlex.quote(f"{name}: {value}")]
        if self.request_body is not None:
            parts += ["--data", shlex.quote(_body_text(self.request_body, self.request_headers))]
        return " ".join(parts)

    def __repr__(self) -> str:
        return f"{self.method} {self.path} → {self.status or self.error}"


def _body_text(body: JsonValue, headers: Mapping[str, str]) -> str:
    if isinstance(body, str):
        return body
    if isinstance(body, dict) and "urlencoded" in headers.get("content-type", ""):
        return urlencode(body, safe="<>")
    return json.dumps(body, ensure_ascii=False)


Listener = Callable[[Exchange], None]


class Trace:
    """The exchanges of one workbench, oldest first; the newest ``keep`` of them."""

    def __init__(self, keep: int = 500) -> None:
        self._keep = keep
        self._exchanges: list[Exchange] = []
        self._listeners: list[Listener] = []
        self._count = 0

    def next_number(self) -> int:
        """The number of the request that is about to leave; counts from 1."""
        self._count += 1
        return self._count

    def add(self, exchange: Exchange) -> None:
        """Remember an exchange, in order of departure, and tell whoever listens."""
        self._exchanges.append(exchange)
        self._exchanges.sort(key=lambda each: each.number)
        del self._exchanges[: -self._keep]
        for listener in list(self._listeners):
            listener(exchange)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with each new exchange; gives the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def clear(self) -> None:
        """Forget all exchanges; numbering goes on."""
        self._exchanges.clear()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))

    def __len__(self) -> int:
        return len(self._exchanges)

    def __getitem__(self, index: int) -> Exchange:
        return self._exchanges[index]

    def to_dataframe(self) -> DataFrame:
        """Return a row per request: when, what, its status, how long it took, what was left of the limits."""
        return trace_table.data_frame(self)

    def __repr__(self) -> str:
        return f"<Trace: {self._count_in_words()}>"

    def _repr_html_(self) -> Markup:
        return trace_table.html(self, self._count_in_words())

    def _count_in_words(self) -> str:
        return "1 request" if len(self) == 1 else f"{len(self)} requests"
