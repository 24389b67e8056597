"""What of New CRM's requests and records is secret or about people: no trace and no recording shows it.

https://docs.newcrm.example (replace by your vendor's page). The names of rate-limit headers, what the
credentials add to a request, and the values in the settings are known without a word here; `RedactionRules`
in ``appconnect/redaction/rules.py`` says what else can be stated.
"""

from __future__ import annotations

from appconnect.redaction import PeopleFields, RedactionRules

REDACTION = RedactionRules(
    # only for key, user-key
    secret_headers=("X-Newcrm-Key",),
    # until here
    # only for user-key
    secret_names=("user_key",),
    # until here
    people=PeopleFields(texts=("name", "company", "subject", "text"), phones=("phone",)),
)
