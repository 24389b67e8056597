"""Writing exactly once: a log is reserved before the CRM is called, and looked for after a lost answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass

from appconnect.errors import (
    AppConnectError,
    BeingLogged,
    CrmError,
    StoreError,
    Unavailable,
    Unreachable,
)
from appconnect.models import Contact, LogDraft, LogKind, User
from appconnect.operation_warnings import warn
from appconnect.store import Claim, LogReference, Reservation
from appconnect.workbench.context import Context

CLAIM_SECONDS = 300
"""Longer than the slowest write: four tries of 20 seconds, with three waits of 30."""
Write = Callable[[Contact, LogDraft], Awaitable[str]]


@dataclass(frozen=True)
class Written:
    """A log in the CRM; ``is_new`` is false when an earlier run had written it."""

    log_id: str
    is_new: bool


class IdempotentWrites:
    """What call and message logs share: nothing is written twice."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def reference(self, user: User, kind: LogKind, name: str) -> LogReference:
        """Return what a log is known by before the CRM gives it an id."""
        return LogReference(self.context.platform, user.id, kind, name)

    async def write_once(
        self, reference: LogReference, contact: Contact, draft: LogDraft, write: Write
    ) -> Written:
        """Write the log unless it is there; after a lost answer, look in the CRM before writing again."""
        reservation = self.context.environment.store.reserve(
            reference,
            now=self.context.now(),
            seconds=CLAIM_SECONDS,
            contact_id=contact.id,
            sealed_draft=self._sealed(draft),
        )
        if reservation.claim is Claim.DONE:
            return Written(reservation.log_id, is_new=False)
        if not reservation.mine:
            raise BeingLogged("This is being logged right now by another process; look again in a moment.")
        with self.given_back_on_error(reservation):
            written = await self._find_or_write(reservation, contact, draft, write)
        self._remember(reference, written.log_id, contact)
        return written

    @contextmanager
    def given_back_on_error(self, reservation: Reservation) -> Iterator[None]:
        """Give the claim back when the block fails; whoever comes next looks first if it may be written."""
        store = self.context.environment.store
        try:
            yield
        except AppConnectError as error:
            (store.abandon if may_be_written(error) else store.release)(reservation)
            raise
        except BaseException:
            store.abandon(reservation)
            raise

    def only_one(self, log_id: str) -> AbstractAsyncContextManager[None]:
        """Be the only one who reads and writes a log inside the block, so that no change is overwritten."""
        context = self.context
        name = f"log {context.platform}/{log_id}"
        return context.environment.store.lease(name, CLAIM_SECONDS, context.environment.clock)

    # -- the steps --

    async def _find_or_write(
        self, reservation: Reservation, contact: Contact, draft: LogDraft, write: Write
    ) -> Written:
        """Return what an abandoned attempt had written after all, or else write a new log."""
        if reservation.abandoned:
            first = contact.model_copy(update={"id": reservation.contact_id or contact.id})
            first_draft = self._unsealed(reservation.sealed_draft) or draft
            if found := await self._find(reservation.reference, first, first_draft):
                return Written(found, is_new=False)
        self._renew(reservation, contact, draft)
        try:
            return Written(await write(contact, draft), is_new=True)
        except CrmError as error:
            if not may_be_written(error):
                raise
            with suppress(AppConnectError):  # the claim stays abandoned, and the next attempt looks first
                if found := await self._find(reservation.reference, contact, draft):
                    return Written(found, is_new=True)
            raise

    def _renew(self, reservation: Reservation, contact: Contact, draft: LogDraft) -> None:
        """Directly before the write: the claim must still be ours, and says what is about to be written."""
        is_ours = self.context.environment.store.renew(
            reservation,
            now=self.context.now(),
            seconds=CLAIM_SECONDS,
            contact_id=contact.id,
            sealed_draft=self._sealed(draft),
        )
        if not is_ours:
            raise BeingLogged("Another process has taken over this log; look again in a moment.")

    async def _find(self, reference: LogReference, contact: Contact, draft: LogDraft) -> str | None:
        """Return the log that came of this draft and is not known as another one's that reads the same."""
        store = self.context.environment.store

        def is_claimed(log_id: str) -> bool:
            links = store.links_of(reference.platform, reference.account, log_id)
            return any(link.reference != reference for link in links)

        return await self.context.connector.find_log(contact, draft, is_claimed=is_claimed)

    def _remember(self, reference: LogReference, log_id: str, contact: Contact) -> None:
        """Remember the log. It exists, whatever becomes of our note of it: a later attempt will find it."""
        try:
            self.context.environment.store.complete(reference, log_id, contact_id=contact.id)
        except StoreError as error:
            warn(f"The log is written, but not remembered here: {error}")

    def _sealed(self, draft: LogDraft) -> str:
        """Return the draft as the store keeps it, so that the log is recognised if the answer is lost."""
        return self.context.environment.vault.seal({"draft": draft.model_dump_json()})

    def _unsealed(self, sealed: str) -> LogDraft | None:
        try:
            return LogDraft.model_validate_json(self.context.environment.vault.open(sealed)["draft"])
        except (AppConnectError, KeyError, ValueError):
            return None


def may_be_written(error: AppConnectError) -> bool:
    """Whether the CRM may have carried out a write although no good answer came."""
    return isinstance(error, Unavailable) or (isinstance(error, Unreachable) and error.maybe_done)
