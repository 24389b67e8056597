"""Where whoever watches the played Insightly sees people, in whatever field their number is."""

from __future__ import annotations

import pytest

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.people import PEOPLE
from appconnect.connectors.insightly.sandbox.schema import CONTACT, LEAD, Entity
from appconnect.sandbox import SandboxClock
from appconnect.sandbox.people_tables import change_person, people_of

FIELDS = {
    CONTACT: ("PHONE", "PHONE_MOBILE", "PHONE_HOME", "PHONE_OTHER", "PHONE_ASSISTANT"),
    LEAD: ("PHONE", "MOBILE"),
}


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind in FIELDS for field in FIELDS[kind]])
def test_a_number_is_seen_and_changed_where_it_is(kind: Entity, field: str) -> None:
    crm = InsightlySandbox(SandboxClock())
    number = crm.database.add(kind, {"FIRST_NAME": "Uma", "LAST_NAME": "New", field: "+1"})
    (uma,) = [each for each in people_of(crm) if (each.table, each.key) == (kind.name, number)]
    assert ("Uma New", "+1") == (uma.name, uma.phone)
    change_person(crm, uma, "Ada de Vries", "+2")
    row = crm.database.records[kind.name][number]
    assert ("Ada", "de Vries", "+2") == (row["FIRST_NAME"], row["LAST_NAME"], row[field])
    assert {None} == {row[other] for other in FIELDS[kind] if other != field}


def test_people_are_contacts_and_leads() -> None:
    assert ["Contact", "Lead"] == [each.table for each in PEOPLE]
