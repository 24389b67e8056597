"""The writes that finish an activity's log: the agent's note below it, if wanted, and its completion.

``POST /activities/{id}/notes`` is what RingCentral's own products send; Redtail documents only its sibling
for contacts. The description holds the note already and follows its updates, and this copy for those who read
Redtail's notes tab does not: so it is made only where the user setting ``redtailAgentNotes`` asks for it.
"""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from appconnect.connector import Connector
from appconnect.errors import Unreachable
from appconnect.models import JsonObject, LogDraft, setting
from appconnect.outbox import FollowUp

AGENT_NOTE: Final = "agent note"
COMPLETION: Final = "completion"
SETTING: Final = "redtailAgentNotes"
A_NOTE: Final = 1


async def finish(redtail: Connector, activity_id: int, category: JsonValue, draft: LogDraft) -> None:
    """Add the agent's note, then complete the activity."""
    log_id = str(activity_id)
    if draft.note and _wants_notes(redtail):
        note: JsonObject = {"category_id": category, "note_type": A_NOTE, "body": draft.note}
        missing = "The agent's note is not in Redtail's notes tab"
        await redtail.follow_up(log_id, AGENT_NOTE, note, missing=missing)
    await redtail.follow_up(log_id, COMPLETION, {}, missing="The activity is not completed in Redtail")


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
    return setting(redtail.account.settings, SETTING, default=False) is True
