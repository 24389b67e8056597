"""Call logs: written once, updated without losing anything, read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pydantic import JsonValue, ValidationError

from appconnect import user_messages
from appconnect.errors import InputError, NotFound
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
    LogUpdated,
    Tracking,
)
from appconnect.operation_warnings import warn
from appconnect.store import LogReference
from appconnect.workbench import validation
from appconnect.workbench.context import Context
from appconnect.workbench.idempotency import IdempotentWrites, Written
from appconnect.workbench.operation import operation
from appconnect.workbench.owners import Owners, Submission


@dataclass(frozen=True)
class CallTexts:
    """The texts that come with a call; None was not told.

    ``note`` is the agent's, ``ai_note`` and ``transcript`` RingCentral's, the ``ace_…`` ones RingSense's.
    """

    note: str | None = None
    ai_note: str | None = None
    transcript: str | None = None
    recording_link: str | None = None
    voicemail_link: str | None = None
    ace_transcript: str | None = None
    ace_summary: str | None = None
    ace_score: str | None = None
    ace_bulleted_summary: str | None = None
    ace_link: str | None = None


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
    contact: Contact
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
        hashed_account_id: str, *, automatic: bool,
    ) -> Logged:  # fmt: skip
        """Log a call against a contact; the same call logged again updates its log."""
        submission = Submission.of(additional_submission, hashed_account_id)
        self._owners.apply_admin_settings(submission)
        prepared = await self._prepare(call, contact, texts, submission, automatic=automatic)
        written = await self._write(prepared)
        if not written.is_new:
            may_be_gone = not automatic  # what a person deleted, only a person may have written anew
            if await self._update(written.log_id, prepared.update, may_be_gone=may_be_gone) is None:
                self.context.environment.store.forget_link(prepared.reference)
                written = await self._write(prepared)
        return _logged(written, texts)

    @operation(LogUpdated)
    async def update(
        self, log_id: str, call: Call | None, texts: CallTexts, additional_submission: object,
        hashed_account_id: str, *, automatic: bool,
    ) -> LogUpdated:  # fmt: skip
        """Change what is told in a log and leave the rest."""
        validation.text(log_id, "log id")
        checked = None if call is None else validation.model(Call, call, "call")
        facts = _facts(checked, texts)
        submission = Submission.of(additional_submission, hashed_account_id)
        self._owners.apply_admin_settings(submission)
        self.context.connector.require("update_call_log")
        await self.context.signed_in_user()
        note = await self._update(log_id, self._prepared_update(checked, facts, submission, automatic))
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
        changed = await self.context.connector.upsert_call_disposition(log_id, chosen)
        return Logged(log_id=changed, return_message=user_messages.disposition_set(changed is not None))

    def logged(self, session_id: str) -> str | None:
        """Return the id of the log of a RingCentral session, if this user has logged it here."""
        if self.context.user is None:
            return None
        reference = self._writes.reference(self.context.user, LogKind.CALL, session_id)
        link = self.context.environment.store.link(reference)
        return link.log_id if link else None

    def compose(
        self, call: Call, contact: Contact, texts: CallTexts, format: LogFormat | str | None = None
    ) -> str:
        """Return the body that :meth:`log` writes, or what it would be in another format."""
        checked = validation.model(Call, call, "call")
        name = validation.instance(Contact, contact, "contact").name
        facts = _facts(checked, texts, contact_name=name)
        wanted = self.context.log_format if format is None else validation.choice(LogFormat, format, "format")
        return self._composed(facts, wanted)

    # -- preparing: checked, composed, its owner decided --

    async def _prepare(
        self, call: Call, contact: Contact, texts: CallTexts, submission: Submission, *, automatic: bool
    ) -> PreparedCall:
        checked, against = validation.model(Call, call, "call"), validation.contact(contact)
        session, facts = _session(checked), _facts(checked, texts)
        user = await self.context.signed_in_user()
        update = self._prepared_update(checked, facts, submission, automatic)
        complete = _facts(checked, texts, contact_name=against.name)
        draft = update.draft.model_copy(
            update={
                "subject": checked.subject(against.name),
                "body": self._composed(complete, self.context.log_format),
                "start": checked.start_time or self.context.now(),
                "duration": checked.duration or 0,
                "note": texts.note,
                "reference": session,
            }
        )
        reference = self._writes.reference(user, LogKind.CALL, session)
        return PreparedCall(reference, against, draft, update)

    def _prepared_update(
        self, call: Call | None, facts: CallFacts, submission: Submission, automatic: bool
    ) -> PreparedUpdate:
        told = call or Call()
        draft = LogDraft(
            kind=LogKind.CALL,
            subject=told.custom_subject or None,
            start=told.start_time,
            duration=told.duration,
            direction=told.direction if call else None,
            result=told.result,
            owner_id=self._owners.owner_to_send(submission),
            additional_submission=submission.chosen,
        )
        return PreparedUpdate(facts, draft, automatic)

    def _composed(self, facts: CallFacts, format: LogFormat) -> str:
        settings, zone = self.context.account.settings, self.context.zone
        text = body.compose(facts, format=format, settings=settings, timezone=zone)
        return self._fitting(text) if format is self.context.log_format else text

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
        create = self.context.connector.create_call_log
        return await self._writes.write_once(prepared.reference, prepared.contact, prepared.draft, create)

    async def _update(self, log_id: str, update: PreparedUpdate, *, may_be_gone: bool = False) -> str | None:
        """Read the old body, change it, write it; return the note as it stands, None if the log is gone."""
        connector, format = self.context.connector, self.context.log_format
        async with self._writes.only_one(log_id):
            try:
                old = await connector.get_call_log(log_id)
            except NotFound:
                if may_be_gone:
                    return None
                raise
            changed = body.update(
                old.body,
                update.facts,
                format=format,
                settings=self.context.account.settings,
                timezone=self.context.zone,
                automatic=update.automatic,
            )
            new = self._fitting(changed)
            note = body.parse(new, format).note
            is_new = note != body.parse(old.body, format).note
            draft = update.draft.model_copy(
                update={"body": new if new != old.body else None, "note": note if is_new else None}
            )
            await connector.update_call_log(log_id, draft)
        return note

    def _known_fields(self, dispositions: JsonObject) -> JsonObject:
        """Return the dispositions; InputError for a name that this CRM's log form does not have."""
        known = self.context.connector.disposition_fields
        for name in dispositions:
            if name not in known:
                there_are = ", ".join(known)
                raise InputError(
                    f"{self.context.title} logs have no field {name!r} to set; there are: {there_are}."
                )
        return dispositions


def _logged(written: Written, texts: CallTexts) -> Logged:
    made_with = Tracking(with_smart_note_log=bool(texts.ai_note), with_transcript=bool(texts.transcript))
    message = user_messages.call_logged(updated=not written.is_new)
    return Logged(log_id=written.log_id, return_message=message, extra_data_tracking=made_with)


def _facts(call: Call | None, texts: CallTexts, *, contact_name: str | None = None) -> CallFacts:
    told = {name: text for name, text in asdict(texts).items() if text is not None}
    try:
        if call is None:
            return CallFacts.model_validate(told)
        return CallFacts.from_call(call, contact_name=contact_name, **told)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))} cannot be logged: {first['msg']}.") from None


def _session(call: Call) -> str:
    session = call.session_id or call.telephony_session_id or call.id
    if not session:
        raise InputError("The call has no session id, and without one it could be logged twice.")
    return session
