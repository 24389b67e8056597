"""``appconnect sandbox``: what it serves, what it prints, and how it ends, without a port."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from platforms import CRMS, OAUTH, OAUTH_TITLE, needs
from typer.testing import CliRunner, Result

from appconnect.cli import app
from appconnect.connectors import registry
from appconnect.sandbox import server
from appconnect.sandbox.clock import START, SandboxClock
from appconnect.sandbox.server import PortTaken, Sandbox
from appconnect.sandbox.state import SandboxState, StateKeeper
from appconnect.workbench.sandboxes import sandbox_kinds

pytestmark = pytest.mark.skipif(os.name == "nt", reason="It ends in another way")
URL = "http://127.0.0.1:8701"


class Served:
    """What was served, and where; ``meanwhile`` is done before the process is told to end."""

    def __init__(self) -> None:
        self.app: Any = None
        self.port = -1
        self.meanwhile: Callable[[], object] = lambda: None

    @property
    def sandbox(self) -> Sandbox:
        sandbox = self.app._sandbox if isinstance(self.app, StateKeeper) else self.app
        assert isinstance(sandbox, Sandbox)
        return sandbox


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """Takes the place of the port; the sandbox gets a SIGTERM once it is served."""
    served = Served()

    @asynccontextmanager
    async def serve(app: Any, port: int) -> AsyncIterator[str]:
        served.app, served.port = app, port
        served.meanwhile()
        os.kill(os.getpid(), signal.SIGTERM)
        yield URL

    monkeypatch.setattr(server, "serve", serve)
    return served


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["sandbox", *map(str, arguments)])


def rows(sandbox: Sandbox) -> dict[str, int]:
    """How many records each CRM has."""
    state = SandboxState.of(sandbox)
    return {name: sum(map(len, held.tables.values())) for name, held in state.crms.items()}


def where_each_is() -> list[str]:
    width = max(map(len, registry.titles().values()))
    crms = [kind(SandboxClock()) for kind in sandbox_kinds().values()]
    return [
        f"The sandbox is at {URL}/ – open it for credentials, people, plans and toggles.",
        *(f"  {each.title:<{width}} {URL}/{each.name}  in place of https://{each.hosts[0]}" for each in crms),
    ]


@pytest.mark.parametrize(("options", "port"), [([], 8700), (["--port", 0], 0), (["--port", 65535], 65535)])
def test_it_says_where_each_crm_is_and_ends_when_it_is_told_to(
    served: Served, options: list[object], port: int
) -> None:
    result = run(*options)
    assert [
        *where_each_is(),
        "It is filled anew each time it starts. Ctrl-C ends it.",
        "The sandbox has ended.",
    ] == result.stdout.splitlines()
    assert (0, "", port) == (result.exit_code, result.stderr, served.port)
    assert list(CRMS) == sorted(each.name for each in served.app)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(served: Served, port: int) -> None:
    assert (2, -1) == (run("--port", port).exit_code, served.port)
    assert 2 == run("--people", -1).exit_code


def test_its_records_are_kept_in_a_file_and_restored(served: Served, tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state.json"
    first = run("--state", state, "--people", 2)
    assert isinstance(served.app, StateKeeper)
    kept = f"Its records are kept in {state}. Ctrl-C ends it."
    assert [*where_each_is(), kept, "The sandbox has ended."] == first.stdout.splitlines()
    before = rows(served.sandbox)
    assert SandboxState.of(served.sandbox) == SandboxState.model_validate_json(state.read_text("utf-8"))
    second = run("--state", state, "--people", 5)
    assert [f"Restored from {state}.", *where_each_is(), kept, "The sandbox has ended."] == (
        second.stdout.splitlines()
    )
    assert before == rows(served.sandbox)


def test_made_up_people_are_added_to_each_crm(served: Served) -> None:
    run()
    before = rows(served.sandbox)
    run("--people", 3)
    after = rows(served.sandbox)
    assert [True] * len(before) == [after[name] >= before[name] + 3 for name in before]


def test_more_people_than_there_can_be_are_one_sentence(served: Served) -> None:
    refused = run("--people", 10_000_000)
    assert (1, "") == (refused.exit_code, refused.stdout)
    assert refused.stderr.startswith("appconnect: There can be 0 to ")
    assert refused.stderr.endswith(" made-up people, not 10,000,000.\n")


@pytest.mark.parametrize(
    ("text", "where"), [("{", "the file"), ('{"crms": {"CRM": {}}}', f"crms.{OAUTH}.plan")]
)
def test_a_file_that_is_no_state_is_one_sentence(
    served: Served, tmp_path: Path, text: str, where: str
) -> None:
    path = tmp_path / "state.json"
    path.write_text(text.replace("CRM", OAUTH))
    refused = run("--state", path)
    assert (1, "", -1) == (refused.exit_code, refused.stdout, served.port)
    said = f"appconnect: {path} is no saved state of the sandbox: {where} does not fit.\n"
    assert said == refused.stderr


def test_a_state_that_cannot_be_written_is_one_sentence(served: Served, tmp_path: Path) -> None:
    served.meanwhile = (tmp_path / "file").touch
    refused = run("--state", tmp_path / "file" / "state.json")
    said = f"appconnect: {tmp_path / 'file' / 'state.json'} cannot be written: File exists.\n"
    assert (1, said) == (refused.exit_code, refused.stderr)


def test_a_port_that_is_taken_is_one_sentence(served: Served) -> None:
    def taken() -> None:
        raise PortTaken(8700)

    served.meanwhile = taken
    refused = run()
    said = "appconnect: Port 8700 is taken by another program; choose another, or 0 for any free one.\n"
    assert (1, "", said) == (refused.exit_code, refused.stdout, refused.stderr)


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        ("notebooks", START), ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2024-02-29T12:00", datetime(2024, 2, 29, 12, tzinfo=UTC)),
        ("2024-02-29T12:00+05:00", datetime(2024, 2, 29, 7, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_it_begins_at_a_time_and_goes_on_from_there(served: Served, start: str, moment: datetime) -> None:
    seen: list[datetime] = []
    served.meanwhile = lambda: seen.extend(served.sandbox.clock.now() for _ in range(2))
    assert 0 == run("--start", start).exit_code
    assert 0 <= (seen[0] - moment).total_seconds() < 60
    assert seen[0] < seen[1]
    assert {served.sandbox.clock} == {crm.clock for crm in served.sandbox}


def test_unless_told_otherwise_it_is_now(served: Served) -> None:
    seen: list[datetime] = []
    served.meanwhile = lambda: seen.append(served.sandbox.clock.now())
    run()
    assert abs((datetime.now(UTC) - seen[0]).total_seconds()) < 60


@needs("pipedrive", "insightly")
def test_plans_and_toggles_are_those_that_were_asked_for(served: Served) -> None:
    run()
    kinds = {each.name: (each.plan, dict(each.toggles)) for each in served.sandbox}
    run(
        *("--plan", "pipedrive=tiny", "--toggle", "pipedrive.leads_feature=off"),
        *("--toggle", "insightly.retry_after=on", "--toggle", "pipedrive.retry_after=on"),
    )
    found = {each.name: (each.plan, dict(each.toggles)) for each in served.sandbox}
    plan, toggles = kinds["pipedrive"]
    assert "tiny" != plan
    assert ("tiny", {**toggles, "leads_feature": False, "retry_after": True}) == found.pop("pipedrive")
    plan, toggles = kinds["insightly"]
    assert (plan, {**toggles, "retry_after": True}) == found.pop("insightly")
    assert found == {name: kinds[name] for name in found}


PLAYED = ", ".join(sandbox_kinds())


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--plan=hubspot=free", f"hubspot=free: the sandbox plays no 'hubspot'; choose one of {PLAYED}."),
        (
            "--toggle=hubspot.tea=on",
            f"hubspot.tea=on: the sandbox plays no 'hubspot'; choose one of {PLAYED}.",
        ),
        (f"--toggle={OAUTH}.tea", f"--toggle {OAUTH}.tea: write it as CRM.NAME=on or CRM.NAME=off."),
        (f"--toggle={OAUTH}.tea=ON", f"--toggle {OAUTH}.tea=ON: write it as CRM.NAME=on or CRM.NAME=off."),
        ("--start=soon", "--start soon: write it as 2024-02-29 or 2024-02-29T12:00, or notebooks."),
    ],
)
def test_what_is_not_there_is_one_whole_sentence(served: Served, option: str, sentence: str) -> None:
    refused = run(option)
    assert (1, "", f"appconnect: {sentence}\n", -1) == (
        refused.exit_code, refused.stdout, refused.stderr, served.port,
    )  # fmt: skip


@pytest.mark.parametrize("what", ["plan", "toggle"])
def test_a_plan_or_toggle_that_a_crm_has_not_is_one_sentence_with_those_it_has(
    served: Served, what: str
) -> None:
    kind = sandbox_kinds()[OAUTH]
    option = f"--plan={OAUTH}=free" if what == "plan" else f"--toggle={OAUTH}.tea=on"
    there_are = ", ".join(kind.plans if what == "plan" else kind(SandboxClock()).toggles)
    told = f"{OAUTH_TITLE} has no plan 'free'" if what == "plan" else "No toggle 'tea'"
    assert f"appconnect: {told}; there are: {there_are}.\n" == run(option).stderr


def test_the_coverage_of_every_crm_is_listed_and_nothing_served(served: Served) -> None:
    told = run("--coverage")
    expected: list[str] = []
    for kind in sandbox_kinds().values():
        share = kind(SandboxClock()).coverage
        expected.append(f"{kind.title}: {share.told}")
        for group in share.groups:
            expected.append(f"  {group.group}: {len(group.played)} of {group.total}")
            expected += [f"    not played: {each}" for each in group.missing]
        unnamed = share.in_all - len(share.operations)
        expected += [f"  not played and not known by name: {unnamed}"] if unnamed else []
    assert (0, expected, -1) == (told.exit_code, told.stdout.splitlines(), served.port)


def test_a_connector_that_cannot_be_loaded_is_told_and_the_others_are_played(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_CONNECTORS", str(tmp_path))
    registry.forget()
    result = run()
    monkeypatch.undo()
    registry.forget()
    said = (
        f"appconnect: There is no {tmp_path / 'pyproject.toml'}; name the folder of a connector's project.\n"
    )
    assert (0, said) == (result.exit_code, result.stderr)
