"""The colon of a line may stand inside or outside the bold label, as editors of CRMs leave it; without one it is no label."""

from __future__ import annotations

import pytest

from appconnect.logs.calls.body import CallFacts, parse, update
from appconnect.models import LogFormat

HTML = LogFormat.HTML
WRITTEN = [
    "<b>Result</b>: Connected",
    "<b>Result:</b> Connected",
    "<b>Result: </b>Connected",
    "<strong>Result</strong> : Connected",
    "<b>Result:</b>&nbsp;Connected",
]


@pytest.mark.parametrize("line", WRITTEN)
@pytest.mark.parametrize("before", ["", "<li>mine:</li>"])
def test_a_line_is_read_and_replaced_wherever_its_colon_stands(line: str, before: str) -> None:
    stored = f"<ul>{before}<li>{line}</li></ul>"
    assert {"result": "Connected"} == dict(parse(stored, HTML).values)
    changed = update(stored, CallFacts(result="Missed"), format=HTML, settings={}, timezone="UTC")
    assert f"<ul>{before}<li><b>Result</b>: Missed</li></ul>" == changed


@pytest.mark.parametrize("before", ["", "<li>mine:</li>", "mine:"])
@pytest.mark.parametrize("line", ["<b>Result</b> Connected", "<b>Result</b>", "<b>Result</b> of it: good"])
def test_bold_words_without_a_colon_are_somebody_s_own(line: str, before: str) -> None:
    stored = f"<ul>{before}<li>{line}</li></ul>"
    assert {} == dict(parse(stored, HTML).values)
    changed = update(stored, CallFacts(result="Missed"), format=HTML, settings={}, timezone="UTC")
    assert changed.startswith(stored)
