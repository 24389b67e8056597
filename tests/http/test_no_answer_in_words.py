"""Why no answer came: each cause is one kind of error, and one sentence to the letter."""

from __future__ import annotations

import socket
import ssl
from types import SimpleNamespace

import httpx
import pytest

from appconnect.errors import AnswerTooLarge, CertificateFault, CrmError, ProxyFault, Unreachable
from appconnect.http.receiving import TooLarge
from appconnect.http.unanswered import PROGRESS, Progress, unanswered

HOST = "api.crm.test"
BEHIND = "The proxy proxy.test:3128"
REFUSED = ConnectionRefusedError(111, "Connection refused")
UNKNOWN_NAME = socket.gaierror(-2, "Name or service not known")
IN_NO_PROXY = f"Check HTTPS_PROXY, or name {HOST} in NO_PROXY."


def told(
    error: httpx.RequestError,
    cause: BaseException | None = None,
    progress: Progress | None = None,
    *,
    is_write: bool = True,
) -> CrmError:
    extensions = {} if progress is None else {PROGRESS: progress}
    error.request = httpx.Request("POST", f"https://{HOST}/x", extensions=extensions)
    error.__cause__ = cause
    made = unanswered(error, request="POST /x", is_write=is_write)
    assert "POST /x" == made.request
    return made


def tls_fault(reason: str | None) -> ssl.SSLError:
    fault = ssl.SSLError(1, "a fault")
    fault.reason = reason  # type: ignore[assignment]
    return fault


def bad_certificate(code: int) -> ssl.SSLCertVerificationError:
    fault = ssl.SSLCertVerificationError(1, "a fault")
    fault.verify_code, fault.verify_message = code, "path length constraint exceeded"
    return fault


CONNECT, READ = httpx.ConnectError, httpx.ReadTimeout


@pytest.mark.parametrize(
    ("error", "cause", "sentence"),
    [
        (CONNECT(""), UNKNOWN_NAME, f"The name {HOST} cannot be found. Check the address, and the network's name server (DNS)."),
        (CONNECT(""), REFUSED, f"{HOST} refused the connection; try again later."),
        (CONNECT(""), ExceptionGroup("all", [OSError(), REFUSED]), f"{HOST} refused the connection; try again later."),
        (CONNECT(""), tls_fault("WRONG_VERSION_NUMBER"), f"{HOST} was reached, but no encrypted connection could be made (wrong version number). Check the network."),
        (CONNECT(""), tls_fault(None), f"{HOST} was reached, but no encrypted connection could be made (no reason told). Check the network."),
        (CONNECT(""), None, f"{HOST} cannot be reached; check the network."),
        (httpx.ConnectTimeout(""), None, f"{HOST} cannot be reached; check the network."),
        (httpx.PoolTimeout(""), None, f"{HOST} cannot be reached; check the network."),
        (READ(""), REFUSED, f"{HOST} did not answer in time or broke the connection off; try again."),
        (httpx.DecodingError(""), None, f"What {HOST} answered cannot be unpacked; try again."),
    ],
    ids=repr,
)  # fmt: skip
def test_a_host_that_gives_no_answer_is_told_with_its_cause(
    error: httpx.RequestError, cause: BaseException | None, sentence: str
) -> None:
    made = told(error, cause)
    assert (Unreachable, sentence) == (type(made), made.message)


def test_a_cause_is_looked_for_in_what_was_being_handled_only_where_none_is_stated() -> None:
    for stated, sentence in (
        (None, f"{HOST} refused the connection; try again later."),
        (OSError(), f"{HOST} cannot be reached; check the network."),
    ):
        error = CONNECT("")
        error.__context__ = REFUSED
        assert sentence == told(error, stated).message


def test_an_answer_that_is_too_large_is_no_lost_one() -> None:
    made = told(TooLarge("more"), progress=Progress(proxy="proxy.test:3128"))
    sentence = f"{HOST} answered with more than 32 MB, so reading was stopped; ask for less at a time."
    assert (AnswerTooLarge, sentence) == (type(made), made.message)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (9, f"The certificate of {HOST} is not valid yet. Check this computer's clock."),
        (10, f"The certificate of {HOST} has expired. Check this computer's clock; if it is right, whoever runs {HOST} must renew it."),
        *((code, f"The certificate that came from {HOST} is another host's. Check the address, and whether the network shows a sign-in page of its own.") for code in (62, 63, 64)),
        *((code, f"The certificate of {HOST} was issued by nobody that is trusted here. If a proxy or firewall of your company opens connections, set SSL_CERT_FILE to the file with its certificate (PEM).") for code in (2, 18, 19, 20, 21)),
        *((code, f"The certificate of {HOST} cannot be trusted: path length constraint exceeded.") for code in (1, 3, 8, 11, 17, 22, 25, 61, 65)),
    ],
)  # fmt: skip
def test_a_certificate_s_fault_is_told_by_openssl_s_code(code: int, sentence: str) -> None:
    made = told(CONNECT(""), bad_certificate(code))
    assert (CertificateFault, sentence) == (type(made), made.message)


@pytest.mark.parametrize(
    ("error", "cause", "sentence"),
    [
        (CONNECT(""), REFUSED, f"cannot be reached (it refuses the connection). {IN_NO_PROXY}"),
        (CONNECT(""), UNKNOWN_NAME, f"cannot be reached (its name cannot be found). {IN_NO_PROXY}"),
        (CONNECT(""), bad_certificate(10), f"cannot be reached (its certificate or encryption is at fault). {IN_NO_PROXY}"),
        (READ(""), None, f"cannot be reached (it did not answer in time). {IN_NO_PROXY}"),
        (httpx.ReadError("407"), None, f"cannot be reached (no connection). {IN_NO_PROXY}"),
        (httpx.ProxyError("no number"), None, f"cannot be reached (no connection). {IN_NO_PROXY}"),
        (httpx.ProxyError("407 Proxy Authentication Required"), None, "wants a name and password: write them into HTTPS_PROXY, http://NAME:PASSWORD@HOST:PORT."),
        *((httpx.ProxyError(f"{status} No"), None, f"cannot reach {HOST} (status {status}). Try again later, or name {HOST} in NO_PROXY.") for status in (502, 503, 504)),
        *((httpx.ProxyError(f"{status} No"), None, f"does not let requests through to {HOST} (status {status}). Ask whoever runs it.") for status in (302, 403, 408, 501, 505)),
    ],
    ids=repr,
)  # fmt: skip
def test_what_the_proxy_does_is_told_of_the_proxy(
    error: httpx.RequestError, cause: BaseException | None, sentence: str
) -> None:
    made = told(error, cause, Progress(proxy="proxy.test:3128"))
    assert (ProxyFault, f"{BEHIND} {sentence}") == (type(made), made.message)


def test_a_proxy_whose_name_is_not_known_is_told_as_one() -> None:
    made = told(httpx.ProxyError("403 Forbidden"))
    assert (
        f"The proxy does not let requests through to {HOST} (status 403). Ask whoever runs it."
        == made.message
    )


# -- how far a request has come --


async def after(*events: str, proxy: str = "", method: bytes = b"POST") -> Progress:
    progress = Progress(proxy)
    for event in events:
        await progress(event, {"request": SimpleNamespace(method=method)})
    return progress


LEAVES = "http11.send_request_headers.started"


@pytest.mark.parametrize(
    ("events", "is_write", "maybe_done"),
    [
        ((), True, True),
        ((), False, False),
        (("connection.connect_tcp.started",), True, False),
        (("connection.connect_tcp.started", LEAVES, "http11.receive_response_headers.started"), True, True),
        ((LEAVES,), False, False),
    ],
)
async def test_a_write_may_be_done_once_it_has_left_or_where_nothing_is_known(
    events: tuple[str, ...], is_write: bool, maybe_done: bool
) -> None:
    made = told(READ(""), progress=await after(*events), is_write=is_write)
    assert isinstance(made, Unreachable)
    assert maybe_done is made.maybe_done


async def test_a_request_is_at_the_proxy_until_it_leaves_through_it() -> None:
    via = "proxy.test:3128"
    connecting = await after(LEAVES, proxy=via, method=b"CONNECT")
    assert (True, False) == (connecting.at_proxy, connecting.has_left)
    through = await after(LEAVES, "proxy.start_tls.started", proxy=via, method=b"CONNECT")
    assert (False, False, True) == (through.at_proxy, through.has_left, through.in_handshake)
    left = await after(LEAVES, "http11.receive_response_headers.started", proxy=via)
    assert (False, True, False) == (left.at_proxy, left.has_left, left.in_handshake)
    assert not (await after("connection.connect_tcp.started")).at_proxy
    unnamed = Progress(via)
    await unnamed(LEAVES, {})
    assert unnamed.has_left


async def test_a_handshake_that_hangs_is_told_apart_from_one_that_fails() -> None:
    progress = await after("connection.start_tls.started")
    hanging = f"{HOST} was reached, but did not finish the TLS handshake; a firewall may hold it up."
    assert hanging == told(httpx.ConnectTimeout(""), progress=progress).message
    assert f"{HOST} cannot be reached; check the network." == told(CONNECT(""), progress=progress).message


async def test_a_note_of_somebody_else_s_is_no_progress() -> None:
    error = READ("")
    error.request = httpx.Request("POST", f"https://{HOST}/x", extensions={PROGRESS: "a text"})
    made = unanswered(error, request="POST /x", is_write=True)
    assert isinstance(made, Unreachable)
    assert made.maybe_done
