"""Cases: the contract states all that its level needs, and what is unsupported says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from appconnect.errors import NotSupported
from appconnect.models import Result
from appconnect.testing import workbench_internals
from appconnect.testing.case import Case, S
from appconnect.testing.cast import NIA, NOBODY
from appconnect.testing.samples import SUMMER_NIGHT, call, sms, some_contact
from appconnect.workbench import Workbench

Ask = Callable[[Workbench], Awaitable[Result]]
ASK: Mapping[str, Ask] = {
    "find_contact": lambda workbench: workbench.find_contact(NIA.number),
    "find_contact_with_name": lambda workbench: workbench.find_contact_with_name(NIA.name),
    "create_contact": lambda workbench: workbench.create_contact(NOBODY, "Ann Lee"),
    "create_call_log": lambda workbench: workbench.log_call(call(), some_contact()),
    "update_call_log": lambda workbench: workbench.update_call_log("1", note="Later"),
    "get_call_log": lambda workbench: workbench.get_call_log("1"),
    "upsert_call_disposition": lambda workbench: workbench.set_disposition("1", {}),
    "create_message_log": lambda workbench: workbench.log_message(sms("1", "Hello"), some_contact()),
    "get_user_list": lambda workbench: workbench.list_users(),
    "unauthorize": lambda workbench: workbench.sign_out(),
}
"""How a person comes to each operation that a CRM may lack."""


class StatedCases(Case[S]):
    """What must be right before the other cases mean anything."""

    async def test_the_contract_states_all_that_its_level_needs(self) -> None:
        """Each of them is described in `appconnect.testing.answers.Answers`."""
        assert [] == list(self.missing())

    async def test_the_time_zone_of_the_sandbox_is_not_utc_in_summer(self) -> None:
        """Or a log in the wrong zone could not be told from one in the right zone."""
        assert SUMMER_NIGHT.utcoffset() != SUMMER_NIGHT.astimezone(self.zone).utcoffset()

    async def test_what_is_unsupported_says_why_and_sends_nothing(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        for name, reason in workbench_internals.connector_of(workbench).unsupported.items():
            if name not in ASK:
                continue
            before = self.sent(sandbox)
            result = await ASK[name](workbench)
            assert isinstance(result.error, NotSupported)
            assert (reason, before) == (result.error.message, self.sent(sandbox))
