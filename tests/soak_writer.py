"""A writer of the soak: a process that does one operation after the other, and may be killed at any moment.

Its requests go over a bridge to the process that plays the CRMs. Time runs `SPEED` times as fast as it does,
for everybody alike, so that claims end and waits pass.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from platforms import answers_of
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.auth.vault import Vault
from appconnect.connectors import registry
from appconnect.errors import AppConnectError, BeingLogged, SessionExpired, SignInError
from appconnect.models import Contact, Logged, Result
from appconnect.sandbox.clock import START
from appconnect.sandbox.server import Sandbox
from appconnect.store import Store, holders
from appconnect.testing import samples
from appconnect.testing.faults.cells import MAY_BE_DONE
from appconnect.workbench import Workbench, connect
from appconnect.workbench.lazy_store import LazyStore
from appconnect.workbench.sandboxes import make_sandbox

SPEED = 8.0


class FastClock:
    """Real time, but faster; the same in every process that is told the same start."""

    def __init__(self, began: float) -> None:
        self.began = began

    def now(self) -> datetime:
        return START + timedelta(seconds=(time.time() - self.began) * SPEED)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / SPEED)

    def advance(self, seconds: float) -> None:
        self.began -= seconds / SPEED


@dataclass(frozen=True)
class Task:
    """One operation: what is asked for, under which key, with which text."""

    number: int
    platform: str
    kind: str
    key: str
    text: str
    log_id: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a task: ``done``, ``refused``, ``uncertain``, ``waiting``, ``broken`` or ``killed``."""

    verdict: str
    sentence: str = ""
    log_id: str = ""


@dataclass(frozen=True)
class Place:
    """Where a writer finds the CRMs and the store."""

    bridge: str
    began: float
    home: Path
    database_url: str
    vault_key: str
    people: dict[str, Contact]


# -- the bridge --


async def bridge(sandbox: Sandbox, request: Request) -> Response:
    """Hand a writer's request to the CRMs, as a network would; a broken connection is told by its name."""
    told = await request.json()
    sent = httpx.Request(
        told["method"],
        told["url"],
        headers=told["headers"],
        content=base64.b64decode(told["body"]),
        extensions={"timeout": {"read": told["patience"]}},
    )
    try:
        answer = await sandbox.transport().handle_async_request(sent)
        body = await answer.aread()
    except httpx.TransportError as error:
        return JSONResponse({"broken": type(error).__name__})
    headers = [[name, value] for name, value in answer.headers.multi_items()]
    return JSONResponse(
        {"status": answer.status_code, "headers": headers, "body": base64.b64encode(body).decode()}
    )


class BridgeTransport(httpx.AsyncBaseTransport):
    """The other end of the bridge."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = httpx.AsyncClient(timeout=None)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = base64.b64encode(await request.aread()).decode()
        told = {
            "method": request.method,
            "url": str(request.url),
            "headers": request.headers.multi_items(),
            "body": body,
            "patience": request.extensions.get("timeout", {}).get("read") or 5.0,
        }
        answer = (await self._client.post(self._address, json=told)).json()
        if broken := answer.get("broken"):
            raise getattr(httpx, broken)("The connection broke.")
        headers = [(name, value) for name, value in answer["headers"] if name != "content-length"]
        return httpx.Response(answer["status"], headers=headers, content=base64.b64decode(answer["body"]))


# -- the writer --


def write(place: Place, pipe: Connection) -> None:
    """Do what comes over the pipe, and tell what became of it, until None comes."""
    holders.BEATS = int(holders.BEATS * SPEED)  # type: ignore[misc]  # they are in real time
    logging.disable(logging.CRITICAL)
    asyncio.run(_write(place, pipe))


async def _write(place: Place, pipe: Connection) -> None:
    store = Store.at(place.home, SecretStr(place.database_url) if place.database_url else None)
    benches: dict[str, Workbench] = {}
    pipe.send("ready")
    while task := await asyncio.to_thread(pipe.recv):
        if task.platform not in benches:
            benches[task.platform] = workbench(task.platform, place, store)
        pipe.send(await outcome(benches[task.platform], task, place.people[task.platform]))
    store.close()


def workbench(platform: str, place: Place, store: Store) -> Workbench:
    """Return a workbench on the shared store, whose requests go over the bridge."""
    sandbox = make_sandbox(platform, clock=FastClock(place.began))
    transport = BridgeTransport(place.bridge)
    sandbox.transport = lambda: transport  # type: ignore[method-assign]
    options = answers_of(platform).options
    made = connect(platform, mode="sandbox", record=False, sandbox=sandbox, options=options)
    environment = replace(
        made.environment, lazy_store=LazyStore(lambda: store), vault=Vault([place.vault_key])
    )
    return Workbench(registry.platform(platform), environment, settings={}, options=options)


async def outcome(bench: Workbench, task: Task, contact: Contact) -> Outcome:
    """Do a task, and say what became of it."""
    try:
        result = await _do(bench, task, contact)
        if isinstance(result.error, SignInError | SessionExpired):
            with suppress(httpx.HTTPError):  # the browser's
                await bench.sign_in()
    except AppConnectError as error:
        return Outcome("broken", f"raised {error!r}")
    except Exception as error:  # what must not be, is told
        return Outcome("broken", f"{type(error).__name__}: {error}")
    log_id = result.log_id or "" if isinstance(result, Logged) else task.log_id
    details = result.return_message.lines if result.return_message else []
    return Outcome(_verdict(result), "\n".join([result.message, *details]), log_id)


def _verdict(result: Result) -> str:
    if result.error is None:
        return "done"
    if isinstance(result.error, BeingLogged):
        return "waiting"
    said = "\n".join([result.message, *(result.return_message.lines if result.return_message else [])])
    return "uncertain" if MAY_BE_DONE.search(said) else "refused"


def _moment(key: str) -> datetime:
    """Return a second of its own for each call and message: a log that is lost is looked for by that."""
    return samples.NINE_THIRTY - timedelta(seconds=int(key.rpartition("-")[2]))


async def _do(bench: Workbench, task: Task, contact: Contact) -> Result:
    if task.kind == "call":
        return await bench.log_call(
            samples.call(task.key, start_time=_moment(task.key)), contact, note=task.text
        )
    if task.kind == "update":
        return await bench.update_call_log(task.log_id, note=task.text)
    if task.kind == "message":
        conversation = task.key.rpartition("-")[0]
        message = samples.sms(task.key, task.text, at=_moment(task.key)).model_copy(
            update={"conversation": samples.Conversation(id=conversation)}
        )
        return await bench.log_message(message, contact)
    if task.kind == "contact":
        return await bench.create_contact(task.key, task.text, answers_of(task.platform).contact_type)
    return await bench.find_contact(contact.phone or "+14155550142")
