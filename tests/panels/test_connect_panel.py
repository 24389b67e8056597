"""Signing in with every step in sight: alone, through the consent page of a real port, by pasted address."""

from __future__ import annotations

import asyncio
import re
import socket

import httpx
import pytest
from played import sandbox_of

from appconnect.panels import ConnectPanel
from appconnect.sandbox.bullhorn import BullhornSandbox
from appconnect.sandbox.pipedrive import PipedriveSandbox
from appconnect.workbench import connect


@pytest.fixture(autouse=True)
def _a_port_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that these tests can run beside others that listen for a browser to come back."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        redirect = f"http://127.0.0.1:{free.getsockname()[1]}/callback"
    for kind in (PipedriveSandbox, BullhornSandbox):
        monkeypatch.setattr(kind, "credentials", {**kind.credentials, "redirect_uri": redirect})


async def consent_address(panel: ConnectPanel) -> str:
    """The consent page's address, as soon as the panel shows it."""
    shown = asyncio.get_running_loop().create_future()

    def look(_: object = None) -> None:
        found = re.search(r'href="([^"]+)"', panel.steps.value)
        if found and not shown.done():
            shown.set_result(found[1].replace("&amp;", "&"))

    panel.steps.observe(look, "value")
    look()
    async with asyncio.timeout(30):
        return await shown


async def decide(address: str, decision: str = "approve") -> str:
    """Press a button of the consent page; gives the address that the browser is sent to."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(address)
        assert "Rae Quill" in page.text
        return (await browser.post(address, data={"decision": decision})).headers["location"]


async def test_the_steps_of_a_sign_in_are_told_in_order_with_secrets_masked() -> None:
    panel = ConnectPanel(connect("pipedrive", mode="sandbox"))
    await panel.sign_in()

    told = [
        "The browser goes",
        "redirect_uri",
        "sends the browser back",
        "exchanged",
        "POST",
        "allows",
        "until",
    ]
    assert sorted(told, key=panel.steps.value.index) == told
    assert "&lt;access_token&gt;" in panel.steps.value
    assert "contacts:full" in panel.steps.value


@pytest.mark.parametrize("crm", ["pipedrive", "bullhorn"])
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
    panel = ConnectPanel(connect("pipedrive", mode="sandbox"))
    panel.browser_button.click()
    panel.pasted.value = await decide(await consent_address(panel))
    panel.paste_button.click()
    await panel.done()

    assert "signed in as Rae Quill" == panel.about()
    assert "" == panel.pasted.value


async def test_declining_signs_nobody_in_and_says_so() -> None:
    panel = ConnectPanel(connect("pipedrive", mode="sandbox"))
    panel.browser_button.click()
    panel.pasted.value = await decide(await consent_address(panel), "decline")
    panel.paste_button.click()
    await panel.done()

    assert "declined" in panel.said.value
    assert "not signed in" == panel.about()


async def test_waiting_can_be_cancelled() -> None:
    panel = ConnectPanel(connect("pipedrive", mode="sandbox"))
    panel.browser_button.click()
    await consent_address(panel)
    panel.cancel_button.click()
    await panel.done()

    assert "Stopped waiting" in panel.said.value
    assert "none" == panel.waiting.layout.display


async def test_when_the_port_is_taken_the_panel_says_why_and_pasting_still_works() -> None:
    first, second = (ConnectPanel(connect("pipedrive", mode="sandbox")) for _ in range(2))
    first.browser_button.click()
    await consent_address(first)
    second.browser_button.click()
    second.pasted.value = await decide(await consent_address(second))
    assert "is taken by another program" in second.steps.value
    second.paste_button.click()
    await second.done()
    assert "signed in as Rae Quill" == second.about()
    first.cancel_button.click()
    await first.done()


async def test_a_password_is_out_of_its_field_before_anything_is_sent() -> None:
    bench = connect("redtail", mode="sandbox")
    panel = ConnectPanel(bench)
    passwords = []
    bench.trace.listen(lambda _: passwords.append(panel.fields["password"].value))
    panel.fields["password"].value = "wrong"
    await panel.sign_in()

    assert passwords and not any(passwords)
    assert "does not accept" in panel.said.value


async def test_sign_out_is_possible_only_when_somebody_is_signed_in_and_revokes() -> None:
    bench = connect("pipedrive", mode="sandbox")
    panel = ConnectPanel(bench)
    assert panel.sign_out_button.disabled
    await panel.sign_in()
    assert not panel.sign_out_button.disabled
    await panel.sign_out()

    assert "/oauth/revoke" == sandbox_of(bench).requests[-1].path
    assert panel.sign_out_button.disabled


async def test_what_is_set_for_the_live_crm_does_not_reach_the_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDTAIL_USERNAME", "somebody.else")
    monkeypatch.setenv("BULLHORN_REDIRECT_URI", "https://mine.example/callback")
    for crm in ("redtail", "bullhorn"):
        panel = ConnectPanel(connect(crm, mode="sandbox"))
        await panel.sign_in()
        assert "signed in as Rae Quill" == panel.about()
