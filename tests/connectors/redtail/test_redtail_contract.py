"""The contract, answered by Redtail."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import pytest

from appconnect.connectors.redtail.sandbox import RedtailSandbox
from appconnect.models import AuthType, Json, LogFormat, UserSettings
from appconnect.testing import ConnectorContract, StoredLog, covers
from appconnect.testing.cast import CastMember
from appconnect.workbench import Workbench


class TestRedtail(ConnectorContract[RedtailSandbox]):
    platform = "redtail"
    auth_type = AuthType.API_KEY
    time_zone = "Europe/Lisbon"
    options: ClassVar[dict[str, str]] = {"redtailCustomTimezone": "Europe/Lisbon"}
    fault_settings: ClassVar[UserSettings] = {"redtailAgentNotes": {"value": True}}
    renews = False  # a user key has no end and is not renewed: it is good, or a new sign-in is needed
    log_format = LogFormat.HTML
    log_paths = "/api/public/v1/activities*"
    write_path = "/api/public/v1/activities"
    named_settings = ("defaultCategory", "redtailCustomTimezone")
    switches = ("redtailAgentNotes",)
    detail_path = "/api/public/v1/lists/categories"
    contact_type = "Individual"
    kit = "880043"
    associations: ClassVar[dict[str, str]] = {"category": "3"}
    clears = False  # an activity always has a category: clearing means the default one

    @covers("createCallLog")
    @pytest.mark.parametrize("wanted", [False, True])
    async def test_the_agents_note_stands_below_the_activity_if_the_settings_ask_for_it(
        self, workbench: Workbench, sandbox: RedtailSandbox, wanted: bool
    ) -> None:
        workbench.settings = {"redtailAgentNotes": {"value": wanted}}
        await self.logged(workbench, note="Wants a quote")
        assert ["Wants a quote"] * wanted == [note["body"] for note in sandbox.database.notes.values()]

    @covers("createCallLog")
    @pytest.mark.parametrize(("method", "path"), [("POST", "*/notes"), ("PUT", "*/activities/*")])
    async def test_activity_note_and_completion_are_one_operation_that_survives_a_failure_in_the_middle(
        self, workbench: Workbench, sandbox: RedtailSandbox, method: str, path: str
    ) -> None:
        workbench.settings = {"redtailAgentNotes": {"value": True}}
        sandbox.faults.add(method=method, path=path, status=500, json={}, times=None)
        first = await self.logged(workbench, note="Wants a quote")
        sandbox.faults.clear()
        again = await self.logged(workbench, note="Wants a quote, urgently")
        assert (first, 1, True) == (
            again,
            self.count(sandbox),
            sandbox.database.activities[int(first)]["completed"],
        )

    def stored(self, sandbox: RedtailSandbox, log_id: str) -> StoredLog:
        activity = sandbox.database.activities[int(log_id)]
        start, end = (datetime.fromisoformat(str(activity[name])) for name in ("start_date", "end_date"))
        attendees, contacts = activity["attendees"], activity["linked_contacts"]
        assert isinstance(attendees, list)
        assert isinstance(contacts, list)
        return StoredLog(
            body=str(activity["description"]),
            start=start,
            duration=int((end - start).total_seconds()),
            owner=str(attendees[-1]["user_id"] if attendees else activity["added_by"]),
            contact=str(contacts[0]["contact_id"]),
            associations={"category": str(activity["category_id"])},
            subject=str(activity["subject"]),
        )

    def edit(self, sandbox: RedtailSandbox, log_id: str, text: str) -> None:
        sandbox.database.activities[int(log_id)]["description"] = text

    def delete(self, sandbox: RedtailSandbox, log_id: str) -> None:
        sandbox.database.activities[int(log_id)]["deleted"] = True

    def count(self, sandbox: RedtailSandbox) -> int:
        return len(sandbox.database.activities)

    def expire(self, sandbox: RedtailSandbox) -> None:
        for user_id in sandbox.database.user_keys:
            sandbox.database.user_keys.change(user_id, {"user_key": "withdrawn"})

    def add_contact(self, sandbox: RedtailSandbox, name: str, phone: str) -> None:
        database = sandbox.database
        number = database.add_contact(CastMember(*name.split(" ", 1)))
        phones = {"phones": [{"number": phone}]}
        database.contacts.put(database.written("Contact", phones, 880042, database.contacts[number]))

    def refusal_body(self, words: str) -> Json:
        return {"message": words}

    def crowd(self, sandbox: RedtailSandbox) -> tuple[str, int]:
        sandbox.database.add_crowd(60)
        return "+17025550190", 60
