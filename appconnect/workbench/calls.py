"""Call logs: written once, updated without losing anything, read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from appconnect import user_messages
from appconnect.errors import BeingLogged, CrmError, InputError, LoggedElsewhere, NotFound, NotSupported
from appconnect.logs.calls import body
from appconnect.logs.calls.body import CallFacts
from appconnect.logs.calls.shortening import shorten
from appconnect.models import (
    Call,
    CallLogInfo,
    CallLogRead,
    Contact,
    JsonObject,
    LogDraft,
    LogFormat,
    Logged,
    LogKind,
    LogRecord,
    LogUpdated,
    Tracking,
    UserSettings,
)
from appconnect.operation_warnings import warn
from appconnect.store import LogLink, LogReference
from appconnect.text.characters import unwritable
from appconnect.workbench import validation
from appconnect.workbench.call_texts import CallTexts, facts_of
from appconnect.workbench.context import Context
from appconnect.workbench.idempotency import IdempotentWrites, Written
from appconnect.workbench.moved_choices import moved_choices
from appconnect.workbench.operation import operation
from appconnect.workbench.owners import Owners, Submission


@dataclass(frozen=True)
class PreparedUpdate:
    """A change of a log that can be written: checked, its facts known, its owner decided."""

    facts: CallFacts
    draft: LogDraft
    """Only what was told; the body is still to be made from the old one."""
    automatic: bool


@dataclass(frozen=True)
class PreparedCall:
    """A call that can be written: as a new log, or into the log that is there."""

    reference: LogReference
    aliases: list[LogReference]
    contact: Contact
    facts: CallFacts
    draft: LogDraft
    update: PreparedUpdate


class CallLogs:
    """The operations on call logs."""

    def __init__(self, context: Context, writes: IdempotentWrites, owners: Owners) -> None:
        self.context = context
        self._writes = writes
        self._owners = owners

    @operation(Logged)
    async def log(
        self, call: Call, contact: Contact, texts: CallTexts, additional_submission: object,
        hashed_account_id: str, *, automatic: bool, move: bool = False,
    ) -> Logged:  # fmt: skip
        """Log a call against a contact; the same call logged again updates its log, or moves it."""
        submission = Submission.of(additional_submission, hashed_account_id)
        self._owners.apply_admin_settings(submission)
        prepared = await self._prepare(call, contact, texts, submission, automatic=automatic)
        written = await self._write(prepared)
        may_be_gone = not automatic  # what a person deleted, only a person may have written anew
        while not written.is_new:
            if elsewhere := await self._elsewhere(written, prepared):
                if not move:
                    return self._not_moved(elsewhere, prepared)
                return _logged(await self._move(elsewhere, prepared), texts)
            async with self._writes.only_one(written.log_id):
                if await self._update(written.log_id, prepared.update, may_be_gone=may_be_gone) is not None:
                    break
                self.context.environment.store.forget_log(prepared.reference, written.log_id)
                written = await self._write(prepared)  # or somebody else just has
        return _logged(written, texts)

    @operation(LogUpdated)
    async def update(
        self, log_id: str, call: Call | None, texts: CallTexts, additional_submission: object,
        hashed_account_id: str, *, automatic: bool,
    ) -> LogUpdated:  # fmt: skip
        """Change what is told in a log and leave the rest."""
        validation.text(log_id, "log id")
        checked = None if call is None else validation.model(Call, call, "call")
        facts = facts_of(checked, texts)
        submission = Submission.of(additional_submission, hashed_account_id)
        self._owners.apply_admin_settings(submission)
        self.context.connector.require("update_call_log")
        await self.context.signed_in_user()
        update = self._prepared_update(checked, facts, submission, automatic)
        async with self._writes.only_one(log_id):
            note = await self._update(log_id, update)
        return LogUpdated(log_id=log_id, updated_note=note, return_message=user_messages.call_log_updated())

    @operation(CallLogRead)
    async def read(self, log_id: str) -> CallLogRead:
        """Read a call log as it stands in the CRM."""
        validation.text(log_id, "log id")
        await self.context.signed_in_user()
        record = await self.context.connector.get_call_log(log_id)
        parsed = body.parse(record.body, self.context.log_format)
        info = CallLogInfo(
            subject=record.subject or parsed.values.get("subject", ""),  # not every CRM has a field for it
            note=parsed.note,
            contact_name=record.contact_name,
            full_body=record.body,
            full_log_response=record.raw,
            dispositions=record.dispositions,
        )
        return CallLogRead(call_log_info=info, return_message=user_messages.call_log_read())

    @operation(Logged)
    async def set_disposition(self, log_id: str, dispositions: Mapping[str, JsonValue]) -> Logged:
        """Set or clear (``""``) what a log belongs to; ``log_id`` is None when there was nothing to set."""
        validation.text(log_id, "log id")
        chosen = self._known_fields(validation.fields(dispositions, "dispositions"))
        await self.context.signed_in_user()
        changed: list[str | None] = [log_id]

        async def write() -> None:
            changed[0] = await self.context.connector.upsert_call_disposition(log_id, chosen)

        async def is_done() -> bool:
            record = await self.context.connector.get_call_log(log_id)
            return _are_set(record, LogDraft(additional_submission=chosen))

        async with self._writes.only_one(log_id):
            await self._writes.edit(write, is_done)
        return Logged(log_id=changed[0], return_message=user_messages.disposition_set(changed[0] is not None))

    def logged(self, *ids: str) -> str | None:
        """Return the id of the log of a call that has one of these ids, if this user has logged it here."""
        user = self.context.user
        known = [each for each in ids if isinstance(each, str) and not unwritable(each)]
        if user is None or not known:
            return None
        names = [self._writes.reference(user, LogKind.CALL, each) for each in known]
        link = self.context.environment.store.link(*names)
        return link.log_id if link else None

    def compose(
        self, call: Call, contact: Contact, texts: CallTexts, format: LogFormat | str | None = None
    ) -> str:
        """Return the body that :meth:`log` writes, or what it would be in another format."""
        checked = _directed(validation.model(Call, call, "call"))
        name = validation.instance(Contact, contact, "contact").name
        facts = facts_of(checked, texts, contact_name=name)
        wanted = self.context.log_format if format is None else validation.choice(LogFormat, format, "format")
        return self._composed(facts, wanted)

    def compose_update(self, body: str, call: Call | None, texts: CallTexts) -> str:
        """Return the body that :meth:`update` makes of one that stands in the CRM."""
        validation.text(body, "body")
        checked = None if call is None else validation.model(Call, call, "call")
        change = PreparedUpdate(facts_of(checked, texts), LogDraft(kind=LogKind.CALL), automatic=False)
        return self._changed(body, change)

    # -- preparing: checked, composed, its owner decided --

    async def _prepare(
        self, call: Call, contact: Contact, texts: CallTexts, submission: Submission, *, automatic: bool
    ) -> PreparedCall:
        checked, against = _directed(validation.model(Call, call, "call")), validation.contact(contact)
        ids, facts = _ids(checked), facts_of(checked, texts)
        user = await self.context.signed_in_user()
        update = self._prepared_update(checked, facts, submission, automatic)
        complete = facts_of(checked, texts, contact_name=against.name)
        draft = update.draft.model_copy(
            update={
                "subject": checked.subject(against.name),
                "body": self._composed(complete, self.context.log_format),
                "start": checked.start_time or self.context.now(),
                "duration": checked.seconds,
                "note": texts.note,
                "reference": ids[0],
            }
        )
        reference, *aliases = [self._writes.reference(user, LogKind.CALL, each) for each in ids]
        return PreparedCall(reference, aliases, against, complete, draft, update)

    def _prepared_update(
        self, call: Call | None, facts: CallFacts, submission: Submission, automatic: bool
    ) -> PreparedUpdate:
        told = call or Call()
        draft = LogDraft(
            kind=LogKind.CALL,
            subject=told.custom_subject or None,
            start=told.start_time,
            duration=told.seconds,
            direction=told.direction if call else None,
            result=told.result,
            owner_id=self._owners.owner_to_send(submission),
            additional_submission=submission.chosen,
        )
        return PreparedUpdate(facts, draft, automatic)

    def _composed(self, facts: CallFacts, format: LogFormat) -> str:
        text = body.compose(facts, format=format, settings=self._settings(), timezone=self.context.zone)
        return self._fitting(text) if format is self.context.log_format else text

    def _settings(self) -> UserSettings:
        """Return the settings that hold; what cannot be understood of those for bodies is told."""
        settings = self.context.account.effective_settings
        if odd := body.misunderstood(settings):
            warn(f"What these settings say cannot be understood, so it was left out: {', '.join(odd)}.")
        return settings

    def _fitting(self, text: str) -> str:
        """Return the body with its long texts shortened where the CRM holds no more."""
        max_body = self.context.connector.max_body
        short = text if max_body is None else shorten(text, self.context.log_format, max_body)
        if short != text:
            warn(
                f"{self.context.title} holds {max_body} characters at most, "
                "so the text of this log is shortened."
            )
        return short

    # -- writing --

    async def _write(self, prepared: PreparedCall) -> Written:
        create, names = self.context.connector.create_call_log, prepared.aliases
        return await self._writes.write_once(
            prepared.reference, prepared.contact, prepared.draft, create, aliases=names
        )

    async def _update(self, log_id: str, update: PreparedUpdate, *, may_be_gone: bool = False) -> str | None:
        """Read the body of a log that is held, change and write it; return its note, None if it is gone."""
        connector, format = self.context.connector, self.context.log_format
        try:
            old = await connector.get_log_to_change(log_id, LogKind.CALL)
        except NotFound:
            if may_be_gone:
                return None
            raise
        new = self._changed(old.body, update)
        note = body.parse(new, format).note
        is_new = note != body.parse(old.body, format).note
        draft = update.draft.model_copy(
            update={
                "body": new if new != old.body else None,
                "note": note if is_new else None,
                "current": old,
            }
        )
        await self._writes.edit(
            lambda: connector.update_call_log(log_id, draft), lambda: self._is_done(log_id, update, draft)
        )
        return note

    async def _is_done(self, log_id: str, update: PreparedUpdate, draft: LogDraft) -> bool:
        """Return whether the log, read again, says all that the update has to tell."""
        record = await self.context.connector.get_log_to_change(log_id, LogKind.CALL)
        return (
            draft.subject in (None, record.subject)
            and (draft.body is None or self._changed(record.body, update) == record.body)
            and draft.start in (None, record.start)
            and draft.duration in (None, record.duration)
            and _are_set(record, draft)
        )

    def _changed(self, old: str, update: PreparedUpdate) -> str:
        changed = body.update(
            old,
            update.facts,
            format=self.context.log_format,
            settings=self._settings(),
            timezone=self.context.zone,
            automatic=update.automatic,
        )
        return self._fitting(changed)

    # -- logged at another contact --

    async def _elsewhere(self, written: Written, prepared: PreparedCall) -> LogRecord | None:
        """Return the log as it stands at another contact; None where it is this one's, or gone."""
        if written.contact_id in ("", prepared.contact.id):
            return None
        try:
            record = await self.context.connector.get_call_log(written.log_id)
        except NotFound:
            return None
        return None if record.contact_id == prepared.contact.id else record

    def _not_moved(self, old: LogRecord, prepared: PreparedCall) -> Logged:
        """Return the result that says where the call is logged, and what can be done."""
        where, name = old.contact_name or "another contact", prepared.contact.name
        error = LoggedElsewhere(
            f"This call is logged already, at {where} (log {old.id}), not at {name}.", log_id=old.id
        )
        message = user_messages.for_error(error, crm=self.context.title)
        return Logged(successful=False, log_id=old.id, return_message=message, error=error)

    async def _move(self, old: LogRecord, prepared: PreparedCall) -> Written:
        """Write the log at the new contact with all that the old one says, then take the old one away."""
        store, contact = self.context.environment.store, prepared.contact
        claim = replace(prepared.reference, reference=f"{prepared.reference.reference} at {contact.id}")
        async with self._writes.only_one(old.id):
            link = store.link(prepared.reference)
            if link is None or link.log_id != old.id:
                raise BeingLogged("This log was moved meanwhile; look again in a moment.")
            draft = prepared.draft.model_copy(update=self._carried(old, prepared))
            create = self.context.connector.create_call_log
            written = await self._writes.write_once(claim, contact, draft, create)
            store.move_log(claim, old.id, LogLink(claim, written.log_id, contact.id))
            await self._take_away(old, contact)
        return written

    def _carried(self, old: LogRecord, prepared: PreparedCall) -> dict[str, object]:
        """Return what the old log adds to the new one: its body, and what the call does not tell."""
        update, format = prepared.update, self.context.log_format
        changed = self._changed(old.body, replace(update, facts=prepared.facts))
        chosen = moved_choices(self.context.connector, old, prepared.draft, prepared.contact)
        return {
            "body": changed,
            "additional_submission": chosen,
            "note": body.parse(changed, format).note if prepared.draft.note is None else prepared.draft.note,
            "start": update.draft.start or old.start or prepared.draft.start,
            "duration": old.duration if update.draft.duration is None else update.draft.duration,
        }

    async def _take_away(self, old: LogRecord, contact: Contact) -> None:
        """Delete the old log; where it stays, say so, and in its subject where it is now."""
        connector = self.context.connector
        try:
            await connector.delete_call_log(old.id)
        except NotFound:
            pass
        except (CrmError, NotSupported):
            is_marked = await self._mark_as_moved(old, contact)
            then = "its subject says where it is now" if is_marked else "delete it yourself"
            warn(f"The old log {old.id} at {old.contact_name} is still there; {then}.")
        for work in connector.follow_ups_waiting(old.id):
            connector.drop_follow_up(old.id, work.kind)

    async def _mark_as_moved(self, old: LogRecord, contact: Contact) -> bool:
        """Say in the old log's subject where it is now; return whether it stands there."""
        subject = f"{old.subject} (moved to {contact.name})".lstrip()
        try:
            await self.context.connector.update_call_log(old.id, LogDraft(subject=subject))
            return (await self.context.connector.get_call_log(old.id)).subject == subject
        except (CrmError, NotSupported):
            return False

    def _known_fields(self, dispositions: JsonObject) -> JsonObject:
        """Return the dispositions; InputError for a name that this CRM's log form does not have."""
        known = self.context.connector.disposition_fields
        for name in dispositions:
            if name not in known:
                title, there_are = self.context.title, ", ".join(known)
                if not known:
                    raise InputError(f"{title}'s log form has no fields that can be set later.")
                raise InputError(f"{title} logs have no field {name!r} to set; there are: {there_are}.")
        return dispositions


def _logged(written: Written, texts: CallTexts) -> Logged:
    made_with = Tracking(with_smart_note_log=bool(texts.ai_note), with_transcript=bool(texts.transcript))
    message = user_messages.call_logged(updated=not written.is_new)
    return Logged(log_id=written.log_id, return_message=message, extra_data_tracking=made_with)


def _are_set(record: LogRecord, draft: LogDraft) -> bool:
    """Return whether a log belongs to what was chosen in the log form, and to nothing that was cleared.

    Never where an owner was chosen: a log that is read does not tell whose it is.
    """
    there = LogDraft(additional_submission=record.dispositions)
    return all(draft.chosen(field) == (there.chosen(field) or "") for field in draft.additional_submission)


def _ids(call: Call) -> list[str]:
    if not call.ids:
        raise InputError("The call has no session id, and without one it could be logged twice.")
    return call.ids


def _directed(call: Call) -> Call:
    if call.direction is None:
        raise InputError("The call does not say its direction: it must be Inbound or Outbound.")
    return call
