"""The writes that finish an activity's log: the agent's note below it, if wanted, and its completion.

``POST /activities/{id}/notes`` is what RingCentral's own products send; Redtail documents only its sibling
for contacts. The description holds the note already, so this copy for those who read Redtail's notes tab is
made only where the user setting ``redtailAgentNotes`` asks for it. There is no request that changes a note of
an activity: a note that an update renews is added above the old one.
"""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from appconnect.connector import Connector
from appconnect.connectors.redtail.schemas import ACTIVITY, NOTE
from appconnect.errors import CrmError, Unconfirmed, may_still_arrive
from appconnect.http import CrmClient, change, write
from appconnect.models import JsonObject, LogDraft
from appconnect.operation_warnings import warn
from appconnect.outbox import FollowUp

AGENT_NOTE: Final = "agent note"
COMPLETION: Final = "completion"
SETTING: Final = "redtailAgentNotes"
A_NOTE: Final = 1


async def finish(redtail: Connector, activity_id: int, category: JsonValue, draft: LogDraft) -> None:
    """Add the agent's note, then complete the activity."""
    log_id = str(activity_id)
    if wants_note(redtail, draft):
        await put_note(redtail, log_id, category, draft)
    await redtail.follow_up(log_id, COMPLETION, {}, missing="The activity is not completed in Redtail")


async def put_note(redtail: Connector, log_id: str, category: JsonValue, draft: LogDraft) -> None:
    """Add the draft's note below the activity, in place of one that is still waiting to be added."""
    note: JsonObject = {"category_id": category, "note_type": A_NOTE, "body": draft.note}
    missing = "The agent's note is not in Redtail's notes tab"
    await redtail.follow_up(log_id, AGENT_NOTE, note, missing=missing)


def wants_note(redtail: Connector, draft: LogDraft) -> bool:
    """Return whether the draft's note belongs in the notes tab as well."""
    return bool(draft.note) and _wants_notes(redtail)


async def add_note(redtail: Connector, work: FollowUp) -> bool:
    """Add the agent's note, if the settings still want it.

    One that may be there is not added again: the description has it, two would be too many, and Redtail has
    no request that reads the notes of an activity. That it may be missing is told.
    """
    if not _wants_notes(redtail):
        return False
    if not work.may_be_done:
        try:
            await write(redtail.crm, "POST", f"/activities/{work.log_id}/notes", work.payload, sign=NOTE)
            return True
        except CrmError as error:
            if not (isinstance(error, Unconfirmed) or may_still_arrive(error)):
                raise
    warn("The agent's note may be missing in Redtail's notes tab: its answer was lost. Look there.")
    return False


async def complete(redtail: Connector, work: FollowUp) -> None:
    """Mark the activity as completed."""
    await set_fields(redtail.crm, int(work.log_id), {"completed": True})


async def set_fields(crm: CrmClient, activity_id: int, fields: JsonObject) -> None:
    """Change fields of an activity; doing it twice changes nothing."""
    path = f"/activities/{activity_id}"

    async def read() -> JsonValue:
        return (await crm.send("GET", path)).at("activity")

    await change(crm, "PUT", path, fields, sign=ACTIVITY, of=activity_id, read=read)


def _wants_notes(redtail: Connector) -> bool:
    return redtail.account.flag(SETTING)
