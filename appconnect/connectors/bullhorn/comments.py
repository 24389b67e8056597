"""The copy of a call's note in the contact's own comments: appended once, renewed in place, all else kept.

A copy stands in a frame, ``[note 1a2b3c4d] … [/note 1a2b3c4d]``, so that it is found again.
"""

from __future__ import annotations

from appconnect.connectors.bullhorn.records import One, Person
from appconnect.connectors.bullhorn.writing import digest
from appconnect.http import CrmClient
from appconnect.models import Direction, LogDraft, UserSettings, setting

FIELD = "copyToContactComments"
SETTINGS = {
    Direction.INBOUND: "bullhornInboundCallCopyToContactComments",
    Direction.OUTBOUND: "bullhornOutboundCallCopyToContactComments",
}
"""App Connect's user settings."""


def wanted(draft: LogDraft, settings: UserSettings) -> bool:
    """Whether there is to be a copy: what the log form says, else the user's setting for this direction.

    For an update that does not say the direction, either setting will do.
    """
    chosen = draft.chosen(FIELD)
    if chosen is not None:
        return bool(chosen)
    keys = [SETTINGS[draft.direction]] if draft.direction else list(SETTINGS.values())
    return any(setting(settings, key, default=False) is True for key in keys)


async def copy(
    crm: CrmClient, entity: str, person_id: int, *, key: str, body: str, refresh_only: bool = False
) -> None:
    """Append a note's copy to a person's comments, or renew it there. Twice is as good as once."""
    path = f"/entity/{entity}/{person_id}"
    before = (await crm.read(One[Person], path, fields="id,comments")).data.comments
    after = with_entry(before, key, body, refresh_only=refresh_only)
    if after is not None:
        await crm.post(path, {"comments": after})


def with_entry(comments: str | None, key: str, body: str, *, refresh_only: bool = False) -> str | None:
    """A contact's comments with the copy of a note at the end, or renewed where it stands.

    None when there is nothing to change: the copy is there already, is not asked for, or a person has taken
    its frame apart. Everything outside the frame stays as it is.
    """
    mark = digest(key)[:8]
    begin, end, text = f"[note {mark}]", f"[/note {mark}]", comments or ""
    entry, start, stop = f"{begin} {body} {end}", text.find(begin), text.rfind(end)
    if start < 0:
        return None if refresh_only else f"{text}<br><br>{entry}" if text else entry
    if stop < start:
        return None
    renewed = text[:start] + entry + text[stop + len(end) :]
    return None if renewed == text else renewed
