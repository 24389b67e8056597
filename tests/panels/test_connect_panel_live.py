"""The connect panel in live mode: the cell shows it and ends, what is kept is seen, every field can be typed."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import ipywidgets as widgets
import pytest
from answers import NIA
from live_machine import LiveMachine, consent_address, is_free
from platforms import ALL_KEY, ALL_OAUTH, CRMS, answers_of
from pydantic.alias_generators import to_snake
from workbench_steps import secrets_of, signed_in

from appconnect.auth.sign_in import RenewalContext
from appconnect.clock import SystemClock
from appconnect.connectors import registry
from appconnect.errors import SignInNeeded
from appconnect.models import JsonObject
from appconnect.panels import (
    CallLogPanel,
    ConnectPanel,
    ContactsPanel,
    MessageLogPanel,
    RateLimitsPanel,
    TimelinePanel,
    connect,
)
from appconnect.panels.panel import Panel, _walk
from appconnect.workbench import Workbench

EVERY_PANEL = (ConnectPanel, ContactsPanel, CallLogPanel, MessageLogPanel, RateLimitsPanel, TimelinePanel)
WITH_FIELDS = [each for each in CRMS if registry.platform(each).sign_in(RenewalContext(SystemClock())).fields]
"""Those that can be signed in to without a person, by what is set."""
ONE_SENTENCE = "Nobody is signed in to {} yet: sign in above, then run on below this cell."


@pytest.fixture(params=CRMS)
def live(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LiveMachine:
    """One where a person has something to do: no password spares the consent page, no key is set."""
    live = LiveMachine(request.param, monkeypatch, tmp_path / "home")
    live.unset("password", "api_key")
    return live


@pytest.fixture
def in_cell(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the cell shows before it ends."""
    shown: list[object] = []
    monkeypatch.setattr(connect, "show_in_cell", shown.append)
    return shown


def head(panel: Panel) -> str:
    return html.unescape(str(panel.view.children[0].value))


def secrets(live: LiveMachine) -> dict[str, str]:
    """What was unset, by field."""
    names = [each.name for each in live.connect().sign_in_fields if each.secret]
    return {name: live.crm.credentials[to_snake(name)] for name in names}


async def sign_in_by_hand(live: LiveMachine, panel: ConnectPanel) -> None:
    """What the sentence asks for: approve on the page that the panel links to, or type and press."""
    if live.name in ALL_OAUTH:
        await live.approve(await consent_address(panel))
    else:
        for name, value in secrets(live).items():
            panel.fields[name].value = value
        panel.sign_in_button.click()
    await panel.done()


# -- a cell that needs a person --


async def test_the_cell_shows_the_panel_and_ends_at_once_with_one_sentence(
    live: LiveMachine, in_cell: list[object]
) -> None:
    panel = ConnectPanel(live.connect())
    with pytest.raises(SignInNeeded) as caught:
        await panel.sign_in()
    assert [panel] == in_cell
    assert [ONE_SENTENCE.format(live.crm.title)] == caught.value._render_traceback_()

    await sign_in_by_hand(live, panel)
    assert "signed in as Rae Quill" == panel.about()
    assert is_free(live.port)


async def test_the_same_notebook_run_again_from_the_top_goes_through(
    live: LiveMachine, in_cell: list[object]
) -> None:
    panel = ConnectPanel(live.connect())
    with pytest.raises(SignInNeeded):
        await panel.sign_in()
    await sign_in_by_hand(live, panel)
    codes = live.codes()

    workbench = live.connect()
    result = await ConnectPanel(workbench).sign_in()
    assert result is not None and result.successful and result.user is not None
    assert (codes, [panel]) == (live.codes(), in_cell)
    assert (await workbench.find_contact(NIA)).contacts


@pytest.mark.parametrize("crm", WITH_FIELDS)
async def test_a_cell_that_needs_nobody_signs_in_and_goes_on(
    crm: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, in_cell: list[object]
) -> None:
    live = LiveMachine(crm, monkeypatch, tmp_path)
    panel = ConnectPanel(live.connect())
    result = await panel.sign_in()
    assert (True, []) == (bool(result and result.successful), in_cell)


async def test_a_wait_that_has_ended_is_begun_again_by_the_button(
    live: LiveMachine, in_cell: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    if live.name in ALL_KEY:
        return
    panel = ConnectPanel(live.connect())
    with pytest.raises(SignInNeeded):
        await panel.sign_in()
    await consent_address(panel)
    panel.cancel_button.click()
    await panel.done()
    assert "Stopped waiting; nobody was signed in." in panel.status.value
    panel.sign_in_button.click()
    await live.approve(await consent_address(panel))
    await panel.done()
    assert "signed in as Rae Quill" == panel.about()


# -- what is kept --


async def after_restart(live: LiveMachine, in_cell: list[object]) -> Workbench:
    panel = ConnectPanel(live.connect())
    with pytest.raises(SignInNeeded):
        await panel.sign_in()
    await sign_in_by_hand(live, panel)
    await panel.workbench.close()
    return live.connect()


async def test_after_a_restart_every_panel_says_who_is_signed_in_and_asks_nobody(
    live: LiveMachine, in_cell: list[object]
) -> None:
    workbench = await after_restart(live, in_cell)
    before = len(live.crm.requests)
    for kind in EVERY_PANEL:
        assert "signed in as Rae Quill, kept from 2026-01-02 09:30 UTC" in head(kind(workbench)), kind
    panel = ConnectPanel(workbench)
    assert "Rae Quill, kept from 2026-01-02 09:30 UTC" in panel.state.value
    assert "The CRM has not been asked yet" in panel.state.value
    assert "kept from" in repr(workbench) and "kept from" in workbench._repr_html_()
    assert before == len(live.crm.requests)


async def test_after_a_restart_sign_out_works_and_every_panel_hears_of_it(
    live: LiveMachine, in_cell: list[object]
) -> None:
    workbench = await after_restart(live, in_cell)
    panels = [kind(workbench) for kind in EVERY_PANEL]
    connection = panels[0]
    assert isinstance(connection, ConnectPanel)
    assert not connection.sign_out_button.disabled
    connection.sign_out_button.click()
    await connection.done()
    assert ["not signed in"] * len(panels) == [head(each).rpartition(" · ")[2][:13] for each in panels]
    assert connection.sign_out_button.disabled
    assert [] == workbench.environment.store.connections(live.name)
    assert "Nobody is signed in" in ConnectPanel(live.connect()).state.value


async def test_what_is_done_in_a_cell_is_seen_in_the_panels(live: LiveMachine, in_cell: list[object]) -> None:
    workbench = await after_restart(live, in_cell)
    panel, contacts = ConnectPanel(workbench), ContactsPanel(workbench)
    await workbench.find_contact(NIA)
    assert "signed in as Rae Quill" == panel.about()
    assert "kept from" not in head(contacts) and "kept" not in panel.state.value
    await workbench.sign_out()
    assert "not signed in" in head(contacts) and "Nobody is signed in" in panel.state.value


async def test_a_connection_that_the_crm_has_ended_is_said_to_have_ended(
    live: LiveMachine, in_cell: list[object]
) -> None:
    workbench = await after_restart(live, in_cell)
    panel = ConnectPanel(workbench)
    answers_of(live.name).revoke(live.crm)
    await workbench.find_contact(NIA)
    assert f"{live.crm.title} has ended this sign-in. Sign in again." in panel.state.value
    assert "but the session has ended" in head(panel)
    with pytest.raises(SignInNeeded):
        await ConnectPanel(live.connect()).sign_in()


async def test_a_connection_that_cannot_be_opened_is_said_to_be_so(
    live: LiveMachine, in_cell: list[object]
) -> None:
    workbench = await after_restart(live, in_cell)
    await workbench.close()
    (live.home / "vault.key").unlink()
    panel = ConnectPanel(live.connect())
    assert "was sealed with another vault key and cannot be opened. Sign in again." in panel.state.value
    panel.sign_out_button.click()
    await panel.done()
    assert "Nobody is signed in" in panel.state.value


@pytest.mark.parametrize("public", [{}, {"user": 7}, {"user": {"name": "Rae Quill"}, "signedInAt": "once"}])
async def test_a_connection_of_another_version_is_said_to_be_one(
    live: LiveMachine, in_cell: list[object], public: JsonObject
) -> None:
    store = (await after_restart(live, in_cell)).environment.store
    [kept] = store.connections(live.name)
    store.save_connection(replace(kept, public=public))
    panel = ConnectPanel(live.connect())
    assert "was written by another version. Sign in again." in panel.state.value
    assert f"{kept.user_id}, kept" in panel.state.value and not panel.sign_out_button.disabled


# -- every field --


def controls(panel: Panel) -> Iterator[widgets.Text]:
    for part in panel.view.children:
        yield from (each for each in _walk(part) if isinstance(each, widgets.Text))


@pytest.mark.parametrize("crm", CRMS)
async def test_every_field_that_a_sign_in_needs_can_be_typed(
    crm: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    live = LiveMachine(crm, monkeypatch, tmp_path)
    workbench = live.connect()
    panel = ConnectPanel(workbench)
    declared = (*workbench.app_fields, *workbench.sign_in_fields)
    shown = {each.description: each for each in controls(panel)}
    assert {each.label for each in declared} <= shown.keys()
    secret = {each.label for each in declared if each.secret}
    assert secret == {name for name, each in shown.items() if isinstance(each, widgets.Password)}
    settings = type(workbench.environment.credentials)
    assert {to_snake(each.name) for each in declared} == settings.model_fields.keys()
    assert set(settings.needed) <= {to_snake(each.name) for each in declared}
    for each in declared:
        assert f"{live.variable(to_snake(each.name))} is set" == shown[each.label].placeholder


async def test_with_nothing_set_at_all_a_person_types_everything(
    live: LiveMachine, in_cell: list[object]
) -> None:
    live.unset(*[to_snake(name) for name in live.crm.credentials])
    workbench = live.connect()
    panel = ConnectPanel(workbench)
    assert workbench.app_fields == () or panel.app.is_open
    for name, field in panel.fields.items():
        field.value = {**live.crm.credentials, "redirect_uri": live.callback}[to_snake(name)]
    live_secrets = [each.value for each in panel.fields.values() if isinstance(each, widgets.Password)]
    panel.sign_in_button.click()
    if "password" not in panel.fields and live.name in ALL_OAUTH:
        await live.approve(await consent_address(panel))
    await panel.done()
    assert "signed in as Rae Quill" == panel.about()
    assert not any(each.value for each in panel.fields.values() if isinstance(each, widgets.Password))
    seen = str([each.get_state() for part in panel.view.children for each in _walk(part)])
    assert [] == [each for each in {*live_secrets, *secrets_of(workbench)} if each in seen]
    await workbench.close()
    assert (await live.connect().find_contact(NIA)).contacts


@pytest.mark.parametrize("crm", ALL_OAUTH)
async def test_a_field_that_cannot_be_right_is_said_and_nothing_is_sent(
    crm: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, in_cell: list[object]
) -> None:
    live = LiveMachine(crm, monkeypatch, tmp_path)
    panel = ConnectPanel(live.connect())
    panel.fields["redirectUri"].value = "localhost 8738"
    panel.sign_in_button.click()
    await panel.done()
    assert "The Redirect address must be a web address such as" in panel.status.value
    assert [] == live.crm.requests


@pytest.mark.parametrize("crm", CRMS)
async def test_the_panel_says_what_of_it_is_kept(crm: str) -> None:
    panel = ConnectPanel(await signed_in(crm))
    told = panel.form.what_is_kept()
    for field in (*panel.workbench.app_fields, *panel.workbench.sign_in_fields):
        kept, _, never = told.partition("until you sign out.")
        assert field.label in (kept if field.kept else never)
