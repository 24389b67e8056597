"""What was chosen in the log form, when a log moves to another contact."""

from __future__ import annotations

from appconnect.connector import Connector
from appconnect.models import Contact, JsonObject, LogDraft, LogRecord
from appconnect.operation_warnings import warn


def moved_choices(connector: Connector, old: LogRecord, draft: LogDraft, contact: Contact) -> JsonObject:
    """Return what is chosen for the new log, and else what the old one belongs to.

    What is not offered for the new contact, such as another one's deal, is left out, and that is said.
    """
    chosen = draft.additional_submission
    excluded = [
        field
        for group in connector.exclusive_form_fields
        if any(draft.chosen(each) for each in group)
        for field in group
    ]
    kept, left = dict(chosen), []
    for field, value in old.dispositions.items():
        if field in chosen or field in excluded:
            continue
        offered = [each.const for each in contact.choices.get(field, [])]
        if field in connector.common_form_fields or value in offered:
            kept[field] = value
        else:
            left.append(f"{field} {value}")
    if left:
        warn(
            f"What the log belonged to at {old.contact_name or 'the other contact'} is not offered for "
            f"{contact.name}, so it was left out: {', '.join(left)}. Choose what it belongs to now."
        )
    return kept
