"""The agent's note as a note of its own below the activity, for those who read Redtail's notes tab.

``POST /activities/{id}/notes`` is what RingCentral's own products send; Redtail documents only its sibling
for contacts. The description holds the note already and follows its updates, and this copy does not: so it is
made only where the user setting ``redtailAgentNotes`` asks for it.
"""

from __future__ import annotations

import logging
from typing import Final

from pydantic import JsonValue

from appconnect.errors import CrmError
from appconnect.http import CrmClient
from appconnect.models import LogDraft, UserSettings, setting

SETTING: Final = "redtailAgentNotes"
A_NOTE: Final = 1

log = logging.getLogger(__name__)


async def add_note(
    crm: CrmClient, activity_id: int, category: JsonValue, draft: LogDraft, settings: UserSettings
) -> None:
    """Add the note, once. The activity exists already, so a failure here must not lose its id."""
    if not draft.note or setting(settings, SETTING, False) is not True:
        return
    body: dict[str, JsonValue] = {"category_id": category, "note_type": A_NOTE, "body": draft.note}
    try:
        await crm.post(f"/activities/{activity_id}/notes", body)
    except CrmError as error:
        log.warning("The agent's note is not below Redtail activity %s: %s", activity_id, error)
