"""What is taken out of recordings of Insightly: people."""

import re

from appconnect.connectors import registry
from appconnect.http.bodies import Body
from appconnect.http.exchange import Response
from appconnect.redaction import Pseudonymizer

API = "https://api.na1.insightly.com/v3.1"


def answer(path, value):
    response = Response(status=200, body=Body(kind="json", value=value))
    return Pseudonymizer(registry.platform("insightly").redaction).response(response, API + path).body.value


def test_a_contact_is_replaced_and_ids_and_times_stay():
    contact = {
        "CONTACT_ID": 501,
        "FIRST_NAME": "Nia",
        "PHONE_MOBILE": "4158675309",
        "ADDRESS_MAIL_STREET": "1 Holt Road",
        "DATE_OF_BIRTH": "1961-05-06 00:00:00",
        "DATE_CREATED_UTC": "2026-02-03 10:11:12",
    }
    replaced = answer("/Contacts/501", contact)
    assert re.search("Nia|Holt|5309|1961", str(replaced)) is None
    assert (501, "2026-02-03 10:11:12") == (replaced["CONTACT_ID"], replaced["DATE_CREATED_UTC"])


def test_the_names_of_settings_stay():
    for path in ("/LeadStatuses", "/PipelineStages", "/CustomFields/Contacts"):
        assert {"FIELD_VALUE": "Open"} == answer(path, {"FIELD_VALUE": "Open"})
