"""Message logs: an SMS conversation is one log a day, voicemail and fax are one each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from appconnect import user_messages
from appconnect.errors import InputError, NotFound
from appconnect.logs.messages import attachments, documents, shared_sms, sms
from appconnect.logs.messages.layouts import Composed
from appconnect.logs.messages.shared_sms import SharedConversation
from appconnect.models import (
    Contact,
    JsonObject,
    LogDraft,
    Logged,
    LogKind,
    LogRecord,
    Message,
    User,
    Wire,
    first_fault,
)
from appconnect.store import Claim, LogReference
from appconnect.text.utf16 import utf16_length
from appconnect.workbench import correspondents, validation
from appconnect.workbench.context import Context
from appconnect.workbench.idempotency import IdempotentWrites, Written
from appconnect.workbench.message_edits import AppendOnce, Edit, Replacement, Told
from appconnect.workbench.operation import operation
from appconnect.workbench.owners import Owners, Submission


@dataclass(frozen=True)
class Attached:
    """The links and names that come beside a message; a recording makes it a voicemail, a document a fax.

    What is not given is taken from the message itself.
    """

    recording_link: str
    fax_link: str
    correspondents: Sequence[str] = ()

    def kind(self, message: Message) -> LogKind:
        """Return what the message is logged as."""
        if self.recording_link:
            return LogKind.VOICEMAIL
        return LogKind.FAX if self.fax_link else attachments.kind_of(message)

    def link(self, message: Message) -> str:
        """Return the link of a voicemail or fax; "" while there is none."""
        if self.kind(message) is LogKind.VOICEMAIL:
            return self.recording_link or attachments.recording_link(message)
        return self.fax_link or attachments.document_link(message)

    def is_group(self, message: Message) -> bool:
        """Return True when several people take part beside the agent."""
        return bool(self.correspondents) or message.is_group

    def checked(self) -> Attached:
        """Return itself; InputError for a link or name that is no text."""
        for link in (self.recording_link, self.fax_link):
            validation.text(link or "", "link")
        if isinstance(self.correspondents, str) or not isinstance(self.correspondents, Sequence):
            raise InputError("The correspondents must be a list of names.")
        for each in self.correspondents:
            validation.text(each, "name of a correspondent")
        return self


class MessageLogs:
    """The operations on message logs."""

    def __init__(self, context: Context, writes: IdempotentWrites, owners: Owners) -> None:
        self.context = context
        self._writes = writes
        self._owners = owners

    @operation(Logged)
    async def log(
        self, message: Message, contact: Contact, attached: Attached, additional_submission: object,
        hashed_account_id: str, *, automatic: bool = False,
    ) -> Logged:  # fmt: skip
        """Log an SMS, a voicemail or a fax; a later SMS of the conversation and day joins the first one's."""
        validation.contact(contact)
        checked = validation.model(Message, message, "message")
        if not checked.id:
            raise InputError("The message has no id, and without one it could be logged twice.")
        submission = Submission.of(additional_submission, hashed_account_id)
        self._owners.apply_admin_settings(submission)
        user = await self.context.signed_in_user()
        composed = self.compose(checked, contact, attached)
        draft = self._draft(attached.kind(checked), composed, submission)
        draft.start, draft.direction = checked.time or self.context.now(), checked.direction
        if draft.kind is LogKind.SMS:
            if not automatic:  # what a person deleted, only a person may have written anew
                await self._forget_if_gone(self._message_reference(user, checked, contact))
            log_id = await self._log_sms(user, checked, contact, attached, draft)
        else:
            log_id = await self._log_document(user, checked, contact, attached, draft)
        return Logged(log_id=log_id, return_message=user_messages.message_logged())

    @operation(Logged)
    async def log_shared_sms(
        self, conversation: SharedConversation | JsonObject, contact: Contact, additional_submission: object,
        hashed_account_id: str, *, conversation_id: str | int,
    ) -> Logged:  # fmt: skip
        """Log a whole shared conversation; a later version replaces the earlier one."""
        validation.contact(contact)
        shared = _shared(conversation)
        thread = _id_text(conversation_id) or shared.thread
        if not thread:
            raise InputError("The conversation has no id, and without one it would replace another's log.")
        submission = Submission.of(additional_submission, hashed_account_id)
        self._owners.apply_admin_settings(submission)
        user = await self.context.signed_in_user()
        composed = self.compose_shared_sms(shared, contact)
        draft = self._draft(LogKind.SHARED_SMS, composed, submission)
        draft.start = shared.started or self.context.now()
        log_id = await self._write_or_edit(
            self._reference(user, LogKind.SHARED_SMS, thread, contact),
            contact,
            draft,
            Replacement(lambda old: shared_sms.update(old, composed.body, format=self.context.log_format)),
        )
        return Logged(log_id=log_id, return_message=user_messages.message_logged())

    def compose(self, message: Message, contact: Contact, attached: Attached) -> Composed:
        """Return subject and body that :meth:`log` writes for a first message."""
        checked = validation.model(Message, message, "message")
        person = validation.instance(Contact, contact, "contact")
        kind = attached.checked().kind(checked)
        if kind is LogKind.SMS:
            others = attached.correspondents or correspondents.others(checked, person, self._agent)
            return sms.compose(
                checked,
                correspondents=others,
                **self._told(checked, person, is_group=attached.is_group(checked)),
            )
        context = self.context
        document = documents.voicemail if kind is LogKind.VOICEMAIL else documents.fax
        return document(
            checked, contact_name=person.name, link=attached.link(checked),
            format=context.log_format, timezone=context.zone, now=context.now(),
        )  # fmt: skip

    def compose_shared_sms(self, conversation: SharedConversation | JsonObject, contact: Contact) -> Composed:
        """Return subject and body that :meth:`log_shared_sms` writes."""
        name = validation.instance(Contact, contact, "contact").name
        return shared_sms.compose(
            _shared(conversation),
            contact_name=name,
            format=self.context.log_format,
            timezone=self.context.zone,
        )

    def log_of(self, message: Message, contact: Contact, attached: Attached) -> str:
        """Return the log that this message would be added to, or fill in, as far as is known here.

        "" where it would be a log of its own, or stands in its log already.
        """
        user, store = self.context.user, self.context.environment.store
        if user is None:
            return ""
        kind = attached.kind(message)
        if kind is not LogKind.SMS:
            link = store.link(self._reference(user, kind, message.id, contact))
        elif store.link(self._message_reference(user, message, contact)):
            return ""
        else:
            link = store.link(self._conversation(user, message, contact))
        return link.log_id if link else ""

    # -- the steps --

    def _draft(self, kind: LogKind, composed: Composed, submission: Submission) -> LogDraft:
        return LogDraft(
            kind=kind,
            subject=composed.subject,
            body=composed.body,
            owner_id=self._owners.owner_to_send(submission),
            additional_submission=submission.chosen,
        )

    @property
    def _agent(self) -> str:
        return self.context.user.name if self.context.user else ""

    async def _write_or_edit(
        self, reference: LogReference, contact: Contact, draft: LogDraft, edit: Edit
    ) -> str:
        """Write the log, or edit the one that is there; one that was deleted in the CRM is written anew."""
        draft.reference = reference.reference
        written = await self._write(reference, contact, draft, edit)
        while not written.is_new:
            async with self._writes.only_one(written.log_id):
                if await self._edit(written, draft, edit):
                    break
                self.context.environment.store.forget_link(reference, written.log_id)
                written = await self._write(reference, contact, draft, edit)  # or somebody else just has
        return written.log_id

    async def _write(self, reference: LogReference, contact: Contact, draft: LogDraft, edit: Edit) -> Written:
        create = self.context.connector.create_message_log
        return await self._writes.write_once(reference, contact, draft, create, kept=edit.kept)

    async def _edit(self, written: Written, draft: LogDraft, edit: Edit) -> bool:
        """Edit the log; return False where it is gone, or has no room for another message."""
        try:
            old = await self.context.connector.get_log_to_change(written.log_id, draft.kind)
        except NotFound:
            return False
        body = edit.changed(written, old.body)
        if draft.kind is LogKind.SMS and self._is_too_long(body):  # so that no message is cut off
            return False
        if body != old.body:
            await self._change(old, draft, body, edit)
        else:
            await self.context.connector.catch_up(written.log_id)
        return True

    async def _change(self, old: LogRecord, draft: LogDraft, body: str, edit: Edit) -> None:
        connector = self.context.connector
        change = draft.model_copy(update={"subject": None, "body": body, "start": None, "current": old})
        edit.before_change(old.id, old.body)

        async def is_done() -> bool:
            record = await connector.get_log_to_change(old.id, draft.kind)
            return edit.is_done(old.body, record.body)

        await self._writes.edit(lambda: connector.update_message_log(old.id, change), is_done)

    def _is_too_long(self, body: str) -> bool:
        max_body = self.context.connector.max_body
        return max_body is not None and utf16_length(body) > max_body

    def _reference(self, user: User, kind: LogKind, name: str, contact: Contact) -> LogReference:
        """Return what a log against this contact is known by.

        Earlier versions left the contact out of the name; what they wrote for this contact keeps its name.
        """
        earlier = self._writes.reference(user, kind, name)
        link = self.context.environment.store.link(earlier)
        if link and link.contact_id in ("", contact.id):
            return earlier
        return self._writes.reference(user, kind, f"{name} for {contact.id}")

    async def _log_document(
        self, user: User, message: Message, contact: Contact, attached: Attached, draft: LogDraft
    ) -> str:
        """Write the log of a voicemail or fax, or fill in the link that was pending in it."""
        reference = self._reference(user, draft.kind, message.id, contact)
        link, format = attached.link(message), self.context.log_format

        def edit(old: str) -> str:
            return documents.fill_in(old, link, kind=draft.kind, format=format)

        return await self._write_or_edit(reference, contact, draft, Replacement(edit))

    async def _log_sms(
        self, user: User, message: Message, contact: Contact, attached: Attached, draft: LogDraft
    ) -> str:
        """Reserve the message, then begin the day's log or add to it, one message at a time."""
        reference = self._message_reference(user, message, contact)
        told = self._told(message, contact, is_group=attached.is_group(message))
        conversation = self._conversation(user, message, contact)
        append = AppendOnce(self._writes, reference, conversation, message, told)
        claim = append.claim
        if claim.claim is Claim.DONE:
            await self.context.connector.catch_up(claim.log_id)
            return claim.log_id
        name = f"{self.context.platform} {user.id} {conversation.reference}"
        async with self._writes.held(claim), self._writes.lease(name, "writes this conversation"):
            log_id = await append.log_of_earlier_attempt()
            log_id = log_id or await self._write_or_edit(conversation, contact, draft, append)
        self._writes.remember(claim, log_id, "message", contact_id=contact.id)
        return log_id

    async def _forget_if_gone(self, message: LogReference) -> None:
        """Forget that an SMS stands in a log which is no longer in the CRM."""
        store = self.context.environment.store
        if link := store.link(message):
            try:
                await self.context.connector.get_log_to_change(link.log_id, LogKind.SMS)
            except NotFound:
                store.forget_link(message, link.log_id)

    def _message_reference(self, user: User, message: Message, contact: Contact) -> LogReference:
        """Return what an SMS is known by, in whatever log it stands."""
        return self._reference(user, LogKind.SMS, f"message {message.id}", contact)

    def _conversation(self, user: User, message: Message, contact: Contact) -> LogReference:
        """Return what a conversation's log of one day, the user's own day, is known by."""
        day = (message.time or self.context.now()).astimezone(self.context.zone).date()
        thread = message.thread or f"with {contact.id}"
        return self._reference(user, LogKind.SMS, f"conversation {thread} on {day}", contact)

    def _told(self, message: Message, contact: Contact, *, is_group: bool) -> Told:
        """Return what every line of an SMS log is written with."""
        context = self.context
        return Told(
            contact_name=contact.name, agent_name=self._agent,
            sender=correspondents.sender(message, contact, self._agent, is_group=is_group),
            format=context.log_format, timezone=context.zone, now=context.now(),
        )  # fmt: skip


def _id_text(conversation_id: str | int) -> str:
    """Return the id as text: RingCentral writes the same id as a number and as text."""
    number = isinstance(conversation_id, int) and not isinstance(conversation_id, bool)
    return validation.text(
        str(conversation_id) if number else conversation_id or "", "conversation id"
    ).strip()


def _shared(conversation: SharedConversation | JsonObject) -> SharedConversation:
    """Return the conversation as a model; InputError for an empty one, or naming the field that is odd."""
    try:
        told = conversation.model_dump(warnings=False) if isinstance(conversation, Wire) else conversation
        shared = SharedConversation.model_validate(validation.record(told, "conversation"))
    except ValidationError as error:
        raise InputError(f"This is no shared conversation: {first_fault(error)}.") from None
    if not shared.entities:
        raise InputError(
            "The shared conversation is empty: it has no messages, notes or other entities to log."
        )
    return shared
