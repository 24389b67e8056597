"""The contract, answered by Redtail."""

from __future__ import annotations

from typing import ClassVar

import pytest
from answers import covers
from contract import ConnectorContract

from appconnect.connectors.redtail.sandbox import RedtailSandbox
from appconnect.models import AuthType, LogFormat
from appconnect.workbench import Workbench


class TestRedtail(ConnectorContract):
    crm = "redtail"
    auth_type = AuthType.API_KEY
    log_format = LogFormat.HTML
    log_paths = "/api/public/v1/activities*"
    write_path = "/api/public/v1/activities"
    detail_path = "/api/public/v1/lists/categories"
    contact_type = "Individual"
    kit = "880043"
    options: ClassVar[dict[str, str]] = {"redtailCustomTimezone": "Europe/Lisbon"}
    renews = False  # a user key has no end and is not renewed: it is good, or a new sign-in is needed
    disposition = ("category", "3")
    clears = False  # an activity always has a category: clearing means the default one

    @covers("createCallLog")
    @pytest.mark.parametrize("wanted", [False, True])
    async def test_the_agents_note_stands_below_the_activity_if_the_settings_ask_for_it(
        self, workbench: Workbench, sandbox: RedtailSandbox, wanted: bool
    ) -> None:
        workbench.settings = {"redtailAgentNotes": {"value": wanted}}
        await self.logged(workbench, note="Wants a quote")
        assert ["Wants a quote"] * wanted == [note["body"] for note in sandbox.database.notes]

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
            self.logs(sandbox),
            sandbox.database.activities[int(first)]["completed"],
        )

    def body(self, crm: RedtailSandbox, log_id: str) -> str:
        return str(crm.database.activities[int(log_id)]["description"])

    def edit(self, crm: RedtailSandbox, log_id: str, text: str) -> None:
        crm.database.activities[int(log_id)]["description"] = text

    def owner(self, crm: RedtailSandbox, log_id: str) -> str:
        attendees = crm.database.activities[int(log_id)]["attendees"]
        assert isinstance(attendees, list)
        return str(attendees[-1]["user_id"])

    def delete(self, crm: RedtailSandbox, log_id: str) -> None:
        crm.database.activities[int(log_id)]["deleted"] = True

    def logs(self, crm: RedtailSandbox) -> int:
        return len(crm.database.activities)

    def expire(self, crm: RedtailSandbox) -> None:
        crm.database.user_keys = dict.fromkeys(crm.database.user_keys, "withdrawn")

    def revoke(self, crm: RedtailSandbox) -> None:
        self.expire(crm)

    def crowd(self, crm: RedtailSandbox) -> tuple[str, int]:
        crm.database.add_crowd(60)
        return "+17025550190", 60
