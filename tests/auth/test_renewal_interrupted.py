"""A renewal once begun is finished and kept, whatever becomes of the operation that needed it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import httpx
import pytest
from heartbeats import Heartbeats
from platforms import needs

from appconnect.auth.base import Credentials
from appconnect.connectors import registry
from appconnect.errors import Unreachable
from appconnect.store import Store, holders
from appconnect.workbench import Workbench
from appconnect.workbench.environment import environment
from appconnect.workbench.lazy_store import LazyStore
from appconnect.workbench.sandboxes import make_sandbox

if TYPE_CHECKING:
    from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox

pytestmark = needs("pipedrive")  # it rotates tokens if asked to
TOKEN, ME = "/oauth/token", "/v1/users/me"
HOUR = 3600


class Held(httpx.AsyncBaseTransport):
    """Holds answers of the token endpoint back until they may come: the CRM has spent the old token by then."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.spent, self.may_answer = asyncio.Event(), asyncio.Event()
        self.trouble: Callable[[httpx.Request], httpx.Response | None] = lambda request: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if trouble := self.trouble(request):
            await self.spent.wait()
            return trouble
        answer = await self.inner.handle_async_request(request)
        if request.url.path == TOKEN:
            self.spent.set()
            await self.may_answer.wait()
        return answer


class World:
    """Signed in, with refresh tokens that are good once; the sign-in itself is not held back."""

    def __init__(self, store: Store | None = None) -> None:
        sandbox = make_sandbox("pipedrive")
        surroundings = environment(
            registry.platform("pipedrive"), "sandbox", scenario="walkthrough", record=None, sandbox=sandbox
        )
        self.wire = Held(surroundings.transport)
        kept = LazyStore(lambda: store) if store else surroundings.lazy_store
        self.workbench = Workbench(
            registry.platform("pipedrive"),
            replace(surroundings, transport=self.wire, lazy_store=kept),
            settings={},
            options={},
        )
        self.crm = cast("PipedriveSandbox", sandbox["pipedrive"])

    def another_process(self) -> Workbench:
        """A workbench that shares what is stored, and whose network holds nothing back."""
        there = replace(self.workbench.environment, transport=self.wire.inner)
        return Workbench(registry.platform("pipedrive"), there, settings={}, options={})

    @property
    def held(self) -> str:
        assert isinstance(self.workbench.crm.signer, Credentials)
        return self.workbench.crm.signer.secrets()["refresh"]

    @property
    def stored(self) -> str:
        kept = self.workbench.environment.store.connection("pipedrive")
        assert kept is not None
        return self.workbench.environment.vault.open(kept.sealed)["refresh"]

    def paths(self) -> list[str]:
        return [request.path for request in self.crm.requests]


@pytest.fixture
async def world() -> World:
    made = World()
    made.wire.may_answer.set()
    assert (await made.workbench.sign_in()).successful
    made.crm.toggles["rotate_refresh_tokens"] = True
    made.wire.may_answer.clear()
    made.wire.spent.clear()
    made.crm.requests.clear()
    return made


@pytest.mark.parametrize("times", [1, 3], ids=["once", "impatiently"])
@pytest.mark.parametrize("noticed", ["ahead", "by 401"])
async def test_an_operation_that_is_cancelled_in_a_renewal_loses_no_token(
    world: World, noticed: str, times: int
) -> None:
    before = world.held
    if noticed == "ahead":
        world.crm.clock.advance(HOUR)
    else:
        world.crm.oauth.tokens.expire_access()
    operation = asyncio.ensure_future(world.workbench.crm.post("/api/v2/persons", {"name": "Uma New"}))
    await world.wire.spent.wait()
    for _ in range(times):
        operation.cancel()
        await asyncio.sleep(0)
    assert not operation.done()
    world.wire.may_answer.set()
    with pytest.raises(asyncio.CancelledError):
        await operation
    assert before != world.held == world.stored
    sent = ["/api/v2/persons", TOKEN] if noticed == "by 401" else [TOKEN]
    assert sent == world.paths()
    assert await world.workbench.crm.get(ME)


async def test_a_sibling_s_error_loses_no_token(world: World) -> None:
    before = world.held
    world.crm.clock.advance(HOUR)
    world.wire.trouble = lambda request: httpx.Response(402) if request.url.path == ME else None
    crm = world.workbench.crm

    async def closed() -> None:
        await crm.send_unsigned(httpx.Request("GET", f"https://api.pipedrive.com{ME}"))
        raise LookupError("the sibling's")

    work = asyncio.ensure_future(crm.gather([closed(), crm.get("/v1/users")]))
    await world.wire.spent.wait()
    await asyncio.sleep(0)
    world.wire.may_answer.set()
    with pytest.raises(LookupError):
        await work
    assert before != world.held == world.stored
    assert [TOKEN] == world.paths()


async def test_who_only_waits_for_another_s_renewal_can_leave_at_once(world: World) -> None:
    world.crm.clock.advance(HOUR)
    first = asyncio.ensure_future(world.workbench.crm.get(ME))
    await world.wire.spent.wait()
    second = asyncio.ensure_future(world.workbench.crm.get("/v1/users"))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    world.wire.may_answer.set()
    assert await first
    assert [TOKEN, ME] == world.paths()


@pytest.mark.parametrize("fault", [{"drop": True}, {"drop_after": True}], ids=str)
async def test_while_the_token_is_good_a_renewal_that_is_lost_does_not_matter(
    world: World, fault: dict[str, bool]
) -> None:
    world.wire.may_answer.set()
    world.crm.toggles["rotate_refresh_tokens"] = False
    world.crm.clock.advance(HOUR - 60)
    world.crm.faults.add(path=TOKEN, times=1, **fault)
    await world.workbench.crm.post("/api/v2/persons", {"name": "Uma New"})
    await world.workbench.crm.get(ME)
    assert [TOKEN, "/api/v2/persons", TOKEN, ME] == world.paths()


async def test_a_lost_renewal_of_a_dead_token_is_the_end(world: World) -> None:
    world.crm.clock.advance(HOUR)
    world.crm.faults.add(path=TOKEN, drop=True, times=None)
    with pytest.raises(Unreachable, match=r"oauth\.pipedrive\.com"):
        await world.workbench.crm.get(ME)


async def test_a_refusal_is_none_when_another_process_has_renewed_meanwhile(world: World) -> None:
    """A lease can run out on a slow line; then two ask with the same token, and the second is refused."""
    world.wire.may_answer.set()
    world.crm.clock.advance(HOUR)
    assert isinstance(world.workbench.crm.signer, Credentials)
    other = world.workbench.context.connections.sign_in.restore(
        {**world.workbench.crm.signer.secrets(), "access": world.crm.sign_in().access, "refresh": "newer"},
        await world.workbench.connector.get_oauth_info(),
    )

    def renewed_elsewhere(request: httpx.Request) -> httpx.Response | None:
        if request.url.path != TOKEN:
            return None
        world.wire.spent.set()
        world.workbench.context.connections.sign_in.context.keep(other)
        return httpx.Response(400, json={"error": "invalid_grant"})

    world.wire.trouble = renewed_elsewhere
    assert await world.workbench.crm.get(ME)
    assert "newer" == world.held


# -- seen from another process --


@pytest.fixture(params=["file", "postgresql"])
async def shared(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """A process with a renewal before it, of which others only know what the store says."""
    monkeypatch.setattr(holders, "is_here", lambda owner: False)
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    store = Store.at(tmp_path, url)
    world = World(store)
    world.wire.may_answer.set()
    assert (await world.workbench.sign_in()).successful
    world.wire.may_answer.clear()
    world.wire.spent.clear()
    world.crm.clock.advance(HOUR)
    yield world
    store.forget_connection("pipedrive", world.workbench.user.id if world.workbench.user else "")
    store.close()


async def test_who_died_in_a_renewal_keeps_another_process_waiting_for_forty_seconds(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holders, "BEATS", 0.001)  # nothing is heard of it any more
    dead = asyncio.create_task(shared.workbench.crm.get(ME))
    await shared.wire.spent.wait()
    began = shared.crm.clock.now()
    assert (await shared.another_process().list_users()).successful
    assert 39 < (shared.crm.clock.now() - began).total_seconds() < 41
    shared.wire.may_answer.set()
    await asyncio.gather(dead, return_exceptions=True)


async def test_who_is_in_a_renewal_keeps_its_lease_however_long_that_takes(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = Heartbeats(monkeypatch)
    monkeypatch.setattr(shared.crm.clock, "sleep", asyncio.sleep)  # who waits does so in real time
    at_work = asyncio.create_task(shared.workbench.crm.get(ME))
    await shared.wire.spent.wait()
    waiting = asyncio.create_task(shared.another_process().list_users())
    for _ in range(6):
        shared.crm.clock.advance(15)
        await beats.heard()
    assert not waiting.done()
    shared.wire.may_answer.set()
    assert await at_work
    assert (await waiting).successful
    assert 1 == shared.paths()[-3:].count(TOKEN)
    assert shared.held == shared.stored
