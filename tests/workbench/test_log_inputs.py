"""Everything that a log is made of: what each value is called, and what other values are tried in its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from answers import call, sms

from appconnect.models import AdminConfiguration, Contact, Direction, User, UserMapping
from appconnect.workbench.call_texts import CallTexts
from appconnect.workbench.log_inputs import MAX_LEAVES, Inputs, Leaf, Path, Scalar

WHEN = datetime(2026, 1, 2, 9, 12, tzinfo=UTC)


def inputs(**changes: Any) -> Inputs:
    given: dict[str, Any] = {
        "log": call(),
        "contact": Contact(id="501", name="Nia Holt", phone="+14155550142", type="person"),
        "texts": CallTexts("Wants a quote", *[None] * 9),
        "form": {"deals": 7},
        "user": User(id="7001-acme", name="Rae Quill", timezone_name="Europe/Lisbon"),
        "settings": {"addCallLogNote": {"value": True}},
        "options": {"zone": "UTC"},
        "admin": AdminConfiguration(
            hashed_account_id="h1",
            user_mappings=[UserMapping(crm_user_id="7003", rc_extension_id=["101"])],
            user_settings={"addCallLogNote": {"value": False}},
            custom={"region": "US"},
        ),
        "clock": WHEN,
    }
    return Inputs(**{**given, **changes})


def values(found: Inputs) -> dict[Path, Scalar]:
    return {each.path: each.value for each in found.leaves()}


def test_everything_that_is_told_is_a_leaf_with_its_place() -> None:
    found = values(inputs())
    expected: dict[Path, Scalar] = {
        ("contact", "name"): "Nia Holt",
        ("texts", "note"): "Wants a quote",
        ("form", "deals"): 7,
        ("settings", "addCallLogNote", "value"): True,
        ("admin", "user_mappings", 0, "crm_user_id"): "7003",
        ("admin", "user_settings", "addCallLogNote", "value"): False,
        ("admin", "custom", "region"): "US",
        ("user", "timezone_name"): "Europe/Lisbon",
        ("options", "zone"): "UTC",
        ("clock",): WHEN,
        ("log", "direction"): Direction.OUTBOUND,
    }
    assert expected.items() <= found.items()
    assert not {("admin", "hashed_account_id"), ("contact", "is_new_contact")} & found.keys()
    assert not [each for each in found.values() if each == ""]
    assert ("clock",) not in values(inputs(clock=None))


def test_what_a_form_offers_is_no_input_and_there_is_an_end() -> None:
    offers = Contact(id="5", name="Nia", additional_info={"deals": [{"const": "1", "title": "One"}]})
    assert not [path for path in values(inputs(contact=offers)) if "additional_info" in path]
    many = inputs(form={str(number): number + 1 for number in range(500)})
    assert MAX_LEAVES == len(many.leaves()) == 120


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (("log", "start_time"), "call.start_time"),
        (("log", "from_", "name"), "call.from.name"),
        (("contact", "name"), "contact.name"),
        (("texts", "ai_note"), "ai note"),
        (("form", "deals"), "log form: deals"),
        (("settings", "addCallLogNote", "value"), "user setting “addCallLogNote”"),
        (("user", "timezone_name"), "Acme’s user (time zone name)"),
        (("user", "name"), "Acme’s user (name)"),
        (("options", "zone"), "option “zone”"),
        (("clock",), "the time now"),
        (("admin", "user_settings", "addCallLogNote", "value"), "admin setting “addCallLogNote”"),
        (("admin", "custom", "region"), "admin setting “region”"),
        (("admin", "user_mappings", 0, "crm_user_id"), "admin’s user_mappings.0.crm_user_id"),
    ],
)
def test_a_value_is_called_what_people_call_it(path: Path, title: str) -> None:
    assert title == Leaf(path, "x").title("Acme", "call")


@pytest.mark.parametrize(
    ("value", "others"),
    [
        (True, [False]),
        (False, [True]),
        (Direction.INBOUND, [Direction.OUTBOUND]),
        (WHEN, [WHEN + timedelta(days=1, seconds=11231), WHEN - timedelta(days=1, seconds=11231)]),
        (7, [104, 8]),
        (0.5, [97.5, 1.5]),
        ("True", ["false", "Zq7 True", "Asia/Kathmandu"]),
        ("false", ["true", "Zq7 false", "Asia/Kathmandu"]),
        ("Europe/Lisbon", ["Asia/Kathmandu", "Zq7 Europe/Lisbon", "Asia/Kathmandu"]),
        ("Asia/Kathmandu", ["Pacific/Apia", "Zq7 Asia/Kathmandu", "Asia/Kathmandu"]),
        ("-05:00", ["+05:45", "Zq7 -05:00", "Asia/Kathmandu"]),
        ("+05:45", ["-09:30", "Zq7 +05:45", "Asia/Kathmandu"]),
        ("+0545", ["+05:45", "Zq7 +0545", "Asia/Kathmandu"]),
        ("+1 (415) 555-0189", ["+2 (526) 666-1291", "Zq7 +1 (415) 555-0189", "Asia/Kathmandu"]),
        ("7001-acme", ["8112-acme", "Zq7 7001-acme", "Asia/Kathmandu"]),
        ("0f8fad5b-d9cb", ["1f9fad6b-d1cb", "Zq7 0f8fad5b-d9cb", "Asia/Kathmandu"]),
        ("https://a.example/1", ["https://a.example/1/Zq7", "Zq7 https://a.example/1", "Asia/Kathmandu"]),
        ("one\ntwo", ["Zq7 one\nZq7 two", "Asia/Kathmandu"]),
        ("and/or", ["Zq7 and/or", "Asia/Kathmandu"]),
    ],
)
def test_other_values_are_of_the_same_kind_the_likelier_ones_first(
    value: Scalar, others: list[Scalar]
) -> None:
    varied = inputs(form={"x": value}).varied(Leaf(("form", "x"), value))
    assert others == [each.form["x"] for each in varied]


@pytest.mark.parametrize(
    ("types", "tried"), [(["person", "lead", "org"], ["lead", "org"]), ([], ["Zq7 person", "Asia/Kathmandu"])]
)
def test_another_type_of_contact_is_one_that_there_is(types: list[str], tried: list[str]) -> None:
    varied = inputs().varied(Leaf(("contact", "type"), "person"), types)
    assert tried == [each.contact.type for each in varied]


def test_one_value_is_another_one_and_all_others_stay() -> None:
    given = inputs()
    for leaf in given.leaves():
        for other in given.varied(leaf):
            before, after = values(given), values(other)
            assert {leaf.path} == {path for path in before if before[path] != after.get(path)} | (
                after.keys() - before.keys()
            )
    assert values(given) == values(inputs())


def test_what_is_an_enumeration_is_written_as_its_value() -> None:
    assert ("Inbound", "7") == (Leaf((), Direction.INBOUND).written, Leaf((), 7).written)
    assert sms("m1", "x").direction is not None
