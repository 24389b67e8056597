"""What is remembered, in memory, in a SQLite file and in PostgreSQL."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sql
from heartbeats import Heartbeats
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from appconnect.clock import SystemClock
from appconnect.errors import Busy, ConfigurationError, InputError, Rejected, StoreError, Unreachable
from appconnect.models import AdminConfiguration, LogKind, UserMapping
from appconnect.store import (
    Claim,
    Connection,
    LogLink,
    LogReference,
    Store,
    StoreCache,
    database,
    holders,
    sqlite,
)
from appconnect.store.tables import CachedRow
from appconnect.writes_under_way import one_try

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
CALL = LogReference("pipedrive", "acme", LogKind.CALL, "session-1")
RAE = Connection(
    "pipedrive", "7001-pipedrive", "sealed-1", {"user": {"name": "Rae Quill"}, "scopes": ["base"]}
)
OMAR = Connection("pipedrive", "7002-pipedrive", "sealed-2")
INES = Connection("insightly", "41-insightly", "sealed-3")


class FakeClock:
    def __init__(self, now=NOW):
        self.time = now
        self.slept = 0.0

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.time += timedelta(seconds=seconds)
        self.slept += seconds
        await asyncio.sleep(0)


@pytest.fixture(params=["file", "postgresql"])
def place(request, tmp_path):
    """Where several processes can find one store: what `Store.at` is given."""
    if request.param == "file":
        return tmp_path, None
    url = request.getfixturevalue("postgresql")
    with closing(Store.at(tmp_path, url)) as store:
        _empty(store)
    return tmp_path, url


@pytest.fixture(params=["memory", "file", "postgresql"])
def store(request, tmp_path):
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    opened = Store.in_memory() if request.param == "memory" else Store.at(tmp_path, url)
    _empty(opened)
    yield opened
    opened.close()


def _empty(store):
    for connection in [*store.connections("pipedrive"), *store.connections("insightly")]:
        store.forget_connection(connection.platform, connection.user_id)
    store.forget_link(CALL)


# -- connections --


def test_a_connection_is_remembered_and_becomes_the_current_one(store):
    store.save_connection(RAE)
    assert RAE == store.connection("pipedrive", RAE.user_id)
    assert RAE == store.connection("pipedrive")


def test_nobody_is_connected_at_first(store):
    assert store.connection("pipedrive") is None
    assert store.connection("pipedrive", RAE.user_id) is None
    assert [] == store.connections("pipedrive")


def test_the_last_to_sign_in_is_current_and_the_others_stay_connected(store):
    for connection in (OMAR, RAE, INES):
        store.save_connection(connection)
    assert RAE == store.connection("pipedrive")
    assert INES == store.connection("insightly")
    assert [RAE, OMAR] == store.connections("pipedrive")


def test_a_connection_can_be_saved_without_becoming_current(store):
    store.save_connection(RAE)
    store.save_connection(OMAR, current=False)
    assert RAE == store.connection("pipedrive")
    assert OMAR == store.connection("pipedrive", OMAR.user_id)


def test_signing_in_again_replaces_the_secrets(store):
    store.save_connection(RAE)
    again = Connection(RAE.platform, RAE.user_id, "sealed-9", {"scopes": []})
    store.save_connection(again)
    assert [again] == store.connections("pipedrive")


def test_a_forgotten_connection_is_gone_and_nobody_takes_its_place(store):
    store.save_connection(OMAR)
    store.save_connection(RAE)
    store.forget_connection("pipedrive", RAE.user_id)
    assert store.connection("pipedrive") is None
    assert store.connection("pipedrive", RAE.user_id) is None
    assert [OMAR] == store.connections("pipedrive")


def test_forgetting_somebody_else_leaves_the_current_user(store):
    store.save_connection(OMAR)
    store.save_connection(RAE)
    store.forget_connection("pipedrive", OMAR.user_id)
    assert RAE == store.connection("pipedrive")


def test_a_renewal_replaces_the_secrets_but_never_revives_a_forgotten_connection(store):
    renewed = Connection(RAE.platform, RAE.user_id, "sealed-9", RAE.public)
    store.save_connection(RAE)
    assert store.renew_connection(renewed)
    assert renewed == store.connection("pipedrive")
    store.forget_connection("pipedrive", RAE.user_id)
    assert not store.renew_connection(renewed)
    assert store.connection("pipedrive", RAE.user_id) is None


def test_secrets_are_not_shown():
    assert "sealed-1" not in repr(RAE)


# -- log links --


def test_a_first_reservation_is_fresh(store):
    reservation = store.reserve(CALL, now=NOW)
    assert Claim.FRESH is reservation.claim
    assert reservation.mine
    assert not reservation.abandoned
    assert store.link(CALL) is None


def test_a_second_attempt_while_the_first_is_under_way_is_not_ours(store):
    store.reserve(CALL, now=NOW, seconds=60)
    second = store.reserve(CALL, now=NOW + timedelta(seconds=59))
    assert Claim.IN_PROGRESS is second.claim
    assert not second.mine


def test_a_reservation_that_a_crash_left_behind_is_abandoned_and_says_what_it_was_about(store):
    store.reserve(CALL, now=NOW, seconds=60, contact_id="501", sealed_draft="d1")
    second = store.reserve(CALL, now=NOW + timedelta(seconds=60.2), contact_id="777", sealed_draft="d2")
    assert second.mine
    assert second.abandoned
    assert ("501", "d1") == (second.contact_id, second.sealed_draft)
    assert Claim.IN_PROGRESS is store.reserve(CALL, now=NOW + timedelta(seconds=61)).claim


def test_a_claim_of_whom_nothing_is_heard_is_held_for_forty_seconds(store):
    store.reserve(CALL, now=NOW)
    assert Claim.IN_PROGRESS is store.reserve(CALL, now=NOW + timedelta(seconds=39.8)).claim
    assert Claim.ABANDONED is store.reserve(CALL, now=NOW + timedelta(seconds=40.2)).claim


def test_a_completed_log_is_found_by_every_later_attempt(store):
    store.reserve(CALL, now=NOW, contact_id="501")
    store.complete(CALL, "9301")
    again = store.reserve(CALL, now=LATER)
    assert (Claim.DONE, "9301", False) == (again.claim, again.log_id, again.mine)
    assert LogLink(CALL, "9301", "501") == store.link(CALL)


def test_a_released_reservation_leaves_no_trace(store):
    store.release(store.reserve(CALL, now=NOW))
    assert Claim.FRESH is store.reserve(CALL, now=NOW).claim


def test_a_released_abandoned_reservation_must_still_be_looked_for(store):
    store.reserve(CALL, now=NOW, seconds=60)
    store.release(store.reserve(CALL, now=LATER))
    assert Claim.ABANDONED is store.reserve(CALL, now=LATER).claim


def test_a_write_of_unknown_outcome_is_abandoned_at_once(store):
    store.abandon(store.reserve(CALL, now=NOW, contact_id="501"))
    second = store.reserve(CALL, now=NOW)
    assert (Claim.ABANDONED, "501") == (second.claim, second.contact_id)


def test_a_late_release_does_not_touch_what_another_has_taken_over_or_finished(store):
    late = store.reserve(CALL, now=NOW, seconds=60)
    store.reserve(CALL, now=LATER)
    store.release(late)
    store.abandon(late)
    assert Claim.IN_PROGRESS is store.reserve(CALL, now=LATER).claim
    store.complete(CALL, "9301")
    store.release(late)
    assert Claim.DONE is store.reserve(CALL, now=LATER).claim


def test_a_reservation_that_is_ours_can_be_held_for_longer(store):
    ours = store.reserve(CALL, now=NOW, seconds=60)
    assert store.renew(ours, now=LATER, seconds=60, contact_id="502", sealed_draft="d2")
    assert Claim.IN_PROGRESS is store.reserve(CALL, now=LATER).claim
    store.abandon(ours)
    second = store.reserve(CALL, now=LATER)
    assert (Claim.ABANDONED, "502", "d2") == (second.claim, second.contact_id, second.sealed_draft)
    assert store.renew(second, now=LATER, seconds=60)  # nothing else is about to be written: so it stays
    store.abandon(second)
    third = store.reserve(CALL, now=LATER)
    assert (Claim.ABANDONED, "502", "d2") == (third.claim, third.contact_id, third.sealed_draft)


@pytest.mark.parametrize("meanwhile", ["taken over", "done", "forgotten"])
def test_a_reservation_that_is_ours_no_more_is_not_renewed(store, meanwhile):
    late = store.reserve(CALL, now=NOW, seconds=60)
    if meanwhile == "taken over":
        store.reserve(CALL, now=LATER)
    elif meanwhile == "done":
        store.complete(CALL, "9301")
    else:
        store.forget_link(CALL)
    assert not store.renew(late, now=LATER, seconds=60, contact_id="777", sealed_draft="d9")
    link = store.link(CALL)
    assert link == (LogLink(CALL, "9301") if meanwhile == "done" else None)


def test_of_two_writers_the_first_link_stands(store):
    store.complete(CALL, "9301", contact_id="501")
    assert LogLink(CALL, "9301", "501") == store.complete(CALL, "9302", contact_id="777")


def test_a_log_found_in_the_crm_is_linked_without_reservation_and_its_contact_kept_current(store):
    assert LogLink(CALL, "9301") == store.complete(CALL, "9301")
    assert LogLink(CALL, "9301", "502") == store.complete(CALL, "9301", contact_id="502")


def test_of_several_names_the_first_that_has_a_log_tells_it(store):
    names = [LogReference("pipedrive", "several", LogKind.CALL, f"name-{each}") for each in "abc"]
    assert (None, None) == (store.link(*names), store.link())
    store.reserve(names[0], now=NOW)
    store.complete(names[2], "9303")
    assert LogLink(names[2], "9303") == store.link(*names)
    store.complete(names[1], "9302")
    assert "9302" == store.link(*names).log_id


def test_links_are_apart_by_platform_account_kind_and_reference(store):
    store.complete(CALL, "9301")
    others = [
        LogReference("insightly", "acme", LogKind.CALL, "session-1"),
        LogReference("pipedrive", "other", LogKind.CALL, "session-1"),
        LogReference("pipedrive", "acme", LogKind.SMS, "session-1"),
        LogReference("pipedrive", "acme", LogKind.CALL, "session-2"),
    ]
    assert [None] * 4 == [store.link(other) for other in others]


def test_links_are_found_by_the_crm_s_log_id(store):
    second_day = LogReference("pipedrive", "acme", LogKind.SMS, "conversation-1 2026-01-03")
    store.complete(CALL, "9301")
    store.complete(second_day, "9301")
    assert [CALL, second_day] == [link.reference for link in store.links_of("pipedrive", "acme", "9301")]
    assert [] == store.links_of("pipedrive", "other", "9301")
    store.forget_link(second_day)


OTHERS = [
    LogReference("insightly", "near", LogKind.CALL, "other platform"),
    LogReference("pipedrive", "far", LogKind.CALL, "other account"),
    LogReference("pipedrive", "near", LogKind.SMS, "other kind"),
    LogReference("pipedrive", "near", LogKind.CALL, "other log"),
]


@pytest.fixture
def near(store):
    """Two names of one log among logs that share all but one thing with it; returns its names."""
    names = [LogReference("pipedrive", "near", LogKind.CALL, name) for name in ("a", "b")]
    for each in [*names, *OTHERS]:
        store.forget_link(each)
        store.complete(each, "9302" if each.reference == "other log" else "9301", contact_id="501")
    return names


def ids(store, names):
    return [link and link.log_id for link in map(store.link, names)]


def test_links_of_a_log_are_those_of_no_other(store, near):
    assert near == [
        link.reference
        for link in store.links_of("pipedrive", "near", "9301")
        if link.reference.kind is LogKind.CALL
    ]
    assert [OTHERS[3]] == [link.reference for link in store.links_of("pipedrive", "near", "9302")]
    assert [OTHERS[0]] == [link.reference for link in store.links_of("insightly", "near", "9301")]


def test_a_log_is_forgotten_under_all_its_names_and_no_other_log_is(store, near):
    store.forget_log(near[0], "9301")
    assert [None, None] == ids(store, near)
    assert ["9301", "9301", "9301", "9302"] == ids(store, OTHERS)


def test_a_moved_log_keeps_all_its_names_and_no_other_log_moves(store, near):
    claim = LogReference("pipedrive", "near", LogKind.CALL, "moving")
    store.complete(claim, "9400")
    store.move_log(claim, "9301", LogLink(claim, "9400", "777"))
    assert [LogLink(each, "9400", "777") for each in near] == [store.link(each) for each in near]
    assert ["9301", "9301", "9301", "9302", None] == ids(store, [*OTHERS, claim])


def test_a_log_that_is_gone_from_the_crm_can_be_forgotten(store):
    store.complete(CALL, "9301")
    store.forget_link(CALL)
    assert store.link(CALL) is None
    assert Claim.FRESH is store.reserve(CALL, now=NOW).claim


def test_a_log_that_is_gone_is_not_forgotten_where_its_name_stands_for_another_by_now(store):
    store.complete(CALL, "9302")
    store.forget_link(CALL, "9301")
    assert LogLink(CALL, "9302") == store.link(CALL)
    store.forget_link(CALL, "9302")
    claim = store.reserve(CALL, now=NOW)
    store.forget_link(CALL, "9302")
    assert Claim.IN_PROGRESS is store.reserve(CALL, now=NOW).claim
    store.release(claim)


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reference=TEXT, log_id=TEXT, contact_id=TEXT)
def test_any_text_is_kept_as_it_is(store, reference, log_id, contact_id):
    key = LogReference("pipedrive", "any text", LogKind.CALL, reference)
    store.forget_link(key)
    link = store.complete(key, log_id, contact_id=contact_id)
    assert LogLink(key, log_id, contact_id) == link == store.link(key)


# -- admin configurations, cache --


def test_an_admin_configuration_is_found_by_the_hashed_account(store):
    configuration = AdminConfiguration(
        hashed_account_id="h1",
        user_mappings=[UserMapping(crm_user_id="7003", rc_extension_id=["101", "102"])],
        custom={"region": "US"},
    )
    store.save_admin(AdminConfiguration(hashed_account_id="h1"))
    store.save_admin(configuration)
    assert configuration == store.admin("h1")
    assert store.admin("h2") is None


@pytest.mark.parametrize("value", [{"call": 3, "meeting": None}, ["a"], "text", 0, False])
def test_a_cached_value_lives_as_long_as_it_was_given(store, value):
    clock = FakeClock()
    cache = StoreCache(store, "pipedrive/acme", clock)
    cache.put("activity types", value, seconds=86_400)
    clock.time += timedelta(seconds=86_399)
    assert value == cache.get("activity types")
    clock.time += timedelta(seconds=1)
    assert cache.get("activity types") is None


def test_caches_of_different_scopes_are_apart_and_a_new_value_replaces_the_old(store):
    clock = FakeClock()
    StoreCache(store, "pipedrive/acme", clock).put("types", 1, seconds=60)
    StoreCache(store, "pipedrive/acme", clock).put("types", 2, seconds=60)
    assert 2 == StoreCache(store, "pipedrive/acme", clock).get("types")
    assert StoreCache(store, "pipedrive/other", clock).get("types") is None


def test_what_is_too_old_is_forgotten_when_something_is_remembered(store):
    clock = FakeClock()
    of_this_test = StoreCache(store, "forgetting", clock)
    for key, seconds in (("old", 60), ("young", 61)):
        of_this_test.put(key, 1, seconds)
    clock.time += timedelta(seconds=60)
    StoreCache(store, "pipedrive/other", clock).put("types", 1, seconds=60)
    rows = store.transaction(lambda session: list(session.scalars(sql.select(CachedRow.key))))
    assert ["forgetting/young"] == [key for key in rows if key.startswith("forgetting/")]


# -- leases --


async def test_a_lease_is_free_again_when_its_holder_leaves(store):
    clock = FakeClock()
    for _ in range(2):
        async with store.lease("refresh 7001", 30, clock):
            pass
    assert 0 == clock.slept


async def test_a_lease_is_free_again_when_its_holder_fails(store):
    clock = FakeClock()
    with pytest.raises(RuntimeError, match="in the middle"):
        async with store.lease("refresh 7001", 30, clock):
            raise RuntimeError("in the middle")
    async with store.lease("refresh 7001", 30, clock):
        assert 0 == clock.slept


async def test_whoever_comes_second_waits_until_the_first_has_left(store):
    events = []

    async def renew(who, clock):
        async with store.lease("refresh 7001", 30, clock):
            events.append(f"{who} in")
            await asyncio.sleep(0)
            events.append(f"{who} out")

    await asyncio.gather(renew("a", FakeClock()), renew("b", FakeClock()))
    assert ["a in", "a out", "b in", "b out"] == events


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
async def test_a_forked_process_holds_nothing_of_its_parent_s(store):
    async with store.kept(reservation := store.reserve(CALL, now=NOW), FakeClock()):
        child = os.fork()
        if child == 0:
            os._exit(holders.is_here(reservation.token))
        assert (True, 0) == (holders.is_here(reservation.token), os.waitpid(child, 0)[1])  # noqa: ASYNC222


async def test_different_leases_do_not_wait_for_each_other(store):
    clock = FakeClock()
    async with store.lease("refresh 7001", 30, clock), store.lease("refresh 7002", 30, clock):
        assert 0 == clock.slept


@pytest.fixture
def others(monkeypatch):
    """All holders are in other processes, as far as can be told from here."""
    monkeypatch.setattr(holders, "is_here", lambda owner: False)


class StillClock(FakeClock):
    """The clock of a process that was killed: nothing in it goes on."""

    async def sleep(self, seconds):
        await asyncio.Event().wait()


@pytest.mark.usefixtures("others")
async def test_a_dead_holder_s_lease_is_taken_over_and_its_late_return_frees_nothing(store, caplog):
    clock = FakeClock()
    dead = store.lease("refresh 7001", 30, StillClock())
    await dead.__aenter__()
    async with store.lease("refresh 7001", 300, clock, work="renews it"):
        assert 30 == pytest.approx(clock.slept, abs=0.2)
        assert ["Waiting for another process that renews it, up to 120 seconds."] == caplog.messages
        await dead.__aexit__(None, None, None)
        sentence = "Waited 1 seconds for another process that renews it, in vain; try again in a moment."
        with pytest.raises(Busy, match=sentence):
            async with store.lease("refresh 7001", 1, clock, work="renews it", patience=1):
                pass


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(
    ("patience", "told"), [(0.95, []), (1.35, ["Waiting for another process that x, up to 1 seconds."])]
)
async def test_a_wait_of_less_than_a_second_is_not_worth_a_word(store, caplog, patience, told):
    clock = FakeClock()
    async with store.lease("refresh 7001", 30, clock):
        with pytest.raises(Busy, match=f"Waited {patience} seconds for another process that x, in vain"):
            async with store.lease("refresh 7001", 30, clock, work="x", patience=patience):
                pass
    assert (told, pytest.approx(patience, abs=0.1)) == (caplog.messages, clock.slept)


async def test_a_holder_of_this_process_is_alive_whatever_the_clock_says(store):
    clock = FakeClock()
    async with store.lease("refresh 7001", 30, clock):
        clock.time += timedelta(days=1)
        with pytest.raises(Busy, match=r"for another task of this process that renews it, in vain"):
            async with store.lease("refresh 7001", 30, clock, work="renews it", patience=0.2):
                pass


@pytest.mark.usefixtures("others")
async def test_who_is_at_work_is_heard_of_and_not_taken_for_dead(store, monkeypatch):
    """Its heartbeat goes on in real time, while the clock of another one runs away."""
    beats = Heartbeats(monkeypatch)
    clock, claimed = FakeClock(), None
    async with store.lease("refresh 7001", 30, clock), store.kept(store.reserve(CALL, now=NOW), clock):
        for _ in range(10):
            clock.time += timedelta(seconds=20)
            await beats.heard()
            claimed = store.reserve(CALL, now=clock.now()).claim
            with pytest.raises(Busy):
                async with store.lease("refresh 7001", 30, clock, patience=0.1):
                    pass
    assert Claim.IN_PROGRESS is claimed


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("hold", ["lease", "claim"])
async def test_who_stood_still_and_was_taken_for_dead_is_broken_off(store, monkeypatch, hold):
    monkeypatch.setattr(holders, "BEATS", 3000)
    clock = FakeClock()
    kept = store.lease("refresh 7001", 30, clock) if hold == "lease" else None
    kept = kept or store.kept(store.reserve(CALL, now=NOW), clock)
    with pytest.raises(Busy, match=r"^Another process.* took over while this one stood still"):
        async with kept:
            if hold == "lease":
                assert store._acquire("refresh 7001", "another", LATER.timestamp(), 30) is None
            else:
                assert store.reserve(CALL, now=LATER).mine
            await asyncio.sleep(60)
    store._leave("refresh 7001", "another")
    assert Claim.IN_PROGRESS is store.reserve(CALL, now=LATER).claim or hold == "lease"


async def test_a_claim_that_cannot_be_given_back_is_told_in_the_log_and_hides_no_failure(
    store, monkeypatch, caplog
):
    def fails(_):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(store, "abandon", fails)
    with pytest.raises(Unreachable):
        async with store.kept(store.reserve(CALL, now=NOW), FakeClock()):
            raise Unreachable("No answer.", maybe_done=True)
    told = "A claim is not given back, others find it out by themselves: The disk is full."
    assert [("appconnect.store.log_links", told)] == [(each.name, each.message) for each in caplog.records]


async def test_a_lease_that_cannot_be_given_back_is_told_in_the_log(store, monkeypatch, caplog):
    def fails(_):
        raise StoreError("The disk is full.")

    async with store.lease("refresh 7001", 30, FakeClock()):
        monkeypatch.setattr(store, "transaction", fails)
    told = "The lease refresh 7001 is not given back; others wait up to a minute for it: The disk is full."
    assert [("appconnect.store.store", told)] == [(each.name, each.message) for each in caplog.records]


@pytest.mark.parametrize("is_written", [True, False])
async def test_a_claim_whose_block_fails_says_whether_it_may_be_written(store, is_written):
    error = Unreachable("No answer.", maybe_done=is_written)
    with pytest.raises(Unreachable):
        async with store.kept(store.reserve(CALL, now=NOW), FakeClock()):
            raise error
    assert (Claim.ABANDONED if is_written else Claim.FRESH) is store.reserve(CALL, now=NOW).claim


async def test_a_claim_whose_block_was_refused_after_a_write_is_looked_for_first(store):
    with pytest.raises(Rejected):
        async with store.kept(store.reserve(CALL, now=NOW), FakeClock()):
            with one_try():
                pass
            raise Rejected("What came after it was refused.")
    assert Claim.ABANDONED is store.reserve(CALL, now=NOW).claim


async def test_a_store_that_fails_at_the_end_hides_no_error_and_keeps_nobody_waiting(store, monkeypatch):
    def full(*_):
        raise StoreError("The disk is full.")

    clock = FakeClock()
    with pytest.raises(Unreachable):
        async with store.lease("refresh 7001", 30, clock), store.kept(store.reserve(CALL, now=NOW), clock):
            monkeypatch.setattr(store, "transaction", full)
            raise Unreachable("No answer.", maybe_done=True)
    monkeypatch.undo()
    assert Claim.ABANDONED is store.reserve(CALL, now=NOW).claim
    async with store.lease("refresh 7001", 30, clock):
        assert 0 == clock.slept


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("wrong_by", [-3600, 3600])
async def test_clocks_of_computers_that_share_a_database_may_differ(
    postgresql, tmp_path, monkeypatch, wrong_by
):
    """Whoever has the wrong time neither takes a living holder for dead nor keeps others from a dead one's."""
    with closing(Store.at(tmp_path, postgresql)) as here, closing(Store.at(tmp_path, postgresql)) as there:
        _empty(here)
        here.reserve(CALL, now=datetime.now(UTC), seconds=30)
        now = time.time
        monkeypatch.setattr(holders.time, "time", lambda: now() + wrong_by)

        def claim(seconds):
            return there.reserve(CALL, now=datetime.now(UTC) + timedelta(seconds=wrong_by + seconds)).claim

        assert [Claim.IN_PROGRESS, Claim.ABANDONED] == [claim(seconds) for seconds in (1, 31)]


# -- several event loops --


def test_event_loops_take_turns_under_a_lease(store):
    """Each thread has a loop of its own, and so has each further `asyncio.run`."""
    events, clock = [], SystemClock()

    async def renew(who):
        async with store.lease("refresh 7001", 30, clock):
            events.append(who)
            await asyncio.sleep(0.05)
            events.append(who)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda who: asyncio.run(renew(who)), "abc"))
    asyncio.run(renew("d"))
    assert ["a", "a", "b", "b", "c", "c", "d", "d"] == sorted(events)
    assert events[::2] == events[1::2]


# -- several processes --


BEGINNING = """
import asyncio, os, sys
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from pydantic import SecretStr
from appconnect.models import LogKind
from appconnect.store import LogReference, Store

home, url = sys.argv[1:]
all_ready = get_context("fork").Barrier(3)
children = []
while len(children) < 3:  # forked, so that none has to import everything again
    if not (child := os.fork()):
        break
    children.append(child)
else:
    sys.exit(any([os.waitpid(child, 0)[1] for child in children]))
store = Store.at(Path(home), SecretStr(url))
now = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
all_ready.wait(60)
"""
RESERVE = """
for number in range(25):
    claim = store.reserve(LogReference("pipedrive", "race", LogKind.CALL, f"session-{number}"), now=now).claim
    os.write(1, f"{number} {claim.value}\\n".encode())  # in one piece, beside what the others write
"""
COUNT = """
class Clock:
    def now(self):
        return now

    async def sleep(self, seconds):
        await asyncio.sleep(seconds / 50)

async def main():
    file = Path(home, "count")
    for _ in range(10):
        async with store.lease("counter", 600, Clock()):
            count = int(file.read_text())
            await asyncio.sleep(0.001)
            file.write_text(str(count + 1))

asyncio.run(main())
"""


def in_three_processes(place, script):
    """What three processes print that all begin at the same moment."""
    home, url = place
    command = [sys.executable, "-c", BEGINNING + script, str(home), url.get_secret_value() if url else ""]
    return subprocess.run(
        command, stdout=subprocess.PIPE, text=True, timeout=90, check=True
    ).stdout.splitlines()


def test_of_several_processes_exactly_one_gets_each_reservation(place):
    with closing(Store.at(*place)) as store:
        for number in range(25):
            store.forget_link(LogReference("pipedrive", "race", LogKind.CALL, f"session-{number}"))
    expected = [f"{number} {claim}" for number in range(25) for claim in ("fresh", *["in progress"] * 2)]
    assert sorted(expected) == sorted(in_three_processes(place, RESERVE))


def test_several_processes_take_turns_under_a_lease(place):
    count = place[0] / "count"
    count.write_text("0")
    in_three_processes(place, COUNT)
    assert "30" == count.read_text()


def test_of_several_threads_exactly_one_gets_the_reservation(store):
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: store.reserve(CALL, now=NOW).claim, range(8)))
    assert [Claim.FRESH, *[Claim.IN_PROGRESS] * 7] == sorted(claims)


def test_several_threads_may_make_the_same_new_store(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store.at(tmp_path / "new"), range(8)))
    stores[0].save_connection(RAE)
    assert [RAE] * 8 == [store.connection("pipedrive") for store in stores]


def test_a_store_that_another_process_is_just_making_is_waited_for(tmp_path, monkeypatch):
    with closing(sqlite3.connect(tmp_path / database.FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE theirs (x)")
        monkeypatch.setattr(sqlite.time, "sleep", lambda _: other.in_transaction and other.commit())
        store = Store.at(tmp_path)
    store.save_connection(RAE)
    assert RAE == store.connection("pipedrive")


# -- where it is --


def test_a_file_outlives_the_process_that_wrote_it(tmp_path):
    with closing(Store.at(tmp_path)) as store:
        store.save_connection(RAE)
    assert RAE == Store.at(tmp_path).connection("pipedrive")


def test_the_file_and_its_new_folder_are_for_their_owner_only(tmp_path):
    home = tmp_path / "home"
    store = Store.at(home)
    store.save_connection(RAE)
    assert 0o700 == stat.S_IMODE(home.stat().st_mode)
    assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in home.iterdir()}


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path):
    (tmp_path / "appconnect.sqlite3").touch(mode=0o644)
    Store.at(tmp_path)
    assert 0o600 == stat.S_IMODE((tmp_path / "appconnect.sqlite3").stat().st_mode)


def test_a_sqlite_address_names_a_file(tmp_path):
    file = tmp_path / "elsewhere.db"
    Store.at(tmp_path / "home", SecretStr(f"sqlite:///{file}")).save_connection(RAE)
    assert file.exists()
    assert not (tmp_path / "home").exists()


def test_both_spellings_of_a_postgresql_address_are_understood(postgresql, tmp_path):
    address = postgresql.get_secret_value()
    assert address.startswith("postgresql://")
    short = SecretStr(address.replace("postgresql://", "postgres://", 1))
    with closing(Store.at(tmp_path, postgresql)) as one, closing(Store.at(tmp_path, short)) as other:
        one.save_connection(RAE)
        assert RAE == other.connection("pipedrive")


# -- what goes wrong --


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "home").write_text("a file where a folder belongs")
    with pytest.raises(StoreError, match=r"home.appconnect\.sqlite3 cannot be written.*APPCONNECT_HOME"):
        Store.at(tmp_path / "home")


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path):
    file = tmp_path / "appconnect.sqlite3"
    file.write_text("this is not a database, " * 100)
    with pytest.raises(StoreError, match=r"appconnect\.sqlite3 is damaged.*sign in again"):
        Store.at(tmp_path)
    assert file.read_text().startswith("this is not a database")


def test_a_damaged_document_is_a_store_error(tmp_path):
    with closing(Store.at(tmp_path)) as store:
        store.save_admin(AdminConfiguration(hashed_account_id="h1"))
        with closing(sqlite3.connect(tmp_path / "appconnect.sqlite3")) as raw, raw:
            raw.execute("UPDATE admin_configurations SET document = 'not json'")
        with pytest.raises(StoreError, match="is damaged"):
            store.admin("h1")


def test_a_postgresql_that_does_not_answer_is_named_without_its_password(tmp_path):
    with pytest.raises(StoreError) as caught:
        Store.at(tmp_path, SecretStr("postgresql://ada:wren-secret@127.0.0.1:1/app"))
    assert "127.0.0.1/app of DATABASE_URL cannot be used" in caught.value.message
    assert "wren-secret" not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize(
    "query",
    [
        "sslmode=zzz&connect_timeout=abc", "sslmode=zzz", "connect_timeout=abc", "connect_timeout=" + "9" * 500,
        "nonsense=1", "hostaddr=999.1.1.1", "target_session_attrs=zzz", "channel_binding=zzz",
    ],
)  # fmt: skip
def test_options_that_postgresql_does_not_know_are_no_fault_of_the_store(tmp_path, query):
    with pytest.raises(StoreError) as caught:
        Store.at(tmp_path, SecretStr(f"postgresql://ada:wren-secret@127.0.0.1:1/app?{query}"))
    assert (
        "127.0.0.1/app of DATABASE_URL cannot be used; start it or check the address." in caught.value.message
    )
    assert "wren-secret" not in f"{caught.value} {caught.value.__cause__}"


NO_ADDRESS = (
    "DATABASE_URL is not a database address; it looks like postgresql://user:password@host:5432/name."
)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://ada:wren-secret@db/app", "DATABASE_URL must begin with postgresql:// or sqlite:///."),
        ("wren-secret", NO_ADDRESS),
        ("postgresql://ada@db:wren-secret/app", NO_ADDRESS),
        ("postgresql://ada:wren-secret@db/app?port=abc", NO_ADDRESS),
        ("postgresql://ada:wren-secret@db/app?port=1&port=wren-secret", NO_ADDRESS),
    ],
)
def test_an_address_of_something_else_is_refused_without_showing_it(tmp_path, url, told):
    with pytest.raises(ConfigurationError) as caught:
        Store.at(tmp_path, SecretStr(url))
    assert told == caught.value.message
    assert "wren-secret" not in f"{caught.value} {caught.value.__context__}"


# -- what is no text, and rows of another shape --

NO_TEXT = ["a\ud800b", "a\0b", "\udfff"]


@pytest.mark.parametrize("bad", NO_TEXT, ids=ascii)
@pytest.mark.parametrize(
    "use",
    [
        lambda store, bad: store.reserve(LogReference("pipedrive", "acme", LogKind.CALL, bad), now=NOW),
        lambda store, bad: store.reserve(CALL, now=NOW, contact_id=bad),
        lambda store, bad: store.complete(CALL, bad),
        lambda store, bad: store.link(LogReference("pipedrive", bad, LogKind.CALL, "session-1")),
        lambda store, bad: store.links_of("pipedrive", "acme", bad),
        lambda store, bad: store.forget_log(CALL, bad),
        lambda store, bad: store.save_admin(AdminConfiguration(hashed_account_id=bad)),
        lambda store, bad: store.admin(bad),
        lambda store, bad: store.connection("pipedrive", bad),
        lambda store, bad: StoreCache(store, bad, FakeClock()).put("types", 1, 60),
    ],
)
def test_an_id_that_is_no_text_is_an_input_error_and_the_store_stays_sound(store, use, bad):
    with pytest.raises(
        InputError, match=r"has a character that is no text \(U\+(D800|DFFF|0000)\); take it out"
    ):
        use(store, bad)
    assert Claim.FRESH is store.reserve(CALL, now=NOW).claim


@pytest.mark.parametrize("bad", NO_TEXT, ids=ascii)
def test_a_document_keeps_any_text(store, bad):
    store.save_admin(AdminConfiguration(hashed_account_id="h1", custom={"region": bad}))
    kept = store.admin("h1")
    assert kept is not None and {"region": bad} == kept.custom


def changed(tmp_path, *statements):
    """A store that has been changed by hand, or by another version."""
    with closing(Store.at(tmp_path)) as store:
        store.save_connection(RAE)
        store.complete(CALL, "9301", contact_id="501")
        store.save_admin(AdminConfiguration(hashed_account_id="h1"))
        StoreCache(store, "s", FakeClock()).put("types", 1, 60)
    with closing(sqlite3.connect(tmp_path / "appconnect.sqlite3")) as raw, raw:
        for statement in statements:
            raw.execute(statement)


REMEDY = r"appconnect\.sqlite3 was written by another version, or is damaged: .*Use the version that wrote it"


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("UPDATE logs SET log_id = x'00ff', expires = 0", lambda store: store.link(CALL)),
        ("UPDATE logs SET log_id = NULL, expires = 'soon'", lambda store: store.reserve(CALL, now=NOW)),
        ("UPDATE connections SET public = '[1]'", lambda store: store.connections("pipedrive")),
        ("UPDATE connections SET public = '{'", lambda store: store.connection("pipedrive")),
        ("UPDATE connections SET sealed = x'00'", lambda store: store.connection("pipedrive")),
        (
            "UPDATE admin_configurations SET document = '{\"userMappings\": 5}'",
            lambda store: store.admin("h1"),
        ),
        ("UPDATE admin_configurations SET document = 'null'", lambda store: store.admin("h1")),
    ],
)
def test_a_row_of_another_shape_names_the_file_and_the_remedy(tmp_path, statement, read):
    changed(tmp_path, statement)
    with closing(Store.at(tmp_path)) as store, pytest.raises(StoreError, match=REMEDY):
        read(store)


@pytest.mark.parametrize("table", ["logs", "connections", "outbox", "leases"])
def test_a_table_of_another_version_names_the_file_and_the_remedy(tmp_path, table):
    changed(tmp_path, f"DROP TABLE {table}", f"CREATE TABLE {table} (name TEXT)")
    with pytest.raises(StoreError, match=f"{REMEDY[:-30]}.*{table} has no .*Use the version"):
        Store.at(tmp_path)


def test_a_table_with_more_columns_is_used_as_it_is(tmp_path):
    changed(tmp_path, "ALTER TABLE logs ADD COLUMN colour TEXT")
    with closing(Store.at(tmp_path)) as store:
        assert LogLink(CALL, "9301", "501") == store.link(CALL)


@pytest.mark.parametrize("value", ["{", "[1]", '"text"', "{}", '{"other": 1}'])
def test_a_cached_value_that_cannot_be_read_is_read_from_the_crm_again(tmp_path, value):
    changed(tmp_path, f"UPDATE cache SET value = '{value}'")
    with closing(Store.at(tmp_path)) as store:
        cache = StoreCache(store, "s", FakeClock())
        assert cache.get("types") is None
        cache.put("types", 2, 60)
        assert 2 == cache.get("types")


def test_a_kind_of_a_newer_version_is_left_alone(tmp_path):
    changed(tmp_path, "UPDATE logs SET kind = 'hologram'")
    with closing(Store.at(tmp_path)) as store:
        assert [] == store.links_of("pipedrive", "acme", "9301")
        assert Claim.FRESH is store.reserve(CALL, now=NOW).claim
