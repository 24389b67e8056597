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
from appconnect.errors import Unreachable
from appconnect.models import JsonObject, LogDraft
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


async def add_note(redtail: Connector, work: FollowUp) -> None:
    """Add the agent's note, if the settings still want it.

    One whose answer is lost counts as there: the description has it, and two would be too many.
    """
    if not _wants_notes(redtail):
        return
    try:
        await redtail.crm.post(f"/activities/{work.log_id}/notes", work.payload)
    except Unreachable as error:
        if not error.maybe_done:
            raise


async def complete(redtail: Connector, work: FollowUp) -> None:
    """Mark the activity as completed."""
    await redtail.crm.put(f"/activities/{work.log_id}", {"completed": True})


def _wants_notes(redtail: Connector) -> bool:
    return redtail.account.flag(SETTING)
