"""A new contact is created once, whatever answer is lost and whoever creates it too; who is known is offered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from answers import NIA
from platforms import answers_of
from shared_store import Processes, elsewhere
from workbench_steps import CRMS, sandbox_of, signed_in, slow_sandbox

from appconnect.errors import AlreadyKnown, StoreError, Unconfirmed, Unreachable, may_be_written
from appconnect.models import ContactCreated, Json
from appconnect.sandbox.networks import CutOff
from appconnect.store import Store
from appconnect.workbench import Workbench

NUMBER, NAME = "+14155550123", "Dora Double"

pytestmark = pytest.mark.parametrize("crm", CRMS)


@pytest.fixture
async def processes(crm: str) -> AsyncIterator[Processes]:
    store = Store.in_memory()
    made = Processes(crm, slow_sandbox(crm), store)
    first = made.start()
    assert (await first.sign_in()).successful
    yield made
    store.close()


async def carriers(workbench: Workbench, number: str = NUMBER) -> list[str]:
    return [each.id for each in (await workbench.find_contact(number)).contacts]


def content_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("appconnect.sqlite3*"))


def the_id(result: ContactCreated) -> str:
    assert (None, True) == (result.error, result.contact_info is not None)
    return result.contact_info.id if result.contact_info else ""


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("whose", ["the same process", "another process"])
async def test_after_a_lost_answer_no_second_contact_is_made(
    processes: Processes, whose: str, done: bool
) -> None:
    await processes.start().create_contact("+14155550124", "Wanda Warm")  # so that nothing else is written
    network = CutOff(processes.sandbox.transport(), done=done)
    first = processes.start(transport=network)
    lost = await first.create_contact(NUMBER, NAME)
    assert isinstance(lost.error, Unreachable)
    assert (1 if done else 0) == len(await carriers(processes.start()))
    network.mend()
    workbench = first if whose == "the same process" else processes.start()
    again = await workbench.create_contact(NUMBER, NAME)
    assert [the_id(again)] == await carriers(workbench)


async def test_two_tasks_at_once_make_one_contact(processes: Processes) -> None:
    workbench = processes.start()
    results = await asyncio.gather(*(workbench.create_contact(NUMBER, NAME) for _ in range(3)))
    assert await carriers(workbench) == [*{the_id(each) for each in results}]
    assert {"Contact created": 1, "Contact was created before": 2} == Counter(
        each.message for each in results
    )


async def test_two_processes_at_once_make_one_contact(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch)
    results = await asyncio.gather(*(processes.start().create_contact(NUMBER, NAME) for _ in range(2)))
    assert await carriers(processes.start()) == [*{the_id(each) for each in results}]


@pytest.mark.parametrize("claims_are_seen", [True, False])
async def test_two_names_for_one_number_at_once_are_one_contact_and_an_offer(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, claims_are_seen: bool
) -> None:
    """Also where each looked for claims of others right before the other one made its own."""
    if not claims_are_seen:
        monkeypatch.setattr(Store, "links_like", lambda *_: [])
    workbench = processes.start()
    one, other = await asyncio.gather(*(workbench.create_contact(NUMBER, name) for name in (NAME, "Di Two")))
    made, offered = (one, other) if one.error is None else (other, one)
    assert [the_id(made)] == [each.id for each in offered.known_contacts] == await carriers(workbench)


async def test_who_carries_the_number_already_is_offered(processes: Processes) -> None:
    workbench = processes.start()
    known = await carriers(workbench, NIA)
    writes = sum(each.method != "GET" for each in sandbox_of(workbench).requests)
    offered = await workbench.create_contact(NIA, NAME)
    assert (AlreadyKnown, None) == (type(offered.error), offered.contact_info)
    assert known == [each.id for each in offered.known_contacts]
    assert f"Nia Holt ({known[0]}) carries this number already, so {NAME} was not created." == offered.message
    assert offered.return_message is not None and "even_if_known=True" in " ".join(
        offered.return_message.lines
    )
    assert writes == sum(each.method != "GET" for each in sandbox_of(workbench).requests)
    assert "knownContacts" not in offered.to_wire()

    made = await workbench.create_contact(NIA, NAME, even_if_known=True)
    assert sorted([*known, the_id(made)]) == sorted(await carriers(workbench, NIA))


async def test_a_namesake_with_the_same_number_is_not_taken_for_the_new_contact(processes: Processes) -> None:
    """Wanted anyway, its answer lost: only one who was not there before can be the new one."""
    known = await carriers(processes.start(), NIA)
    first = processes.start(transport=CutOff(processes.sandbox.transport(), done=False))
    await first.create_contact(NIA, "Nia Holt", even_if_known=True)
    made = await processes.start().create_contact(NIA, "Nia Holt", even_if_known=True)
    assert the_id(made) not in known
    assert len(known) + 1 == len(await carriers(processes.start(), NIA))


@pytest.mark.parametrize("named", ["answers {}", "answers []", "answers text", "answers a page", "timeout"])
async def test_a_namesake_is_not_taken_for_a_contact_whose_answer_proves_nothing(
    processes: Processes, named: str
) -> None:
    workbench = processes.start()
    old = the_id(await workbench.create_contact(NUMBER, NAME))
    processes.sandbox[processes.crm].faults.add("WRITE", named=named)
    lost = await workbench.create_contact(NUMBER, NAME, even_if_known=True)
    assert (True, None) == (may_be_written(lost.error), lost.contact_info)
    made = the_id(await workbench.create_contact(NUMBER, NAME, even_if_known=True))
    assert {old, made} == {*await carriers(workbench)}
    assert old != made


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("whose", ["made here", "made elsewhere", "of another number"])
async def test_an_answer_that_names_an_earlier_contact_is_no_proof(
    processes: Processes, whose: str, done: bool
) -> None:
    sandbox, seen = processes.sandbox[processes.crm], list[Json]()
    sandbox.faults.add("WRITE", change=lambda answer: seen.append(answer) or answer)
    old = the_id(await processes.start().create_contact(NUMBER, NAME))
    if whose == "made elsewhere":
        processes.store = Store.in_memory()
    workbench, number = processes.start(), "+14155550124" if whose == "of another number" else NUMBER
    assert (await workbench.sign_in()).successful
    if done:
        sandbox.faults.add("WRITE", change=lambda _: seen[0])
    else:
        sandbox.faults.add("WRITE", status=200, json=seen[0])
    made = await workbench.create_contact(number, NAME, even_if_known=True)
    assert done or (Unconfirmed, None) == (type(made.error), made.contact_info)
    if not done:
        made = await workbench.create_contact(number, NAME, even_if_known=True)
    assert {the_id(made)} == {*await carriers(workbench, number)} - {old}


async def test_a_store_that_fails_at_the_end_loses_and_doubles_no_contact(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("The store cannot be written (disk full).")

    workbench = processes.start()
    with monkeypatch.context() as broken:
        broken.setattr(processes.store, "complete", full)
        made = await workbench.create_contact(NUMBER, NAME)
    assert made.return_message is not None
    assert "The contact is written, but not remembered here" in " ".join(made.return_message.lines)
    assert the_id(made) == the_id(await workbench.create_contact(NUMBER, NAME))
    assert [the_id(made)] == await carriers(workbench)


async def test_a_contact_created_here_is_no_log(processes: Processes) -> None:
    """Ids of contacts and logs may be equal; a log that is looked for must not count as another one's."""
    made = the_id(await processes.start().create_contact(NUMBER, NAME))
    user = (workbench := processes.start()).environment.store.connection(processes.crm)
    assert user is not None
    assert [] == workbench.environment.store.links_of(processes.crm, user.user_id, made)


async def test_names_and_numbers_are_not_in_the_store_in_the_clear(crm: str, tmp_path: Path) -> None:
    store = Store.at(tmp_path)
    workbench = Processes(crm, slow_sandbox(crm), store).start()
    assert (await workbench.sign_in()).successful
    the_id(await workbench.create_contact(NUMBER, NAME))
    store.close()
    kept = content_of(tmp_path)
    assert [True, False, False, False] == [
        each in kept for each in (b"new contact", b"Dora", b"4155550123", b"5550123")
    ]


async def test_the_cost_of_a_contact_counts_the_search(crm: str) -> None:
    workbench = await signed_in(crm)
    await workbench.create_contact("+14155550124", "Wanda Warm")
    before = len(sandbox_of(workbench).requests)
    the_id(await workbench.create_contact(NUMBER, NAME))
    cost, alone = workbench.cost("create_contact"), workbench.connector.costs["create_contact"]
    assert cost is not None
    assert alone.requests < len(sandbox_of(workbench).requests) - before <= cost.requests


# -- what the search does not say --


@pytest.mark.parametrize("status", [400, 403, 422])
async def test_a_search_that_is_refused_in_part_makes_no_second_contact(
    crm: str, processes: Processes, status: int
) -> None:
    """Whichever of its requests it is, and long after the search must know the contact."""
    kind = answers_of(crm).contact_type
    made = the_id(await processes.start().create_contact(NUMBER, NAME, kind))
    sandbox = processes.sandbox[crm]
    for place in range(60):
        workbench = processes.start()
        await workbench.sleep(41)
        fault = sandbox.faults.add("READ", "*earch*", status=status, json={"message": "No"}, after=place)
        again = await workbench.create_contact(NUMBER, NAME, kind)
        if fault.left == 1:
            break
        assert again.contact_info is None or made == again.contact_info.id
    sandbox.faults.clear()
    assert place > 0
    assert [made] == await carriers(processes.start())
