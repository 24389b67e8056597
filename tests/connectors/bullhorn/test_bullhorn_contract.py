"""The contract, answered by Bullhorn."""

from __future__ import annotations

from contract import ConnectorContract

from appconnect.connectors.bullhorn.sandbox import BullhornSandbox
from appconnect.connectors.bullhorn.sandbox.sign_in import SignIn
from appconnect.models import AuthType, LogFormat


class TestBullhorn(ConnectorContract):
    crm = "bullhorn"
    auth_type = AuthType.OAUTH
    log_format = LogFormat.HTML
    log_paths = "/rest-services/*/entity/Note*"
    write_path = "/rest-services/*/entity/Note"
    write_method = "PUT"
    detail_path = "*/settings/commentActionList"
    contact_type = "Lead"
    kit = "102"
    renews = True
    disposition = ("noteActions", "Left Message")
    clears = False  # a note always has an action: clearing means "pending note"

    def body(self, crm: BullhornSandbox, log_id: str) -> str:
        return str(crm.database.records["Note"][int(log_id)]["comments"])

    def edit(self, crm: BullhornSandbox, log_id: str, text: str) -> None:
        crm.database.records["Note"][int(log_id)]["comments"] = text

    def owner(self, crm: BullhornSandbox, log_id: str) -> str:
        return str(crm.database.records["Note"][int(log_id)]["commentingPerson"])

    def delete(self, crm: BullhornSandbox, log_id: str) -> None:
        crm.database.records["Note"][int(log_id)]["isDeleted"] = True

    def logs(self, crm: BullhornSandbox) -> int:
        return len(crm.database.records["Note"]) - 1  # one note was there before

    def expire(self, crm: BullhornSandbox) -> None:
        crm.sign_in.sessions.clear()

    def revoke(self, crm: BullhornSandbox) -> None:
        crm.sign_in = SignIn(crm, crm.database)

    def crowd(self, crm: BullhornSandbox) -> tuple[str, int]:
        crm.database.add_crowd("Lead", 510)
        return "+17025550190", 510
