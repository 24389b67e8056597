"""Changes of message logs whose answer was lost, and logs that were moved or deleted meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from answers import NINE_THIRTY, call, sms
from platforms import CRMS, OAUTH, answers_of
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.errors import BeingLogged, StoreError
from appconnect.models import LogRecord
from appconnect.outbox import FollowUp
from appconnect.sandbox.base import CrmSandbox
from appconnect.store import Store
from appconnect.testing import cast
from appconnect.testing.workbench_internals import connector_of

every_crm = pytest.mark.parametrize("crm", CRMS)
LOST: list[dict[str, Any]] = [{"drop_after": True}, {"drop": True}]


def break_writes(sandbox: CrmSandbox, fault: dict[str, Any]) -> None:
    for method in ("PATCH", "POST", "PUT"):
        sandbox.faults.add(method, times=None, **fault)


def conversation(*texts: str) -> dict[str, Any]:
    entities = [
        {"id": str(place), "recordType": "AliveMessage", "text": text, "direction": "Inbound",
         "creationTime": (NINE_THIRTY + timedelta(minutes=place)).isoformat()}
        for place, text in enumerate(texts)
    ]  # fmt: skip
    return {"entities": entities}


@pytest.mark.parametrize("fault", LOST, ids=str)
@every_crm
async def test_a_shared_conversation_without_answer_is_replaced_only_if_the_log_says_so(
    crm: str, fault: dict[str, Any]
) -> None:
    workbench = await signed_in(crm)
    contact, sandbox = await nia(workbench), sandbox_of(workbench)
    first = await workbench.log_shared_sms(conversation("First"), contact, conversation_id="q-1")
    assert first.error is None
    break_writes(sandbox, fault)
    second = await workbench.log_shared_sms(conversation("First", "Second"), contact, conversation_id="q-1")
    sandbox.faults.clear()
    body = answers_of(crm).stored(sandbox, first.log_id or "").body
    is_done = "Second" in body
    assert (is_done, is_done) == (second.error is None, "drop_after" in fault)
    again = await workbench.log_shared_sms(conversation("First", "Second"), contact, conversation_id="q-1")
    assert (None, first.log_id) == (again.error, again.log_id)
    assert 1 == answers_of(crm).stored(sandbox, first.log_id or "").body.count("Second")
    await workbench.close()


@every_crm
async def test_a_text_that_was_not_remembered_and_whose_log_was_deleted_since_is_written_anew(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = await signed_in(crm)
    contact, sandbox = await nia(workbench), sandbox_of(workbench)
    first = await workbench.log_message(sms("m1", "First"), contact)

    def full(*_: object, **__: object) -> None:
        raise StoreError("The store cannot be written (disk full).")

    with monkeypatch.context() as broken:
        broken.setattr(workbench.environment.store, "complete", full)
        assert (await workbench.log_message(sms("m2", "Second"), contact)).log_id == first.log_id
    answers_of(crm).delete(sandbox, first.log_id or "")
    again = await workbench.log_message(sms("m2", "Second"), contact)
    assert (None, True) == (again.error, again.log_id not in ("", None, first.log_id))
    assert 1 == answers_of(crm).stored(sandbox, again.log_id or "").body.count("Second")
    await workbench.close()


# -- moved --


async def test_a_log_that_is_being_moved_is_not_moved_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(OAUTH)
    first = await workbench.log_call(call(), await nia(workbench))
    to = (await workbench.find_contact_with_name(cast.OMAR.name)).contacts[0]
    link, count = Store.link, answers_of(OAUTH).count(sandbox_of(workbench))

    def moved_meanwhile(self: Store, *names: Any) -> Any:
        self.forget_log(names[0], first.log_id or "")
        return link(self, *names)

    monkeypatch.setattr(Store, "link", moved_meanwhile)
    second = await workbench.log_call(call(), to, move=True)
    assert isinstance(second.error, BeingLogged)
    assert "This log was moved meanwhile; look again in a moment." == second.error.message
    assert count == answers_of(OAUTH).count(sandbox_of(workbench))


@every_crm
async def test_what_was_left_open_of_a_log_is_dropped_when_it_is_moved(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = await signed_in(crm)
    first = await workbench.log_call(call(), await nia(workbench))
    outbox, now = connector_of(workbench).outbox, workbench.now()
    for log_id, kind in ((first.log_id or "", "link"), (first.log_id or "", "note"), ("another", "link")):
        work = outbox.put(FollowUp(log_id, kind, {}, "It is not linked", created=now))
        outbox.fail(work, "no")
    to = (await workbench.find_contact_with_name(cast.OMAR.name)).contacts
    omar = next(each for each in to if each.name == cast.OMAR.name)
    assert (await workbench.log_call(call(), omar, move=True)).error is None
    assert [("another", "link")] == [(each.log_id, each.kind) for each in outbox.waiting()]


async def test_somebody_without_a_name_is_called_another_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(OAUTH)
    first = await workbench.log_call(call(), await nia(workbench))
    connector, contacts = (
        connector_of(workbench),
        (await workbench.find_contact_with_name("Omar Vance")).contacts,
    )
    read = connector.get_call_log

    async def nameless(log_id: str) -> LogRecord:
        return (await read(log_id)).model_copy(update={"contact_name": ""})

    monkeypatch.setattr(connector, "get_call_log", nameless)
    second = await workbench.log_call(call(), contacts[0])
    assert second.error is not None
    assert (
        f"This call is logged already, at another contact (log {first.log_id}), not at {contacts[0].name}."
    ) == second.error.message


# -- what is told beside a log --


def lines(result: Any) -> list[str]:
    return result.return_message.lines if result.return_message else []


async def test_what_settings_say_and_nobody_understands_is_left_out_and_named() -> None:
    workbench = await signed_in(OAUTH, settings={"logDateFormat": {"value": 7}})
    logged = await workbench.log_call(call(), await nia(workbench))
    assert ["What these settings say cannot be understood, so it was left out: logDateFormat."] == lines(
        logged
    )


@every_crm
async def test_a_text_that_the_crm_does_not_hold_is_shortened_and_that_is_said(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    monkeypatch.setattr(type(connector_of(workbench)), "max_body", 3000)
    logged = await workbench.log_call(call(), contact, transcript="word " * 2000)
    title = workbench.title
    assert f"{title} holds 3000 characters at most, so the text of this log is shortened." in lines(logged)
    assert len(answers_of(crm).stored(sandbox_of(workbench), logged.log_id or "").body) <= 3000
