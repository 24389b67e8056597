"""The sentences in which panels say what is missing, and what to do about it."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from answers import NIA
from exports import calls, people
from platforms import CRMS, KEY, OAUTH, OAUTH_TITLE, needs
from workbench_steps import nia, sandbox_of, secrets_of, signed_in

from appconnect.batch.outcomes import PREFIX
from appconnect.errors import NobodyChosen
from appconnect.panels import (
    AppPanel,
    BatchPanel,
    CallLogPanel,
    ChooserPanel,
    ConnectPanel,
    ContactsPanel,
    ExportPanel,
    MatchPanel,
    TimelinePanel,
    ValueOriginsPanel,
)
from appconnect.panels.panel import Panel
from appconnect.workbench import connect


def said(panel: Panel, level: str, *sentences: str) -> bool:
    """True where the panel says just this: a sentence, and lines below it."""
    first, *lines = sentences
    more = f"<ul>{''.join(f'<li>{each}</li>' for each in lines)}</ul>" if lines else ""
    return f'<div class="ac-note {level}" role="status">' in panel.status.value and (
        f"<div><b>{first}</b>{more}</div></div>" in unescape(panel.status.value)
    )


# -- contacts --


async def test_where_nobody_is_chosen_a_notebook_is_told_what_to_do() -> None:
    panel = ContactsPanel(await signed_in(OAUTH), "+1 415 555 0177")
    for _ in range(2):
        with pytest.raises(NobodyChosen) as told:
            panel.picked()
        assert (
            f"Nobody is chosen: search above for somebody who is in {OAUTH_TITLE}, choose them, "
            "then run on from this cell." == str(told.value)
        )
        await panel.search()
    with pytest.raises(NobodyChosen):
        panel.picked(default=2)
    assert panel.contacts[1] is panel.picked(default=1) is panel.chosen
    assert panel.contacts[1] is panel.picked(default=0), "who is chosen already stays"


async def test_a_person_may_be_picked_by_the_first_place() -> None:
    panel = ContactsPanel(await signed_in(OAUTH), "+1 415 555 0177")
    await panel.search()
    assert panel.contacts[0] is panel.picked(default=0)


@needs("pipedrive")
async def test_an_extension_is_offered_to_be_searched_for_with_its_country_code() -> None:
    panel = ContactsPanel(await signed_in("pipedrive"), "(415) 555-0142")
    assert "none" == panel.full_button.layout.display
    await panel.search()
    assert (None, "Search for +14155550142", "Pipedrive takes a number without “+” for an extension") == (
        panel.full_button.layout.display, panel.full_button.description, panel.full_button.tooltip,
    )  # fmt: skip
    panel.full_button.click()
    await panel.done()
    assert ("+14155550142", "none") == (panel.query.value, panel.full_button.layout.display)
    panel.query.value = "nobody"
    await panel.search()
    await panel.search_full()
    assert "nobody" == panel.query.value


# -- choosing a CRM --


async def test_a_replay_says_of_which_crms_there_are_recordings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ChooserPanel, "last", None)
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    titles = []
    for crm in CRMS[:2]:
        workbench = await signed_in(crm, record=True, scenario="two")
        titles.append(workbench.title)
        await workbench.close()
    monkeypatch.setenv("APPCONNECT_MODE", "replay")
    shown = unescape(ChooserPanel(scenario="two").answers.value)
    assert f" There is one of this notebook for {', '.join(titles)} only.</td>" in shown
    none = ChooserPanel(scenario="nobody-recorded-this")
    assert len(CRMS) == len(none.crm.options) and "There is one" not in none.answers.value


async def test_panels_of_the_crm_that_was_chosen_before_are_spoken_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ChooserPanel, "last", None)
    chooser = ChooserPanel(OAUTH)
    panel = ContactsPanel(chooser.connect())
    chooser.crm.value = KEY
    other = chooser.about()
    assert said(
        chooser,
        "warning",
        f"The panels below still work with {OAUTH_TITLE}.",
        f"Run the cells below this one again to work with {other}.",
    )
    head = panel.view.children[0]
    assert f"{other} is chosen now, but this panel still works with {OAUTH_TITLE}." in head.value
    chooser.connect()
    assert "" == chooser.status.value
    chooser.crm.value = OAUTH
    assert "" == chooser.status.value, "one of its workbenches works with that one"
    assert "is chosen now" not in head.value


# -- batch --


async def test_what_was_added_to_a_data_frame_is_shown_of_its_first_rows() -> None:
    workbench = await signed_in(OAUTH)
    frame = pd.DataFrame(list(calls(20, people(sandbox_of(workbench), 25))))
    panel = BatchPanel(workbench, frame)
    result = await panel.run()
    assert result is not None and isinstance(result.table, pd.DataFrame)
    shown = unescape(panel.result_view.value)
    _, _, added = shown.partition("<caption>What was added to the first rows</caption>")
    head = "".join(
        f'<th scope="col">{each}</th>' for each in ("row", "contact name", "log id", "status", "reason")
    )
    assert added.startswith(f"<thead><tr>{head}</tr></thead><tbody><tr><td>1</td>")
    assert 10 == added.count("<tr><td>") and "<tr><td>10</td>" in added
    first = result.table.iloc[0]
    assert (
        f"<tr><td>1</td><td>{first[f'{PREFIX}contact_name']}</td><td>{first[f'{PREFIX}log_id']}</td>"
        f"<td>{first[f'{PREFIX}status']}</td><td>{first[f'{PREFIX}reason']}</td></tr>" in added
    )


async def test_what_was_written_into_a_file_is_not_shown_row_by_row(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    workbench = await signed_in(OAUTH)
    rows = list(calls(3, people(sandbox_of(workbench), 25)))
    (tmp_path / "calls.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in rows))
    panel = BatchPanel(workbench, "calls.jsonl")
    result = await panel.run()
    assert result is not None
    assert said(panel, "success", result.message, f"Written to {result.table}.", *result.notes)
    assert "What was added" not in panel.result_view.value


async def test_a_stop_without_a_run_does_nothing() -> None:
    panel = BatchPanel(await signed_in(OAUTH))
    await panel.stop()
    assert "" == panel.status.value


@pytest.mark.parametrize(
    ("name", "is_offered"),
    [("a.csv", True), ("b.jsonl", True), ("c.ndjson", True), ("d.parquet", True), ("e.txt", False)],
)
async def test_files_that_may_be_tables_are_offered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, is_offered: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).touch()
    assert ((name,) if is_offered else ()) == BatchPanel(await signed_in(OAUTH)).file.options


async def test_files_are_offered_in_the_order_of_their_names_and_a_path_is_filled_in() -> None:
    workbench = await signed_in(OAUTH)
    assert ("", "x/calls.csv", "calls.csv") == (
        BatchPanel(workbench).file.value,
        BatchPanel(workbench, Path("x/calls.csv")).file.value,
        BatchPanel(workbench, "calls.csv").file.value,
    )
    frame = BatchPanel(workbench, pd.DataFrame([{"phone": NIA}] * 1_234))
    assert "<td>1,234 rows, given by the notebook</td>" in frame.snapshot()
    assert "" == frame.file.value


# -- logs --


@pytest.mark.parametrize("step", ["update", "preview_update", "set_disposition", "read"])
async def test_what_is_not_logged_yet_cannot_be_changed(step: str) -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench))
    before = len(workbench.trace)
    assert None is await getattr(panel, step)()
    assert said(panel, "warning", "Log the call first; there is nothing to change yet.")
    assert before == len(workbench.trace)


@pytest.mark.parametrize("step", ["preview_update", "read"])
async def test_a_log_that_is_gone_is_said_to_be_and_nothing_of_it_is_shown(step: str) -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench))
    await panel.log()
    panel.log_id = "999999"
    panel.refresh()
    read = await getattr(panel, step)()
    assert read is not None and not read.successful
    assert read.message in unescape(panel.status.value)
    assert "As the CRM has it" not in panel.wire.value and "404" in panel.wire.value
    assert "“Preview update” reads the log and shows what an update will change in it." in panel.preview.value


# -- exports, matches, values --


async def test_without_traffic_there_is_no_request_to_export() -> None:
    panel = ExportPanel(connect(OAUTH, mode="sandbox"))
    for step in (panel.curl, panel.httpx):
        assert "" == await step()
        assert said(panel, "warning", "Nothing has been sent yet; there is no request to export.")
    assert "0 requests" == panel.about()
    await panel.workbench.sign_in()
    assert f"{len(panel.workbench.trace)} requests" == panel.about()
    assert 1 < len(panel.workbench.trace)


async def test_a_spelling_that_cannot_be_tried_leaves_the_empty_place_and_the_sentence() -> None:
    panel = MatchPanel(await signed_in(OAUTH), "+1 415 555 0112")
    await panel.try_spellings()
    assert "" == panel.status.value, "nothing was explained that could be summed up"
    assert '<div class="ac-spellings">' in panel.table.value
    panel.number.value = ""
    assert None is await panel.try_spellings()
    assert '<div class="ac-empty">No spelling has been tried.</div>' == panel.table.value
    assert None is await panel.try_expected()
    assert said(panel, "warning", "Type whom you expected first: a name or an id.")


async def test_a_value_that_nobody_has_is_said_not_to_fit() -> None:
    workbench = await signed_in(OAUTH)
    panel = ValueOriginsPanel(workbench, await nia(workbench))
    assert "nothing explained yet" == panel.about()
    explained = await panel.explain()
    assert explained is not None
    assert f"{len(explained.values)} values, written in {explained.zone}" == panel.about()
    panel.filter.value = "nobody-has-this"
    assert '<div class="ac-empty">No value fits what is to be shown.</div>' == panel.result.value


# -- the timeline --


async def test_an_operation_is_not_sent_again() -> None:
    workbench = await signed_in(OAUTH)
    panel = TimelinePanel(workbench)
    panel.open_operation(1)
    assert panel.resend_button.disabled and panel.edit_button.disabled
    for step in (panel.resend, panel.edit):
        await step()
        assert said(panel, "warning", "Choose a request first; an operation is run again where it was run.")


async def test_a_request_whose_secret_is_masked_is_edited_before_it_is_sent() -> None:
    workbench = await signed_in(OAUTH)
    await workbench.crm.get(workbench.trace[-1].request.url, term=min(secrets_of(workbench)))
    panel = TimelinePanel(workbench)
    panel.open_request(workbench.trace[-1].number)
    before = len(workbench.trace)
    await panel.resend()
    assert "; put real values there with “Edit and send …”.</b>" in panel.status.value
    assert unescape(panel.status.value).count("<b>It holds what is masked (<") == 1
    assert before == len(workbench.trace)


async def test_what_is_kept_to_compare_names_its_kind() -> None:
    workbench = await signed_in(OAUTH)
    panel = TimelinePanel(workbench)
    panel.open_operation(1)
    await panel.pin()
    assert "<b>Choose another operation to compare operation 1 (sign_in) with.</b>" in panel.comparison.value
    panel.open_request(1)
    assert "<b>Choose another operation to compare operation 1 (sign_in) with.</b>" in panel.comparison.value
    await panel.pin()
    assert "" == panel.comparison.value
    await panel.pin()
    assert "<b>Choose another request to compare request 1 with.</b>" in panel.comparison.value


# -- signing in --


async def test_a_paste_and_a_cancel_that_nobody_waits_for_do_nothing() -> None:
    panel = ConnectPanel(connect(OAUTH, mode="sandbox"))
    panel.pasted.value = "https://elsewhere.example"
    await panel.paste()
    await panel.cancel()
    assert ("", "") == (panel.pasted.value, panel.status.value)


async def test_a_tab_that_is_not_there_makes_no_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AppPanel, "last", None)
    panel = AppPanel(OAUTH)
    panel.tabs.selected_index = None
    assert None is await panel.open_tab()
    await panel.done()
    assert 1 == len(panel.opened)
