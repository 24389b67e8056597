"""Writing exactly once: a log is reserved before the CRM is called, and looked for after a lost answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass

from appconnect import assignment
from appconnect.assignment import Owner
from appconnect.errors import (
    AppConnectError,
    BeingLogged,
    CrmError,
    InputError,
    StoreError,
    Unavailable,
    Unreachable,
)
from appconnect.models import Contact, JsonObject, LogDraft, LogKind, User
from appconnect.operation_warnings import warn
from appconnect.store import Claim, LogReference, Reservation
from appconnect.workbench import validation
from appconnect.workbench.base import WorkbenchBase

CLAIM_SECONDS = 300
"""Longer than the slowest write: four tries of 20 seconds, with three waits of 30."""
Write = Callable[[Contact, LogDraft], Awaitable[str]]


@dataclass(frozen=True)
class Written:
    """A log in the CRM; ``new`` is false when an earlier run had written it."""

    log_id: str
    new: bool


class IdempotentWrites(WorkbenchBase):
    """What call and message logs share: owner, reference, and that nothing is written twice."""

    async def _write_once(
        self, reference: LogReference, contact: Contact, draft: LogDraft, write: Write
    ) -> Written:
        """Write the log unless it is there; after a lost answer, look in the CRM before writing again."""
        store = self.environment.store
        reservation = store.reserve(
            reference,
            now=self.now(),
            seconds=CLAIM_SECONDS,
            contact_id=contact.id,
            digest=self._sealed(draft),
        )
        if reservation.claim is Claim.DONE:
            return Written(reservation.log_id, new=False)
        if not reservation.mine:
            raise BeingLogged("This is being logged right now by another process; look again in a moment.")
        try:
            written = await self._found_or_written(reservation, contact, draft, write)
        except AppConnectError as error:
            (store.abandon if may_be_written(error) else store.release)(reservation)
            raise
        except BaseException:
            store.abandon(reservation)
            raise
        self._linked(reference, written.log_id, contact)
        return written

    async def _found_or_written(
        self, reservation: Reservation, contact: Contact, draft: LogDraft, write: Write
    ) -> Written:
        """What an abandoned attempt had written after all, or else a new log."""
        if reservation.abandoned:
            first = contact.model_copy(update={"id": reservation.contact_id or contact.id})
            found = await self._find(
                reservation.reference, first, self._unsealed(reservation.digest) or draft
            )
            if found:
                return Written(found, new=False)
        if not self.environment.store.renew(
            reservation,
            now=self.now(),
            seconds=CLAIM_SECONDS,
            contact_id=contact.id,
            digest=self._sealed(draft),
        ):
            raise BeingLogged("Another process has taken over this log; look again in a moment.")
        try:
            return Written(await write(contact, draft), new=True)
        except CrmError as error:
            if not may_be_written(error):
                raise
            with suppress(AppConnectError):  # the claim stays abandoned, and the next attempt looks first
                found = await self._find(reservation.reference, contact, draft)
                if found:
                    return Written(found, new=True)
            raise

    def _renew(self, reservation: Reservation, contact: Contact, draft: LogDraft) -> None:
        """Directly before the write: the claim must still be ours, and says what is about to be written."""
        ours = self.environment.store.renew(
            reservation,
            now=self.now(),
            seconds=CLAIM_SECONDS,
            contact_id=contact.id,
            digest=self._sealed(draft),
        )
        if not ours:
            raise BeingLogged("Another process has taken over this log; look again in a moment.")

    def _linked(self, reference: LogReference, log_id: str, contact: Contact) -> None:
        """Remember the log. It exists, whatever becomes of our note of it: a later attempt will find it."""
        try:
            self.environment.store.complete(reference, log_id, contact_id=contact.id)
        except StoreError as error:
            warn(f"The log is written, but not remembered here: {error}")

    def _sealed(self, draft: LogDraft) -> str:
        """The draft as the store keeps it, so that the log can be recognised if the answer is lost."""
        return self.environment.vault.seal({"draft": draft.model_dump_json()})

    def _unsealed(self, sealed: str) -> LogDraft | None:
        try:
            return LogDraft.model_validate_json(self.environment.vault.open(sealed)["draft"])
        except (AppConnectError, KeyError, ValueError):
            return None

    def _alone(self, log_id: str) -> AbstractAsyncContextManager[None]:
        """Entered around reading and writing a log, so that no change of another's is overwritten."""
        name = f"log {self.platform}/{log_id}"
        return self.environment.store.lease(name, CLAIM_SECONDS, self.environment.clock)

    async def _find(self, reference: LogReference, contact: Contact, draft: LogDraft) -> str | None:
        """The log that came of this draft, and is not known as another one's that reads the same."""
        store = self.environment.store

        def is_claimed(log_id: str) -> bool:
            links = store.links_of(reference.platform, reference.account, log_id)
            return any(link.reference != reference for link in links)

        return await self.connector.find_log(contact, draft, is_claimed=is_claimed)

    def _reference(self, user: User, kind: LogKind, reference: str) -> LogReference:
        return LogReference(self.platform, user.id, kind, reference)

    # -- whose log --

    def _submitted(self, submission: object, hashed_account_id: object) -> JsonObject:
        """What was chosen in the log form, and that the account is named by a text."""
        validation.text(hashed_account_id or "", "hashed account id")
        return validation.fields(submission, "additional submission")

    def owner(self, submission: JsonObject, hashed_account_id: str = "") -> Owner:
        """Who owns a log with this submission, and which of the three ways decided."""
        if self.user is None:
            raise InputError("Sign in first: without a user there is no owner to fall back to.")
        store = self.environment.store
        return assignment.owner_for(
            submission,
            connected=self.user,
            users_by_id=self._stored_user,
            admin=store.admin(hashed_account_id) if hashed_account_id else None,
            secret_key=self.environment.settings.app_server_secret_key,
            now=self.now(),
        )

    def _assigned(self, submission: JsonObject, hashed_account_id: str) -> str | None:
        """The owner to send: only where the form asks for an assignee, else the CRM's own default holds."""
        if not assignment.is_requested(submission):
            return None
        return self.owner(submission, hashed_account_id).crm_id

    def _stored_user(self, user_id: str) -> User | None:
        kept = self.environment.store.connection(self.platform, user_id)
        return User.model_validate(kept.public["user"]) if kept else None


def may_be_written(error: AppConnectError) -> bool:
    """Whether the CRM may have carried out a write although no good answer came."""
    return isinstance(error, Unavailable) or (isinstance(error, Unreachable) and error.maybe_done)
