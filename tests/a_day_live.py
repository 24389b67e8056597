"""A day of a person with a live CRM; as a script, its end: ``python a_day_live.py CRM`` comes back, and signs out."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import Any

from appconnect import Call, Contact, Message, Workbench, connect

NUMBER = "+1 415 555 0142"
RAE, NIA = (
    {"phoneNumber": "+16505550110", "name": "Rae Quill"},
    {"phoneNumber": "+14155550142", "name": "Nia Holt"},
)


def call(workbench: Workbench) -> Call:
    start = workbench.began - timedelta(minutes=25)
    about = {"sessionId": f"{workbench.began:%Y%m%d%H%M%S}", "direction": "Inbound", "startTime": start}
    return Call.model_validate({**about, "duration": 125, "result": "Call connected", "from": NIA, "to": RAE})


def message(workbench: Workbench) -> Message:
    about = {"id": f"{workbench.began:%Y%m%d%H%M%S}", "conversation": {"id": "c1"}, "direction": "Inbound"}
    sent = {"creationTime": workbench.began - timedelta(minutes=5), "subject": "Is the quote ready?"}
    return Message.model_validate({**about, **sent, "from": NIA})


async def nia(workbench: Workbench) -> Contact:
    found = await workbench.find_contact(NUMBER)
    found.raise_for_error()
    return found.contacts[0]


async def work(crm: str, **how: Any) -> list[object]:
    """Sign in, log a call and a message, read the log back; return what came of it."""
    async with connect(crm, scenario="day", **how) as workbench:
        (await workbench.sign_in()).raise_for_error()
        contact = await nia(workbench)
        logged = await workbench.log_call(call(workbench), contact, note="Wants a quote.")
        texted = await workbench.log_message(message(workbench), contact)
        read = (await workbench.get_call_log(logged.log_id or "")).call_log_info
        assert read is not None
        workbench.finish()
        return [contact.id, logged.log_id, texted.log_id, read.note]


async def come_back(crm: str) -> None:
    """Be signed in still, find somebody, sign out, and be nobody."""
    workbench = connect(crm)
    print(workbench.who_in_words().partition(",")[0])
    contact = await nia(workbench)
    print(contact.id, (await workbench.sign_out()).successful, workbench.stored_credential_names())
    print(type((await workbench.find_contact(NUMBER)).error).__name__)
    await workbench.close()


if __name__ == "__main__":
    asyncio.run(come_back(sys.argv[1]))
