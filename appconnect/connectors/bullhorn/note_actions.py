"""The action that a note gets: what was chosen, else the user's default for this kind of call or message.

The list is the company's own: https://bullhorn.github.io/rest-api-docs/#get-settings (commentActionList).
What was chosen is sent also where it is not in the list, as App Connect does; a default only where the user
setting ``allowBullhornCustomNoteAction`` says so, or where the list cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from appconnect.connector import Connector
from appconnect.errors import InputError
from appconnect.http import or_default
from appconnect.models import Direction, LogDraft, LogKind
from appconnect.operation_warnings import warn

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

    model_config = ConfigDict(defer_build=True)

    actions: list[str] = Field(alias="commentActionList")


class NoteActions:
    """The company's note actions."""

    def __init__(self, bullhorn: Connector) -> None:
        self._bullhorn = bullhorn

    async def offered(self) -> list[str]:
        """Return all of them, in the company's order; none when they cannot be read."""
        return await or_default(self._all(), [], missing="the note actions")

    async def for_new(self, draft: LogDraft) -> str:
        """Return the action of a new note: the chosen one, the default, or "pending note"."""
        if chosen := draft.chosen(FIELD):
            return await self.checked(chosen)
        key = CALLS.get(draft.direction) if draft.kind is LogKind.CALL else MESSAGES[draft.kind]
        default = self._bullhorn.account.setting(key) if key else ""
        return await self._default(key, default) if key and default else NONE_YET

    async def checked(self, action: str) -> str:
        """Return a chosen action as the company writes it, "pending note" for "", any other as it is.

        InputError for one that is longer than Bullhorn holds.
        """
        action = action.strip()
        if action in ("", NONE_YET):
            return NONE_YET
        if found := _among(await self._known(action) or [], action):
            return found
        if len(action) > MAX_LENGTH:
            raise InputError(
                f"The note action {action!r} is {len(action)} characters long; Bullhorn holds {MAX_LENGTH}."
            )
        return action

    async def _default(self, key: str, default: str) -> str:
        """Return the action that a setting names; what cannot be used is told, and is "pending note"."""
        actions = await self._known(default)
        if found := _among(actions or [], default):
            return found
        if len(default) > MAX_LENGTH:
            warn(f"{key} is longer than the {MAX_LENGTH} characters that Bullhorn holds, so it was left out.")
            return NONE_YET
        if actions is None or self._bullhorn.account.flag(CUSTOM_ALLOWED):
            return default
        warn(
            f"{key} is {default!r}, which is not one of this Bullhorn company's note actions, so it was left "
            f"out; there are: {', '.join(actions) or 'none'}. {CUSTOM_ALLOWED} allows others."
        )
        return NONE_YET

    async def _known(self, wanted: str) -> list[str] | None:
        """Return the company's actions; None when they cannot be read."""
        missing = f"the note actions, so that {wanted!r} is not checked"
        return await or_default(self._all(wanted), None, missing=missing)

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
