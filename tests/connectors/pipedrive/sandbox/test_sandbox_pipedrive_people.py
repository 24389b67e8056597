"""Where whoever watches the played Pipedrive sees people: persons, by the first of their phones."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.connectors.pipedrive.sandbox.people import PEOPLE
from appconnect.sandbox.people_tables import change_person, people_of

OTHER = {"value": "+9", "primary": False, "label": "mobile"}


@pytest.mark.parametrize(
    ("phones", "seen", "typed", "left"),
    [
        ([], "", "+2", [{"value": "+2", "primary": True, "label": "work"}]),
        ([{"value": "+1", "primary": True, "label": "home"}, OTHER], "+1", "+2",
         [{"value": "+2", "primary": True, "label": "home"}, OTHER]),
        ([{"value": "+1", "primary": True, "label": "home"}, OTHER], "+1", "", [OTHER]),
        ([], "", "", []),
    ],
)  # fmt: skip
def test_the_first_number_is_seen_and_changed(
    crm: PipedriveSandbox, phones: list[Any], seen: str, typed: str, left: list[Any]
) -> None:
    number = crm.database.add_person("Uma New", {"phones": phones})["id"]
    (uma,) = [each for each in people_of(crm) if each.key == number]
    assert ("persons", "Uma New", seen) == (uma.table, uma.name, uma.phone)
    change_person(crm, uma, "Ada de Vries", typed)
    row = crm.database.persons[int(str(number))]
    assert ("Ada de Vries", "Ada", "de Vries", left) == (
        row["name"], row["first_name"], row["last_name"], row["phones"],
    )  # fmt: skip


def test_people_are_persons() -> None:
    assert ["persons"] == [each.table for each in PEOPLE]
