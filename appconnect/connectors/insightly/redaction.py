"""Where Insightly's records hold people's data: https://api.na1.insightly.com/v3.1/."""

from __future__ import annotations

from appconnect.redaction import PeopleFields, RedactionRules

REDACTION = RedactionRules(
    people=PeopleFields(
        texts=(
            *("first_name", "last_name", "organisation_name", "opportunity_name", "project_name", "title"),
            *("details", "background", "lead_description", "address_*", "social_*", "contact_display"),
            *("contact_order", "assistant_name", "field_value", "instance_name", "instance_subdomain"),
            *("email_dropbox_identifier", "location", "website"),
        ),
        settings_paths=r"(?i)/(CustomFields|Pipelines|PipelineStages|LeadStatuses|LeadSources)\b",
    )
)
