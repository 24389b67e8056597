"""Follow-up writes behind the workbench: told in the result, kept in the store, done by another process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from answers import NIA, call

from appconnect.auth.vault import Vault
from appconnect.connectors import registry
from appconnect.models import Contact, JsonObject, Message, UserSettings
from appconnect.sandbox import Sandbox
from appconnect.store import Store, StoreOutbox
from appconnect.workbench import Workbench
from appconnect.workbench.environment import environment
from appconnect.workbench.lazy_store import LazyStore
from appconnect.workbench.sandboxes import make_sandbox


@dataclass(frozen=True)
class Case:
    """A follow-up write that can be made to fail, and whether it is done in the sandbox."""

    crm: str
    method: str
    path: str
    missing: str
    is_done: Callable[[Any, int], bool]
    settings: UserSettings | None = None


def is_linked(crm: Any, log_id: int) -> bool:
    return [("Contact", 3101)] == [
        (each["LINK_OBJECT_NAME"], each["LINK_OBJECT_ID"])
        for each in crm.database.records["Event"][log_id]["LINKS"]
    ]


def is_completed(crm: Any, log_id: int) -> bool:
    return bool(crm.database.activities[log_id]["completed"])


def is_in_organization(crm: Any, log_id: int) -> bool:
    return bool(crm.database.activities[log_id]["org_id"] == 61)


def is_copied(crm: Any, log_id: int) -> bool:
    return "[note " in crm.database.records["Candidate"][105]["comments"]


COPY: JsonObject = {"bullhornOutboundCallCopyToContactComments": {"value": True}}
CASES = {
    case.crm: case
    for case in (
        Case("insightly", "POST", "*/Links", "The log is not linked to Contact 3101", is_linked),
        Case(
            "pipedrive", "GET", "*/persons/*",
            "The log is not linked to the organization of Nia Holt", is_in_organization,
        ),
        Case("redtail", "PUT", "*/activities/*", "The activity is not completed in Redtail", is_completed),
        Case(
            "bullhorn", "POST", "*/entity/Candidate/105",
            "The copy in the contact's comments is not written", is_copied, COPY,
        ),
    )
}  # fmt: skip


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store.in_memory()
    yield made
    made.close()


@dataclass(frozen=True)
class Processes:
    """Workbenches that share what is stored, and nothing else."""

    case: Case
    sandbox: Sandbox
    store: Store
    vault: Vault

    def start(self, **changes: Any) -> Workbench:
        platform = registry.platform(self.case.crm)
        surroundings = environment(
            platform, "sandbox", scenario="walkthrough", record=None, sandbox=self.sandbox
        )
        surroundings = replace(
            surroundings, lazy_store=LazyStore(lambda: self.store), vault=self.vault, **changes
        )
        return Workbench(platform, surroundings, settings=self.case.settings or {}, options={})

    def is_done(self, log_id: str | None) -> bool:
        return self.case.is_done(self.sandbox[self.case.crm], int(log_id or 0))

    def break_it(self) -> None:
        case = self.case
        self.sandbox[case.crm].faults.add(case.method, case.path, status=403, json={}, times=None)


@pytest.fixture
def processes(crm: str, store: Store) -> Processes:
    return Processes(CASES[crm], make_sandbox(CASES[crm].crm), store, Vault.in_memory())


every_case = pytest.mark.parametrize("crm", CASES)


def told(result: Any) -> list[str]:
    return [item.text for detail in result.return_message.details or [] for item in detail.items]


async def logged(processes: Processes, *, named: str = "") -> tuple[Workbench, str]:
    """A call whose follow-up write failed, and the workbench that logged it.

    ``named`` is a fault that befalls the log itself.
    """
    workbench = processes.start()
    assert (await workbench.sign_in()).successful
    (found,) = (await workbench.find_contact(NIA)).contacts
    nia = Contact(id=found.id, name=found.name, type=found.type)  # all that an app may have kept
    if named:
        processes.sandbox[processes.case.crm].faults.add("WRITE", named=named)
    processes.break_it()
    result = await workbench.log_call(call(), nia, note="Hi")
    assert result.successful
    assert [f"{processes.case.missing} yet; the log's next update tries again."] == told(result)
    assert not processes.is_done(result.log_id)
    return workbench, str(result.log_id)


@every_case
async def test_a_follow_up_that_failed_is_done_by_an_update_in_another_process(processes: Processes) -> None:
    _, log_id = await logged(processes)
    processes.sandbox[processes.case.crm].faults.clear()
    result = await processes.start().update_call_log(log_id, note="Sent a quote")
    completed = f"Completed now what was left open: {processes.case.missing}."
    assert (None, [completed]) == (result.error, told(result))
    assert processes.is_done(log_id)


@every_case
@pytest.mark.parametrize("named", ["answer lost", "done, answers {}"])
async def test_a_follow_up_is_not_forgotten_where_the_log_itself_is_found_after_a_lost_answer(
    processes: Processes, named: str
) -> None:
    _, log_id = await logged(processes, named=named)
    processes.sandbox[processes.case.crm].faults.clear()
    assert [] == await processes.start().run_outbox()
    assert processes.is_done(log_id)


@every_case
async def test_a_follow_up_that_failed_is_done_when_the_outbox_is_run(processes: Processes) -> None:
    _, log_id = await logged(processes)
    other = processes.start()
    assert (await other.list_users()).successful
    assert [processes.case.missing] == [each.missing for each in await other.run_outbox()]
    processes.sandbox[processes.case.crm].faults.clear()
    assert [] == await other.run_outbox()
    assert processes.is_done(log_id)


@every_case
async def test_a_week_later_it_is_not_forgotten(processes: Processes) -> None:
    workbench, log_id = await logged(processes)
    processes.sandbox[processes.case.crm].faults.clear()
    workbench.environment.clock.advance(8 * 24 * 3600)
    assert [] == await workbench.connector.catch_up()
    assert processes.is_done(log_id)


@pytest.mark.parametrize("crm", ["redtail"])
async def test_of_two_writes_that_are_left_open_each_is_done(processes: Processes) -> None:
    """The activity is to be completed, and the agent's note to be added to the notes tab."""
    processes = replace(
        processes, case=replace(processes.case, settings={"redtailAgentNotes": {"value": True}})
    )
    faults = processes.sandbox["redtail"].faults
    workbench = processes.start()
    assert (await workbench.sign_in()).successful
    (nia,) = (await workbench.find_contact(NIA)).contacts
    processes.break_it()
    faults.add("POST", "*/activities/*/notes", status=403, json={}, times=None)
    log_id = (await workbench.log_call(call(), nia, note="Hi")).log_id
    note = "The agent's note is not in Redtail's notes tab"
    other = processes.start()
    left_open = await other.run_outbox()
    assert {note, processes.case.missing} == {each.missing for each in left_open}
    assert {"agent note", "completion"} == {each.kind for each in left_open}
    faults.clear()
    assert [] == await other.run_outbox()
    crm: Any = processes.sandbox["redtail"]
    assert processes.is_done(log_id)
    assert ["Hi"] == [each["body"] for each in crm.database.notes.values()]


# -- what may be done already, or later --


class LostAnswer(httpx.AsyncBaseTransport):
    """Does the first request of its kind so many seconds late, and answers it with nothing or never."""

    def __init__(
        self,
        processes: Processes,
        path: str,
        *,
        about: str = "",
        seconds: float = 0.0,
        never: bool = False,
    ) -> None:
        self._inner, self._clock = processes.sandbox.transport(), processes.sandbox.clock
        self._path, self._about = path, about.encode()
        self._never, self._seconds = never, timedelta(seconds=seconds)
        self._held: tuple[datetime, httpx.Request] | None = None
        self.sent = 0
        self.is_sent = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_its_kind = request.method == "POST" and request.url.path.endswith(self._path)
        if is_its_kind and self._about in request.content:
            self.sent += 1
            if self.sent == 1:
                self._held = self._clock.now(), request
                await self.arrive()
                self.is_sent.set()
                if self._never:
                    await asyncio.Event().wait()
                raise httpx.ReadTimeout("no answer", request=request)
        await self.arrive()
        return await self._inner.handle_async_request(request)

    async def arrive(self) -> None:
        """Do what was held back, if it is time."""
        if self._held and self._clock.now() - self._held[0] >= self._seconds:
            (_, late), self._held = self._held, None
            await self._inner.handle_async_request(late)


async def signed_in(processes: Processes, network: httpx.AsyncBaseTransport) -> tuple[Workbench, Contact]:
    workbench = processes.start(transport=network)
    assert (await workbench.sign_in()).successful
    (nia,) = (await workbench.find_contact(NIA)).contacts
    return workbench, nia


async def same_again(workbench: Workbench, contact: Contact) -> None:
    for _ in range(2):
        result = await workbench.log_call(call(), contact, additional_submission={"organisation": "77"})
        assert result.successful


async def disposition(workbench: Workbench, contact: Contact) -> None:
    log_id = workbench.logged_call(call().session_id)
    assert (await workbench.set_disposition(str(log_id), {"organisation": "77"})).successful


async def outbox_alone(workbench: Workbench, contact: Contact) -> None:
    assert 1 == len(await workbench.run_outbox())
    workbench.environment.clock.advance(61)
    assert [] == await workbench.run_outbox()


@pytest.mark.parametrize("crm", ["insightly"])
@pytest.mark.parametrize("then", [same_again, disposition, outbox_alone])
async def test_a_link_that_arrives_late_is_there_once(processes: Processes, then: Callable[..., Any]) -> None:
    network = LostAnswer(processes, "/Links", seconds=30)
    workbench, nia = await signed_in(processes, network)
    about = {"organisation": "77"}
    logged = await workbench.log_call(call(), nia, additional_submission=about)
    still = "yet; what was sent may still arrive, so update the log again in a minute."
    assert (None, 1) == (logged.error, len(told(logged)))
    assert told(logged)[0].endswith(still)
    await then(workbench, nia)
    workbench.environment.clock.advance(61)
    await network.arrive()
    crm: Any = processes.sandbox["insightly"]
    links = crm.database.records["Event"][int(logged.log_id or 0)]["LINKS"]
    assert [("Contact", 3101), ("Organisation", 77)] == sorted(
        (each["LINK_OBJECT_NAME"], each["LINK_OBJECT_ID"]) for each in links
    )


@pytest.mark.parametrize("crm", ["insightly"])
@pytest.mark.parametrize("type_", ["SMS", "VoiceMail"])
async def test_a_message_that_is_logged_again_gets_the_link_that_it_lacks(
    processes: Processes, type_: str
) -> None:
    workbench, nia = await signed_in(processes, LostAnswer(processes, "/Links", seconds=999))
    message = Message.model_validate(
        {
            "id": "m-1",
            "type": type_,
            "creationTime": "2026-01-02T09:12:00Z",
            "subject": "Hi",
            "direction": "Inbound",
        }
    )
    first = await workbench.log_message(message, nia)
    assert ["The log is not linked to Contact 3101 yet"] == [each.partition(";")[0] for each in told(first)]
    workbench.environment.clock.advance(66)
    again = await workbench.log_message(message, nia)
    assert again.log_id == first.log_id
    crm: Any = processes.sandbox["insightly"]
    links = crm.database.records["Event"][int(first.log_id or 0)]["LINKS"]
    assert ["Contact"] == [each["LINK_OBJECT_NAME"] for each in links]


@pytest.mark.parametrize("crm", ["insightly"])
async def test_a_link_that_arrives_late_is_taken_away_by_whoever_wants_none_meanwhile(
    processes: Processes,
) -> None:
    network = LostAnswer(processes, "/Links", about="Organisation", seconds=30)
    workbench, nia = await signed_in(processes, network)
    logged = await workbench.log_call(call(), nia, additional_submission={"organisation": "77"})
    cleared = await workbench.set_disposition(str(logged.log_id), {"organisation": ""})
    assert cleared.successful, cleared.error
    workbench.environment.clock.advance(61)
    await network.arrive()
    crm: Any = processes.sandbox["insightly"]
    links = crm.database.records["Event"][int(logged.log_id or 0)]["LINKS"]
    assert ["Contact"] == [each["LINK_OBJECT_NAME"] for each in links]


@pytest.mark.parametrize("crm", ["redtail"])
@pytest.mark.parametrize("end", ["cancelled", "killed", "not answered"])
async def test_a_note_that_may_be_in_the_notes_tab_is_not_added_again(
    processes: Processes, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_notes: UserSettings = {"redtailAgentNotes": {"value": True}}
    processes = replace(processes, case=replace(processes.case, settings=with_notes))
    network = LostAnswer(processes, "/notes", never=end != "not answered")
    workbench, nia = await signed_in(processes, network)
    at_work = asyncio.create_task(workbench.log_call(call(), nia, note="Hi"))
    await network.is_sent.wait()
    if end == "killed":
        monkeypatch.setattr(StoreOutbox, "fail", lambda *_: None)
    if end != "not answered":
        at_work.cancel()
    await asyncio.gather(at_work, return_exceptions=True)
    monkeypatch.undo()
    workbench.environment.clock.advance(61)
    results = [at_work] if end == "not answered" else []
    lines = told(results[0].result()) if results else []
    for _ in range(2):
        lines += told(await processes.start().log_call(call(), nia, note="Hi"))
    crm: Any = processes.sandbox["redtail"]
    assert ["Hi"] == [each["body"] for each in crm.database.notes.values()]
    missing = "The agent's note may be missing in Redtail's notes tab: its answer was lost. Look there."
    assert [missing] == [each for each in lines if "note" in each]
