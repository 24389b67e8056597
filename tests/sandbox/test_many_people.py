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


@pytest.mark.parametrize("what", SEARCHES)
@pytest.mark.parametrize("crm", CRMS)
async def test_a_search_looks_at_as_many_records_of_many_as_of_few(crm, what, looked_at):
    costs = []
    much = TOO_MANY_TO_READ.get((crm, what), MANY)
    for people in (FEW, much):
        workbench = connect(crm, mode="sandbox")
        await workbench.sign_in()
        for person in (*made_up_people(people), SOMEBODY):
            workbench.sandbox.add_person(person)
        find = workbench.find_contact if what == "phone" else workbench.find_contact_with_name
        await find(SEARCHES[what])  # the first one may find out how large the account is
        looked_at.clear()
        found = await find(SEARCHES[what])
        costs.append((looked_at["records"], [each.name for each in found.contacts]))
        await workbench.close()
    few, many = costs
    assert few[1] == many[1]
    assert many[0] <= few[0] + FEW, f"{few[0]} records of {FEW}, {many[0]} of {much}"


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
