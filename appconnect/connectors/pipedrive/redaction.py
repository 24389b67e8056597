"""Where Pipedrive's records hold people's data: https://developers.pipedrive.com/docs/api/v1."""

from __future__ import annotations

from appconnect.redaction import PeopleFields, RedactionRules

REDACTION = RedactionRules(
    people=PeopleFields(
        texts=(
            *("name", "first_name", "last_name", "org_name", "person_name", "owner_name", "company_name"),
            *("company_domain", "title", "subject", "note", "notes", "public_description", "description"),
            *("address", "location", "postal_address", "formatted_address", "term", "custom_fields"),
        ),
        settings_paths=r"/(activityTypes|stages|pipelines|\w+Fields|currencies)\b",
        company_domains=("pipedrive.com",),
    )
)
