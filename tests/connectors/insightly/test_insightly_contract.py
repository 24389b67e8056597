"""The contract, answered by Insightly."""

from __future__ import annotations

from collections import Counter

from answers import covers, sms
from contract import ConnectorContract

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.schema import CONTACT
from appconnect.models import AuthType, LogFormat
from appconnect.workbench import Workbench


class TestInsightly(ConnectorContract):
    crm = "insightly"
    auth_type = AuthType.API_KEY
    log_format = LogFormat.PLAIN
    log_paths = "/v3.1/Events*"
    write_path = "/v3.1/Events"
    detail_path = "/v3.1/Opportunities/*"
    contact_type = "Contact"
    kit = "42"
    renews = False  # an API key has no end and is not renewed: it is good, or a new sign-in is needed
    disposition = ("opportunity", "502")

    @covers("updateMessageLog")
    async def test_a_conversation_too_long_for_one_event_goes_on_in_another(
        self, workbench: Workbench, sandbox: InsightlySandbox
    ) -> None:
        nia = await self.nia(workbench)
        logs = [(await workbench.log_message(sms(str(n), "word " * 250), nia)).log_id for n in range(5)]
        assert [2, 2, 1] == list(Counter(logs).values())
        assert [True] * 5 == ["word " * 249 in self.body(sandbox, str(log_id)) for log_id in logs]

    def body(self, crm: InsightlySandbox, log_id: str) -> str:
        return str(crm.database.records["Event"][int(log_id)]["DETAILS"])

    def edit(self, crm: InsightlySandbox, log_id: str, text: str) -> None:
        crm.database.records["Event"][int(log_id)]["DETAILS"] = text

    def owner(self, crm: InsightlySandbox, log_id: str) -> str:
        return str(crm.database.records["Event"][int(log_id)]["OWNER_USER_ID"])

    def delete(self, crm: InsightlySandbox, log_id: str) -> None:
        del crm.database.records["Event"][int(log_id)]

    def logs(self, crm: InsightlySandbox) -> int:
        return len(crm.database.records["Event"]) - 1  # one meeting was there before

    def expire(self, crm: InsightlySandbox) -> None:
        crm.faults.add(
            status=401, json={"Message": "Authorization has been denied for this request."}, times=None
        )

    def revoke(self, crm: InsightlySandbox) -> None:
        self.expire(crm)

    def crowd(self, crm: InsightlySandbox) -> tuple[str, int]:
        for number in range(510):
            crm.database.add(CONTACT, {"FIRST_NAME": f"Crowd {number}", "PHONE": "+17025550190"})
        return "+17025550190", 510
