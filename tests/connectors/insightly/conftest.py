"""Rae, signed in to the played Insightly through the real client."""

from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from appconnect.auth.sign_in import RenewalContext
from appconnect.connector import Account
from appconnect.connectors import registry
from appconnect.connectors.insightly import Insightly
from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.connectors.insightly.sign_in import InsightlySignIn
from appconnect.http import CrmClient, Trace
from appconnect.phone import parse
from appconnect.redaction import Redactor
from appconnect.sandbox import Sandbox, SandboxClock


class Memory:
    """A cache that never forgets."""

    def __init__(self):
        self.kept = {}

    def get(self, key):
        return self.kept.get(key)

    def put(self, key, value, seconds):
        self.kept[key] = value


@dataclass
class World:
    """The sandbox and the connector on it."""

    crm: InsightlySandbox
    insightly: Insightly

    @property
    def sent(self):
        """What was sent since sign-in: method, path."""
        return [(seen.method, seen.path.removeprefix("/v3.1")) for seen in self.crm.requests]

    def event(self, number):
        return self.crm.database.records["Event"][int(number)]

    def links(self, number):
        """What an event is linked to."""
        return [(link["LINK_OBJECT_NAME"], link["LINK_OBJECT_ID"]) for link in self.event(number)["LINKS"]]


@pytest.fixture
async def world():
    clock = SandboxClock()
    crm = InsightlySandbox(clock)
    client = CrmClient(
        Sandbox(clock, [crm]).transport(),
        rules=Insightly.rules,
        clock=clock,
        trace=Trace(Redactor()),
        jitter=lambda: 0.5,
    )
    typed = {"apiKey": SecretStr(RAE_KEY), "apiUrl": SecretStr("https://api.na1.insightly.com/v3.1")}
    steps = InsightlySignIn(RenewalContext(clock)).auth_flow(typed, None, None)
    answer = await client.send_unsigned(next(steps))
    try:
        steps.send(answer)
    except StopIteration as end:
        client.signer = end.value
    crm.requests.clear()
    clock.advance(1)
    yield World(crm, registry.platform("insightly").connector(client, Account(), Memory()))
    await client.aclose()


def refuse_to_be_read(crm):
    """Let the next reading of all contacts and leads fail, so that every spelling is searched for."""
    for records in ("Contacts", "Leads"):
        crm.faults.add("GET", f"*/{records}/Search", status=400, json={"Message": "no"})


@pytest.fixture
async def searched_for(world):
    """Every spelling is searched for: the account cannot be read by date."""
    refuse_to_be_read(world.crm)
    await world.insightly.find_contact(parse("+12025550100"))
    world.crm.requests.clear()
    world.insightly.crm.clock.advance(2)
