"""What a draft would write: reads go out once each, writes are held and answered as if they were done."""

from __future__ import annotations

import pytest
from wire import Wire, said

from appconnect.errors import NotFound, Unavailable
from appconnect.http.held_writes import NEW_ID, HeldWrite, HeldWrites, Reads

UUID = "0b9f5a7c-1111-4222-8333-444455556666"


def drafting(*answers: object, reads: Reads | None = None) -> tuple[Wire, HeldWrites]:
    wire = Wire(*answers)  # type: ignore[arg-type]
    return wire, HeldWrites(wire.client, reads or Reads(), wire.clock)


async def test_a_read_is_asked_once_and_each_answer_is_a_copy() -> None:
    wire, draft = drafting(said(200, {"a": [1]}), said(200, {"a": [2]}))
    first = await draft.get("/x", b=1, none=None)
    assert isinstance(first, dict)
    first["a"] = "changed"
    assert {"a": [1]} == await draft.get("/x", none=None, b=1)
    assert {"a": [2]} == await draft.get("/x", b=2)
    assert ["/x?b=1", "/x?b=2"] == [f"{each.url.path}?{each.url.query.decode()}" for each in wire.sent]


@pytest.mark.parametrize(
    "other",
    [{"method": "HEAD"}, {"path": "/y"}, {"params": {"b": 2}}, {"headers": {"x": "2"}}, {"body": {"c": 2}}],
    ids=str,
)
async def test_what_is_asked_otherwise_is_another_read(other: dict[str, object]) -> None:
    wire, draft = drafting(said(200, {"a": 1}))
    asked: dict[str, object] = {
        "method": "GET",
        "path": "/x",
        "params": {"b": 1},
        "headers": {"x": "1"},
        "body": {"c": 1},
    }
    for each in (asked, asked, {**asked, **other}, {**asked, **other}):
        await draft.send(
            each["method"], each["path"], params=each["params"], headers=each["headers"], body=each["body"]
        )  # type: ignore[arg-type]
    assert 2 == len(wire.sent)


@pytest.mark.parametrize("path", ["/notes/7", "/notes/8/links/9"])
async def test_a_draft_that_is_closed_takes_the_answer_for_another_id_and_asks_for_nothing(path: str) -> None:
    reads = Reads()
    wire, draft = drafting(said(200, {"id": 5}), reads=reads)
    await draft.get("/notes/5")
    await draft.get(f"/notes/{UUID}/links/6")
    reads.is_open = False
    assert {"id": 5} == await draft.get(path)
    with pytest.raises(Unavailable, match=r"^The draft itself does not read this\.$") as caught:
        await draft.get("/people/5")
    assert ("GET /people/5", 2) == (caught.value.request, len(wire.sent))


async def test_a_record_that_is_not_written_cannot_be_read() -> None:
    wire, draft = drafting(said())
    with pytest.raises(NotFound, match=r"^The record is not written, so it cannot be read\.$") as caught:
        await draft.get(f"/notes/{NEW_ID}")
    assert (f"GET /notes/{NEW_ID}", []) == (caught.value.request, wire.sent)


async def test_a_write_is_held_as_it_would_have_been_sent() -> None:
    wire, draft = drafting(said())
    body = {"subject": "Call", "rows": [1]}
    await draft.send("POST", "/notes", params={"a": 1, "none": None}, body=body)
    body["rows"] = []
    await draft.send("PATCH", f"/notes/{NEW_ID}", body={"b": 1})
    assert [
        HeldWrite("POST", "/notes", {"a": 1}, {"subject": "Call", "rows": [1]}),
        HeldWrite("PATCH", "/notes/{new id}", {}, {"b": 1}),
    ] == draft.held
    assert ["POST /notes", "PATCH /notes/{new id}"] == [each.label for each in draft.held]
    assert [] == wire.sent


@pytest.mark.parametrize(
    ("path", "number"),
    [("/notes", NEW_ID), ("/notes/7", "7"), ("/notes/7/", "7"), (f"/notes/{UUID}", UUID), (f"/notes/{UUID.upper()}", UUID.upper()),
     ("/notes/7/links", NEW_ID), ("/notes/x7", NEW_ID), ("/notes/7X", NEW_ID), (f"/notes/{UUID[:-1]}", NEW_ID)],
)  # fmt: skip
async def test_a_held_write_is_answered_with_what_was_sent_and_the_id_wherever_it_is_looked_for(
    path: str, number: object
) -> None:
    _, draft = drafting(said())
    reply = await draft.send("PUT", path, body={"subject": "Call", "id": None})
    assert (200, {}, f"PUT {path}") == (reply.status, reply.headers, reply.request)
    told = reply.body
    assert isinstance(told, dict)
    assert ("Call", None, number, number) == (
        told.get("subject"),
        told.get("id"),
        told.get("noteId"),
        told.get("NOTE_ID"),
    )
    data = told.get("data")
    assert isinstance(data, dict)
    assert (number, {}) == (data.get("id"), dict(data))


async def test_a_deletion_is_answered_with_nothing() -> None:
    _, draft = drafting(said())
    reply = await draft.send("DELETE", "/notes/7")
    assert (204, {}, None, "DELETE /notes/7") == (reply.status, reply.headers, reply.body, reply.request)
    assert [HeldWrite("DELETE", "/notes/7", {}, None)] == draft.held
