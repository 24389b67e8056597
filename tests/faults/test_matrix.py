"""The matrix of faults: a sample of it has no cell that may not be, and it notices what it is there to notice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from platforms import CRMS, OAUTH
from typer.testing import CliRunner

from appconnect.cli import app
from appconnect.connector import Connector
from appconnect.connectors import registry
from appconnect.errors import CrmError, Rejected, Unreachable
from appconnect.models import Contact
from appconnect.sandbox.named_faults import FOREIGN_HOST, NAMED_FAULTS
from appconnect.testing.faults import Cell, Outcome, Verdict, run_faults
from appconnect.testing.faults.cells import BY_NAME, Rehearsal, rehearse, try_cell
from appconnect.testing.faults.matrix import cells_of, rehearse_all
from appconnect.testing.faults.report import FaultReport

SEED, CELLS = 20261126, 8
CONNECTOR = registry.platform(OAUTH).connector
Method = Callable[..., Awaitable[Any]]


@pytest.mark.parametrize("platform", CRMS)
def test_no_cell_of_a_sample_is_one_that_may_not_be(platform: str) -> None:
    report = run_faults([platform], sample=CELLS, seed=SEED, processes=1)
    assert CELLS == len(report.outcomes)
    assert [] == report.forbidden, report


async def test_every_fault_meets_every_operation() -> None:
    cells = list(cells_of(await rehearse_all([OAUTH])))
    assert {(operation, fault) for operation in BY_NAME for fault in NAMED_FAULTS} == {
        (cell.operation, cell.fault) for cell in cells
    }


# -- what it notices: connectors that are wrong --


def does_nothing(right: Method) -> Method:
    async def wrong(self: Connector, *told: object) -> None:
        return None

    return wrong


def finds_no_log(right: Method) -> Method:
    async def wrong(self: Connector, *told: object, **how: object) -> None:
        return None

    return wrong


def forgets_what_failed(right: Method) -> Method:
    calls = iter(range(100))

    async def wrong(self: Connector, *told: object) -> str:
        if next(calls) == 0:
            raise Unreachable("Nobody answers.")
        return "9301"

    return wrong


def leaves_out_the_phone(right: Method) -> Method:
    async def wrong(self: Connector, *told: object, **how: object) -> list[Contact]:
        return [contact.model_copy(update={"phone": ""}) for contact in await right(self, *told, **how)]

    return wrong


def stumbles(right: Method) -> Method:
    async def wrong(self: Connector, *told: object, **how: object) -> None:
        raise KeyError("data")

    return wrong


def waits_an_hour(right: Method) -> Method:
    async def wrong(self: Connector, *told: object, **how: object) -> Any:
        await self.crm.clock.sleep(3600)
        return await right(self, *told, **how)

    return wrong


def asks_somebody_else(right: Method) -> Method:
    async def wrong(self: Connector, *told: object, **how: object) -> Any:
        request = httpx.Request("GET", f"https://{FOREIGN_HOST}/")
        with pytest.raises(httpx.ConnectError):
            await self.crm._transport._inner.handle_async_request(request)
        return await right(self, *told, **how)

    return wrong


def tells_its_secret(right: Method) -> Method:
    async def wrong(self: Connector, *told: object, **how: object) -> None:
        raise CrmError(f"Not accepted: {next(iter(self.crm.signer.secrets().values()))}")  # type: ignore[union-attr]

    return wrong


def denies_what_it_did(right: Method) -> Method:
    async def wrong(self: Connector, *told: object) -> None:
        await right(self, *told)
        raise Rejected("The CRM did not accept this.")

    return wrong


WRONG: dict[Verdict, tuple[str, str, Callable[[Method], Method]]] = {
    Verdict.NOT_DONE: ("update log", "update_call_log", does_nothing),
    Verdict.LOST: ("log call", "create_call_log", forgets_what_failed),
    Verdict.SILENT: ("find contact", "find_contact", leaves_out_the_phone),
    Verdict.TRACEBACK: ("find contact", "find_contact", stumbles),
    Verdict.HANG: ("find contact", "find_contact", waits_an_hour),
    Verdict.FOREIGN_HOST: ("find contact", "find_contact", asks_somebody_else),
    Verdict.LEAK: ("find contact", "find_contact", tells_its_secret),
    Verdict.DENIED: ("update log", "update_call_log", denies_what_it_did),
}


async def tried(
    monkeypatch: pytest.MonkeyPatch, operation: str, method: str, wrong: Callable[[Method], Method], cell: str
) -> Outcome:
    """What becomes of a cell, "position/fault/span", when the connector does a thing wrong."""
    rehearsal = await rehearsed(operation)
    monkeypatch.setattr(CONNECTOR, method, wrong(getattr(CONNECTOR, method)))
    position, fault, span = cell.split("/")
    return await try_cell(Cell(OAUTH, operation, int(position), fault, span), rehearsal)  # type: ignore[arg-type]


async def rehearsed(operation: str) -> Rehearsal:
    rehearsal = await rehearse(OAUTH, BY_NAME[operation])
    assert rehearsal is not None
    return rehearsal


@pytest.mark.parametrize("verdict", WRONG)
async def test_a_connector_that_is_wrong_is_noticed(
    monkeypatch: pytest.MonkeyPatch, verdict: Verdict
) -> None:
    outcome = await tried(monkeypatch, *WRONG[verdict], "1/clock ahead/each time")
    assert verdict is outcome.verdict, outcome.evidence


async def test_a_lost_answer_that_nobody_looks_for_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    position = len((await rehearsed("log call")).requests)
    cell = f"{position}/answer lost/once"
    outcome = await tried(monkeypatch, "log call", "find_log", finds_no_log, cell)
    assert Verdict.DOUBLED is outcome.verdict, outcome.evidence


# -- what it says --


def report(verdict: Verdict) -> FaultReport:
    return FaultReport([Outcome(Cell(OAUTH, "log call", 1, "answer lost"), verdict, "Call logged")], 1)


def test_a_forbidden_cell_is_told_with_how_to_run_it_alone() -> None:
    told = str(report(Verdict.DOUBLED))
    assert f"appconnect faults --cell '{OAUTH}/log call/1/answer lost/each time'" in told
    assert "doubled" in told
    assert "--cell" not in str(report(Verdict.UNCERTAIN))


def test_the_table_goes_between_its_marks() -> None:
    text = "Before\n<!-- faults: begin -->\nold\n<!-- faults: end -->\nAfter\n"
    written = report(Verdict.DOUBLED).written_into(text)
    assert ("old" in written, written.startswith("Before"), written.endswith("After\n")) == (
        False,
        True,
        True,
    )
    assert "| answer lost | ✗ doubled 1 |" in written


def test_one_cell_can_be_run_by_its_name() -> None:
    name = f"{OAUTH}/list users/1/refused connection/each time"
    result = CliRunner().invoke(app, ["faults", "--cell", name])
    assert (0, True) == (result.exit_code, "1 cells: refused 1" in result.output)


def test_a_forbidden_cell_ends_the_command_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appconnect.testing.faults.run_faults", lambda *_, **__: report(Verdict.LOST))
    assert 1 == CliRunner().invoke(app, ["faults", OAUTH]).exit_code


def test_a_name_of_no_cell_is_refused_with_what_a_name_is() -> None:
    result = CliRunner().invoke(app, ["faults", OAUTH, "-k", "asteroid"])
    assert (1, True) == (result.exit_code, "PLATFORM/OPERATION/REQUEST/FAULT/SPAN" in result.output)


def test_the_names_of_all_faults_are_listed() -> None:
    told = CliRunner().invoke(app, ["faults", "--list"]).output
    assert [] == [name for name in NAMED_FAULTS if name not in told]


def test_the_readme_has_a_table_of_all_families_without_a_forbidden_cell() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    table = readme.partition("<!-- faults: begin -->")[2].partition("<!-- faults: end -->")[0]
    assert {fault.family for fault in NAMED_FAULTS.values()} <= {
        row.split("|")[1].strip() for row in table.splitlines() if row.startswith("|")
    }
    assert "✗" not in table
