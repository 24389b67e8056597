"""One cell of the matrix: an operation meets a fault, is judged by what the CRM has, and is done again.

Afterwards it is repeated without the fault, by another process with the same store and then by the first one:
there must be one log or contact in the end, as if nothing had happened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from appconnect.errors import AppConnectError, ConfigurationError, NotSupported, SessionExpired, SignInError
from appconnect.models import MessageLevel, Result
from appconnect.sandbox.base import SeenRequest
from appconnect.sandbox.named_faults import NAMED_FAULTS
from appconnect.testing.faults.missing import unnamed
from appconnect.testing.faults.operations import OPERATIONS, Look, Operation
from appconnect.testing.faults.sandbox_time import watchdog
from appconnect.testing.faults.scene import Scene, Span
from appconnect.workbench import Workbench

PATIENCE: Final = 300.0
"""Seconds, on the sandbox's clock, that an operation may take in all."""
REAL_PATIENCE: Final = 30.0
A_WHILE: Final = 600.0
"""Seconds between two attempts to repeat an operation."""
ATTEMPTS: Final = 4
MAY_BE_DONE: Final = re.compile(r"\bmay (?:already )?(?:have been|be) (?:saved|done|created|written)\b")
MAX_LISTED: Final = 30
NOT_ONCE: Final = (
    "“{operation}” without any fault stands {times} times in the records of the {crm} sandbox, not once, so "
    "that nothing can be said of faults; look at the sandbox's tables() and the contract's answers."
)
BESIDES: Final = ("return_message", "extra_data_tracking", "error")
BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}


class Verdict(StrEnum):
    """What became of an operation that met a fault."""

    OK = "ok"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    PARTIAL = "partial"
    BELIEVED = "believed"
    NOT_DONE = "success though not done"
    DENIED = "denied though done"
    DOUBLED = "doubled"
    LOST = "lost"
    SILENT = "silent"
    TRACEBACK = "traceback"
    HANG = "hang"
    FOREIGN_HOST = "foreign host"
    LEAK = "leak"
    UNMET = "fault not met"

    @property
    def is_forbidden(self) -> bool:
        """Whether no cell may have this verdict."""
        return self not in ALLOWED


ALLOWED: Final = frozenset(
    {Verdict.OK, Verdict.REFUSED, Verdict.UNCERTAIN, Verdict.PARTIAL, Verdict.BELIEVED}
)
LIED_TO: Final = frozenset({Verdict.NOT_DONE, Verdict.DENIED, Verdict.DOUBLED, Verdict.LOST, Verdict.SILENT})
"""What a CRM can bring about that is believed; it is never why a traceback comes, or a secret is told."""
MEANINGS: Final = {
    Verdict.OK: "done, and said",
    Verdict.REFUSED: "not done, and said, with the reason",
    Verdict.UNCERTAIN: "it may be done, which is said, and is looked up before anything is repeated",
    Verdict.PARTIAL: "done, with a warning that names what is missing",
    Verdict.BELIEVED: "the CRM said in its own documented words what was not so",
}


@dataclass(frozen=True)
class Cell:
    """One case: the request of this number in an operation meets a fault that lasts for a span."""

    platform: str
    operation: str
    position: int
    fault: str
    span: Span = "each time"

    def __str__(self) -> str:
        return f"{self.platform}/{self.operation}/{self.position}/{self.fault}/{self.span}"


@dataclass(frozen=True)
class Outcome:
    """What became of a cell: the verdict, and what was said and seen."""

    cell: Cell
    verdict: Verdict
    evidence: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """An operation without a fault: its requests, what the answers to them were, its result, and the look.

    ``browsers`` are the requests of the person's browser, which is not ours; ``lines`` are what it warned of.
    """

    requests: tuple[tuple[str, str], ...]
    browsers: tuple[bool, ...]
    answers: tuple[str, ...]
    payload: object
    lines: tuple[str, ...]
    look: Look | None


@dataclass(frozen=True)
class Performance:
    """An operation that met a fault: its result, or what it raised, and how long it took."""

    result: Result | None
    raised: BaseException | None
    seconds: float


async def rehearse(platform: str, operation: Operation) -> Rehearsal | None:
    """Do an operation without a fault; None where the platform does not support it.

    Raises ConfigurationError where the sandbox's records do not show it once: no cell could be judged.
    """
    scene = Scene(platform)
    if not operation.is_possible(scene):
        return None
    await operation.begins.prepare(scene)
    before = len(scene.crm.requests)
    scene.watched.rehearses = True
    result = await operation.act(scene, scene.workbench)
    result.raise_for_error()
    sent = scene.crm.requests[before:]
    requests = tuple((each.method, each.path) for each in sent)
    browsers = tuple(_is_from_browser(each) for each in sent)
    answers = tuple(scene.watched.answers)
    look = await operation.look(scene) if operation.look else None
    if look is not None and look.times != 1:
        raise ConfigurationError(NOT_ONCE.format(operation=operation.name, crm=platform, times=look.times))
    return Rehearsal(requests, browsers, answers, _payload(result), tuple(_lines(result)), look)


async def try_cell(cell: Cell, rehearsal: Rehearsal) -> Outcome:
    """Let an operation meet its fault, and return what became of it."""
    try:
        async with watchdog(2 * REAL_PATIENCE):
            return await _tried(cell, rehearsal)
    except TimeoutError:
        return Outcome(cell, Verdict.HANG, f"It takes more than {2 * REAL_PATIENCE:g} seconds of real time.")


async def _tried(cell: Cell, rehearsal: Rehearsal) -> Outcome:
    operation, scene = BY_NAME[cell.operation], Scene(cell.platform)
    await operation.begins.prepare(scene)
    before = await operation.look(scene) if operation.look and operation.look_is_free else None
    asked = len(scene.crm.requests)
    fault = scene.break_at(cell.position, cell.fault, cell.span)
    performance = await _perform(scene, operation)
    fault.over = True
    met = len(scene.crm.requests)
    verdict = await _judge(scene, operation, performance, rehearsal, before)
    if not verdict.is_forbidden and operation.look and operation.is_repeatable:
        verdict = await _repeat(scene, operation, rehearsal) or verdict
    if verdict in LIED_TO and _is_believable(cell, rehearsal):
        verdict = Verdict.BELIEVED
    if not verdict.is_forbidden and not fault.was_met:
        verdict = Verdict.UNMET
    evidence = _evidence(performance, scene.crm.requests[asked:met], scene.crm.requests[met:])
    await scene.workbench.close()
    return Outcome(cell, verdict, evidence)


async def _perform(scene: Scene, operation: Operation) -> Performance:
    start, result, raised = scene.sandbox.clock.now(), None, None
    try:
        async with watchdog(REAL_PATIENCE):
            result = await operation.act(scene, scene.workbench)
    except Exception as error:  # whatever it is, it is what the cell is about
        raised = error
    return Performance(result, raised, (scene.sandbox.clock.now() - start).total_seconds())


# -- the verdict --


async def _judge(
    scene: Scene, operation: Operation, performance: Performance, rehearsal: Rehearsal, before: Look | None
) -> Verdict:
    """Return the verdict on what was said, by what the CRM has."""
    result = performance.result
    if isinstance(performance.raised, TimeoutError) or performance.seconds > PATIENCE:
        return Verdict.HANG
    if result is None or performance.raised:
        return Verdict.TRACEBACK
    if scene.foreign_hosts():
        return Verdict.FOREIGN_HOST
    if any(secret in _shown(result) for secret in scene.secrets()):
        return Verdict.LEAK
    if operation.look is None:
        return _of_read(result, rehearsal)
    look = await operation.look(scene)
    return _of_write(result, rehearsal, look, before)


def _of_read(result: Result, rehearsal: Rehearsal) -> Verdict:
    if not result.successful:
        return Verdict.REFUSED if _says_so(result) else Verdict.SILENT
    if _payload(result) == rehearsal.payload:
        return Verdict.OK
    return Verdict.PARTIAL if _names_what_is_missing(result, rehearsal) else Verdict.SILENT


def _of_write(result: Result, rehearsal: Rehearsal, look: Look, before: Look | None) -> Verdict:
    if look.times > 1:
        return Verdict.DOUBLED
    if result.successful:
        return _of_success(result, rehearsal, look)
    if not _says_so(result):
        return Verdict.SILENT
    if MAY_BE_DONE.search(_said(result)):
        return Verdict.UNCERTAIN
    untouched = look.times < 1 and (before is None or look == before)
    return Verdict.REFUSED if untouched else Verdict.DENIED


def _of_success(result: Result, rehearsal: Rehearsal, look: Look) -> Verdict:
    if look.times < 1:
        return Verdict.NOT_DONE
    if look == rehearsal.look and _payload(result) == rehearsal.payload:
        return Verdict.OK
    return Verdict.PARTIAL if _names_what_is_missing(result, rehearsal, look) else Verdict.SILENT


async def _repeat(scene: Scene, operation: Operation, rehearsal: Rehearsal) -> Verdict | None:
    """Do the operation again without a fault, as a new process and as the first; None when all is well."""
    newcomer, is_said = scene.another_process(), True
    for workbench in (newcomer, scene.workbench):
        try:
            is_said = await _settle(scene, operation, workbench) and is_said
            if await workbench.run_outbox():  # what may still be arriving is not sent again at once
                scene.sandbox.clock.advance(A_WHILE)
                await workbench.run_outbox()
        except AppConnectError:
            return Verdict.LOST
    assert operation.look is not None
    look = await operation.look(scene)
    if look.times > 1:
        return Verdict.DOUBLED
    if look != rehearsal.look:
        return Verdict.LOST
    return None if is_said else Verdict.DENIED


async def _settle(scene: Scene, operation: Operation, workbench: Workbench) -> bool:
    """Repeat an operation until it succeeds, as a patient person does: sign in again, or wait a while.

    Return False when it never says that it did.
    """
    for _ in range(ATTEMPTS):
        error = (await operation.act(scene, workbench)).error
        if error is None or isinstance(error, NotSupported):  # a log that cannot be updated is as it was
            return True
        if isinstance(error, SignInError | SessionExpired):
            await workbench.sign_in()
        else:
            scene.sandbox.clock.advance(A_WHILE)
    return False


def _is_believable(cell: Cell, rehearsal: Rehearsal) -> bool:
    """Return whether the CRM's answer is one that it is documented to give, so that nobody can doubt it.

    A record that it says is gone; an empty list where a list belongs; nothing, where that is the answer;
    and whatever body, where the status is the proof.
    """
    genuine, family = rehearsal.answers[cell.position - 1], NAMED_FAULTS[cell.fault].family
    if BY_NAME[cell.operation].status_is_proof and family == "not done, 200":
        return True
    return cell.fault == "404" or cell.fault.removeprefix("done, ") == f"answers {genuine}"


def _is_from_browser(request: SeenRequest) -> bool:
    """Return whether the played browser sent it, which asks for consent and names no client of ours."""
    return request.headers.get("user-agent", "").startswith("python-httpx")


# -- what is said --


def _payload(result: Result) -> object:
    """Return what a result holds besides its message and the rate limits."""
    return {name: value for name, value in result if name not in BESIDES}


def _lines(result: Result) -> list[str]:
    return result.return_message.lines if result.return_message else []


def _said(result: Result) -> str:
    return "\n".join([result.message, *_lines(result)])


def _says_so(result: Result) -> bool:
    message = result.return_message
    return message is not None and bool(message.message) and message.message_type is not MessageLevel.SUCCESS


def _names_what_is_missing(result: Result, rehearsal: Rehearsal, look: Look | None = None) -> bool:
    """Return whether a success warns, and names everything that it lacks, itself or in the CRM."""
    warnings = [each for each in _lines(result) if each not in rehearsal.lines]
    if not (_says_so(result) and warnings):
        return False
    state = rehearsal.look.state if rehearsal.look else None
    expected, found = (rehearsal.payload, state), (_payload(result), look.state if look else state)
    return not unnamed(expected, found, warnings)


def _shown(result: Result) -> str:
    error = result.error
    chain = [error, error.__cause__, error.__context__] if error else []
    return "\n".join([_said(result), repr(result), *(f"{each!r} {each}" for each in chain if each)])


def _evidence(performance: Performance, sent: list[SeenRequest], afterwards: list[SeenRequest]) -> str:
    said = _said(performance.result) if performance.result else repr(performance.raised)
    return f"{said}\n  sent: {_listed(sent)}\n  afterwards: {_listed(afterwards)}"


def _listed(requests: list[SeenRequest]) -> str:
    return ", ".join(f"{each.method} {each.path} {each.status or '–'}" for each in requests[-MAX_LISTED:])
