"""What is logged, also with every library switched to DEBUG: no secret, and nobody."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from workbench_steps import CRMS

LIBRARIES = (
    *("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy"),
    *("h11", "urllib3", "asyncio", "sqlalchemy", "sqlalchemy.engine", "sqlalchemy.engine.Engine"),
    *("sqlalchemy.pool", "sqlalchemy.orm", "appconnect"),
)
PEOPLE = re.compile(r"(?i)\bNia\b|Holt|Quill|555.?0142|5550142|quote")
SCRIPT = """
import asyncio, json, logging, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import appconnect.http.transport  # it makes libraries quiet, and only then they are switched on
from workbench_steps import options_of, secrets_of, walk
from appconnect.auth.vault import Vault
from appconnect.store import Store
from appconnect.workbench import connect
from appconnect.workbench import environment as surroundings
from appconnect.workbench.sandboxes import make_sandbox

logging.basicConfig(stream=sys.stderr, level=logging.DEBUG)
for name in {libraries!r}:
    logging.getLogger(name).setLevel(logging.DEBUG)

async def main(crm):
    import httpx
    from uvicorn import Config, Server
    sandbox = make_sandbox()
    asgi = sandbox.transport()
    class Wire(httpx.AsyncBaseTransport):  # over a real connection, whose library has headers to tell
        def __init__(self, port):
            self.real, self.port = httpx.AsyncHTTPTransport(), port
        async def handle_async_request(self, request):
            url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
            return await self.real.handle_async_request(
                httpx.Request(request.method, url, headers=request.headers, content=await request.aread())
            )
        async def aclose(self):
            await self.real.aclose()
    async def serve(scope, receive, send):
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = [(name.decode(), value.decode()) for name, value in scope["headers"]]
        host = dict(headers)["host"]
        query = scope["query_string"].decode()
        url = f"https://{{host}}{{scope['raw_path'].decode()}}" + (f"?{{query}}" if query else "")
        answer = await asgi.handle_async_request(httpx.Request(scope["method"], url, headers=headers, content=body))
        content = await answer.aread()
        kept = [(n.encode(), v.encode()) for n, v in answer.headers.multi_items() if n != "content-length"]
        await send({{"type": "http.response.start", "status": answer.status_code,
                    "headers": [*kept, (b"content-length", str(len(content)).encode())]}})
        await send({{"type": "http.response.body", "body": content}})
    server = Server(Config(serve, port=0, log_config=None, log_level="critical", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    sandbox.transport = lambda: Wire(port)
    workbench = connect(crm, mode="sandbox", sandbox=sandbox, options=options_of(crm))
    results = await walk(workbench)
    secrets = secrets_of(workbench)
    await workbench.close()
    server.should_exit = True
    await task
    return {{"secrets": sorted(secrets), "errors": [repr(each.error) for each in results if each.error]}}

print(json.dumps({{crm: asyncio.run(main(crm), debug=True) for crm in {crms!r}}}))
"""


@dataclass(frozen=True)
class Debugged:
    """What a process logged that has switched every library to DEBUG, and the secrets of each CRM."""

    logged: str
    secrets: dict[str, list[str]]


@pytest.fixture(scope="module")
def debugged(tmp_path_factory: pytest.TempPathFactory) -> Debugged:
    """One process that goes through everything with every CRM."""
    code = SCRIPT.format(crms=CRMS, libraries=LIBRARIES, tests=str(Path(__file__).parent.parent))
    environment = {**os.environ, "APPCONNECT_HOME": str(tmp_path_factory.mktemp("home"))}
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environment
    )
    assert 0 == done.returncode, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    return Debugged(done.stderr, {crm: each["secrets"] for crm, each in told.items()})


def test_libraries_at_debug_tell_nobody(debugged: Debugged) -> None:
    assert "DEBUG:asyncio" in debugged.logged
    assert [] == [line for line in debugged.logged.splitlines() if PEOPLE.search(line)]


@pytest.mark.parametrize("crm", CRMS)
def test_libraries_at_debug_tell_no_secret(crm: str, debugged: Debugged) -> None:
    assert len(debugged.secrets[crm]) > 1
    assert [] == [secret for secret in debugged.secrets[crm] if secret in debugged.logged]
