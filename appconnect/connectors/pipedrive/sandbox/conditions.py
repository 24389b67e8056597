"""What the conditions of a filter mean, for the lists that take a ``filter_id``.

A condition names a field by its number, or by its key; where there is no such field, nothing fits.
Times may be relative ("this_month"); weeks begin on Monday. Source: https://pipedrive.readme.io/docs/filters-api.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from appconnect.connectors.pipedrive.sandbox.answers import Fault, Row, bad_request, refused
from appconnect.connectors.pipedrive.sandbox.database import objects
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest
from appconnect.sandbox.base import Json, JsonObject

ENTITIES = {
    "deals": "deal", "leads": "lead", "org": "organization", "people": "person", "activity": "activity",
}  # fmt: skip
"""Type of filter → what it is applied to."""
LISTED = {"deals": "deals", "leads": "leads", "organizations": "org", "persons": "people",
          "activities": "activity"}  # fmt: skip
"""Part of a path → the type of filter that its list takes."""
LINKS = {
    "person": ("persons", ("person_id",)), "organization": ("organizations", ("org_id", "organization_id")),
    "deal": ("deals", ("deal_id",)), "lead": ("leads", ("lead_id",)),
}  # fmt: skip
"""Another object of a condition → its table, and the fields that link to it."""


def meets(request: ApiRequest, number: int, row: Row) -> bool:
    """Return True for a row that a filter lets through; 400 for one that is not there, or of another type."""
    found, wanted = request.database.filters.get(number), _wanted(request.operation.path)
    if found is None or found["type"] != wanted:
        raise bad_request(f"filter_id {number} was not found, or is no filter of {wanted}.")
    return _group(request, str(found["type"]), found.get("conditions"), row)


def _wanted(path: str) -> str:
    parts = [part for part in path.split("/") if part in LISTED]
    return LISTED[parts[-1]] if parts else "deals"


def _group(request: ApiRequest, kind: str, group: Json, row: Row) -> bool:
    """Return True for a row that a group of conditions lets through; an empty one lets all."""
    met = [
        _group(request, kind, each, row) if "conditions" in each else _one(request, kind, each, row)
        for each in (objects(group.get("conditions")) if isinstance(group, dict) else ())
        if "conditions" not in each or each["conditions"]
    ]
    either = isinstance(group, dict) and group.get("glue") == "or"
    return not met or (any(met) if either else all(met))


def _one(request: ApiRequest, kind: str, condition: JsonObject, row: Row) -> bool:
    entity = str(condition.get("object"))
    key = key_of(request, condition)
    about = row if entity == ENTITIES[kind] else _linked(request, entity, row)
    if key is None or about is None:
        return False
    return OPERATORS[str(condition.get("operator"))](request, _values(about, key), condition.get("value"))


def _linked(request: ApiRequest, entity: str, row: Row) -> Row | None:
    table, names = LINKS.get(entity, ("", ()))
    number = next((row[name] for name in names if row.get(name) is not None), None)
    return request.database.tables()[table].get(number) if isinstance(number, int | str) else None


def key_of(request: ApiRequest, condition: Mapping[str, Json]) -> str | None:
    """Return the key of the field that a condition is about; None where there is none."""
    for name in ("field_id", "field_code"):
        for field in request.database.fields.having((condition.get("object"), str(condition.get(name)))):
            return str(field["key"])
    return None


def _values(row: Row, key: str) -> list[str]:
    """Return what a record has in a field, as texts: each phone, each label."""
    custom = row.get("custom_fields")
    value = row.get(key, custom.get(key) if isinstance(custom, dict) else None)
    each = value if isinstance(value, list) else [value]
    parts = [one.get("value", one.get("amount")) if isinstance(one, dict) else one for one in each]
    return [_text(one) for one in parts if one not in (None, "")]


def _text(value: Json) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


# -- operators --

Operator = Callable[[ApiRequest, list[str], Json], bool]


def _like(pattern: str) -> Operator:
    """Return what finds a text: "$" stands for it, "%" for anything."""

    def found(_: ApiRequest, values: list[str], wanted: Json) -> bool:
        regex = re.compile(pattern.replace("%", ".*").replace("$", re.escape(_text(wanted))), re.I | re.S)
        return any(regex.fullmatch(value) for value in values)

    return found


def _compared(*wanted: int) -> Operator:
    """Return what compares by size: days with days, numbers with numbers, texts by letters."""

    def compare(request: ApiRequest, values: list[str], text: Json) -> bool:
        low, high = _span(request.database.clock.now().date(), _text(text))
        return any(_side(value, low, high) in wanted for value in values)

    return compare


def _side(value: str, low: str, high: str) -> int:
    """Return -1, 0 or 1 for a value before, in or after the span from ``low`` to ``high``."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", low):
        value = value[:10]
    try:
        number = float(value)
        return -1 if number < float(low) else int(number > float(high))
    except ValueError:
        text = value.casefold()
        return -1 if text < low.casefold() else int(text > high.casefold())


def _span(today: date, text: str) -> tuple[str, str]:
    """Return the first and the last value that a text means: two days of "last_month", else itself twice."""
    days = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if text in days:
        return (str(today + timedelta(days[text])),) * 2
    which, _, unit = text.partition("_")
    if which not in {"last", "this", "next"} or unit not in {"week", "month", "quarter", "year"}:
        return text, text
    step = {"last": -1, "this": 0, "next": 1}[which]
    return str(_start(today, unit, step)), str(_start(today, unit, step + 1) - timedelta(1))


def _start(today: date, unit: str, step: int) -> date:
    """Return the first day of the week, month, quarter or year that is ``step`` of them away."""
    if unit == "week":
        return today - timedelta(today.weekday() - 7 * step)
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    months = (today.year * 12 + today.month - 1) // size * size + step * size
    return date(months // 12, months % 12 + 1, 1)


def _not(operator: Operator) -> Operator:
    return lambda request, values, wanted: not operator(request, values, wanted)


OPERATORS: Mapping[str, Operator] = {
    "=": _compared(0), "!=": _not(_compared(0)), "<": _compared(-1), ">": _compared(1),
    "<=": _compared(-1, 0), ">=": _compared(0, 1),
    "IS NULL": lambda _, values, __: not values, "IS NOT NULL": lambda _, values, __: bool(values),
    **{f"LIKE '{pattern}'": _like(pattern) for pattern in ("$%", "%$", "%$%")},
    **{f"NOT LIKE '{pattern}'": _not(_like(pattern)) for pattern in ("$%", "%$", "%$%")},
}  # fmt: skip


# -- what may be stored --


def as_stored(group: Json) -> Json:
    """Return conditions with the numbers of their fields as texts, as the vendor answers them."""
    if isinstance(group, list):
        return [as_stored(each) for each in group]
    if not isinstance(group, dict):
        return group
    texts: JsonObject = {name: str(group[name]) for name in ("field_id",) if group.get(name) is not None}
    inner: JsonObject = {name: as_stored(group[name]) for name in ("conditions",) if name in group}
    return group | texts | inner


def check(conditions: Json) -> None:
    """Refuse conditions that no list could apply."""
    if faults := list(_faults(conditions, "conditions")):
        raise refused(faults, strict=False)


def _faults(group: Json, path: str) -> Iterator[Fault]:
    if not isinstance(group, dict):
        yield Fault(path, "This value should be of type object.")
        return
    if group.get("glue", "and") not in ("and", "or"):
        yield Fault(f"{path}.glue", "This value is not one of and, or.")
    inner = group.get("conditions", [])
    if not isinstance(inner, list):
        yield Fault(f"{path}.conditions", "This value should be of type array.")
        return
    for number, each in enumerate(inner):
        where = f"{path}.conditions.{number}"
        if isinstance(each, dict) and "conditions" not in each and "glue" not in each:
            yield from _faults_of_one(each, where)
        else:
            yield from _faults(each, where)


def _faults_of_one(condition: JsonObject, path: str) -> Iterator[Fault]:
    if str(condition.get("operator")) not in OPERATORS:
        yield Fault(f"{path}.operator", f"This value is not one of {', '.join(OPERATORS)}.")
    if not isinstance(condition.get("object"), str):
        yield Fault(f"{path}.object", "This field is missing.")
