"""The CRMs at their real addresses, on this computer: a proxy, behind it TLS, behind that a sandbox in real time.

No name server and no system file is touched. Who uses the proxy and trusts the authority, by the variables
that any program has for that, reaches ``https://crm.example`` here; everybody else reaches nothing.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from networks import Authority, Proxy, serving
from starlette.types import ASGIApp, Receive, Scope, Send

from appconnect.loopback_server import served
from appconnect.sandbox.base import IN_PROCESS, CrmSandbox
from appconnect.sandbox.clock import RealClock
from appconnect.sandbox.server import Sandbox
from appconnect.workbench.sandboxes import make_sandbox

WRITES = (b"POST ", b"PUT ", b"PATCH ")


class Internet:
    """The hosts of all CRMs that have a sandbox; ``sandbox`` is what stands behind them.

    They present certificates of their own by ``authority``; ``issuer``, ``wrong_host`` and ``ends`` make them
    wrong. ``proxy`` can refuse.
    """

    def __init__(self, folder: Path) -> None:
        self.sandbox: Sandbox = make_sandbox(clock=RealClock())
        self.proxy = Proxy()
        self.authority = Authority(folder)
        self.wrong_host = ""
        self.ends: datetime | None = None
        self.issuer = self.authority
        self.lost_answers = 0
        """How many further requests that write are done, and the connection closed in place of an answer."""
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()

    def __getitem__(self, crm: str) -> CrmSandbox:
        return self.sandbox[crm]

    @property
    def proxy_address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def route(self) -> dict[str, str]:
        """The variables that lead a program here."""
        return {"HTTPS_PROXY": self.proxy_address, "SSL_CERT_FILE": str(self.authority.file)}

    @contextmanager
    def running(self) -> Iterator[Internet]:
        """Be there while the block runs, in a thread of its own."""
        ready, thread = threading.Event(), threading.Thread(target=lambda: asyncio.run(self._serve(ready)))
        thread.start()
        assert ready.wait(30)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._over.set)
            thread.join(30)

    def close_idle_connections(self) -> None:
        """Close what is kept alive, without a word, as servers do after a while."""

        async def close() -> None:
            for writer in list(self._open):
                writer.close()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(30)

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with AsyncExitStack() as stack:
            self._plain = await stack.enter_async_context(served(self._as_real_hosts(self.sandbox)))
            front = await stack.enter_async_context(serving(self._answer, self._tls()))
            self.proxy.leads_to = front.port
            self.port = (await stack.enter_async_context(serving(self.proxy.handle))).port
            ready.set()
            await self._over.wait()

    def _tls(self) -> ssl.SSLContext:
        """Present to each connection a certificate for the host that it asks for."""
        issued: dict[object, ssl.SSLContext] = {}

        def choose(connection: ssl.SSLObject, host: str | None, _: object) -> None:
            key = (self.issuer, self.wrong_host or host, self.ends)
            if key not in issued:
                begins = self.ends - timedelta(days=1) if self.ends else None
                issued[key] = self.issuer.tls(
                    self.wrong_host or host or "localhost", begins=begins, ends=self.ends
                )
            connection.context = issued[key]

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = choose
        return context

    @staticmethod
    def _as_real_hosts(app: ASGIApp) -> ASGIApp:
        async def behind_tls(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, IN_PROCESS: True, "scheme": "https"}, receive, send)

        return behind_tls

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, and what is answered."""
        there, out = await asyncio.open_connection("127.0.0.1", self._plain)
        self._open.add(writer)
        answers = asyncio.create_task(self._pass_answers(there, writer))
        try:
            while data := await reader.read(65536):
                if self.lost_answers and data.startswith(WRITES):
                    self.lost_answers -= 1
                    answers.cancel()
                    out.write(data)
                    await there.read(1)  # the CRM has done it
                    return
                out.write(data)
        finally:
            self._open.discard(writer)
            answers.cancel()
            out.close()

    async def _pass_answers(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await there.read(65536):
            writer.write(data)
        writer.close()
