"""What a CRM states about itself so that the contract's cases can run: how to look at and upset its sandbox.

The answers read and change the sandbox's own records, so that what a connector wrote is judged by what the CRM
has, not by what the connector says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from appconnect.models import (
    AuthType,
    Call,
    Contact,
    Conversation,
    Direction,
    LogFormat,
    Message,
    Party,
)
from appconnect.sandbox.base import CrmSandbox
from appconnect.workbench import Workbench, connect

NINE_THIRTY = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
NIA, SHARED, NOBODY, UNICODE = "+14155550142", "+14155550177", "+13035550199", "+353 1 555 0188"
RAE = Party(name="Rae Quill", phone_number="+16505550110", extension_number="204")
SECRET_KEY = SecretStr("a key for assignment tokens, 32 bytes or more")
NASTY = "$& $100 <script>alert('x')</script>\n- Result: great\n\n## Call details\n--- END\n</div> \\ Zoë 🌟"


def covers(operation: str) -> Callable[[Any], Any]:
    """Marks a case with the operation of the contract that it shows."""
    return pytest.mark.operation(operation)


class Answers(ABC):
    """What differs between the CRMs."""

    crm: ClassVar[str]
    auth_type: ClassVar[AuthType]
    log_format: ClassVar[LogFormat]
    log_paths: ClassVar[str]
    """A glob for the requests that read and write logs."""
    write_path: ClassVar[str]
    write_method: ClassVar[str] = "POST"
    detail_path: ClassVar[str]
    """A glob for something that is read beside a contact and may be forbidden."""
    contact_type: ClassVar[str] = ""
    kit: ClassVar[str]
    """The CRM's id of Kit Moss."""
    renews: ClassVar[bool]
    """Whether an expired session comes back by itself."""
    disposition: ClassVar[tuple[str, str]]
    """A field of the form and a value that Nia's log can get."""
    options: ClassVar[dict[str, str]] = {}
    """What the CRM's connector is told beside the user settings."""
    clears: ClassVar[bool] = True
    """Whether a disposition can be taken away again."""

    @abstractmethod
    def body(self, crm: Any, log_id: str) -> str:
        """The log's text, as the CRM has it."""

    @abstractmethod
    def edit(self, crm: Any, log_id: str, text: str) -> None:
        """A person rewrites the log's text in the CRM."""

    @abstractmethod
    def owner(self, crm: Any, log_id: str) -> str:
        """The CRM id of the user whose log it is."""

    @abstractmethod
    def delete(self, crm: Any, log_id: str) -> None:
        """A person deletes the log in the CRM."""

    @abstractmethod
    def logs(self, crm: Any) -> int:
        """How many logs the CRM has."""

    @abstractmethod
    def expire(self, crm: Any) -> None:
        """The session ends; for keys, the key is withdrawn."""

    @abstractmethod
    def revoke(self, crm: Any) -> None:
        """The connection is over for good."""

    @abstractmethod
    def crowd(self, crm: Any) -> tuple[str, int]:
        """More people with one number than fit on a page; gives the number and how many."""


def call(session: str = "s-1", **said: Any) -> Call:
    """Rae calls Nia for 125 seconds."""
    known: dict[str, Any] = {
        "session_id": session,
        "direction": Direction.OUTBOUND,
        "start_time": NINE_THIRTY,
        "duration": 125,
        "result": "Call connected",
        "from_": RAE,
        "to": Party(name="Nia Holt", phone_number=NIA),
    }
    return Call(**(known | said))


def sms(number: str, text: str, *, at: datetime = NINE_THIRTY, inbound: bool = True) -> Message:
    """A message of one conversation between Nia and Rae."""
    return Message(
        id=number,
        conversation=Conversation(id="c-1"),
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        subject=text,
        creation_time=at,
        from_=Party(name="Nia Holt", phone_number=NIA) if inbound else RAE,
    )


class Case(Answers):
    """A signed-in workbench beside a fresh sandbox, and the few steps that most cases begin with."""

    @pytest.fixture
    async def workbench(self, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workbench]:
        """A workbench that is signed in to a fresh sandbox."""
        monkeypatch.setenv("APP_SERVER_SECRET_KEY", SECRET_KEY.get_secret_value())
        workbench = connect(self.crm, mode="sandbox", options=self.options)
        signed_in = await workbench.sign_in()
        assert signed_in.error is None
        yield workbench
        await workbench.close()

    @pytest.fixture
    def sandbox(self, workbench: Workbench) -> CrmSandbox:
        assert workbench.environment.sandbox is not None
        return workbench.environment.sandbox[self.crm]

    async def nia(self, workbench: Workbench) -> Contact:
        found = await workbench.find_contact(NIA)
        assert found.error is None
        return found.contacts[0]

    async def logged(self, workbench: Workbench, the_call: Call | None = None, **extras: Any) -> str:
        result = await workbench.log_call(the_call or call(), await self.nia(workbench), **extras)
        assert result.error is None
        assert result.log_id
        return result.log_id

    def sent(self, sandbox: CrmSandbox) -> int:
        return len(sandbox.requests)
