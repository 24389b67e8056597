"""An answer of the CRM, decoded: into a model, or into one error of our tree, in one sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar, get_args

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from appconnect.errors import (
    Blocked,
    CrmError,
    Forbidden,
    NotFound,
    PaymentRequired,
    RateLimited,
    Rejected,
    SessionExpired,
    Unavailable,
)
from appconnect.http import decoding, ratelimit
from appconnect.http.decoding import Fault
from appconnect.http.ratelimit import RateLimit
from appconnect.http.retry import retry_after
from appconnect.http.rules import ApiRules
from appconnect.text.amounts import about
from appconnect.type_readers import type_reader

T = TypeVar("T")
MAX_QUOTE = 300

SANDBOX_HEADER: Final = "x-appconnect-sandbox"
"""The header of an answer that is the sandbox's own and not the CRM's."""
REFUSED: Final = "The CRM did not accept what was sent"
BY_STATUS: dict[int, tuple[type[CrmError], str]] = {
    401: (SessionExpired, "The CRM no longer accepts this connection; sign in again"),
    402: (PaymentRequired, "The CRM account is not open: unpaid, expired or full"),
    403: (Forbidden, "This CRM user may not do this"),
    404: (NotFound, "The CRM has no such record"),
    405: (Rejected, "The CRM does not take this method at this address"),
    410: (NotFound, "The CRM has removed this for good"),
}


@dataclass(frozen=True)
class Reply:
    """An answer; header names are lower-case, ``request`` is what errors call the request."""

    status: int
    headers: Mapping[str, str]
    body: JsonValue
    request: str

    def into(self, model: type[T]) -> T:
        """Return the body as a model; :class:`Unavailable`, naming the field, when it has another shape.

        What the model can do without is left out, with a warning, where it cannot be read.
        """
        return self._read(type_reader(model), self.body, _kind_of(model) or f"record of {self.request}")

    def at(self, key: str) -> JsonValue:
        """Return what stands under a key of the body as it is; None when nothing does."""
        return self.body.get(key) if isinstance(self.body, dict) else None

    def rows(self, model: type[T], at: str) -> list[T]:
        """Return the rows of a page as models; ``at`` is where they are, see :meth:`CrmClient.rows`.

        A row that cannot be read is left out, with a warning.
        """
        adapter, kind = type_reader(model), _kind_of(model) or f"record of {self.request}"
        rows, faults = list[T](), list[Fault]()
        for number, row in enumerate(self._list(at.split(".") if at else []), 1):
            try:
                read, odd = decoding.read(adapter, row, kind)
            except ValidationError as error:
                place, reason = decoding.fault_in(error)
                record = decoding.record_id(row, kind) or f"number {number} of the list"
                faults.append(Fault(record, "", f"{place}: {reason}" if place else reason))
            else:
                rows.append(read)
                faults += odd
        decoding.warn(kind, faults)
        return rows

    def _list(self, path: list[str]) -> list[JsonValue]:
        """Return the list at ``path``; null in an envelope stands for an empty one, no body does not."""
        found = self.body
        for key in path:
            if not isinstance(found, dict) or key not in found:
                raise self._undocumented(".".join(path), "Field required")
            found = found[key]
        if not isinstance(found, list) and (found is not None or not path):
            raise self._undocumented(".".join(path), "Input should be a valid list")
        return found or []

    def _read(self, adapter: TypeAdapter[T], value: JsonValue, kind: str) -> T:
        try:
            read, faults = decoding.read(adapter, value, kind)
        except ValidationError as error:
            place, reason = decoding.fault_in(error)
        else:
            decoding.warn(kind, faults)
            return read
        raise self._undocumented(place, reason)

    def _undocumented(self, place: str, reason: str) -> Unavailable:
        return Unavailable(
            f"The CRM's answer to {self.request} is not as documented: {place or 'the answer'}: {reason}.",
            request=self.request,
        )


def _kind_of(model: object) -> str:
    """Return what records are called: the title of their model or of what it is an envelope or list of."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return next(filter(None, map(_kind_of, get_args(model))), "")
    within = map(_kind_of, model.__pydantic_generic_metadata__["args"])
    return model.model_config.get("title") or next(filter(None, within), "")


def error_in(reply: Reply, rules: ApiRules, now: datetime) -> CrmError | None:
    """Return the error that an answer stands for, or None when it is a success."""
    if 200 <= reply.status < 300 and not is_refusal(reply.body):
        return None
    if SANDBOX_HEADER in reply.headers:
        told = f"The CRM may have this, but {reply.at('message') or 'this sandbox does not play it'}."
        return Unavailable(told, status=reply.status, request=reply.request)
    crm_message = sentence_of(reply.body, rules)
    if reply.status == 429:
        return _rate_limited(reply, crm_message, rules, now)
    kind, message = _kind(reply, rules)
    return kind(
        _quoting(message, crm_message), status=reply.status, request=reply.request, crm_message=crm_message
    )


def _kind(reply: Reply, rules: ApiRules) -> tuple[type[CrmError], str]:
    """Return the class of the error and its sentence, for anything but a 429."""
    status, page = reply.status, is_page(reply.body)
    if status < 300 and is_refusal(reply.body):
        return Rejected, REFUSED
    in_words = rules.plain_text_403_blocks and isinstance(reply.body, str)
    if status == 403 and (page or in_words):
        return Blocked, "The CRM's firewall blocks this client for asking too often; wait some minutes"
    from_a_proxy = status in (404, 410) and page  # which knows nothing of records
    if status >= 500 or status < 400 or from_a_proxy:
        return Unavailable, f"The CRM did not answer properly (status {status}); try again later"
    return BY_STATUS.get(status, (Rejected, REFUSED))


def _rate_limited(reply: Reply, crm_message: str, rules: ApiRules, now: datetime) -> RateLimited:
    limits = ratelimit.read(reply.headers, rules.limit_headers)
    daily = _is_daily(limits, rules)
    asked = retry_after(reply.headers, now)
    wait = max(rules.min_wait, asked or 0.0, limits.reset or 0.0)
    message = (
        "The CRM's budget for today is used up; it refills when the CRM's day begins"
        if daily
        else f"The CRM asks for a pause: too many requests; try again in {about(wait)}"
    )
    return RateLimited(
        _quoting(message, crm_message),
        status=reply.status,
        request=reply.request,
        crm_message=crm_message,
        retry_after=None if daily else wait,
        daily=daily,
    )


def _is_daily(limits: RateLimit, rules: ApiRules) -> bool:
    if limits.daily_remaining is not None:
        return limits.daily_remaining == 0
    # The daily headers may be missing; a refusal while the short window still has room is then a daily one.
    return bool(rules.limit_headers.daily_remaining and limits.remaining)


def sentence_of(body: JsonValue, rules: ApiRules) -> str:
    """Return the CRM's own sentence in an error body, or the text of a page; "" if there is none.

    What explains the sentence (``rules.reason_keys``) follows it, unless it says the same again.
    """
    if isinstance(body, str):
        return " ".join(re.sub(r"<[^<>]*>", " ", body[:5000]).split())[:MAX_QUOTE]
    words = _first_text(body, rules.error_keys)
    reason = _first_text(body, rules.reason_keys)
    if rules.boilerplate and reason.startswith(rules.boilerplate):
        reason = ""
    if not words or reason.casefold() in words.casefold():
        return (words or reason)[:MAX_QUOTE]
    if words.casefold() in reason.casefold():
        return reason[:MAX_QUOTE]
    return f"{words.rstrip('.:')}: {reason}"[:MAX_QUOTE]


def _first_text(body: JsonValue, keys: Iterable[str]) -> str:
    found = ("; ".join(dict.fromkeys(_texts(body, key))) for key in keys)
    return next((text for text in found if text), "")


def _texts(body: JsonValue, key: str) -> Iterator[str]:
    """Yield the texts under a key, ``errors.message`` for those of each of a list of errors."""
    name, _, rest = key.partition(".")
    value = body.get(name) if isinstance(body, dict) else None
    if rest:
        for each in value if isinstance(value, list) else [value]:
            yield from _texts(each, rest)
    elif isinstance(value, str) and value.strip():
        yield value.strip()


def is_refusal(body: JsonValue) -> bool:
    """Return whether an answer says itself that it is no success, whatever its status."""
    return isinstance(body, dict) and body.get("success") is False


def is_page(body: JsonValue) -> bool:
    """Return whether a web page came where JSON belongs."""
    return isinstance(body, str) and body.lstrip()[:1] == "<"


def _quoting(message: str, crm_message: str) -> str:
    return f"{message}. It said: {crm_message}" if crm_message else f"{message}."
