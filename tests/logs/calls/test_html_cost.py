"""What an HTML body costs to read: a few calls for each tag, however many there are."""

from __future__ import annotations

import pytest
from linear import calls

from appconnect.logs.calls import body
from appconnect.models import LogFormat


def calls_to_read(text: str) -> int:
    return calls(lambda: body.parse(text, LogFormat.HTML))


@pytest.mark.parametrize(
    ("piece", "most"), [("<br>", 7), ("word<br>", 10), ("<i>word</i>", 18), ("<div></div>", 16)]
)
def test_each_piece_of_a_body_takes_few_calls(piece: str, most: int) -> None:
    few, many = (calls_to_read(piece * times) for times in (100, 1_100))
    assert (many - few) / 1000 <= most


@pytest.mark.parametrize(("piece", "most"), [("word<br>", 16), ("a &lt; b<br>", 22)])
def test_each_line_of_a_transcript_takes_few_calls(piece: str, most: int) -> None:
    few, many = (calls_to_read(f"<div><b>Transcript</b><br>{piece * times}</div>") for times in (100, 1_100))
    assert (many - few) / 1000 <= most
