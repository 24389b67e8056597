"""Rows as RingCentral exports them: records of call log and message store, and the call log's download.

JSON records: https://developers.ringcentral.com/api-reference/Call-Log/readUserCallLog, and Message-Store.
The download of the service's web page has columns such as Direction, Type, Phone Number, Name, Date, Time,
Action, Action Result and Duration, and no ids.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Final

from pydantic import ValidationError

from appconnect.batch.outcomes import PREFIX
from appconnect.errors import InputError
from appconnect.models import Call, Contact, Direction, Message, MessageType, Party, first_fault

Row = Mapping[str, object]
DIRECTIONS: Final = {
    "incoming": Direction.INBOUND,
    "inbound": Direction.INBOUND,
    "outgoing": Direction.OUTBOUND,
    "outbound": Direction.OUTBOUND,
}
DATES: Final = ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%b %d, %Y", "%d %b %Y")
TIMES: Final = ("%I:%M %p", "%I:%M:%S %p", "%H:%M", "%H:%M:%S", "%I:%M%p")
WEEKDAY: Final = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
MESSAGES: Final = frozenset(each.value.casefold() for each in MessageType) - {MessageType.FAX.casefold()}

RECORDS: Final = frozenset(
    ("startTime", "creationTime", "sessionId", "telephonySessionId", "conversation", "parties", "body")
)
"""Names that only JSON records have."""
SIDES: Final = frozenset(("from", "to", "phonenumber", "fromnumber", "tonumber", "crmcontactid"))
"""Columns that tell of somebody, of whichever export, in letters."""
MAX_NAMED: Final = 8


@dataclass(frozen=True)
class Record:
    """The call or message of a row, and the contact if the row names it."""

    what: Call | Message
    contact: Contact | None

    @property
    def party(self) -> Party:
        """The other side: who was called or written to, or who did."""
        if isinstance(self.what, Call):
            return self.what.contact_party
        if self.what.direction is Direction.INBOUND:
            return self.what.from_
        return next(iter(self.what.to), Party())

    @property
    def turn(self) -> str:
        """What must not be written by two at once: the call itself, or a message's conversation."""
        return f"call {self.what.ids}" if isinstance(self.what, Call) else f"thread {self.what.thread}"


def read(row: Row, zone: tzinfo) -> Record:
    """Return the call or message of a row; ``zone`` is where a download's times are told.

    Raises InputError, a sentence on what is wrong with the row.
    """
    values = _nested({str(name): value for name, value in row.items() if not _is_missing(value)})
    contact = _contact(values)
    try:
        if is_record(values):
            return Record(_of_record(values), contact)
        return Record(_of_download(values, zone), contact)
    except ValidationError as error:
        raise InputError(f"This row cannot be read: {first_fault(error)}.") from None


def is_record(values: Row) -> bool:
    """Return whether these are the names of RingCentral's JSON records, and not those of the download."""
    return bool(RECORDS & values.keys()) or isinstance(values.get("from"), Mapping)


def check_names(names: Iterable[object], table: str) -> None:
    """Raise InputError for a table whose columns tell of nobody, so that no row of it could be used."""
    told = list(dict.fromkeys(map(str, names)))
    if not told or RECORDS & set(told) or any(_in_letters(each.partition(".")[0]) in SIDES for each in told):
        return
    if "records" in told:
        raise InputError(
            f"{table} holds whole answers of RingCentral's API; write each of their records on its own line."
        )
    more = ", …" if len(told) > MAX_NAMED else ""
    raise InputError(
        f"{table} is no table of calls or messages: it needs from and to, as RingCentral's records have "
        "them, or Phone Number, as its download has it. "
        f"It has: {', '.join(each[:40] for each in told[:MAX_NAMED])}{more}."
    )


def _is_missing(value: object) -> bool:
    """Return True for what pandas and Arrow leave in cells without a value."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("NaT", "<NA>")


def _nested(values: dict[str, object]) -> dict[str, object]:
    """Return ``{"from": {"name": …}}`` for ``{"from.name": …}``, as pandas flattens records."""
    nested: dict[str, object] = {}
    for name, value in values.items():
        first, _, rest = name.partition(".")
        inner = nested.get(first)
        if rest and (inner is None or isinstance(inner, dict)):
            nested[first] = {**(inner or {}), rest: value}
        else:
            nested[name] = value
    return {name: _nested(each) if isinstance(each, dict) else each for name, each in nested.items()}


def _contact(values: Row) -> Contact | None:
    """Return the contact that the row names."""
    told = {name: str(values.get(f"{PREFIX}contact_{name}", "")).strip() for name in ("id", "name", "type")}
    return Contact(**told) if told["id"] else None


# -- JSON records --


def _of_record(values: Row) -> Call | Message:
    kind = str(values.get("type", "")).casefold()
    is_fax = kind == MessageType.FAX.casefold()
    if kind in MESSAGES or (is_fax and "creationTime" in values):
        return Message.model_validate(values)
    if is_fax:
        raise InputError("A fax in the call log comes without its document; log it from the message store.")
    return Call.model_validate(values)


# -- the download --


def _of_download(values: Row, zone: tzinfo) -> Call:
    cells = {_in_letters(name): _text(value) for name, value in values.items()}
    kind = cells.get("type", "voice").casefold()
    if kind not in ("voice", "call", "phone call", "voice call"):
        raise InputError(f"This is a {kind}, and a download does not hold what it said; export it as JSON.")
    direction = DIRECTIONS.get(cells.get("direction", "").casefold())
    here, there = ("to", "from") if direction is Direction.INBOUND else ("from", "to")
    number = cells.get("phonenumber") or cells.get(f"{there}number") or cells.get(there, "")
    own = cells.get(f"{here}number") or cells.get(here, "")
    return Call.model_validate(
        {
            "id": cells.get("callid") or cells.get("sessionid") or _digest(cells, number),
            "direction": direction,
            "startTime": _start(cells, zone),
            "duration": _duration(cells.get("duration", "")),
            "result": cells.get("actionresult") or cells.get("result"),
            there: {**_party(number), "name": cells.get("name") or cells.get(f"{there}name", "")},
            here: {**_party(own), "name": cells.get(f"{here}name", "")},
        }
    )


def _in_letters(name: str) -> str:
    """Return the name of a column as it is compared: "phonenumber" for "Phone Number"."""
    return re.sub(r"[^a-z]", "", name.casefold())


def _digest(cells: Mapping[str, str], number: str) -> str:
    """Return an id for a call that has none: the same row is the same call, in whichever export it is."""
    told = [number, *(cells.get(name, "") for name in ("direction", "date", "time", "starttime", "duration"))]
    return f"row-{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]}"


def _party(number: str) -> dict[str, str]:
    is_extension = re.fullmatch(r"(ext\.?\s*|x)?\d{1,6}", number, re.IGNORECASE)
    return {"extensionNumber" if is_extension else "phoneNumber": number}


def _start(cells: Mapping[str, str], zone: tzinfo) -> datetime | None:
    date, clock = WEEKDAY.sub("", cells.get("date", "")), cells.get("time", "")
    if not date:
        return None
    day, at = _parsed(date, DATES), _parsed(clock, TIMES) if clock else None
    if day is None or (clock and at is None):
        whole = f"{date} {clock}".strip()
        try:
            found = datetime.fromisoformat(whole)
        except ValueError:
            raise InputError(f"This row's date and time cannot be read: {whole[:40]}.") from None
        return found if found.tzinfo else found.replace(tzinfo=zone)
    return datetime.combine(day.date(), at.time() if at else time(), zone)


def _parsed(text: str, formats: tuple[str, ...]) -> datetime | None:
    for each in formats:
        try:
            return datetime.strptime(text, each)  # noqa: DTZ007 – the zone is added by whoever asks
        except ValueError:
            continue
    return None


def _duration(text: str) -> int | str | None:
    """Return seconds for "1:02:05", "2:05" and "125"; "pending" for a call that was going on."""
    if re.fullmatch(r"\d+(:[0-5]?\d){0,2}", text):
        seconds = 0
        for part in text.split(":"):
            seconds = seconds * 60 + int(part)
        return seconds
    return "pending" if text.casefold().startswith("in progress") else None


def _text(value: object) -> str:
    return " ".join(str(value).split())
