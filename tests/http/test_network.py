"""Networks as they are: proxies, certificates, names, silence; each fault is one sentence that says whose it is."""

from __future__ import annotations

import asyncio
import base64
import gzip
import subprocess
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import networks
import pytest
from networks import HOST, Authority, Proxy, answer, answering, serving
from ports import free_port

from appconnect.errors import (
    AnswerTooLarge,
    CertificateFault,
    ConfigurationError,
    CrmError,
    ProxyFault,
    Unreachable,
)
from appconnect.http import ApiRules, CrmClient, Trace
from appconnect.http.network import Network, Route
from appconnect.http.receiving import MAX_ANSWER
from appconnect.redaction import Redactor
from appconnect.sandbox.clock import SandboxClock

RULES = ApiRules(hosts=("*.crm.test", "localhost", "127.0.0.1"))
OK = {"ok": True}
PASSWORD = "s3cret-of-the-proxy"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def client(route: Route, **rules: object) -> CrmClient:
    """A client over the real network, whose waits take no time."""
    clock = SandboxClock()
    return CrmClient(Network(route), rules=replace(RULES, **rules), clock=clock, trace=Trace(Redactor()))


async def fault(crm: CrmClient, url: str, method: str = "GET") -> CrmError:
    """The error of a request, in whose traceback no password is."""
    with pytest.raises(CrmError) as caught:
        await crm.send(method, url)
    await crm.aclose()
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    return caught.value


# -- proxies --


@pytest.fixture
async def proxy(authority: Authority) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy that leads to the CRM's host, and its address."""
    async with serving(answering(answer()), authority.tls(HOST)) as host:
        proxy = Proxy(host.port)
        async with serving(proxy.handle) as server:
            yield proxy, f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("scheme", ["https", "all"])
async def test_requests_go_through_the_proxy_that_is_set(scheme: str, proxy, authority: Authority) -> None:
    seen, address = proxy
    crm = client(Route({scheme: f"http://{address}"}, ca_file=str(authority.file)))
    assert OK == await crm.get(f"https://{HOST}/x")
    assert [f"CONNECT {HOST}:443 HTTP/1.1"] == seen.asked
    await crm.aclose()


async def test_a_proxy_gets_the_name_and_password_of_its_address(proxy, authority: Authority) -> None:
    seen, address = proxy
    seen.password = base64.b64encode(f"me@work:{PASSWORD}".encode()).decode()
    route = Route({"https": f"http://me%40work:{PASSWORD}@{address}"}, ca_file=str(authority.file))
    crm = client(route)
    assert OK == await crm.get(f"https://{HOST}/x")
    await crm.aclose()
    assert [] == [text for text in (repr(route), repr(list(crm.trace))) if PASSWORD in text]


@pytest.mark.parametrize(
    "named", [HOST, "crm.test", ".crm.test", "*", "other.test, CRM.test", "x,*", HOST.upper()]
)
@pytest.mark.parametrize("scheme", ["https", "all"])
def test_no_proxy_names_hosts_and_domains(scheme: str, named: str) -> None:
    route = Route({scheme: "http://proxy.test:3128"}, no_proxy=named)
    assert route.proxy_for(httpx.URL(f"https://{HOST}/x")) is None
    assert ("*" in named) == (route.proxy_for(httpx.URL("https://elsewhere.test/x")) is None)


def test_no_proxy_may_name_a_port() -> None:
    route = Route({"https": "http://proxy.test:3128"}, no_proxy=f"{HOST}:8443")
    assert route.proxy_for(httpx.URL(f"https://{HOST}:8443/x")) is None
    assert route.proxy_for(httpx.URL(f"https://{HOST}:9443/x")) is not None


@pytest.mark.parametrize("named", ["", "rm.test", "xcrm.test", "api", "crm.test.evil.test", "test.crm"])
def test_no_proxy_means_no_host_that_only_looks_alike(named: str) -> None:
    assert Route({"https": "http://proxy.test:1"}, no_proxy=named).proxy_for(httpx.URL(f"https://{HOST}/x"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]", "crm.localhost"])
def test_this_computer_is_never_reached_through_a_proxy(host: str) -> None:
    proxies = {"https": "http://proxy.test:1", "all": "http://proxy.test:1"}
    assert Route(proxies).proxy_for(httpx.URL(f"https://{host}:8080/x")) is None


def test_each_scheme_has_its_own_proxy() -> None:
    route = Route({"https": "http://one.test:1", "http": "http://two.test:2"})
    proxies = [route.proxy_for(httpx.URL(f"{scheme}://{HOST}/")) for scheme in ("https", "http")]
    assert ["one.test", "two.test"] == [each.host for each in proxies if each]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("407 Proxy Authentication Required", "wants a name and password: write them into HTTPS_PROXY"),
        ("403 Forbidden", f"does not let requests through to {HOST} (status 403)"),
        ("502 Bad Gateway", f"cannot reach {HOST} (status 502)"),
        ("504 Gateway Timeout", f"cannot reach {HOST} (status 504)"),
        ("302 Found", f"does not let requests through to {HOST} (status 302)"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_refusal_of_the_proxy_is_the_proxy_s(method: str, status: str, sentence: str, proxy) -> None:
    seen, address = proxy
    seen.refuses = status
    error = await fault(
        client(Route({"https": f"http://me:{PASSWORD}@{address}"})), f"https://{HOST}/x", method
    )
    assert error.message.startswith(f"The proxy {address} {sentence}")
    assert (ProxyFault, False, 1) == (type(error), getattr(error, "maybe_done", None), len(seen.asked))


async def test_a_proxy_where_nobody_listens() -> None:
    address = f"127.0.0.1:{free_port()}"
    error = await fault(
        client(Route({"https": f"http://me:{PASSWORD}@{address}"})), f"https://{HOST}/x", "POST"
    )
    sentence = (
        f"The proxy {address} cannot be reached (it refuses the connection). "
        f"Check HTTPS_PROXY, or name {HOST} in NO_PROXY."
    )
    assert (ProxyFault, sentence) == (type(error), error.message)


async def test_a_proxy_that_no_name_server_knows() -> None:
    error = await fault(client(Route({"https": "http://proxy.invalid:3128"})), f"https://{HOST}/x")
    assert error.message.startswith(
        "The proxy proxy.invalid:3128 cannot be reached (its name cannot be found)."
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_proxy_that_hangs_up_or_says_nothing_got_no_request(method: str) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await networks.head(reader)

    for handler in (hang_up, networks.silent):
        async with serving(handler) as server:
            crm = client(Route({"https": f"http://127.0.0.1:{server.port}"}), timeout=0.05)
            error = await fault(crm, f"https://{HOST}/x", method)
        assert (ProxyFault, False) == (type(error), getattr(error, "maybe_done", None))


async def test_a_certificate_fault_behind_a_proxy_is_said_as_one(proxy) -> None:
    seen, address = proxy
    error = await fault(client(Route({"https": f"http://{address}"})), f"https://{HOST}/x")
    assert (CertificateFault, True, 1) == (type(error), "set SSL_CERT_FILE" in error.message, len(seen.asked))


@pytest.mark.parametrize("host", ["a..ü", "xn--ü", "ü" * 80])
def test_a_proxy_whose_host_can_be_none(host: str) -> None:
    for scheme in ("https", "all"):
        with pytest.raises(ConfigurationError) as caught:
            Route({scheme: f"http://me:{PASSWORD}@{host}:3128"})
        assert f"{scheme.upper()}_PROXY is not valid: its host cannot be one." == caught.value.message
        assert PASSWORD not in "".join(traceback.format_exception(caught.value))


# -- certificates --


@pytest.mark.parametrize(
    ("names", "dates", "trusted", "sentence"),
    [
        (
            ["localhost"],
            {"begins": networks.LONG_AGO, "ends": networks.LONG_AGO},
            True,
            "has expired. Check this",
        ),
        (
            ["localhost"],
            {"begins": networks.LONG_AFTER, "ends": networks.LONG_AFTER},
            True,
            "is not valid yet. Check",
        ),
        (["other.test"], {}, True, "is another host's. Check the address"),
        (["localhost"], {}, False, "was issued by nobody that is trusted here."),
    ],
    ids=["expired", "not yet", "another host", "unknown"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_certificate_that_cannot_be_trusted(
    method: str, names: list[str], dates: dict, trusted: bool, sentence: str, authority: Authority
) -> None:
    async with serving(answering(answer()), authority.tls(*names, **dates)) as server:
        route = Route(ca_file=str(authority.file) if trusted else "")
        error = await fault(client(route), f"https://localhost:{server.port}/x", method)
    assert (CertificateFault, True) == (type(error), sentence in error.message)
    assert not error.maybe_done  # type: ignore[attr-defined]
    assert 0 == server.connections  # none got past the handshake


async def test_a_certificate_fault_is_not_tried_again(authority: Authority) -> None:
    async with serving(answering(answer()), authority.tls("localhost")) as server:
        crm = client(Route())
        await fault(crm, f"https://localhost:{server.port}/x")
    assert ["ConnectError"] == [each.error for each in crm.trace]


async def is_spoken_with(route: Route, authority: Authority) -> bool:
    """Whether a host with a certificate of this authority is spoken with."""
    async with serving(answering(answer()), authority.tls("localhost")) as server:
        crm = client(route)
        body = await crm.get(f"https://localhost:{server.port}/x")
        await crm.aclose()
    return body == OK


async def test_own_certificates_in_a_file_are_trusted(authority: Authority) -> None:
    assert await is_spoken_with(Route(ca_file=str(authority.file)), authority)


async def test_own_certificates_in_a_folder_are_trusted(folder: Path, authority: Authority) -> None:
    assert await is_spoken_with(Route(ca_folder=str(folder)), authority)


@pytest.fixture
def folder(authority: Authority) -> Path:
    """A folder of certificates as OpenSSL looks for them: by a hash of their name."""
    command = ["openssl", "x509", "-noout", "-hash", "-in", str(authority.file)]
    try:
        name = subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except OSError:
        pytest.skip("no openssl on this machine")
    (authority.file.parent / f"{name}.0").write_bytes(authority.file.read_bytes())
    return authority.file.parent


@pytest.mark.parametrize("content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nAA\n"])
def test_a_file_without_certificates_is_a_sentence(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "mine.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        Network(Route(ca_file=str(file)))
    assert f"SSL_CERT_FILE is {file}, which cannot be read as certificates (PEM)." == caught.value.message


def test_a_folder_that_can_be_none_is_a_sentence() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Network(Route(ca_folder="\0"))
    assert "SSL_CERT_DIR is \0, which cannot be read as certificates (PEM)." == caught.value.message


# -- names and connections --


async def test_one_connection_is_used_for_all_requests_and_closed_with_the_client(
    authority: Authority,
) -> None:
    async with serving(answering(answer()), authority.tls("localhost")) as server:
        crm = client(Route(ca_file=str(authority.file)))
        for number in range(3):
            assert OK == await crm.get(f"https://localhost:{server.port}/{number}")
        assert (1, False) == (server.connections, server.closed.is_set())
        await crm.aclose()
        await server.closed.wait()


async def test_closing_where_nothing_was_opened_is_nothing() -> None:
    await Network(Route()).aclose()


async def test_a_name_that_nobody_knows() -> None:
    crm = client(Route(), hosts=("*.invalid",))
    error = await fault(crm, "https://crm.invalid/x", "POST")
    assert error.message.startswith("The name crm.invalid cannot be found.")
    assert not error.maybe_done  # type: ignore[attr-defined]


async def test_a_port_where_nobody_listens() -> None:
    error = await fault(client(Route()), f"https://127.0.0.1:{free_port()}/x")
    assert "127.0.0.1 refused the connection; try again later." == error.message


async def test_a_handshake_that_hangs() -> None:
    async with serving(networks.silent) as server:
        error = await fault(client(Route(), timeout=0.3), f"https://127.0.0.1:{server.port}/x", "POST")
    assert "127.0.0.1 was reached, but did not finish the TLS handshake;" in error.message
    assert not error.maybe_done  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_that_never_left_in_all_its_time_has_not_been_done(method: str) -> None:
    """However patient the single steps are."""
    async with serving(networks.silent) as server:
        crm = client(Route(), timeout=30, total_timeout=0.05)
        error = await fault(crm, f"https://127.0.0.1:{server.port}/x", method)
    assert (Unreachable, False) == (type(error), error.maybe_done)  # type: ignore[attr-defined]


async def test_a_port_that_speaks_no_tls() -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer())
        await writer.drain()

    async with serving(shout) as server:
        error = await fault(client(Route()), f"https://127.0.0.1:{server.port}/x")
    assert "but no encrypted connection could be made" in error.message


# -- answers without end --


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever."""
    await networks.head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.005)


@pytest.mark.parametrize(("method", "lost"), [("GET", False), ("POST", True)])
async def test_an_answer_that_only_drips_is_given_up(method: str, lost: bool, authority: Authority) -> None:
    async with serving(drip, authority.tls("localhost")) as server:
        crm = client(Route(ca_file=str(authority.file)), timeout=30, total_timeout=0.6)
        error = await fault(crm, f"https://localhost:{server.port}/x", method)
        await server.closed.wait()
    assert (Unreachable, lost) == (type(error), error.maybe_done)  # type: ignore[attr-defined]
    assert {"ReadTimeout"} == {each.error for each in crm.trace}


ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As much as anybody takes."""
    await networks.head(reader)
    writer.write(ENDLESS)
    while True:
        writer.write(b" " * 1_000_000)
        await writer.drain()


BOMB = gzip.compress(b" " * (MAX_ANSWER + 1))
TOO_LARGE = {
    "flood": flood,
    "bomb": answering(answer(BOMB, "Content-Encoding: gzip")),
    "announced": answering(b"HTTP/1.1 200 OK\r\nContent-Length: 300000000000\r\n\r\n["),
}


@pytest.mark.parametrize("how", TOO_LARGE)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_answer_without_measure_is_not_read_to_its_end(
    how: str, method: str, authority: Authority
) -> None:
    async with serving(TOO_LARGE[how], authority.tls("localhost")) as server:
        crm = client(Route(ca_file=str(authority.file)))
        with pytest.raises(AnswerTooLarge) as caught:
            await crm.send(method, f"https://localhost:{server.port}/x")
        await server.closed.wait()
        await crm.aclose()
    assert caught.value.message == (
        "localhost answered with more than 32 MB, so reading was stopped; ask for less at a time."
    )
    assert 1 == server.connections


@pytest.mark.parametrize("how", TOO_LARGE)
async def test_a_token_s_answer_has_a_largest_size_too(how: str, authority: Authority) -> None:
    async with serving(TOO_LARGE[how], authority.tls("localhost")) as server:
        crm = client(Route(ca_file=str(authority.file)))
        with pytest.raises(AnswerTooLarge):
            await crm.send_unsigned(httpx.Request("POST", f"https://localhost:{server.port}/token"))
        await crm.aclose()


async def test_an_answer_of_just_the_largest_size_is_read(authority: Authority) -> None:
    body = gzip.compress(b'"' + b"x" * (MAX_ANSWER - 2) + b'"')
    async with serving(
        answering(answer(body, "Content-Encoding: gzip")), authority.tls("localhost")
    ) as server:
        crm = client(Route(ca_file=str(authority.file)))
        text = await crm.get(f"https://localhost:{server.port}/x")
        await crm.aclose()
    assert MAX_ANSWER - 2 == len(str(text))


@pytest.mark.parametrize(
    "packing", ["gzip, gzip", "gzip,deflate", "br", "zstd", "gzip, identity, gzip", "compress"]
)
async def test_an_answer_that_is_packed_oddly_is_not_unpacked(packing: str, authority: Authority) -> None:
    """Packed twice, some kilobytes would be gigabytes before anybody counts them."""
    body = gzip.compress(gzip.compress(b'{"ok": true}'))
    handler = answering(answer(body, f"Content-Encoding: {packing}"))
    async with serving(handler, authority.tls("localhost")) as server:
        crm = client(Route(ca_file=str(authority.file)))
        with pytest.raises(Unreachable, match="What localhost answered cannot be unpacked"):
            await crm.post(f"https://localhost:{server.port}/x")
        await crm.aclose()


@pytest.mark.parametrize("packing", ["gzip", "GZIP", "identity, gzip"])
async def test_an_answer_that_is_packed_as_asked_for_is_read(packing: str, authority: Authority) -> None:
    body = gzip.compress(b'{"ok": true}')
    handler = answering(answer(body, f"Content-Encoding: {packing}"))
    async with serving(handler, authority.tls("localhost")) as server:
        crm = client(Route(ca_file=str(authority.file)))
        assert OK == await crm.get(f"https://localhost:{server.port}/x")
        await crm.aclose()
