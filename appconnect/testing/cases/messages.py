"""Cases: message logs, one a day for a conversation, one each for voicemail, fax and shared conversations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appconnect.errors import InputError, Rejected
from appconnect.models import Json, JsonObject, Message
from appconnect.testing import cast
from appconnect.testing.case import Case, S
from appconnect.testing.operations import covers
from appconnect.testing.samples import NINE_THIRTY, sms
from appconnect.workbench import Workbench

SHARED: JsonObject = {
    "creationTime": 1767346200000,
    "owner": {"name": "Orders Queue", "extensionType": "Department"},
    "entities": [
        {
            "recordType": "AliveMessage",
            "direction": "Inbound",
            "creationTime": 1767346200000,
            "from": {"name": "Nia Holt"},
            "text": "Is <the> order ready?",
        }
    ],
}


RECORDING = "https://media.example.com/v/8"


def voicemail(link: str | None) -> Message:
    """Return a voicemail of Nia as RingCentral's message store has it; its recording may still be missing."""
    attachments: list[Json] = [{"type": "AudioRecording", "contentType": "audio/mpeg", "uri": link}]
    return Message.model_validate(
        {"id": 8, "type": "VoiceMail", "direction": "Inbound", "creationTime": NINE_THIRTY.isoformat(),
         "from": {"phoneNumber": cast.NIA.number}, "attachments": attachments if link else []}
    )  # fmt: skip


def group_sms() -> Message:
    """Return what Ulla wrote to Nia and Rae."""
    return Message.model_validate(
        {"id": 9, "conversationId": 77, "direction": "Inbound", "creationTime": NINE_THIRTY.isoformat(),
         "from": {"phoneNumber": cast.ALONE.number, "name": cast.ALONE.name},
         "to": [{"name": cast.RAE.name, "target": True}, {"phoneNumber": cast.NIA.number}],
         "subject": "See you both at ten"}
    )  # fmt: skip


class MessageCases(Case[S]):
    """One log a day for a conversation; one each for voicemail, fax and shared conversations."""

    @covers("createMessageLog")
    async def test_an_sms_is_logged(self, workbench: Workbench, sandbox: S) -> None:
        result = await workbench.log_message(sms("1", "Is it ready?"), await self.nia(workbench))
        assert (None, "Message logged") == (result.error, result.message)
        assert result.log_id
        body = self.body(sandbox, result.log_id)
        assert "Is it ready?" in body
        assert "Conversation(1 messages)" in body

    @covers("createMessageLog")
    async def test_the_same_message_logged_twice_changes_nothing(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        log_id = await self.messaged(workbench, "1", "Once")
        before = self.body(sandbox, log_id)
        assert (log_id, before) == (await self.messaged(workbench, "1", "Once"), self.body(sandbox, log_id))

    @covers("createMessageLog")
    async def test_the_next_days_message_begins_a_new_log(self, workbench: Workbench, sandbox: S) -> None:
        first = await self.messaged(workbench, "1", "Today")
        second = await self.messaged(workbench, "2", "Tomorrow", at=NINE_THIRTY + timedelta(days=1))
        assert first != second
        assert "Today" not in self.body(sandbox, second)

    @covers("createMessageLog")
    async def test_a_voicemail_is_logged_with_its_recording(self, workbench: Workbench, sandbox: S) -> None:
        link = "https://media.example.com/v/7"
        result = await workbench.log_message(sms("1", ""), await self.nia(workbench), recording_link=link)
        assert result.log_id
        assert f"Voicemail recording link: {link}" in self.body(sandbox, result.log_id)

    @covers("createMessageLog")
    async def test_a_fax_is_logged_with_its_document(self, workbench: Workbench, sandbox: S) -> None:
        link = "https://media.example.com/f/7"
        result = await workbench.log_message(sms("1", ""), await self.nia(workbench), fax_link=link)
        assert result.log_id
        assert f"Fax document link: {link}" in self.body(sandbox, result.log_id)

    @covers("createMessageLog")
    async def test_a_voicemail_is_known_by_its_type_and_attachment(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        result = await workbench.log_message(voicemail(RECORDING), await self.nia(workbench))
        assert result.log_id
        assert f"Voicemail recording link: {RECORDING}" in self.body(sandbox, result.log_id)

    @covers("updateMessageLog", "createMessageLog", "getCallLog")
    async def test_a_recording_that_comes_later_is_filled_in(self, workbench: Workbench, sandbox: S) -> None:
        nia = await self.nia(workbench)
        first = await workbench.log_message(voicemail(None), nia)
        assert first.log_id
        assert "Voicemail recording link: (pending...)" in self.body(sandbox, first.log_id)
        second = await workbench.log_message(voicemail(RECORDING), nia)
        assert (None, first.log_id, 1) == (second.error, second.log_id, self.count(sandbox))
        assert f"Voicemail recording link: {RECORDING}" in self.body(sandbox, first.log_id)

    @covers("createMessageLog")
    async def test_a_message_that_never_went_out_is_marked(self, workbench: Workbench, sandbox: S) -> None:
        lost = sms("1", "Yes", inbound=False).model_copy(update={"message_status": "DeliveryFailed"})
        result = await workbench.log_message(lost, await self.nia(workbench))
        assert result.log_id
        assert "(not delivered)" in self.body(sandbox, result.log_id)

    @covers("createMessageLog", "findContactWithName")
    async def test_a_group_message_gets_a_log_with_each_contact(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        nia = await self.nia(workbench)
        [ulla] = (await workbench.find_contact_with_name(cast.ALONE.name)).contacts[:1]
        results = [await workbench.log_message(group_sms(), contact) for contact in (nia, ulla, ulla)]
        assert [None] * 3 == [result.error for result in results]
        first, second, again = (str(result.log_id) for result in results)
        assert (2, True, second) == (self.count(sandbox), first != second, again)
        for log_id in (first, second):
            assert f"{cast.ALONE.name} ({cast.ALONE.number})" in self.body(sandbox, log_id)

    @covers("createMessageLog", "updateMessageLog", "getCallLog")
    async def test_a_shared_conversation_is_one_log(self, workbench: Workbench, sandbox: S) -> None:
        nia = await self.nia(workbench)
        first = await workbench.log_shared_sms(SHARED, nia, conversation_id="q-1")
        later: JsonObject = {**SHARED, "owner": {"name": "Rae Quill"}}
        second = await workbench.log_shared_sms(later, nia, conversation_id="q-1")
        assert (None, first.log_id, 1) == (second.error, second.log_id, self.count(sandbox))
        assert second.log_id
        body = self.body(sandbox, second.log_id)
        assert ("Orders Queue" in body, "Owner:" in body) == (False, True)

    @covers("createMessageLog")
    async def test_a_message_without_id_is_refused(self, workbench: Workbench, sandbox: S) -> None:
        nia = await self.nia(workbench)
        before = self.sent(sandbox)
        assert isinstance((await workbench.log_message(sms("", "Hi"), nia)).error, InputError)
        assert before == self.sent(sandbox)

    @covers("updateMessageLog", "createMessageLog", "getCallLog")
    async def test_a_second_message_of_the_day_is_added(self, workbench: Workbench, sandbox: S) -> None:
        first = await self.messaged(workbench, "1", "Is it ready?")
        second = await self.messaged(workbench, "2", "Yes & no", inbound=False)
        body = self.body(sandbox, first)
        assert (first, 1) == (second, self.count(sandbox))
        assert "Conversation(2 messages)" in body
        assert body.index("Is it ready?") < body.index("Yes ")

    @covers("updateMessageLog", "createMessageLog", "getCallLog")
    @pytest.mark.parametrize("edited", ["All done, thanks", ""])
    async def test_after_a_person_edited_the_text_nothing_is_lost(
        self, workbench: Workbench, sandbox: S, edited: str
    ) -> None:
        log_id = await self.messaged(workbench, "1", "Is it ready?")
        self.edit(sandbox, log_id, edited)
        assert log_id == await self.messaged(workbench, "2", "The second")
        assert edited in self.body(sandbox, log_id)
        assert "The second" in self.body(sandbox, log_id)

    @covers("updateMessageLog", "createMessageLog", "getCallLog")
    async def test_a_refused_update_is_reported_and_not_lost(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.messaged(workbench, "1", "First")
        nia = await self.nia(workbench)
        for method in ("PUT", "PATCH", "POST"):
            sandbox.faults.add(method=method, path=self.log_paths, status=400, json={}, times=None)
        refused = await workbench.log_message(sms("2", "Second"), nia)
        sandbox.faults.clear()
        assert isinstance(refused.error, Rejected)
        assert log_id == await self.messaged(workbench, "2", "Second")
        assert "Second" in self.body(sandbox, log_id)
