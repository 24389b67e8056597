"""The steps that tests and scripts begin with: signed in, a contact found, a call logged, everything once."""

from __future__ import annotations

from typing import Any

from appconnect.models import Call, Contact, JsonObject, Message, Result
from appconnect.testing import cast, samples, workbench_internals
from appconnect.workbench import Workbench, connect


async def signed_in(platform: str, **how: Any) -> Workbench:
    """Return a workbench that is signed in, by default in the sandbox. ``how`` is what `connect` takes.

    Raises the error of a sign-in that failed.
    """
    workbench = connect(platform, **({"mode": "sandbox"} | how))
    _raise_for_error(await workbench.sign_in())
    return workbench


async def nia(workbench: Workbench) -> Contact:
    """Return Nia Holt, whom every sandbox knows. Raises the error of a search that failed."""
    found = await workbench.find_contact(cast.NIA.number)
    _raise_for_error(found)
    assert found.contacts, f"{workbench.title} finds nobody with the number {cast.NIA.number}"
    return found.contacts[0]


async def log(workbench: Workbench, call: Call | None = None, **details: Any) -> str:
    """Log Rae's call to Nia and return the log's id. ``details`` is what `log_call` takes besides.

    Raises the error of a log that failed.
    """
    result = await workbench.log_call(call or samples.call(), await nia(workbench), **details)
    _raise_for_error(result)
    assert result.log_id, "the call was logged, but the log has no id"
    return result.log_id


async def log_sms(workbench: Workbench, message: Message, **details: Any) -> str:
    """Log a message between Nia and Rae and return the log's id. Raises the error of a log that failed."""
    result = await workbench.log_message(message, await nia(workbench), **details)
    _raise_for_error(result)
    assert result.log_id, "the message was logged, but the log has no id"
    return result.log_id


async def walk(workbench: Workbench, note: str = "Wants a quote") -> list[Result]:
    """Do everything once: sign in, match, log, update, two messages, disposition, read back, users, sign out.

    It goes on to the end whatever fails on the way; the results tell.
    """
    results: list[Result] = [await workbench.sign_in()]
    matches = await workbench.find_contact(cast.NIA.number)
    contact = (matches.contacts or [Contact(id="501", name=cast.NIA.name, type="contact")])[0]
    logged = await workbench.log_call(samples.call(), contact, note=note, ai_note="Asked for a price")
    log_id = logged.log_id or "1"
    results += [matches, logged]
    results.append(
        await workbench.update_call_log(log_id, note="Sent a quote", recording_link="https://x.test/r")
    )
    for number in ("1", "2"):
        results.append(await workbench.log_message(samples.sms(number, f"Text {number}"), contact))
    results.append(await workbench.set_disposition(log_id, disposition(workbench, contact)))
    results.append(await workbench.get_call_log(log_id))
    results += [await workbench.list_users(), await workbench.sign_out()]
    return results


def disposition(workbench: Workbench, contact: Contact) -> JsonObject:
    """Return the first thing that can be chosen for a contact's log: ``{"deals": "901"}``; {} for nothing."""
    for field in workbench_internals.connector_of(workbench).disposition_fields:
        for choice in contact.choices.get(field, []):
            return {field: choice.const}
    return {}


def _raise_for_error(result: Result) -> None:
    if result.error is not None:
        raise result.error
