"""The panels that watch: they follow the traffic, live, and show nothing that is secret or unescaped."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from answers import NOBODY
from platforms import CRMS, KEY, KEY_TITLE, OAUTH, OAUTH_TITLE
from workbench_steps import sandbox_of, signed_in

from appconnect.http.exchange import Response
from appconnect.panels import ChooserPanel, RateLimitsPanel, TrafficPanel, traffic
from appconnect.redaction import Redactor
from appconnect.workbench import connect


async def test_every_request_is_listed_as_it_happens() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    panel = TrafficPanel(workbench)
    assert "Nothing has been sent yet" in panel.count.value
    await workbench.sign_in()
    paths = [each.path for each in workbench.trace]
    assert paths == [each.path for each in panel.exchanges]
    assert 1 < len(paths) == len(panel.list.children)
    assert "curl -X GET" in panel.list.children[-1].value
    assert re.search("&lt;(authorization|[a-z]*token)&gt;", panel.list.children[-1].value)


async def test_a_request_that_is_open_stays_so_when_another_arrives() -> None:
    workbench = await signed_in(OAUTH)
    panel = TrafficPanel(workbench)
    before = panel.list.children
    await workbench.list_users()
    assert before == panel.list.children[: len(before)]


class Redactions:
    """Counts the answers that are read to be shown, of all workbenches."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, redact = 0, Redactor.response

        def counted(redactor: Redactor, response: Response) -> Response:
            self.count += 1
            return redact(redactor, response)

        monkeypatch.setattr(Redactor, "response", counted)


async def test_nothing_is_read_for_the_panel_until_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(OAUTH)
    panel = TrafficPanel(workbench)
    before, redactions = len(workbench.trace), Redactions(monkeypatch)
    for _ in range(20):
        await workbench.find_contact(NOBODY)
    assert 0 == redactions.count
    assert len(workbench.trace) == len(panel.list.children) == redactions.count > before


async def test_of_many_requests_the_newest_are_listed_and_only_they_are_kept_and_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traffic, "SHOWN", 5)
    workbench = await signed_in(OAUTH)
    panel = TrafficPanel(workbench)
    first = panel.list.children
    redactions = Redactions(monkeypatch)
    for _ in range(9):
        await workbench.find_contact(NOBODY)
    assert 5 == len(panel.list.children) == redactions.count
    assert {None} == {each.comm for each in first}
    assert f"{len(workbench.trace)} requests, the newest 5 are listed" in panel.count.value


async def test_a_panel_that_is_shown_follows_by_itself_and_reads_each_request_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traffic, "PAUSE", 0.0)
    workbench = await signed_in(OAUTH)
    panel = TrafficPanel(workbench)
    shown = panel._repr_mimebundle_()
    assert f"{len(workbench.trace)} requests" in str(shown["text/html"])
    redactions, listed = Redactions(monkeypatch), panel.view.children[3]
    before = len(listed.children)
    await workbench.find_contact(NOBODY)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(workbench.trace) == len(listed.children) == before + redactions.count > before
    panel.close()
    await workbench.find_contact(NOBODY)
    await asyncio.sleep(0)
    assert len(workbench.trace) > len(panel.list.children)


async def test_the_filter_finds_methods_paths_and_statuses() -> None:
    workbench = await signed_in(OAUTH)
    await workbench.get_call_log("999999")
    panel = TrafficPanel(workbench)
    last = panel.exchanges[-1]
    fitting = {"get": "GET", last.path.upper(): last.path, "404": 404, "nothing like it": None}
    counted = {
        wanted: sum(value in (each.method, each.path, each.status) for each in workbench.trace)
        for wanted, value in fitting.items()
    }
    for wanted, number in counted.items():
        panel.filter.value = wanted
        assert number == len(panel.list.children), wanted
    assert (1, 0) == (counted["404"], counted["nothing like it"])
    assert f"None of the {len(workbench.trace)} requests contains" in panel.count.value


async def test_clearing_forgets_and_closing_stops_following() -> None:
    workbench = await signed_in(OAUTH)
    panel = TrafficPanel(workbench)
    await panel.clear()
    assert "0 requests" == panel.about()
    panel.close()
    await workbench.list_users()
    assert () == panel.list.children


async def test_what_the_crm_answers_is_escaped_in_the_traffic() -> None:
    workbench = await signed_in(OAUTH)
    sandbox_of(workbench).faults.add(status=400, json={"error": "<script>alert(1)</script>"})
    await workbench.list_users()
    shown = TrafficPanel(workbench).list.children[-1].value
    assert "&lt;script&gt;" in shown and "<script>" not in shown


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_limits_are_drawn_over_the_requests_and_refusals_are_crossed(crm: str) -> None:
    workbench = connect(crm, mode="sandbox", plan="tiny")
    panel = RateLimitsPanel(workbench)
    assert "No requests yet" in panel.now.value
    await workbench.sign_in()
    for _ in range(6):
        await workbench.list_users()
    refused = sum(each.status == 429 for each in workbench.trace)
    window, day, _ = panel.chart.value.split("</svg>")
    assert refused and refused == window.count(", refused</title>") == day.count(", refused</title>")
    assert f"{refused} of {len(workbench.trace)} requests (status 429)" in panel.now.value


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_the_price_of_the_next_operation_is_told_with_how_often_it_can_be_paid_today(crm: str) -> None:
    workbench = await signed_in(crm, plan="tiny")
    panel = RateLimitsPanel(workbench)
    panel.operation.value = "get_user_list"
    assert "Get user list takes 1 request and 20 of the day" in panel.price.value
    assert "good for 14 more" in panel.price.value


async def test_how_many_requests_there_are_is_said_once() -> None:
    workbench = await signed_in(OAUTH)
    panel = TrafficPanel(workbench)
    before = len(workbench.trace)
    assert f"<caption>Traffic: {before} requests</caption>" in panel.snapshot()
    panel.filter.value = workbench.trace[-1].path
    assert f"<caption>Traffic: 1 of {before} requests</caption>" in panel.snapshot()
    panel.filter.value = ""
    for _ in range(9):
        await workbench.list_users()
    told = f"<caption>Traffic: {before + 9} requests, the newest 10 are listed</caption>"
    assert told in panel.snapshot()


@pytest.fixture
def _nothing_chosen_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChooserPanel, "last", None)


@pytest.mark.usefixtures("_nothing_chosen_yet")
async def test_what_a_person_chose_stays_when_the_cells_run_again() -> None:
    assert CRMS[0] == ChooserPanel().crm.value
    ChooserPanel(OAUTH).crm.value = KEY
    assert KEY == ChooserPanel(OAUTH).connect().platform


@pytest.mark.usefixtures("_nothing_chosen_yet")
async def test_a_replay_offers_what_was_recorded_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    workbench = await signed_in(OAUTH, record=True, scenario="one")
    await workbench.close()
    for crm in CRMS:
        await (await signed_in(crm, record=True, scenario="all")).close()
    ChooserPanel().crm.value = KEY
    monkeypatch.setenv("APPCONNECT_MODE", "replay")
    panel = ChooserPanel(OAUTH, scenario="one")
    assert ((OAUTH_TITLE, OAUTH),) == panel.crm.options
    assert OAUTH == panel.connect().platform
    assert f"for {OAUTH_TITLE} only" in panel.view.children[2].value
    assert len(CRMS) == len(ChooserPanel(scenario="all").crm.options)


@pytest.mark.usefixtures("_nothing_chosen_yet")
async def test_a_crm_can_be_chosen_and_worked_with() -> None:
    panel = ChooserPanel()
    panel.crm.value = KEY
    assert KEY == panel.connect().platform
    assert KEY_TITLE in repr(panel)
