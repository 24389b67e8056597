"""The copy of a call's note in the contact's own comments: appended once, renewed in place, all else kept.

A copy stands in a frame, ``[note 1a2b3c4d] … [/note 1a2b3c4d]``, so that it is found again.
"""

from __future__ import annotations

import asyncio
import re
from typing import Final
from weakref import WeakValueDictionary

from appconnect.connectors.bullhorn.entities import set_fields
from appconnect.connectors.bullhorn.payloads import digest
from appconnect.connectors.bullhorn.schemas import Note, One, Person
from appconnect.errors import CrmError, Unconfirmed
from appconnect.http import CrmClient
from appconnect.http.decoding import check_id
from appconnect.models import Direction, LogDraft, UserSettings, setting
from appconnect.operation_warnings import warn

FIELD = "copyToContactComments"
SETTINGS = {
    Direction.INBOUND: "bullhornInboundCallCopyToContactComments",
    Direction.OUTBOUND: "bullhornOutboundCallCopyToContactComments",
}
"""App Connect's user settings."""
MAX_WRITES: Final = 3
GAP: Final = "<br><br>"
MARK: Final = re.compile(r"\[(?=/?note [0-9a-f]{8}\])")


def wanted(draft: LogDraft, settings: UserSettings) -> bool:
    """Return whether the text is to be copied: as the log form says, else as the user's setting does.

    Each direction has its setting; for an update without a direction, either will do.
    """
    if draft.body is None:
        return False
    chosen = draft.chosen(FIELD)
    if chosen is not None:
        return bool(chosen)
    keys = [SETTINGS[draft.direction]] if draft.direction else list(SETTINGS.values())
    return any(setting(settings, key, default=False) is True for key in keys)


class Comments:
    """Writes copies, one at a time for each person, so that none overwrites another's."""

    def __init__(self, crm: CrmClient) -> None:
        self._crm = crm
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def write(
        self, entity: str, person_id: int, *, key: str, body: str | None, refresh_only: bool
    ) -> None:
        """Append a note's copy to a person's comments, or renew it there; None takes it out.

        Doing it twice changes nothing.
        """
        async with self._locks.setdefault(f"{entity}/{person_id}", asyncio.Lock()):
            await self._write(entity, person_id, key, body, refresh_only=refresh_only)

    async def remove_copy(self, note: Note) -> None:
        """Take the copy of a deleted note out of the comments; where that fails, say so."""
        entity, who = note.about
        if not entity or who is None:
            return
        try:
            await self.write(
                entity, who.id, key=note.external_id or str(note.id), body=None, refresh_only=True
            )
        except CrmError as error:
            whose = f"the comments of {who.full_name or who.id}"
            warn(f"The copy of the old note is still in {whose}; take it out yourself. {error.message}")

    async def _write(
        self, entity: str, person_id: int, key: str, body: str | None, *, refresh_only: bool
    ) -> None:
        """Write, and look afterwards: another process that read the comments before may write after."""
        before = await self._read(entity, person_id)
        after = with_entry(before, key, body, refresh_only=refresh_only)
        for _ in range(MAX_WRITES):
            if after is None:
                return
            await set_fields(self._crm, entity, person_id, {"comments": after})
            now = await self._read(entity, person_id)
            is_done = (_begin(key) in now) == (body is not None)
            after = None if is_done else with_entry(now, key, body)
        if after is not None:
            raise Unconfirmed("Somebody else writes the contact's comments at the same time.")

    async def _read(self, entity: str, person_id: int) -> str:
        path = f"/entity/{entity}/{person_id}"
        person = (await self._crm.get(path, into=One[Person], fields="id,comments")).data
        check_id(person.id, person_id)
        return person.comments or ""


def with_entry(comments: str | None, key: str, body: str | None, *, refresh_only: bool = False) -> str | None:
    """Return a contact's comments with the copy of a note at the end, or renewed where it stands.

    Without a body the copy is taken out. None when there is nothing to change: the copy is there already, is
    not asked for, or a person has taken its frame apart. Everything outside the frame stays as it is; what
    looks like a frame in the body is written so that it is none, and reads the same.
    """
    begin, text = _begin(key), comments or ""
    end = begin.replace("[", "[/")
    entry, start = f"{begin} {MARK.sub('&#91;', body or '')} {end}", text.find(begin)
    if start < 0:
        return None if refresh_only else f"{text}{GAP}{entry}" if text else entry
    stop = text.find(end, start)
    if stop < 0:
        return None
    above, below = text[:start], text[stop + len(end) :]
    if body is None:
        return above.removesuffix(GAP) + below if above else below.removeprefix(GAP)
    renewed = above + entry + below
    return None if renewed == text else renewed


def _begin(key: str) -> str:
    return f"[note {digest(key)[:8]}]"
