"""The workbench without code: one panel whose tabs are the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from platforms import CRMS

from appconnect.panels import AppPanel, CallLogPanel, ChooserPanel, ConnectPanel, ContactsPanel, TimelinePanel
from appconnect.panels.app import PANELS


@pytest.fixture(autouse=True)
def nothing_chosen_before() -> Iterator[None]:
    ChooserPanel.last = AppPanel.last = None
    yield
    ChooserPanel.last = AppPanel.last = None


def head(panel: ContactsPanel) -> str:
    return str(panel.view.children[0].value)


async def open_tab(app: AppPanel, kind: type) -> object:
    app.tabs.selected_index = app.kinds.index(kind)
    await app.done()
    return app.opened[kind]


@pytest.mark.parametrize("crm", CRMS)
async def test_a_call_is_logged_through_the_tabs(crm: str) -> None:
    app = AppPanel(crm)
    connection = app.opened[ConnectPanel]
    assert isinstance(connection, ConnectPanel)
    await connection.press()
    contacts, form = await open_tab(app, ContactsPanel), await open_tab(app, CallLogPanel)
    assert isinstance(contacts, ContactsPanel) and isinstance(form, CallLogPanel)
    contacts.query.value = "+14155550142"
    await contacts.search()
    assert form.whom.value.startswith("Nia Holt #")
    await form.log()
    assert form.log_id
    timeline = await open_tab(app, TimelinePanel)
    assert isinstance(timeline, TimelinePanel) and timeline.about()


@pytest.mark.parametrize("kind", PANELS, ids=[each.__name__ for each in PANELS])
async def test_every_tab_opens(kind: type) -> None:
    app = AppPanel("pipedrive")
    await open_tab(app, kind)
    place = app.tabs.children[app.kinds.index(kind)]
    assert [app.opened[kind].view] == list(place.children)


async def test_another_crm_begins_anew() -> None:
    app = AppPanel("pipedrive")
    before, first = app.opened[ConnectPanel], app.session
    await open_tab(app, ContactsPanel)
    app.crm.value = "redtail"
    await app.done()
    assert [ConnectPanel] == list(app.opened) and before is not app.opened[ConnectPanel]
    assert app.session is not None and app.session is not first
    assert ("redtail", 0, "") == (app.session.platform, app.tabs.selected_index, app.status.value)


async def test_panels_say_when_another_crm_is_chosen_and_fall_silent_when_it_is_theirs_again() -> None:
    chooser = ChooserPanel("pipedrive")
    contacts = ContactsPanel(chooser.connect())
    other = ContactsPanel(ChooserPanel("pipedrive").connect())
    chooser.crm.value = "redtail"
    assert "Redtail is chosen now, but this panel still works with Pipedrive." in head(contacts)
    assert "The panels below still work with Pipedrive." in chooser.status.value
    assert "Redtail" not in head(other)
    chooser.crm.value = "pipedrive"
    assert "Redtail" not in head(contacts) + chooser.status.value


async def test_the_choice_is_done_with_when_the_next_cells_ran() -> None:
    chooser = ChooserPanel("pipedrive")
    old = ContactsPanel(chooser.connect())
    chooser.crm.value = "redtail"
    new = ContactsPanel(chooser.connect())
    assert "" == chooser.status.value
    assert "still works with Pipedrive" in head(old) and "still works" not in head(new)
