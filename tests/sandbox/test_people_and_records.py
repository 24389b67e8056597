"""Who watches a sandbox sees its people by name and number, and its records without what is secret."""

from __future__ import annotations

import pytest
from platforms import CRMS
from starlette.routing import BaseRoute

from appconnect.sandbox import CrmSandbox, SandboxClock, inspection
from appconnect.sandbox.base import Guide
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.inspection import HIDDEN
from appconnect.sandbox.people_tables import HeldPerson, add_person, change_person, flat, people_of
from appconnect.sandbox.records import Table
from appconnect.sandbox.requests import JsonObject
from appconnect.workbench.sandboxes import make_sandbox

SECRET, SHORT = "wren-canary", "canary7"


class Firm(CrmSandbox):
    """People in two tables, and a table that holds none."""

    name, title, hosts = "firm", "Firm", ("firm.test",)
    people_tables = (
        flat("people", names=("first", "last"), phones=("phone", "mobile")),
        flat("offices", whole="label", phones=("phone",)),
    )
    credentials = {"api_key": SECRET, "pin": SHORT}  # noqa: RUF012

    def routes(self) -> list[BaseRoute]:
        return []

    def seed(self) -> None:
        self.people, self.offices, self.empty, self.Deals = Table(), Table(), Table(), Table()

    def guide(self) -> Guide:
        return Guide("Firm", "https://firm.test/docs", "No sign-in.", {})

    def tables(self) -> dict[str, Table]:
        return {"empty": self.empty, "people": self.people, "offices": self.offices, "Deals": self.Deals}

    def issued_secrets(self) -> list[str]:
        return ["issued-secret"]

    def add_person(self, person: CastMember) -> None:
        row: JsonObject = {
            "id": len(self.people) + 1, "first": person.first_name, "last": person.last_name or None,
            "phone": None, "mobile": person.phone or None,
        }  # fmt: skip
        self.people.put(row)


@pytest.fixture
def firm() -> Firm:
    return Firm(SandboxClock())


# -- people --


@pytest.mark.parametrize(
    ("name", "phone", "held"),
    [
        ("Nia Holt", "+1 415-555-0142", ("Nia Holt", "+1 415-555-0142")),
        ("  Nia  van Holt ", " 1 ", ("Nia van Holt", "1")),
        ("Nia", "", ("Nia", "")),
    ],
)
def test_a_person_is_added_and_told(firm: Firm, name: str, phone: str, held: tuple[str, str]) -> None:
    firm.add_person(CastMember("Somebody", "Else"))
    added = add_person(firm, name, phone)
    assert HeldPerson("people", 2, *held) == added
    assert [HeldPerson("people", 1, "Somebody Else", ""), added] == list(people_of(firm))


def test_everybody_is_told_table_by_table(firm: Firm) -> None:
    firm.offices.put({"id": "o", "label": "Main office", "phone": "7"})
    firm.people.put({"id": 1, "first": "Nia", "last": None, "phone": "", "mobile": "2"})
    firm.people.put({"id": 2, "first": None, "last": "Holt", "phone": "3", "mobile": "4"})
    firm.people.put({"id": 3})
    assert [
        HeldPerson("people", 1, "Nia", "2"), HeldPerson("people", 2, "Holt", "3"), HeldPerson("people", 3, "", ""),
        HeldPerson("offices", "o", "Main office", "7"),
    ] == list(people_of(firm))  # fmt: skip


@pytest.mark.parametrize(
    ("row", "name", "phone", "after"),
    [
        ({"phone": "1", "mobile": "2"}, "Nia van Holt", "3", ("Nia", "van Holt", "3", "2")),
        ({"phone": None, "mobile": "2"}, " Nia ", " 3 ", ("Nia", None, None, "3")),
        ({"phone": None, "mobile": None}, "Nia Holt", "3", ("Nia", "Holt", "3", None)),
        ({"phone": None, "mobile": "2"}, "Nia Holt", "", ("Nia", "Holt", None, None)),
    ],
)
def test_a_person_gets_another_name_and_number(
    firm: Firm, row: JsonObject, name: str, phone: str, after: tuple[object, ...]
) -> None:
    firm.people.put({"id": 1, "first": "A", "last": "B", **row})
    (person,) = people_of(firm)
    change_person(firm, person, name, phone)
    assert after == tuple(firm.people[1][each] for each in ("first", "last", "phone", "mobile"))


def test_an_office_gets_another_name_as_a_whole(firm: Firm) -> None:
    firm.offices.put({"id": 1, "label": "Main office", "phone": "7"})
    (office,) = people_of(firm)
    change_person(firm, office, "Branch in Reno", "")
    assert {"id": 1, "label": "Branch in Reno", "phone": None} == firm.offices[1]


class Closed(Firm):
    add_person = CrmSandbox.add_person


@pytest.mark.parametrize("name", ["", "  "])
def test_who_cannot_be_is_said_in_a_sentence(firm: Firm, name: str) -> None:
    firm.add_person(CastMember("Nia", "Holt"))
    (nia,) = people_of(firm)
    with pytest.raises(ValueError, match=r"^A person needs a name\.$"):
        add_person(firm, name, "1")
    with pytest.raises(ValueError, match=r"^A person needs a name\.$"):
        change_person(firm, nia, name, "1")
    firm.people.remove(1)
    with pytest.raises(ValueError, match=r"^Nia Holt is not there any more\.$"):
        change_person(firm, nia, "Nia", "1")
    with pytest.raises(ValueError, match=r"^Firm's sandbox cannot be filled with people\.$"):
        add_person(Closed(SandboxClock()), "Nia", "1")


@pytest.mark.parametrize("crm", CRMS)
def test_every_crm_tells_and_changes_who_is_added(crm: str) -> None:
    sandbox = make_sandbox(crm)[crm]
    before = {(each.table, each.key) for each in people_of(sandbox)}
    added = add_person(sandbox, "Ivy van Marsh", "+1 212-555-0199")
    assert added is not None
    assert (added.table, added.key) not in before
    change_person(sandbox, added, "Ida Marsh", "+1 212-555-0198")
    now = next(each for each in people_of(sandbox) if (each.table, each.key) == (added.table, added.key))
    assert ("Ivy van Marsh", "Ida Marsh") == (added.name, now.name)
    assert (True, True) == (added.phone.endswith("0199"), now.phone.endswith("0198"))


# -- records --


def test_tables_are_told_by_name_without_case_the_empty_ones_last(firm: Firm) -> None:
    firm.people.put({"id": 1})
    firm.Deals.put({"id": 1})
    firm.Deals.put({"id": 2})
    assert [("Deals", 2), ("people", 1), ("empty", 0), ("offices", 0)] == list(inspection.sizes(firm).items())


def test_secrets_are_hidden_wherever_they_stand(firm: Firm) -> None:
    row: JsonObject = {
        "id": 1, "key": SECRET, "deep": {"list": [f"a {SECRET} b", "plain", 1]}, "issued": "issued-secret",
        "short": SHORT, "number": 5, "none": None,
    }  # fmt: skip
    firm.people.put(row)
    hidden = {**row, "key": HIDDEN, "deep": {"list": [HIDDEN, "plain", 1]}, "issued": HIDDEN}
    assert {1: hidden} == inspection.rows(firm, "people")
    assert "<hidden>" == HIDDEN


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [1, 2]),
        ("HOLT", [1]),
        ("holt nia", [1]),
        ("holt ivy", []),
        ("zoë", [2]),
        ("a@b", [2]),
        (SECRET, []),
    ],
)
def test_records_are_filtered_by_words_in_any_field(firm: Firm, words: str, found: list[int]) -> None:
    firm.people.put({"id": 1, "name": "Nia Holt", "key": SECRET})
    firm.people.put({"id": 2, "name": "Zoë", "mail": {"work": "A@b.example"}})
    assert found == list(inspection.rows(firm, "people", words))


def test_a_record_is_replaced_field_by_field(firm: Firm) -> None:
    firm.people.put({"id": 1, "name": "Nia", "note": "x"})
    inspection.change_record(firm, "people", 1, '{"id": 1, "name": "Ivy"}')
    assert {"id": 1, "name": "Ivy", "note": "x"} == firm.people[1]


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        (2, "{}", "This record is not there any more."),
        (1, "{", "This is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        (1, "[1]", "A record is a JSON object: {…}."),
        (1, '{"id": 1, "key": "<hidden>"}', "This record holds a secret, so it cannot be edited here."),
        (1, '{"id": 2}', "The id of a record cannot be changed: id is 1."),
        (1, '{"name": "Ivy"}', "The id of a record cannot be changed: id is 1."),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_said_in_a_sentence(firm: Firm, key: int, text: str, told: str) -> None:
    before = firm.people.put({"id": 1, "name": "Nia"})
    with pytest.raises(ValueError) as caught:
        inspection.change_record(firm, "people", key, text)
    assert (told, {"id": 1, "name": "Nia"}) == (str(caught.value), before)
