"""What helps whoever debugs a connector: why a match, a log, an answer; and requests of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from appconnect import lazily, models
from appconnect.errors import RecordingError
from appconnect.settings import Mode
from appconnect.workbench import validation
from appconnect.workbench.facts import Facts
from appconnect.workbench.traced import traced

if TYPE_CHECKING:
    from appconnect.error_book import Explanation
    from appconnect.models import Call, Contact, Message
    from appconnect.workbench import call_texts, explaining, log_explaining, messages, owners, requests
    from appconnect.workbench.call_texts import AceScore
    from appconnect.workbench.explaining import Explainable
    from appconnect.workbench.log_explanation import LogExplanation
    from appconnect.workbench.matching import explaining as match_explaining
    from appconnect.workbench.matching import trying_spellings
    from appconnect.workbench.matching.explanation import MatchExplanation
    from appconnect.workbench.matching.spelling_table import SpellingTable
    from appconnect.workbench.requests import Answer, Parameter
else:
    call_texts = lazily.module("appconnect.workbench.call_texts")
    explaining = lazily.module("appconnect.workbench.explaining")
    log_explaining = lazily.module("appconnect.workbench.log_explaining")
    match_explaining = lazily.module("appconnect.workbench.matching.explaining")
    messages = lazily.module("appconnect.workbench.messages")
    owners = lazily.module("appconnect.workbench.owners")
    requests = lazily.module("appconnect.workbench.requests")
    trying_spellings = lazily.module("appconnect.workbench.matching.trying_spellings")


class Debugging(Facts):
    """The part of a workbench that explains, and sends what a person writes; it writes no log by itself."""

    _messages: messages.MessageLogs

    # -- why --

    @traced
    async def explain_match(
        self, number: str, *, expected: str = "", overriding_format: str | Sequence[str] = ""
    ) -> MatchExplanation:
        """Search for a number and explain why it matched or not; the requests are those of `find_contact`.

        Told are how the number was read, every spelling that was asked and what it found, everybody who came
        back with kept or dropped and why, and what it cost. ``expected`` is the name or id of somebody who
        was expected to match: looked up, and set beside the number. Nothing is written.
        """
        return await match_explaining.explain_match(
            self.context,
            self._contacts,
            number,
            expected=validation.text(expected, "name or id of whom you expected"),
            overriding_format=overriding_format,
        )

    @traced
    async def try_spellings(self, number: str = "", *, contact: str = "") -> SpellingTable:
        """Return which stored spellings this CRM's search finds by which searched ones.

        A ``number`` is stored in ten spellings in a fresh sandbox, whatever answers here. With ``contact``, a
        name or id, each phone of hers is searched for as it stands in the CRM; nothing is written. Raises
        InputError for what is no number, NotSupported for a platform without a sandbox.
        """
        whom = validation.text(contact, "contact").strip()
        if whom:
            return await trying_spellings.try_phones_of(self.context, self._contacts, whom)
        return await trying_spellings.try_spellings(self.context, validation.text(number, "number"))

    def explain(self, what: Explainable) -> Explanation:
        """Return what an answer of the CRM means, what to do about it, and where it is documented.

        ``what`` is an exchange of :attr:`trace`, its number, an error, or a result that failed. Nothing is
        sent. What nobody knows is called unknown.
        """
        return explaining.explain(self.context, what)

    @traced
    async def explain_log(
        self, log: Call | Message, contact: Contact, *, log_id: str | None = None,
        note: str | None = None, ai_note: str | None = None, transcript: str | None = None,
        recording_link: str | None = None, voicemail_link: str | None = None, fax_link: str | None = None,
        ace_transcript: str | None = None, ace_summary: str | None = None, ace_score: AceScore | None = None,
        ace_bulleted_summary: str | None = None, ace_link: str | None = None,
        additional_submission: Mapping[str, JsonValue] | None = None, hashed_account_id: str = "",
    ) -> LogExplanation:  # fmt: skip
        """Return what :meth:`log_call` or :meth:`log_message` would send, and where each value comes from.

        Nothing is written; what the connector reads for a new log is read once. ``log_id`` is the log to be
        updated, "" for a new one; None: the one that the call is logged as, or that the message would be
        added to, if there is one. The other arguments are those of the operation. It raises: NotSignedIn,
        InputError, NotFound and other errors.
        """
        attached = messages.Attached(recording_link or "", fax_link or "")
        told: call_texts.CallTexts | messages.Attached = call_texts.CallTexts(
            note, ai_note, transcript, recording_link, voicemail_link,
            ace_transcript, ace_summary, ace_score, ace_bulleted_summary, ace_link,
        )  # fmt: skip
        if isinstance(log, models.Message):
            told = attached
        submission = owners.Submission.of(additional_submission, hashed_account_id)
        inputs = await log_explaining.inputs_of(self.context, log, contact, told, submission)
        if log_id is None:
            log_id = (
                self._messages.log_of(log, contact, attached)
                if isinstance(log, models.Message)
                else self._calls.logged(*log.ids) or ""
            )
        return await log_explaining.explain_log(self.context, inputs, log_id)

    def show_recording(self) -> int:
        """List in :attr:`trace` what the recording holds; return how many exchanges these are.

        So the traffic of somebody else, imported from a HAR file, can be read in the timeline, explained and
        exported, signed in or not. Raises RecordingError in another mode than replay.
        """
        replay = self.context.environment.replay
        if replay is None:
            raise RecordingError("Only a replay has a recording to show; connect with mode='replay'.")
        for each in replay.cassette.exchanges:
            self.trace.add_recorded(each.request, each.response, replay.cassette.header.recorded_at)
        return len(replay.cassette.exchanges)

    # -- requests of one's own --

    @traced
    async def request(
        self, method: str, path: str, *,
        params: Mapping[str, Parameter] | None = None, json: JsonValue = None,
    ) -> Answer:  # fmt: skip
        """Send a request of your own with the connection's credentials, and return the decoded answer.

        ``path`` is below the connection's base address (:meth:`connection_info`), with or without the API's
        version that the address ends with, or a whole address of one of the CRM's hosts. Unlike operations
        it raises: NotSignedIn, Rejected, NotFound and the other errors of :mod:`appconnect.errors`. Live, a
        request that may write raises WritesNotArmed until :meth:`arm_writes` was called.
        """
        return await requests.request(self.context, self._live_writes, method, path, params=params, json=json)

    def arm_writes(self) -> None:
        """Allow :meth:`request` to write into the live account, until sign-out or :meth:`disarm_writes`.

        The sandbox and a replay need no such word. Raises NotSignedIn when live and nobody is signed in.
        """
        if self.mode is Mode.LIVE:
            self._live_writes.arm()

    def disarm_writes(self) -> None:
        """Refuse writes of :meth:`request` into the live account again."""
        self._live_writes.disarm()
