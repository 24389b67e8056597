"""The contract, answered by Pipedrive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.connectors.pipedrive.sandbox.database import entry
from appconnect.connectors.pipedrive.sandbox.sign_in import SignIn
from appconnect.models import AuthType, Json, LogFormat
from appconnect.testing import ConnectorContract, StoredLog

FIELDS = {"deal_id": "deals", "lead_id": "leads"}


class TestPipedrive(ConnectorContract[PipedriveSandbox]):
    platform = "pipedrive"
    auth_type = AuthType.OAUTH
    time_zone = "Europe/Lisbon"
    renews = True
    log_format = LogFormat.HTML
    log_paths = "/api/v2/activities*"
    write_path = "/api/v2/activities"
    named_settings = ("pipedriveCallActivityType", "pipedriveSMSActivityType")
    detail_path = "/v1/leads"
    kit = "7002"
    duration_step = 60
    associations: ClassVar[dict[str, str]] = {
        "deals": "901",
        "leads": "00000000-0000-4000-8000-000000000001",
    }

    def stored(self, sandbox: PipedriveSandbox, log_id: str) -> StoredLog:
        row = sandbox.database.activities[int(log_id)]
        hours, minutes = str(row["duration"] or "0:0").split(":")[:2]
        start = datetime.fromisoformat(f"{row['due_date']}T{row['due_time']}")
        return StoredLog(
            body=str(row["note"]),
            start=start.replace(tzinfo=UTC),
            duration=int(hours) * 3600 + int(minutes) * 60,
            owner=str(row["owner_id"]),
            contact=str(row["person_id"]),
            associations={field: str(row[name]) for name, field in FIELDS.items() if row[name] is not None},
            subject=str(row["subject"]),
        )

    def edit(self, sandbox: PipedriveSandbox, log_id: str, text: str) -> None:
        sandbox.database.activities[int(log_id)]["note"] = text

    def delete(self, sandbox: PipedriveSandbox, log_id: str) -> None:
        sandbox.database.activities[int(log_id)]["is_deleted"] = True

    def count(self, sandbox: PipedriveSandbox) -> int:
        return len(sandbox.database.activities)

    def expire(self, sandbox: PipedriveSandbox) -> None:
        sandbox.oauth.tokens.expire_access()

    def revoke(self, sandbox: PipedriveSandbox) -> None:
        sandbox.oauth = SignIn(sandbox.clock, sandbox.toggles, "Rae Quill")

    def add_contact(self, sandbox: PipedriveSandbox, name: str, phone: str) -> None:
        sandbox.database.add_person(name, {"phones": [entry(phone)]})

    def refusal_body(self, words: str) -> Json:
        return {"success": False, "error": words}

    def crowd(self, sandbox: PipedriveSandbox) -> tuple[str, int]:
        sandbox.database.add_crowd(510)
        return "+14155550199", 510
