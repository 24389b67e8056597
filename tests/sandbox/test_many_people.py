"""A sandbox that is full costs a search no more than one that is nearly empty: it looks at as many records."""

from __future__ import annotations

from collections import Counter

import pytest
from platforms import CRMS

from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.people import made_up_people
from appconnect.sandbox.records import Table
from appconnect.workbench import connect

FEW, MANY = 50, 1000
TOO_MANY_TO_READ = {("insightly", "phone"): 6000}
"""An account of up to about 2,500 people is read instead of searched."""
SOMEBODY = CastMember("Xaver", "Quuxley", "+1 907-555-0177", "xaver@quuxley.example", "Quux & Sons")
SEARCHES = {
    "phone": SOMEBODY.number,
    "whole name": SOMEBODY.name,
    "last name": SOMEBODY.last_name,
    "part of a word": SOMEBODY.last_name[:5],
    "e-mail address": SOMEBODY.email,
    "nobody's name": "Zzyzx Qqqq",
}


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many records tables gave out."""
    seen: Counter[str] = Counter()
    get = Table.__getitem__

    def counted(table: Table, key: int | str) -> object:
        seen["records"] += 1
        return get(table, key)

    def counted_in_order(table: Table, found: object) -> object:
        rows = in_order(table, found)
        seen["records"] += len(rows)
        return rows

    in_order = Table._in_order
    monkeypatch.setattr(Table, "__getitem__", counted)
    monkeypatch.setattr(Table, "_in_order", counted_in_order)
    return seen


async def costs(crm: str, people: int, looked_at: Counter[str]) -> dict[str, tuple[int, list[str]]]:
    """How many records each search looks at in an account with so many people, and whom it finds."""
    workbench = connect(crm, mode="sandbox")
    await workbench.sign_in()
    for person in (*made_up_people(people), SOMEBODY):
        workbench.sandbox.add_person(person)
    seen = dict[str, tuple[int, list[str]]]()
    for what, text in SEARCHES.items():
        find = workbench.find_contact if what == "phone" else workbench.find_contact_with_name
        await find(text)  # the first one may find out how large the account is
        looked_at.clear()
        found = await find(text)
        seen[what] = looked_at["records"], [each.name for each in found.contacts]
    await workbench.close()
    return seen


@pytest.mark.parametrize("crm", CRMS)
async def test_a_search_looks_at_as_many_records_of_many_as_of_few(crm, looked_at):
    few, many = await costs(crm, FEW, looked_at), await costs(crm, MANY, looked_at)
    if (crm, "phone") in TOO_MANY_TO_READ:
        more = await costs(crm, TOO_MANY_TO_READ[crm, "phone"], looked_at)
        many["phone"] = more["phone"]
    assert [] == [
        f"{what}: {few[what]} of {FEW}, {many[what]} of many"
        for what in SEARCHES
        if many[what][1] != few[what][1] or many[what][0] > few[what][0] + FEW
    ]
    assert (True, [SOMEBODY.name]) == (few["phone"][0] > 0, few["phone"][1])


def test_people_are_made_up_alike_every_time():
    milo, pia = made_up_people(2)
    assert ("Milo", "Baker", "+1 918-555-3523", "Jade Novak Ltd") == (
        milo.first_name,
        milo.last_name,
        milo.phone,
        milo.company,
    )
    assert "pia.lang.3231671@people.example" == pia.email
    assert [milo, pia] != list(made_up_people(2, seed=1))
