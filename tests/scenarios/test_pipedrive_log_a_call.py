"""Log a call (pipedrive): what was done and what came of it. From save_scenario."""

from datetime import UTC, datetime

import pytest

from appconnect import connect
from appconnect.models import Call, Conversation, Message, Party, Recipient
from appconnect.testing.scenarios import assert_as_recorded, sent


@pytest.mark.asyncio
async def test_log_a_call() -> None:
    async with connect("pipedrive", mode="replay", scenario="log_a_call") as workbench:
        signed_in = await workbench.sign_in()
        assert signed_in.message == "Connected to Pipedrive as Rae Quill"
        assert sent(workbench) == ["POST /oauth/token", "GET /v1/users/me"]

        matches = await workbench.find_contact("+14155550142")
        assert matches.message == "Contact found"
        assert [each.name for each in matches.contacts] == ["Nia Holt"]
        assert sent(workbench) == [
            "GET /api/v2/persons/search",
            "GET /api/v2/persons",
            "GET /api/v2/deals",
            "GET /v1/leads",
        ]

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
        assert logged.log_id == "9301"
        assert sent(workbench) == ["GET /v1/activityTypes", "POST /api/v2/activities"]

        updated = await workbench.update_call_log(
            logged.log_id,
            note="Sent a quote",
            recording_link="https://recordings.example/1001",
        )
        assert updated.message == "Call log updated."
        assert updated.updated_note == "Sent a quote"
        assert sent(workbench) == ["GET /api/v2/activities/9301", "PATCH /api/v2/activities/9301"]

        read = await workbench.get_call_log(logged.log_id)
        assert read.message == "Call log read"
        assert read.call_log_info.subject == "Outbound Call to Nia Holt"
        assert read.call_log_info.note == "Sent a quote"
        assert sent(workbench) == ["GET /api/v2/activities/9301", "GET /api/v2/persons/501"]

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
        assert logged_message.log_id == "9302"
        assert sent(workbench) == ["POST /api/v2/activities"]

        assert_as_recorded(workbench)
