"""How the consent page's answer comes back: a page on this computer, or nobody at all."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys

import httpx
import pytest
from platforms import OAUTH
from ports import free_port

from appconnect.auth.loopback import LoopbackPage, approve_in, is_loopback, replayed
from appconnect.errors import ConfigurationError, ConsentDeclined, SignInError
from appconnect.workbench import connect
from appconnect.workbench.sandboxes import make_sandbox


@pytest.fixture
def back() -> str:
    return f"http://127.0.0.1:{free_port()}/callback"


async def get(url: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as browser:
        return await browser.get(url, headers=headers)


def page_of(title: str, text: str) -> str:
    return (
        f'<!doctype html><meta charset="utf-8"><title>{title}</title>\n'
        '<body style="font-family: system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem">\n'
        f"<h1>{title}</h1><p>{text}</p></body>"
    )


async def test_the_page_hears_the_answer_and_does_not_echo_it(back: str) -> None:
    async with LoopbackPage(back, state="a+b").listening() as page:
        shown = await get(f"{back}?code=c0de-123&state=a%2Bb")
        assert f"{back}?code=c0de-123&state=a%2Bb" == await page.answer()
    assert 200 == shown.status_code
    assert page_of("Connected", "The workbench has what it needs. You can close this tab.") == shown.text
    assert ("no-store", "no-referrer") == (shown.headers["cache-control"], shown.headers["referrer-policy"])


async def test_code_and_state_are_in_no_log_even_if_the_server_s_are_switched_on(
    back: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with LoopbackPage(back, state="st4te-123").listening() as page:
        for name in (each for each in logging.root.manager.loggerDict if each.startswith("uvicorn")):
            monkeypatch.setattr(logging.getLogger(name), "propagate", True)
            caplog.set_level(logging.DEBUG, name)
        await get(f"{back}?code=c0de-123&state=st4te-123")
        await page.answer()
    assert [] == [line for line in caplog.messages if "c0de-123" in line or "st4te-123" in line]


async def test_the_page_says_that_it_was_declined_and_echoes_nothing(back: str) -> None:
    async with LoopbackPage(back, state="s").listening() as page:
        shown = await get(f"{back}?error=user_denied&error_description=<script>alert(1)</script>&state=s")
        assert "error=user_denied" in await page.answer()
    assert page_of("Declined", "Nothing was connected. You can close this tab.") == shown.text


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "127.0.0.1.evil.test", "0.0.0.0"])
async def test_the_page_answers_to_loopback_names_only(back: str, host: str) -> None:
    async with LoopbackPage(back, state="s").listening() as page:
        refused = await get(f"{back}?code=stolen&state=s", Host=host)
        assert (421, "This page answers to 127.0.0.1 and localhost only.") == (
            refused.status_code,
            refused.text,
        )
        assert 200 == (await get(f"{back}?code=mine&state=s", Host="localhost")).status_code
        assert "code=mine" in await page.answer()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.2 is nobody's address")
async def test_only_this_computer_s_own_address_is_listened_to(back: str) -> None:
    """Whatever else leads to this computer, as its address in the network does."""
    async with LoopbackPage(back, state="s").listening() as page:
        with pytest.raises(httpx.ConnectError):
            await get(f"{back.replace('127.0.0.1', '127.0.0.2')}?code=stolen&state=s", Host="localhost")
        assert 200 == (await get(f"{back}?code=mine&state=s")).status_code
        assert "code=mine" in await page.answer()


async def test_only_the_first_answer_counts(back: str) -> None:
    async with LoopbackPage(back, state="s").listening() as page:
        await get(f"{back}?code=first&state=s")
        await get(f"{back}?code=second&state=s")
        assert "code=first" in await page.answer()


async def test_what_is_no_answer_is_not_taken_for_one(back: str) -> None:
    async with LoopbackPage(back, state="s").listening() as page:
        assert 404 == (await get(back.replace("/callback", "/favicon.ico"))).status_code
        for query in ("", "?state=s"):
            shown = await get(f"{back}{query}")
            assert (400, "This page waits for the answer of a sign-in.") == (shown.status_code, shown.text)
        for other in ("code=x&state=other", "code=x", "error=x&state=", "code=x&state=s&state=s"):
            shown = await get(f"{back}?{other}")
            told = "This is the answer of another sign-in; begin again in the workbench."
            assert (400, told) == (shown.status_code, shown.text)
        await get(f"{back}?code=real&state=s")
        assert "code=real" in await page.answer()


async def test_the_port_is_free_again_afterwards(back: str) -> None:
    for _ in range(2):
        async with LoopbackPage(back, state="s").listening():
            pass


async def test_the_page_listens_on_this_computer_only(back: str) -> None:
    async with LoopbackPage(back, state="s").listening():
        others = [info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
        port = httpx.URL(back).port
        for address in others:
            if not address.startswith("127."):
                with pytest.raises(OSError), socket.create_connection((address, port), timeout=1):
                    pass


async def test_a_taken_port_is_one_sentence(back: str) -> None:
    port = httpx.URL(back).port
    with socket.create_server(("127.0.0.1", port)), pytest.raises(ConfigurationError) as caught:
        async with LoopbackPage(back, state="s").listening():
            pass
    assert (
        f"Port {port}, where the browser would be sent back to, is taken by another program, or another "
        "notebook that still waits. Close it, or paste the address that the browser ends at."
    ) == caught.value.message


async def test_a_page_may_have_no_path_of_its_own() -> None:
    back = f"http://localhost:{free_port()}"
    async with LoopbackPage(back, state="s").listening() as page:
        assert 200 == (await get(f"{back}/?code=mine&state=s")).status_code
        assert f"{back}?code=mine&state=s" == await page.answer()


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:8738/cb",
        "http://example.test:8738/cb",
        "http://127.0.0.1/cb",
        "",
        "cb",
        "http://127.0.0.1:99999/cb",
        "http://[::1/cb",
        "http://127.0.0.1:port/cb",
    ],
)
async def test_a_page_elsewhere_cannot_be_served(address: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        LoopbackPage(address, state="s")
    assert (
        f"{address} is not a page on this computer; paste the address that the browser ends at, or register "
        "a redirect address such as http://127.0.0.1:8738/callback."
    ) == caught.value.message
    assert not is_loopback(address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/cb", "http://localhost:65535", "http://LOCALHOST:80/"]
)
def test_a_page_here_can_be_served(address: str) -> None:
    assert is_loopback(address)


async def test_waiting_can_be_given_up(back: str) -> None:
    async with LoopbackPage(back, state="s").listening() as page:
        waiting = asyncio.ensure_future(page.answer())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


# -- nobody there --


async def test_in_the_sandbox_consent_is_automatic() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    result = await workbench.sign_in()
    assert (True, "Rae Quill") == (result.successful, result.user and result.user.name)


async def test_in_the_sandbox_it_can_be_declined() -> None:
    sandbox = make_sandbox()
    workbench = connect(OAUTH, mode="sandbox", sandbox=sandbox)
    result = await workbench.sign_in(consent=approve_in(sandbox.transport(), decision="decline"))
    assert isinstance(result.error, ConsentDeclined)
    assert None is workbench.user
    assert [] == [request for request in sandbox[OAUTH].requests if request.path.endswith("/oauth/token")]


async def test_a_consent_page_that_refuses_is_a_sign_in_error() -> None:
    request = await connect(OAUTH, mode="sandbox").begin_sign_in()
    with pytest.raises(SignInError, match=r"^The consent page answered with status \d+ and no redirect\.$"):
        await approve_in(make_sandbox().transport())(f"{request.parts['address']}?client_id=no")


async def test_what_is_no_page_is_not_approved() -> None:
    asked: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return httpx.Response(404)

    with pytest.raises(SignInError) as caught:
        await approve_in(httpx.MockTransport(refuse))("https://acme.test/authorize")
    assert (["GET"], "The consent page answered with status 404 and no redirect.") == (
        asked,
        caught.value.message,
    )


async def test_a_consent_page_that_does_not_answer_is_said() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    with pytest.raises(SignInError) as caught:
        await approve_in(httpx.MockTransport(fail))("https://acme.test/authorize")
    assert "The consent page did not answer; try again." == caught.value.message


async def test_in_replay_a_placeholder_stands_for_the_code() -> None:
    address = await replayed("http://127.0.0.1:1/cb", "a&b")("https://unused.test")
    assert "http://127.0.0.1:1/cb?code=replayed-code&state=a%26b" == address


# -- by hand, in two halves --


async def test_a_person_may_paste_the_address_that_the_browser_ended_at() -> None:
    sandbox = make_sandbox()
    workbench = connect(OAUTH, mode="sandbox", sandbox=sandbox)
    request = await workbench.begin_sign_in()
    assert request.info.authorize_uri == request.parts["address"]
    pasted = await approve_in(sandbox.transport())(request.authorize_url)
    assert (await workbench.finish_sign_in(request, f" {pasted}\n")).successful


async def test_a_code_of_another_sign_in_is_refused_before_anything_is_sent() -> None:
    sandbox = make_sandbox()
    workbench = connect(OAUTH, mode="sandbox", sandbox=sandbox)
    first, second = await workbench.begin_sign_in(), await workbench.begin_sign_in()
    pasted = await approve_in(sandbox.transport())(first.authorize_url)
    result = await workbench.finish_sign_in(second, pasted)
    assert "its state differs" in str(result.error)
    assert [] == [request for request in sandbox[OAUTH].requests if request.path.endswith("/oauth/token")]


async def test_a_code_is_good_once() -> None:
    sandbox = make_sandbox()
    workbench = connect(OAUTH, mode="sandbox", sandbox=sandbox)
    request = await workbench.begin_sign_in()
    pasted = await approve_in(sandbox.transport())(request.authorize_url)
    assert (await workbench.finish_sign_in(request, pasted)).successful
    again = await workbench.finish_sign_in(request, pasted)
    assert isinstance(again.error, SignInError)
    assert "The CRM did not accept the sign-in; begin again. It said: " in str(again.error)
    assert workbench.user is not None
