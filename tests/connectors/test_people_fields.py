"""A live recording shows nobody: every field of a record that holds people's data is replaced, in each CRM."""

from __future__ import annotations

import pytest

from appconnect.connectors.bullhorn.redaction import REDACTION as BULLHORN
from appconnect.connectors.insightly.redaction import REDACTION as INSIGHTLY
from appconnect.connectors.pipedrive.redaction import REDACTION as PIPEDRIVE
from appconnect.connectors.redtail.redaction import REDACTION as REDTAIL
from appconnect.http.bodies import Body
from appconnect.http.exchange import Response
from appconnect.redaction import Pseudonymizer

RULES = {"pipedrive": PIPEDRIVE, "bullhorn": BULLHORN, "insightly": INSIGHTLY, "redtail": REDTAIL}
WORDS = "Wanda Quistorp"
PHONE = "(415) 867-5309"
BORN = "1961-05-06"
TEXTS = {
    "pipedrive": "name first_name last_name org_name person_name owner_name company_name company_domain title"
    " subject note notes public_description description address location postal_address formatted_address"
    " term custom_fields",
    "bullhorn": "name firstName lastName middleName nickName companyName comments description subject address"
    " address1 address2 city zip location",
    "insightly": "FIRST_NAME LAST_NAME ORGANISATION_NAME OPPORTUNITY_NAME PROJECT_NAME TITLE DETAILS BACKGROUND"
    " LEAD_DESCRIPTION ADDRESS_MAIL_STREET ADDRESS_OTHER_CITY SOCIAL_LINKEDIN CONTACT_DISPLAY CONTACT_ORDER"
    " ASSISTANT_NAME FIELD_VALUE INSTANCE_NAME INSTANCE_SUBDOMAIN EMAIL_DROPBOX_IDENTIFIER LOCATION WEBSITE",
    "redtail": "name first_name middle_name last_name full_name nickname company_name subject description body"
    " location street_address secondary_address city zip servicing_advisor writing_advisor added_by_name",
}
PHONES = {
    "pipedrive": "phone phones im ims",
    "bullhorn": "phone phone2 phone3 mobile workPhone fax fax2 pager",
    "insightly": "PHONE PHONE_HOME PHONE_MOBILE PHONE_ASSISTANT MOBILE FAX",
    "redtail": "number phone_number",
}
BIRTHDAYS = {
    "pipedrive": "birthday",
    "bullhorn": "dateOfBirth",
    "insightly": "DATE_OF_BIRTH",
    "redtail": "dob",
}


def rows(table: dict[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("crm", "field"), [(crm, field) for crm, fields in table.items() for field in fields.split()]
    )


def recorded(crm: str, field: str, value: str) -> str:
    """What a live recording has of a record's field."""
    answer = Response(status=200, body=Body(kind="json", value={"id": 7, field: value}))
    kept = Pseudonymizer(RULES[crm]).response(answer, "https://crm.example/records/7")
    assert 7 == kept.body.value["id"]
    return str(kept.body.value[field])


@rows(TEXTS)
def test_words_are_replaced(crm: str, field: str) -> None:
    assert not {"Wanda", "Quistorp"} & set(recorded(crm, field, WORDS).split())


@rows(PHONES)
def test_phone_numbers_are_replaced_also_where_they_look_like_none(crm: str, field: str) -> None:
    for number in (PHONE, "8675309"):
        assert "5309" not in recorded(crm, field, number)


@rows(BIRTHDAYS)
def test_dates_of_birth_are_replaced(crm: str, field: str) -> None:
    assert "1970-01-01" == recorded(crm, field, BORN)


@pytest.mark.parametrize("crm", TEXTS)
def test_other_fields_stay(crm: str) -> None:
    assert WORDS == recorded(crm, "status", WORDS)
