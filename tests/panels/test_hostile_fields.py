"""Whatever is typed into a panel's fields: a sentence, escaped, and never a traceback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from html.parser import HTMLParser

import ipywidgets as widgets
import pytest
from platforms import KEY, OAUTH
from workbench_steps import options_of, sandbox_of, signed_in

from appconnect.panels import (
    CallLogPanel,
    ConnectPanel,
    ContactsPanel,
    MatchPanel,
    MessageLogPanel,
    RequestPanel,
    TimelinePanel,
)
from appconnect.panels.exports import COPY
from appconnect.panels.keyboard import OWN_KEYS
from appconnect.panels.panel import Panel
from appconnect.workbench import Workbench, connect

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)><b onclick=x>\"'>"
HOSTILE = {
    "lone surrogate": "Nia \ud800 Holt",
    "half a pair": "\udfff",
    "NUL": "Nia\x00Holt",
    "longer than any limit": "Nia Holt " * 33_000,
    "HTML": SCRIPT,
    "entities": "&lt;script&gt; &#x3c;b&#x3e; &nbsp",
    "right to left": "\u202eevil\u202c \u200fabc\u2066",
    "line breaks": "\r\n\u2028\u2029\x0b\x85",
    "templates": "{0} %s ${x} {{x}} #{x} \\u0041",
    "not a number": "٣٫١٤ 1e999 -0 ½",
}
FIELDS = (widgets.Text, widgets.Textarea, widgets.Password, widgets.Combobox)


def inside(panel: Panel) -> Iterator[widgets.Widget]:
    """All widgets of a panel that a person sees now."""
    waiting = [panel.view]
    while waiting:
        widget = waiting.pop()
        if widget.layout.display != "none":
            yield widget
            waiting += getattr(widget, "children", ())


class Markup(HTMLParser):
    """The tags of what a person sees, and what they would run."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe" and dict(attrs).get("sandbox") == "":  # in which nothing runs
            return
        if dict(attrs).get("onclick") == COPY:  # our own, which copies a text of another attribute
            attrs = [(name, value) for name, value in attrs if name not in ("onclick", "data-command")]
        runs = [name for name, value in attrs if name.startswith("on") or "alert(1)" in (value or "")]
        self.dangers += [f"{tag} {runs}"] if runs or tag in ("script", "img") else []


def dangers(html: str) -> list[str]:
    markup = Markup()
    markup.feed(html)
    return markup.dangers


async def fill_and_press(panel: Panel, text: str) -> None:
    """Fill every field that a person can fill, then press every button that can be pressed."""
    pressed: set[int] = set()
    for _ in range(3):  # buttons may show further fields and buttons
        for field in inside(panel):
            if isinstance(field, FIELDS) and not field.disabled:
                field.value = text
        for button in list(inside(panel)):
            if isinstance(button, widgets.Button) and not button.disabled and id(button) not in pressed:
                pressed.add(id(button))
                button.click()
                await ended(panel)
    assert pressed


async def ended(panel: Panel) -> None:
    """Wait until a panel has done its work; a consent page that nobody answers is given up by its button."""
    work = asyncio.ensure_future(panel.done())
    while not work.done():
        await asyncio.wait([work], timeout=0.05)
        if isinstance(panel, ConnectPanel) and panel.waiting.layout.display != "none":
            panel.cancel_button.click()
    await work


def check(panel: Panel) -> None:
    shown = [each.value for each in inside(panel) if isinstance(each, widgets.HTML | widgets.HTMLMath)]
    assert [] == [danger for html in shown for danger in dangers(html.replace(OWN_KEYS, ""))]
    typed = [each.get_state() for each in inside(panel) if not isinstance(each, FIELDS)]
    assert "\\u0000" not in json.dumps(typed, default=str)


async def with_nia(workbench: Workbench) -> ContactsPanel:
    """A panel in which somebody is chosen, so that there is somebody to log for."""
    contacts = ContactsPanel(workbench, "+1 (415) 555-0142")
    await contacts.search()
    contacts.choose.value = 0
    return contacts


@pytest.mark.parametrize("kind", HOSTILE)
async def test_fields_of_every_panel_take_anything(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    text, workbench = HOSTILE[kind], await signed_in(OAUTH)
    contacts = await with_nia(workbench)
    panels = (
        ContactsPanel(workbench, text),
        CallLogPanel(workbench, contacts, note=text),
        MatchPanel(workbench, text, text),
        MessageLogPanel(workbench, contacts, text),
        TimelinePanel(workbench),
        RequestPanel(workbench, path=text, params={"q": text}, json={"a": text}),
    )
    for panel in panels:
        await fill_and_press(panel, text)
        check(panel)
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_timeline_shows_anything_that_was_sent_and_answered(kind: str) -> None:
    text, workbench = HOSTILE[kind], await signed_in(OAUTH)
    contacts = await with_nia(workbench)
    form = CallLogPanel(workbench, contacts, note=text)
    await form.log()
    answer = json.dumps({text[:5000]: text[:5000]})
    sandbox_of(workbench).faults.add("GET", status=400, text=answer)
    await workbench.find_contact_with_name(text)
    panel = TimelinePanel(workbench)
    for each in workbench.trace:
        panel.open_request(each.number)
        check(panel)
    for run in workbench.trace.operations:
        panel.open_operation(run.number)
        await panel.pin()
        check(panel)
    panel.open_request(workbench.trace[-1].number)
    await fill_and_press(panel, text)
    check(panel)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("crm", [OAUTH, KEY])
async def test_fields_of_a_sign_in_take_anything(
    crm: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    workbench = connect(crm, mode="sandbox", options=options_of(crm))
    panel = ConnectPanel(workbench)
    await fill_and_press(panel, HOSTILE[kind])
    check(panel)
    assert "Traceback" not in "".join(capsys.readouterr())
