"""Lists that are read once and remembered, by whatever connector."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import BaseModel

from appconnect.connectors import registry
from appconnect.errors import Forbidden
from appconnect.remembered import A_DAY, NoCache, Read, Remembered
from appconnect.sandbox import SandboxClock
from appconnect.store import Store, StoreCache


class Kind(BaseModel):
    name: str


class Source:
    """What is read, and how often that was."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.read = 0
        self.error: Exception | None = None
        self.slow = asyncio.Event()
        self.slow.set()

    async def kinds(self) -> list[Kind]:
        self.read += 1
        await self.slow.wait()
        if self.error is not None:
            raise self.error
        return [Kind(name=name) for name in self.names]


class Connector(registry.platforms()[0].connector):
    """Any connector, with a source to read from."""

    def __init__(self, source: Source) -> None:
        self.clock = SandboxClock()
        self.store = Store.in_memory()
        super().__init__(None, cache=StoreCache(self.store, "acme/41", self.clock))
        self.source = source

    async def names(self, **how) -> list[str]:
        return [
            each.name for each in await self.remembered("kinds", self.source.kinds, into=list[Kind], **how)
        ]


@pytest.fixture
def source() -> Source:
    return Source("a", "b")


@pytest.fixture
def connector(source) -> Connector:
    return Connector(source)


async def test_it_is_read_once_a_day(connector, source) -> None:
    for _ in range(3):
        assert ["a", "b"] == await connector.names()
    connector.clock.advance(A_DAY - 1)
    await connector.names()
    assert 1 == source.read
    connector.clock.advance(2)
    await connector.names()
    assert 2 == source.read


async def test_asked_for_with_every_row_it_is_read_from_the_store_once_a_second(
    connector, source, monkeypatch
) -> None:
    await connector.names()
    transactions, transaction, second = [], Store.transaction, [0.0]
    monkeypatch.setattr(Store, "transaction", lambda *args: transactions.append(1) or transaction(*args))
    monkeypatch.setattr("appconnect.store.cache.time.monotonic", lambda: second[0])
    for _ in range(5):
        assert ["a", "b"] == await connector.names()
    assert 1 == len(transactions)
    StoreCache(connector.store, "acme/41", connector.clock).put(
        "kinds", [{"name": "c"}], 60.0
    )  # by another process
    second[0] += 1.1
    assert (["c"], 1) == (await connector.names(), source.read)


def test_whoever_changes_what_was_remembered_changes_their_own(connector) -> None:
    cache = StoreCache(connector.store, "acme/41", connector.clock)
    cache.put("kinds", ["a"], 60.0)
    for _ in range(2):
        found = cache.get("kinds")
        assert ["a"] == found
        found.append("b")


async def test_it_is_remembered_for_as_long_as_is_asked(connector, source) -> None:
    await connector.names(seconds=60)
    connector.clock.advance(61)
    await connector.names(seconds=60)
    assert 2 == source.read


async def test_an_empty_list_is_remembered_too(connector, source) -> None:
    source.names = []
    assert ([], [], 1) == (await connector.names(), await connector.names(), source.read)


async def test_a_fresh_one_is_read_again_and_remembered(connector, source) -> None:
    await connector.names()
    source.names = ["c"]
    assert ["a", "b"] == await connector.names()
    assert ["c"] == await connector.names(fresh=True)
    assert (["c"], 2) == (await connector.names(), source.read)


async def test_one_that_is_not_enough_is_read_again_once(connector, source) -> None:
    def has_c(kinds: list[Kind]) -> bool:
        return Kind(name="c") in kinds

    assert (["a", "b"], 1) == (await connector.names(enough=has_c), source.read)
    assert (["a", "b"], 2) == (await connector.names(enough=has_c), source.read)
    source.names.append("c")
    assert (["a", "b", "c"], 3) == (await connector.names(enough=has_c), source.read)
    assert (["a", "b", "c"], 3) == (await connector.names(enough=has_c), source.read)


async def test_who_asks_while_it_is_being_read_shares_the_reading(connector, source) -> None:
    source.slow.clear()
    asked = [asyncio.create_task(connector.names(fresh=fresh)) for fresh in (False, True, False)]
    await asyncio.sleep(0)
    source.slow.set()
    assert ([["a", "b"]] * 3, 1) == (await asyncio.gather(*asked), source.read)


async def test_an_error_is_shared_too_and_not_remembered(connector, source) -> None:
    source.error = Forbidden("no")
    source.slow.clear()
    asked = [asyncio.create_task(connector.names()) for _ in range(2)]
    await asyncio.sleep(0)
    source.slow.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert ([Forbidden, Forbidden], 1) == ([type(each) for each in answers], source.read)
    source.error = None
    assert ["a", "b"] == await connector.names()


@pytest.mark.parametrize("who", [0, 1])
async def test_who_gives_up_does_not_end_the_reading_for_the_others(connector, source, who) -> None:
    source.slow.clear()
    asked = [asyncio.create_task(connector.names()) for _ in range(3)]
    await asyncio.sleep(0)
    asked[who].cancel()
    await asyncio.sleep(0)
    source.slow.set()
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(results.pop(who), asyncio.CancelledError)
    assert [["a", "b"]] * 2 == results
    assert source.read == (2 if who == 0 else 1)


async def test_another_account_has_its_own(connector, source) -> None:
    await connector.names()
    connector.cache = StoreCache(connector.store, "acme/42", connector.clock)
    await connector.names()
    assert 2 == source.read


async def test_what_an_older_release_has_left_in_another_shape_is_read_again(connector, source) -> None:
    connector.cache.put("kinds", [{"title": "a"}], A_DAY)
    assert (["a", "b"], 1) == (await connector.names(), source.read)


async def test_what_is_given_out_can_be_changed_without_changing_what_is_remembered(connector) -> None:
    for _ in range(2):
        kinds = await connector.remembered("kinds", connector.source.kinds, into=list[Kind])
        assert 2 == len(kinds)
        kinds.clear()


async def test_without_a_cache_everything_is_read(source) -> None:
    remembered = Remembered(NoCache())
    for _ in range(2):
        await remembered.get("kinds", source.kinds, into=list[Kind], seconds=1, enough=lambda kinds: True)
    assert 2 == source.read


def test_a_reading_of_another_event_loop_is_not_waited_for() -> None:
    """A thread with a loop of its own reads by itself; futures belong to the loop that made them."""
    remembered = Remembered(NoCache())

    async def get(read: Read[list[str]]) -> list[str]:
        return await remembered.get("kinds", read, into=list[str], seconds=A_DAY, enough=bool)

    async def quickly() -> list[str]:
        return ["quick"]

    async def both() -> tuple[list[str], list[str]]:
        may_end = asyncio.Event()

        async def slowly() -> list[str]:
            await may_end.wait()
            return ["slow"]

        reading = asyncio.create_task(get(slowly))
        await asyncio.sleep(0)
        in_a_thread = await asyncio.to_thread(lambda: asyncio.run(get(quickly)))
        may_end.set()
        return in_a_thread, await reading

    assert (["quick"], ["slow"]) == asyncio.run(both())


def test_what_one_event_loop_has_read_the_next_one_knows(source) -> None:
    connector = Connector(source)
    assert [["a", "b"]] * 2 == [asyncio.run(connector.names()) for _ in range(2)]
    assert 1 == source.read
