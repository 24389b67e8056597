"""Cases: a contact is created once, whatever answer is lost and whoever creates it too."""

from __future__ import annotations

import asyncio

from appconnect.errors import Unreachable
from appconnect.models import ContactCreated
from appconnect.sandbox.networks import CutOff, Slow
from appconnect.testing import workbench_internals
from appconnect.testing.case import Case, S
from appconnect.testing.operations import covers
from appconnect.workbench import Workbench

NUMBER, NAME = "+14155550124", "Dora Double"


class CreationCases(Case[S]):
    """New contacts, none of them twice. The connector's own search must find what it creates."""

    @covers("createContact", "findContact")
    async def test_a_contact_whose_answer_was_lost_is_not_created_twice(self, workbench: Workbench) -> None:
        await workbench.create_contact("+14155550125", "Wanda Warm", self.contact_type)  # asks what it must
        network = CutOff(workbench.environment.transport, done=True)
        first = workbench_internals.another_process(workbench, transport=network)
        lost = await first.create_contact(NUMBER, NAME, self.contact_type)
        assert isinstance(lost.error, Unreachable)
        again = workbench_internals.another_process(workbench)
        await self.check_is_one(again, await again.create_contact(NUMBER, NAME, self.contact_type))

    @covers("createContact", "findContact")
    async def test_a_contact_that_two_tasks_create_at_once_is_one_contact(self, workbench: Workbench) -> None:
        slow = Slow(workbench.environment.transport)
        one = workbench_internals.another_process(workbench, transport=slow)
        tasks = (one.create_contact(NUMBER, NAME, self.contact_type) for _ in range(2))
        await self.check_is_one(one, *await asyncio.gather(*tasks))

    async def check_is_one(self, workbench: Workbench, *created: ContactCreated) -> None:
        """They are the one contact that the search finds."""
        assert {None} == {each.error for each in created}
        workbench_internals.advance(workbench, 60)  # a search index may lag
        found = (await workbench.find_contact(NUMBER)).contacts
        assert [each.id for each in found] == [
            *{each.contact_info.id for each in created if each.contact_info}
        ]
