"""The request panel: what is typed is completed and checked, what is sent is shown, live writes are armed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import ipywidgets as widgets
import pytest
from acme import acme
from live_machine import LiveMachine
from platforms import CRMS, OAUTH
from workbench_steps import sandbox_of, secrets_of, sent, signed_in

from appconnect.panels import RequestPanel
from appconnect.panels.request_form import query_in
from appconnect.workbench import Workbench, connect

every_crm = pytest.mark.parametrize("crm", CRMS)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], LiveMachine]:
    return lambda crm: LiveMachine(crm, monkeypatch, tmp_path / "home")


async def press(panel: RequestPanel) -> None:
    panel.send_button.click()
    await panel.done()


def all_widgets(panel: RequestPanel) -> Iterator[widgets.Widget]:
    waiting = [panel.view]
    while waiting:
        widget = waiting.pop()
        yield widget
        waiting += getattr(widget, "children", ())


def shown(panel: RequestPanel) -> str:
    """All that stands in the panel."""
    return " ".join(each.value for each in all_widgets(panel) if isinstance(each, widgets.HTML))


def readable(workbench: Workbench) -> tuple[str, dict[str, str]]:
    """A path of the CRM that answers with JSON, and its parameters."""
    seen = next(
        each
        for each in reversed(sandbox_of(workbench).requests)
        if each.method == "GET" and each.status == 200
    )
    return seen.path, seen.query


async def a_panel(crm: str = OAUTH) -> RequestPanel:
    """A panel whose path is one that was read before."""
    workbench = await signed_in(crm)
    await workbench.list_users()
    path, params = readable(workbench)
    return RequestPanel(workbench, "GET", path, params=params)


# -- sending --


@every_crm
async def test_an_answer_is_shown_with_status_time_size_and_in_three_ways(crm: str) -> None:
    panel = await a_panel(crm)
    assert "Nothing has been sent yet" in panel.body.value
    await press(panel)
    assert panel.exchange is not None and 200 == panel.exchange.status
    assert "200 OK" in panel.facts.value and " s · " in panel.facts.value and "B" in panel.facts.value.upper()
    trees = panel.body.value
    assert "<details open>" in trees
    panel.view_as.value = "Text"
    assert "<pre" in panel.body.value
    panel.view_as.value = "Table"
    assert "<table>" in panel.body.value
    panel.view_as.value = "Tree"
    assert trees == panel.body.value
    assert repr(panel.exchange) in repr(panel)


@every_crm
async def test_no_secret_is_in_anything_the_browser_gets(crm: str) -> None:
    panel = await a_panel(crm)
    await press(panel)
    told = json.dumps([each.get_state() for each in all_widgets(panel)], default=str)
    assert [] == [secret for secret in secrets_of(panel.workbench) if secret in told]
    assert "Sent and answered, with headers" in panel.wire.value


async def test_what_is_refused_shows_the_sentence_and_the_answer() -> None:
    panel = await a_panel()
    sandbox_of(panel.workbench).faults.add(status=422, json={"error": SCRIPT})
    await press(panel)
    assert "The CRM did not accept what was sent" in panel.status.value
    assert "422 Unprocessable" in panel.facts.value and "ac-bad" in panel.facts.value
    assert "&lt;script&gt;" in panel.body.value and "<script>" not in shown(panel)


async def test_an_answer_that_never_came_is_said_and_nothing_old_stands_beside_it() -> None:
    panel = await a_panel()
    await press(panel)
    assert "200 OK" in panel.facts.value
    sandbox_of(panel.workbench).faults.add(drop=True, times=None)
    await press(panel)
    assert "200 OK" not in shown(panel)
    assert "No answer came." in panel.body.value


async def test_tries_and_waits_are_told() -> None:
    panel = await a_panel()
    sandbox_of(panel.workbench).faults.add(status=503, json={})
    await press(panel)
    assert "200 OK" in panel.facts.value and "try 2" in panel.facts.value
    assert "(503: tried again)" in panel.facts.value and "2 requests were sent for it" in panel.facts.value


async def test_whatever_else_is_sent_meanwhile_the_panel_shows_its_own_answer() -> None:
    panel = await a_panel()
    panel.form.path.value = "/nothing-there"
    panel.send_button.click()
    await asyncio.gather(panel.done(), panel.workbench.find_contact("+14155550142"))
    assert panel.exchange is not None and "/nothing-there" in panel.exchange.path


async def test_sending_is_disabled_while_it_is_under_way() -> None:
    panel = await a_panel()
    seen: list[bool] = []
    panel.send_button.observe(lambda change: seen.append(change.new), "disabled")
    before = sent(panel.workbench)
    panel.send_button.click()
    panel.send_button.click()
    await panel.done()
    assert ([True, False], 1) == (seen, sent(panel.workbench) - before)


async def test_enter_in_the_path_sends() -> None:
    panel = await a_panel()
    before = sent(panel.workbench)
    panel.form.path._handle_custom_msg({"event": "submit"}, [])
    await panel.done()
    assert 1 == sent(panel.workbench) - before


async def test_without_a_sign_in_the_sentence_says_so() -> None:
    panel = RequestPanel(connect(OAUTH, mode="sandbox"), path="/x")
    await press(panel)
    assert "sign in first" in panel.status.value
    assert 0 == len(panel.workbench.trace)


# -- what is typed --


async def test_a_body_is_checked_while_it_is_typed_and_nothing_is_sent_until_it_is_json() -> None:
    panel = await a_panel()
    panel.form.method.value = "POST"
    panel.form.body.value = '{"name": "Nia",\n "org": None}'
    assert "Line 2, column 9: JSON writes null for None." in panel.form.about_body.value
    before = sent(panel.workbench)
    await press(panel)
    assert "The body is no JSON. Line 2" in panel.status.value
    assert before == sent(panel.workbench)
    panel.form.body.value = '{"name": "Nia", "org": null}'
    assert "✓ JSON: an object with 2 fields" in panel.form.about_body.value


async def test_a_read_has_no_body_and_what_was_typed_stays_for_the_write() -> None:
    panel = await a_panel()
    panel.form.method.value, panel.form.body.value = "PUT", "{"
    panel.form.method.value = "GET"
    assert ("none", "") == (panel.form.body.layout.display, panel.form.about_body.value)
    await press(panel)
    assert panel.exchange is not None and panel.exchange.request_body is None
    assert "{" == panel.form.body.value


async def test_parameters_and_body_arrive_as_they_were_typed() -> None:
    panel = await a_panel()
    panel.fill("post", "/nothing-there", params={"q": "a=b&c", "is_new": True, "none": None}, json={"ü": [1]})
    await press(panel)
    seen = sandbox_of(panel.workbench).requests[-1]
    assert ({"q": "a=b&c", "is_new": "true"}, {"ü": [1]}) == (seen.query, json.loads(seen.body))


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", ()),
        ("a=1\n\n b = 2 ", (("a", "1"), ("b", "2"))),
        ("q=x=y", (("q", "x=y"),)),
        ("a=", (("a", ""),)),
        ("a=1\na=2", (("a", "1"), ("a", "2"))),
    ],
)
def test_parameters_are_read_line_by_line(text: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert pairs == query_in(text)


async def test_a_parameter_that_is_repeated_is_sent_twice() -> None:
    panel = await a_panel()
    panel.fill("GET", "/nothing-there")
    panel.form.query.value = "a=1\na=2"
    await press(panel)
    assert panel.workbench.trace[-1].path.endswith("/nothing-there?a=1&a=2")


@pytest.mark.parametrize("text", ["a=1\nb", "a=1\n=1"])
async def test_what_is_no_parameter_is_told_by_its_line(text: str) -> None:
    panel = await a_panel()
    panel.form.query.value = text
    assert "Line 2 of the query is not" in panel.form.about_query.value
    before = sent(panel.workbench)
    await press(panel)
    assert "Line 2 of the query is not" in panel.status.value
    assert before == sent(panel.workbench)


async def test_a_secret_that_is_only_masked_is_not_sent() -> None:
    panel = await a_panel()
    panel.fill("POST", "/nothing-there", json={"token": "<access_token>"})
    before = sent(panel.workbench)
    await press(panel)
    assert "in place of the masked ones: &lt;access_token&gt;" in panel.status.value
    assert before == sent(panel.workbench)


@pytest.mark.parametrize(
    ("path", "told"),
    [("", "Type a path first"), ("/x/{id}/y/{other}", "in place of {id}, {other} in the path")],
)
async def test_a_path_that_is_not_whole_is_not_sent(path: str, told: str) -> None:
    panel = await a_panel()
    panel.form.path.value = path
    before = sent(panel.workbench)
    await press(panel)
    assert told in panel.status.value
    assert before == sent(panel.workbench)


# -- known paths --


@every_crm
async def test_words_of_a_path_are_completed_in_any_order(crm: str) -> None:
    panel = await a_panel(crm)
    place = panel.form.place
    known = next(
        each for each in panel.workbench.known_paths() if each.method == "POST" and each.path.count("/") > 1
    )
    place.path.value = " ".join(["post", *reversed(known.path.strip("/").split("/"))]).lower()
    assert known in [value for _, value in place.offered.options]
    assert "known requests fit" in place.about.value
    place.offered.value = known
    assert ("POST", known.path) == (place.method.value, place.path.value)
    assert f"Known: {known}" in place.about.value
    assert place.offered.options, "the list stays while it is walked through"


async def test_typing_on_hides_the_list_when_the_path_is_known() -> None:
    panel = await a_panel()
    place, known = panel.form.place, panel.workbench.known_paths()[0]
    place.path.value = known.path[:5]
    assert place.offered.layout.display is None
    place.path.value = known.path
    assert "none" == place.offered.layout.display


@every_crm
async def test_what_is_not_known_is_said_and_can_be_sent(crm: str) -> None:
    panel = await a_panel(crm)
    panel.form.path.value = "/nothing/there/at/all/of/that/kind"
    assert "it can be sent all the same" in panel.form.place.about.value
    before = sent(panel.workbench)
    await press(panel)
    assert sent(panel.workbench) > before


async def test_a_platform_without_a_list_says_so() -> None:
    panel = RequestPanel(connect(acme(), mode="sandbox"))
    assert "No list of Acme’s paths is known here" in panel.form.place.about.value


# -- what was sent before --


async def test_one_of_what_was_sent_fills_the_form_again() -> None:
    panel = await a_panel()
    panel.fill("PUT", "/nothing-there", params={"a": 1}, json={"b": 2})
    await press(panel)
    panel.fill("GET", "/nor-here")
    await press(panel)
    labels = [label for label, _ in panel.again.options]
    assert labels[1].startswith("2. GET /nor-here → ") and labels[2].startswith("1. PUT /nothing-there → ")
    panel.again.value = 0
    form = panel.form
    assert ("PUT", "/nothing-there", "a=1") == (form.method.value, form.path.value, form.query.value)
    assert {"b": 2} == json.loads(form.body.value)


async def test_what_code_has_sent_is_there_too() -> None:
    workbench = await signed_in(OAUTH)
    await workbench.list_users()
    path, _ = readable(workbench)
    await workbench.request("GET", path, params={"a": 1})
    panel = RequestPanel(workbench)
    assert 1 == len(panel.history)
    panel.again.value = 0
    assert (path, "a=1") == (panel.form.path.value, panel.form.query.value)


# -- live --


@every_crm
async def test_live_shows_and_writes_are_sent_only_when_armed(
    machine: Callable[[str], LiveMachine], crm: str
) -> None:
    panel = RequestPanel(await machine(crm).sign_in(), "POST", "/nothing-there", json={"a": 1})
    before = len(panel.workbench.trace)
    assert "ac-live" in panel.view._dom_classes and "· live ·" in shown(panel)
    assert "Locked: only reads are sent" in panel.about_writes.value
    assert ("warning", "Arm writes for this session") == (panel.armed.button_style, panel.armed.description)
    await press(panel)
    assert "nothing was sent" in panel.status.value and before == len(panel.workbench.trace)
    panel.armed.value = True
    assert panel.workbench.writes_armed and "Armed:" in panel.about_writes.value
    assert ("danger", "Lock writes again") == (panel.armed.button_style, panel.armed.description)
    await press(panel)
    assert len(panel.workbench.trace) > before
    panel.armed.value = False
    assert not panel.workbench.writes_armed and "Locked:" in panel.about_writes.value


@every_crm
async def test_the_switch_follows_code_and_sign_out(machine: Callable[[str], LiveMachine], crm: str) -> None:
    panel = RequestPanel(await machine(crm).sign_in())
    panel.workbench.arm_writes()
    assert panel.armed.value and "Armed:" in panel.about_writes.value
    await panel.workbench.sign_out()
    assert not panel.armed.value and "Locked:" in panel.about_writes.value


async def test_where_nobody_is_signed_in_nothing_is_armed(machine: Callable[[str], LiveMachine]) -> None:
    panel = RequestPanel(machine(OAUTH).connect())
    panel.armed.value = True
    assert not panel.armed.value
    assert "sign in first, then allow writes" in panel.status.value


async def test_the_sandbox_has_no_switch_and_a_recording_says_what_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    workbench = await signed_in(OAUTH, record=True, scenario="one")
    assert RequestPanel(workbench).armed not in set(all_widgets(RequestPanel(workbench)))
    await workbench.close()
    panel = RequestPanel(connect(OAUTH, mode="replay", scenario="one"))
    assert "This is a recording" in panel.about_writes.value and "ac-live" not in panel.view._dom_classes


# -- as a panel --


@every_crm
async def test_every_control_has_a_name_and_the_panel_a_short_repr(crm: str) -> None:
    panel = await a_panel(crm)
    controls = (
        widgets.Button,
        widgets.Text,
        widgets.Textarea,
        widgets.Dropdown,
        widgets.Select,
        widgets.RadioButtons,
    )
    assert [] == [each for each in all_widgets(panel) if isinstance(each, controls) and not each.description]
    bundle = panel._repr_mimebundle_()
    assert f"<RequestPanel for {panel.workbench.title}: ready>" == bundle["text/plain"]
    assert "Nothing has been sent yet" in str(bundle["text/html"])
    assert str(bundle["text/html"]).startswith("<style>.ac-saved")
