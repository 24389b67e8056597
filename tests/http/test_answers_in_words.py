"""What an answer that is no success stands for: its kind of error, and its sentence to the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Generic, TypeVar

import pytest
from pydantic import BaseModel, JsonValue
from wire import RULES, Wire, said

from appconnect import operation_warnings
from appconnect.errors import (
    Blocked,
    CrmError,
    Forbidden,
    NotFound,
    PaymentRequired,
    RateLimited,
    Rejected,
    SessionExpired,
    Unavailable,
)
from appconnect.http import decoding
from appconnect.http.replies import Reply, error_in
from appconnect.http.rules import ApiRules

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
IN_WORDS = replace(RULES, plain_text_403_blocks=True)
REFUSED = "The CRM did not accept what was sent"
BLOCKED = "The CRM's firewall blocks this client for asking too often; wait some minutes"
ODD = "The CRM did not answer properly (status {}); try again later"
DAY = "The CRM's budget for today is used up; it refills when the CRM's day begins"


def error_of(status: int, body: JsonValue = None, rules: ApiRules = RULES, **headers: str) -> CrmError | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_in(Reply(status, named, body, "GET /people"), rules, NOW)


@pytest.mark.parametrize("words", ["", "Why not"])
@pytest.mark.parametrize(
    ("status", "kind", "sentence"),
    [
        (199, Unavailable, ODD.format(199)),
        (300, Unavailable, ODD.format(300)),
        (399, Unavailable, ODD.format(399)),
        (400, Rejected, REFUSED),
        (401, SessionExpired, "The CRM no longer accepts this connection; sign in again"),
        (402, PaymentRequired, "The CRM account is not open: unpaid, expired or full"),
        (403, Forbidden, "This CRM user may not do this"),
        (404, NotFound, "The CRM has no such record"),
        (405, Rejected, "The CRM does not take this method at this address"),
        (410, NotFound, "The CRM has removed this for good"),
        (422, Rejected, REFUSED),
        (499, Rejected, REFUSED),
        (500, Unavailable, ODD.format(500)),
        (599, Unavailable, ODD.format(599)),
    ],
)
def test_each_status_has_its_sentence_and_the_crm_s_own_words(
    status: int, kind: type[CrmError], sentence: str, words: str
) -> None:
    error = error_of(status, {"error": words})
    assert error is not None
    assert (kind, status, "GET /people", words) == (
        type(error),
        error.status,
        error.request,
        error.crm_message,
    )
    assert (f"{sentence}. It said: Why not" if words else f"{sentence}.") == error.message


@pytest.mark.parametrize(
    ("status", "body", "rules", "kind", "sentence"),
    [
        (200, {"success": False}, RULES, Rejected, f"{REFUSED}."),
        (299, {"success": False, "error": "No"}, RULES, Rejected, f"{REFUSED}. It said: No"),
        (300, {"success": False}, RULES, Unavailable, f"{ODD.format(300)}."),
        (403, "\n<p>1015", RULES, Blocked, f"{BLOCKED}. It said: 1015"),
        (403, "<p>1015", RULES, Blocked, f"{BLOCKED}. It said: 1015"),
        (403, "1015", IN_WORDS, Blocked, f"{BLOCKED}. It said: 1015"),
        (403, "1015", RULES, Forbidden, "This CRM user may not do this. It said: 1015"),
        (403, {"error": "1015"}, IN_WORDS, Forbidden, "This CRM user may not do this. It said: 1015"),
        (401, "no", IN_WORDS, SessionExpired, "The CRM no longer accepts this connection; sign in again. It said: no"),
        (401, "<p>no", RULES, SessionExpired, "The CRM no longer accepts this connection; sign in again. It said: no"),
        (404, "<p>nginx", RULES, Unavailable, f"{ODD.format(404)}. It said: nginx"),
        (410, "<p>nginx", RULES, Unavailable, f"{ODD.format(410)}. It said: nginx"),
        (405, "<p>nginx", RULES, Rejected, "The CRM does not take this method at this address. It said: nginx"),
    ],
)  # fmt: skip
def test_pages_and_words_are_told_from_records(
    status: int, body: JsonValue, rules: ApiRules, kind: type[CrmError], sentence: str
) -> None:
    error = error_of(status, body, rules)
    assert error is not None
    assert (kind, sentence) == (type(error), error.message)


@pytest.mark.parametrize("status", [200, 204, 299])
def test_a_success_is_no_error(status: int) -> None:
    assert error_of(status, {"success": True}) is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"message": "it plays no notes"}, "The CRM may have this, but it plays no notes."),
        ({"message": ""}, "The CRM may have this, but this sandbox does not play it."),
        ([], "The CRM may have this, but this sandbox does not play it."),
    ],
    ids=str,
)
def test_the_sandbox_s_own_answer_is_told_as_its_own(body: JsonValue, told: str) -> None:
    error = error_of(501, body, x_appconnect_sandbox="not played")
    assert error is not None
    assert (Unavailable, told, 501, "GET /people") == (
        type(error),
        error.message,
        error.status,
        error.request,
    )


@pytest.mark.parametrize(
    ("headers", "wait", "sentence"),
    [
        ({}, 1.0, "The CRM asks for a pause: too many requests; try again in 1 second"),
        ({"retry_after": "7"}, 7.0, "The CRM asks for a pause: too many requests; try again in 7 seconds"),
        ({"x_left": "0", "x_reset": "9"}, 9.0, "The CRM asks for a pause: too many requests; try again in 9 seconds"),
        ({"x_day_left": "1", "x_left": "5"}, 1.0, "The CRM asks for a pause: too many requests; try again in 1 second"),
        ({"x_day_left": "0", "retry_after": "7"}, None, DAY),
        ({"x_left": "5"}, None, DAY),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("words", ["", "Slow down"])
def test_a_pause_is_told_with_its_length_and_a_day_that_is_used_up_without_one(
    headers: dict[str, str], wait: float | None, sentence: str, words: str
) -> None:
    error = error_of(429, {"error": words}, **headers)
    assert isinstance(error, RateLimited)
    assert (f"{sentence}. It said: Slow down" if words else f"{sentence}.") == error.message
    assert (429, "GET /people", words) == (error.status, error.request, error.crm_message)
    assert (wait, wait is None) == (error.retry_after, error.daily)


def test_where_no_header_tells_of_the_day_room_in_the_window_says_nothing_of_it() -> None:
    rules = ApiRules(hosts=RULES.hosts, limit_headers=replace(RULES.limit_headers, daily_remaining=""))
    error = error_of(429, None, rules, x_left="5")
    assert isinstance(error, RateLimited)
    assert not error.daily


@pytest.mark.parametrize(
    ("body", "keys", "words"),
    [
        ({"errors": [{"message": "a"}, {"message": " b "}, {"message": "a"}, {"code": 1}, "c"]}, ("errors.message",), "a; b"),
        ({"errors": {"message": "a"}}, ("errors.message",), "a"),
        ({"errors": {"of": {"name": ["no text"]}}}, ("errors.of.name",), ""),
        ({"errors": {"of": {"name": "a"}}}, ("errors.of.name",), "a"),
        ({"error": " ", "message": "b"}, ("error", "message"), "b"),
        ({"message": "b", "error": "a"}, ("error", "message"), "a"),
        ("<p>a</p>\n b", (), "a b"),
        ("a < b > c", (), "a c"),
        ("<p>" * 1666 + "abc", (), "ab"),
        ("x" * 301, (), "x" * 300),
        (None, ("error",), ""),
    ],
    ids=lambda each: str(each)[:60],
)  # fmt: skip
def test_the_crm_s_words_are_found_in_its_body(body: JsonValue, keys: tuple[str, ...], words: str) -> None:
    error = error_of(400, body, replace(RULES, error_keys=keys))
    assert error is not None
    assert words == error.crm_message


@pytest.mark.parametrize(
    ("error", "why", "words"),
    [
        ("e" * 200, "w" * 200, "e" * 200 + ": " + "w" * 98),
        ("", "w" * 301, "w" * 300),
        ("w" * 301, "W", "w" * 300),
        ("W", "w" * 301, "w" * 300),
        ("Wrong X.:", "x y", "Wrong X: x y"),
        ("Wrong", "See the manual", "Wrong"),
        ("Wrong", "Do See the manual", "Wrong: Do See the manual"),
        ("", "See the manual", ""),
    ],
)
def test_a_reason_follows_the_words_that_it_explains(error: str, why: str, words: str) -> None:
    rules = replace(RULES, reason_keys=("why",), boilerplate="See the")
    told = error_of(400, {"error": error, "why": why}, rules)
    assert told is not None
    assert words == told.crm_message


# -- answers of another shape --

T = TypeVar("T")


class Person(BaseModel, title="contact"):
    id: int | None = None
    name: str = ""
    phone: str = ""


class Envelope(BaseModel, Generic[T]):
    data: T


@pytest.mark.parametrize(
    ("into", "body", "warning"),
    [
        (Person, {"id": 1, "name": []}, "name of contact 1 (Input should be a valid string)"),
        (Person, {"contact_id": 4, "name": []}, "name of contact 4 (Input should be a valid string)"),
        (Person, {"ID": "0b9f-aa", "name": []}, "name of contact 0b9f-aa (Input should be a valid string)"),
        (Person, {"name": []}, "name of contact without id (Input should be a valid string)"),
        (list[Person], [{"id": 1, "name": []}], "name of contact 1 (Input should be a valid string)"),
        (Envelope[Person], {"data": {"id": 1, "name": []}}, "data.name of contact 1 (Input should be a valid string)"),
        (Envelope[list[Person]], {"data": [{"id": 1, "name": []}]}, "data.name of contact 1 (Input should be a valid string)"),
        (dict[str, str], {"a": 5}, "a of record of GET /people without id (Input should be a valid string)"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_read_is_named_by_the_kind_of_its_record(
    into: type[object], body: JsonValue, warning: str
) -> None:
    with operation_warnings.collect() as warnings:
        Reply(200, {}, body, "GET /people").into(into)
    assert [f"Left out of what the CRM answered: {warning}."] == warnings


@pytest.mark.parametrize(
    ("body", "at", "told"),
    [
        ({}, "data.items", "data.items: Field required"),
        ({"data": {"items": 7}}, "data.items", "data.items: Input should be a valid list"),
        ({"data": []}, "data.items", "data.items: Field required"),
        ({}, "", "the answer: Input should be a valid list"),
        (None, "", "the answer: Input should be a valid list"),
    ],
    ids=str,
)
def test_a_list_that_is_not_where_it_belongs_is_named(body: JsonValue, at: str, told: str) -> None:
    with pytest.raises(Unavailable) as caught:
        Reply(200, {}, body, "GET /people").rows(Person, at)
    assert f"The CRM's answer to GET /people is not as documented: {told}." == caught.value.message
    assert "GET /people" == caught.value.request


@pytest.mark.parametrize(("body", "at"), [({"data": {"items": None}}, "data.items"), ([], "")], ids=str)
def test_an_empty_list_is_one(body: JsonValue, at: str) -> None:
    assert [] == Reply(200, {}, body, "GET /people").rows(Person, at)


@pytest.mark.parametrize(
    ("body", "under"), [({"a": 1}, 1), ({"b": 1}, None), ([], None), (None, None)], ids=str
)
def test_what_stands_under_a_key_is_taken_as_it_is(body: JsonValue, under: JsonValue) -> None:
    assert under == Reply(200, {}, body, "GET /people").at("a")


def test_an_answer_about_another_record_is_no_answer() -> None:
    decoding.check_id("7", 7)
    for found, told in ((8, "8"), (None, "None")):
        with pytest.raises(Unavailable) as caught:
            decoding.check_id(found, 7)
        assert f"The CRM answered with record {told} where 7 was asked for." == caught.value.message


@pytest.mark.parametrize(
    ("record", "number"),
    [
        ({"id": 7}, "7"),
        ({"Contact_Id": "7"}, "7"),
        ({"id": "a" * 40}, "a" * 40),
        ({"id": "a" * 41}, ""),
        ({"id": ""}, ""),
        ({"id": "Nia", "contact_id": 7}, ""),
        ({"other_id": 7}, ""),
        ({"item": {"id": 7}}, "7"),
        ({"data": {"id": 7}}, "7"),
        ({"contact": {"id": 7}}, "7"),
        ({"item": {"name": "x"}, "data": {"id": 7}}, "7"),
        ({"other": {"id": 7}}, ""),
        ([7], ""),
        (None, ""),
    ],
    ids=str,
)
def test_a_record_is_known_by_its_own_id(record: JsonValue, number: str) -> None:
    assert number == decoding.record_id(record, "contact")


# -- errors of the client --


async def test_an_error_knows_its_exchange() -> None:
    wire = Wire(said(), said(404), said(200, "<p>page"))
    await wire.client.get("/x")
    with pytest.raises(NotFound) as missing:
        await wire.client.get("/x")
    with pytest.raises(Unavailable) as page:
        await wire.client.get("/x")
    assert (2, 6) == (missing.value.exchange, page.value.exchange)
    assert "The CRM answered with a web page where data belongs; try again later." == page.value.message
    assert (200, "GET /x") == (page.value.status, page.value.request)
