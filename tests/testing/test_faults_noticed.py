"""What the matrix of faults notices in a connector that is wrong, and what it says of it: a cell at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from platforms import OAUTH
from typer.testing import CliRunner

from appconnect.cli import app
from appconnect.connector import Connector
from appconnect.connectors import registry
from appconnect.errors import ConfigurationError, CrmError, Rejected, Unconfirmed, Unreachable
from appconnect.models import Contact
from appconnect.operation_warnings import warn
from appconnect.sandbox.named_faults import FOREIGN_HOST
from appconnect.testing import cast, steps
from appconnect.testing.faults import Cell, Outcome, Verdict
from appconnect.testing.faults.cells import BY_NAME, Rehearsal, rehearse, try_cell
from appconnect.testing.faults.missing import unnamed
from appconnect.testing.faults.report import FaultReport

CONNECTOR = registry.platform(OAUTH).connector
Method = Callable[..., Awaitable[Any]]


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


def warns(sentence: str) -> Callable[[Method], Method]:
    def leaves_it_out_and_warns(right: Method) -> Method:
        leaves_out = leaves_out_the_phone(right)

        async def wrong(self: Connector, *told: object, **how: object) -> Any:
            warn(sentence)
            return await leaves_out(self, *told, **how)

        return wrong

    return leaves_it_out_and_warns


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
    """Once: what is done again is said to be done."""
    calls = iter(range(100))

    async def wrong(self: Connector, *told: object) -> None:
        await right(self, *told)
        if next(calls) == 0:
            raise Rejected("The CRM did not accept this.")

    return wrong


def creates_two(right: Method) -> Method:
    async def wrong(self: Connector, *told: object) -> Any:
        await right(self, *told)
        return await right(self, *told)

    return wrong


def says_it_is_not_allowed(right: Method) -> Method:
    async def wrong(self: Connector, *told: object) -> None:
        await right(self, *told)
        raise Rejected("You may not do this: nothing was saved.")

    return wrong


def is_never_sure(right: Method) -> Method:
    async def reads_nothing(*_: object) -> None:
        raise Unconfirmed("It may have been done.")

    async def wrong(self: Connector, *told: object) -> None:
        await right(self, *told)
        self.get_log_to_change = reads_nothing  # type: ignore[assignment,method-assign]
        raise Unconfirmed("It may have been done.")

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


async def test_a_second_contact_that_no_search_shows_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    find = CONNECTOR.find_contact

    async def finds_one(self: Connector, *told: Any, **how: Any) -> list[Contact]:
        return (await find(self, *told, **how))[:1]

    monkeypatch.setattr(CONNECTOR, "find_contact", finds_one)
    cell = "1/clock ahead/each time"
    outcome = await tried(monkeypatch, "create contact", "create_contact", creates_two, cell)
    assert Verdict.DOUBLED is outcome.verdict, outcome.evidence


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Something could not be read.", Verdict.SILENT),
        ("Could not read the phones of Nia Holt: The CRM did not answer.", Verdict.PARTIAL),
    ],
)
async def test_a_warning_counts_when_it_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, sentence: str, verdict: Verdict
) -> None:
    cell = "1/clock ahead/each time"
    outcome = await tried(monkeypatch, "find contact", "find_contact", warns(sentence), cell)
    assert verdict is outcome.verdict, outcome.evidence


@pytest.mark.parametrize(
    ("found", "warning", "unnamed_places"),
    [
        ({"contacts": [{"name": "Nia", "noteActions": []}]}, "Could not read the note actions.", []),
        ({"contacts": [{"name": "Nia", "noteActions": []}]}, "Could not read it.", ["contacts.noteActions"]),
        ({"contacts": []}, "Could not read the notes.", []),
        ({"contacts": []}, "Could not read it.", ["contacts"]),
        ({"contacts": [{"name": "Nia", "noteActions": ["call"]}], "more": 1}, "", ["more"]),
        ({"contacts": [{"name": "Nia", "noteActions": ["call"]}]}, "", []),
    ],
)
def test_a_place_is_named_by_a_word_of_it(found: object, warning: str, unnamed_places: list[str]) -> None:
    expected = {"contacts": [{"name": "Nia", "noteActions": ["call"]}]}
    assert unnamed_places == unnamed(expected, found, [warning])


async def test_what_a_crm_is_believed_excuses_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = await tried(monkeypatch, "find contact", "find_contact", stumbles, "1/404/each time")
    assert Verdict.TRACEBACK is outcome.verdict, outcome.evidence


async def test_a_refusal_in_which_may_stands_is_not_taken_for_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = "1/clock ahead/each time"
    outcome = await tried(monkeypatch, "update log", "update_call_log", says_it_is_not_allowed, cell)
    assert Verdict.DENIED is outcome.verdict, outcome.evidence


async def test_what_is_done_and_for_ever_said_to_be_uncertain_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cell = "1/clock ahead/each time"
    outcome = await tried(monkeypatch, "update log", "update_call_log", is_never_sure, cell)
    assert Verdict.DENIED is outcome.verdict, outcome.evidence


async def test_a_fault_that_no_request_meets_judges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = (await (await steps.signed_in(OAUTH)).find_contact(cast.NIA.number)).contacts

    def remembers(right: Method) -> Method:
        async def wrong(self: Connector, *told: object, **how: object) -> list[Contact]:
            return [each for each in found if not each.is_new_contact]

        return wrong

    outcome = await tried(monkeypatch, "find contact", "find_contact", remembers, "1/503/each time")
    assert Verdict.UNMET is outcome.verdict, outcome.evidence


async def test_what_the_crm_itself_does_not_show_once_is_no_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CONNECTOR, "create_contact", creates_two(CONNECTOR.create_contact))
    with pytest.raises(ConfigurationError, match=r"“create contact” without any fault stands 2 times"):
        await rehearse(OAUTH, BY_NAME["create contact"])


async def test_a_connector_that_waits_for_ever_is_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is not the operation that waits, but the sign-in before it."""
    rehearsal = await rehearsed("find contact")
    monkeypatch.setattr("appconnect.testing.faults.cells.REAL_PATIENCE", 0.1)

    async def waits_for_ever(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(CONNECTOR, "get_user_info", waits_for_ever)
    outcome = await try_cell(Cell(OAUTH, "find contact", 1, "answer lost"), rehearsal)
    assert (Verdict.HANG, "It takes more than 0.2 seconds of real time.") == (
        outcome.verdict,
        outcome.evidence,
    )


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
