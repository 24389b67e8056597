"""Writes that count as done only when the answer says so.

The sign of a write is what the vendor documents: the id of the record in the answer, the very id that was
asked for where there is one, or an empty answer of one status. Anything else, a text, a page, ``[]``,
``{}``, another record, is :class:`Unconfirmed`: it may have been done.
"""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from pydantic import JsonValue

from appconnect.errors import CrmError, NotFound, Rejected, Unavailable, Unconfirmed, may_be_written
from appconnect.text.characters import REPLACEMENT

if TYPE_CHECKING:
    from appconnect.http.client import CrmClient
    from appconnect.http.replies import Reply

NO_BODY: Final = (None, "")


@dataclass(frozen=True)
class Sign:
    """The documented sign that a write was done.

    ``id_at`` is where the answer has the record's id, "data.id", or the places where it may have it; () where
    it has none. ``empty`` is the status with which an answer without a body is the sign. ``repeats`` names
    fields of what was written, and ``says`` fields with their values, that may stand beside the id: where one
    has another value, the answer is about another record. ``form`` is what this CRM's ids look like.
    """

    id_at: str | tuple[str, ...] = ()
    empty: int | None = None
    repeats: tuple[str, ...] = ()
    says: Mapping[str, JsonValue] = field(default_factory=dict)
    form: str = "[1-9][0-9]*"


async def write(
    crm: CrmClient,
    method: str,
    path: str,
    body: JsonValue = None,
    *,
    sign: Sign,
    of: int | str | None = None,
) -> str:
    """Send a write and return the id of its record; "" where an empty answer does not tell it.

    ``of`` is the id of the record that is written, which the answer must name; None for a new one. Raises
    :class:`Unconfirmed` when the answer lacks its documented sign.
    """
    try:
        reply = await crm.send(method, path, body=body)
    except (Rejected, Unavailable) as error:
        if error.status is None or error.status >= 300 or (isinstance(error, Rejected) and error.crm_message):
            raise
        raise _unconfirmed(error.request, error.message, error.status) from error
    if reply.body in NO_BODY and reply.status == sign.empty:
        return "" if of is None else str(of)
    return _id_in(reply, sign, body, of)


async def change(
    crm: CrmClient,
    method: str,
    path: str,
    body: Mapping[str, JsonValue],
    *,
    sign: Sign,
    of: int | str,
    read: Callable[[], Awaitable[JsonValue]],
) -> None:
    """Change a record; without a proper answer it is read again, and the change is done if it stands there.

    ``read`` returns the record as the CRM has it, with the names of ``body``. Raises the write's own error
    when the record cannot be read or is not as it was to be.
    """
    try:
        await write(crm, method, path, dict(body), sign=sign, of=of)
    except CrmError as error:
        if not may_be_written(error):
            raise
        with suppress(CrmError):
            if holds(await read(), dict(body)):
                return
        raise


async def remove(deletion: Awaitable[object], read: Callable[[], Awaitable[object]]) -> None:
    """Delete a record; without a proper answer it is read, and is deleted if there is no such record."""
    try:
        await deletion
    except CrmError as error:
        if not may_be_written(error):
            raise
        try:
            await read()
        except NotFound:
            return
        except CrmError:
            pass
        raise


def holds(found: JsonValue, sent: JsonValue) -> bool:
    """Return whether a record has what was sent; white space, escapes and notations of time do not count."""
    if isinstance(sent, dict):
        return isinstance(found, dict) and all(holds(found.get(key), sent[key]) for key in sent)
    if isinstance(sent, list):
        return isinstance(found, list) and all(any(holds(each, one) for each in found) for one in sent)
    if sent in NO_BODY:
        return found in NO_BODY
    if isinstance(sent, bool) or isinstance(found, bool):
        return found is sent
    if isinstance(found, dict | list) or found is None:
        return False
    return _written(found) == _written(sent)


def at(body: JsonValue, path: str) -> JsonValue:
    """Return what stands at "data.id" in a body; None for nothing, the body itself for ""."""
    for key in filter(None, path.split(".")):
        body = body.get(key) if isinstance(body, dict) else None
    return body


# -- the steps --


def _id_in(reply: Reply, sign: Sign, body: JsonValue, of: int | str | None) -> str:
    """Return the id of the record that the answer says was written; Unconfirmed when it does not say so."""
    places = (sign.id_at,) if isinstance(sign.id_at, str) else sign.id_at
    ids = {place: _id_text(at(reply.body, place)) for place in places}
    place, number = next(((place, text) for place, text in ids.items() if text), ("", ""))
    if not re.fullmatch(sign.form, number):
        lacks = f"It has no {places[0]}." if places else "It should be empty."
        raise _unconfirmed(reply.request, lacks, reply.status)
    if of is not None and number != str(of):
        raise _unconfirmed(reply.request, f"It is about record {number}, not {of}.", reply.status)
    record, sent = (_fields(each) for each in (at(reply.body, place.rpartition(".")[0]), body))
    expected = {key: sent[key] for key in sign.repeats if key in sent} | dict(sign.says)
    for key in filter(record.__contains__, expected):
        is_damaged = REPLACEMENT in str(record[key])  # on its way: it tells nothing
        if not is_damaged and not holds(record[key], expected[key]):
            raise _unconfirmed(reply.request, f"It is about another record: {key}.", reply.status)
    return number


def _fields(body: JsonValue) -> dict[str, JsonValue]:
    return body if isinstance(body, dict) else {}


def _id_text(value: JsonValue) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _unconfirmed(request: str, reason: str, status: int | None) -> Unconfirmed:
    return Unconfirmed(
        f"The CRM's answer to {request} does not say that it was done; it may have been done. {reason}",
        status=status,
        request=request,
    )


def _written(value: JsonValue) -> str | datetime | time:
    """Return a text or number in the one way in which it is compared."""
    text = " ".join(html.unescape(str(value)).split())
    with suppress(ValueError, OverflowError):
        return time.fromisoformat(text) if ":" in text[:3] else _in_utc(datetime.fromisoformat(text))
    return text


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
