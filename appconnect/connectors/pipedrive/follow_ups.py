"""The write that may come after an activity: its link to an organization that was not read in time.

https://developers.pipedrive.com/docs/api/v1/Activities#updateActivity
"""

from __future__ import annotations

from functools import partial
from typing import Final

from pydantic import JsonValue

from appconnect.connectors.pipedrive.payloads import activity_path, parse_id, send_times
from appconnect.connectors.pipedrive.schemas import RECORD, One, Person
from appconnect.http import CrmClient, change
from appconnect.http.decoding import check_id
from appconnect.models import JsonObject
from appconnect.outbox import FollowUp

ORGANIZATION: Final = "link to organization"


async def link_to_organization(crm: CrmClient, work: FollowUp) -> bool:
    """Link an activity to the organization that its person belongs to now, if to any."""
    person = await person_of(crm, int(str(work.payload["person_id"])))
    if person.org_id:
        await change_activity(crm, work.log_id, {"org_id": person.org_id})
    return bool(person.org_id)


async def person_of(crm: CrmClient, person_id: int) -> Person:
    """Return a person."""
    person = (await crm.get(f"/api/v2/persons/{person_id}", into=One[Person])).data
    check_id(person.id, person_id)
    return person


async def change_activity(crm: CrmClient, log_id: str, body: JsonObject) -> None:
    """Change fields of an activity; doing it twice changes nothing."""
    path, number = activity_path(log_id), parse_id(log_id, "activity")

    async def read() -> JsonValue:
        return (await crm.send("GET", path)).at("data")

    patch = partial(change, crm, "PATCH", path, sign=RECORD, of=number, read=read)
    await send_times(patch, body)
