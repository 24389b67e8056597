"""One odd record never hides the others: what cannot be read is left out, and a warning says which and why."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import BaseModel, Field
from wire import Wire, said

from appconnect import operation_warnings
from appconnect.errors import Unavailable
from appconnect.http.paging import by_cursor
from appconnect.http.replies import Reply
from appconnect.models import AnyMoment

PREFIX = "Left out of what the CRM answered: "


class Link(BaseModel):
    id: int


class Person(BaseModel, title="contact"):
    id: int
    name: str = ""
    since: AnyMoment | None = None
    is_active: bool = True
    minutes: float | None = None
    links: list[Link] = Field(default_factory=list)


class Item(BaseModel, title="contact"):
    item: Person


class Plain(BaseModel):
    id: int


class Strict(BaseModel, title="contact"):
    id: int
    name: str
    phone: str = ""
    mobile_numbers: list[str] = Field(default_factory=list)
    links: list[Link] = Field(default_factory=list)


class People(BaseModel):
    data: list[Strict]


async def rows(*records: object, into: type[BaseModel] = Person) -> tuple[list[BaseModel], list[str]]:
    wire = Wire(said(200, {"data": list(records)}))
    with operation_warnings.collect() as warnings:
        return [row async for row in wire.client.rows("/people", by_cursor, into=into)], warnings


async def one(record: object) -> tuple[Person, list[str]]:
    with operation_warnings.collect() as warnings:
        return await Wire(said(200, record)).client.get("/people/1", into=Person), warnings


@pytest.mark.parametrize(
    ("odd", "which"),
    [
        ({"id": None, "name": "Rae"}, "contact number 2 of the list (id: Input should be a valid integer)"),
        ({"name": "Rae"}, "contact number 2 of the list (id: Field required)"),
        ({"id": "Rae"}, "contact number 2 of the list (id: "),
        ("Rae", "contact number 2 of the list (Input should be "),
        (None, "contact number 2 of the list (Input should be "),
    ],
    ids=str,
)
async def test_a_row_that_cannot_be_read_is_left_out_and_the_others_stay(odd: object, which: str) -> None:
    found, warnings = await rows({"id": 1, "name": "Nia"}, odd, {"id": 3, "name": "Omar"})
    assert [Person(id=1, name="Nia"), Person(id=3, name="Omar")] == found
    (warning,) = warnings
    assert warning.startswith(PREFIX + which)
    assert "Rae" not in warning


@pytest.mark.parametrize(
    "nothing",
    [
        {"name": None},
        {"since": ""},
        {"since": " "},
        {"since": "0000-00-00"},
        {"since": "0000-00-00 00:00:00"},
        {"since": None},
        {"is_active": None},
        {"is_active": ""},
        {"links": None},
        {"links": [None]},
        {"minutes": ""},
    ],
    ids=str,
)
async def test_what_stands_for_nothing_is_nothing_and_no_warning(nothing: dict[str, object]) -> None:
    assert ([Person(id=1), Person(id=2)], []) == await rows({"id": 1, **nothing}, {"id": 2})
    assert (Person(id=1), []) == await one({"id": 1, **nothing})


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", {"first": "Rae"}), ("since", "Rae"), ("since", 10**30), ("is_active", "Rae"), ("links", "Rae")],
)
async def test_a_field_that_cannot_be_read_is_left_out_of_its_record(field: str, value: object) -> None:
    found, warnings = await rows({"id": 1, field: value}, {"id": 2})
    assert [Person(id=1), Person(id=2)] == found
    (warning,) = warnings
    assert warning.startswith(f"{PREFIX}{field} of contact 1 (")
    assert "Rae" not in warning
    assert (Person(id=1), [warning]) == await one({"id": 1, field: value})


@pytest.mark.parametrize(
    ("value", "truth"), [(0, False), (1, True), ("true", True), ("0", False), ("no", False)]
)
async def test_flags_are_read_however_they_are_written(value: object, truth: bool) -> None:
    assert (Person(id=1, is_active=truth), []) == await one({"id": 1, "is_active": value})


async def test_of_a_list_only_the_odd_entries_are_left_out() -> None:
    links = [{"id": 7}, {"id": None}, {"id": 8}, "Rae", {"id": 9}]
    (found,), warnings = await rows({"id": 1, "links": links})
    assert [7, 8, 9] == [link.id for link in found.links]
    assert 2 == len(warnings)
    assert all(warning.startswith(f"{PREFIX}links of contact 1 (") for warning in warnings)


async def test_a_record_in_an_envelope_is_named_by_its_own_id() -> None:
    found, warnings = await rows({"item": {"id": 5, "name": {}, "since": 0}}, {"item": 3}, into=Item)
    assert [5] == [each.item.id for each in found]
    assert [f"{PREFIX}item.name of contact 5 (Input should be a valid string).",
            f"{PREFIX}contact number 2 of the list (item: Input should be a valid dictionary or instance of Person)."
            ] == sorted(warnings, reverse=True)  # fmt: skip


async def test_the_id_of_another_record_within_is_not_taken_for_its_own() -> None:
    _, warnings = await rows({"name": "Nia", "organization": {"id": 61}}, {"id": None, "links": [{"id": 7}]})
    assert all(f"contact number {number} of the list" in "".join(warnings) for number in (1, 2))
    assert "61" not in "".join(warnings)


@pytest.mark.parametrize(("number", "more"), [(5, ""), (6, " and 1 more"), (12, " and 7 more")])
async def test_many_records_with_the_same_fault_are_one_warning(number: int, more: str) -> None:
    found, warnings = await rows(*({"id": each, "name": 5} for each in range(1, number + 1)))
    assert number == len(found)
    assert [f"{PREFIX}name of contact 1, 2, 3, 4, 5{more} (Input should be a valid string)."] == warnings


async def test_a_record_without_a_name_of_its_kind_is_named_by_its_request() -> None:
    _, warnings = await rows({"id": "x"}, into=Plain)
    assert warnings[0].startswith(f"{PREFIX}record of GET /people number 1 of the list (id: ")


@pytest.mark.parametrize("body", [{}, {"data": {"id": 1}}, {"data": "none"}, []], ids=str)
async def test_where_the_list_is_missing_nothing_is_taken_for_nobody(body: object) -> None:
    with pytest.raises(Unavailable, match="answer to GET /people is not as documented: data: "):
        [row async for row in Wire(said(200, body)).client.rows("/people", by_cursor, into=Person)]


async def test_one_record_that_lacks_what_it_must_have_is_an_error() -> None:
    with pytest.raises(Unavailable, match=r"GET /people/1 is not as documented: id: Input should be"):
        await one({"id": None, "name": "Nia"})


async def test_dates_are_read_as_before() -> None:
    found, _ = await one({"id": 1, "since": "2026-03-01T10:00:00Z"})
    assert datetime.fromisoformat("2026-03-01T10:00:00+00:00") == found.since


def left_out(into: object, body: object) -> tuple[object, operation_warnings.Warnings, list[str]]:
    """What is read of a body, all warnings, and the sentences of them without their beginning."""
    with operation_warnings.collect() as warnings:
        read = Reply(200, {}, body, "GET /people").into(into)  # type: ignore[arg-type]
    return read, warnings, [each.removeprefix(PREFIX) for each in warnings]


GOOD = {"id": 1, "name": "a"}


@pytest.mark.parametrize(
    ("into", "body", "told"),
    [
        (list[Strict], [GOOD, {"id": 2}], ["contact 2 (name: Field required)."]),
        (list[Strict], [{"id": 2}, GOOD, {"id": 3, "name": 5}, {"id": 4}], [
            "contact 4, 2 (name: Field required).", "contact 3 (name: Input should be a valid string).",
        ]),
        (People, {"data": [GOOD, {"id": 2}, {"name": "b"}]}, [
            "data of record of GET /people without id (id: Field required).",
            "record of GET /people 2 (name: Field required).",
        ]),
        (Strict, {**GOOD, "links": [{"id": 7}, {"id": None}, {"x": 1}, "Rae", {"id": {}}]}, [
            "links of contact 1 (Input should be a valid dictionary or instance of Link).",
            "links of contact 1 (id: Field required).",
            "links of contact 1, 1 (id: Input should be a valid integer).",
        ]),
        (Strict, {**GOOD, "mobile_numbers": ["a", 5, None, ""]}, ["mobile_numbers of contact 1 (Input should be a valid string)."]),
        (Strict, {**GOOD, "links": {"id": 1}}, ["links of contact 1 (Input should be a valid list)."]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_left_out_is_named_to_the_letter(into: object, body: object, told: list[str]) -> None:
    assert sorted(told) == sorted(left_out(into, body)[2])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"id": 1}, "name: Field required"),
        ({"name": "a"}, "id: Field required"),
        ([], "the answer: Input should be a valid dictionary or instance of Strict"),
        ({"id": 1, "name": 5, "links": 7}, "name: Input should be a valid string"),
    ],
    ids=str,
)
def test_of_one_record_the_first_fault_of_the_answer_as_it_came_is_told(body: object, told: str) -> None:
    with pytest.raises(Unavailable) as caught:
        left_out(Strict, body)
    assert f"The CRM's answer to GET /people is not as documented: {told}." == caught.value.message


@pytest.mark.parametrize(
    ("field", "value", "may_be_missing"),
    [("phone", 5, True), ("mobile_numbers", 5, True), ("links", 5, False), ("phone", None, False)],
)
def test_whose_phone_is_left_out_may_be_whom_a_search_was_for(
    field: str, value: object, may_be_missing: bool
) -> None:
    _, warnings, _ = left_out(Strict, {**GOOD, field: value})
    assert may_be_missing == (warnings.gap is not None)


def test_a_record_that_is_left_out_may_be_whom_a_search_was_for() -> None:
    _, warnings, _ = left_out(list[Strict], [{"id": 2}])
    assert warnings.gap is not None
    assert f"{PREFIX}contact 2 (name: Field required)." == warnings.gap.message


def test_what_came_is_not_changed_by_reading_it() -> None:
    body = {**GOOD, "links": [{"id": None}]}
    left_out(Strict, body)
    assert {**GOOD, "links": [{"id": None}]} == body
