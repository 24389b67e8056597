"""The contract, answered by Insightly."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import ClassVar

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.schema import CONTACT, EVENT
from appconnect.models import AuthType, Json, LogFormat
from appconnect.testing import ConnectorContract, StoredLog, covers
from appconnect.testing.samples import sms
from appconnect.workbench import Workbench

FIELDS = {"Organisation": "organisation", "Opportunity": "opportunity", "Project": "project"}


class TestInsightly(ConnectorContract[InsightlySandbox]):
    platform = "insightly"
    auth_type = AuthType.API_KEY
    time_zone = "America/Los_Angeles"
    renews = False  # an API key has no end and is not renewed: it is good, or a new sign-in is needed
    log_format = LogFormat.PLAIN
    log_paths = "/v3.1/Events*"
    write_path = "/v3.1/Events"
    named_settings = ("insightlyExtraPhoneFieldNameForContact", "insightlyExtraPhoneFieldNameForLead")
    detail_path = "/v3.1/Opportunities/*"
    contact_type = "Contact"
    search_paths = ("*/Contacts/Search", "*/Leads/Search")
    kit = "42"
    associations: ClassVar[dict[str, str]] = {"organisation": "77", "opportunity": "502", "project": "601"}

    @covers("updateMessageLog", "createMessageLog")
    async def test_a_conversation_too_long_for_one_event_goes_on_in_another(
        self, workbench: Workbench, sandbox: InsightlySandbox
    ) -> None:
        nia = await self.nia(workbench)
        logs = [(await workbench.log_message(sms(str(n), "word " * 250), nia)).log_id for n in range(5)]
        assert [2, 2, 1] == list(Counter(logs).values())
        assert [True] * 5 == ["word " * 249 in self.body(sandbox, str(log_id)) for log_id in logs]

    def stored(self, sandbox: InsightlySandbox, log_id: str) -> StoredLog:
        event, links = (
            sandbox.database.records["Event"][int(log_id)],
            sandbox.database.links(EVENT, int(log_id)),
        )
        start, end = (
            datetime.fromisoformat(str(event[name])).replace(tzinfo=UTC)
            for name in ("START_DATE_UTC", "END_DATE_UTC")
        )
        linked = [(str(link["LINK_OBJECT_NAME"]), str(link["LINK_OBJECT_ID"])) for link in links]
        return StoredLog(
            body=str(event["DETAILS"]),
            start=start,
            duration=int((end - start).total_seconds()),
            owner=str(event["OWNER_USER_ID"]),
            contact=next(number for kind, number in linked if kind in ("Contact", "Lead")),
            associations={FIELDS[kind]: number for kind, number in linked if kind in FIELDS},
            subject=str(event["TITLE"]),
        )

    def edit(self, sandbox: InsightlySandbox, log_id: str, text: str) -> None:
        sandbox.database.records["Event"][int(log_id)]["DETAILS"] = text

    def delete(self, sandbox: InsightlySandbox, log_id: str) -> None:
        sandbox.database.records["Event"].remove(int(log_id))

    def count(self, sandbox: InsightlySandbox) -> int:
        return len(sandbox.database.records["Event"]) - 1  # one meeting was there before

    def expire(self, sandbox: InsightlySandbox) -> None:
        sandbox.faults.add(
            status=401, json={"Message": "Authorization has been denied for this request."}, times=None
        )

    def add_contact(self, sandbox: InsightlySandbox, name: str, phone: str) -> None:
        first, last = name.split(" ", 1)
        sandbox.database.add(CONTACT, {"FIRST_NAME": first, "LAST_NAME": last, "PHONE": phone})

    def refusal_body(self, words: str) -> Json:
        return {"Message": words}

    def crowd(self, sandbox: InsightlySandbox) -> tuple[str, int]:
        for number in range(510):
            sandbox.database.add(CONTACT, {"FIRST_NAME": f"Crowd {number}", "PHONE": "+17025550190"})
        return "+17025550190", 510
