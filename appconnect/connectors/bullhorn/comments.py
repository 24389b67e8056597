"""The copy of a call's note in the contact's own comments: appended once, renewed in place, all else kept.

A copy stands in a frame, ``[note 1a2b3c4d] … [/note 1a2b3c4d]``, so that it is found again. It is a courtesy:
the call is logged with or without it, and one that fails is made at the note's next update.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from weakref import WeakValueDictionary

from appconnect.connector import Cache
from appconnect.connectors.bullhorn.payloads import digest
from appconnect.connectors.bullhorn.schemas import One, Person
from appconnect.errors import CrmError, SignInError
from appconnect.http import CrmClient
from appconnect.models import Direction, LogDraft, UserSettings, setting
from appconnect.operation_warnings import warn

FIELD = "copyToContactComments"
SETTINGS = {
    Direction.INBOUND: "bullhornInboundCallCopyToContactComments",
    Direction.OUTBOUND: "bullhornOutboundCallCopyToContactComments",
}
"""App Connect's user settings."""
A_WEEK: Final = 7 * 24 * 60 * 60.0
MAX_WRITES: Final = 3
MARK: Final = re.compile(r"\[(?=/?note [0-9a-f]{8}\])")

log = logging.getLogger(__name__)


def wanted(draft: LogDraft, settings: UserSettings) -> bool:
    """Whether there is to be a copy: what the log form says, else the user's setting for this direction.

    For an update that does not say the direction, either setting will do.
    """
    chosen = draft.chosen(FIELD)
    if chosen is not None:
        return bool(chosen)
    keys = [SETTINGS[draft.direction]] if draft.direction else list(SETTINGS.values())
    return any(setting(settings, key, default=False) is True for key in keys)


@contextmanager
def optional(cache: Cache, log_id: str) -> Iterator[None]:
    """Around the making of a note's copy: what the CRM says is logged as a warning, since the note exists.

    A copy that could not be written is :func:`overdue` for a week.
    """
    try:
        yield
    except (CrmError, SignInError) as error:
        log.warning(
            "The copy of Bullhorn note %s in the contact's comments is not written: %s", log_id, error
        )
        warn("The copy in the contact's comments is not written yet; the log's next update tries again.")
        cache.put(_overdue(log_id), True, A_WEEK)
    else:
        if overdue(cache, log_id):
            cache.put(_overdue(log_id), False, A_WEEK)


def overdue(cache: Cache, log_id: str) -> bool:
    """Whether an earlier time could not write this note's copy."""
    return cache.get(_overdue(log_id)) is True


class Copies:
    """Writes copies, one at a time for each person, so that none overwrites another's."""

    def __init__(self, crm: CrmClient) -> None:
        self._crm = crm
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def write(
        self, entity: str, person_id: int, *, key: str, body: str, refresh_only: bool = False
    ) -> None:
        """Append a note's copy to a person's comments, or renew it there. Twice is as good as once."""
        path = f"/entity/{entity}/{person_id}"
        async with self._locks.setdefault(path, asyncio.Lock()):
            await self._write(path, key, body, refresh_only=refresh_only)

    async def _write(self, path: str, key: str, body: str, *, refresh_only: bool) -> None:
        """Looked at afterwards, for another process that read the comments before may write after."""
        after = with_entry(await self._read(path), key, body, refresh_only=refresh_only)
        for _ in range(MAX_WRITES):
            if after is None:
                return
            await self._crm.post(path, {"comments": after})
            now = await self._read(path)
            after = None if _begin(key) in now else with_entry(now, key, body)

    async def _read(self, path: str) -> str:
        return (await self._crm.read(One[Person], path, fields="id,comments")).data.comments or ""


def with_entry(comments: str | None, key: str, body: str, *, refresh_only: bool = False) -> str | None:
    """A contact's comments with the copy of a note at the end, or renewed where it stands.

    None when there is nothing to change: the copy is there already, is not asked for, or a person has taken
    its frame apart. Everything outside the frame stays as it is; what looks like a frame in the body is
    written so that it is none, and reads the same.
    """
    begin, text = _begin(key), comments or ""
    end = begin.replace("[", "[/")
    entry, start = f"{begin} {MARK.sub('&#91;', body)} {end}", text.find(begin)
    if start < 0:
        return None if refresh_only else f"{text}<br><br>{entry}" if text else entry
    stop = text.find(end, start)
    if stop < 0:
        return None
    renewed = text[:start] + entry + text[stop + len(end) :]
    return None if renewed == text else renewed


def _begin(key: str) -> str:
    return f"[note {digest(key)[:8]}]"


def _overdue(log_id: str) -> str:
    return f"missingCopy/{log_id}"
