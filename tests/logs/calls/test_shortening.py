"""Bodies that are too long for a CRM: what gives way, what stays, and that nothing moves afterwards."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from appconnect.logs.calls.body import CallFacts, compose, parse, update
from appconnect.logs.calls.shortening import shorten
from appconnect.models import Leg, LogFormat
from appconnect.text.utf16 import utf16_length, utf16_prefix

MAX_LENGTH = 1000
MARK = "… (shortened, to fit the 1000 characters that the CRM allows)"
FORMATS = list(LogFormat)
CALL = CallFacts(
    subject="Outbound Call to Nia Holt",
    start=datetime(2026, 1, 2, 9, tzinfo=UTC),
    duration=65,
    result="Connected",
)
LINES = {"subject", "start", "duration", "result"}
IN_ORDER = ("transcript", "ace_transcript", "ai_note", "ace_summary", "ace_bulleted_summary", "note")
"""The long texts, and which gives way first."""
TEXTS = ("note", *IN_ORDER[:-1])


def composed(format: LogFormat, **said: object) -> str:
    return compose(facts(**said), format=format, settings={}, timezone="UTC")


def facts(**said: object) -> CallFacts:
    return CALL.model_copy(update=said)


def updated(body: str, said: CallFacts, format: LogFormat) -> str:
    return shorten(update(body, said, format=format, settings={}, timezone="UTC"), format, MAX_LENGTH)


@pytest.mark.parametrize("format", FORMATS)
def test_what_fits_is_left_alone(format: LogFormat) -> None:
    body = composed(format, note="Hi", transcript="A: hello")
    assert body == shorten(body, format, utf16_length(body))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "text", ["word " * 400, "a line\n" * 300, "🌟" * 900, "- Result: x\n" * 200, "&<b>" * 300]
)
@pytest.mark.parametrize("name", TEXTS)
def test_a_long_text_is_shortened_and_everything_else_stays(format: LogFormat, text: str, name: str) -> None:
    said: dict[str, str] = {"note": "Call her back", name: text}
    body = shorten(composed(format, **said), format, MAX_LENGTH)
    values = parse(body, format).values
    assert MAX_LENGTH * 0.8 < utf16_length(body) <= MAX_LENGTH
    assert values.keys() == {"note", name} | LINES
    assert text.startswith(values[name].removesuffix("…"))
    assert values["note"] == "Call her back" or name == "note"
    assert 1 == body.count(MARK)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("first", "later"), list(pairwise(IN_ORDER)))
def test_a_text_is_whole_as_long_as_one_before_it_can_give_way(
    format: LogFormat, first: str, later: str
) -> None:
    said = {"note": "Hi", first: "one line of it\n" * 60, later: "another line\n" * 20}
    values = parse(shorten(composed(format, **said), format, MAX_LENGTH), format).values
    assert said[later].strip() == values[later].strip()
    assert 0 < len(values[first]) < len(said[first].strip())


@pytest.mark.parametrize("format", FORMATS)
def test_the_note_gives_way_last(format: LogFormat) -> None:
    note = "Said by a person. " * 20
    body = shorten(
        composed(format, note=note, transcript="A: hello\n" * 300, ai_note="x" * 200, legs=[Leg()] * 90),
        format,
        MAX_LENGTH,
    )
    values = parse(body, format).values
    assert note.strip() == values["note"].strip()
    assert "transcript" not in values or values["transcript"].endswith("…")


@pytest.mark.parametrize("format", FORMATS)
def test_the_mark_is_read_as_part_of_nothing(format: LogFormat) -> None:
    body = shorten(composed(format, note="word " * 400), format, MAX_LENGTH)
    assert all("…" not in value for value in parse(body, format).values.values())
    only_a_note = compose(CallFacts(note="word " * 400), format=format, settings={}, timezone="UTC")
    body = shorten(only_a_note, format, MAX_LENGTH)
    assert MARK in body
    assert "…" not in parse(body, format).note


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", TEXTS)
def test_the_same_facts_again_change_nothing(format: LogFormat, name: str) -> None:
    said = facts(**{"note": "Hi", name: "some words of it\n" * 200})
    body = updated("", said, format)
    assert body == updated(body, said, format) == updated(body, CallFacts(), format)


@pytest.mark.parametrize("format", FORMATS)
def test_an_update_finds_its_lines_and_what_is_lost_stays_marked(format: LogFormat) -> None:
    body = updated("", facts(note="word " * 400), format)
    longer = updated(body, CallFacts(duration=3600, result="Voicemail"), format)
    assert ("1 hour", "Voicemail") == tuple(
        parse(longer, format).values[name] for name in ("duration", "result")
    )
    short = updated(longer, CallFacts(note="Short"), format)
    assert ("Short", 1) == (parse(short, format).note, short.count(MARK))


@pytest.mark.parametrize("format", FORMATS)
def test_what_a_person_wrote_in_the_crm_is_not_shortened(format: LogFormat) -> None:
    theirs = "\nKit: send the contract!" if format is not LogFormat.HTML else "<p>Kit: send the contract!</p>"
    body = composed(format, note="word " * 400) + theirs
    assert "Kit: send the contract!" in shorten(body, format, MAX_LENGTH)


def test_a_body_of_nothing_but_strange_text_is_given_back_with_the_mark() -> None:
    assert "x" * 2000 + f"\n{MARK}\n" == shorten("x" * 2000, LogFormat.PLAIN, MAX_LENGTH)


@pytest.mark.parametrize("format", FORMATS)
def test_a_text_that_has_no_room_leaves_nothing_behind(format: LogFormat) -> None:
    said = facts(note="word " * 300, transcript="A: hello\n" * 300)
    body = updated("", said, format)
    assert "transcript" not in parse(body, format).values
    assert body == updated(body, said, format)


PIECE = st.text(min_size=1) | st.sampled_from(
    ["word ", "\n", "🌟", "- Result: x\n", "--- END\n", "## Call details\n", "&<b>"]
)
LONG_TEXT = st.builds(
    lambda pieces, times: "".join(pieces) * times, st.lists(PIECE, max_size=4), st.integers(1, 200)
)
LONG_TEXTS = st.fixed_dictionaries({"note": LONG_TEXT}, optional=dict.fromkeys(TEXTS[1:], LONG_TEXT))


def test_any_long_body_fits_and_stays_the_same_from_then_on() -> None:
    reached: Counter[str] = Counter()

    @given(LONG_TEXTS, st.sampled_from(FORMATS))
    @settings(max_examples=60, deadline=None)
    def check(texts: dict[str, str], format: LogFormat) -> None:
        full = composed(format, **texts)
        assume(utf16_length(full) > MAX_LENGTH)
        body = shorten(full, format, MAX_LENGTH)
        assert utf16_length(body) <= MAX_LENGTH
        assert MARK in body
        assert texts["note"].startswith(parse(body, format).note)
        assert body == updated(body, facts(**texts), format)
        reached["shortened"] += 1
        reached[format] += 1
        reached["the note gave way"] += parse(body, format).note != parse(full, format).note

    check()
    assert reached["shortened"] >= 30
    assert min(reached[each] for each in (*FORMATS, "the note gave way")) > 0, reached


@given(st.text(), st.integers(0, 50))
def test_the_first_units_are_full_characters(text: str, max_length: int) -> None:
    first = utf16_prefix(text, max_length)
    assert text.startswith(first)
    assert max_length - 1 <= utf16_length(first) <= max_length or first == text


@pytest.mark.parametrize(
    ("max_length", "expected"), [(0, ""), (1, "a"), (2, "a"), (3, "a🌟"), (4, "a🌟b"), (9, "a🌟b")]
)
def test_an_emoji_is_two_units_and_is_not_torn(max_length: int, expected: str) -> None:
    assert expected == utf16_prefix("a🌟b", max_length)
    assert 4 == utf16_length("a🌟b")
