"""The exchanges of a file: looked over when it is opened, read when they are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeGuard, overload

from pydantic import BaseModel, ConfigDict, JsonValue

from appconnect.http.bodies import Body, BodyKind
from appconnect.http.exchange import Request, Response

PlainRequest = Mapping[str, JsonValue]
"""A request as it stands in a file."""


class RecordedExchange(BaseModel):
    """A request and its answer, without secrets."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    request: Request
    response: Response


class UnreadExchanges(Sequence[RecordedExchange]):
    """Exchanges as they stand in a file, each read by ``read`` when it is first asked for.

    Raises ValueError when one is damaged for all to see; of what is within an answer only reading tells.
    """

    def __init__(self, written: JsonValue, read: Callable[[int, JsonValue], RecordedExchange]) -> None:
        self._written = written if isinstance(written, list) else []
        self.requests: Sequence[PlainRequest] = [
            each["request"] for each in self._written if _looks_whole(each)
        ]
        if written != [] and not len(self.requests) == len(self._written) > 0:
            raise ValueError("an exchange is damaged")
        self._read = read
        self._known: dict[int, RecordedExchange] = {}

    def __len__(self) -> int:
        return len(self.requests)

    @overload
    def __getitem__(self, index: int) -> RecordedExchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[RecordedExchange]: ...
    def __getitem__(self, index: int | slice) -> RecordedExchange | list[RecordedExchange]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        if number not in self._known:
            self._known[number] = self._read(number, self._written[number])
        return self._known[number]


def plain_requests(exchanges: Sequence[RecordedExchange]) -> Sequence[PlainRequest]:
    """Return the requests as they stand, or would stand, in a file."""
    if isinstance(exchanges, UnreadExchanges):
        return exchanges.requests
    return [each.request.model_dump() for each in exchanges]


# -- a glance --

_PARTS = {"request": {"method", "url", "query", "headers", "body"}, "response": {"status", "headers", "body"}}


def _looks_whole(exchange: object) -> TypeGuard[Mapping[str, PlainRequest]]:
    """Return whether an exchange has its parts, each of its type."""
    if not isinstance(exchange, dict) or exchange.keys() != _PARTS.keys():
        return False
    request, response = exchange["request"], exchange["response"]
    return (
        all(isinstance(exchange[part], dict) and exchange[part].keys() <= _PARTS[part] for part in _PARTS)
        and isinstance(request.get("method"), str)
        and isinstance(request.get("url"), str)
        and isinstance(request.get("query", {}), dict)
        and type(response.get("status")) is int
        and 100 <= response["status"] <= 999
        and all(_is_part(part) for part in (request, response))
        and _can_be_compared(request.get("body", {BodyKind.JSON: None}))
    )


def _is_part(part: Mapping[str, object]) -> bool:
    body = part.get("body", {"json": None})
    return (
        isinstance(headers := part.get("headers", {}), dict)
        and all(isinstance(value, str) for value in headers.values())
        and isinstance(body, dict)
        and len(body) == 1
        and next(iter(body)) in BodyKind._value2member_map_
    )


def _can_be_compared(body: Mapping[str, object]) -> bool:
    """Return whether the body of a request is what its kind says; all requests are searched, unread."""
    if BodyKind.JSON in body:
        return True
    try:
        Body.model_validate(body)
    except ValueError:
        return False
    return True
