"""Many requests: pages of a list, and independent work together."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire import Wire, said

from appconnect.errors import AppConnectError, Forbidden, NotFound, Unavailable
from appconnect.http.paging import NextPage, by_cursor, by_offset, by_page_number, by_start

ROWS = st.integers(0, 40)
SIZE = st.integers(1, 12)


def integer(request: httpx.Request, name: str, default: int) -> int:
    return int(request.url.params.get(name, default))


def cursors(total: int, most: int):
    def answer(request: httpx.Request) -> httpx.Response:
        start, size = integer(request, "cursor", 0), min(integer(request, "limit", 100), most)
        more = str(start + size) if start + size < total else None
        return said(
            200,
            {"data": list(range(total))[start : start + size], "additional_data": {"next_cursor": more}},
        )

    return answer


def starts(total: int, most: int, nested: bool):
    def answer(request: httpx.Request) -> httpx.Response:
        start, size = integer(request, "start", 0), min(integer(request, "limit", 100), most)
        place = {"start": start, "limit": size, "more_items_in_collection": start + size < total}
        about = {"pagination": place} if nested else place
        return said(200, {"data": list(range(total))[start : start + size], "additional_data": about})

    return answer


def offsets(total: int, rows: str):
    def answer(request: httpx.Request) -> httpx.Response:
        start, size = integer(request, "skip", 0), integer(request, "top", 0)
        page = list(range(total))[start : start + size]
        return said(200, {rows: page} if rows else page)

    return answer


def numbers(total: int, size: int):
    def answer(request: httpx.Request) -> httpx.Response:
        start = (integer(request, "page", 1) - 1) * size
        pages = -(-total // size)
        return said(200, {"data": list(range(total))[start : start + size], "meta": {"total_pages": pages}})

    return answer


async def collected(wire: Wire, style: NextPage, at: str = "data", **params: int) -> list[int]:
    return [row async for row in wire.client.rows("/rows", style, into=int, at=at, **params)]


@settings(deadline=None)
@given(ROWS, SIZE, SIZE)
def test_cursors_give_every_row_once(total: int, size: int, most: int) -> None:
    got = asyncio.run(collected(Wire(cursors(total, most)), by_cursor, limit=size))
    assert list(range(total)) == got


@settings(deadline=None)
@given(ROWS, SIZE, SIZE, st.booleans())
def test_starts_give_every_row_once_also_when_the_crm_gives_fewer(
    total: int, size: int, most: int, nested: bool
) -> None:
    got = asyncio.run(collected(Wire(starts(total, most, nested)), by_start, limit=size))
    assert list(range(total)) == got


@settings(deadline=None)
@given(ROWS, SIZE, st.sampled_from(["", "data"]))
def test_offsets_give_every_row_once(total: int, size: int, rows: str) -> None:
    wire = Wire(offsets(total, rows))
    assert list(range(total)) == asyncio.run(collected(wire, by_offset("skip", "top", rows), rows, top=size))


@settings(deadline=None)
@given(ROWS, SIZE)
def test_page_numbers_give_every_row_once(total: int, size: int) -> None:
    assert list(range(total)) == asyncio.run(collected(Wire(numbers(total, size)), by_page_number))


@pytest.mark.parametrize("style", [by_cursor, by_start, by_offset("skip", "top"), by_page_number])
@pytest.mark.parametrize("body", [None, {}, [], "text", 7, {"additional_data": None}, {"meta": []}], ids=repr)
def test_an_unexpected_page_is_the_last_one(style: NextPage, body: object) -> None:
    assert None is style(body, {"top": 5})


async def test_every_page_is_asked_with_the_same_parameters() -> None:
    wire = Wire(cursors(3, 100))
    await collected(wire, by_cursor, limit=2, person_id=501)
    assert [{"limit": "2", "person_id": "501"}, {"limit": "2", "person_id": "501", "cursor": "2"}] == [
        dict(request.url.params) for request in wire.sent
    ]


async def test_whoever_has_enough_asks_for_no_further_page() -> None:
    wire = Wire(cursors(100, 10))
    async for _ in wire.client.rows("/rows", by_cursor, into=int):
        break
    assert 1 == len(wire.sent)


async def test_a_page_that_fails_is_no_end_of_the_list() -> None:
    wire = Wire(cursors(20, 10), said(403))
    with pytest.raises(Forbidden):
        await collected(wire, by_cursor)


# -- together --


async def test_results_come_in_the_order_of_the_work_not_of_the_answers() -> None:
    slow, quick = asyncio.Event(), asyncio.Event()

    async def first() -> str:
        await slow.wait()
        return "first"

    async def second() -> str:
        quick.set()
        slow.set()
        return "second"

    assert ["first", "second"] == await Wire(said()).client.gather([first(), second()])


async def test_nothing_to_do_gives_nothing() -> None:
    assert [] == await Wire(said()).client.gather([])


async def test_the_first_error_ends_the_rest_before_it_is_raised() -> None:
    ended: list[str] = []

    async def fails() -> None:
        await asyncio.sleep(0)
        raise NotFound("gone")

    async def lasts(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    with pytest.raises(NotFound, match="gone"):
        await Wire(said()).client.gather([lasts("a"), fails(), lasts("b")])
    assert ["a", "b"] == ended


async def test_cancelling_ends_the_work() -> None:
    ended = asyncio.Event()

    async def lasts() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.ensure_future(Wire(said()).client.gather([lasts()]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_both_gives_two_kinds_of_results() -> None:
    async def number() -> int:
        return 1

    async def text() -> str:
        return "a"

    assert (1, "a") == await Wire(said()).client.both(number(), text())


async def test_both_fails_as_a_whole() -> None:
    client = Wire(lambda request: said(404 if request.url.path == "/gone" else 200)).client
    with pytest.raises(AppConnectError):
        await client.both(client.get("/there"), client.get("/gone"))


@pytest.mark.parametrize(
    ("style", "about"),
    [
        (by_cursor, {"next_cursor": "same"}),
        (by_start, {"start": 0, "limit": 0, "more_items_in_collection": True}),
    ],
)
async def test_a_list_that_goes_in_a_circle_is_left(style: NextPage, about: dict[str, object]) -> None:
    wire = Wire(said(200, {"data": [], "additional_data": about}))
    with pytest.raises(Unavailable) as caught:
        await collected(wire, style, limit=5, start=0)
    told = "The CRM's list goes in a circle: a page names itself or an earlier one as the next."
    assert (told, 2 if style is by_cursor else 1) == (caught.value.message, len(wire.sent))


@pytest.mark.parametrize(
    ("style", "body", "asked", "following"),
    [
        (by_cursor, {"additional_data": {"next_cursor": "b"}}, {"cursor": "a"}, {"cursor": "b"}),
        (by_cursor, {"additional_data": {"next_cursor": ""}}, {}, None),
        (by_cursor, {"additional_data": {"next_cursor": 7}}, {}, None),
        (
            by_start,
            {"additional_data": {"start": 4, "limit": 2, "more_items_in_collection": True}},
            {"start": 1, "x": 1},
            {"start": 6, "x": 1},
        ),
        (
            by_start,
            {"additional_data": {"start": 4, "limit": None, "more_items_in_collection": True}},
            {},
            None,
        ),
        (
            by_start,
            {"additional_data": {"start": "4", "limit": 2, "more_items_in_collection": True}},
            {},
            None,
        ),
        (by_start, {"additional_data": {"start": 4, "limit": 2}}, {}, None),
        (by_offset("skip", "top"), [1, 2], {"top": 2}, {"top": 2, "skip": 2}),
        (by_offset("skip", "top"), [1, 2], {"top": 2, "skip": 2}, {"top": 2, "skip": 4}),
        (by_offset("skip", "top"), [1], {"top": 2}, None),
        (by_offset("skip", "top"), [1], {}, {"skip": 1}),
        (by_offset("skip", "top", "data"), {"data": [1, 2]}, {"top": 1, "skip": 3}, {"top": 1, "skip": 5}),
        (by_page_number, {"meta": {"total_pages": 2}}, {}, {"page": 2}),
        (by_page_number, {"meta": {"total_pages": 3}}, {"page": 2}, {"page": 3}),
        (by_page_number, {"meta": {"total_pages": 2}}, {"page": 2}, None),
        (by_page_number, {"meta": {"total_pages": "2"}}, {}, None),
    ],
)
def test_the_next_page_is_asked_as_each_style_does(
    style: NextPage, body: object, asked: dict[str, int], following: dict[str, int] | None
) -> None:
    assert following == style(body, asked)
