"""The links of an event: each written once, replaced without a gap, and none forgotten when writing fails.

https://api.na1.insightly.com/v3.1/#!/Events (``/Events/{id}/Links``; links cannot be sent with the event).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from pydantic import BaseModel, ConfigDict

from appconnect.connector import Connector
from appconnect.connectors.insightly.schemas import (
    COLLECTIONS,
    DELETED,
    FORM_FIELDS,
    LINK,
    Link,
    Target,
)
from appconnect.errors import CrmError, NotFound, Unavailable, Unreachable, may_be_written, may_still_arrive
from appconnect.http import CrmClient, write
from appconnect.models import JsonObject
from appconnect.outbox import FollowUp, Handler


class Wanted(BaseModel):
    """The record of a kind that an event is to be linked to; None: to none.

    ``absent``: when it was wanted, the event had no link of this kind.
    """

    model_config = ConfigDict(defer_build=True)

    kind: str
    id: int | None
    absent: bool = False


def link_handlers(insightly: Connector) -> Mapping[str, Handler]:
    """Return the handlers of follow-up writes: one link, or none, per kind of record."""
    return {_name(kind): partial(_write, insightly.crm) for kind in COLLECTIONS}


async def add_links(
    insightly: Connector, event_id: int, targets: Iterable[Target], present: Iterable[Link] = ()
) -> None:
    """Write the links that are not there."""
    there = _targets(present)
    absent = [target for target in dict.fromkeys(targets) if target not in there]
    await insightly.crm.gather(
        insightly.follow_up(
            str(event_id),
            _name(kind),
            Wanted(kind=kind, id=number, absent=True).model_dump(),
            missing=f"The log is not linked to {kind} {number}",
        )
        for kind, number in absent
    )


async def update_links(
    insightly: Connector, event_id: int, chosen: Mapping[str, int | None], present: Iterable[Link]
) -> None:
    """Link an event to one record of each chosen kind, or to none, and write what is still missing.

    Raises nothing: a new link that fails leaves the old one, and waits in the outbox.
    """
    links = list(present)
    changed = {kind: number for kind, number in chosen.items() if not _is_as_chosen(links, kind, number)}
    for kind in chosen:
        insightly.drop_follow_up(str(event_id), _name(kind))
    await insightly.catch_up(str(event_id))
    await insightly.crm.gather(
        insightly.follow_up(
            str(event_id),
            _name(kind),
            Wanted(kind=kind, id=number).model_dump(),
            missing=f"The log's {kind.lower()} is not {'cleared' if number is None else f'set to {number}'}",
        )
        for kind, number in changed.items()
    )


async def set_links(insightly: Connector, event_id: int, chosen: Mapping[str, int | None]) -> None:
    """Link an event to one record of each chosen kind, or to none; then write what is still missing.

    Raises the first error, since whoever asks for nothing else wants to know; it says what is done.
    """
    present = await _links_of(insightly.crm, event_id)
    failed: dict[str, CrmError] = {}

    async def set_one(kind: str, number: int | None) -> None:
        try:
            await _set(insightly.crm, event_id, kind, number, present)
            insightly.drop_follow_up(str(event_id), _name(kind))
        except CrmError as error:
            failed[kind] = error

    await insightly.crm.gather(set_one(kind, number) for kind, number in chosen.items())
    if failed:
        raise _partly_done(failed, [kind for kind in chosen if kind not in failed])
    await insightly.catch_up(str(event_id))


def main_target(links: Iterable[Link]) -> Target | None:
    """Return whom an event is about: a contact, else a lead, else whatever it is linked to."""
    ranks = ("Contact", "Lead", *FORM_FIELDS.values())
    return min(_targets(links), key=lambda target: ranks.index(target[0]), default=None)


def dispositions(links: Iterable[Link]) -> JsonObject:
    """Return what the log form would show as chosen."""
    targets = _targets(links)
    found = {
        field: [number for kind, number in targets if kind == form] for field, form in FORM_FIELDS.items()
    }
    return {field: str(numbers[0]) for field, numbers in found.items() if numbers}


# -- one kind of link --


async def _write(crm: CrmClient, work: FollowUp) -> None:
    """Do a follow-up write; after the first attempt it may be there although no answer said so."""
    wanted, event_id = Wanted.model_validate(work.payload), int(work.log_id)
    known_absent = wanted.absent and work.attempts == 1
    present = [] if known_absent else await _links_of(crm, event_id)
    await _set(crm, event_id, wanted.kind, wanted.id, present)


async def _set(crm: CrmClient, event_id: int, kind: str, number: int | None, present: list[Link]) -> None:
    """Write the link unless it is there; then remove the others of a kind that the form has one of."""
    if number is not None and (kind, number) not in _targets(present):
        await _add(crm, event_id, (kind, number))
    if kind in FORM_FIELDS.values():
        surplus = _surplus(present, kind, number)
        await crm.gather(_remove(crm, event_id, link) for link in surplus)


async def _add(crm: CrmClient, event_id: int, target: Target) -> None:
    """Write one link; after no proper answer once more, unless it is there after all or may still arrive."""
    path = f"/Events/{event_id}/Links"
    body: JsonObject = {"LINK_OBJECT_NAME": target[0], "LINK_OBJECT_ID": target[1]}
    try:
        await write(crm, "POST", path, body, sign=LINK)
    except (Unavailable, Unreachable) as error:
        if target in _targets(await _links_after(crm, event_id, error)):
            return
        if may_still_arrive(error):
            raise
        await write(crm, "POST", path, body, sign=LINK)


async def _remove(crm: CrmClient, event_id: int, link: Link) -> None:
    """Delete a link; after no proper answer it is gone if the event no longer has it."""
    try:
        await write(crm, "DELETE", f"/Events/{event_id}/Links/{link.link_id}", sign=DELETED)
    except NotFound:  # somebody was faster
        return
    except CrmError as error:
        if not may_be_written(error) or link.link_id in {
            each.link_id for each in await _links_after(crm, event_id, error)
        }:
            raise


async def _links_after(crm: CrmClient, event_id: int, error: CrmError) -> list[Link]:
    """Return the links after a write without a proper answer; raise its error where they cannot be read."""
    try:
        return await _links_of(crm, event_id)
    except CrmError:
        raise error from None


async def _links_of(crm: CrmClient, event_id: int) -> list[Link]:
    return await crm.get(f"/Events/{event_id}/Links", into=list[Link])


def _partly_done(failed: Mapping[str, CrmError], done: Iterable[str]) -> CrmError:
    """Return the first error, which also says which kinds of link are as chosen, if any."""
    error = next(iter(failed.values()))
    are_set, others = ([each.lower() for each in kinds] for kinds in (done, failed))
    if are_set:
        is_not = "may not be" if any(map(may_be_written, failed.values())) else f"{_is(others)} not"
        told = f"The log's {' and '.join(are_set)} {_is(are_set)} as chosen now"
        error.args = (f"{error.message} {told}, its {' and '.join(others)} {is_not}.",)
    return error


def _is(kinds: list[str]) -> str:
    return "is" if len(kinds) == 1 else "are"


def _name(kind: str) -> str:
    return f"link to {kind}"


def _targets(links: Iterable[Link]) -> list[Target]:
    return [link.target for link in links if link.target]


def _is_as_chosen(links: list[Link], kind: str, number: int | None) -> bool:
    linked = [target for target in _targets(links) if target[0] == kind]
    return linked == ([] if number is None else [(kind, number)])


def _surplus(links: list[Link], kind: str, number: int | None) -> list[Link]:
    """Return the links of a kind other than the first one to this record: old ones and doubles."""
    of_kind = [link for link in links if link.target and link.target[0] == kind]
    keep = next((link for link in of_kind if link.link_object_id == number), None)
    return [link for link in of_kind if link is not keep]
