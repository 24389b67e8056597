"""What an answer must say so that a write counts as done, by each part of its documented sign."""

from __future__ import annotations

import httpx
import pytest
from pydantic import JsonValue
from wire import Wire, said

from appconnect.errors import NotFound, Rejected, Unavailable, Unconfirmed
from appconnect.http.writes import Sign, at, change, holds, remove, write

ID = Sign(id_at="data.id")
EMPTY = Sign(empty=204)
EITHER = Sign(id_at=("contact.id", "id"), empty=204, repeats=("name",))
SAYS = Sign(id_at="id", says={"what": "Person", "how": "INSERT"})
SENT: JsonValue = {"name": "Holt", "age": 5}


async def sent(answer: httpx.Response, sign: Sign, of: int | str | None = None) -> str:
    return await write(Wire(answer).client, "PUT", "/people/7", SENT, sign=sign, of=of)


@pytest.mark.parametrize(
    ("answer", "sign", "of", "expected"),
    [
        (said(200, {"data": {"id": 7}}), ID, None, "7"),
        (said(201, {"data": {"id": "7"}}), ID, 7, "7"),
        (said(200, {"data": {"id": 7}}), ID, "7", "7"),
        (said(200, {"id": 7}), EITHER, None, "7"),
        (said(200, {"id": 8, "contact": {"id": 7}}), EITHER, None, "7"),
        (said(200, {"contact": {"id": 7, "name": " Holt\n"}}), EITHER, 7, "7"),
        (said(200, {"contact": {"id": 7, "age": 6}}), EITHER, 7, "7"),
        (said(200, {"contact": {"id": 7, "name": "H\N{REPLACEMENT CHARACTER}lt"}}), EITHER, 7, "7"),
        (said(200, {"data": {"id": "a-7"}}), Sign(id_at="data.id", form="[a-z]-[0-9]"), None, "a-7"),
        (said(200, {"id": 7, "name": "Holt"}), EITHER, None, "7"),
        (said(200, {"id": 7, "name": "Vance", "contact": {"id": 7, "name": "Holt"}}), EITHER, None, "7"),
        (said(200, {"id": 7, "what": "Person", "how": "INSERT"}), SAYS, None, "7"),
        (said(200, {"id": 7, "how": "INSERT"}), SAYS, None, "7"),
        (httpx.Response(204), EMPTY, 7, "7"),
        (httpx.Response(204), EMPTY, None, ""),
        (httpx.Response(204), EITHER, 7, "7"),
    ],
)
async def test_with_its_sign_it_is_done(
    answer: httpx.Response, sign: Sign, of: int | str | None, expected: str
) -> None:
    assert expected == await sent(answer, sign, of)


@pytest.mark.parametrize(
    ("answer", "sign", "of", "reason"),
    [
        (said(200, {"data": {"id": 8}}), ID, 7, "It is about record 8, not 7."),
        (said(200, {"data": {}}), ID, 7, "It has no data.id."),
        (said(200, {"data": [7]}), ID, 7, "It has no data.id."),
        (said(200, {"data": {"id": True}}), ID, None, "It has no data.id."),
        (
            said(200, {"data": {"id": True}}),
            Sign(id_at="data.id", form="[A-Za-z]+"),
            None,
            "It has no data.id.",
        ),
        (said(200, {"data": {"id": "7; or so"}}), ID, None, "It has no data.id."),
        (said(200, {"data": {"id": "7"}}), Sign(id_at="data.id", form="[a-z]+"), None, "It has no data.id."),
        (said(200, {"person": {"id": 7}}), EITHER, None, "It has no contact.id."),
        (httpx.Response(204), ID, 7, "It has no data.id."),
        (httpx.Response(202), EMPTY, 7, "It should be empty."),
        (said(204, {"id": 7}), EMPTY, 7, "It should be empty."),
        (
            said(200, {"contact": {"id": 7, "name": "Vance"}}),
            EITHER,
            None,
            "It is about another record: name.",
        ),
        (said(200, {"contact": {"id": 7, "name": None}}), EITHER, 7, "It is about another record: name."),
        (said(200, {"id": 7, "name": "Vance"}), EITHER, None, "It is about another record: name."),
        (said(200, {"id": 7, "what": "Company"}), SAYS, None, "It is about another record: what."),
        (said(200, {"id": 7, "how": "DELETE"}), SAYS, None, "It is about another record: how."),
        (said(200, {"id": 7, "how": None}), SAYS, None, "It is about another record: how."),
    ],
)
async def test_without_its_sign_it_may_have_been_done(
    answer: httpx.Response, sign: Sign, of: int | str | None, reason: str
) -> None:
    with pytest.raises(Unconfirmed) as caught:
        await sent(answer, sign, of)
    whole = "The CRM's answer to PUT /people/7 does not say that it was done; it may have been done. "
    assert (whole + reason, answer.status_code) == (caught.value.message, caught.value.status)
    assert "PUT /people/7" == caught.value.request


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (said(200, {"success": False}), "The CRM did not accept what was sent."),
        (httpx.Response(299, text="<p>"), "The CRM answered with a web page where data belongs; try again later."),
    ],
)  # fmt: skip
async def test_an_odd_success_is_told_with_its_own_reason(answer: httpx.Response, reason: str) -> None:
    with pytest.raises(Unconfirmed) as caught:
        await sent(answer, ID, 7)
    told = "The CRM's answer to PUT /people/7 does not say that it was done; it may have been done. "
    assert (told + reason, answer.status_code, "PUT /people/7") == (
        caught.value.message,
        caught.value.status,
        caught.value.request,
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said(200, {"success": False}), Unconfirmed),
        (httpx.Response(200, text="{half"), Unconfirmed),
        (said(200, {"success": False, "error": "The name is too long"}), Rejected),
        (said(300, {}), Unavailable),
        (said(400, {}), Rejected),
        (said(503, {}), Unavailable),
    ],
)
async def test_a_refusal_says_that_nothing_was_done_and_an_odd_success_does_not(
    answer: httpx.Response, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        await sent(answer, ID, 7)
    assert error is type(caught.value)


async def changed(first: httpx.Response, found: JsonValue | Exception) -> int:
    """Change a person; returns how often the record was read."""
    read = 0

    async def reading() -> JsonValue:
        nonlocal read
        read += 1
        if isinstance(found, Exception):
            raise found
        return found

    body: dict[str, JsonValue] = {"name": "Holt"}
    await change(Wire(first).client, "PUT", "/people/7", body, sign=ID, of=7, read=reading)
    return read


async def test_a_change_without_its_sign_is_done_if_it_stands_in_the_record() -> None:
    assert 0 == await changed(said(200, {"data": {"id": 7}}), None)
    assert 1 == await changed(said(200, {}), {"name": "Holt", "age": 3})
    otherwise: list[JsonValue | Exception] = [{"name": "Vance"}, {}, NotFound("It is gone.")]
    for found in otherwise:
        with pytest.raises(Unconfirmed, match=r"It has no data\.id"):
            await changed(said(200, {}), found)


async def test_a_refused_change_is_not_looked_for() -> None:
    with pytest.raises(Rejected):
        await changed(said(400, {}), {"name": "Holt"})


async def removed(deletion: Exception | None, reading: Exception | None) -> None:
    async def fails(error: Exception | None) -> None:
        if error is not None:
            raise error

    await remove(fails(deletion), lambda: fails(reading))


async def test_a_deletion_without_its_sign_is_done_if_there_is_no_such_record() -> None:
    await removed(None, AssertionError("It is not read."))
    await removed(Unconfirmed("Perhaps."), NotFound("It is gone."))
    for reading in (None, Unavailable("The CRM is down.")):
        with pytest.raises(Unconfirmed, match="Perhaps"):
            await removed(Unconfirmed("Perhaps."), reading)
    with pytest.raises(Rejected):
        await removed(Rejected("No."), NotFound("It is gone."))


@pytest.mark.parametrize(
    ("found", "sent", "same"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": None}, {"a": ""}, True),
        ({}, {"a": None}, True),
        ({"a": 0}, {"a": ""}, False),
        ({"a": "x"}, {"a": None}, False),
        ("x", {"a": None}, False),
        ([1, {"a": 1, "b": 2}], [{"a": 1}], True),
        ([1], [1, 2], False),
        ([2, 1], [1, 2], True),
        ("1", ["1"], False),
        (True, True, True),
        (1, True, False),
        (True, 1, False),
        (True, False, False),
        (None, False, False),
        ([], "x", False),
        ({}, "x", False),
        ("7", 7, True),
        ("7.0", 7, False),
        (" a  b ", "a b", True),
        ("a &amp; b", "a & b", True),
        ("a", "A", False),
        ("2026-01-02T09:30:00Z", "2026-01-02 10:30:00+01:00", True),
        ("2026-01-02T09:30:00", "2026-01-02T09:30:00.000Z", True),
        ("2026-01-02T09:30:01Z", "2026-01-02T09:30:00Z", False),
        ("09:30", "09:30:00", True),
        ("09:30", "09:31", False),
        ("9:30", "09:30", False),
    ],
    ids=repr,
)
def test_a_record_has_what_was_sent_however_it_is_written(
    found: JsonValue, sent: JsonValue, same: bool
) -> None:
    assert same == holds(found, sent)


@pytest.mark.parametrize(
    ("path", "there"),
    [("", {"a": {"b": [1]}}), ("a", {"b": [1]}), ("a.b", [1]), ("a.b.0", None), ("c", None), ("c.d", None)],
)
def test_a_place_in_a_body_is_a_path_of_keys(path: str, there: JsonValue) -> None:
    assert there == at({"a": {"b": [1]}}, path)
