"""Nothing is called done without proof, and nothing that is missing goes unsaid: every request, every platform.

Each operation is run once undisturbed. Then each of its requests is answered with what proves nothing, in place
of being handled or after it, and each of its reads is refused. A success without a warning must then have
brought the very same result and left the CRM in the very same state. A run takes a sample; ``CELLS=1000`` in the environment takes all.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
from platforms import CRMS
from workbench_steps import nia, options_of, sandbox_of, signed_in

from appconnect.connector import NoCache
from appconnect.models import Contact, JsonObject, Result
from appconnect.sandbox.server import Sandbox
from appconnect.testing import cast, samples, steps
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import make_sandbox

NEW: Final = "+12125550199"
JSON: Final = {"content-type": "application/json"}
SETTINGS: Final[JsonObject] = {
    "bullhornOutboundCallCopyToContactComments": {"value": True},
    "redtailAgentNotes": {"value": True},
}
"""What makes a log of several writes."""
CHANGING: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?|\b1[0-9]{12}\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
"""Moments and keys: no two worlds have the same."""

# -- what is answered in place of what the vendor documents --

Spoiled = Callable[[httpx.Response], httpx.Response | None]
"""Returns the answer that takes the place of the proper one; None where it would be a proper one too."""


def _text(text: str, kind: str = "application/json", status: int = 200) -> Spoiled:
    return lambda real: httpx.Response(status, text=text, headers={"content-type": kind})


def _empty_list(real: httpx.Response) -> httpx.Response | None:
    return None if real.text.startswith("[") else httpx.Response(200, text="[]", headers=JSON)


def _half(real: httpx.Response) -> httpx.Response | None:
    half = real.text[: len(real.text) // 2]
    return httpx.Response(200, text=half, headers=JSON) if half else None


def _of_another_record(real: httpx.Response) -> httpx.Response | None:
    request = real.request
    names_it = re.search(r"/\d+$", request.url.path) or (
        request.method == "PUT" and b"_ID" in request.content
    )
    if not names_it or not real.text.startswith("{"):
        return None  # whoever asks for no certain record cannot know it
    return httpx.Response(200, json=_renumbered(real.json()), headers=JSON)


def _renumbered(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: each + 1000
            if isinstance(each, int) and re.fullmatch(r"id|changedEntityId|[A-Z]+_ID", key)
            else _renumbered(each)
            for key, each in value.items()
        }
    return [_renumbered(each) for each in value] if isinstance(value, list) else value


WRONG: Final[Mapping[str, Spoiled]] = {
    "text": _text("OK", "text/plain"),
    "nothing": _text(""),
    "[]": _empty_list,
    "{}": _text("{}"),
    "no success": _text('{"success": false}'),
    "an error object": _text('{"error": {"message": "upstream failed"}}'),
    "a page": _text("<html><body>Please wait</body></html>", "text/html"),
    "half an answer": _half,
    "another record": _of_another_record,
}
REFUSED: Final[Mapping[str, Spoiled]] = {
    str(status): _text("{}", status=status) for status in (403, 404, 500)
}


class Spoiler(httpx.AsyncBaseTransport):
    """Answers requests of one method and path, from the moment it is armed, with something else."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.target: tuple[str, str] | None = None
        self.spoiled: Spoiled = _text("")
        self.like, self.is_handled = "", False
        self.missed, self.met = False, False
        self.proper: dict[tuple[str, str], str] = {}
        """What each request was answered with, while nothing was spoiled."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        key = request.method, request.url.path
        if self.target is not None:
            return await (self._answer_instead(request) if key == self.target else self._handle(request))
        answer = await self._handle(request)
        self.proper[key] = answer.text
        return answer

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        await answer.aread()
        return answer

    async def _answer_instead(self, request: httpx.Request) -> httpx.Response:
        self.met = True
        is_handled = self.is_handled or request.method == "GET"
        real = await self._handle(request) if is_handled else httpx.Response(200, text=self.like)
        real.request = request
        answer = self.spoiled(real)
        self.missed = answer is None
        return real if answer is None else answer


# -- operations, each with what must be there before --


@dataclass
class World:
    """A workbench at a sandbox, with a call and a text that are logged already."""

    workbench: Workbench
    spoiler: Spoiler
    contact: Contact
    log_id: str = ""

    @property
    def state(self) -> str:
        """Return everything that the CRM holds, without what no two of them have in common."""
        kept = {
            key: value for key, value in vars(sandbox_of(self.workbench).database).items() if key[0] != "_"
        }
        return CHANGING.sub("T", json.dumps(_plain(kept), indent=0, default=lambda each: ""))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else value


Operation = Callable[[World], Awaitable[Result]]


def _chosen(world: World) -> JsonObject:
    return steps.disposition(world.workbench, world.contact)


OPERATIONS: Final[Mapping[str, Operation]] = {
    "sign in": lambda world: world.workbench.sign_in(),
    "find": lambda world: world.workbench.find_contact(cast.NIA.number),
    "find by name": lambda world: world.workbench.find_contact_with_name(cast.NIA.name),
    "create contact": lambda world: world.workbench.create_contact(NEW, "Ivy Marsh"),
    "log call": lambda world: world.workbench.log_call(
        samples.call("s-2"), world.contact, note="Hi", additional_submission=_chosen(world)
    ),
    "update call": lambda world: world.workbench.update_call_log(
        world.log_id, note="Sent a quote", recording_link="https://x.test/r"
    ),
    "move call": lambda world: world.workbench.log_call(samples.call(), world.contact, move=True),
    "disposition": lambda world: world.workbench.set_disposition(world.log_id, _chosen(world)),
    "log message": lambda world: world.workbench.log_message(
        samples.sms("9", "Hello").model_copy(update={"conversation": None}), world.contact
    ),
    "append message": lambda world: world.workbench.log_message(samples.sms("2", "Text 2"), world.contact),
    "read call": lambda world: world.workbench.get_call_log(world.log_id),
    "list users": lambda world: world.workbench.list_users(),
}


NEEDS_CALL: Final = ("update call", "disposition", "read call", "move call")
NEEDS_TEXT: Final = ("append message",)
READS: Final = ("find", "find by name", "read call", "list users")
"""What leaves a world as it is, so that one world serves many cells: as long as each request is asked again."""
FOUND: Final[dict[str, Contact]] = {}
"""Nia, as each CRM has her in every world."""


async def world_of(crm: str, operation: str) -> World:
    """A world as every cell of an operation finds it; nothing is remembered of what was read before."""
    sandbox = make_sandbox(crm)
    spoiler = _spoiled(sandbox)
    workbench = await signed_in(crm, sandbox=sandbox, settings=SETTINGS)
    if crm not in FOUND:
        FOUND[crm] = await nia(workbench)
    world = World(workbench, spoiler, FOUND[crm])
    if operation in NEEDS_CALL:
        world.log_id = str((await workbench.log_call(samples.call(), world.contact, note="First")).log_id)
    if operation == "move call":
        found = (await workbench.find_contact(cast.SHARED)).contacts
        world.contact = next(each for each in found if each.name == cast.OMAR.name)
    if operation in NEEDS_TEXT:
        assert (await workbench.log_message(samples.sms("1", "Text 1"), world.contact)).successful
    workbench.connector.cache = NoCache()
    return world


def _spoiled(sandbox: Sandbox) -> Spoiler:
    spoiler = Spoiler(sandbox.transport())
    sandbox.transport = lambda: spoiler  # type: ignore[method-assign]
    return spoiler


def shown(result: Result) -> str:
    """What an operation brought, without its message and rate limits."""
    return CHANGING.sub(
        "T", str(result.model_dump(exclude={"return_message", "extra_data_tracking", "error"}))
    )


Cell = tuple[tuple[str, str], str, Spoiled, bool]
"""Method and path, the name of the answer, the answer, and whether the request is handled all the same."""


def cells(requests: Iterable[tuple[str, str]]) -> Iterator[Cell]:
    """Each request of an operation with each answer that may take the place of its own."""
    for request in requests:
        is_read = request[0] == "GET"
        for name, spoiled in {**WRONG, **(REFUSED if is_read else {})}.items():
            yield request, name, spoiled, False
            if not is_read:
                yield request, f"{name}, but done", spoiled, True


def sample(every: list[Cell], seed: str) -> list[Cell]:
    """Return as many cells as fit into a run of all tests, always the same ones."""
    return random.Random(seed).sample(every, min(len(every), int(os.environ.get("CELLS", "12"))))


def lines(result: Result) -> list[str]:
    """What a result tells beside its sentence, without the advice for whom nobody is found."""
    told = result.return_message.lines if result.return_message else []
    return [line for line in told if not line.startswith("Create a new contact")]


@dataclass(frozen=True)
class Usual:
    """What an operation brings undisturbed: its result, the log's body, and the state of the CRM."""

    result: Result
    body: str
    state: str


async def body_of(world: World, result: Result) -> str:
    """The body of the log that a result names, as the CRM has it; "" where it names none."""
    log_id = getattr(result, "log_id", None)
    if not log_id:
        return ""
    read = await world.workbench.get_call_log(log_id)
    return read.call_log_info.full_body if read.call_log_info else f"not there: {read.error}"


async def verdict(world: World, result: Result, expected: Usual) -> str:
    """What is wrong with a result; "" for nothing."""
    if not result.successful:
        return "" if result.error is not None else "a failure without an error"
    told, usual = set(lines(result)) - set(lines(expected.result)), expected.result
    if not told and shown(result) != shown(usual):
        return "something is missing and nothing is said"
    if not told and world.state != expected.state:
        return "success though not done, or done twice"
    if await body_of(world, result) != expected.body:
        return "the log does not say what it should"
    if told and all(line.endswith("tries again.") for line in told):
        waiting = await world.workbench.run_outbox()
        if waiting or world.state != expected.state:
            return f"the outbox does not complete it: {waiting}"
    return ""


async def played(run: Operation, world: World, cell: Cell, proper: Mapping[tuple[str, str], str]) -> Result:
    """What an operation brings while one of its requests is answered with something else."""
    spoiler = world.spoiler
    request, _, spoiler.spoiled, spoiler.is_handled = cell
    spoiler.target, spoiler.like, spoiler.met = request, proper[request], False
    result = await run(world)
    spoiler.target = None
    return result


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each != "move call"])
@pytest.mark.parametrize("crm", CRMS)
async def test_a_success_has_proof_and_says_what_is_missing(crm: str, operation: str) -> None:
    run, wrong = OPERATIONS[operation], list[str]()
    world = await world_of(crm, operation)
    world.spoiler.proper.clear()
    usual = await run(world)
    assert usual.successful, usual.error
    proper = dict(world.spoiler.proper)
    expected = Usual(usual, await body_of(world, usual), world.state)
    for cell in sample(list(cells(proper)), seed=f"{crm} {operation}"):
        request, name, *_ = cell
        result = await played(run, world, cell, proper) if operation in READS else None
        if result is None or not world.spoiler.met:
            world = await world_of(crm, operation)
            result = await played(run, world, cell, proper)
        spoiler = world.spoiler
        assert spoiler.met, cell
        if operation in NEEDS_TEXT and name == "404":
            continue  # the CRM says that a person has deleted the log, and a new one is begun
        if not spoiler.missed and (fault := await verdict(world, result, expected)):
            wrong.append(f"{' '.join(request)} answered with {name}: {fault}: {result.return_message}")
    assert [] == wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "operation", ["log call", "update call", "move call", "disposition", "append message"]
)
@pytest.mark.parametrize("crm", CRMS)
async def test_what_was_done_and_not_said_is_found_in_the_crm(crm: str, operation: str) -> None:
    run = OPERATIONS[operation]
    world = await world_of(crm, operation)
    world.spoiler.proper.clear()
    usual = await run(world)
    for request in [each for each in world.spoiler.proper if each[0] != "GET"]:
        other = await world_of(crm, operation)
        spoiler = other.spoiler
        spoiler.target, spoiler.spoiled, spoiler.is_handled = request, WRONG["text"], True
        result = await run(other)
        spoiler.target = None
        assert (None, await body_of(world, usual)) == (result.error, await body_of(other, result)), request


NAMELESS: Final[Mapping[str, tuple[str, JsonObject]]] = {
    "pipedrive": ("*/users/me", {"success": True, "data": {"id": 7001}}),
    "insightly": ("*/Users/Me", {"USER_ID": 41}),
    "bullhorn": ("*/entity/CorporateUser/*", {"data": {"id": 101, "timeZoneOffsetEST": None}}),
}


@pytest.mark.parametrize("crm", NAMELESS)
async def test_a_sign_in_says_that_it_knows_neither_name_nor_zone(crm: str) -> None:
    sandbox = make_sandbox(crm)
    path, user = NAMELESS[crm]
    sandbox[crm].faults.add("GET", path, status=200, json=user, times=None)
    workbench = connect(crm, mode="sandbox", sandbox=sandbox, options=options_of(crm))
    result = await workbench.sign_in()
    assert result.successful, result.error
    assert [
        f"{workbench.title} does not tell your name, so that logs are without it.",
        f"{workbench.title} does not tell your time zone, so that the times in logs are in UTC.",
    ] == lines(result)
