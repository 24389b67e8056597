"""Reading and changing call logs in HTML, beside the same in Markdown, and long ones beside shorter ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from appconnect.logs.calls import body
from appconnect.logs.calls.body import CallFacts
from appconnect.models import Direction, LogFormat
from bench.rows import MICROSECONDS, MILLISECONDS, Row, at_most, measurement
from bench.timing import cpu_seconds

FACTS = CallFacts(
    note="Wants a discount & more.\n" * 40, transcript="Nia: Good morning, what can I do for you?\n" * 80,
    ai_note="She asked for a discount.\n" * 10, session_id="s-1", subject="Call with Nia Holt",
    contact_number="+14155550142", direction=Direction.OUTBOUND, duration=75, result="Call connected",
)  # fmt: skip


@measurement
def body_of_5_kb() -> Iterable[Row]:
    """Compare the formats, for the same facts."""
    html, markdown = cpu_seconds(_update_of(LogFormat.HTML), _update_of(LogFormat.MARKDOWN), rounds=40)
    yield Row("update of a body of 5 kB, HTML", html * 1e6, markdown * 1e6, "Markdown", at_most(1), MICROSECONDS,
              floor=markdown * 1e6, why="tags around each part are matched, but a run of lines is one step where Markdown takes one for each")  # fmt: skip


@measurement
def long_bodies() -> Iterable[Row]:
    """Compare 10 MB with 1 MB: linear work gives ten."""
    for what, piece in (("line breaks", "<br>"), ("lines", "A line of a long note, and some more.<br>")):
        old = {size: piece * (size // len(piece)) for size in (10_000_000, 1_000_000)}
        long, short = cpu_seconds(
            *(lambda body=body: _updated(body, LogFormat.HTML) for body in old.values()), rounds=2
        )
        yield Row(f"update of 10 MB of {what}", long * 1000, short * 1000, "of 1 MB", at_most(13), MILLISECONDS,
                  floor=short * 10_000, why="memory costs more beyond the processor's cache")  # fmt: skip


def _update_of(format: LogFormat) -> Callable[[], str]:
    old = body.compose(FACTS, format=format, settings={}, timezone="UTC")
    return lambda: _updated(old, format)


def _updated(old: str, format: LogFormat) -> str:
    return body.update(old, CallFacts(result="Missed"), format=format, settings={}, timezone="UTC")
