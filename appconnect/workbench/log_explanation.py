"""The explanation of a log draft: every value that would be sent, what it comes from, and when it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from markupsafe import Markup
from pydantic import JsonValue

from appconnect import display
from appconnect.http.held_writes import HeldWrite
from appconnect.text.quotation import quotation
from appconnect.workbench.expected_time import Verdict, verdict

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = ("request", "field", "value", "from", "time")
MAX_SHOWN = 90
"""Characters of a value in a table."""


@dataclass(frozen=True)
class LineOrigin:
    """A line of a long text, and what it comes from."""

    text: str
    origins: tuple[str, ...]


@dataclass(frozen=True)
class ValueOrigin:
    """A value that would be sent.

    ``request`` is "POST /Events", ``field`` its place in the body ("participants.0.person_id"). ``origins``
    name what it is made of; without any it is the connector's own. ``source`` says that in words. ``time`` is
    the moment that it stands for in UTC and in the user's zone, "" for what is no time; ``written_in`` is the
    zone that it is written in. ``old`` is what the log says now, where it is an update; ``is_kept`` whether
    the update leaves it so.
    """

    request: str
    field: str
    value: JsonValue
    origins: tuple[str, ...] = ()
    source: str = ""
    time: str = ""
    written_in: str = ""
    lines: tuple[LineOrigin, ...] = ()
    old: JsonValue = None
    is_kept: bool = False

    def __repr__(self) -> str:
        return f"{self.field}: {self.source}"


@dataclass(frozen=True)
class LogExplanation:
    """What logging would send, value by value; nothing was written.

    ``zone`` is the zone that bodies are written in, ``zone_source`` where it comes from ("Insightly’s user
    (timezone_name)"). ``moment`` is the call's or message's time in both zones; ``at`` is the
    same, and ``tz`` the zone, for computing. ``log_id`` is the log that
    would be updated, "" for a new one. ``problem`` is what would go wrong, ``notes`` are warnings.
    """

    crm: str
    requests: tuple[HeldWrite, ...]
    values: tuple[ValueOrigin, ...]
    zone: str
    zone_source: str
    moment: str
    at: datetime
    tz: tzinfo
    log_id: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()

    def __getitem__(self, field: str) -> ValueOrigin:
        """Return the value of a field, by its whole place or the end of it; KeyError when there is none."""
        for each in self.values:
            if each.field == field or each.field.endswith(f".{field}"):
                return each
        raise KeyError(field)

    def expected(self, time_of_day: str) -> Verdict:
        """Return what to think of a time ("04:12", "4:12 PM") that a person expected to stand in the log.

        It names the zones in which it would stand there. InputError for what is no time of day.
        """
        return verdict(self.at, self.at.astimezone(self.tz), time_of_day, self.zone_source)

    @property
    def sent(self) -> tuple[ValueOrigin, ...]:
        """The values that would be sent."""
        return tuple(each for each in self.values if not each.is_kept)

    @property
    def kept(self) -> tuple[ValueOrigin, ...]:
        """The values of the log that an update leaves as they are."""
        return tuple(each for each in self.values if each.is_kept)

    @property
    def times(self) -> tuple[ValueOrigin, ...]:
        """The values that stand for a time."""
        return tuple(each for each in self.values if each.time)

    def to_dataframe(self) -> DataFrame:
        """Return a row per value: request, field, value, from, time, old."""
        rows = [
            {
                "request": each.request, "field": each.field, "value": each.value, "from": each.source,
                "time": each.time, "written in": each.written_in, "old": each.old, "kept": each.is_kept,
            }
            for each in self.values
        ]  # fmt: skip
        return display.data_frame(rows, [*COLUMNS, "written in", "old", "kept"])

    def __repr__(self) -> str:
        what = f"update of log {self.log_id}" if self.log_id else "new log"
        return f"<LogExplanation: {what}, {len(self.requests)} requests, {len(self.values)} values>"

    def _repr_html_(self) -> Markup:
        rows = [(each.request, each.field, shown(each.value), each.source, each.time) for each in self.values]
        return display.table(self.caption, COLUMNS, rows)

    @property
    def caption(self) -> str:
        """The zone and the moment, in a sentence."""
        return f"{self.moment}. Bodies are written in {self.zone}: {self.zone_source}."


def shown(value: JsonValue) -> str:
    """Return a value as a table has it: one line, cut."""
    text = "" if value is None else str(value).replace("\n", " ⏎ ")
    return quotation(text, MAX_SHOWN)


def in_both_zones(moment: datetime, zone: tzinfo) -> str:
    """Return "09:12 UTC = 01:12 America/Los_Angeles"; with dates where the two are of different days."""
    utc, local = moment.astimezone(UTC), moment.astimezone(zone)
    form = "%H:%M" if utc.date() == local.date() else "%Y-%m-%d %H:%M"
    return f"{utc:{form}} UTC = {local:{form}} {zone}"


def in_words(titles: Sequence[str]) -> str:
    """Return "a, b and c"."""
    *first, last = titles
    return f"{', '.join(first)} and {last}" if first else last
