"""What is secret in Bullhorn's requests, and where its records hold people's data.

The session is the header ``BhRestToken`` together with the corporation's token in the path of every address
behind the sign-in: https://bullhorn.github.io/rest-api-docs/
"""

from __future__ import annotations

from appconnect.redaction import PeopleFields, RedactionRules

REDACTION = RedactionRules(
    secret_headers=("BhRestToken",),
    secret_names=("BhRestToken",),
    secret_paths=("/rest-services/{corp_token}/",),
    people=PeopleFields(
        texts=(
            *("name", "firstname", "lastname", "middlename", "nickname", "companyname", "comments"),
            *("description", "subject", "address", "address1", "address2", "city", "zip", "location"),
        ),
        phones=("phone*", "mobile*", "workphone*", "fax*", "pager"),
        birthdays=("dateofbirth",),
        queries=("query", "where"),
        settings_paths=r"/(meta|settings|entitlements)/",
    ),
)
