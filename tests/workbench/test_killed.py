"""A process that is killed at any point loses and doubles nothing: a call, an SMS, a contact, each exactly once.

A usual run kills one kind of work of each CRM at one point; ``make kills`` kills all at every point.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count, cycle
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from other_process import Place, Starter, open_to_processes, workbench_of
from platforms import CRMS, OAUTH, answers_of
from pydantic import SecretStr
from workbench_steps import nia

from appconnect.sandbox.base import CrmSandbox
from appconnect.sandbox.clock import RealClock
from appconnect.store import Store
from appconnect.workbench import Workbench
from appconnect.workbench.sandboxes import make_sandbox

EVERYWHERE = "APPCONNECT_KILLS" in os.environ
only_in_full = pytest.mark.skipif(
    not EVERYWHERE, reason="kills real processes for many minutes: make kills runs it"
)
DEAD = 66.0
"""After so many seconds a process that was killed is taken for dead, and nothing of it is still arriving."""


@pytest.fixture(scope="module")
def starters() -> Iterator[list[Starter]]:
    """Two, for two processes at once."""
    both = [Starter(), Starter()]
    yield both
    for each in both:
        each.end()


@dataclass
class World:
    """A CRM, a store with somebody signed in, and what starts processes on both."""

    crm: CrmSandbox
    workbench: Workbench
    place: Place
    starters: list[Starter]

    async def killed(self, *steps: list[str], at: tuple[str, str, int]) -> bool:
        """Whether a process that was to do these steps was killed at this point."""
        return not await self.starters[0].run(self.place, *steps, kill=at)

    async def at_once(self, *steps: list[str]) -> list[str]:
        """The ids of what two processes made, later and at once; the second one does only the last step."""
        works = ((self.starters[0], steps), (self.starters[1], steps[-1:]))
        told = await asyncio.gather(
            *(starter.run(self.place, *its_steps, ahead=DEAD) for starter, its_steps in works)
        )
        done = [each for process in told for each in process["told"] if each[0] != "BeingLogged"]
        assert {""} == {error for error, _, _ in done}, done
        return [made for _, _, made in done]


@asynccontextmanager
async def world(crm: str, home: Path, starters: list[Starter], url: str = "") -> AsyncIterator[World]:
    sandbox = make_sandbox(crm, clock=RealClock())
    async with open_to_processes(sandbox) as port:
        place = Place(crm, str(home), url, port)
        store = Store.at(home, SecretStr(url))
        workbench = workbench_of(
            place, store, transport=sandbox.transport(), sandbox=sandbox, clock=sandbox.clock
        )
        assert (await workbench.sign_in()).successful
        contact = (await nia(workbench)).model_dump(include={"id", "name", "type"})
        yield World(sandbox[crm], workbench, replace(place, contact=contact), starters)
        store.close()


ALWAYS_REACHED = 2
"""Every kind of work sends so many requests to every CRM at least."""
SAMPLE = dict(zip(CRMS, cycle(random.Random(7).sample(["sms", "call", "contact"], 3)), strict=False))


def points() -> Iterable[int]:
    """The steps at which a process is killed, one after the other."""
    return count(1) if EVERYWHERE else [ALWAYS_REACHED]


def killed(work: str) -> list[ParameterSet]:
    """Where a process is killed that does this work: after each request of each CRM, and in transactions."""
    in_sample = {crm: () if work == SAMPLE[crm] else only_in_full for crm in CRMS}
    return [
        *(pytest.param(crm, "request", "after", marks=marks) for crm, marks in in_sample.items()),
        pytest.param(OAUTH, "transaction", "before", marks=only_in_full),
    ]


SENT = [pytest.param(crm, "request", "before", marks=only_in_full) for crm in CRMS]


@pytest.mark.parametrize(("crm", "kind", "when"), [*SENT, *killed("sms")])
async def test_an_sms_stands_there_once_wherever_its_process_is_killed(
    crm: str, kind: str, when: str, tmp_path: Path, starters: list[Starter]
) -> None:
    await sms_stands_there_once(crm, kind, when, tmp_path, starters)


async def sms_stands_there_once(
    crm: str, kind: str, when: str, home: Path, starters: list[Starter], url: str = ""
) -> None:
    """While two others log it again, and one of them another SMS of the conversation before it."""
    async with world(crm, home, starters, url) as here:
        texts: list[str] = []
        for number in points():
            text, other = f"Text {number}.", f"Other {number}."
            message = ["log_message", f"m{number}", text]
            is_killed = await here.killed(message, at=(kind, when, number))
            [log_id] = set(await here.at_once(["log_message", f"o{number}", other], message))
            body = answers_of(crm).stored(here.crm, log_id).body
            assert [1, 1] == [body.count(each) for each in (text, other)]
            texts += [text, other]
            if not is_killed:
                break
        assert {1} == {body.count(each) for each in texts}
        assert (True, 1) == (is_killed or len(texts) > 2, answers_of(crm).count(here.crm))


@only_in_full
async def test_an_sms_stands_there_once_also_by_a_store_in_postgresql(
    postgresql: SecretStr, tmp_path: Path, starters: list[Starter]
) -> None:
    url = postgresql.get_secret_value()
    await sms_stands_there_once(OAUTH, "transaction", "before", tmp_path, starters, url)


@pytest.mark.parametrize(("crm", "kind", "when"), killed("call"))
async def test_a_call_is_one_log_wherever_its_process_is_killed(
    crm: str, kind: str, when: str, tmp_path: Path, starters: list[Starter]
) -> None:
    async with world(crm, tmp_path, starters) as here:
        for made, number in enumerate(points(), start=1):
            its_call = ["log_call", f"s-{number}", f"Note {number}."]
            is_killed = await here.killed(its_call, at=(kind, when, number))
            [log_id] = set(await here.at_once(its_call))
            assert made == answers_of(crm).count(here.crm)
            assert f"Note {number}." in answers_of(crm).stored(here.crm, log_id).body
            if not is_killed:
                break
        assert is_killed or made > 1


@pytest.mark.parametrize(("crm", "kind", "when"), killed("contact"))
async def test_a_contact_is_one_contact_wherever_its_process_is_killed(
    crm: str, kind: str, when: str, tmp_path: Path, starters: list[Starter]
) -> None:
    async with world(crm, tmp_path, starters) as here:
        for number in points():
            phone = f"+1415555{1000 + number}"
            contact = ["create_contact", phone, f"Dora Double{number}"]
            is_killed = await here.killed(contact, at=(kind, when, number))
            made = set(await here.at_once(contact))
            found = (await here.workbench.find_contact(phone)).contacts
            assert made == {each.id for each in found}
            assert 1 == len(found)
            if not is_killed:
                break
        assert is_killed or number > 1
