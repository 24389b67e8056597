"""What the matrix of faults tries, and what it says of what came of it: to the letter."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from on_screen import agreed
from platforms import OAUTH, OAUTH_TITLE, needs

from appconnect.errors import ConfigurationError, NotSupported, Rejected, SessionExpired, SignInError
from appconnect.models import MessageLevel, Result, ReturnMessage
from appconnect.sandbox import SandboxClock
from appconnect.sandbox.base import SeenRequest
from appconnect.sandbox.named_faults import NAMED_FAULTS
from appconnect.testing.faults import FaultReport, cells, matrix
from appconnect.testing.faults.cells import (
    BY_NAME,
    Cell,
    Outcome,
    Performance,
    Rehearsal,
    Verdict,
    rehearse,
    try_cell,
)
from appconnect.testing.faults.matrix import cells_of, rehearse_all, run_faults
from appconnect.testing.faults.operations import OPERATIONS, Look
from appconnect.testing.faults.sandbox_time import SandboxLoop
from appconnect.testing.faults.scene import FaultAt, Scene, answers_of
from appconnect.workbench import Workbench
from appconnect.workbench.sandboxes import sandbox_kinds

SHOWN = Path(__file__).with_name("shown")
ONCE = {"reset", "answer lost", "restart", "401", "429", "503", "done, answers 500", "truncated answer"}
ONWARD = {"refused connection", "timeout", "401", "503", "answer lost", "answer too late"}


CELLS = (
    "sign in/3/401/once", "sign in/4/answers a page/each time", "sign out/1/503/each time", "sign out/1/answers []/each time",
    "find contact/1/503/each time", "find contact/3/403/each time", "find contact/1/404/each time",
    "find by name/1/answers nothing/each time", "create contact/2/answer lost/once", "create contact/2/422/each time",
    "list users/1/redirect away/each time", "log call/2/answer lost/from then on", "log call/2/done, answers {}/each time",
    "log call, renewing/2/400/each time", "log call again/2/429 retry after 2/once", "update log/1/403/each time",
    "update log/2/truncated answer/once", "read log/2/timeout/each time", "read log/1/success false/each time",
    "set disposition/1/409/each time", "log message/2/echoed secrets/each time", "add message/2/reset/each time",
    "log shared SMS/2/answer too late/each time",
)  # fmt: skip


# -- what is tried --


@needs("pipedrive")
async def test_what_every_operation_is_without_a_fault() -> None:
    told = []
    for operation in OPERATIONS:
        rehearsal = await rehearse("pipedrive", operation)
        assert rehearsal is not None
        told += [f"== {operation.name} ({operation.shows}), needs {operation.begins.needs}"]
        told += [
            f"{method} {path}{' (browser)' * browser}"
            for (method, path), browser in zip(rehearsal.requests, rehearsal.browsers, strict=True)
        ]
        told += [f"answers: {rehearsal.answers}", f"says: {rehearsal.lines}", f"look: {rehearsal.look}", ""]
    agreed(SHOWN / "rehearsals.txt", told)


def rehearsal(*requests: tuple[str, str], browsers: tuple[int, ...] = ()) -> Rehearsal:
    by_browser = tuple(number in browsers for number in range(1, len(requests) + 1))
    return Rehearsal(requests, by_browser, ("an object",) * len(requests), {}, (), None)


READ, WRITE = ("GET", "/a"), ("POST", "/a")


def test_the_first_and_the_last_of_equal_requests_meet_every_fault() -> None:
    requests = (READ, WRITE, READ, READ, WRITE, ("GET", "/b"), ("PUT", "/c"))
    found = list(cells_of({("acme", "log call"): rehearsal(*requests, browsers=(6,))}))
    assert [1, 2, 4, 5, 7] == list(dict.fromkeys(each.position for each in found))
    assert {("acme", "log call")} == {(each.platform, each.operation) for each in found}
    assert set(NAMED_FAULTS) == {each.fault for each in found if each.position == 4}


@pytest.mark.parametrize(
    ("operation", "request_", "onward"),
    [("log call", READ, set()), ("log call", WRITE, ONWARD), ("find contact", READ, ONWARD)],
)
def test_some_faults_are_tried_with_one_request_and_some_with_all_that_follow(
    operation: str, request_: tuple[str, str], onward: set[str]
) -> None:
    found = list(cells_of({("acme", operation): rehearsal(request_)}))
    by_span = {
        span: [each.fault for each in found if each.span == span]
        for span in ("each time", "once", "from then on")
    }
    assert (list(NAMED_FAULTS), ONCE, onward) == (
        by_span["each time"],
        set(by_span["once"]),
        set(by_span["from then on"]),
    )
    assert len(found) == len(set(map(str, found)))
    assert f"acme/{operation}/1/{found[0].fault}/each time" == str(found[0])
    assert "acme/log call/2/503/each time" == str(Cell("acme", "log call", 2, "503"))


TAKEN = {
    "once": [None, "fault", None, None, None, None],
    "each time": [None, "fault", None, "fault", None, "fault"],
    "from then on": [None, "fault", "fault", "fault", "fault", "fault"],
}


@pytest.mark.parametrize("span", TAKEN)
def test_a_fault_lasts_for_its_span(span: str) -> None:
    faults = FaultAt(2, "503", span)  # type: ignore[arg-type]
    assert not faults.was_met
    asked = [READ, WRITE, READ, WRITE, ("POST", "/b"), WRITE]
    taken = [faults.take(*each) for each in asked]
    assert TAKEN[span] == [each and "fault" for each in taken]
    assert {503} == {each.effect.status for each in taken if each}
    assert faults.was_met
    faults.over = True
    besides = faults.add("GET", status=418)
    assert [None, besides] == [faults.take(*WRITE), faults.take(*READ)]


def test_what_was_added_besides_is_met_where_it_is_not_the_faults_turn() -> None:
    faults = FaultAt(2, "503", "each time")
    besides = faults.add("*", status=418, times=None)
    taken = [faults.take(*each) for each in (READ, WRITE, READ, WRITE)]
    assert [besides, None, besides, None] == [each if each is besides else None for each in taken]


async def test_a_cell_is_rehearsed_alone() -> None:
    assert [(OAUTH, "list users")] == list(await rehearse_all([OAUTH], of=f"{OAUTH}/list users/1/503/once"))


@pytest.mark.parametrize("how", [{"cell": f"{OAUTH}/list users/1/asteroid/once"}, {"cell": "nothing"}])
def test_a_name_of_no_cell_is_refused(how: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        run_faults([OAUTH], **how)  # type: ignore[arg-type]
    assert (
        "There is no such cell. Its name is PLATFORM/OPERATION/REQUEST/FAULT/SPAN, "
        "such as acme/log call/1/answer lost/once." == caught.value.message
    )


def test_a_sample_is_the_same_for_a_seed_and_is_told_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    async def try_cell(cell: Cell, rehearsal: Rehearsal) -> Outcome:
        assert BY_NAME[cell.operation].shows == "getUserList"
        tried.append(str(cell))
        return Outcome(cell, Verdict.OK)

    async def rehearsed(platforms: tuple[str, ...], *, of: str) -> matrix.Rehearsals:
        assert ("acme", "") == (*platforms, of)
        return {("acme", "list users"): rehearsal(READ), ("acme", "find contact"): rehearsal(READ)}

    monkeypatch.setattr(matrix, "try_cell", try_cell)
    monkeypatch.setattr(matrix, "rehearse_all", rehearsed)
    steps: list[tuple[int, int]] = []
    how = {"only": "acme/list users/1", "processes": 1}
    whole = run_faults(["acme"], **how, tell=lambda *step: steps.append(step))  # type: ignore[arg-type]
    every = len(NAMED_FAULTS) + len(ONCE) + len(ONWARD)
    assert ([(40, every), (every, every)], every, every) == (steps, len(whole.outcomes), whole.cells)
    for seed in (0, 0, 7):
        report = run_faults(["acme"], sample=5, seed=seed, **how)  # type: ignore[arg-type]
        assert (5, every) == (len(report.outcomes), report.cells)
    one, again, other = tried[every : every + 5], tried[every + 5 : every + 10], tried[every + 10 :]
    assert (one, True) == (again, one != other)
    assert every == len(run_faults(["acme"], sample=9999, **how).outcomes)  # type: ignore[arg-type]


# -- the scene --


async def test_secrets_are_what_was_set_handed_out_or_sent_and_no_public_names() -> None:
    scene = Scene(OAUTH)
    assert {"client_secret", "client_id"} <= scene.crm.credentials.keys()
    (await scene.workbench.sign_in()).raise_for_error()
    secrets = scene.secrets()
    assert {*scene.crm.issued_secrets(), scene.crm.credentials["client_secret"]} <= secrets
    assert scene.crm.credentials["client_id"] not in secrets
    scene.crm.requests.append(SeenRequest("GET", "", "/", {}, {"authorization": "Bearer sent-one"}, b""))
    scene.crm.requests.append(SeenRequest("GET", "", "/", {}, {"authorization": "Bearer shorter"}, b""))
    scene.crm.requests.append(SeenRequest("GET", "", "/", {}, {}, b""))
    assert {"sent-one"} == scene.secrets() - secrets
    await scene.workbench.close()


async def test_hosts_that_are_not_the_crms_are_foreign() -> None:
    scene = Scene(OAUTH)
    (await scene.workbench.sign_in()).raise_for_error()
    assert set() == scene.foreign_hosts()
    scene.watched.hosts.add("collector.example")
    assert {"collector.example"} == scene.foreign_hosts()
    await scene.workbench.close()


def test_a_contract_without_a_class_of_the_platform_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "test_contract.py"
    file.write_text("platform = 'acme'\nclass Acme:\n    platform = 'acme'\n", "utf-8")
    monkeypatch.setattr("appconnect.testing.faults.scene.contract_files", lambda platform: [file])
    monkeypatch.setattr("appconnect.testing.faults.scene.registry.platform", lambda name: name)
    with pytest.raises(ConfigurationError) as caught:
        answers_of("acme")
    assert "No class of acme's contract has platform = 'acme'." == caught.value.message
    file.write_text(
        "from appconnect.testing.answers import Answers\n"
        "class Base(Answers):\n    pass\nclass Other(Answers):\n    platform = 'other'\n"
        "class Acme(Base):\n    platform = 'acme'\n",
        "utf-8",
    )
    assert "Acme" == type(answers_of("acme")).__name__


# -- the verdict --


def test_a_verdict_is_allowed_or_forbidden() -> None:
    allowed = {"ok", "refused", "uncertain", "partial", "believed"}
    forbidden = {
        "success though not done", "denied though done", "doubled", "lost", "silent", "traceback", "hang",
        "foreign host", "leak", "fault not met",
    }  # fmt: skip
    assert (allowed, forbidden) == (
        {each.value for each in Verdict if not each.is_forbidden},
        {each.value for each in Verdict if each.is_forbidden},
    )


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("It may have been saved.", True), ("It may already have been done.", True), ("It may be created.", True),
        ("It may already be written.", True), ("You may not do this: nothing was saved.", False),
        ("It may be gone.", False), ("Dismay be saved", False), ("It may be doners", False),
    ],
)  # fmt: skip
def test_doubt_is_known_by_its_words(text: str, doubted: bool) -> None:
    assert doubted is bool(cells.MAY_BE_DONE.search(text))


@pytest.mark.parametrize(
    ("operation", "fault", "genuine", "believed"),
    [
        ("log call", "404", "an object", True),
        ("log call", "403", "an object", False),
        ("find contact", "answers []", "[]", True),
        ("find contact", "answers {}", "[]", False),
        ("update log", "done, answers nothing", "nothing", True),
        ("update log", "done, answers null", "nothing", False),
        ("sign out", "answers a page", "nothing", True),
        ("sign out", "success false", "nothing", True),
        ("sign out", "503", "nothing", False),
        ("update log", "success false", "an object", False),
    ],
)
def test_a_crm_is_believed_what_it_is_documented_to_answer(
    operation: str, fault: str, genuine: str, believed: bool
) -> None:
    known = Rehearsal((READ, WRITE), (False, False), ("text", genuine), {}, (), None)
    assert believed is cells._is_believable(Cell("acme", operation, 2, fault), known)


@pytest.mark.parametrize(
    ("seconds", "raised", "verdict"),
    [
        (300.0, None, Verdict.TRACEBACK), (300.5, None, Verdict.HANG), (0.0, TimeoutError(), Verdict.HANG),
        (0.0, KeyError(), Verdict.TRACEBACK),
    ],
)  # fmt: skip
async def test_what_takes_more_than_five_minutes_hangs(
    seconds: float, raised: Exception | None, verdict: Verdict
) -> None:
    nothing: Any = None
    performance = Performance(None, raised, seconds)
    assert verdict is await cells._judge(nothing, nothing, performance, nothing, nothing)


async def test_a_cell_has_a_minute_of_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def takes_too_long(*_: object) -> Outcome:
        raise TimeoutError

    monkeypatch.setattr(cells, "_tried", takes_too_long)
    outcome = await try_cell(Cell("acme", "log call", 1, "503"), rehearsal(READ))
    assert (Verdict.HANG, "It takes more than 60 seconds of real time.") == (
        outcome.verdict,
        outcome.evidence,
    )


@pytest.mark.parametrize(
    ("errors", "settled", "waited", "sign_ins"),
    [
        ([None], True, 0, 0), ([NotSupported("No.")], True, 0, 0), ([Rejected("No.")] * 3 + [None], True, 1800, 0),
        ([Rejected("No.")] * 4, False, 2400, 0), ([SessionExpired("Over."), SignInError("No."), None], True, 0, 2),
    ],
)  # fmt: skip
async def test_a_patient_person_repeats_four_times(
    errors: list[Exception | None], settled: bool, waited: int, sign_ins: int
) -> None:
    clock, left, signed_in = SandboxClock(), iter(errors), list[int]()
    start = clock.now()

    async def act(*_: object) -> object:
        return SimpleNamespace(error=next(left))

    async def sign_in() -> None:
        signed_in.append(1)

    scene: Any = SimpleNamespace(sandbox=SimpleNamespace(clock=clock))
    operation: Any = SimpleNamespace(act=act)
    workbench: Any = SimpleNamespace(sign_in=sign_in)
    assert settled is await cells._settle(scene, operation, workbench)
    assert (waited, sign_ins, []) == ((clock.now() - start).total_seconds(), len(signed_in), list(left))


@pytest.mark.parametrize(
    ("message", "level", "verdict"),
    [
        ("No.", MessageLevel.WARNING, Verdict.REFUSED), ("No.", MessageLevel.DANGER, Verdict.REFUSED),
        ("No.", MessageLevel.SUCCESS, Verdict.SILENT), ("", MessageLevel.WARNING, Verdict.SILENT),
    ],
)  # fmt: skip
def test_a_read_that_failed_must_say_so(message: str, level: MessageLevel, verdict: Verdict) -> None:
    told = ReturnMessage(message=message, message_type=level)
    assert verdict is cells._of_read(Result(successful=False, return_message=told), rehearsal(READ))
    assert Verdict.SILENT is cells._of_read(Result(successful=False), rehearsal(READ))


DOUBT = "It may already have been saved."


@pytest.mark.parametrize(
    ("message", "level", "look", "before", "verdict"),
    [
        ("No.", MessageLevel.WARNING, Look(2), None, Verdict.DOUBLED),
        ("No.", MessageLevel.WARNING, Look(0), None, Verdict.REFUSED),
        ("No.", MessageLevel.WARNING, Look(0, "a"), Look(0, "a"), Verdict.REFUSED),
        ("No.", MessageLevel.WARNING, Look(0, "b"), Look(0, "a"), Verdict.DENIED),
        ("No.", MessageLevel.WARNING, Look(1, "a"), Look(1, "a"), Verdict.DENIED),
        ("No.", MessageLevel.WARNING, Look(1), None, Verdict.DENIED),
        (DOUBT, MessageLevel.WARNING, Look(1), None, Verdict.UNCERTAIN),
        (DOUBT, MessageLevel.SUCCESS, Look(1), None, Verdict.SILENT),
        ("", MessageLevel.WARNING, Look(0), None, Verdict.SILENT),
    ],
)
def test_a_write_that_failed_is_judged_by_what_the_crm_has(
    message: str, level: MessageLevel, look: Look, before: Look | None, verdict: Verdict
) -> None:
    result = Result(
        successful=False,
        error=Rejected("No."),
        return_message=ReturnMessage(message=message, message_type=level),
    )
    assert not result.successful
    assert verdict is cells._of_write(result, rehearsal(READ), look, before)


@needs("pipedrive")
async def test_what_becomes_of_some_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    told, closed, close = list[str](), list[Workbench](), Workbench.close

    async def noted(workbench: Workbench) -> None:
        closed.append(workbench)
        await close(workbench)

    monkeypatch.setattr(Workbench, "close", noted)
    for name in CELLS:
        operation, position, fault, span = name.split("/")
        known = await rehearse("pipedrive", BY_NAME[operation])
        assert known is not None
        outcome = await try_cell(Cell("pipedrive", operation, int(position), fault, span), known)  # type: ignore[arg-type]
        told += [f"== {outcome.cell}: {outcome.verdict}", outcome.evidence, ""]
    assert len(closed) >= len(CELLS)
    agreed(SHOWN / "cells.txt", told)


def test_a_batch_is_tried_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_heard() -> bool:
        return logging.getLogger("appconnect").isEnabledFor(logging.CRITICAL)

    heard: list[bool] = []

    async def try_cell(cell: Cell, rehearsal: Rehearsal) -> Outcome:
        heard.append(is_heard())
        assert isinstance(asyncio.get_running_loop(), SandboxLoop)
        return Outcome(cell, Verdict.OK)

    monkeypatch.setattr(matrix, "try_cell", try_cell)
    batch = matrix.Batch((Cell("acme", "list users", 1, "503"),), {("acme", "list users"): rehearsal(READ)})
    assert [Verdict.OK] == [each.verdict for each in matrix.run_batch(batch)]
    assert ([False], True) == (heard, is_heard())


def test_without_a_platform_all_that_can_be_played_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    async def rehearsed(platforms: tuple[str, ...], *, of: str) -> matrix.Rehearsals:
        asked.append(tuple(platforms))
        return {}

    monkeypatch.setattr(matrix, "rehearse_all", rehearsed)
    for chosen in ((), ("acme",)):
        with pytest.raises(ConfigurationError):
            run_faults(chosen)
    assert [tuple(sandbox_kinds()), ("acme",)] == asked


# -- what it says --


def outcomes(*verdicts: Verdict, fault: str = "answer lost") -> list[Outcome]:
    return [
        Outcome(Cell(OAUTH, "log call", number, fault), verdict, f"Evidence {number}")
        for number, verdict in enumerate(verdicts, 1)
    ]


def test_a_report_counts_its_verdicts_and_tells_every_forbidden_cell() -> None:
    report = FaultReport(outcomes(Verdict.OK, Verdict.REFUSED, Verdict.LOST, Verdict.OK), 4)
    assert ["Evidence 3"] == [each.evidence for each in report.forbidden]
    name = f"{OAUTH}/log call/3/answer lost/each time"
    assert (
        f"✗ lost: {name}\nEvidence 3\nRun it alone: appconnect faults --cell '{name}'\n\n"
        "4 cells: ok 2, refused 1, lost 1"
    ) == str(report)
    assert "a sample of 1 of 9 cells: hang 1" == FaultReport(outcomes(Verdict.HANG), 9).summary()


def test_of_many_forbidden_cells_twenty_are_told_and_the_others_named() -> None:
    few, many = (str(FaultReport(outcomes(*[Verdict.LEAK] * number), 99)) for number in (20, 22))
    assert (20, 20, False) == (few.count("Run it alone"), few.count("✗ leak: "), "more:" in few)
    assert 20 == many.count("Run it alone")
    rest = [f"{OAUTH}/log call/{number}/answer lost/each time" for number in (21, 22)]
    assert many.endswith("\n".join(["2 more:", *rest, "", "a sample of 22 of 99 cells: leak 22"]))


def test_the_table_has_a_row_for_each_family() -> None:
    found = [*outcomes(Verdict.OK, Verdict.LOST, Verdict.OK), *outcomes(Verdict.REFUSED, fault="503")]
    lines = FaultReport(found, 5).markdown().splitlines()
    assert [f"| what goes wrong | {OAUTH_TITLE} |", "|---|---|", "| no answer |  |"] == lines[:3]
    assert {"| answer lost | ok 2, ✗ lost 1 |", "| server error | refused 1 |"} <= set(lines)
    families = dict.fromkeys(each.family for each in NAMED_FAULTS.values())
    assert list(families) == [each.split(" | ")[0].removeprefix("| ") for each in lines[2:-2]]
    assert [
        "",
        "A sample of 4 of 5 cells. *ok*: done, and said; *refused*: not done, and said, with the reason; "
        "*uncertain*: it may be done, which is said, and is looked up before anything is repeated; *partial*: "
        "done, with a warning that names what is missing; *believed*: the CRM said in its own documented words "
        "what was not so.",
    ] == lines[-2:]


def test_the_evidence_is_what_was_said_and_the_last_thirty_requests() -> None:
    def seen(number: int, status: int | None = 200) -> SeenRequest:
        return SeenRequest("GET", "", f"/{number}", {}, {}, b"", status)

    performance = Performance(None, Rejected("No."), 1.0)
    many = [seen(number) for number in range(31)]
    assert (
        f"{Rejected('No.')!r}\n  sent: {', '.join(f'GET /{number} 200' for number in range(1, 31))}\n"
        "  afterwards: GET /1 –"
    ) == cells._evidence(performance, many, [seen(1, None)])


@pytest.mark.parametrize("times", [0, 2])
async def test_an_operation_that_does_not_stand_once_is_no_measure(
    monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    operation = BY_NAME["sign in"]

    async def look(scene: Scene) -> Look:
        return Look(times)

    changed = type(operation)(operation.name, operation.shows, operation.act, operation.begins, look)
    with pytest.raises(ConfigurationError) as caught:
        await rehearse(OAUTH, changed)
    assert (
        f"“sign in” without any fault stands {times} times in the records of the {OAUTH} sandbox, not once, so that "
        "nothing can be said of faults; look at the sandbox's tables() and the contract's answers."
    ) == caught.value.message
