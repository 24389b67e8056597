"""The contract, answered by Bullhorn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from appconnect.connectors.bullhorn.sandbox import BullhornSandbox
from appconnect.connectors.bullhorn.sandbox.sign_in import SignIn
from appconnect.models import AuthType, Json, LogFormat
from appconnect.testing import ConnectorContract, StoredLog
from appconnect.testing.cast import CastMember

RAE_ID = 101


class TestBullhorn(ConnectorContract[BullhornSandbox]):
    platform = "bullhorn"
    auth_type = AuthType.OAUTH
    time_zone = "America/Los_Angeles"
    renews = True
    log_format = LogFormat.HTML
    log_paths = "/rest-services/*/entity/Note*"
    write_path = "/rest-services/*/entity/Note"
    write_method = "PUT"
    named_settings = (
        "bullhornInboundCallNoteAction",
        "bullhornOutboundCallNoteAction",
        "bullhornMessageNoteAction",
        "bullhornVoicemailNoteAction",
        "bullhornFaxNoteAction",
    )
    switches = (
        "allowBullhornCustomNoteAction",
        "bullhornInboundCallCopyToContactComments",
        "bullhornOutboundCallCopyToContactComments",
    )
    detail_path = "*/settings/commentActionList"
    contact_type = "Lead"
    search_paths = ("*/search/ClientContact", "*/search/Candidate", "*/search/Lead")
    kit = "102"
    duration_step = 60
    associations: ClassVar[dict[str, str]] = {"noteActions": "Left Message"}
    clears = False  # a note always has an action: clearing means "pending note"

    def stored(self, sandbox: BullhornSandbox, log_id: str) -> StoredLog:
        note = sandbox.database.records["Note"][int(log_id)]
        added, minutes = note["dateAdded"], note.get("minutesSpent")
        assert isinstance(added, int)
        assert minutes is None or isinstance(minutes, int)
        return StoredLog(
            body=str(note["comments"]),
            start=datetime.fromtimestamp(added / 1000, UTC),
            duration=None if minutes is None else minutes * 60,
            owner=str(note["commentingPerson"]),
            contact=str(note["personReference"]),
            associations={"noteActions": str(note["action"])},
        )

    def edit(self, sandbox: BullhornSandbox, log_id: str, text: str) -> None:
        sandbox.database.records["Note"][int(log_id)]["comments"] = text

    def delete(self, sandbox: BullhornSandbox, log_id: str) -> None:
        sandbox.database.records["Note"][int(log_id)]["isDeleted"] = True

    def count(self, sandbox: BullhornSandbox) -> int:
        return len(sandbox.database.records["Note"]) - 1  # one note was there before

    def expire(self, sandbox: BullhornSandbox) -> None:
        sandbox.sign_in.sessions.clear()

    def revoke(self, sandbox: BullhornSandbox) -> None:
        sandbox.sign_in = SignIn(sandbox, sandbox.database)

    def add_contact(self, sandbox: BullhornSandbox, name: str, phone: str) -> None:
        member = CastMember(*name.split(" ", 1))
        sandbox.database.add_person("Candidate", member, {"phone": phone}, RAE_ID)

    def refusal_body(self, words: str) -> Json:
        return {"errorMessage": words}

    def crowd(self, sandbox: BullhornSandbox) -> tuple[str, int]:
        sandbox.database.add_crowd("Lead", 510)
        return "+17025550190", 510
