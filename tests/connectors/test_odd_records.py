"""A CRM's records have holes and oddities: one never hides the others, whatever CRM it is in."""

from __future__ import annotations

from typing import Any

import pytest
from platforms import needs
from workbench_steps import sandbox_of, signed_in

from appconnect.errors import NotSearched
from appconnect.models import MessageLevel

NUMBER, PHONE = "+14155550142", "(415) 555-0142"


def pipedrive(*rows: dict[str, Any]) -> tuple[str, Any]:
    items = [
        {"result_score": 1, "item": {"id": 1, "name": "Ada Pike", "phones": [PHONE], **row}} for row in rows
    ]
    return "/api/v2/persons/search", {"data": {"items": items}, "additional_data": {"next_cursor": None}}


def bullhorn(*rows: dict[str, Any]) -> tuple[str, Any]:
    return "*/search/Candidate", {
        "data": [{"id": 1, "name": "Ada Pike", "phone": PHONE, **row} for row in rows]
    }


def insightly(*rows: dict[str, Any]) -> tuple[str, Any]:
    return "*/Contacts/Search", [
        {"CONTACT_ID": 1, "FIRST_NAME": "Ada", "PHONE": PHONE, **row} for row in rows
    ]


def redtail(*rows: dict[str, Any]) -> tuple[str, Any]:
    phones = [{"number": PHONE, "country_code": 1}]
    contacts = [{"id": 1, "full_name": "Ada Pike", "phones": phones, **row} for row in rows]
    return "*/contacts/search_basic", {"contacts": contacts, "meta": {"total_pages": 1}}


ANSWERS = {"pipedrive": pipedrive, "bullhorn": bullhorn, "insightly": insightly, "redtail": redtail}
ID = {"pipedrive": "id", "bullhorn": "id", "insightly": "CONTACT_ID", "redtail": "id"}
HOLES = {
    "pipedrive": [
        {"name": None},
        {"phones": [None, 4155550142, PHONE]},
        {"organization": None},
        {"organization": {"id": 61, "name": None}},
        {"organization": {"id": None, "name": "Holt Ltd"}},
    ],
    "bullhorn": [
        {"name": None, "firstName": None},
        {"occupation": None},
        {"clientCorporation": None},
        {"clientCorporation": {"id": None, "name": None}},
        {"dateAdded": ""},
        {"dateAdded": 1.7e12},
        {"dateLastModified": None},
        {"mobile": 14155550142},
    ],
    "insightly": [
        {"FIRST_NAME": None},
        {"LINKS": None},
        {"CUSTOMFIELDS": None},
        {"CUSTOMFIELDS": [{"FIELD_NAME": "PHONE_2__c", "FIELD_VALUE": None}]},
        {"LINKS": [{"LINK_ID": 1, "LINK_OBJECT_NAME": None, "LINK_OBJECT_ID": None}]},
        {"DATE_CREATED_UTC": ""},
        {"DATE_CREATED_UTC": "0000-00-00 00:00:00"},
        {"PHONE": 4155550142},
    ],
    "redtail": [
        {"full_name": None, "type": None},
        {"created_at": ""},
        {"updated_at": "0000-00-00"},
        {"updated_at": "0000-00-00T00:00:00.000Z"},
        {"deleted": 0},
        {"deleted": "false"},
        {"deleted": None},
        {"phones": [None, {"number": None}, {"number": 4155550142, "country_code": "1", "is_primary": "1"}]},
    ],
}  # fmt: skip
ODD = {
    "pipedrive": ({"organization": "Holt"}, "item.organization of person 7 ("),
    "bullhorn": ({"dateAdded": "yesterday"}, "dateAdded of person 7 ("),
    "insightly": ({"DATE_CREATED_UTC": "yesterday"}, "DATE_CREATED_UTC of contact 7 ("),
    "redtail": ({"created_at": "yesterday"}, "created_at of contact 7 ("),
}
every_crm = pytest.mark.parametrize("crm", ANSWERS)


async def search(crm: str, *rows: dict[str, Any]) -> Any:
    """The result of a search whose hits are these, each different from an ordinary one."""
    workbench = await signed_in(crm)
    path, json = ANSWERS[crm](*rows)
    sandbox_of(workbench).faults.add("GET", path, status=200, json=json, times=None)
    return await workbench.find_contact(NUMBER)


def ids(result: Any) -> set[str]:
    return {contact.id for contact in result.contacts}


@pytest.mark.parametrize(
    ("crm", "hole"), [(crm, hole) for crm, holes in HOLES.items() for hole in holes], ids=str
)
async def test_a_record_with_a_hole_is_found_beside_the_others_without_a_word(
    crm: str, hole: dict[str, Any]
) -> None:
    result = await search(crm, {ID[crm]: 6}, {ID[crm]: 7, **hole}, {ID[crm]: 8})
    assert (None, {"6", "7", "8"}) <= (result.error, ids(result))
    assert "Left out of" not in str(result.return_message)


@pytest.mark.parametrize(
    ("organization", "shown"), [(None, ""), ({"id": 61}, ""), ({"id": 61, "name": "Holt Ltd"}, "Holt Ltd")]
)
async def test_an_organization_that_has_no_name_is_shown_by_none(
    organization: dict[str, Any] | None, shown: str
) -> None:
    result = await search("pipedrive", {"id": 7, "organization": organization})
    assert [("7", shown)] == [(each.id, each.organization) for each in result.contacts if each.id == "7"]


@every_crm
async def test_what_cannot_be_read_of_a_record_is_left_out_and_told(crm: str) -> None:
    odd, words = ODD[crm]
    result = await search(crm, {ID[crm]: 6}, {ID[crm]: 7, **odd}, {ID[crm]: 8})
    assert {"6", "7", "8"} <= ids(result)
    assert MessageLevel.WARNING == result.return_message.message_type
    assert f"Left out of what the CRM answered: {words}" in result.return_message.lines[-1]
    assert "yesterday" not in str(result.return_message)


@every_crm
async def test_a_record_without_an_id_is_left_out_and_told(crm: str) -> None:
    result = await search(crm, {ID[crm]: 6}, {ID[crm]: None}, {ID[crm]: 8})
    assert {"6", "8"} <= ids(result)
    assert "7" not in ids(result)
    assert MessageLevel.WARNING == result.return_message.message_type
    assert " number 2 of the list (" in result.return_message.lines[-1]
    assert "Ada" not in str(result.return_message)


@every_crm
async def test_hits_that_do_not_carry_the_number_are_told_and_a_success_stays_one(crm: str) -> None:
    other = {
        "pipedrive": {"phones": ["+1 415-555-01429"]},
        "bullhorn": {"phone": "+1 415-555-01429"},
        "insightly": {"PHONE": "+1 415-555-01429"},
        "redtail": {"phones": [{"number": "+1 415-555-01429"}]},
    }[crm]
    result = await search(crm, {ID[crm]: 6}, {ID[crm]: 7, **other})
    assert "7" not in ids(result)
    assert MessageLevel.SUCCESS == result.return_message.message_type
    (line,) = result.return_message.lines
    kind = "person" if crm in ("pipedrive", "bullhorn") else "contact"
    assert f"1 hit left out: The number is only a part of a longer one ({kind} 7)." == line


@every_crm
async def test_hits_without_a_phone_are_told_when_nobody_is_found(crm: str) -> None:
    none = {"pipedrive": {"phones": None}, "bullhorn": {"phone": None}, "insightly": {"PHONE": None}}
    hole = none.get(crm, {"phones": []})
    workbench = await signed_in(crm)
    path, json = ANSWERS[crm]({ID[crm]: 6, **hole}, {ID[crm]: 7, **hole})
    sandbox_of(workbench).faults.add("GET", path, status=200, json=json, times=None)
    result = await workbench.find_contact("+14155559999")
    assert ("Contact not found", MessageLevel.WARNING) == (result.message, result.return_message.message_type)
    kind = "person" if crm in ("pipedrive", "bullhorn") else "contact"
    assert f"2 hits left out: It has no phone ({kind} 6, {kind} 7)." == result.return_message.lines[0]


# -- whether a new contact is there already --

UNREADABLE_PHONES = {
    "pipedrive": {"phones": [{"value": PHONE}]},
    "bullhorn": {"mobile": {"value": PHONE}, "phone": None},
    "insightly": {"PHONE_MOBILE": {"value": PHONE}, "PHONE": None},
    "redtail": {"phones": [{"number": {"value": PHONE}}]},
}


@every_crm
@pytest.mark.parametrize("hole", ["id", "phone"])
async def test_where_somebody_cannot_be_read_a_contact_is_only_created_if_wanted_anyway(
    crm: str, hole: str
) -> None:
    workbench = await signed_in(crm)
    number = NUMBER.replace("0142", "0123")
    row = {ID[crm]: None} if hole == "id" else {ID[crm]: 7, **UNREADABLE_PHONES[crm]}
    path, json = ANSWERS[crm](row)
    sandbox_of(workbench).faults.add("GET", path, status=200, json=json, times=None)
    refused = await workbench.create_contact(number, "Dora Double")
    assert isinstance(refused.error, NotSearched), refused
    assert refused.message.startswith("Left out of what the CRM answered: ")
    made = await workbench.create_contact(number, "Dora Double", even_if_known=True)
    assert (None, True) == (made.error, made.contact_info is not None)


@every_crm
async def test_what_does_not_tell_who_somebody_is_keeps_nobody_from_being_created(crm: str) -> None:
    odd, words = ODD[crm]
    workbench = await signed_in(crm)
    path, json = ANSWERS[crm]({ID[crm]: 7, **odd})
    sandbox_of(workbench).faults.add("GET", path, status=200, json=json, times=None)
    made = await workbench.create_contact(NUMBER.replace("0142", "0123"), "Dora Double")
    assert (None, True) == (made.error, made.contact_info is not None)
    assert words in " ".join(made.return_message.lines)


@needs("insightly")
@pytest.mark.parametrize(("status", "is_open"), [(403, True), (503, True), (404, False)])
async def test_a_lead_that_became_a_contact_which_cannot_be_read_may_be_the_new_one(
    status: int, is_open: bool
) -> None:
    workbench, number = await signed_in("insightly"), NUMBER.replace("0142", "0123")
    lead = next(iter(sandbox_of(workbench).database.records["Lead"].values()))
    lead |= {"PHONE": number, "CONVERTED": True, "CONVERTED_CONTACT_ID": 3101}
    sandbox_of(workbench).faults.add("GET", "*/Contacts/3101", status=status, times=None)
    made = await workbench.create_contact(number, "Dora Double", "Contact")
    assert is_open == isinstance(made.error, NotSearched)
    told = " ".join([made.message, *made.return_message.lines])
    assert "Could not read contact 3101, which a lead that was found became: " in told
    anyway = await workbench.create_contact(number, "Dora Double", "Contact", even_if_known=True)
    assert anyway.error is None
