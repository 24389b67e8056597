"""The same steps on the panels of every CRM, by button, as a person takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import ipywidgets as widgets
import pytest
from workbench_steps import CRMS, options_of, secrets_of, signed_in

from appconnect.panels import (
    CallLogPanel,
    ConnectPanel,
    ContactsPanel,
    MessageLogPanel,
    RateLimitsPanel,
    TimelinePanel,
)
from appconnect.panels.panel import Panel
from appconnect.workbench import Workbench, connect

every_crm = pytest.mark.parametrize("crm", CRMS)


def all_widgets(panel: Panel) -> Iterator[widgets.Widget]:
    waiting = [panel.view]
    while waiting:
        widget = waiting.pop()
        yield widget
        waiting += getattr(widget, "children", ())


def synchronised(panel: Panel) -> str:
    """Everything that the browser, and a saved notebook, gets to know."""
    return json.dumps([widget.get_state() for widget in all_widgets(panel)], default=str)


async def press(panel: Panel, button: widgets.Button) -> None:
    button.click()
    await panel.done()


@every_crm
async def test_a_person_signs_in_finds_logs_writes_and_signs_out(crm: str) -> None:
    workbench = connect(crm, mode="sandbox", options=options_of(crm))
    connection, contacts = ConnectPanel(workbench), ContactsPanel(workbench, "+1 (415) 555-0142")
    form, messages = (
        CallLogPanel(workbench, contacts, note="A quote"),
        MessageLogPanel(workbench, contacts, "Hi"),
    )
    limits, timeline = RateLimitsPanel(workbench), TimelinePanel(workbench)

    await press(connection, connection.sign_in_button)
    assert "signed in as Rae Quill" == connection.about()
    await press(contacts, contacts.search_button)
    contacts.choose.value = 0
    assert contacts.chosen is not None and "Nia Holt" == contacts.chosen.name
    await press(form, form.log_button)
    assert form.log_id is not None and "Call logged" in form.status.value
    await press(form, form.read_button)
    assert "A quote" in form.wire.value
    await press(messages, messages.log_button)
    assert messages.log_id is not None and "Message logged" in messages.status.value
    await press(connection, connection.sign_out_button)
    assert "not signed in" == connection.about()

    assert timeline.about().endswith(f" with {len(workbench.trace)} requests")
    assert "no requests" not in limits.about()
    for panel in (connection, contacts, form, messages, limits, timeline):
        assert not [secret for secret in secrets_of(workbench) if secret in synchronised(panel)], panel


@every_crm
async def test_every_control_says_what_it_is(crm: str) -> None:
    workbench = await signed_in(crm)
    controls = (widgets.Button, widgets.Text, widgets.Textarea, widgets.Dropdown, widgets.BoundedIntText)
    panels = [
        kind(workbench)
        for kind in (ConnectPanel, ContactsPanel, CallLogPanel, MessageLogPanel, RateLimitsPanel)
    ]
    nameless = [
        widget
        for panel in panels
        for widget in all_widgets(panel)
        if isinstance(widget, controls) and not widget.description
    ]
    assert [] == nameless


@every_crm
async def test_a_panel_is_shown_as_a_widget_with_a_short_name_and_plain_html_beside_it(crm: str) -> None:
    workbench = await signed_in(crm)
    for kind in (ConnectPanel, ContactsPanel, CallLogPanel, MessageLogPanel, RateLimitsPanel, TimelinePanel):
        shown = kind(workbench)._repr_mimebundle_()
        assert {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} == shown.keys()
        assert f"<{kind.__name__} for {workbench.title}: " in str(shown["text/plain"])
        assert "Run this cell to use the panel." in str(shown["text/html"])
        assert str(shown["text/html"]).startswith("<style>.ac-saved")
        assert "sandbox" not in str(shown["text/plain"])


def written(workbench: Workbench) -> int:
    """How many requests changed something in the CRM."""
    return sum(each.method != "GET" for each in workbench.trace)


async def writes(workbench: Workbench, panel: Panel, button: widgets.Button, clicks: int) -> int:
    before = written(workbench)
    for _ in range(clicks):
        button.click()
    await panel.done()
    return written(workbench) - before


async def all_writes(crm: str, clicks: int) -> dict[str, int]:
    """How many requests write, button by button, when each is clicked that many times in a row."""
    workbench = connect(crm, mode="sandbox", options=options_of(crm))
    connection = ConnectPanel(workbench)
    told = {"sign in": await writes(workbench, connection, connection.sign_in_button, clicks)}
    contacts = ContactsPanel(workbench)
    contacts.new_name.value, contacts.new_number.value = "Ada New", "+1 415 555 0188"
    told["create"] = await writes(workbench, contacts, contacts.create_button, clicks)
    calls, messages = CallLogPanel(workbench, contacts, note="A"), MessageLogPanel(workbench, contacts, "Hi")
    told["call"] = await writes(workbench, calls, calls.log_button, clicks)
    told["update"] = await writes(workbench, calls, calls.update_button, clicks)
    for kind in ("SMS", "Voicemail"):
        messages.kind.value = kind
        told[kind] = await writes(workbench, messages, messages.log_button, clicks)
    told["sign out"] = await writes(workbench, connection, connection.sign_out_button, clicks)
    assert all(told[name] for name in ("create", "call", "update", "SMS", "Voicemail"))
    return told


@every_crm
async def test_a_button_that_is_pressed_twice_writes_once(crm: str) -> None:
    assert await all_writes(crm, clicks=1) == await all_writes(crm, clicks=2)
