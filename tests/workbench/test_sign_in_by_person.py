"""Live, without a panel: a browser window or a printed address, a pasted answer, and an end to every wait."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import webbrowser
from pathlib import Path

import pytest
from answers import NIA
from live_machine import LiveMachine, address_in, is_free, printed
from platforms import ALL_KEY, ALL_OAUTH, CRMS, answers_of
from pydantic.alias_generators import to_snake

from appconnect.errors import ConfigurationError, ConsentDeclined, InputError, SignInError, SignInStopped
from appconnect.models import SignedIn
from appconnect.workbench import Workbench, connect, consent_page

WAITING = "Waiting for 5 minutes"


@pytest.fixture(params=CRMS)
def every(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LiveMachine:
    return LiveMachine(request.param, monkeypatch, tmp_path / "home")


@pytest.fixture(params=ALL_OAUTH)
def live(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LiveMachine:
    """One whose CRM has a consent page; no password is set that would spare it."""
    live = LiveMachine(request.param, monkeypatch, tmp_path / "home")
    live.unset("password")
    return live


def begin(workbench: Workbench, **how: object) -> asyncio.Task[SignedIn]:
    return asyncio.ensure_future(workbench.sign_in(**how))  # type: ignore[arg-type]


def who(result: SignedIn) -> str:
    return result.user.name if result.user else result.message


# -- how a person comes to the page --


async def test_without_a_screen_the_address_is_printed(live: LiveMachine, capsys) -> None:
    signing_in = begin(live.connect())
    text = await printed(capsys, WAITING)
    assert f"To sign in to {live.crm.title}, open this address in a browser:" in text
    assert "You can close this tab." in await live.approve(address_in(text))
    assert "Rae Quill" == who(await signing_in)
    assert is_free(live.port)


@pytest.mark.parametrize("opens", [True, False, webbrowser.Error("none")])
async def test_with_a_screen_the_browser_is_opened_and_the_address_printed_too(
    live: LiveMachine, opens: bool | Exception, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def open_browser(address: str) -> bool:
        seen.append(address)
        if isinstance(opens, Exception):
            raise opens
        return opens

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "open", open_browser)
    signing_in = begin(live.connect())
    text = await printed(capsys, WAITING)
    assert [address_in(text)] == seen
    assert (opens is True) == ("Approve in the browser window that has opened." in text)
    await live.approve(seen[0])
    assert "Rae Quill" == who(await signing_in)


async def test_a_declined_consent_ends_the_wait(live: LiveMachine, capsys) -> None:
    signing_in = begin(live.connect())
    page = await live.approve(address_in(await printed(capsys, WAITING)), "decline")
    assert "Nothing was connected." in page
    assert isinstance((await signing_in).error, ConsentDeclined)


# -- a browser elsewhere --


async def test_the_address_that_a_browser_elsewhere_ended_at_is_pasted_in_another_cell(
    live: LiveMachine, capsys
) -> None:
    workbench = live.connect()
    signing_in = begin(workbench)
    text = await printed(capsys, WAITING)
    assert 'stop this and run await workbench.sign_in(pasted="THE ADDRESS")' in text
    signing_in.cancel()
    with pytest.raises(asyncio.CancelledError):
        await signing_in
    wrong = await workbench.sign_in(pasted=f"{live.callback}?code=1&state=another")
    assert isinstance(wrong.error, SignInError)
    redirected = await live.decide(address_in(text))
    assert "Rae Quill" == who(await workbench.sign_in(pasted=f" {redirected}\n"))
    assert 1 == live.codes()


async def test_an_address_that_no_sign_in_waits_for_is_refused_in_a_sentence(live: LiveMachine) -> None:
    result = await live.connect().sign_in(pasted=f"{live.callback}?code=1&state=2")
    assert "No sign-in waits for this address; run sign_in() first, and approve it there." == result.message
    assert isinstance(result.error, InputError)


async def test_with_the_port_taken_nobody_waits_and_pasting_works(live: LiveMachine, capsys) -> None:
    workbench = live.connect()
    with socket.create_server(("127.0.0.1", live.port)):
        result = await workbench.sign_in()
    assert isinstance(result.error, ConfigurationError)
    assert f"Port {live.port}, where the browser would be sent back to, is taken" in result.message
    assert 'To paste it, run await workbench.sign_in(pasted="THE ADDRESS").' in result.message
    redirected = await live.decide(address_in(capsys.readouterr().out))
    assert "Rae Quill" == who(await workbench.sign_in(pasted=redirected))


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are others there")
@pytest.mark.parametrize("port_is_taken", [False, True])
async def test_in_a_terminal_the_address_is_typed_and_a_wrong_one_can_be_made_good(
    live: LiveMachine, port_is_taken: bool, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, slave = os.openpty()
    with os.fdopen(slave) as terminal, os.fdopen(master, "wb", 0) as keys:
        monkeypatch.setattr(sys, "stdin", terminal)
        taken = socket.create_server(("127.0.0.1", live.port)) if port_is_taken else None
        signing_in = begin(live.connect())
        text = await printed(capsys, WAITING)
        assert ("is taken by another program" in text) == port_is_taken
        keys.write(b"https://elsewhere.example/?code=1\n")
        assert "Copy the whole address line." in await printed(capsys, "Still waiting for the right one.")
        keys.write(f"{await live.decide(address_in(text))}\n".encode())
        assert "Rae Quill" == who(await signing_in)
        if taken:
            taken.close()


# -- every wait ends --


async def test_nobody_is_waited_for_for_ever(live: LiveMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent_page, "MAX_WAIT", 0)
    result = await live.connect().sign_in()
    assert "Stopped waiting after 0 minutes; nobody was signed in." == result.message
    assert isinstance(result.error, SignInStopped)
    assert is_free(live.port)


async def test_a_cell_that_is_interrupted_leaves_no_server_behind(live: LiveMachine, capsys) -> None:
    workbench = live.connect()
    for _ in range(2):
        signing_in = begin(workbench)
        await printed(capsys, WAITING)
        assert not is_free(live.port)
        signing_in.cancel()
        with pytest.raises(asyncio.CancelledError):
            await signing_in
        assert is_free(live.port)
    assert workbench.user is None


async def test_a_second_sign_in_ends_the_first_and_has_the_port_for_itself(live: LiveMachine, capsys) -> None:
    first = begin(live.connect())
    await printed(capsys, WAITING)
    second = begin(live.connect())
    text = await printed(capsys, WAITING)
    assert "Stopped waiting, since another sign-in has begun; nobody was signed in." == (await first).message
    assert "is taken" not in text
    await live.approve(address_in(text))
    assert "Rae Quill" == who(await second)


async def test_a_page_that_nobody_waits_for_gives_way_too(live: LiveMachine, capsys) -> None:
    workbench = live.connect()
    async with workbench.consent_page(await workbench.begin_sign_in()) as left:
        second = begin(live.connect())
        await live.approve(address_in(await printed(capsys, WAITING)))
        assert "Rae Quill" == who(await second)
        with pytest.raises(SignInStopped, match="another sign-in has begun"):
            await left.answer()


# -- what is kept --


async def test_a_good_connection_that_is_kept_spares_the_consent(live: LiveMachine, capsys) -> None:
    await (await live.sign_in()).close()
    codes, again = live.codes(), live.connect()
    for _ in range(2):
        assert "Rae Quill" == who(await again.sign_in())
    assert (codes, "") == (live.codes(), capsys.readouterr().out)
    assert (await again.find_contact(NIA)).contacts


async def test_again_asks_for_consent_all_the_same(live: LiveMachine, capsys) -> None:
    await (await live.sign_in()).close()
    codes = live.codes()
    signing_in = begin(live.connect(), again=True)
    await live.approve(address_in(await printed(capsys, WAITING)))
    assert ("Rae Quill", codes + 1) == (who(await signing_in), live.codes())


async def test_a_kept_connection_that_cannot_be_opened_asks_for_consent(live: LiveMachine, capsys) -> None:
    await (await live.sign_in()).close()
    (live.home / "vault.key").unlink()
    signing_in = begin(live.connect())
    await live.approve(address_in(await printed(capsys, WAITING)))
    assert "Rae Quill" == who(await signing_in)


async def test_a_kept_connection_that_was_revoked_asks_for_consent(live: LiveMachine, capsys) -> None:
    workbench = await live.sign_in()
    revoke(live)
    await workbench.close()
    signing_in = begin(live.connect())
    await live.approve(address_in(await printed(capsys, WAITING)))
    assert "Rae Quill" == who(await signing_in)


async def test_a_crm_that_is_down_is_no_reason_to_ask_for_consent(live: LiveMachine, capsys) -> None:
    await (await live.sign_in()).close()
    live.crm.faults.add(status=503, text="down", times=None)
    result = await live.connect().sign_in()
    assert f"{live.crm.title} is not working right now" == result.message
    assert "" == capsys.readouterr().out


@pytest.mark.parametrize("crm", ALL_KEY)
async def test_a_key_that_was_typed_once_is_kept_and_spares_typing(
    crm: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    live = LiveMachine(crm, monkeypatch, tmp_path / "home")
    workbench = live.connect()
    fields = [each.name for each in workbench.sign_in_fields]
    typed = {name: live.crm.credentials[to_snake(name)] for name in fields}
    live.unset(*map(to_snake, fields))
    workbench = live.connect()
    assert workbench.needs_person() and not workbench.needs_person(typed)
    assert "fill in" in (await workbench.sign_in()).message
    assert "Rae Quill" == who(await workbench.sign_in(typed))
    await workbench.close()
    again = live.connect()
    assert "Rae Quill" == who(await again.sign_in())
    assert "fill in" in (await again.sign_in(again=True)).message


@pytest.mark.parametrize("crm", ALL_KEY)
async def test_what_is_set_counts_and_not_what_was_kept_before_it(
    crm: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    live = LiveMachine(crm, monkeypatch, tmp_path / "home")
    workbench = live.connect()
    assert "Rae Quill" == who(await workbench.sign_in())
    secret = next(each.name for each in workbench.sign_in_fields if each.secret)
    await workbench.close()
    monkeypatch.setenv(live.variable(to_snake(secret)), "mistyped-0123")
    refused = await live.connect().sign_in()
    assert (False, None) == (refused.successful, refused.user)


async def test_what_is_set_signs_in_without_a_person(every: LiveMachine) -> None:
    workbench = every.connect()
    alone = not workbench.needs_person()
    if alone:
        assert "Rae Quill" == who(await workbench.sign_in())
    assert alone == (every.name in ALL_KEY or bool(workbench.sign_in_fields))


async def test_in_the_sandbox_nobody_is_needed() -> None:
    for crm in CRMS:
        assert not connect(crm, mode="sandbox").needs_person()


# -- the registered app, typed --


async def test_the_app_may_be_typed_is_sealed_with_the_sign_in_and_renews_it_later(
    live: LiveMachine, capsys
) -> None:
    app = {"clientId": "client_id", "clientSecret": "client_secret"}
    typed = {name: live.crm.credentials[field] for name, field in app.items()}
    live.unset(*app.values())
    workbench = live.connect()
    refused = await workbench.sign_in()
    assert isinstance(refused.error, ConfigurationError)
    assert live.variable("client_id") in refused.message
    signing_in = begin(workbench, typed=typed)
    await live.approve(address_in(await printed(capsys, WAITING)))
    assert "Rae Quill" == who(await signing_in)
    await workbench.close()

    on_disk = b"".join(path.read_bytes() for path in live.home.rglob("*") if path.is_file())
    assert typed["clientSecret"].encode() not in on_disk
    again = live.connect()
    expire(live)
    assert (await again.find_contact(NIA)).contacts
    assert typed["clientSecret"] not in repr(list(again.trace))
    await again.sign_out()
    assert isinstance((await live.connect().sign_in()).error, ConfigurationError)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {"clientId": "two words"},
            "The Client id must be letters, digits and signs without a space between them.",
        ),
        (
            {"redirectUri": "8738"},
            "The Redirect address must be a web address such as http://127.0.0.1:8738/callback.",
        ),
        (
            {"clientSecret": "s3 cret", "redirectUri": "http://"},
            "The Client secret must be letters, digits and signs without a space between them. "
            "The Redirect address must be a web address such as http://127.0.0.1:8738/callback.",
        ),
    ],
)
async def test_what_cannot_be_right_is_said_before_anything_is_sent(
    live: LiveMachine, typed: dict[str, str], sentence: str
) -> None:
    result = await live.connect().sign_in(typed)
    assert (sentence, InputError) == (result.message, type(result.error))
    assert [] == live.crm.requests


def revoke(live: LiveMachine) -> None:
    """Have the CRM end every connection, as its contract says how."""
    answers_of(live.name).revoke(live.crm)


def expire(live: LiveMachine) -> None:
    """Have the CRM's sessions run out."""
    answers_of(live.name).expire(live.crm)
