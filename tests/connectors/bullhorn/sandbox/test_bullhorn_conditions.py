"""What a condition of ``query`` means, record by record."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from appconnect.connectors.bullhorn.sandbox.jpql import BadWhereError, parse_where
from appconnect.sandbox.base import Json

MOMENT = 1_767_346_200_000
"""9:30 on 2 January 2026, in UTC."""
OMAR: dict[str, Sequence[Json]] = {
    "id": [106],
    "firstName": ["Omar"],
    "lastName": ["Vance"],
    "name": ["O'Vance [1] *?"],
    "isDeleted": [False],
    "massMailOptOut": [True],
    "dateAdded": [MOMENT],
    "numEmployees": [7],
    "customFloat1": [1.5],
    "customInt1": [-180],
    "categories": [1, 2],
    "skills": [2, 3],
    "specialties": [8],
    "categories.name": ["Engineering", "Welding"],
    "owner.firstName": ["Rae"],
}


@pytest.mark.parametrize(
    ("where", "passes"),
    [
        ("id = 106", True), ("id=107", False), ("id <> 106", False), ("id != 107", True),
        ("id < 106", False), ("id < 107", True), ("id <= 106", True), ("id <= 105", False),
        ("id > 106", False), ("id > 105", True), ("id >= 106", True), ("id >= 107", False),
        ("106 = id", True), ("105 < id", True), ("106 < id", False), ("107 > id", True),
        ("customFloat1 = 1.5", True), ("customFloat1 > 1", True), ("customInt1 = -180", True), ("customInt1 < 0", True),
        ("id = '106'", False), ("firstName > 5", False), ("firstName = 'Omar'", True), ("firstName = 'omar'", False),
        ("'Omar' = firstName", True), ("firstName < 'P'", True), ("firstName < lastName", True),
        ("firstName = lastName", False), ("name = 'O''Vance [1] *?'", True), ("email = 'x'", False),
        ("email <> 'x'", False), ("owner.firstName = 'Rae'", True), ("clientCorporation.name <> ''", False),
        ("isDeleted = false", True), ("isDeleted = FALSE", True), ("isDeleted = true", False), ("isDeleted = 0", True),
        ("isDeleted = 1", False), ("massMailOptOut = 1", True), ("massMailOptOut = true", True), ("id = true", False),
        ("isDeleted < true", True), ("0 = isDeleted", True), ("isDeleted = 2", False),
        ("dateAdded = '2026-01-02 09:30:00'", True), ("dateAdded = '2026-01-02 09:30:00.000'", True),
        ("dateAdded < '2026-01-02 09:30:00.1'", True), ("dateAdded = 1767346200000", True),
        ("'2026-01-02 09:29:59' < dateAdded", True), ("'2026-01-02 09:30:00' < dateAdded", False),
        ("id = 1 OR id = 106", True), ("id = 1 OR id = 2", False), ("id = 106 AND firstName = 'Omar'", True),
        ("id = 106 AND id = 1", False), ("id = 106 OR id = 1 AND id = 2", True),
        ("(id = 106 OR id = 1) AND id = 2", False), ("id = 1 or id = 106 and id > 5", True),
        ("NOT id = 1", True), ("NOT id = 106", False), ("NOT (id = 106 AND id = 1)", True), ("not not id = 106", True),
        ("email IS NULL", True), ("email IS NOT NULL", False), ("id is null", False), ("id IS NOT NULL", True),
        ("categories IS EMPTY", False), ("categories IS NOT EMPTY", True), ("notes IS EMPTY", True),
        ("id IN (105, 106)", True), ("id IN (105)", False), ("id NOT IN (105, 106)", False), ("id NOT IN (1)", True),
        ("categories.name IN ('Welding')", True), ("isDeleted IN (0)", True),
        ("dateAdded IN ('2026-01-02 09:30:00')", True),
        ("firstName LIKE 'Om%'", True), ("firstName LIKE 'om%'", True), ("firstName LIKE '%ma'", False),
        ("firstName LIKE '_mar'", True), ("firstName LIKE '_ar'", False), ("firstName LIKE 'O*'", False),
        ("firstName LIKE 'O???'", False), ("name LIKE '%[1]%'", True), ("name LIKE '%[2]%'", False),
        ("name LIKE '%*_'", True), ("firstName LIKE '[O]mar'", False), ("firstName NOT LIKE 'O%'", False),
        ("firstName NOT LIKE 'X%'", True), ("email NOT LIKE 'X%'", True), ("id LIKE '10%'", True),
        ("id BETWEEN 106 AND 106", True), ("id BETWEEN 100 AND 106", True), ("id BETWEEN 106 AND 110", True),
        ("id BETWEEN 107 AND 110", False), ("id BETWEEN 100 AND 105", False), ("id NOT BETWEEN 100 AND 110", False),
        ("id NOT BETWEEN 1 AND 2", True), ("id BETWEEN 100 AND 'z'", False), ("id BETWEEN 'a' AND 110", False),
        ("firstName BETWEEN 'O' AND 'P'", True),
        ("dateAdded BETWEEN '2026-01-02 00:00:00' AND '2026-01-03 00:00:00'", True),
        ("1 MEMBER OF categories", True), ("3 MEMBER OF categories", False), ("1 MEMBER categories", True),
        ("1 NOT MEMBER OF categories", False), ("3 NOT MEMBER OF categories", True),
        ("skills MEMBER OF categories", True), ("specialties MEMBER OF categories", False),
        ("skills NOT MEMBER OF categories", False), ("specialties NOT MEMBER OF categories", True),
        ("categories = 2", True), ("categories = 3", False),
    ],
)  # fmt: skip
def test_a_record_passes_a_condition(where: str, passes: bool) -> None:
    assert passes is parse_where("ClientContact", where)(lambda path: OMAR.get(path, ()))


def test_a_path_into_what_is_not_played_leads_nowhere() -> None:
    assert not parse_where("ClientCorporation", "rateCards.any = 1")(lambda path: ())
    assert parse_where("ClientCorporation", "rateCards.any IS NULL")(lambda path: ())


def test_the_fields_of_people_of_any_kind_are_known() -> None:
    where = "workPhone = '1' AND masterUserID = 5"
    assert parse_where("Person", where)({"workPhone": ["1"], "masterUserID": [5]}.__getitem__)


def test_a_field_that_no_kind_of_people_has_is_refused() -> None:
    with pytest.raises(BadWhereError, match=r"^Where clause 'nope' is not a valid field name$"):
        parse_where("Person", "nope = 1")
