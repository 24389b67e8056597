"""Every control is found by the name that stands beside it, and that a screen reader says.

The names are those that the notebooks, README and the sentences of the panels use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import ipywidgets as widgets
import pytest
from live_machine import consent_address
from workbench_steps import signed_in

from appconnect import panels
from appconnect.panels import ConnectPanel
from appconnect.panels.panel import Fold, Panel
from appconnect.workbench import Workbench, connect

CRM: Final = "pipedrive"
"""It has all of them: a consent in the browser, forms with deals and leads, a sandbox with plans."""
CONTROLS: Mapping[str, str] = {
    "BatchPanel": "File, Do, Dry run: write nothing into the CRM, Plan, Run, Stop, Done",
    "CallLogPanel": "Contact, Log, New call, Move here, Direction, Result, Start (UTC), Seconds, Note, Deals, Leads, "
    "AI note, Transcript, Recording, Log call, Update log, Preview update, Set disposition, Read back, Preview as",
    "ChooserPanel": "CRM",
    "ConnectPanel": "Client id, Client secret, Redirect address, Sign in, Approve in the browser, Sign out",
    "ContactsPanel": "Number or name, Search, Search with country code, Take this contact, Create anyway, Name, Phone, "
    "Kind, Create contact, Number formats",
    "ExportPanel": "Request, Runs at, Sandbox at, curl, httpx, HAR, table",
    "HistoryPanel": "Words, CRM, Operation, Show, Outcome, Since, Search, More",
    "MatchPanel": "Number, Expected, Number formats, Explain, Try this number, Try whom I expected",
    "MessageLogPanel": "Contact, Kind, Direction, Conversation, Text, Link, Deals, Leads, Log message",
    "RateLimitsPanel": "Show, Next, How often, On plan, Pipedrive",
    "RequestPanel": "Method, Path, Known paths, Query, JSON body, Send, Sent before, Show as",
    "SandboxPanel": "Incident, Happens to, Times, Path, Arm this fault, Remove all",
    "TimelinePanel": "Find, Status, Operation, CRM, Order, Fold all, Clear, Send again, Method, Path, Query, "
    "JSON body, Send, Close the form",
    "ValueOriginsPanel": "Start (UTC), Note, You expected, Explain, Show only, Times only",
}
SAVE_AS_TEST = ("Save as test", "Keep", "Save", "Replace what has this name")
WITHOUT_NAMES = (widgets.HTML, widgets.Label, widgets.ToggleButtons)
"""What says itself what it is: texts, and a row of buttons each of which has its own words."""


def controls(panel: Panel) -> Iterator[widgets.DOMWidget]:
    """What can be operated in a panel, from top to bottom, with everything unfolded."""
    waiting = [panel.view]
    while waiting:
        widget = waiting.pop(0)
        if isinstance(widget, Fold):
            widget.is_open = True
        waiting[:0] = getattr(widget, "children", ())
        if hasattr(widget, "description"):
            yield widget


@pytest.fixture
async def workbench() -> Workbench:
    return await signed_in(CRM)


@pytest.mark.parametrize("name", CONTROLS)
async def test_a_panels_controls_are_found_by_their_names(name: str, workbench: Workbench) -> None:
    kind: Callable[[Workbench], Panel] = getattr(panels, name)
    panel = kind(workbench)
    found = {each.description for each in controls(panel)}
    assert set() == set(CONTROLS[name].split(", ")) - found
    if panel._workbench:
        assert set() == set(SAVE_AS_TEST) - found
    unnamed = [each for each in controls(panel) if not each.description]
    assert [] == [each for each in unnamed if not isinstance(each, WITHOUT_NAMES)]


async def test_while_a_consent_page_is_open_so_are_the_controls_beside_it() -> None:
    panel = ConnectPanel(connect(CRM))
    beside = {"Or paste", "Use this address", "Cancel"}
    assert set() == beside & {each.description for each in controls(panel)}
    panel.browser_button.click()
    await consent_address(panel)
    assert beside == beside & {each.description for each in controls(panel)}
    panel.cancel_button.click()
    await panel.done()


def test_every_panel_is_looked_at() -> None:
    """But for those that are made of others."""
    offered = {name for name in panels.__all__ if name.endswith("Panel")}
    assert {"AppPanel", "CheckPanel"} == offered - set(CONTROLS)
