"""What a person sees of networks as they are: proxies, certificates, hosts that hang, deadlines; for all CRMs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import httpx
import pytest
from answers import NIA, call
from networks import Authority, Proxy, answer, answering, serving
from platforms import ALL_OAUTH, CRMS, answers_of
from workbench_steps import nia, options_of, sandbox_of, signed_in

from appconnect import operations, settings
from appconnect.auth.loopback import approve_in
from appconnect.connectors import registry
from appconnect.errors import (
    CertificateFault,
    ConfigurationError,
    DeadlineExceeded,
    ProxyFault,
    RateLimited,
)
from appconnect.http import deadline
from appconnect.workbench import Workbench, connect
from appconnect.workbench.environment import network

PASSWORD = "s3cret-of-the-proxy"
NAMES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's own network settings are not looked at."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def host_of(crm: str) -> str:
    """A host of the CRM's."""
    return registry.platform(crm).connector.rules.hosts[0].replace("*", "api")


@pytest.fixture(params=["environment", "lower case", ".env"])
def set_to(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Sets a variable, in each of the places where one can be set."""
    file = tmp_path / ".env"
    monkeypatch.setattr(settings, "env_file", lambda start=None: file if file.exists() else None)

    def place(name: str, value: str) -> None:
        if request.param == ".env":
            before = file.read_text() if file.exists() else ""
            file.write_text(f"{before}{name}={value}\n")
        elif request.param == "lower case" and name.endswith("PROXY"):
            monkeypatch.setenv(name.lower(), value)
        else:
            monkeypatch.setenv(name, value)

    return place


@pytest.fixture(params=CRMS)
async def behind_proxy(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[str, Proxy, str, Path]]:
    """A CRM's host behind a proxy: whose it is, the proxy, its address, and the certificate to trust."""
    authority = Authority(tmp_path)
    async with serving(answering(answer()), authority.tls(host_of(request.param))) as host:
        proxy = Proxy(host.port)
        async with serving(proxy.handle) as server:
            yield request.param, proxy, f"127.0.0.1:{server.port}", authority.file


async def test_live_everything_goes_through_the_proxy(behind_proxy: Any, set_to: Any) -> None:
    """Operations, sign-in and renewal all go out through the client."""
    crm, proxy, address, certificate = behind_proxy
    set_to("HTTPS_PROXY", f"http://me:{PASSWORD}@{address}")
    set_to("SSL_CERT_FILE", str(certificate))
    url = f"https://{host_of(crm)}/x"
    async with connect(crm, mode="live") as workbench:
        assert {"ok": True} == (await workbench.crm.send("GET", url)).body
        assert 200 == (await workbench.crm.send_unsigned(httpx.Request("POST", url))).status_code
        assert {f"CONNECT {host_of(crm)}:443 HTTP/1.1"} == set(proxy.asked)
        seen = f"{workbench!r} {list(workbench.trace)} {workbench.environment!r} {workbench.environment.settings!r}"
        assert PASSWORD not in seen


async def test_live_no_proxy_is_honoured(behind_proxy: Any, set_to: Any) -> None:
    crm, proxy, address, _ = behind_proxy
    set_to("ALL_PROXY", f"http://{address}")
    set_to("NO_PROXY", f"127.0.0.1, {host_of(crm)}")
    transport = network()
    assert transport._route.proxy_for(httpx.URL(f"https://{host_of(crm)}/x")) is None
    assert transport._route.proxy_for(httpx.URL("https://elsewhere.test/x")) is not None
    assert [] == proxy.asked


async def test_a_certificate_fault_is_a_sentence_with_what_to_set(
    behind_proxy: Any, set_to: Any, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm, _, address, _ = behind_proxy
    set_to("HTTPS_PROXY", address)
    kind, sentence, lines = await find_live(crm, told, monkeypatch)
    assert (CertificateFault, f"No safe connection to {registry.platform(crm).title}") == (kind, sentence)
    assert "set SSL_CERT_FILE to the file with its certificate (PEM)." in lines


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
async def test_a_refusal_of_the_proxy_is_said_as_the_proxy_s(
    status: str, behind_proxy: Any, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm, proxy, address, _ = behind_proxy
    proxy.refuses = status
    monkeypatch.setenv("https_proxy", f"http://me:{PASSWORD}@{address}")
    kind, sentence, lines = await find_live(crm, told, monkeypatch)
    title = registry.platform(crm).title
    assert (ProxyFault, f"The proxy does not let {title} be reached") == (kind, sentence)
    assert f"The proxy {address} " in lines
    assert PASSWORD not in lines
    assert 1 == len(proxy.asked)


async def find_live(crm: str, told: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[type | None, str, str]:
    """What an operation tells when the CRM's host is asked for over the live network."""
    workbench = await signed_in(crm)
    live = network()
    url = f"https://{host_of(crm)}/x"

    async def ask(*_: object, **__: object) -> list[Any]:
        await workbench.crm.send("GET", url)
        return []

    monkeypatch.setattr(workbench.connector, "find_contact_with_name", ask)
    workbench.crm._transport._inner = live
    result = await workbench.find_contact_with_name("Nia")
    return *told(workbench, result), "\n".join(result.return_message.lines)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"])
@pytest.mark.parametrize(
    "value", ["http://", "gopher://x", "http://me:pass-word@:1", "http://h:99999", "http://[::1"]
)
def test_a_proxy_that_is_none_is_a_sentence_without_its_password(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        connect(CRMS[0], mode="live")
    assert f"{name} is not valid: it must look like http://proxy.example:3128." == caught.value.message


def test_certificates_that_are_none_are_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ConfigurationError, match=r"SSL_CERT_FILE is .*none\.pem, which cannot be read"):
        connect(CRMS[0], mode="live")


@pytest.mark.parametrize("crm", CRMS)
async def test_the_sandbox_does_not_look_at_proxies(crm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "gopher://nonsense")
    workbench = await signed_in(crm)
    assert (await workbench.find_contact(NIA)).successful


# -- deadlines --


async def test_an_operation_that_hangs_is_stopped_and_says_so(
    workbench: Workbench, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "DEADLINE_SECONDS", 0.05)
    hold_up(workbench)
    result = await workbench.find_contact_with_name("Nia")
    assert (DeadlineExceeded, f"{workbench.title} took too long") == told(workbench, result)[:2] or (
        result.error.maybe_done  # a search that is sent with POST
    )


async def test_a_log_that_hangs_is_looked_for_before_it_is_written_again(
    workbench: Workbench, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write that was under way may have been done: its reservation is abandoned, not given back."""
    person, answers = await nia(workbench), answers_of(workbench.platform)
    await workbench.log_call(call("warm-up"), person)  # so that nothing needs to be read before a write
    release = hold_up(workbench, answers.write_method, answers.write_path)
    monkeypatch.setattr(operations, "DEADLINE_SECONDS", 0.5)
    kind, sentence = told(workbench, await workbench.log_call(call(), person, note="Mine"))
    saved = f"{workbench.title} did not answer; the change may already be saved"
    assert (DeadlineExceeded, saved) == (kind, sentence)
    release()
    monkeypatch.setattr(operations, "DEADLINE_SECONDS", 240.0)
    again = await workbench.log_call(call(), person, note="Mine")
    assert "Mine" == (await workbench.get_call_log(again.log_id)).call_log_info.note
    pattern = f"{answers.write_method} {answers.write_path}"
    writes = [
        each for each in sandbox_of(workbench).requests if fnmatchcase(f"{each.method} {each.path}", pattern)
    ]
    assert 2 == len(writes)  # the warm-up's, and the one whose answer was held up


def hold_up(workbench: Workbench, method: str = "*", path: str = "*") -> Callable[[], None]:
    """The CRM does what it is asked to, but these answers do not come until what is returned is called."""
    transport = workbench.crm._transport
    inner = transport._inner

    class Held(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await inner.handle_async_request(request)
            if fnmatchcase(f"{request.method} {request.url.path}", f"{method} {path}"):
                await asyncio.Event().wait()
            return response

    def release() -> None:
        transport._inner = inner

    transport._inner = Held()
    return release


async def test_a_wait_longer_than_the_deadline_is_refused_at_once(
    workbench: Workbench, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "DEADLINE_SECONDS", 10.0)
    sandbox_of(workbench).faults.add(status=429, json={}, headers={"Retry-After": "20"}, times=None)
    began = workbench.environment.clock.now()
    result = await workbench.find_contact_with_name("Nia")
    assert RateLimited is told(workbench, result)[0]
    assert any("Try again in 20 seconds" in line for line in result.return_message.lines)
    assert began == workbench.environment.clock.now()


@pytest.mark.parametrize("crm", ALL_OAUTH)
async def test_the_time_that_a_person_takes_to_consent_does_not_count(crm: str) -> None:
    workbench, asked = connect(crm, mode="sandbox", options=options_of(crm)), []

    async def consent(authorize_url: str) -> str:
        current = deadline._current.get()
        asked.append(current is not None and current.timer.when())
        approve = approve_in(workbench.environment.sandbox.transport())
        return await approve(authorize_url)

    assert (await workbench.sign_in(consent=consent)).successful
    assert [None] == asked
