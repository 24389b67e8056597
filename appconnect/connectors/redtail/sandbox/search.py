"""How contacts are found: by number, name, address and the other parameters that the collection names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from starlette.requests import Request

from appconnect.connectors.redtail.sandbox.answers import time_bound
from appconnect.connectors.redtail.sandbox.rules import rows
from appconnect.sandbox.base import Json, JsonObject, Toggles

if TYPE_CHECKING:
    from appconnect.connectors.redtail.sandbox.database import Database

MIN_PART = 7
"""The fewest digits that find a number which contains them."""
BASIC = ("phone_number", "name")
"""The parameters of search_basic."""
NAMES = ("first_name", "last_name")
PARAMETERS = (
    *BASIC, *NAMES, "type", "status_id", "category_id", "tax_id", "account_number", "email", "updated_since",
)  # fmt: skip
"""The parameters of search, all that the collection names."""
Test = Callable[[JsonObject], bool]


def searched_texts(contact: JsonObject) -> Iterable[str]:
    """Return what a contact is found by: its name, e-mail addresses and the digits of its numbers."""
    yield _folded(contact["full_name"])
    yield from (_folded(each["address"]) for each in rows(contact, "emails"))
    yield from (only_digits(str(each["number"])) for each in rows(contact, "phones"))


def wanted_digits(text: str, toggles: Toggles) -> str | None:
    """Return the digits to look for; None where strict searching finds nothing."""
    if toggles["strict_phone_search"]:
        return text if text.isascii() and text.isdigit() else None
    digits = only_digits(text)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def has_number(contact: JsonObject, wanted: str, *, partly: bool) -> bool:
    """Return True when a phone of the contact has exactly these digits, without country code.

    With ``partly`` also when one contains them and there are `MIN_PART` at least.
    """
    numbers = [only_digits(str(phone["number"])) for phone in rows(contact, "phones")]
    partly = partly and len(wanted) >= MIN_PART
    return any(wanted == each or (partly and wanted in each) for each in numbers)


def hits(database: Database, asked: Mapping[str, str], toggles: Toggles) -> list[JsonObject]:
    """Return the contacts in use that stand all that is asked; none where nothing is."""
    if not asked:
        return []
    tests = [_test(database, toggles, key, value) for key, value in asked.items()]
    near = database.contacts.containing(_indexed(asked, toggles))
    return [each for each in near if not each["deleted"] and all(test(each) for test in tests)]


def _indexed(asked: Mapping[str, str], toggles: Toggles) -> str:
    """Return a text that every hit contains, so that few contacts are looked at; "" for none."""
    if number := asked.get("phone_number"):
        return wanted_digits(number, toggles) or ""
    return next((asked[key].casefold() for key in ("email", "name", *NAMES) if asked.get(key)), "")


def _test(database: Database, toggles: Toggles, key: str, value: str) -> Test:
    """Return what a contact must stand for one parameter; most are compared with the field of their name."""
    folded, digits = value.casefold(), wanted_digits(value, toggles)
    partly = toggles["partial_phone_search"]
    special: dict[str, Test] = {
        "phone_number": lambda contact: digits is not None and has_number(contact, digits, partly=partly),
        "name": lambda contact: folded in _folded(contact["full_name"]),
        "email": lambda contact: folded in [_folded(each["address"]) for each in rows(contact, "emails")],
        "account_number": lambda contact: (contact["id"], value) in _accounts(database),
        "updated_since": lambda contact: str(contact["updated_at"]) >= value,
    }
    return special.get(key, lambda contact: folded == _folded(contact[key]))


def _accounts(database: Database) -> list[tuple[Json, Json]]:
    return [(each["contact_id"], each["number"]) for each in database.accounts.values()]


def _folded(value: Json) -> str:
    return "" if value is None else str(value).casefold()


def only_digits(text: str) -> str:
    """Return the ASCII digits of a text."""
    return "".join(each for each in text if each in "0123456789")


# -- what the parameters of a list leave --


def narrowed(kind: str, found: list[JsonObject], request: Request) -> list[JsonObject]:
    """Return the records of a kind that the parameters of its list leave."""
    narrow = {"Contact": _updated, "Activity": _between, "Opportunity": _of_contact_and_stage}.get(kind)
    return narrow(found, request) if narrow else found


def _updated(found: list[JsonObject], request: Request) -> list[JsonObject]:
    """Return the contacts that changed since ``updated_since``."""
    since = time_bound(request, "updated_since")
    return [each for each in found if str(each["updated_at"]) >= since] if since else found


def _between(found: list[JsonObject], request: Request) -> list[JsonObject]:
    """Return the activities that begin between ``start_date`` and ``end_date``; days are inclusive."""
    begin = time_bound(request, "start_date")
    end = time_bound(request, "end_date", "T23:59:59.999Z")
    return [
        each
        for each in found
        if (not begin or begin <= str(each["start_date"])) and (not end or str(each["start_date"]) <= end)
    ]


def _of_contact_and_stage(found: list[JsonObject], request: Request) -> list[JsonObject]:
    """Return the opportunities of ``contact_id`` in ``stage_id``."""
    contact, stage = (request.query_params.get(key, "") for key in ("contact_id", "stage_id"))
    return [
        each
        for each in found
        if stage in ("", str(each["stage_id"]))
        and (not contact or contact in [str(link["contact_id"]) for link in rows(each, "linked_contacts")])
    ]
