"""Call logs: written once, updated without losing anything, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, Unpack

from pydantic import JsonValue, ValidationError

from appconnect import user_messages
from appconnect.errors import InputError, NotFound
from appconnect.logs import body
from appconnect.logs.body import CallFacts
from appconnect.logs.shortening import shortened
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
from appconnect.workbench import validation
from appconnect.workbench.idempotency import IdempotentWrites, Written


class CallExtras(TypedDict, total=False):
    """What may come with a call beside the call itself; what is left out was not said.

    ``note`` is the agent's, ``ai_note`` and ``transcript`` RingCentral's, the ``ace_…`` ones RingSense's.
    """

    note: str
    ai_note: str
    transcript: str
    recording_link: str
    voicemail_link: str
    ace_transcript: str
    ace_summary: str
    ace_score: str
    ace_bulleted_summary: str
    ace_link: str


class Calls(IdempotentWrites):
    """One flow per operation on call logs."""

    async def log_call(
        self,
        call: Call,
        contact: Contact,
        *,
        additional_submission: Mapping[str, JsonValue] | None = None,
        hashed_account_id: str = "",
        automatic: bool = False,
        **extras: Unpack[CallExtras],
    ) -> Logged:
        """Log a call against a contact; the same call logged again updates its log.

        ``additional_submission`` is what was chosen in the log form, ``automatic`` server-side logging, which
        never replaces a note that an agent wrote.
        """

        async def work() -> Logged:
            said = validation.model(Call, call, "call")
            submission = self._submitted(additional_submission, hashed_account_id)
            draft = await self._draft(
                said, validation.contact(contact), submission, hashed_account_id, extras
            )
            written = await self._write_call(said, contact, draft)
            if not written.new:
                note = await self._update(
                    written.log_id,
                    said,
                    _facts(said, extras),
                    submission,
                    hashed_account_id,
                    automatic=automatic,
                    may_be_gone=not automatic,  # what a person deleted, a person may have written anew
                )
                if note is None:
                    self._forget_call(said)
                    written = await self._write_call(said, contact, draft)
            return _logged(written, extras)

        return await self._run(Logged, work)

    async def update_call_log(
        self,
        log_id: str,
        call: Call | None = None,
        *,
        additional_submission: Mapping[str, JsonValue] | None = None,
        hashed_account_id: str = "",
        automatic: bool = False,
        **extras: Unpack[CallExtras],
    ) -> LogUpdated:
        """Change what is said in a log and leave the rest: no start means the start stays.

        The old body is read first; a body that could not be read is never overwritten.
        """

        async def work() -> LogUpdated:
            validation.text(log_id, "log id")
            said = None if call is None else validation.model(Call, call, "call")
            facts = _facts(said, extras)
            submission = self._submitted(additional_submission, hashed_account_id)
            self.connector.require("update_call_log")
            await self._signed_in()
            note = await self._update(log_id, said, facts, submission, hashed_account_id, automatic=automatic)
            return LogUpdated(
                log_id=log_id, updated_note=note, return_message=user_messages.call_log_updated()
            )

        return await self._run(LogUpdated, work)

    async def get_call_log(self, log_id: str) -> CallLogRead:
        """A call log as it stands in the CRM."""

        async def work() -> CallLogRead:
            validation.text(log_id, "log id")
            await self._signed_in()
            record = await self.connector.get_call_log(log_id)
            parsed = body.parse(record.body, self.log_format)
            info = CallLogInfo(
                subject=record.subject
                or parsed.values.get("subject", ""),  # not every CRM has a field for it
                note=parsed.note,
                contact_name=record.contact_name,
                full_body=record.body,
                full_log_response=record.raw,
                dispositions=record.dispositions,
            )
            return CallLogRead(call_log_info=info, return_message=user_messages.call_log_read())

        return await self._run(CallLogRead, work)

    async def set_disposition(self, log_id: str, dispositions: Mapping[str, JsonValue]) -> Logged:
        """Set or clear (``""``) what a log belongs to; ``log_id`` is None when there was nothing to set."""

        async def work() -> Logged:
            validation.text(log_id, "log id")
            chosen = self._known_fields(validation.fields(dispositions, "dispositions"))
            await self._signed_in()
            changed = await self.connector.upsert_call_disposition(log_id, chosen)
            message = user_messages.disposition_set(changed is not None)
            return Logged(log_id=changed, return_message=message)

        return await self._run(Logged, work)

    def logged_call(self, session_id: str) -> str | None:
        """The CRM's id of the log of a RingCentral session, if this user has logged it here."""
        if self.user is None:
            return None
        link = self.environment.store.link(self._reference(self.user, LogKind.CALL, session_id))
        return link.log_id if link else None

    def compose_call_body(
        self, call: Call, contact: Contact, *, format: LogFormat | None = None, **extras: Unpack[CallExtras]
    ) -> str:
        """The body that :meth:`log_call` writes, or what it were in another format; nothing is sent."""
        facts = _facts(validation.model(Call, call, "call"), extras, contact_name=contact.name)
        format = format or self.log_format
        text = body.compose(facts, format=format, settings=self.settings, timezone=self.zone)
        return self._fitting(text) if format is self.log_format else text

    # -- the steps --

    async def _draft(
        self, call: Call, contact: Contact, submission: JsonObject, account_id: str, extras: CallExtras
    ) -> LogDraft:
        reference = _session(call)
        _facts(call, extras)
        await self._signed_in()
        return LogDraft(
            kind=LogKind.CALL,
            subject=call.subject(contact.name),
            body=self.compose_call_body(call, contact, **extras),
            start=call.start_time or self.now(),
            duration=call.duration or 0,
            direction=call.direction,
            result=call.result,
            owner_id=self._assigned(submission, account_id),
            note=extras.get("note"),
            reference=reference,
            additional_submission=submission,
        )

    async def _write_call(self, call: Call, contact: Contact, draft: LogDraft) -> Written:
        reference = self._reference(await self._signed_in(), LogKind.CALL, _session(call))
        return await self._write_once(reference, contact, draft, self.connector.create_call_log)

    def _forget_call(self, call: Call) -> None:
        if self.user is not None:
            reference = self._reference(self.user, LogKind.CALL, _session(call))
            self.environment.store.forget_link(reference)

    async def _update(
        self,
        log_id: str,
        call: Call | None,
        facts: CallFacts,
        submission: JsonObject,
        account_id: str,
        *,
        automatic: bool,
        may_be_gone: bool = False,
    ) -> str | None:
        """Read, change what was said, write; gives the note as it now stands, None for a log that is gone."""
        async with self._alone(log_id):
            try:
                old = await self.connector.get_call_log(log_id)
            except NotFound:
                if may_be_gone:
                    return None
                raise
            new = body.update(
                old.body,
                facts,
                format=self.log_format,
                settings=self.settings,
                timezone=self.zone,
                automatic=automatic,
            )
            new = self._fitting(new)
            change = self._change(call, new if new != old.body else None, submission, account_id)
            await self.connector.update_call_log(log_id, change)
        return body.parse(new, self.log_format).note

    def _known_fields(self, dispositions: JsonObject) -> JsonObject:
        """The dispositions, whose names this CRM's form must have."""
        known = self.connector.disposition_fields
        for name in dispositions:
            if name not in known:
                there_are = ", ".join(known)
                raise InputError(f"{self.title} logs have no field {name!r} to set; there are: {there_are}.")
        return dispositions

    def _fitting(self, text: str) -> str:
        """The body, with its long texts shortened where the CRM holds no more."""
        longest = self.connector.max_body
        short = text if longest is None else shortened(text, self.log_format, longest)
        if short != text:
            warn(f"{self.title} holds {longest} characters at most, so the text of this log is shortened.")
        return short

    def _change(
        self, call: Call | None, new_body: str | None, submission: JsonObject, account_id: str
    ) -> LogDraft:
        """The draft of an update: only what was said."""
        said = call or Call()
        return LogDraft(
            kind=LogKind.CALL,
            subject=said.custom_subject or None,
            body=new_body,
            start=said.start_time,
            duration=said.duration,
            direction=said.direction if call else None,
            result=said.result,
            owner_id=self._assigned(submission, account_id),
            additional_submission=submission,
        )


def _logged(written: Written, extras: CallExtras) -> Logged:
    made_with = Tracking(
        with_smart_note_log=bool(extras.get("ai_note")), with_transcript=bool(extras.get("transcript"))
    )
    message = user_messages.call_logged(updated=not written.new)
    return Logged(log_id=written.log_id, return_message=message, extra_data_tracking=made_with)


def _facts(call: Call | None, extras: CallExtras, *, contact_name: str | None = None) -> CallFacts:
    try:
        return CallFacts.from_call(call, contact_name=contact_name, **extras) if call else CallFacts(**extras)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))} cannot be logged: {first['msg']}.") from None


def _session(call: Call) -> str:
    session = call.session_id or call.telephony_session_id or call.id
    if not session:
        raise InputError("The call has no session id, and without one it could be logged twice.")
    return session
