"""The writes that come after a note: the link to a lead, and the copy in the contact's comments."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from appconnect.connectors.bullhorn.comments import Comments
from appconnect.connectors.bullhorn.entities import create
from appconnect.connectors.bullhorn.kinds import kind_of
from appconnect.connectors.bullhorn.notes import Notes
from appconnect.connectors.bullhorn.payloads import external_id, parse_id
from appconnect.http import CrmClient
from appconnect.models import Contact, JsonObject, LogDraft
from appconnect.operation_warnings import warn
from appconnect.outbox import FollowUp

LEAD_LINK: Final = "link to lead"
COPY: Final = "copy in comments"
TARGET: Final = "User"
"""What a note's link calls a person of any kind."""


class Copy(BaseModel):
    """A copy to write: in whose comments, known by what, and its text; the rest is read from the note.

    ``refresh_only``: a copy that is not there is not made.
    """

    model_config = ConfigDict(defer_build=True)

    entity: str = ""
    person_id: int = 0
    key: str = ""
    body: str | None = None
    refresh_only: bool = False

    @classmethod
    def of(cls, contact: Contact, draft: LogDraft) -> Copy:
        """Return the copy of a new note; one about a person of no known type is read from the note."""
        if not contact.type:
            return cls()
        entity, key = kind_of(contact.type).entity, external_id(contact, draft)
        return cls(entity=entity, person_id=parse_id(contact.id, "contact"), key=key, body=draft.body)


async def link_to_lead(crm: CrmClient, notes: Notes, work: FollowUp) -> None:
    """Link a note that its reference has not linked: for leads, that it does is not documented."""
    note, _ = await notes.read(work.log_id)
    if not note.about[0]:
        link: JsonObject = {"note": {"id": note.id}, "targetEntityName": TARGET, **work.payload}
        await create(crm, "NoteEntity", link)


async def copy_to_comments(comments: Comments, notes: Notes, work: FollowUp) -> bool:
    """Write the copy; at a later attempt the note as it is now."""
    copy = Copy.model_validate(work.payload)
    if copy.body is None or work.attempts > 1:
        note, _ = await notes.read(work.log_id)
        entity, who = note.about
        copy = Copy(
            entity=copy.entity or entity,
            person_id=copy.person_id or (who.id if who else 0),
            key=copy.key or note.external_id or work.log_id,
            body=note.comments or "",
            refresh_only=copy.refresh_only,
        )
    if not copy.entity or not copy.person_id:
        warn(f"{work.missing}: the note does not show whom it is about.")
        return False
    await comments.write(
        copy.entity, copy.person_id, key=copy.key, body=copy.body or "", refresh_only=copy.refresh_only
    )
    return True
