"""What is secret in Redtail's requests, and where its records hold people's data.

https://documenter.getpostman.com/view/7873823/SVzxXyzn
"""

from __future__ import annotations

from appconnect.redaction import PeopleFields, RedactionRules

REDACTION = RedactionRules(
    secret_names=("user_key",),
    authorization_schemes=("Userkeyauth",),
    kept_headers=("include", "pagesize"),
    people=PeopleFields(
        texts=(
            *("name", "first_name", "middle_name", "last_name", "full_name", "nickname", "company_name"),
            *("subject", "description", "body", "location", "street_address", "secondary_address", "city"),
            *("zip", "servicing_advisor", "writing_advisor", "added_by_name"),
        ),
        phones=("number", "phone_number"),
        birthdays=("dob",),
        settings_paths=r"/lists/(?!database_users)",
    ),
)
