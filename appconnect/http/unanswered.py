"""Why no answer came, as one error in one sentence: name, network, proxy, certificate, size, silence."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import httpx

from appconnect.errors import AnswerTooLarge, CertificateFault, CrmError, ProxyFault, Unreachable
from appconnect.http.receiving import MAX_ANSWER, TooLarge

E = TypeVar("E", bound=BaseException)
PROGRESS = "appconnect.progress"
"""Under this key a request's extensions hold how far it has come on the network."""
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

NOT_YET_VALID, EXPIRED, OTHER_HOST, UNKNOWN_ISSUER = {9}, {10}, {62, 63, 64}, {2, 18, 19, 20, 21}
"""OpenSSL's codes of what is wrong with a certificate: https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/"""


@dataclass
class Progress:
    """How far a request has come; ``proxy`` is the host and port that it goes through, "" without one.

    It is httpcore's trace function: https://www.encode.io/httpcore/extensions/#trace
    """

    proxy: str = ""
    event: str = ""
    has_left: bool = False

    async def __call__(self, event: str, info: dict[str, object]) -> None:
        """Note what happens to the request."""
        self.event = event
        if event == "http11.send_request_headers.started":
            self.has_left = getattr(info.get("request"), "method", b"") != b"CONNECT"

    @property
    def at_proxy(self) -> bool:
        """True while it is still on its way through the proxy."""
        return bool(self.proxy) and not (self.has_left or self.event.startswith("proxy.start_tls"))

    @property
    def in_handshake(self) -> bool:
        """True when the host was reached, and TLS was being agreed on."""
        return "start_tls" in self.event


def unanswered(error: httpx.RequestError, *, request: str, is_write: bool) -> CrmError:
    """Return the error that a request without an answer stands for.

    ``request`` is what errors call it; ``is_write`` is whether the CRM may have done something if it arrived.
    """
    host, progress = error.request.url.raw_host.decode("ascii"), progress_of(error.request)
    if isinstance(error, TooLarge):
        size = f"{MAX_ANSWER // 1_000_000} MB"
        return AnswerTooLarge(
            f"{host} answered with more than {size}, so reading was stopped; ask for less at a time.",
            request=request,
        )
    if progress.at_proxy or isinstance(error, httpx.ProxyError):
        return ProxyFault(_proxy_sentence(error, host, progress), request=request)
    if (fault := _cause(error, ssl.SSLCertVerificationError)) is not None:
        return CertificateFault(certificate_sentence(host, fault), request=request)
    if not isinstance(error, NEVER_LEFT):
        lost = is_write and (progress.has_left or not progress.event)
        message = f"{host} did not answer in time or broke the connection off; try again."
        if isinstance(error, httpx.DecodingError):
            message = f"What {host} answered cannot be unpacked; try again."
        return Unreachable(message, request=request, maybe_done=lost)
    return Unreachable(_connect_sentence(error, host, progress), request=request)


def progress_of(request: httpx.Request) -> Progress:
    """Return how far the request has come; nothing is known of one that did not go over the network."""
    progress = request.extensions.get(PROGRESS)
    return progress if isinstance(progress, Progress) else Progress()


def certificate_sentence(host: str, fault: ssl.SSLCertVerificationError) -> str:
    """Return what is wrong with a host's certificate, and what to do."""
    code = fault.verify_code
    if code in EXPIRED:
        return (
            f"The certificate of {host} has expired. Check this computer's clock; if it is right, whoever "
            f"runs {host} must renew it."
        )
    if code in NOT_YET_VALID:
        return f"The certificate of {host} is not valid yet. Check this computer's clock."
    if code in OTHER_HOST:
        return (
            f"The certificate that came from {host} is another host's. Check the address, and whether the "
            "network shows a sign-in page of its own."
        )
    if code in UNKNOWN_ISSUER:
        return (
            f"The certificate of {host} was issued by nobody that is trusted here. If a proxy or firewall of "
            "your company opens connections, set SSL_CERT_FILE to the file with its certificate (PEM)."
        )
    return f"The certificate of {host} cannot be trusted: {fault.verify_message}."


def _proxy_sentence(error: httpx.RequestError, host: str, progress: Progress) -> str:
    """Return what went wrong at the proxy; of its answer only the status is quoted."""
    proxy = f"The proxy {progress.proxy}" if progress.proxy else "The proxy"
    status = re.match(r"\d{3}", str(error)) if isinstance(error, httpx.ProxyError) else None
    if status is None:
        reason = _reason(error)
        return f"{proxy} cannot be reached ({reason}). Check HTTPS_PROXY, or name {host} in NO_PROXY."
    if status[0] == "407":
        advice = "wants a name and password: write them into HTTPS_PROXY, http://NAME:PASSWORD@HOST:PORT."
    elif status[0] in ("502", "503", "504"):
        advice = f"cannot reach {host} (status {status[0]}). Try again later, or name {host} in NO_PROXY."
    else:
        advice = f"does not let requests through to {host} (status {status[0]}). Ask whoever runs it."
    return f"{proxy} {advice}"


def _connect_sentence(error: httpx.RequestError, host: str, progress: Progress) -> str:
    if _cause(error, socket.gaierror) is not None:
        return f"The name {host} cannot be found. Check the address, and the network's name server (DNS)."
    if progress.in_handshake and isinstance(error, httpx.TimeoutException):
        return f"{host} was reached, but did not finish the TLS handshake; a firewall may hold it up."
    if (fault := _cause(error, ssl.SSLError)) is not None:
        reason = (fault.reason or "no reason told").replace("_", " ").lower()
        return f"{host} was reached, but no encrypted connection could be made ({reason}). Check the network."
    if _cause(error, ConnectionRefusedError) is not None:
        return f"{host} refused the connection; try again later."
    return f"{host} cannot be reached; check the network."


def _reason(error: httpx.RequestError) -> str:
    if _cause(error, socket.gaierror) is not None:
        return "its name cannot be found"
    if _cause(error, ConnectionRefusedError) is not None:
        return "it refuses the connection"
    if _cause(error, ssl.SSLError) is not None:
        return "its certificate or encryption is at fault"
    return "it did not answer in time" if isinstance(error, httpx.TimeoutException) else "no connection"


def _cause(error: BaseException, kind: type[E]) -> E | None:
    return next((each for each in _causes(error) if isinstance(each, kind)), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what caused it; connecting to several addresses fails with a group of errors."""
    seen: list[BaseException | None] = [error]
    while seen:
        each = seen.pop()
        if each is not None:
            yield each
            seen += [each.__cause__, each.__context__ if each.__cause__ is None else None]
            seen += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
