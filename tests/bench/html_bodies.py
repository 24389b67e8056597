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
    html, markdown = cpu_seconds(_update_of(LogFormat.HTML), _update_of(LogFormat.MARKDOWN), rounds=20)
    yield Row("update of a body of 5 kB, HTML", html * 1e6, markdown * 1e6, "Markdown", at_most(1), MICROSECONDS,
              why="each line break is a tag, and text is unescaped")  # fmt: skip


@measurement
def line_breaks() -> Iterable[Row]:
    """Compare 2 MB of line breaks with 200 kB: linear work gives ten."""
    old = {size: "<br>" * (size // 4) for size in (2_000_000, 200_000)}
    long, short = cpu_seconds(
        *(lambda size=size: _updated(old[size], LogFormat.HTML) for size in old), rounds=3
    )
    yield Row("update of 2 MB of line breaks", long * 1000, short * 1000, "of 200 kB", at_most(13), MILLISECONDS,
              why="memory costs more beyond the processor's cache")  # fmt: skip


def _update_of(format: LogFormat) -> Callable[[], str]:
    old = body.compose(FACTS, format=format, settings={}, timezone="UTC")
    return lambda: _updated(old, format)


def _updated(old: str, format: LogFormat) -> str:
    return body.update(old, CallFacts(result="Missed"), format=format, settings={}, timezone="UTC")
