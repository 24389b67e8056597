"""What makes an activity a finished log: the agent's note below it, if that is wanted, and its completion.

The activity is logged already, so that nothing here may lose its id: what fails is logged as a warning and
remembered for a week, and the log's next update makes up for it.

``POST /activities/{id}/notes`` is what RingCentral's own products send; Redtail documents only its sibling
for contacts. The description holds the note already and follows its updates, and this copy for those who read
Redtail's notes tab does not: so it is made only where the user setting ``redtailAgentNotes`` asks for it.
"""

from __future__ import annotations

import logging
from typing import Final

from pydantic import JsonValue

from appconnect.connector import Cache
from appconnect.errors import CrmError, Unreachable
from appconnect.http import CrmClient
from appconnect.models import JsonObject, LogDraft, UserSettings, setting
from appconnect.operation_warnings import warn

SETTING: Final = "redtailAgentNotes"
A_NOTE: Final = 1
A_WEEK: Final = 7 * 24 * 60 * 60.0

log = logging.getLogger(__name__)


class Finishing:
    """Finishes activities, and remembers what is left to do for which."""

    def __init__(self, crm: CrmClient, cache: Cache, settings: UserSettings) -> None:
        self._crm = crm
        self._cache = cache
        self._wanted = setting(settings, SETTING, False) is True

    async def finish(self, activity_id: int, category: JsonValue, draft: LogDraft) -> None:
        """Add the agent's note, unless it is there, then complete the activity."""
        if draft.note and self._wanted and self._cache.get(_note(activity_id)) is None:
            await self._add_note(
                activity_id, {"category_id": category, "note_type": A_NOTE, "body": draft.note}
            )
        await self._complete(activity_id)

    async def catch_up(self, activity_id: int) -> None:
        """Do what an earlier time could not."""
        due = self._cache.get(_note(activity_id))
        if isinstance(due, dict) and self._wanted:
            await self._add_note(activity_id, due)
        if self._cache.get(_open(activity_id)):
            await self._complete(activity_id)

    def completed(self, activity_id: int) -> None:
        """Forget that the activity is open: an update has completed it."""
        if self._cache.get(_open(activity_id)):
            self._cache.put(_open(activity_id), False, A_WEEK)

    async def _add_note(self, activity_id: int, body: JsonObject) -> None:
        """One whose answer is lost counts as there: the description has it, and two would be too many."""
        try:
            await self._crm.post(f"/activities/{activity_id}/notes", body)
        except CrmError as error:
            log.warning("The agent's note is not below Redtail activity %s: %s", activity_id, error)
            if not isinstance(error, Unreachable) or not error.maybe_done:
                warn("The agent's note is not in Redtail's notes tab yet; the log's next update tries again.")
                self._cache.put(_note(activity_id), body, A_WEEK)
                return
        self._cache.put(_note(activity_id), True, A_WEEK)

    async def _complete(self, activity_id: int) -> None:
        try:
            await self._crm.put(f"/activities/{activity_id}", {"completed": True})
        except CrmError as error:
            log.warning("Redtail activity %s is not completed yet: %s", activity_id, error)
            warn("The activity is not completed in Redtail yet; the log's next update tries again.")
            self._cache.put(_open(activity_id), True, A_WEEK)
        else:
            self.completed(activity_id)


def _note(activity_id: int) -> str:
    return f"agentNote/{activity_id}"


def _open(activity_id: int) -> str:
    return f"openActivity/{activity_id}"
