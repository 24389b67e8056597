"""Log a call (insightly): what was done and what came of it. From save_scenario."""

from datetime import UTC, datetime

import pytest

from appconnect import connect
from appconnect.models import Call, Conversation, Message, Party, Recipient
from appconnect.testing.scenarios import assert_as_recorded, sent


@pytest.mark.asyncio
async def test_log_a_call() -> None:
    async with connect("insightly", mode="replay", scenario="log_a_call") as workbench:
        signed_in = await workbench.sign_in()
        assert signed_in.message == "Connected to Insightly as Rae Quill"
        assert sent(workbench) == ["GET /v3.1/Users/Me"]

        matches = await workbench.find_contact("+14155550142")
        assert matches.message == "Contact found"
        assert [each.name for each in matches.contacts] == ["Nia Holt"]
        assert sent(workbench) == [
            "GET /v3.1/Contacts/Search",
            "GET /v3.1/Leads/Search",
            "GET /v3.1/Organisations/77",
            "GET /v3.1/Opportunities/501",
            "GET /v3.1/Opportunities/502",
            "GET /v3.1/Projects/601",
        ]

        await workbench.sleep(2)
        logged = await workbench.log_call(
            Call(
                session_id="s-1001",
                start_time=datetime(2026, 1, 2, 9, 12, tzinfo=UTC),
                duration=125,
                result="Call connected",
                from_=Party(phone_number="+16505550110", extension_number="204", name="Rae Quill"),
                to=Party(phone_number="+14155550142", name="Nia Holt"),
            ),
            matches.contacts[0],
            note="Wants a quote",
        )
        assert logged.message == "Call logged"
        assert logged.log_id == "5502"
        assert sent(workbench) == ["POST /v3.1/Events", "POST /v3.1/Events/5502/Links"]

        updated = await workbench.update_call_log(
            logged.log_id,
            note="Sent a quote",
            recording_link="https://recordings.example/1001",
        )
        assert updated.message == "Call log updated."
        assert updated.updated_note == "Sent a quote"
        assert sent(workbench) == ["GET /v3.1/Events/5502", "PUT /v3.1/Events"]

        read = await workbench.get_call_log(logged.log_id)
        assert read.message == "Call log read"
        assert read.call_log_info.subject == "Outbound Call to Nia Holt"
        assert read.call_log_info.note == "Sent a quote"
        assert sent(workbench) == ["GET /v3.1/Events/5502", "GET /v3.1/Contacts/3101"]

        logged_message = await workbench.log_message(
            Message(
                conversation=Conversation(id="c-1"),
                id="m-1",
                subject="The quote is fine, thank you!",
                creation_time=datetime(2026, 1, 2, 9, 20, tzinfo=UTC),
                from_=Party(phone_number="+14155550142", name="Nia Holt"),
                to=[
                    Recipient(phone_number="+16505550110", extension_number="204", name="Rae Quill"),
                ],
            ),
            matches.contacts[0],
        )
        assert logged_message.message == "Message logged"
        assert logged_message.log_id == "5503"
        assert sent(workbench) == ["POST /v3.1/Events", "POST /v3.1/Events/5503/Links"]

        assert_as_recorded(workbench)
