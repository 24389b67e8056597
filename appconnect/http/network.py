"""The transports' common type, and the one that is the network, proxies and certificates included."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # as requests does

import certifi
import httpx

from appconnect.errors import ConfigurationError
from appconnect.event_loops import PerLoop
from appconnect.http.receiving import metered
from appconnect.http.unanswered import PROGRESS, Progress

Transport = httpx.AsyncBaseTransport
"""What requests go through: the network, the sandbox, a recorder or a recording."""


@dataclass(frozen=True)
class Route:
    """How requests leave this computer: as HTTPS_PROXY and the like have it, by curl's rules.

    ``proxies`` are addresses by scheme: "https", "http", or "all" for both; they may hold a password.
    ``no_proxy`` lists hosts and domains, with commas; "*" is all of them. ``ca_file`` and ``ca_folder`` hold
    the certificates that are trusted (PEM) in place of those that come with this package.
    """

    proxies: dict[str, str] = field(default_factory=dict, repr=False)
    no_proxy: str = ""
    ca_file: str = ""
    ca_folder: str = ""

    def __post_init__(self) -> None:
        for scheme, proxy in self.proxies.items():
            try:
                httpx.URL(proxy)
            except httpx.InvalidURL:
                name = f"{scheme.upper()}_PROXY"
                raise ConfigurationError(f"{name} is not valid: its host cannot be one.") from None

    def proxy_for(self, url: httpx.URL) -> httpx.URL | None:
        """Return the proxy that a request to this address goes through; None for straight on."""
        host = url.raw_host.decode("ascii")
        proxy = self.proxies.get(url.scheme) or self.proxies.get("all")
        if not proxy or _is_loopback(host) or self._is_excepted(host, url.port):
            return None
        return httpx.URL(proxy)

    def _is_excepted(self, host: str, port: int | None) -> bool:
        excepted = "*" if "*" in map(str.strip, self.no_proxy.split(",")) else self.no_proxy
        return bool(proxy_bypass_environment(f"{host}:{port}" if port else host, {"no": excepted}))

    def tls(self) -> ssl.SSLContext:
        """Return what checks certificates. Raises ConfigurationError for a file or folder that has none."""
        is_own = bool(self.ca_file or self.ca_folder)
        try:
            return ssl.create_default_context(
                cafile=self.ca_file or (None if is_own else certifi.where()), capath=self.ca_folder or None
            )
        except (OSError, ValueError):
            name = "SSL_CERT_FILE" if self.ca_file else "SSL_CERT_DIR"
            raise ConfigurationError(
                f"{name} is {self.ca_file or self.ca_folder}, which cannot be read as certificates (PEM)."
            ) from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class Network(httpx.AsyncBaseTransport):
    """The real network. Connections belong to the event loop that opened them, so each loop has its own."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._tls = route.tls()
        self._pools = PerLoop[dict[str, httpx.AsyncHTTPTransport]](dict)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, through a proxy where there is one."""
        proxy = self._route.proxy_for(request.url)
        progress = Progress(proxy=proxy.netloc.decode("ascii") if proxy else "")
        request.extensions |= {PROGRESS: progress, "trace": progress}
        return metered(await self._pool(proxy).handle_async_request(request))

    async def aclose(self) -> None:
        """Close the connections of this event loop; those of a loop that is over are gone already."""
        for pool in (self._pools.leave() or {}).values():
            await pool.aclose()

    def _pool(self, proxy: httpx.URL | None) -> httpx.AsyncHTTPTransport:
        pools = self._pools.here()
        name = str(proxy or "")
        if name not in pools:
            pools[name] = httpx.AsyncHTTPTransport(verify=self._tls, proxy=self._proxied(proxy))
        return pools[name]

    def _proxied(self, proxy: httpx.URL | None) -> httpx.Proxy | None:
        if proxy is None:
            return None
        return httpx.Proxy(proxy, ssl_context=self._tls if proxy.scheme == "https" else None)
