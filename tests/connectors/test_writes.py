"""What a change is compared with when its answer proves nothing, and how what is missing is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from wire import Wire, said

from appconnect import operation_warnings
from appconnect.errors import NotFound, SessionExpired, Unconfirmed
from appconnect.http import or_default
from appconnect.http.writes import Sign, holds, write

SAME = [
    ({"due_time": "10:05:00"}, {"due_time": "10:05"}),
    ({"start": "2026-01-02T09:30:00.000Z"}, {"start": "2026-01-02 09:30:00"}),
    ({"start": "2026-01-02T10:30:00+01:00"}, {"start": "2026-01-02T09:30:00Z"}),
    ({"owner": "7"}, {"owner": 7}),
    ({"owner": {"id": 7, "name": "Rae"}}, {"owner": {"id": 7}}),
    ({"note": "Price &amp; terms\r\n"}, {"note": "Price & terms"}),
    ({"deal": None}, {"deal": None}),
    ({}, {"deal": None}),
    ({"people": [{"id": 2}, {"id": 1}]}, {"people": [{"id": 1}]}),
]
DIFFERENT = [
    ({"due_time": "10:06:00"}, {"due_time": "10:05"}),
    ({"owner": 70}, {"owner": 7}),
    ({"done": False}, {"done": True}),
    ({"done": 1}, {"done": True}),
    ({"note": "First"}, {"note": "Second"}),
    ({"note": '<a href="x">open</a>'}, {"note": '<a href="y">open</a>'}),
    ({"deal": 5}, {"deal": None}),
    ({"deal": None}, {"deal": 5}),
    ({"people": []}, {"people": [{"id": 1}]}),
    ({}, {"note": "Second"}),
    ("OK", {"note": "Second"}),
    (None, {"note": "Second"}),
]


@pytest.mark.parametrize(("found", "sent"), SAME, ids=str)
def test_the_same_in_other_words_is_the_same(found: object, sent: object) -> None:
    assert holds(found, sent)  # type: ignore[arg-type]


@pytest.mark.parametrize(("found", "sent"), DIFFERENT, ids=str)
def test_what_differs_is_not_taken_for_done(found: object, sent: object) -> None:
    assert not holds(found, sent)  # type: ignore[arg-type]


@given(some.text(min_size=1), some.text(min_size=1, alphabet="abc0159:-"))
def test_a_text_with_more_at_its_end_is_another_text(text: str, more: str) -> None:
    assert holds({"note": text}, {"note": text})
    assert not holds({"note": f"{text}x"}, {"note": f"{text}x{more}"})


async def _fails(error: Exception) -> str:
    raise error


async def test_for_one_reason_one_sentence_names_whom_something_is_missing_for() -> None:
    with operation_warnings.collect() as told:
        for name in ("Ada", "Ben", "Ada", "Cyd", "Dee", "Eve", "Fay", "Gil"):
            missing = _fails(NotFound("It is gone."))
            assert "none" == await or_default(missing, "none", missing="the deals", of=[name])
            operation_warnings.warn("Something else.")
        await or_default(_fails(NotFound("It is gone.")), None, missing="the leads", of=["Ada"])
        await or_default(_fails(NotFound("It is gone.")), None, missing="the note actions")
    assert [
        "Could not read the deals of Ada, Ben, Cyd, Dee, Eve and 2 more: It is gone.",
        "Something else.",
        "Could not read the leads of Ada: It is gone.",
        "Could not read the note actions: It is gone.",
    ] == told


@pytest.mark.parametrize(
    ("number", "named"), [(1, "of 1"), (5, "of 1, 2, 3, 4, 5"), (6, "of 1, 2, 3, 4, 5 and 1 more")]
)
def test_up_to_five_are_named_in_a_warning(number: int, named: str) -> None:
    with operation_warnings.collect() as told:
        names = [str(each) for each in range(1, number + 1)]
        operation_warnings.could_not_read("the deals", "It is gone.", of=names)
    assert [f"Could not read the deals {named}: It is gone."] == told


async def test_an_end_of_the_session_is_no_missing_detail() -> None:
    with pytest.raises(SessionExpired), operation_warnings.collect() as told:
        await or_default(_fails(SessionExpired("Sign in again.")), None, missing="the deals")
    assert [] == told


@pytest.mark.parametrize(
    "number", [0, "0", "00", "007", -1, 1.5, True, None, "", "7\n", "٧", [7], {"id": 7}], ids=repr
)
async def test_what_is_no_id_of_a_record_is_no_sign_that_one_was_made(number: object) -> None:
    wire = Wire(said(200, {"data": {"id": number}}))
    with pytest.raises(Unconfirmed):
        await write(wire.client, "POST", "/logs", {}, sign=Sign("data.id"))


@pytest.mark.parametrize("number", [7, "7", 10**18])
async def test_an_id_of_a_record_is_the_sign_that_it_was_made(number: object) -> None:
    wire = Wire(said(200, {"data": {"id": number}}))
    assert str(number) == await write(wire.client, "POST", "/logs", {}, sign=Sign("data.id"))
