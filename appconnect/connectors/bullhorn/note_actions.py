"""Which action a note gets: what was chosen, else the user's default for this kind of call or message.

The list is the company's own: https://bullhorn.github.io/rest-api-docs/#get-settings (commentActionList).
Where it cannot be read, nothing is offered, and what was chosen or is the default is sent as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, Field

from appconnect.connector import Account, Cache
from appconnect.errors import CrmError, InputError, SessionExpired
from appconnect.http import CrmClient, decode
from appconnect.models import Direction, LogDraft, LogKind, setting

A_DAY: Final = 24 * 60 * 60.0
CACHE_KEY: Final = "noteActions"
FIELD: Final = "noteActions"
NONE_YET: Final = "pending note"
LONGEST: Final = 30
CUSTOM_ALLOWED: Final = "allowBullhornCustomNoteAction"
CALLS: Final[Mapping[Direction | None, str]] = {
    Direction.INBOUND: "bullhornInboundCallNoteAction",
    Direction.OUTBOUND: "bullhornOutboundCallNoteAction",
}
MESSAGES: Final[Mapping[LogKind, str]] = {
    LogKind.SMS: "bullhornMessageNoteAction",
    LogKind.SHARED_SMS: "bullhornMessageNoteAction",
    LogKind.VOICEMAIL: "bullhornVoicemailNoteAction",
    LogKind.FAX: "bullhornFaxNoteAction",
}
"""App Connect's user settings with the default actions."""

log = logging.getLogger(__name__)


class Actions(BaseModel):
    """The answer to settings/commentActionList."""

    actions: list[str] = Field(default_factory=list, alias="commentActionList")


class NoteActions:
    """The company's note actions, remembered for a day."""

    def __init__(self, crm: CrmClient, cache: Cache, account: Account) -> None:
        self._crm, self._cache, self._account = crm, cache, account

    async def known(self, *, fresh: bool = False) -> list[str]:
        """All of them, in the company's order."""
        kept = None if fresh else self._cache.get(CACHE_KEY)
        if kept is not None:
            return decode(list[str], kept, "the cache")
        actions = (await self._crm.read(Actions, "/settings/commentActionList")).actions
        self._cache.put(CACHE_KEY, list(actions), A_DAY)
        return actions

    async def offered(self) -> list[str]:
        """All of them; none when they cannot be read, for a contact is a contact without."""
        try:
            return await self.known()
        except SessionExpired:
            raise
        except CrmError as error:
            log.warning("Bullhorn's note actions cannot be read: %s", error)
            return []

    async def for_new(self, draft: LogDraft) -> str:
        """The action of a new note: the chosen one, the default, or "pending note"."""
        if chosen := draft.chosen(FIELD):
            return await self.checked(chosen)
        key = CALLS.get(draft.direction) if draft.kind is LogKind.CALL else MESSAGES[draft.kind]
        default = self._account.setting(key) if key else ""
        return (await self._find(default) if default else None) or NONE_YET

    async def checked(self, action: str) -> str:
        """An action as the company writes it, "pending note" for "". Raises InputError for a strange one."""
        if not action:
            return NONE_YET
        if found := await self._find(action):
            return found
        known = await self.offered()
        raise InputError(
            f"{action!r} is not one of this Bullhorn company's note actions; "
            f"choose one of: {', '.join(known) or 'none'}."
        )

    async def _find(self, wanted: str) -> str | None:
        """Case and spaces do not count. A list that lacks it may be old, so it is read again once."""
        custom = setting(self._account.settings, CUSTOM_ALLOWED, default=False)
        try:
            for fresh in (False, True):
                for action in await self.known(fresh=fresh):
                    if _folded(action) == _folded(wanted):
                        return action
        except SessionExpired:
            raise
        except CrmError as error:
            log.warning("The note action %r cannot be checked: %s", wanted, error)
            custom = True
        return wanted.strip() if custom and len(wanted.strip()) <= LONGEST else None


def _folded(action: str) -> str:
    return "".join(action.split()).casefold()
