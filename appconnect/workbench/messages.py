"""Message logs: an SMS conversation is one log a day, voicemail and fax are one each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pydantic import JsonValue, ValidationError

from appconnect import user_messages
from appconnect.errors import AppConnectError, BeingLogged, InputError, NotFound
from appconnect.logs.messages import documents, shared_sms, sms
from appconnect.logs.messages.layouts import Composed
from appconnect.logs.messages.shared_sms import SharedConversation
from appconnect.models import Contact, JsonObject, LogDraft, Logged, LogKind, Message, User
from appconnect.store import Claim, LogReference
from appconnect.text.utf16 import utf16_length
from appconnect.workbench import validation
from appconnect.workbench.idempotency import CLAIM_SECONDS, IdempotentWrites, may_be_written

Edit = Callable[[str], str]


class Messages(IdempotentWrites):
    """One flow per operation on message logs."""

    async def log_message(
        self,
        message: Message,
        contact: Contact,
        *,
        recording_link: str = "",
        fax_link: str = "",
        correspondents: Sequence[str] = (),
        additional_submission: Mapping[str, JsonValue] | None = None,
        hashed_account_id: str = "",
    ) -> Logged:
        """Log an SMS, a voicemail (``recording_link``) or a fax (``fax_link``) against a contact.

        A later SMS of the same conversation and day is added to the log of the first. The same message
        logged again changes nothing.
        """

        async def work() -> Logged:
            validation.contact(contact)
            said = validation.model(Message, message, "message")
            if not said.id:
                raise InputError("The message has no id, and without one it could be logged twice.")
            submission = self._submitted(additional_submission, hashed_account_id)
            user = await self._signed_in()
            composed = self.compose_message(
                said,
                contact,
                recording_link=recording_link,
                fax_link=fax_link,
                correspondents=correspondents,
            )
            draft = self._message_draft(
                _kind(recording_link, fax_link), composed, submission, hashed_account_id
            )
            draft.start, draft.direction = said.creation_time or self.now(), said.direction
            if draft.kind is LogKind.SMS:
                log_id = await self._log_sms(user, said, contact, draft)
            else:
                reference = self._reference(user, draft.kind, said.id)
                log_id = await self._write_or_edit(reference, contact, draft, edit=lambda body: body)
            return Logged(log_id=log_id, return_message=user_messages.message_logged())

        return await self._run(Logged, work)

    async def log_shared_sms(
        self,
        conversation: SharedConversation | JsonObject,
        contact: Contact,
        *,
        conversation_id: str,
        additional_submission: Mapping[str, JsonValue] | None = None,
        hashed_account_id: str = "",
    ) -> Logged:
        """Log a conversation that several people share, whole; later versions replace earlier ones.

        What a person has written around it in the CRM stays.
        """

        async def work() -> Logged:
            validation.contact(contact)
            if not validation.text(conversation_id or "", "conversation id"):
                raise InputError(
                    "The conversation has no id, and without one it would replace another's log."
                )
            shared = _shared(conversation)
            submission = self._submitted(additional_submission, hashed_account_id)
            user = await self._signed_in()
            composed = self.compose_shared_sms(shared, contact)
            draft = self._message_draft(LogKind.SHARED_SMS, composed, submission, hashed_account_id)
            draft.start = shared.started
            log_id = await self._write_or_edit(
                self._reference(user, LogKind.SHARED_SMS, conversation_id),
                contact,
                draft,
                edit=lambda old: shared_sms.update(old, composed.body, format=self.log_format),
            )
            return Logged(log_id=log_id, return_message=user_messages.message_logged())

        return await self._run(Logged, work)

    def compose_message(
        self,
        message: Message,
        contact: Contact,
        *,
        recording_link: str = "",
        fax_link: str = "",
        correspondents: Sequence[str] = (),
    ) -> Composed:
        """Subject and body that :meth:`log_message` writes for a first message; nothing is sent."""
        message = validation.model(Message, message, "message")
        for link in (recording_link, fax_link):
            validation.text(link or "", "link")
        for each in correspondents:
            validation.text(each, "name of a correspondent")
        name, now = contact.name, self.now()
        if recording_link:
            return documents.voicemail(
                message, contact_name=name, link=recording_link, format=self.log_format,
                timezone=self.zone, now=now,
            )  # fmt: skip
        if fax_link:
            return documents.fax(
                message, contact_name=name, link=fax_link, format=self.log_format,
                timezone=self.zone, now=now,
            )  # fmt: skip
        return sms.compose(
            message, contact_name=name, agent_name=self._agent, correspondents=correspondents,
            format=self.log_format, timezone=self.zone, now=now,
        )  # fmt: skip

    def compose_shared_sms(self, conversation: SharedConversation | JsonObject, contact: Contact) -> Composed:
        """Subject and body that :meth:`log_shared_sms` writes; nothing is sent."""
        return shared_sms.compose(
            _shared(conversation), contact_name=contact.name, format=self.log_format, timezone=self.zone
        )

    # -- the steps --

    def _message_draft(
        self, kind: LogKind, composed: Composed, submission: JsonObject, account_id: str
    ) -> LogDraft:
        return LogDraft(
            kind=kind,
            subject=composed.subject,
            body=composed.body,
            owner_id=self._assigned(submission, account_id),
            additional_submission=submission,
        )

    @property
    def _agent(self) -> str:
        return self.user.name if self.user else ""

    async def _write_or_edit(
        self, reference: LogReference, contact: Contact, draft: LogDraft, *, edit: Edit
    ) -> str:
        """Write the log, or edit the one that is there; one that was deleted in the CRM is written anew."""
        draft.reference = reference.reference
        written = await self._write_once(reference, contact, draft, self.connector.create_message_log)
        if written.new:
            return written.log_id
        async with self._alone(written.log_id):
            try:
                old = await self.connector.get_message_log(written.log_id)
            except NotFound:
                return await self._write_anew(reference, contact, draft)
            body = edit(old.body)
            if draft.kind is LogKind.SMS and self._too_long(body):
                return await self._write_anew(reference, contact, draft)  # so that no message is cut off
            if body != old.body:
                change = draft.model_copy(update={"subject": None, "body": body, "start": None})
                await self.connector.update_message_log(written.log_id, change)
        return written.log_id

    async def _write_anew(self, reference: LogReference, contact: Contact, draft: LogDraft) -> str:
        self.environment.store.forget_link(reference)
        return (await self._write_once(reference, contact, draft, self.connector.create_message_log)).log_id

    def _too_long(self, body: str) -> bool:
        longest = self.connector.max_body
        return longest is not None and utf16_length(body) > longest

    async def _log_sms(self, user: User, message: Message, contact: Contact, draft: LogDraft) -> str:
        """Reserve the message, then begin the day's log or add to it, one message at a time."""
        store = self.environment.store
        claim = store.reserve(self._reference(user, LogKind.SMS, f"message {message.id}"), now=self.now())
        if claim.claim is Claim.DONE:
            return claim.log_id
        if not claim.mine:
            raise BeingLogged("This message is being logged by another process; look again in a moment.")

        def edit(old: str) -> str:
            if claim.abandoned and self._holds(old, message, contact):
                return old
            return self._add(old, message, contact)

        conversation = self._conversation(user, message, contact)
        lease = f"{self.platform} {user.id} {conversation.reference}"
        try:
            async with store.lease(lease, CLAIM_SECONDS, self.environment.clock):
                log_id = await self._write_or_edit(conversation, contact, draft, edit=edit)
        except AppConnectError as error:
            (store.abandon if may_be_written(error) else store.release)(claim)
            raise
        except BaseException:
            store.abandon(claim)
            raise
        store.complete(claim.reference, log_id, contact_id=contact.id)
        return log_id

    def _conversation(self, user: User, message: Message, contact: Contact) -> LogReference:
        """What a conversation's log of one day, the user's own day, is known by."""
        day = (message.creation_time or self.now()).astimezone(self.zone).date()
        thread = message.conversation.id or f"with {contact.id}"
        return self._reference(user, LogKind.SMS, f"conversation {thread} on {day}")

    def _add(self, existing: str, message: Message, contact: Contact) -> str:
        return sms.append(
            existing,
            message,
            contact_name=contact.name,
            agent_name=self._agent,
            format=self.log_format,
            timezone=self.zone,
            now=self.now(),
        )

    def _holds(self, existing: str, message: Message, contact: Contact) -> bool:
        return sms.contains(
            existing,
            message,
            contact_name=contact.name,
            agent_name=self._agent,
            format=self.log_format,
            timezone=self.zone,
            now=self.now(),
        )


def _kind(recording_link: str, fax_link: str) -> LogKind:
    if recording_link:
        return LogKind.VOICEMAIL
    return LogKind.FAX if fax_link else LogKind.SMS


def _shared(conversation: SharedConversation | JsonObject) -> SharedConversation:
    """The conversation as a model; InputError naming the field that is not as RingCentral reports it."""
    try:
        return SharedConversation.model_validate(conversation)
    except ValidationError as error:
        raise InputError(f"This is no shared conversation: {validation.first_fault(error)}.") from None
