"""One log under several names in the store, and what the store and its outbox say of themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from appconnect.auth.vault import Vault
from appconnect.errors import BeingLogged, StoreError, Unavailable
from appconnect.models import LogKind
from appconnect.outbox import FollowUp, FollowUpWrites
from appconnect.sandbox import SandboxClock
from appconnect.store import Claim, Connection, LogLink, LogReference, Store, StoreOutbox, holders
from appconnect.store.records import ContactKind

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


def call(name: str) -> LogReference:
    return LogReference("acme", "41", LogKind.CALL, name)


SESSION, TELEPHONY, RECORD = call("session"), call("telephony"), call("record")


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


def claims(store: Store, *names: LogReference) -> list[Claim]:
    return [store.reserve(each, now=LATER).claim for each in names]


def test_a_claim_holds_under_all_its_names(store: Store) -> None:
    first = store.reserve(SESSION, now=LATER, aliases=(TELEPHONY, RECORD), contact_id="501", sealed_draft="d")
    assert (SESSION, TELEPHONY, RECORD) == first.references
    assert [Claim.IN_PROGRESS] * 3 == claims(store, SESSION, TELEPHONY, RECORD)
    second = store.reserve(RECORD, now=LATER)
    assert ("", "501", "d") == (second.log_id, second.contact_id, second.sealed_draft)


def test_a_name_that_is_new_is_linked_to_the_log_that_another_name_has(store: Store) -> None:
    store.complete(SESSION, "9301", contact_id="501")
    found = store.reserve(TELEPHONY, now=NOW, aliases=(SESSION, RECORD))
    assert (Claim.DONE, "9301", "501") == (found.claim, found.log_id, found.contact_id)
    links = [LogLink(each, "9301", "501") for each in (SESSION, TELEPHONY, RECORD)]
    assert links == [store.link(each) for each in (SESSION, TELEPHONY, RECORD)]


def test_a_log_that_is_written_counts_for_more_than_a_claim_of_another_name(store: Store) -> None:
    store.reserve(SESSION, now=LATER)
    store.complete(RECORD, "9301")
    found = store.reserve(SESSION, now=LATER, aliases=(RECORD,))
    assert (Claim.DONE, "9301") == (found.claim, found.log_id)


def test_a_name_of_another_log_keeps_that_log(store: Store) -> None:
    store.complete(SESSION, "9301")
    store.complete(RECORD, "9302", contact_id="502")
    assert "9301" == store.reserve(SESSION, now=NOW, aliases=(RECORD,)).log_id
    assert LogLink(RECORD, "9302", "502") == store.link(RECORD)


def test_a_claim_under_one_name_holds_back_an_attempt_under_a_known_and_a_new_one(store: Store) -> None:
    store.abandon(store.reserve(SESSION, now=NOW))
    store.reserve(RECORD, now=LATER)
    assert Claim.IN_PROGRESS is store.reserve(SESSION, now=LATER, aliases=(RECORD, TELEPHONY)).claim
    assert Claim.FRESH is store.reserve(TELEPHONY, now=LATER).claim  # who is told to wait notes nothing


def test_a_claim_is_given_back_and_renewed_under_all_its_names(store: Store) -> None:
    mine = store.reserve(SESSION, now=NOW, aliases=(RECORD,), contact_id="501", sealed_draft="d")
    assert store.renew(mine, now=LATER, seconds=60)
    assert [Claim.IN_PROGRESS] * 2 == claims(store, SESSION, RECORD)
    found = store.reserve(RECORD, now=LATER)
    assert ("501", "d") == (found.contact_id, found.sealed_draft)  # nothing else was noted
    store.release(mine)
    assert [Claim.FRESH] * 2 == claims(store, SESSION, RECORD)


def test_a_log_is_completed_under_all_its_names(store: Store) -> None:
    link = store.complete(SESSION, "9301", contact_id="501", aliases=(RECORD,))
    assert LogLink(SESSION, "9301", "501") == link
    assert [link, LogLink(RECORD, "9301", "501")] == [store.link(SESSION), store.link(RECORD)]


def test_the_contact_of_another_log_is_not_noted_with_the_one_that_stands(store: Store) -> None:
    store.complete(SESSION, "9301", contact_id="501")
    assert "501" == store.complete(SESSION, "9301").contact_id
    assert LogLink(SESSION, "9301", "501") == store.complete(SESSION, "9302", contact_id="502")


def test_new_contacts_are_linked_and_are_no_links_of_a_log(store: Store) -> None:
    contact = LogReference("acme", "41", ContactKind.NEW, "digest")
    store.complete(contact, "501")
    assert LogLink(contact, "501") == store.link(contact)
    assert [] == store.links_of("acme", "41", "501")


def test_links_of_a_log_are_in_the_order_of_kind_and_name(store: Store) -> None:
    texts = [LogReference("acme", "41", LogKind.SMS, name) for name in ("b", "a")]
    for each in (*texts, RECORD, SESSION):
        store.complete(each, "9301")
    assert [RECORD, SESSION, texts[1], texts[0]] == [
        each.reference for each in store.links_of("acme", "41", "9301")
    ]


def test_a_reservation_says_whether_a_task_of_this_process_has_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = store.reserve(SESSION, now=LATER)
    assert not mine.holder_is_here
    assert not store.reserve(SESSION, now=LATER).holder_is_here
    monkeypatch.setattr(holders, "is_here", lambda owner: owner == mine.token)
    assert store.reserve(SESSION, now=LATER).holder_is_here
    store.complete(SESSION, "9301")
    assert not store.reserve(SESSION, now=LATER).holder_is_here


@pytest.mark.parametrize(
    ("error", "claim"),
    [
        (BeingLogged("no"), Claim.FRESH),
        (Unavailable("no"), Claim.ABANDONED),
        (KeyError("x"), Claim.ABANDONED),
    ],
    ids=repr,
)
async def test_what_nobody_knows_how_it_ended_is_looked_for(
    store: Store, error: Exception, claim: Claim
) -> None:
    with pytest.raises(type(error)):
        async with store.kept(store.reserve(SESSION, now=NOW), SandboxClock()):
            raise error
    assert claim is store.reserve(SESSION, now=NOW).claim


# -- what it says of itself --


def test_a_store_says_where_it_is_and_who_may_use_it(tmp_path: Path) -> None:
    memory, file = Store.in_memory(), Store.at(tmp_path)
    assert ("<Store memory>", False) == (repr(memory), memory.is_shared)
    assert (f"<Store {tmp_path / 'appconnect.sqlite3'}>", True) == (repr(file), file.is_shared)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_an_address_of_a_store_in_memory_makes_no_file(tmp_path: Path, address: str) -> None:
    store = Store.at(tmp_path, SecretStr(address))
    assert not store.is_shared
    assert [] == list(tmp_path.iterdir())


def test_nobody_is_current_unless_somebody_is_signed_in(store: Store) -> None:
    store.save_connection(Connection("acme", "7001", "sealed"), current=False)
    assert store.connection("acme") is None
    assert store.connection("acme", "") is None
    assert Connection("acme", "7001", "sealed") == store.connection("acme", "7001")


# -- the outbox, when the store cannot be written --


@pytest.fixture
def outbox(store: Store) -> StoreOutbox:
    return StoreOutbox(store, "acme", "41", SandboxClock(), Vault.in_memory())


class Writer:
    """A CRM that breaks the store while it writes."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.done: list[str] = []
        self.meanwhile = meanwhile

    async def write(self, work: FollowUp) -> None:
        self.meanwhile()
        self.done.append(work.log_id)


def full(_: object) -> None:
    raise StoreError("The disk is full.")


async def test_a_write_that_cannot_be_noted_is_done_all_the_same(
    outbox: StoreOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer()
    with monkeypatch.context() as broken:
        broken.setattr(outbox.store, "transaction", full)
        await FollowUpWrites(outbox, {"link": writer.write}, outbox.clock).write(
            "9301", "link", {}, "No link"
        )
    assert (["9301"], []) == (writer.done, outbox.waiting())


async def test_a_write_that_could_not_be_noted_is_not_taken_for_one_that_others_took_over(
    outbox: StoreOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holders, "BEATS", 40_000)  # every thousandth of a second
    done = []

    async def write(work: FollowUp) -> None:
        broken.undo()
        await asyncio.sleep(0.05)
        done.append(work.log_id)

    with monkeypatch.context() as broken:
        broken.setattr(outbox.store, "transaction", full)
        await FollowUpWrites(outbox, {"link": write}, outbox.clock).write("9301", "link", {}, "No link")
    assert ["9301"] == done


async def test_a_write_whose_end_cannot_be_noted_keeps_nobody_here_waiting(
    outbox: StoreOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Writer(lambda: monkeypatch.setattr(outbox.store, "transaction", full))
    await FollowUpWrites(outbox, {"link": first.write}, outbox.clock).write("9301", "link", {}, "No link")
    monkeypatch.undo()
    second = Writer()
    await FollowUpWrites(outbox, {"link": second.write}, outbox.clock).catch_up()
    assert (["9301"], ["9301"]) == (first.done, second.done)


def test_what_waits_is_oldest_first_then_by_log_and_kind(outbox: StoreOutbox) -> None:
    def put(log_id: str, kind: str, age: int) -> None:
        outbox.put(FollowUp(log_id, kind, {}, "x", created=NOW - timedelta(seconds=age)))

    for log_id, kind, age in (
        ("9302", "link", 0),
        ("9301", "note", 0),
        ("9301", "link", 0),
        ("9309", "a", 9),
    ):
        put(log_id, kind, age)
    assert [("9309", "a"), ("9301", "link"), ("9301", "note"), ("9302", "link")] == [
        (each.log_id, each.kind) for each in outbox.waiting()
    ]
    assert ["link"] == [each.kind for each in outbox.waiting("9302")]
