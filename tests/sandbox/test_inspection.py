"""What the sandbox panel shows of the records."""

from __future__ import annotations

import pytest

from appconnect.sandbox import inspection

FULL = {"id": 1, "name": "Nia", "phone": "1", "mail": "a@b.example", "town": "Leeds", "zip": "LS1"}


def test_the_fields_that_are_filled_in_most_are_columns_in_the_order_of_the_record():
    rows = [{"rare": "once", **FULL}, {"rare": None, **FULL, "late": "twice"}, {**FULL, "late": "twice"}]
    assert ["id", "name", "phone", "mail", "town", "zip"] == inspection.columns(rows)
    assert ["id", "name"] == inspection.columns(rows, most=2)
    assert ["rare", *FULL, "late"] == inspection.columns(rows, most=99)


@pytest.mark.parametrize("nothing", [None, "", [], {}, {"a": 1}, True, False])
def test_a_field_without_a_plain_value_is_no_column(nothing):
    assert ["id"] == inspection.columns([{"odd": nothing, "id": 1}, {"odd": nothing, "id": 2}])
    assert ["odd", "id"] == inspection.columns([{"odd": nothing, "id": 1}, {"odd": 0, "id": 2}])
