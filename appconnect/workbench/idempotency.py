"""Writing exactly once: a log is reserved before the CRM is called, and looked for after a lost answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from appconnect import user_messages
from appconnect.errors import (
    AppConnectError,
    BeingLogged,
    CrmError,
    InputError,
    StoreError,
    Unconfirmed,
    may_be_written,
)
from appconnect.models import Contact, LogDraft, LogKind, User
from appconnect.operation_warnings import warn
from appconnect.store import HOLD_SECONDS, Claim, LogReference, Reservation
from appconnect.workbench.arriving import (
    SENT,
    Departures,
    max_seconds_to_arrive,
    noting_departures,
    wait_for_arrival,
)
from appconnect.workbench.context import Context

if TYPE_CHECKING:
    from appconnect.store import StoreCache

PART_OF = "part of"
"""What is noted with a message that stands in the log of a conversation: the conversation's reference."""
Write = Callable[[Contact, LogDraft], Awaitable[str]]


@dataclass(frozen=True)
class Written:
    """A log in the CRM; ``is_new`` is false when an earlier run had written it, maybe at another contact.

    ``kept`` is what that run noted with it.
    """

    log_id: str
    is_new: bool
    contact_id: str
    kept: Mapping[str, str] = field(default_factory=dict)


class IdempotentWrites:
    """What call and message logs share: nothing is written twice."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def reference(self, user: User, kind: LogKind, name: str) -> LogReference:
        """Return what a log is known by before the CRM gives it an id."""
        return LogReference(self.context.platform, user.id, kind, name)

    async def write_once(
        self,
        reference: LogReference,
        contact: Contact,
        draft: LogDraft,
        write: Write,
        *,
        aliases: Sequence[LogReference] = (),
        kept: Mapping[str, str] | None = None,
    ) -> Written:
        """Write the log unless it is there; after a lost answer, look in the CRM before writing again.

        ``aliases`` are further names of the log: it is there if it is there under any of them. ``kept`` is
        noted with it.
        """
        noted = {"draft": draft.model_dump_json(), **(kept or {})}
        reservation = self.claim(reference, "log", contact_id=contact.id, kept=noted, aliases=aliases)
        if reservation.claim is Claim.DONE:
            where, earlier = reservation.contact_id, self.opened(reservation.sealed_draft)
            return Written(reservation.log_id, is_new=False, contact_id=where, kept=earlier)
        async with self.held(reservation):
            written = await self._find_or_write(reservation, contact, draft, write, noted)
            if not written.is_new:  # before it is edited, since an edited log is not recognised by its draft
                self._complete(reservation, written.log_id, written.contact_id)
                return written
        self.remember(reservation, written.log_id, "log", contact_id=written.contact_id)
        return written

    def claim(
        self,
        reference: LogReference,
        what: str,
        *,
        contact_id: str = "",
        kept: Mapping[str, str],
        aliases: Sequence[LogReference] = (),
    ) -> Reservation:
        """Claim what is to be written once ("log"), or learn that it is done.

        ``kept`` is sealed with the claim, for whoever finds it abandoned. Raises BeingLogged when another
        task or process is at it now.
        """
        reservation = self.context.environment.store.reserve(
            reference,
            now=self.context.now(),
            contact_id=contact_id,
            sealed_draft=self.context.environment.vault.seal(kept),
            aliases=aliases,
        )
        if reservation.claim is Claim.IN_PROGRESS:
            raise BeingLogged(user_messages.being_written(what, is_here=reservation.holder_is_here))
        return reservation

    def held(self, reservation: Reservation) -> AbstractAsyncContextManager[None]:
        """Hold a claim inside the block; one that fails gives it back, and says whether to look first."""
        return self.context.environment.store.kept(reservation, self.context.environment.clock)

    def renew(
        self, reservation: Reservation, what: str, *, contact_id: str = "", kept: Mapping[str, str]
    ) -> None:
        """Directly before the write: the claim must still be ours, and says what is about to be written."""
        is_ours = self.context.environment.store.renew(
            reservation,
            now=self.context.now(),
            seconds=HOLD_SECONDS,
            contact_id=contact_id,
            sealed_draft=self.context.environment.vault.seal(kept),
        )
        if not is_ours:
            raise BeingLogged(f"This {what} was taken over meanwhile; look again in a moment.")

    def noting_departures(
        self, reservation: Reservation, what: str, *, kept: Mapping[str, str], contact_id: str = ""
    ) -> AbstractContextManager[Departures]:
        """Note with a claim when the writes of the block leave: see `arriving`."""

        def note(noted: Mapping[str, str]) -> None:
            with suppress(StoreError):  # what is to be written matters more than the note of it
                self.renew(reservation, what, contact_id=contact_id, kept=noted)

        return noting_departures(self.context, note, lambda: kept)

    def kept(self, reservation: Reservation) -> Mapping[str, str]:
        """Return what is noted with a claim; {} when no key opens it any more."""
        return self.opened(reservation.sealed_draft)

    def opened(self, sealed: str) -> Mapping[str, str]:
        """Return what is noted with a log; {} when no key opens it any more."""
        try:
            return self.context.environment.vault.open(sealed)
        except AppConnectError:
            return {}

    def remember(self, reservation: Reservation, log_id: str, what: str, *, contact_id: str = "") -> None:
        """Remember what is written. It exists, whatever becomes of our note: a later attempt finds it."""
        try:
            self._complete(reservation, log_id, contact_id)
        except (StoreError, InputError) as error:
            self.context.environment.store.end(reservation)
            warn(f"The {what} is written, but not remembered here: {error}")

    def _complete(self, reservation: Reservation, log_id: str, contact_id: str) -> None:
        self.context.environment.store.complete(
            reservation.reference, log_id, contact_id=contact_id, aliases=reservation.aliases
        )

    def check_new(
        self, reservation: Reservation, record_id: str, what: str, before: Container[str] = ()
    ) -> None:
        """Raise Unconfirmed when a new record is another one's, or was there ``before``."""
        is_old = record_id in before
        with suppress(StoreError):  # which is told when the record cannot be remembered
            is_old = is_old or self.is_another_one_s(reservation, record_id)
        if is_old:
            raise Unconfirmed(
                "The CRM's answer does not say that it was done; it may have been done. "
                f"It is about {what} {record_id}, which was there before."
            )

    def is_another_one_s(self, reservation: Reservation, record_id: str) -> bool:
        """Return whether a record of the CRM is known under other names than those of the claim."""
        store, reference = self.context.environment.store, reservation.reference
        links = store.links_of(reference.platform, reference.account, record_id, type(reference.kind))
        others = [link for link in links if link.reference not in reservation.references]
        return any(self.opened(link.sealed).get(PART_OF) != reference.reference for link in others)

    @asynccontextmanager
    async def only_one(self, log_id: str) -> AsyncIterator[None]:
        """Be the only one who reads and writes a log inside the block, so that no change is overwritten.

        An earlier one that may still be arriving would overwrite this one: it is waited for.
        """
        async with self.lease(self._log_name(log_id), "writes this log"):
            await wait_for_arrival(self.context, self._last_change(log_id), "change of this log")
            note = partial(self._note_change, log_id)
            with noting_departures(self.context, note, dict) as departures:
                yield
            if not departures.unanswered or departures.tries == 1:  # the only one was found to have arrived
                departures.forget()

    def lease(self, name: str, work: str) -> AbstractAsyncContextManager[None]:
        """Be the only one inside the block, across processes; ``work`` tells others what is waited for."""
        environment = self.context.environment
        return environment.store.lease(name, HOLD_SECONDS, environment.clock, work=work)

    async def edit(
        self, write: Callable[[], Awaitable[object]], is_done: Callable[[], Awaitable[bool]]
    ) -> None:
        """Change a log; a change whose answer proves nothing is done if the log, read again, says so."""
        try:
            await write()
        except CrmError as error:
            if not may_be_written(error):
                raise
            with suppress(AppConnectError):  # it stays uncertain, and is told so
                if await is_done():
                    return
            raise

    # -- the steps --

    def _log_name(self, log_id: str) -> str:
        return f"log {self.context.platform}/{log_id}"

    def _changes(self, log_id: str) -> StoreCache:
        """Return where it is noted for a while that a change of a log has left."""
        from appconnect.store import StoreCache

        environment = self.context.environment
        return StoreCache(environment.store, self._log_name(log_id), environment.clock)

    def _last_change(self, log_id: str) -> Mapping[str, str]:
        noted = self._changes(log_id).get(SENT)
        return {SENT: noted} if isinstance(noted, str) else {}

    def _note_change(self, log_id: str, noted: Mapping[str, str]) -> None:
        with suppress(StoreError):  # the change matters more than the note of it
            self._changes(log_id).put(SENT, noted.get(SENT), max_seconds_to_arrive(self.context))

    async def _find_or_write(
        self,
        reservation: Reservation,
        contact: Contact,
        draft: LogDraft,
        write: Write,
        noted: Mapping[str, str],
    ) -> Written:
        """Return what an abandoned attempt had written after all, or else write a new log."""
        if reservation.abandoned:
            first = contact.model_copy(update={"id": reservation.contact_id or contact.id})
            if found := await self._find_late(reservation, first, self._first_draft(reservation) or draft):
                return Written(found, is_new=False, contact_id=first.id, kept=self.kept(reservation))
            self.renew(reservation, "log", contact_id=contact.id, kept=noted)
        try:
            noting = self.noting_departures(reservation, "log", kept=noted, contact_id=contact.id)
            with noting as departures:
                log_id = await write(contact, draft)
            self.check_new(reservation, log_id, "log")
        except CrmError as error:
            if not may_be_written(error):
                raise
            with suppress(AppConnectError):  # the claim stays abandoned, and the next attempt looks first
                if found := await self._find(reservation, contact, draft):
                    return Written(found, is_new=True, contact_id=contact.id)
            raise
        if departures.unanswered and departures.noted:  # what came after the log itself: a link, say
            self._note_change(log_id, {SENT: departures.noted.isoformat()})
        return Written(log_id, is_new=True, contact_id=contact.id)

    async def _find_late(self, reservation: Reservation, contact: Contact, draft: LogDraft) -> str | None:
        """Return the log of an abandoned attempt, whose request may still be arriving."""
        found = await self._find(reservation, contact, draft)
        if found is None and await wait_for_arrival(self.context, self.kept(reservation), "try of this log"):
            found = await self._find(reservation, contact, draft)
        return found

    async def _find(self, reservation: Reservation, contact: Contact, draft: LogDraft) -> str | None:
        """Return the log that came of this draft and is not known as another one's that reads the same."""
        is_claimed = partial(self.is_another_one_s, reservation)
        return await self.context.connector.find_log(contact, draft, is_claimed=is_claimed)

    def _first_draft(self, reservation: Reservation) -> LogDraft | None:
        try:
            return LogDraft.model_validate_json(self.kept(reservation)["draft"])
        except (KeyError, ValueError):
            return None
