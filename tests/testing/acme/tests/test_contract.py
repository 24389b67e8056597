"""The contract, answered by Acme."""

from __future__ import annotations

from datetime import datetime

from acme_connector.sandbox import AcmeSandbox

from appconnect.models import AuthType, LogFormat
from appconnect.testing import ConnectorContract, StoredLog


class TestAcme(ConnectorContract[AcmeSandbox]):
    platform = "acme"
    level = "everything"
    auth_type = AuthType.API_KEY
    time_zone = "Australia/Sydney"
    renews = False
    log_format = LogFormat.MARKDOWN
    log_paths = "/api/calls*"
    write_path = "/api/calls"
    kit = "2"

    def expire(self, sandbox: AcmeSandbox) -> None:
        sandbox.keys.clear()

    def crowd(self, sandbox: AcmeSandbox) -> tuple[str, int]:
        for number in range(45):
            sandbox.know(f"Guest {number}", "+1 702 555 0190")
        return "+17025550190", 45

    def stored(self, sandbox: AcmeSandbox, log_id: str) -> StoredLog:
        row = sandbox.calls[int(log_id)]
        return StoredLog(
            body=str(row["text"]),
            start=datetime.fromisoformat(str(row["start"])),
            duration=int(str(row["seconds"])),
            owner=str(row["owner"]),
            contact=str(row["contact"]),
            subject=str(row["title"]),
        )

    def edit(self, sandbox: AcmeSandbox, log_id: str, text: str) -> None:
        sandbox.calls[int(log_id)]["text"] = text

    def delete(self, sandbox: AcmeSandbox, log_id: str) -> None:
        del sandbox.calls[int(log_id)]

    def count(self, sandbox: AcmeSandbox) -> int:
        return len(sandbox.calls)
