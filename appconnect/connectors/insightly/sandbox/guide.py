"""The guide to the Insightly sandbox: addresses, credentials, people, plans and toggles."""

from __future__ import annotations

from appconnect.connectors.insightly.sandbox.limits import PER_DAY, PER_SECOND
from appconnect.connectors.insightly.sandbox.sign_in import POD, RAE_KEY
from appconnect.sandbox.base import Guide, Toggle

TOGGLES = (
    Toggle("case_sensitive_search", False, "A search tells upper case from lower case."),
    Toggle("lead_defaults", True, "A lead without source or status gets the default one instead of a 400."),
    Toggle("bare_key", True, "The key may be encoded alone, as Insightly's help page says: base64(key)."),
    Toggle("event_search", True, "Events can be searched by their title."),
    Toggle("iso_dates", True, "Bodies may carry ISO 8601 dates, as App Connect's server sends them."),
    Toggle("string_ids", True, "An id in a body may be a text of digits, as App Connect's server sends it."),
    Toggle(
        "partial_events", True, "An event may be changed without start and end, as App Connect's server does."
    ),
    Toggle("ignore_unknown_keys", False, "Unknown keys in a body are ignored instead of refused."),
    Toggle("links_echo_case", False, "A link is read back as its object name was typed (contact)."),
    Toggle("links_merge", False, "The same link written twice is one link."),
    Toggle("put_answers_201", False, "PUT answers 201, as the OpenAPI description says, instead of 200."),
    Toggle("retry_after", False, "429 carries a Retry-After in seconds."),
    Toggle("plain_errors", False, "Errors are plain text, as they were in version 2.1."),
    Toggle("crlf", False, "Line breaks of long texts are read back as CR LF."),
)
"""What Insightly does not document and a connector could depend on."""

GUIDE = Guide(
    title="Insightly",
    docs="https://api.na1.insightly.com/v3.1/",
    sign_in="The API key is the user name of HTTP Basic, the password is empty; the pod is na1.",
    credentials={"API key": RAE_KEY, "API URL": f"https://{POD}/v3.1"},
    try_it=(
        "/v3.1/Users/Me",
        "/v3.1/Contacts/Search?field_name=PHONE&field_value=%2B14155550177",
        "/v3.1/Contacts/3101/Tasks",
    ),
    people={
        "Nia Holt": "punctuated phone, two opportunities, one project",
        "Omar Vance": "shares his number with Ines Roth; was a lead once",
        "Zoë 🌟 & Sons": "linked to an opportunity nobody may read and a project that is gone",
        "Anna Maria van Dyke": "home number, and one in the extra field PHONE_2__c",
        "Ulla Bare": "phone written (212) 555-0166, so that only this form finds it",
        "Sinéad O'Neil": "a lead",
        "Petra Stale": "a converted lead whose contact was deleted",
    },
    plans={
        plan: f"{PER_SECOND.get(plan, 10)} requests a second, {budget} a day"
        for plan, budget in PER_DAY.items()
    },
)
