"""The contract, answered by New CRM: its cases come with appconnect, the class says what is stored where."""

from __future__ import annotations

from datetime import datetime

from appconnect.models import AuthType, Json, LogFormat
from appconnect.testing import ConnectorContract, StoredLog

from newcrm_connector.sandbox import NewcrmSandbox
from newcrm_connector.sandbox.seed import KIT_ID


class TestNewcrm(ConnectorContract[NewcrmSandbox]):
    """What each answer means: ``appconnect/testing/answers.py``."""

    platform = "newcrm"
    level = "log"  # then "messages", then "everything"

    # only for key, user-key
    auth_type = AuthType.API_KEY
    renews = False
    # until here
    # only for oauth
    auth_type = AuthType.OAUTH
    renews = True
    # until here
    time_zone = "Europe/Lisbon"
    log_format = LogFormat.PLAIN
    log_paths = "/v1/calls*"
    write_path = "/v1/calls"
    kit = str(KIT_ID)

    def expire(self, sandbox: NewcrmSandbox) -> None:
        """End Rae's session."""
        sandbox.expire()

    def revoke(self, sandbox: NewcrmSandbox) -> None:
        """End her connection for good."""
        sandbox.revoke()

    def add_contact(self, sandbox: NewcrmSandbox, name: str, phone: str) -> None:
        """Add a contact with the phone written just like this."""
        sandbox.database.add_contact({"name": name, "phone": phone})

    def refusal_body(self, words: str) -> Json:
        """Return what New CRM answers with when it refuses a request in these words."""
        return {"problem": words}

    def crowd(self, sandbox: NewcrmSandbox) -> tuple[str, int]:
        """Add more people with one number than fit on a page."""
        for number in range(60):
            sandbox.database.add_contact({"name": f"Crowd {number}", "phone": "(702) 555-0190"})
        return "+17025550190", 60

    def stored(self, sandbox: NewcrmSandbox, log_id: str) -> StoredLog:
        """Return the call from the sandbox's own record."""
        row = sandbox.database.calls[int(log_id)]
        return StoredLog(
            subject=str(row["subject"]),
            body=str(row["text"]),
            start=datetime.fromisoformat(str(row["started_at"])),
            duration=int(str(row["seconds"])),
            owner=str(row["owner_id"]),
            contact=str(row["contact_id"]),
        )

    def edit(self, sandbox: NewcrmSandbox, log_id: str, text: str) -> None:
        """Rewrite the text, as a person does in the CRM."""
        sandbox.database.calls.change(int(log_id), {"text": text})

    def delete(self, sandbox: NewcrmSandbox, log_id: str) -> None:
        """Delete the call, as a person does in the CRM."""
        sandbox.database.calls.remove(int(log_id))

    def count(self, sandbox: NewcrmSandbox) -> int:
        """Return how many calls were logged."""
        return len(sandbox.database.calls)
