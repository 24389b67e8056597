"""The links of an event: each written once, replaced without a gap, and none forgotten when writing fails.

https://api.na1.insightly.com/v3.1/#!/Events (``/Events/{id}/Links``; links cannot be sent with the event).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from appconnect.connector import Cache
from appconnect.connectors.insightly.schemas import FORM_FIELDS, Event, Link, Target
from appconnect.errors import CrmError, NotFound, Unavailable, Unreachable
from appconnect.http import CrmClient, decode
from appconnect.models import JsonObject
from appconnect.operation_warnings import warn

A_WEEK: Final = 7 * 24 * 60 * 60.0
log = logging.getLogger(__name__)


class EventLinks:
    """Writes links; what cannot be written is logged as a warning and kept in the cache for a week."""

    def __init__(self, crm: CrmClient, cache: Cache) -> None:
        self.crm = crm
        self.cache = cache

    async def of(self, event_id: int) -> list[Link]:
        """The links there are."""
        return await self.crm.read(list[Link], f"/Events/{event_id}/Links")

    async def add(self, event_id: int, wanted: Iterable[Target], present: Iterable[Link] = ()) -> None:
        """Write the links that are not there; never raises what the CRM says, since the event exists."""
        self._keep(event_id, await self._write(event_id, wanted, present))

    async def settle(
        self,
        event_id: int,
        chosen: Mapping[str, int | None],
        present: Iterable[Link],
        *,
        loudly: bool = False,
    ) -> None:
        """One link per chosen kind, or none: the new ones first, then all others of the kind go.

        Links that an earlier time could not write are written too. What fails is raised only ``loudly``, for
        whoever asked for nothing else; a new link that fails leaves the old one.
        """
        present = list(present)
        wanted = [(kind, number) for kind, number in chosen.items() if number is not None]
        earlier = [target for target in self.overdue(event_id) if target[0] not in chosen]
        late = [kind for kind, _ in earlier if kind in FORM_FIELDS.values()]
        failed = await self._replace(event_id, chosen, wanted, present, loudly=loudly)
        failed += await self._replace(event_id, late, earlier, present)
        self._keep(event_id, failed)

    def overdue(self, event_id: int) -> list[Target]:
        """The links that an earlier time could not write."""
        kept = self.cache.get(_key(event_id))
        return decode(list[Target], kept, "the cache") if kept else []

    async def _write(
        self, event_id: int, wanted: Iterable[Target], present: Iterable[Link], *, loudly: bool = False
    ) -> list[Target]:
        """Write the links that are not there; gives those that failed."""
        absent = [target for target in dict.fromkeys(wanted) if target not in _targets(present)]
        errors = await self.crm.gather(self._failure(event_id, target) for target in absent)
        failed = {target: error for target, error in zip(absent, errors, strict=True) if error}
        for (kind, number), error in failed.items():
            if loudly:
                raise error
            log.warning("Event %s is not linked to %s %s yet: %s", event_id, kind, number, error)
            warn(f"The log is not linked to {kind} {number} yet; its next update tries again.")
        return list(failed)

    async def _replace(
        self,
        event_id: int,
        kinds: Iterable[str],
        wanted: list[Target],
        present: list[Link],
        *,
        loudly: bool = False,
    ) -> list[Target]:
        """Write the links, then remove all others of these kinds where that was done; gives what failed."""
        failed = await self._write(event_id, wanted, present, loudly=loudly)
        surplus = _surplus(present, set(kinds) - {kind for kind, _ in failed}, wanted)
        await self.crm.gather(self._remove(event_id, link, loudly=loudly) for link in surplus)
        return failed

    # -- one link --

    async def _failure(self, event_id: int, target: Target) -> CrmError | None:
        """Write one link; after no proper answer once more, unless it turns out to be there."""
        path = f"/Events/{event_id}/Links"
        body: JsonObject = {"LINK_OBJECT_NAME": target[0], "LINK_OBJECT_ID": target[1]}
        try:
            await self.crm.post(path, body)
        except (Unavailable, Unreachable):
            try:
                if target not in _targets(await self.of(event_id)):
                    await self.crm.post(path, body)
            except CrmError as error:
                return error
        except CrmError as error:
            return error
        return None

    async def _remove(self, event_id: int, link: Link, *, loudly: bool) -> None:
        try:
            await self.crm.delete(f"/Events/{event_id}/Links/{link.link_id}")
        except NotFound:  # somebody was faster
            return
        except CrmError as error:
            if loudly:
                raise
            log.warning("Event %s keeps its link %s: %s", event_id, link.link_id, error)
            warn(f"The log is still linked to {link.link_object_name} {link.link_object_id}.")

    def _keep(self, event_id: int, targets: Iterable[Target]) -> None:
        targets = list(targets)
        if targets or self.overdue(event_id):
            self.cache.put(_key(event_id), [list(target) for target in targets], A_WEEK)


def main_target(event: Event) -> Target | None:
    """Whom an event is about: a contact, else a lead, else whatever it is linked to."""
    ranks = ("Contact", "Lead", *FORM_FIELDS.values())
    return min(_targets(event.links), key=lambda target: ranks.index(target[0]), default=None)


def dispositions(event: Event) -> JsonObject:
    """What the log form would show as chosen."""
    found: JsonObject = {}
    for field, kind in FORM_FIELDS.items():
        for target in _targets(event.links):
            if target[0] == kind:
                found.setdefault(field, str(target[1]))
    return found


def _targets(links: Iterable[Link]) -> list[Target]:
    return [link.target for link in links if link.target]


def _surplus(present: list[Link], chosen: Iterable[str], wanted: list[Target]) -> list[Link]:
    """Links of the chosen kinds other than the first to each wanted record: old ones and doubles."""
    kinds, due, surplus = set(chosen), set(wanted), []
    for link in present:
        if link.target in due:
            due.discard(link.target)
        elif link.target and link.target[0] in kinds:
            surplus.append(link)
    return surplus


def _key(event_id: int) -> str:
    return f"missingLinks/{event_id}"
