"""Signing in with every step in sight: alone, through the consent page of a real port, by pasted address."""

from __future__ import annotations

import socket
from urllib.parse import parse_qsl, urlsplit

import httpx
import ipywidgets as widgets
import pytest
from live_machine import consent_address
from platforms import ALL_OAUTH, CRMS, OAUTH
from ports import free_port
from workbench_steps import sandbox_of

from appconnect.panels import ConnectPanel
from appconnect.panels.panel import _walk
from appconnect.workbench import connect, consent_page, recorded
from appconnect.workbench.sandboxes import sandbox_kinds

SIDE_BY_SIDE = "21_side_by_side"


@pytest.fixture(autouse=True)
def _a_port_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that these tests can run beside others that listen for a browser to come back."""
    redirect = f"http://127.0.0.1:{free_port()}/callback"
    for kind in sandbox_kinds(*ALL_OAUTH).values():
        monkeypatch.setattr(kind, "credentials", {**kind.credentials, "redirect_uri": redirect})


def redirect_address() -> str:
    """Where the browser is sent back to."""
    return sandbox_kinds(OAUTH)[OAUTH].credentials["redirect_uri"]


async def decide(address: str, decision: str = "approve") -> str:
    """Press a button of the consent page; gives the address that the browser is sent to."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(address)
        assert "Rae Quill" in page.text
        return (await browser.post(address, data={"decision": decision})).headers["location"]


async def test_the_steps_of_a_sign_in_are_told_in_order_with_secrets_masked() -> None:
    panel = ConnectPanel(connect(OAUTH, mode="sandbox"))
    await panel.sign_in()

    told = [
        "The browser goes",
        "redirect_uri",
        "sends the browser back",
        "exchanged",
        "POST",
    ]
    assert sorted(told, key=panel.steps.value.index) == told
    assert "&lt;access_token&gt;" in panel.steps.value


@pytest.mark.parametrize("crm", ALL_OAUTH)
async def test_a_person_approves_in_a_browser_and_the_panel_hears_it(crm: str) -> None:
    panel = ConnectPanel(connect(crm, mode="sandbox"))
    panel.browser_button.click()
    address = await consent_address(panel)
    assert address.startswith("http://127.0.0.1:")
    assert panel.sign_in_button.disabled

    redirected = await decide(address)
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert "close this tab" in (await browser.get(redirected)).text
    await panel.done()
    assert "signed in as Rae Quill" == panel.about()
    assert not panel.sign_in_button.disabled


async def test_from_a_remote_browser_the_address_is_pasted_and_leaves_its_field() -> None:
    panel = ConnectPanel(connect(OAUTH, mode="sandbox"))
    panel.browser_button.click()
    panel.pasted.value = await decide(await consent_address(panel))
    panel.paste_button.click()
    await panel.done()

    assert "signed in as Rae Quill" == panel.about()
    assert "" == panel.pasted.value


async def test_declining_signs_nobody_in_and_says_so() -> None:
    panel = ConnectPanel(connect(OAUTH, mode="sandbox"))
    panel.browser_button.click()
    panel.pasted.value = await decide(await consent_address(panel), "decline")
    panel.paste_button.click()
    await panel.done()

    assert "declined" in panel.status.value
    assert "not signed in" == panel.about()


async def test_waiting_can_be_cancelled() -> None:
    panel = ConnectPanel(connect(OAUTH, mode="sandbox"))
    panel.browser_button.click()
    await consent_address(panel)
    panel.cancel_button.click()
    await panel.done()

    assert "Stopped waiting" in panel.status.value
    assert "none" == panel.waiting.layout.display


async def test_when_the_port_is_taken_the_panel_says_why_and_pasting_still_works() -> None:
    port = urlsplit(redirect_address()).port
    panel = ConnectPanel(connect(OAUTH, mode="sandbox"))
    with socket.create_server(("127.0.0.1", port)):
        panel.browser_button.click()
        panel.pasted.value = await decide(await consent_address(panel))
        assert "is taken by another program, or another notebook that still waits" in panel.steps.value
        panel.paste_button.click()
        await panel.done()
    assert "signed in as Rae Quill" == panel.about()


async def test_a_second_wait_ends_the_first_and_has_the_port_for_itself() -> None:
    orphan, panel = (ConnectPanel(connect(crm, mode="sandbox")) for crm in (ALL_OAUTH[0], OAUTH))
    orphan.browser_button.click()
    await consent_address(orphan)
    panel.browser_button.click()
    address = await consent_address(panel)
    await orphan.done()
    assert "Stopped waiting, since another sign-in has begun; nobody was signed in." in orphan.status.value
    assert "none" == orphan.waiting.layout.display

    assert "is taken" not in panel.steps.value
    redirected = await decide(address)
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert "close this tab" in (await browser.get(redirected)).text
    await panel.done()
    assert ("not signed in", "signed in as Rae Quill") == (orphan.about(), panel.about())


async def test_of_three_that_begin_together_the_last_one_waits() -> None:
    panels = [ConnectPanel(connect(OAUTH, mode="sandbox")) for _ in range(3)]
    for panel in panels:
        panel.browser_button.click()
    panels[-1].pasted.value = await decide(await consent_address(panels[-1]))
    panels[-1].paste_button.click()
    for panel in panels:
        await panel.done()
    expected = ["not signed in", "not signed in", "signed in as Rae Quill"]
    assert expected == [panel.about() for panel in panels]


async def test_nobody_is_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = ConnectPanel(connect(OAUTH, mode="sandbox"))
    assert 300 == consent_page.MAX_WAIT
    monkeypatch.setattr(consent_page, "MAX_WAIT", 0)
    await panel.sign_in_through_browser()

    assert "Stopped waiting after 0 minutes; nobody was signed in." in panel.status.value
    assert not panel.sign_in_button.disabled


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "Paste the address"),
        ("https://elsewhere.example/?code=1", "not the address that the CRM redirected to"),
        ("{redirect}?code=1&state=another", "another sign-in"),
        ("{redirect}?state={state}", "no code in this address"),
    ],
)
async def test_a_wrong_paste_can_be_made_good(wrong: str, said: str) -> None:
    panel = ConnectPanel(connect(OAUTH, mode="sandbox"))
    panel.browser_button.click()
    address = await consent_address(panel)
    state = dict(parse_qsl(urlsplit(address).query))["state"]
    redirect = redirect_address()
    panel.pasted.value = wrong.format(redirect=redirect, state=state)
    await panel.paste()
    assert said in panel.status.value and "Still waiting" in panel.status.value

    panel.pasted.value = await decide(address)
    panel.paste_button.click()
    await panel.done()
    assert "signed in as Rae Quill" == panel.about()


async def test_two_clicks_on_the_consent_page_s_button_are_one_sign_in() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    panel = ConnectPanel(workbench)
    panel.browser_button.click()
    panel.browser_button.click()
    panel.sign_in_button.click()
    panel.pasted.value = await decide(await consent_address(panel))
    panel.paste_button.click()
    await panel.done()
    paths = [each.path for each in workbench.trace]
    assert 1 == len([path for path in paths if path.endswith("/oauth/token")])
    assert len(paths) == len(set(paths))


async def test_a_recording_has_no_buttons_and_says_where_it_signs_in() -> None:
    panel = ConnectPanel(connect(recorded(SIDE_BY_SIDE)[-1], mode="replay", scenario=SIDE_BY_SIDE))
    shown = [widget for part in panel.view.children for widget in _walk(part)]
    assert not [widget for widget in shown if isinstance(widget, widgets.Button)]
    assert any("run the notebook again" in str(getattr(widget, "value", "")) for widget in shown)


@pytest.mark.parametrize("crm", ["redtail"])
async def test_a_password_is_out_of_its_field_before_anything_is_sent(crm: str) -> None:
    workbench = connect(crm, mode="sandbox")
    panel = ConnectPanel(workbench)
    passwords = []
    workbench.trace.listen(lambda _: passwords.append(panel.fields["password"].value))
    panel.fields["password"].value = "wrong"
    await panel.sign_in()

    assert passwords and not any(passwords)
    assert "does not accept" in panel.status.value


async def test_sign_out_is_possible_only_when_somebody_is_signed_in_and_revokes() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    panel = ConnectPanel(workbench)
    assert panel.sign_out_button.disabled
    await panel.sign_in()
    assert not panel.sign_out_button.disabled
    before = len(sandbox_of(workbench).requests)
    signed_out = await panel.sign_out()

    assert 1 == len(sandbox_of(workbench).requests) - before
    assert panel.sign_out_button.disabled
    assert signed_out is not None
    assert (True, True) == (signed_out.successful, signed_out.message in panel.status.value)
    assert "revoke" in panel.steps.value


async def test_what_is_set_for_the_live_crm_does_not_reach_the_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for crm in CRMS:
        monkeypatch.setenv(f"{crm}_USERNAME".upper(), "somebody.else")
        monkeypatch.setenv(f"{crm}_REDIRECT_URI".upper(), "https://mine.example/callback")
    for crm in CRMS:
        panel = ConnectPanel(connect(crm, mode="sandbox"))
        await panel.sign_in()
        assert "signed in as Rae Quill" == panel.about()


async def test_a_sign_in_that_fails_by_itself_is_not_tried_in_another_way() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    panel = ConnectPanel(workbench)
    sandbox_of(workbench).faults.add("GET", "*authorize*", status=500, text="down", times=None)
    panel.sign_in_button.click()
    await panel.done()
    assert "The consent page answered with status 500 and no redirect." in panel.status.value
    assert "" == panel.steps.value
