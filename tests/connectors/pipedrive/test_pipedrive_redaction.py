"""What is taken out of recordings of Pipedrive: people, and the company in every address."""

import re

from appconnect.connectors import registry
from appconnect.http.bodies import Body
from appconnect.http.exchange import Response
from appconnect.redaction import Pseudonymizer

PERSON = {
    "id": 501,
    "name": "Nia Holt",
    "phones": [{"value": "+1 (415) 867-5309", "label": "work", "primary": True}],
    "emails": [{"value": "nia.holt@holt.co.uk", "label": "work"}],
    "add_time": "2026-02-03T10:11:12Z",
    "birthday": "1961-05-06",
    "organization": {"id": 61, "name": "Holt Ltd"},
}
pseudonymizer = Pseudonymizer(registry.platform("pipedrive").redaction)


def answer(url, value):
    response = Response(status=200, body=Body(kind="json", value=value))
    return pseudonymizer.response(response, url).body.value


def test_a_person_is_replaced_and_ids_labels_and_times_stay():
    person = answer("https://api.pipedrive.com/api/v2/persons/501", PERSON)
    assert re.search("Nia|Holt|holt|867|5309|1961", str(person)) is None
    assert (501, "2026-02-03T10:11:12Z", 61) == (
        person["id"],
        person["add_time"],
        person["organization"]["id"],
    )
    assert {"value": person["phones"][0]["value"], "label": "work", "primary": True} == person["phones"][0]


def test_the_names_of_settings_stay():
    for path in ("v1/activityTypes", "v1/stages", "v1/dealFields", "v1/currencies"):
        assert {"name": "Lunch"} == answer(f"https://api.pipedrive.com/{path}", {"name": "Lunch"})


def test_the_company_in_an_address_is_replaced():
    assert pseudonymizer.contacts("https://holt-ltd.pipedrive.com/x").endswith(".pipedrive.com/x")
    assert "holt" not in pseudonymizer.contacts("https://holt-ltd.pipedrive.com/x")
    assert "https://oauth.pipedrive.com/x" == pseudonymizer.contacts("https://oauth.pipedrive.com/x")
