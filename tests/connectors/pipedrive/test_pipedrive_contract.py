"""The contract, answered by Pipedrive."""

from __future__ import annotations

from contract import ConnectorContract

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.connectors.pipedrive.sandbox.sign_in import SignIn
from appconnect.models import AuthType, LogFormat


class TestPipedrive(ConnectorContract):
    crm = "pipedrive"
    auth_type = AuthType.OAUTH
    log_format = LogFormat.HTML
    log_paths = "/api/v2/activities*"
    write_path = "/api/v2/activities"
    detail_path = "/v1/leads"
    kit = "7002"
    renews = True
    disposition = ("deals", "901")

    def body(self, crm: PipedriveSandbox, log_id: str) -> str:
        return str(crm.database.activities[int(log_id)]["note"])

    def edit(self, crm: PipedriveSandbox, log_id: str, text: str) -> None:
        crm.database.activities[int(log_id)]["note"] = text

    def owner(self, crm: PipedriveSandbox, log_id: str) -> str:
        return str(crm.database.activities[int(log_id)]["owner_id"])

    def delete(self, crm: PipedriveSandbox, log_id: str) -> None:
        crm.database.activities[int(log_id)]["is_deleted"] = True

    def logs(self, crm: PipedriveSandbox) -> int:
        return len(crm.database.activities)

    def expire(self, crm: PipedriveSandbox) -> None:
        crm.oauth.tokens.expire_access()

    def revoke(self, crm: PipedriveSandbox) -> None:
        crm.oauth = SignIn(crm.clock, crm.toggles, "Rae Quill")

    def crowd(self, crm: PipedriveSandbox) -> tuple[str, int]:
        crm.database.add_crowd(510)
        return "+14155550199", 510
