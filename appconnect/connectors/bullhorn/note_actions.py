"""The action that a note gets: what was chosen, else the user's default for this kind of call or message.

The list is the company's own: https://bullhorn.github.io/rest-api-docs/#get-settings (commentActionList).
Where it cannot be read, nothing is offered, and what was chosen or is the default is sent as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, Field

from appconnect.connector import Connector
from appconnect.errors import InputError
from appconnect.http import or_default
from appconnect.models import Direction, LogDraft, LogKind, setting

FIELD: Final = "noteActions"
NONE_YET: Final = "pending note"
MAX_LENGTH: Final = 30
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


class Actions(BaseModel):
    """The answer to settings/commentActionList."""

    actions: list[str] = Field(default_factory=list, alias="commentActionList")


class NoteActions:
    """The company's note actions."""

    def __init__(self, bullhorn: Connector) -> None:
        self._bullhorn = bullhorn

    async def offered(self) -> list[str]:
        """Return all of them, in the company's order; none when they cannot be read."""
        return await or_default(self._all(), [], warn="Bullhorn's note actions cannot be read")

    async def for_new(self, draft: LogDraft) -> str:
        """Return the action of a new note: the chosen one, the default, or "pending note"."""
        if chosen := draft.chosen(FIELD):
            return await self.checked(chosen)
        key = CALLS.get(draft.direction) if draft.kind is LogKind.CALL else MESSAGES[draft.kind]
        default = self._bullhorn.account.setting(key) if key else ""
        return (await self._find(default) if default else None) or NONE_YET

    async def checked(self, action: str) -> str:
        """Return an action as the company writes it, "pending note" for "". InputError for a strange one."""
        if not action:
            return NONE_YET
        if found := await self._find(action):
            return found
        actions = await self.offered()
        raise InputError(
            f"{action!r} is not one of this Bullhorn company's note actions; "
            f"choose one of: {', '.join(actions) or 'none'}."
        )

    async def _find(self, wanted: str) -> str | None:
        """Return the company's action of that name; one that is not in the list where that is allowed."""
        actions = await or_default(
            self._all(wanted), None, warn=f"The note action {wanted!r} cannot be checked"
        )
        if found := _among(actions or [], wanted):
            return found
        allowed = actions is None or setting(self._bullhorn.account.settings, CUSTOM_ALLOWED, default=False)
        return wanted.strip() if allowed and len(wanted.strip()) <= MAX_LENGTH else None

    async def _all(self, wanted: str = "") -> list[str]:
        """Return the list, read again when that of today lacks what is wanted."""

        async def read() -> list[str]:
            return (await self._bullhorn.crm.get("/settings/commentActionList", into=Actions)).actions

        def has_it(actions: list[str]) -> bool:
            return not wanted or _among(actions, wanted) is not None

        return await self._bullhorn.remembered("noteActions", read, into=list[str], enough=has_it)


def _among(actions: Sequence[str], wanted: str) -> str | None:
    """Return the action of that name; case and spaces do not count."""
    return next((action for action in actions if _folded(action) == _folded(wanted)), None)


def _folded(action: str) -> str:
    return "".join(action.split()).casefold()
