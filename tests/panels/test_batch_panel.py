"""The batch panel: a file or data frame, a plan, a run that can be stopped, and what came back."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from exports import calls, people
from markupsafe import escape
from platforms import CRMS, OAUTH, answers_of
from workbench_steps import sandbox_of, sent, signed_in

from appconnect.panels import BatchPanel
from appconnect.panels.batch import LOG
from appconnect.workbench import Workbench, connect


async def started(crm: str = OAUTH, rows: int = 20) -> tuple[Workbench, pd.DataFrame]:
    workbench = await signed_in(crm)
    return workbench, pd.DataFrame(list(calls(rows, people(sandbox_of(workbench), 25))))


@pytest.mark.parametrize("crm", CRMS)
async def test_a_person_sees_the_plan_runs_it_and_sees_what_came_back(crm: str) -> None:
    workbench, frame = await started(crm)
    panel = BatchPanel(workbench, frame)
    assert "nothing run yet" == panel.about()
    panel.kind.value = LOG
    panel.plan_button.click()
    await panel.done()
    assert "20 rows; " in panel.plan_view.value and "→ read all contacts once" in panel.plan_view.value
    before = answers_of(crm).count(sandbox_of(workbench))
    panel.run_button.click()
    await panel.done()
    assert 14 == answers_of(crm).count(sandbox_of(workbench)) - before
    assert "20 rows: 2 no contact, 14 logged, 4 refused." == panel.about()
    assert panel.about() in panel.status.value
    assert (1.0, True) == (panel.bar.value, "100% · 20 of 20 rows" in panel.how_far.value)
    assert "Extension 101 is internal" in panel.result_view.value
    assert "<td>10, 20</td>" in panel.result_view.value and "<td>10</td>" in panel.result_view.value
    assert panel.result is not None and isinstance(panel.result.table, pd.DataFrame)
    assert repr(panel) == f"<BatchPanel for {workbench.title}: {panel.about()}>"


async def test_a_file_is_chosen_by_name_and_its_result_is_written_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench, frame = await started()
    (tmp_path / "calls.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in frame.to_dict("records")))
    (tmp_path / "notes.txt").touch()
    monkeypatch.chdir(tmp_path)
    panel = BatchPanel(workbench)
    assert ("calls.jsonl",) == panel.file.options
    await panel.run()
    assert "Choose a file first." in panel.status.value
    panel.file.value = "calls.jsonl"
    result = await panel.run()
    assert result is not None
    assert Path("calls.matched.jsonl") == result.table
    assert "Written to calls.matched.jsonl." in panel.status.value


async def test_a_run_is_stopped_by_its_button_which_nothing_else_enables() -> None:
    workbench, frame = await started(rows=300)
    panel = BatchPanel(workbench, frame)
    panel.kind.value = LOG
    assert panel.stop_button.disabled
    shown = panel._show_progress

    def stop_in_the_middle(progress: object) -> None:
        shown(progress)  # type: ignore[arg-type]
        assert (False, True, True) == (
            panel.stop_button.disabled,
            panel.run_button.disabled,
            panel.kind.disabled,
        )
        panel.stop_button.click()

    panel._show_progress = stop_in_the_middle  # type: ignore[method-assign, assignment]
    panel.run_button.click()
    await panel.done()
    panel._show_progress = shown  # type: ignore[method-assign]
    assert "Stopped; run it again to go on from here." in panel.status.value
    assert 0 < panel.bar.value < 1
    assert panel.stop_button.disabled and not panel.run_button.disabled
    result = await panel.run()
    assert result is not None
    assert {"no contact": 30, "logged": 210, "refused": 60} == result.counts


async def test_a_dry_run_writes_nothing_and_a_change_forgets_the_plan() -> None:
    workbench, frame = await started()
    panel = BatchPanel(workbench, frame)
    panel.dry_run.value = True
    assert await panel.run() is None
    assert "a dry run of a match ends here" in panel.status.value
    panel.kind.value = LOG
    assert ("", "") == (panel.plan_view.value, panel.status.value)
    before = answers_of(OAUTH).count(sandbox_of(workbench))
    result = await panel.run()
    assert result is not None
    assert ({"no contact": 2, "to be logged": 14, "refused": 4}, before) == (
        result.counts, answers_of(OAUTH).count(sandbox_of(workbench)),
    )  # fmt: skip


async def test_what_cannot_be_done_is_a_sentence_in_the_panel() -> None:
    workbench, frame = await started()
    panel = BatchPanel(workbench, "missing.csv")
    seen = sent(workbench)
    assert await panel.plan() is None
    assert "There is no file missing.csv." in panel.status.value
    for name in (f"{'x' * 300}.csv", "~nobody-of-this-name/calls.csv"):
        panel = BatchPanel(workbench, name)
        assert (None, None) == (await panel.plan(), await panel.run())
        assert "choose another path" in panel.status.value
    nobody = BatchPanel(connect(OAUTH, mode="sandbox"), frame)
    assert await nobody.run() is None
    assert (True, seen) == ("sign in first" in nobody.status.value, sent(workbench))


async def test_foreign_text_is_escaped() -> None:
    workbench, frame = await started(rows=1)
    script = "<img src=x onerror=alert(1)>"
    frame["from"] = [{"phoneNumber": script}]
    panel = BatchPanel(workbench, frame)
    await panel.run()
    shown = "".join(part.value for part in (panel.status, panel.plan_view, panel.how_far, panel.result_view))
    assert script not in shown
    assert str(escape(script)) in shown


async def test_every_control_has_a_name() -> None:
    workbench, frame = await started(rows=1)
    panel = BatchPanel(workbench, frame)
    for control in (
        panel.file,
        panel.kind,
        panel.dry_run,
        panel.plan_button,
        panel.run_button,
        panel.stop_button,
        panel.bar,
    ):
        assert control.description
