"""Cases: an answer that proves nothing is no success, and what it left undone can be done later."""

from __future__ import annotations

import pytest

from appconnect.testing import samples, steps
from appconnect.testing.case import Case, S
from appconnect.testing.cast import NOBODY
from appconnect.testing.operations import covers
from appconnect.testing.samples import call
from appconnect.workbench import Workbench

every_answer = pytest.mark.parametrize(
    "answer", ["OK", "", "[]", "{}", '{"success": false}', '{"error": {}}']
)


class ProofCases(Case[S]):
    """Writes that are answered with 200, and without what the vendor documents."""

    @covers("createCallLog")
    @every_answer
    async def test_a_log_is_written_only_when_the_answer_says_so(
        self, workbench: Workbench, sandbox: S, answer: str
    ) -> None:
        nia = await self.nia(workbench)
        self.answer_writes(sandbox, answer)
        assert not (await workbench.log_call(call(), nia)).successful
        sandbox.faults.clear()
        again = await workbench.log_call(call(), nia)
        assert (None, 1) == (again.error, self.count(sandbox))

    @covers("updateCallLog", "createCallLog", "getCallLog")
    @every_answer
    async def test_a_log_is_updated_only_when_the_answer_says_so(
        self, workbench: Workbench, sandbox: S, answer: str
    ) -> None:
        log_id = await self.logged(workbench, note="First")
        self.answer_writes(sandbox, answer)
        assert not (await workbench.update_call_log(log_id, note="Second")).successful
        sandbox.faults.clear()
        assert (await workbench.update_call_log(log_id, note="Second")).successful
        assert "Second" in self.body(sandbox, log_id)

    @covers("upsertCallDisposition", "createCallLog")
    @every_answer
    async def test_a_disposition_is_set_only_when_the_answer_says_so(
        self, workbench: Workbench, sandbox: S, answer: str
    ) -> None:
        chosen = steps.disposition(workbench, await self.nia(workbench))
        log_id = await self.logged(workbench)
        self.answer_writes(sandbox, answer)
        result = await workbench.set_disposition(log_id, chosen)
        assert (not chosen) == result.successful

    @covers("updateMessageLog", "createMessageLog", "getCallLog")
    @every_answer
    async def test_a_message_is_added_only_when_the_answer_says_so(
        self, workbench: Workbench, sandbox: S, answer: str
    ) -> None:
        nia, log_id = await self.nia(workbench), await self.messaged(workbench, "1", "First")
        self.answer_writes(sandbox, answer)
        assert not (await workbench.log_message(samples.sms("2", "Second"), nia)).successful
        sandbox.faults.clear()
        assert log_id == await self.messaged(workbench, "2", "Second")
        assert 1 == self.body(sandbox, log_id).count("Second")

    @covers("createContact", "findContact")
    @every_answer
    async def test_a_contact_is_created_only_when_the_answer_says_so(
        self, workbench: Workbench, sandbox: S, answer: str
    ) -> None:
        self.answer_writes(sandbox, answer)
        assert not (await workbench.create_contact(NOBODY, "Ivy Marsh")).successful

    def answer_writes(self, sandbox: S, answer: str) -> None:
        """Let every write be answered with this and status 200, and not be done."""
        for method in ("POST", "PUT", "PATCH"):
            headers = {"content-type": "application/json"}
            sandbox.faults.add(method, "*", status=200, text=answer, headers=headers, times=None)
