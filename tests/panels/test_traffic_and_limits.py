"""The panels that watch: they follow the traffic, live, and show nothing that is secret or unescaped."""

from __future__ import annotations

import pytest
from workbench_steps import sandbox_of, signed_in

from appconnect.panels import ChooserPanel, RateLimitsPanel, TrafficPanel
from appconnect.workbench import connect


async def test_every_request_is_listed_as_it_happens() -> None:
    workbench = connect("pipedrive", mode="sandbox")
    panel = TrafficPanel(workbench)
    assert "Nothing has been sent yet" in panel.count.value
    await workbench.sign_in()
    assert ["/oauth/token", "/v1/users/me"] == [each.path for each in panel.exchanges]
    assert 2 == len(panel.list.children)
    assert "curl -X GET" in panel.list.children[1].value
    assert "&lt;authorization&gt;" in panel.list.children[1].value


async def test_a_request_that_is_open_stays_so_when_another_arrives() -> None:
    workbench = await signed_in("pipedrive")
    panel = TrafficPanel(workbench)
    before = panel.list.children
    await workbench.list_users()
    assert before == panel.list.children[: len(before)]


async def test_the_filter_finds_methods_paths_and_statuses() -> None:
    workbench = await signed_in("pipedrive")
    await workbench.get_call_log("999999")
    panel = TrafficPanel(workbench)
    for wanted, found in (("post", 1), ("USERS", 1), ("404", 1), ("nothing like it", 0)):
        panel.filter.value = wanted
        assert found == len(panel.list.children), wanted
    assert "None of the 3 requests contains" in panel.count.value


async def test_clearing_forgets_and_closing_stops_following() -> None:
    workbench = await signed_in("pipedrive")
    panel = TrafficPanel(workbench)
    await panel.clear()
    assert "0 requests" == panel.about()
    panel.close()
    await workbench.list_users()
    assert () == panel.list.children


async def test_what_the_crm_answers_is_escaped_in_the_traffic() -> None:
    workbench = await signed_in("pipedrive")
    sandbox_of(workbench).faults.add(status=400, json={"error": "<script>alert(1)</script>"})
    await workbench.list_users()
    shown = TrafficPanel(workbench).list.children[-1].value
    assert "&lt;script&gt;" in shown and "<script>" not in shown


async def test_limits_are_drawn_over_the_requests_and_refusals_are_crossed() -> None:
    workbench = connect("pipedrive", mode="sandbox", plan="tiny")
    panel = RateLimitsPanel(workbench)
    assert "No requests yet" in panel.now.value
    await workbench.sign_in()
    for _ in range(6):
        await workbench.list_users()
    refused = sum(each.status == 429 for each in workbench.trace)
    assert refused and refused == panel.chart.value.count(", refused</title>")
    assert f"{refused} of {len(workbench.trace)} requests (status 429)" in panel.now.value


async def test_the_price_of_the_next_operation_is_told_with_how_often_it_can_be_paid_today() -> None:
    workbench = await signed_in("pipedrive", plan="tiny")
    panel = RateLimitsPanel(workbench)
    panel.operation.value = "get_user_list"
    assert "Get user list takes 1 request and 20 of the day" in panel.price.value
    assert "good for 14 more" in panel.price.value


async def test_how_many_requests_there_are_is_said_once() -> None:
    workbench = await signed_in("pipedrive")
    panel = TrafficPanel(workbench)
    assert "<caption>Traffic: 2 requests</caption>" in panel.snapshot()
    panel.filter.value = "users"
    assert "<caption>Traffic: 1 of 2 requests</caption>" in panel.snapshot()
    panel.filter.value = ""
    for _ in range(9):
        await workbench.list_users()
    assert "<caption>Traffic: 11 requests, the newest 10 are listed</caption>" in panel.snapshot()


@pytest.fixture
def _nothing_chosen_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChooserPanel, "last", None)


@pytest.mark.usefixtures("_nothing_chosen_yet")
async def test_what_a_person_chose_stays_when_the_cells_run_again() -> None:
    assert "bullhorn" == ChooserPanel().crm.value
    ChooserPanel("pipedrive").crm.value = "insightly"
    assert "insightly" == ChooserPanel("pipedrive").connect().platform


@pytest.mark.usefixtures("_nothing_chosen_yet")
async def test_a_replay_offers_what_was_recorded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    ChooserPanel().crm.value = "insightly"
    monkeypatch.setenv("APPCONNECT_MODE", "replay")
    panel = ChooserPanel("pipedrive", scenario="00_start_here")
    assert (("Pipedrive", "pipedrive"),) == panel.crm.options
    assert "pipedrive" == panel.connect().platform
    assert "for Pipedrive only" in panel.view.children[2].value
    assert 4 == len(ChooserPanel(scenario="21_side_by_side").crm.options)


@pytest.mark.usefixtures("_nothing_chosen_yet")
async def test_a_crm_can_be_chosen_and_worked_with() -> None:
    panel = ChooserPanel()
    panel.crm.value = "redtail"
    assert "redtail" == panel.connect().platform
    assert "Redtail" in repr(panel)
