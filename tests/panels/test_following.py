"""A panel looks at what is new when it is asked, and by itself once it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from appconnect.panels import following
from appconnect.panels.following import Follower


class News:
    """Tells those who watch it, until they end that."""

    def __init__(self) -> None:
        self.watching: list[Callable[[], None]] = []

    def watch(self, tell: Callable[[], None]) -> Callable[[], None]:
        self.watching.append(tell)
        return lambda: self.watching.remove(tell)

    def come(self) -> None:
        for tell in self.watching:
            tell()


@pytest.fixture
def looks() -> list[str]:
    return []


@pytest.fixture
def follower(looks: list[str]) -> Follower:
    return Follower(lambda: looks.append("look"))


def test_nothing_is_looked_at_before_somebody_asks_and_then_once(
    follower: Follower, looks: list[str]
) -> None:
    news = News()
    follower.follow(news.watch)
    news.come()
    assert 0 == len(looks)
    follower.catch_up()
    follower.catch_up()
    assert 1 == len(looks)
    news.come()
    follower.catch_up()
    assert 2 == len(looks)


def test_what_is_shown_is_up_to_date_and_outside_of_all_loops_it_follows_when_asked(
    follower: Follower, looks: list[str]
) -> None:
    follower.shown()
    assert 1 == len(looks)
    follower.heard()
    assert 1 == len(looks)
    follower.catch_up()
    assert 2 == len(looks)


async def test_what_is_shown_follows_by_itself_once_for_all_that_comes_in_a_moment(
    monkeypatch: pytest.MonkeyPatch, follower: Follower, looks: list[str]
) -> None:
    monkeypatch.setattr(following, "PAUSE", 0.0)
    follower.heard()
    await asyncio.sleep(0.01)
    assert 0 == len(looks), "nobody sees it yet"
    follower.shown()
    for turn in (2, 3):
        for _ in range(3):
            follower.heard()
        await asyncio.sleep(0.01)
        assert turn == len(looks)


async def test_it_is_looked_again_only_after_a_pause(follower: Follower, looks: list[str]) -> None:
    follower.shown()
    asked: list[float] = []
    loop = asyncio.get_running_loop()
    later = loop.call_later
    loop.call_later = lambda delay, *work: (asked.append(delay), later(delay, *work))[1]  # type: ignore[method-assign, assignment, misc]
    follower.heard()
    follower.heard()
    loop.call_later = later  # type: ignore[method-assign]
    assert [0.25] == asked
    assert 1 == len(looks)


def test_another_loop_of_the_same_notebook_is_followed_too(
    monkeypatch: pytest.MonkeyPatch, follower: Follower, looks: list[str]
) -> None:
    async def work() -> None:
        follower.shown()
        follower.heard()

    asyncio.run(work())
    assert 1 == len(looks)

    async def once_more() -> None:
        follower.heard()
        await asyncio.sleep(0.01)

    monkeypatch.setattr(following, "PAUSE", 0.0)
    asyncio.run(once_more())
    assert 2 == len(looks)


def test_what_is_closed_has_looked_once_more_and_hears_nothing(follower: Follower, looks: list[str]) -> None:
    one, other = News(), News()
    follower.follow(one.watch)
    follower.follow(other.watch)
    follower.close()
    assert (1, [], []) == (len(looks), one.watching, other.watching)
    follower.close()
    assert 1 == len(looks)
