"""What is taken out of recordings of Redtail: the user key, people."""

import base64

import pytest

from appconnect.connectors import registry
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.redaction import Pseudonymizer, Redactor

API = "https://crm.redtailtechnology.com/api/public/v1"
RULES = registry.platform("redtail").redaction


def answer(path, value):
    response = Response(status=200, body=Body(kind="json", value=value))
    return Pseudonymizer(RULES).response(response, API + path).body.value


def test_the_user_key_is_masked_where_it_is_given_and_where_it_signs():
    redactor, key = Redactor(RULES), "11111111-2222-3333-4444-555555555555"
    header = f"Userkeyauth {base64.b64encode(f'partner:{key}'.encode()).decode()}"
    signed = Request(method="GET", url=API, headers={"authorization": header})
    given = Response(status=200, body=Body(kind="json", value={"authenticated_user": {"user_key": key}}))
    assert {"authorization": "Userkeyauth <authorization>"} == redactor.stored_request(signed).headers
    assert {"authenticated_user": {"user_key": "<user_key>"}} == redactor.response(given).body.data
    redactor.learn(Request(method="GET", url=API), given)
    assert "key <user_key> is old" == redactor.text(f"key {key} is old")
    assert "sent Userkeyauth <authorization>" == redactor.text(f"sent {header}")


def test_categories_are_settings_and_users_are_people():
    assert {"name": "Clients"} == answer("/lists/categories", {"name": "Clients"})
    assert "Ivy" != answer("/lists/database_users", {"first_name": "Ivy"})["first_name"]


def test_birthdays_and_tax_ids_are_replaced():
    contact = answer("/contacts/1", {"dob": "1961-05-06", "tax_id": "123-45-6789"})
    assert "1970-01-01" == contact["dob"]
    assert "123-45-6789" != contact["tax_id"]


@pytest.mark.parametrize(
    ("stored", "telling"), [("415-867-5309", "867-5309"), ("(0)30/1234", "30/1234"), ("415-VET-CARE", "VET-")]
)
@pytest.mark.parametrize(
    ("path", "name"), [("/contacts/501/phones", "number"), ("/contacts/search_basic", "phone_number")]
)
def test_phones_are_replaced_also_those_that_have_not_the_shape_of_one(path, name, stored, telling):
    assert telling not in answer(path, {name: stored})[name]


@pytest.mark.parametrize(
    "name",
    [
        *("name", "first_name", "middle_name", "last_name", "full_name", "nickname", "company_name"),
        *("subject", "description", "body", "location", "street_address", "secondary_address", "city", "zip"),
        *("servicing_advisor", "writing_advisor", "added_by_name"),
    ],
)
def test_whatever_tells_of_a_person_is_replaced(name):
    assert "Quentin" not in answer("/contacts/501", {name: "Quentin"})[name]
