"""What every connector states that its operations cost is what they cost in the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest
from platforms import CRMS

from appconnect.connector import Connector
from appconnect.connectors import registry
from appconnect.models import Contact, Direction, LogDraft, LogKind
from appconnect.phone import parse
from appconnect.workbench import Workbench, connect

NIA, NEW = parse("+14155550142"), parse("+13035550199")
DRAFT = LogDraft(
    subject="Outbound Call to Nia Holt", body="Hi", start=datetime(2026, 1, 2, 9, 0, tzinfo=UTC), duration=60,
    direction=Direction.OUTBOUND, reference="s-1",
)  # fmt: skip
SMS = DRAFT.model_copy(update={"kind": LogKind.SMS, "reference": "c-1"})
STATED = [(name, each) for name in CRMS for each in registry.platform(name).connector.costs]


class Logs:
    """A contact, and two logs about it, in a sandbox where all that is remembered has been read."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector

    async def prepare(self) -> None:
        (self.contact,) = await self.connector.find_contact(NIA)
        self.call = await self.connector.create_call_log(self.contact, DRAFT)
        self.message = await self.connector.create_message_log(self.contact, SMS)
        fields = ((each, self.contact.additional_info[each]) for each in self.connector.disposition_fields)
        self.field, (before, after) = next(
            (field, offered[:2]) for field, offered in fields if len(offered) > 1
        )
        self.chosen = after.const
        await self.connector.upsert_call_disposition(self.call, {self.field: before.const})

    def operation(self, name: str) -> Callable[[], Awaitable[object]]:
        connector, other = self.connector, DRAFT.model_copy(update={"reference": "s-2"})
        contact: Contact = self.contact
        return {
            "get_oauth_info": connector.get_oauth_info,
            "get_user_info": connector.get_user_info,
            "unauthorize": connector.unauthorize,
            "find_contact": lambda: connector.find_contact(NIA),
            "find_contact_with_name": lambda: connector.find_contact_with_name("Nia Holt"),
            "create_contact": lambda: connector.create_contact(NEW, "Uma New"),
            "create_call_log": lambda: connector.create_call_log(contact, other),
            "update_call_log": lambda: connector.update_call_log(self.call, LogDraft(body="More")),
            "get_call_log": lambda: connector.get_call_log(self.call),
            "upsert_call_disposition": lambda: connector.upsert_call_disposition(
                self.call, {self.field: self.chosen}
            ),
            "create_message_log": lambda: connector.create_message_log(contact, other),
            "update_message_log": lambda: connector.update_message_log(self.message, LogDraft(body="More")),
            "get_message_log": lambda: connector.get_message_log(self.message),
            "get_user_list": connector.get_user_list,
        }[name]


@pytest.fixture
async def workbench(crm: str) -> AsyncIterator[Workbench]:
    made = connect(crm, mode="sandbox")
    signed_in = await made.sign_in()
    assert signed_in.error is None
    yield made
    await made.close()


def units_left(workbench: Workbench, after: int = 0) -> int:
    """What the CRM last said is left of the day; 0 where it says nothing of days."""
    told = [each.limits.daily_remaining for each in list(workbench.trace)[after:]]
    return min((each for each in told if each is not None), default=0)


@pytest.mark.parametrize(("crm", "operation"), STATED)
async def test_an_operation_costs_what_the_connector_states(
    workbench: Workbench, crm: str, operation: str
) -> None:
    assert workbench.environment.sandbox is not None
    sandbox = workbench.environment.sandbox[crm]
    logs = Logs(workbench.connector)
    await logs.prepare()
    if crm == "insightly":  # a match that is linked to one record of each kind, as the stated costs have it
        links = sandbox.database.records["Contact"][3101]["LINKS"]
        links[:] = [link for link in links if link["LINK_OBJECT_ID"] != 502]
    before, traced = units_left(workbench), len(workbench.trace)
    sandbox.requests.clear()
    result = await logs.operation(operation)()
    matches = len(result) if operation in ("find_contact", "find_contact_with_name") else 0
    cost = workbench.connector.current_costs[operation]
    assert (
        cost.requests + matches * cost.requests_per_match,
        cost.units + matches * cost.units_per_match,
    ) == (len(sandbox.requests), before - units_left(workbench, traced) if cost.units else 0)


@pytest.mark.parametrize("crm", CRMS)
def test_every_operation_that_sends_something_states_its_cost(crm: str) -> None:
    silent = {"get_auth_type", "get_log_format_type", "get_oauth_info", "unauthorize", "get_message_log"}
    operations = {
        "get_user_info", "find_contact", "find_contact_with_name", "create_contact", "create_call_log",
        "update_call_log", "get_call_log", "upsert_call_disposition", "create_message_log",
        "update_message_log", "get_user_list",
    }  # fmt: skip
    stated = set(registry.platform(crm).connector.costs)
    assert operations <= stated <= operations | silent
