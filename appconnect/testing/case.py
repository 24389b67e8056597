"""What every case begins with: a signed-in workbench beside a fresh sandbox, and the steps that most take."""

from __future__ import annotations

import typing
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from appconnect.log_owner import make_assignment_token
from appconnect.models import Call, Contact, JsonObject, Result, ReturnMessage, User
from appconnect.testing import cast, samples, steps, workbench_internals
from appconnect.testing.answers import Answers, S, StoredLog
from appconnect.workbench import Workbench

SECRET_KEY = SecretStr("a key for assignment tokens, 32 bytes or more")


class Case(Answers[S]):
    """The base of all cases."""

    pytestmark = pytest.mark.asyncio

    @pytest_asyncio.fixture
    async def workbench(self, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workbench]:
        """A workbench that is signed in to a fresh sandbox."""
        monkeypatch.setenv("APP_SERVER_SECRET_KEY", SECRET_KEY.get_secret_value())
        workbench = await steps.signed_in(self.platform, mode="sandbox", record=False, options=self.options)
        yield workbench
        await workbench.close()

    @pytest.fixture
    def sandbox(self, workbench: Workbench) -> S:
        """The played CRM that the workbench speaks to."""
        return typing.cast(S, workbench_internals.sandbox_of(workbench))

    async def nia(self, workbench: Workbench) -> Contact:
        """Return Nia as the CRM knows her; without a search, a contact of her name."""
        return await steps.nia(workbench)

    async def logged(self, workbench: Workbench, call: Call | None = None, **details: Any) -> str:
        """Log a call of Rae to Nia; return the log's id."""
        return await steps.log(workbench, call or samples.call(), **details)

    async def messaged(
        self,
        workbench: Workbench,
        message_id: str,
        text: str,
        *,
        at: datetime = samples.NINE_THIRTY,
        inbound: bool = True,
        **details: Any,
    ) -> str:
        """Log an SMS from Nia to Rae, or back; return the log's id."""
        message = samples.sms(message_id, text, at=at, inbound=inbound)
        return await steps.log_sms(workbench, message, **details)

    def assigned_to_kit(self, workbench: Workbench) -> JsonObject:
        """Return a submission that asks for Kit, by token, as the owner of a log."""
        kit = User(id=f"{self.kit}-{self.platform}", name=cast.KIT.name)
        workbench_internals.remember_user(workbench, kit)
        token = make_assignment_token(kit.id, SECRET_KEY, workbench.now())
        return {"isAssignedToUser": True, "adminAssignedUserToken": token}

    def shown(self, result: Result) -> ReturnMessage:
        """Return what a person is shown of a result."""
        assert result.return_message is not None
        return result.return_message

    def sent(self, sandbox: S) -> int:
        """Return how many requests the sandbox has seen."""
        return len(sandbox.requests)

    def body(self, sandbox: S, log_id: str) -> str:
        """Return the log's text, as the CRM has it."""
        return self.stored(sandbox, log_id).body

    def owner(self, sandbox: S, log_id: str) -> str:
        """Return the CRM id of the user whose log it is."""
        return self.stored(sandbox, log_id).owner


__all__ = ["SECRET_KEY", "Case", "S", "StoredLog"]
