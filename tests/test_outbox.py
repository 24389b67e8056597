"""Follow-up writes: done at once, kept when they fail, told, tried again, and never lost in silence."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from appconnect import operation_warnings
from appconnect.auth.vault import Vault, new_key
from appconnect.errors import (
    Blocked,
    Forbidden,
    InputError,
    NoMatch,
    NotSignedIn,
    RateLimited,
    SessionExpired,
    StoreError,
    Unavailable,
    Unreachable,
)
from appconnect.outbox import FollowUp, FollowUpWrites, MemoryOutbox, Outbox
from appconnect.sandbox import SandboxClock
from appconnect.store import Store, StoreOutbox, holders
from appconnect.writes_under_way import leaves, one_try

MISSING = "The log is not linked to Project 601"
AGAIN = f"{MISSING} yet; the log's next update tries again."
COMPLETED = f"Completed now what was left open: {MISSING}."

Opened = Callable[[str], StoreOutbox]


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock()


@pytest.fixture
def opened(request: pytest.FixtureRequest, tmp_path: Path, clock: SandboxClock) -> Iterator[Opened]:
    """Opens the outbox of one account in a file or in PostgreSQL, as each process would."""
    vault, stores = Vault.in_memory(), []

    def opened(place: str) -> StoreOutbox:
        url = request.getfixturevalue("postgresql") if place == "postgresql" else None
        stores.append(Store.at(tmp_path, url))
        return StoreOutbox(stores[-1], "acme", str(tmp_path), clock, vault)

    yield opened
    for store in stores:
        store.close()


@pytest.fixture(params=["file", "postgresql"])
def open_outbox(request: pytest.FixtureRequest, opened: Opened) -> Callable[[], StoreOutbox]:
    return partial(opened, request.param)


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> None:
    """All holders are in other processes, as far as can be told from here."""
    monkeypatch.setattr(holders, "is_here", lambda owner: False)


@pytest.fixture(params=["memory", "file", "postgresql"])
def outbox(request: pytest.FixtureRequest, opened: Opened) -> Outbox:
    return MemoryOutbox() if request.param == "memory" else opened(request.param)


class Links:
    """A CRM that links logs, or fails to."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int, int]] = []
        self.error: Exception | None = None

    async def write(self, work: FollowUp) -> None:
        if self.error is not None:
            raise self.error
        self.done.append((work.log_id, work.payload["id"], work.attempts))


@pytest.fixture
def links() -> Links:
    return Links()


@pytest.fixture
def writes(outbox: Outbox, links: Links, clock: SandboxClock) -> FollowUpWrites:
    return FollowUpWrites(outbox, {"link": links.write, "note": links.write}, clock)


async def link(
    writes: FollowUpWrites, log_id: str = "9301", number: int = 601, kind: str = "link"
) -> list[str]:
    """Write a link; returns what the person is told."""
    with operation_warnings.collect() as told:
        await writes.write(log_id, kind, {"id": number}, MISSING)
    return told


async def test_a_follow_up_is_done_at_once_and_leaves_nothing(writes, outbox, links) -> None:
    assert [] == await link(writes)
    assert ([("9301", 601, 1)], []) == (links.done, outbox.waiting())


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("no"), Unavailable("no"), Unreachable("no"), RateLimited("no"), Blocked("no"),
        SessionExpired("no"), NotSignedIn("no"), InputError("no"),
    ],
    ids=repr,
)  # fmt: skip
async def test_one_that_fails_raises_nothing_is_told_and_waits(writes, outbox, links, error, caplog) -> None:
    links.error = error
    assert [AGAIN] == await link(writes)
    [work] = outbox.waiting()
    assert ("9301", "link", {"id": 601}, MISSING, 1, "no") == (
        work.log_id, work.kind, work.payload, work.missing, work.attempts, work.error,
    )  # fmt: skip
    assert [f"{MISSING} (log 9301): no"] == [
        each.getMessage() for each in caplog.records if each.levelno == logging.WARNING
    ]


async def test_catching_up_with_a_log_does_what_waits_for_it_and_for_no_other(writes, outbox, links) -> None:
    links.error = Forbidden("no")
    await link(writes)
    await link(writes, "9302", 602)
    links.error = None
    with operation_warnings.collect() as told:
        assert [] == await writes.catch_up("9301")
    assert [COMPLETED] == told
    assert ([("9301", 601, 2)], ["9302"]) == (links.done, [each.log_id for each in outbox.waiting()])


async def test_running_the_outbox_does_everything_oldest_first(writes, links, clock) -> None:
    links.error = Forbidden("no")
    for number in (3, 1, 2):
        await link(writes, f"930{number}", number)
        clock.advance(1)
    links.error = None
    assert [] == await writes.catch_up()
    assert [3, 1, 2] == [number for _, number, _ in links.done]


async def test_what_fails_again_is_told_again_and_goes_on_waiting(writes, outbox, links) -> None:
    links.error = Forbidden("no")
    await link(writes)
    links.error = Unavailable("still no")
    with operation_warnings.collect() as told:
        left = await writes.catch_up("9301")
    assert [AGAIN] == told
    assert [(2, "still no")] == [(each.attempts, each.error) for each in left]
    assert left == outbox.waiting()


@pytest.mark.parametrize("error", [SessionExpired("x"), NotSignedIn("x"), RateLimited("x"), Unreachable("x")])
async def test_an_error_that_every_request_would_meet_ends_the_run(writes, outbox, links, error) -> None:
    links.error = error
    for number in (1, 2, 3):
        with operation_warnings.collect():
            await writes.write(f"930{number}", "link", {"id": number}, f"Link {number} is missing")
    with operation_warnings.collect() as told:
        await writes.catch_up()
    assert [1, 1, 2] == sorted(each.attempts for each in outbox.waiting())
    assert [
        f"Link {number} is missing yet; the log's next update tries again." for number in (1, 2, 3)
    ] == sorted(told)


async def test_what_turns_out_not_to_be_wanted_is_not_called_completed(outbox, links, clock) -> None:
    async def not_wanted(work: FollowUp) -> bool:
        return False

    links.error = Forbidden("no")
    await link(FollowUpWrites(outbox, {"link": links.write}, clock))
    with operation_warnings.collect() as told:
        assert [] == await FollowUpWrites(outbox, {"link": not_wanted}, clock).catch_up()
    assert [] == told


async def test_another_error_does_not_end_the_run(writes, outbox, links) -> None:
    links.error = Forbidden("no")
    for number in (1, 2, 3):
        await link(writes, f"930{number}", number)
    await writes.catch_up()
    assert [2, 2, 2] == [each.attempts for each in outbox.waiting()]


async def test_a_newer_one_of_a_kind_takes_the_place_of_an_older(writes, outbox, links) -> None:
    links.error = Forbidden("no")
    await link(writes)
    await link(writes, number=602)
    await link(writes, number=7, kind="note")
    assert [("link", 602), ("note", 7)] == sorted(
        (each.kind, each.payload["id"]) for each in outbox.waiting()
    )


async def test_one_that_is_no_longer_wanted_is_dropped(writes, outbox, links) -> None:
    links.error = Forbidden("no")
    await link(writes)
    outbox.drop("9301", "link")
    outbox.drop("9301", "link")
    links.error = None
    await writes.catch_up()
    assert ([], []) == (links.done, outbox.waiting())


async def test_after_a_month_it_is_given_up_and_that_is_said(writes, outbox, links, clock) -> None:
    links.error = Forbidden("no")
    await link(writes)
    clock.advance(timedelta(days=30).total_seconds() - 1)
    assert 1 == len(await writes.catch_up())
    clock.advance(1)
    with operation_warnings.collect() as told:
        assert [] == await writes.catch_up()
    assert [f"{MISSING}; this was tried for 30 days and is now given up."] == told
    assert [] == outbox.waiting()


async def test_a_last_attempt_after_a_month_may_succeed(writes, links, clock) -> None:
    links.error = Forbidden("no")
    await link(writes)
    clock.advance(timedelta(days=60).total_seconds())
    links.error = None
    assert [] == await writes.catch_up()
    assert [("9301", 601, 2)] == links.done


async def test_a_kind_that_the_connector_no_longer_has_is_told_and_waits(outbox, links, clock) -> None:
    links.error = Forbidden("no")
    await link(FollowUpWrites(outbox, {"link": links.write}, clock))
    [work] = await FollowUpWrites(outbox, {}, clock).catch_up()
    assert "This release of the connector has no follow-up write 'link'." == work.error


# -- who is at work on it --


async def test_of_two_who_catch_up_at_once_one_does_the_work(outbox, links, clock) -> None:
    began, may_end = asyncio.Event(), asyncio.Event()

    async def slow(work: FollowUp) -> None:
        began.set()
        await may_end.wait()
        links.done.append((work.log_id, 601, work.attempts))

    links.error = Forbidden("no")
    await link(FollowUpWrites(outbox, {"link": links.write}, clock))
    writes = FollowUpWrites(outbox, {"link": slow}, clock)
    first = asyncio.create_task(writes.catch_up())
    await began.wait()
    assert 1 == len(await writes.catch_up())
    may_end.set()
    assert [] == await first
    assert [("9301", 601, 2)] == links.done


async def test_what_is_finished_late_takes_nothing_away_that_was_put_meanwhile(outbox, clock) -> None:
    old = outbox.put(FollowUp("9301", "link", {"id": 1}, MISSING, created=clock.now()))
    new = outbox.put(FollowUp("9301", "link", {"id": 2}, MISSING, created=clock.now()))
    outbox.done(old)
    outbox.fail(old, "late")
    assert [2] == [each.payload["id"] for each in outbox.waiting()]
    outbox.done(new)
    assert [] == outbox.waiting()


# -- what may be done already, or later --


async def send(outcome: Exception | None = None) -> None:
    """Send a write as the client does; without an outcome, wait for ever."""
    leaves()
    with one_try():
        if outcome is not None:
            raise outcome
        await asyncio.Event().wait()


LOST = Unreachable("No answer.", maybe_done=True)
STILL = f"{MISSING} yet; what was sent may still arrive, so update the log again in a minute."


@pytest.mark.parametrize(
    "error", [LOST, Unavailable("x", status=502), Unavailable("x", status=504)], ids=repr
)
async def test_what_may_still_arrive_is_not_tried_again_before_it_has(outbox, links, clock, error) -> None:
    async def lose(work: FollowUp) -> None:
        await send(error)

    assert [STILL] == await link(FollowUpWrites(outbox, {"link": lose}, clock))
    writes = FollowUpWrites(outbox, {"link": links.write}, clock)
    clock.advance(59)
    with operation_warnings.collect() as told:
        assert 1 == len(await writes.catch_up())
    assert ([STILL], []) == (told, links.done)
    clock.advance(1 if isinstance(outbox, MemoryOutbox) else 2)
    assert [] == await writes.catch_up()
    assert [("9301", 601, 2)] == links.done


async def test_what_may_still_arrive_is_not_forgotten_for_a_later_write(outbox, clock) -> None:
    async def lose_one(work: FollowUp) -> None:
        for error in (LOST, Forbidden("no")):
            try:
                await send(error)
            except Unreachable:
                continue

    assert [STILL] == await link(FollowUpWrites(outbox, {"link": lose_one}, clock))


@pytest.mark.parametrize(
    "error", [Unavailable("x", status=500), Unreachable("Nobody there."), Forbidden("x")], ids=repr
)
async def test_what_cannot_arrive_any_more_is_tried_again_at_once(outbox, links, clock, error) -> None:
    async def fail(work: FollowUp) -> None:
        await send(error)

    assert [AGAIN] == await link(FollowUpWrites(outbox, {"link": fail}, clock))
    assert [] == await FollowUpWrites(outbox, {"link": links.write}, clock).catch_up()


async def may_be_done(outbox: Outbox, clock: SandboxClock) -> bool:
    """What the next attempt knows of those before it."""
    seen = []

    async def look(work: FollowUp) -> None:
        seen.append(work.may_be_done)

    clock.advance(61)
    assert [] == await FollowUpWrites(outbox, {"link": look}, clock).catch_up()
    return seen == [True]


@pytest.mark.parametrize("is_sent", [True, False], ids=["after it was sent", "before it was sent"])
async def test_an_attempt_that_was_broken_off_may_have_done_what_it_has_sent(outbox, clock, is_sent) -> None:
    began = asyncio.Event()

    async def write(work: FollowUp) -> None:
        began.set()
        await (send() if is_sent else asyncio.Event().wait())

    at_work = asyncio.create_task(link(FollowUpWrites(outbox, {"link": write}, clock)))
    await began.wait()
    at_work.cancel()
    await asyncio.gather(at_work, return_exceptions=True)
    told = "" if is_sent else "The attempt was broken off before it was sent."
    assert [told] == [each.error for each in outbox.waiting()]
    assert is_sent is await may_be_done(outbox, clock)


@pytest.mark.parametrize("failed_before", [False, True])
async def test_an_attempt_that_was_killed_may_have_done_it(open_outbox, links, clock, failed_before) -> None:
    outbox = open_outbox()
    if failed_before:
        links.error = Forbidden("no")
        await link(FollowUpWrites(outbox, {"link": links.write}, clock))
        [failed] = outbox.waiting()
        claimed = outbox.claim(failed)
        assert claimed is not None
        assert ("no", False) == (claimed.error, claimed.may_be_done)
    else:
        outbox.put(FollowUp("9301", "link", {"id": 601}, MISSING, created=clock.now()))
    assert await may_be_done(open_outbox(), clock)


async def test_an_attempt_that_failed_did_nothing(outbox, links, clock) -> None:
    links.error = Forbidden("no")
    await link(FollowUpWrites(outbox, {"link": links.write}, clock))
    assert not await may_be_done(outbox, clock)


# -- in the store --


async def test_what_waits_outlives_the_process(open_outbox, links, clock) -> None:
    links.error = Forbidden("no")
    await link(FollowUpWrites(open_outbox(), {"link": links.write}, clock))
    links.error = None
    clock.advance(timedelta(days=8).total_seconds())
    assert [] == await FollowUpWrites(open_outbox(), {"link": links.write}, clock).catch_up("9301")
    assert [("9301", 601, 2)] == links.done


async def test_a_process_that_dies_in_the_middle_leaves_its_work_to_another_within_forty_seconds(
    open_outbox, clock
) -> None:
    open_outbox().put(FollowUp("9301", "link", {"id": 601}, MISSING, created=clock.now()))
    other, links = open_outbox(), Links()
    writes = FollowUpWrites(other, {"link": links.write}, clock)
    clock.advance(39)
    assert 1 == len(await writes.catch_up())
    assert [] == links.done
    clock.advance(2)
    assert [] == await writes.catch_up()
    assert [("9301", 601, 2)] == links.done


class Slow(Links):
    """A CRM that links when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.may_end = asyncio.Event(), asyncio.Event()

    async def write(self, work: FollowUp) -> None:
        self.began.set()
        await self.may_end.wait()
        await super().write(work)


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("attempt", ["first", "later"])
async def test_who_is_at_work_keeps_its_claim_however_long_that_takes(
    open_outbox, clock, monkeypatch, attempt
) -> None:
    slow, other = Slow(), Links()
    writes = FollowUpWrites(open_outbox(), {"link": slow.write}, clock)
    if attempt == "later":
        broken = FollowUpWrites(open_outbox(), {}, clock)
        await link(broken)
    monkeypatch.setattr(holders, "BEATS", 4000)  # every hundredth of a second
    at_work = asyncio.create_task(writes.catch_up() if attempt == "later" else link(writes))
    await slow.began.wait()
    for _ in range(10):
        clock.advance(20)
        await asyncio.sleep(0.05)
        assert 1 == len(await FollowUpWrites(open_outbox(), {"link": other.write}, clock).catch_up())
    slow.may_end.set()
    await at_work
    assert ([], [("9301", 601, 2 if attempt == "later" else 1)]) == (other.done, slow.done)
    assert [] == open_outbox().waiting()


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("by", ["catch_up", "put", "drop"])
async def test_who_stood_still_and_lost_its_write_is_broken_off(
    open_outbox, clock, monkeypatch, by, caplog
) -> None:
    monkeypatch.setattr(holders, "BEATS", 400)  # every tenth of a second
    slow, other, outbox = Slow(), Links(), open_outbox()
    at_work = asyncio.create_task(link(FollowUpWrites(open_outbox(), {"link": slow.write}, clock)))
    await slow.began.wait()
    clock.advance(41)
    if by == "catch_up":
        assert [] == await FollowUpWrites(outbox, {"link": other.write}, clock).catch_up()
    elif by == "put":
        outbox.put(replace(outbox.waiting()[0], payload={"id": 602}))
    else:
        outbox.drop("9301", "link")
    assert ([], []) == (await at_work, slow.done)  # whoever has it tells of it
    lost = "Another process took over while this one stood still, or it is no longer wanted."
    assert [f"{MISSING} (log 9301): {lost}"] == caplog.messages
    left = [602] if by == "put" else []
    assert left == [each.payload["id"] for each in outbox.waiting()]
    assert ([("9301", 601, 2)] if by == "catch_up" else []) == other.done


async def test_an_attempt_that_is_broken_off_leaves_its_work_to_the_next_at_once(outbox, clock) -> None:
    slow, links = Slow(), Links()
    at_work = asyncio.create_task(link(FollowUpWrites(outbox, {"link": slow.write}, clock)))
    await slow.began.wait()
    at_work.cancel()
    await asyncio.gather(at_work, return_exceptions=True)
    assert [] == await FollowUpWrites(outbox, {"link": links.write}, clock).catch_up()
    assert [("9301", 601, 2)] == links.done


def test_accounts_and_platforms_do_not_see_each_other(tmp_path, clock) -> None:
    store, vault = Store.at(tmp_path), Vault.in_memory()
    for platform, account in (("acme", "1-acme"), ("acme", "2-acme"), ("other", "1-acme")):
        outbox = StoreOutbox(store, platform, account, clock, vault)
        outbox.put(FollowUp("9301", "link", {"id": 1}, f"{platform} {account}", created=clock.now()))
    outbox = StoreOutbox(store, "acme", "2-acme", clock, vault)
    assert ["acme 2-acme"] == [each.missing for each in outbox.waiting()]


def test_what_it_holds_of_people_is_sealed(tmp_path, clock) -> None:
    outbox = StoreOutbox(Store.at(tmp_path), "acme", "41", clock, Vault.in_memory())
    work = outbox.put(FollowUp("9301", "note", {"body": "Nia is ill"}, "Nia's note", created=clock.now()))
    outbox.fail(work, "Nia Holt is unknown")
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Nia" not in held
    assert {"body": "Nia is ill"} == outbox.waiting()[0].payload


def test_what_another_key_has_sealed_waits_for_that_key_for_a_month(tmp_path, clock, caplog) -> None:
    mine = StoreOutbox(Store.at(tmp_path), "acme", "41", clock, Vault.in_memory())
    mine.put(FollowUp("9301", "link", {}, MISSING, created=clock.now()))
    other, another_key = replace(mine, vault=Vault.in_memory()), "was sealed with another vault key; it"
    clock.advance(timedelta(days=30).total_seconds() - 1)
    with operation_warnings.collect() as told:
        assert ([], 1) == (other.waiting(), len(mine.waiting()))
    assert [] == told
    assert [f"A follow-up write of log 9301 (link) {another_key} waits for a run with that key."] == [
        each.message for each in caplog.records if each.levelno == logging.WARNING
    ]
    clock.advance(1)
    with operation_warnings.collect() as told:
        assert ([], []) == (other.waiting(), mine.waiting())
    assert [
        f"A follow-up write of log 9301 (link) {another_key} has waited for that for 30 days and is now given up."
    ] == told


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ({}, r"'payload'"),
        ({"payload": "no JSON", "missing": MISSING, "error": ""}, "1 validation error for .*json_invalid"),
    ],
    ids=["empty", "no JSON"],
)
def test_what_another_version_has_written_otherwise_is_forgotten_and_said(
    tmp_path, clock, caplog, kept, why
) -> None:
    class Otherwise(Vault):
        def seal(self, data: Mapping[str, str]) -> str:
            return super().seal(kept)

    key, store = new_key(), Store.at(tmp_path)
    StoreOutbox(store, "acme", "41", clock, Otherwise([key])).put(
        FollowUp("9301", "link", {}, MISSING, created=clock.now())
    )
    mine = StoreOutbox(store, "acme", "41", clock, Vault([key]))
    assert [] == mine.waiting()
    [told] = caplog.messages
    assert re.match(rf"A follow-up write of log 9301 \(link\) is lost: {why}", told, re.DOTALL)
    assert [] == mine.waiting()
    assert [told] == caplog.messages  # for it is gone


class Broken(MemoryOutbox):
    """An outbox whose store cannot be written."""

    def put(self, work: FollowUp) -> FollowUp:
        raise StoreError("The disk is full.")

    def done(self, work: FollowUp) -> None:
        raise StoreError("The disk is full.")

    def fail(self, work: FollowUp, error: str) -> None:
        raise StoreError("The disk is full.")


@pytest.mark.parametrize("error", [None, Forbidden("no")])
async def test_a_store_that_cannot_be_written_loses_no_log_and_the_write_is_tried(
    links, clock, error, caplog
) -> None:
    links.error = error
    await link(FollowUpWrites(Broken(), {"link": links.write}, clock))
    assert 2 == caplog.messages.count("The outbox cannot be used: The disk is full.")
    assert ([] if error else [("9301", 601, 1)]) == links.done


async def test_what_cannot_be_noted_when_it_fails_is_left_to_the_person(links, clock) -> None:
    links.error = Forbidden("no")
    told = await link(FollowUpWrites(Broken(), {"link": links.write}, clock))
    assert [f"{MISSING}, and no later try could be noted here; see to it in the CRM yourself."] == told


async def test_what_could_not_be_noted_before_is_noted_when_it_fails(
    outbox, links, clock, monkeypatch
) -> None:
    put, faults = type(outbox).put, [StoreError("The database is locked.")]

    def locked_once(self: Outbox, work: FollowUp) -> FollowUp:
        if faults:
            raise faults.pop()
        return put(self, work)

    monkeypatch.setattr(type(outbox), "put", locked_once)
    links.error = Forbidden("no")
    assert [AGAIN] == await link(FollowUpWrites(outbox, {"link": links.write}, clock))
    links.error = None
    assert [] == await FollowUpWrites(outbox, {"link": links.write}, clock).catch_up()
    assert [("9301", 601, 2)] == links.done


@pytest.mark.parametrize("what", ["waiting", "claim"])
async def test_catching_up_fails_nobody_while_the_store_cannot_be_used(
    writes, outbox, links, monkeypatch, what
) -> None:
    def locked(*_: object) -> None:
        raise StoreError("The database is locked.")

    links.error = Forbidden("no")
    await link(writes)
    links.error = None
    with pytest.MonkeyPatch.context() as patch, operation_warnings.collect() as told:
        patch.setattr(type(outbox), what, locked)
        assert (1 if what == "claim" else 0) == len(await writes.catch_up("9301"))
    assert ([AGAIN] if what == "claim" else []) == told
    assert [] == await writes.catch_up("9301")
    assert [("9301", 601, 2)] == links.done


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), NoMatch("x")], ids=repr)
async def test_a_bug_and_a_replay_that_differs_are_not_hidden(writes, links, error) -> None:
    links.error = error
    with pytest.raises(type(error)):
        await link(writes)
