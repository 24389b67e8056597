"""Cases: what the CRM refuses. Its own words reach the person, and what it gives is not lost."""

from __future__ import annotations

import pytest

from appconnect.errors import Rejected
from appconnect.models import Result
from appconnect.testing.case import Case, S
from appconnect.testing.cast import NIA, SHARED
from appconnect.testing.operations import covers
from appconnect.testing.samples import call
from appconnect.workbench import Workbench

WORDS = "Tidying up until noon"
"""What the CRM says."""


class RefusalCases(Case[S]):
    """Refusals, told in the words of the CRM."""

    def refuse(self, sandbox: S, method: str, path: str) -> None:
        """Let the CRM refuse these requests, and say why."""
        sandbox.faults.add(method, path, status=400, json=self.refusal_body(WORDS), times=None)

    def check_is_told(self, result: Result) -> None:
        """The refusal is the error, and its words are shown."""
        assert isinstance(result.error, Rejected)
        assert WORDS in " ".join([result.message, *self.shown(result).lines])

    @covers("findContact")
    async def test_a_refused_search_is_told_in_the_crms_own_words(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        self.refuse(sandbox, "*", "*")
        self.check_is_told(await workbench.find_contact(NIA.number))

    @covers("findContactWithName")
    async def test_a_refused_search_by_name_is_told_in_the_crms_own_words(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        self.refuse(sandbox, "*", "*")
        self.check_is_told(await workbench.find_contact_with_name(NIA.name))

    @covers("createContact")
    async def test_a_refused_contact_is_told_in_the_crms_own_words(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        for method in ("POST", "PUT"):
            self.refuse(sandbox, method, "*")
        self.check_is_told(await workbench.create_contact("+14155550123", "Ann Lee", self.contact_type))

    @covers("createCallLog")
    async def test_a_refused_log_is_told_in_the_crms_own_words(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        nia = await self.nia(workbench)
        self.refuse(sandbox, self.write_method, self.write_path)
        self.check_is_told(await workbench.log_call(call(), nia))

    @covers("findContact")
    @pytest.mark.answer("search_paths")
    async def test_where_one_search_is_refused_the_others_find_what_they_find(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        """Of the contract's ``search_paths`` one after the other; nobody is lost by two of them."""
        everybody = {each.id for each in (await workbench.find_contact(SHARED)).contacts}
        lost: list[str] = []
        for path in self.search_paths:
            sandbox.faults.clear()
            self.refuse(sandbox, "*", path)
            result = await workbench.find_contact(SHARED)
            assert None is result.error
            assert WORDS in " ".join(self.shown(result).lines)
            lost += everybody - {each.id for each in result.contacts}
        assert (True, len(set(lost))) == (bool(everybody), len(lost))
