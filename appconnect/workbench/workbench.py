"""The workbench: one connector at work, as a notebook, a panel or the command line sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pydantic import JsonValue

from appconnect import display, lazily, operation_warnings
from appconnect.errors import ConfigurationError
from appconnect.settings import Mode
from appconnect.workbench import validation
from appconnect.workbench.ask_before_writing import ask_before_writing
from appconnect.workbench.context import Context
from appconnect.workbench.debugging import Debugging
from appconnect.workbench.traced import traced

if TYPE_CHECKING:
    from markupsafe import Markup

    from appconnect.auth.loopback import Consent
    from appconnect.batch import BatchWork
    from appconnect.connectors.platform import Platform
    from appconnect.log_owner import Owner
    from appconnect.logs.messages.layouts import Composed
    from appconnect.logs.messages.shared_sms import SharedConversation
    from appconnect.models import (
        AdminConfiguration,
        Call,
        CallLogRead,
        Contact,
        ContactCreated,
        ContactMatches,
        JsonObject,
        LogFormat,
        Logged,
        LogUpdated,
        Message,
        SignedIn,
        SignedOut,
        UserList,
        UserSettings,
    )
    from appconnect.outbox import FollowUp
    from appconnect.workbench import call_texts, messages, owners
    from appconnect.workbench.call_texts import AceScore
    from appconnect.workbench.consent_page import ConsentPage, ConsentRequest
    from appconnect.workbench.environment import Environment
    from appconnect.workbench.scenarios.saving import SavedScenario
    from appconnect.workbench.sign_in_form import SignInForm
else:
    call_texts = lazily.module("appconnect.workbench.call_texts")
    messages = lazily.module("appconnect.workbench.messages")
    owners = lazily.module("appconnect.workbench.owners")


class Workbench(Debugging):
    """A connector at work: sign in, match contacts, log calls and messages, see the traffic.

    Operations return results: ``result.message`` is the sentence for the person, ``result.error`` the
    exception behind a failure, ``result.raise_for_error()`` raises it.
    """

    def __init__(
        self,
        platform: Platform,
        environment: Environment,
        *,
        settings: UserSettings,
        options: Mapping[str, str],
    ) -> None:
        super().__init__(Context(platform, environment, settings=settings, options=options))

    # -- signing in --

    @traced
    async def sign_in(
        self,
        typed: Mapping[str, str] | None = None,
        *,
        again: bool = False,
        pasted: str = "",
        consent: Consent | None = None,
    ) -> SignedIn:
        """Sign in, ask who that is (``getUserInfo``), and remember it.

        ``typed`` are values of :attr:`sign_in_fields` and :attr:`app_fields`; what is missing comes from the
        settings. Where a person would have to approve or type something, a sign-in that is kept and still
        good is used instead, unless ``again``. Live, the consent page opens in the browser and its address
        is printed; nobody is waited for longer than five minutes. ``pasted`` is the address that a browser
        elsewhere ended at, for the sign-in that was begun last. ``consent`` takes the authorize address to a
        person in another way. In the sandbox consent is automatic.
        """
        return await self._sign_in.sign_in(typed, consent, again=again, pasted=pasted)

    @traced
    async def check_sign_in(self) -> SignedIn:
        """Ask the CRM (``getUserInfo``) whether the sign-in at hand, or the kept one, is still good."""
        return await self._sign_in.check()

    def needs_person(self, typed: Mapping[str, str] | None = None) -> bool:
        """Return whether :meth:`sign_in` would wait for a person, or miss what is neither typed nor set.

        Only live: elsewhere everything that a sign-in needs is there. InputError for what cannot be right.
        """
        return self._sign_in.needs_person(typed)

    @traced
    async def begin_sign_in(self, typed: Mapping[str, str] | None = None) -> ConsentRequest:
        """Return the authorize address with a fresh state: the first half, for whoever shows the page."""
        return await self._sign_in.begin(typed)

    def consent_page(self, request: ConsentRequest) -> AbstractAsyncContextManager[ConsentPage]:
        """Open the consent page for a person while the block runs, and hear what it answers.

        One at a time: the wait of a page that was open before ends.
        """
        from appconnect.workbench.consent_page import consent_page

        return consent_page(self.environment, self.platform, request)

    async def ask_consent(self, request: ConsentRequest) -> str:
        """Return the address that the consent page sent the browser to; the sandbox approves at once.

        Live, a person is asked as :meth:`sign_in` asks; SignInStopped when nobody answers.
        """
        return await self._sign_in.consent(request)

    @traced
    async def finish_sign_in(self, request: ConsentRequest, redirected: str) -> SignedIn:
        """Exchange the address that the browser was sent back to for tokens and a user: the second half."""
        return await self._sign_in.finish(request, redirected)

    @traced
    async def sign_out(self) -> SignedOut:
        """Revoke at the CRM what it can revoke (``unAuthorize``), and forget the credentials here anyway."""
        return await self._sign_in.sign_out()

    def connection_info(self) -> Mapping[str, JsonValue]:
        """Return what may be shown of the credentials: scopes, when they end, where the API is."""
        return self._sign_in.connection_info()

    def stored_credential_names(self) -> tuple[str, ...]:
        """Return the names of the credentials that are stored, encrypted, for this sign-in; never a value."""
        return self.context.connections.stored_credential_names()

    @property
    def sign_in_form(self) -> SignInForm:
        """What a sign-in needs: which fields, what is set for them, and what would be missing."""
        return self._sign_in.form

    def on_user_change(self, changed: Callable[[], None]) -> None:
        """Call a method whenever somebody signs in or out here, as long as its object lives."""
        self.context.on_user_change(changed)

    # -- contacts --

    @traced
    async def find_contact(
        self, phone_number: str, *, is_extension: bool = False, overriding_format: str | Sequence[str] = ""
    ) -> ContactMatches:
        """Find contacts that carry the number (``findContact``), and below them the entry for a new one.

        ``overriding_format`` are ways to write a number, such as ``(***) ***-****``: a list, or as text with
        commas or in JSON. An extension and an unusable number give a clear message, and nothing is sent.
        """
        return await self._contacts.find(
            phone_number, is_extension=is_extension, overriding_format=overriding_format
        )

    @traced
    async def find_contact_with_name(self, name: str) -> ContactMatches:
        """Find contacts whose name matches (``findContactWithName``)."""
        return await self._contacts.find_by_name(name)

    @traced
    async def create_contact(
        self,
        phone_number: str,
        new_contact_name: str,
        new_contact_type: str = "",
        additional_submission: Mapping[str, JsonValue] | None = None,
        *,
        even_if_known: bool = False,
    ) -> ContactCreated:
        """Create a contact (``createContact``) with this name and number, of one of :attr:`contact_types`.

        The CRM is searched first. If somebody carries the number already, nothing is created, and the
        result's ``known_contacts`` says who; ``even_if_known`` creates the contact all the same. The same
        contact is created once, whatever answer is lost and whoever else creates it now.
        """
        return await self._contacts.create(
            phone_number,
            new_contact_name,
            new_contact_type,
            additional_submission,
            even_if_known=even_if_known,
        )

    @traced
    async def list_users(self) -> UserList:
        """List the CRM's active users (``getUserList``), for an admin to map extensions to."""
        return await self._contacts.list_users()

    # -- call logs --

    @traced
    async def log_call(
        self, call: Call, contact: Contact, *,
        note: str | None = None, ai_note: str | None = None, transcript: str | None = None,
        recording_link: str | None = None, voicemail_link: str | None = None,
        ace_transcript: str | None = None, ace_summary: str | None = None, ace_score: AceScore | None = None,
        ace_bulleted_summary: str | None = None, ace_link: str | None = None,
        additional_submission: Mapping[str, JsonValue] | None = None, hashed_account_id: str = "",
        automatic: bool = False, move: bool = False,
    ) -> Logged:  # fmt: skip
        """Log a call against a contact (``createCallLog``); the same call logged again updates its log.

        Logged at another contact it stays there, and the result says so; ``move`` moves the log here.

        ``note`` is the agent's, ``ai_note`` and ``transcript`` are RingCentral's, the ``ace_…`` RingSense's.
        None: not told, so that an update leaves that part alone; "" empties it.
        ``additional_submission`` is what was chosen in the log form (:attr:`log_form_fields`) and who is to
        own the log, ``hashed_account_id`` the account whose admin configuration holds (:meth:`save_admin`).
        ``automatic`` is server-side logging, which never replaces a note that an agent wrote.
        """
        texts = call_texts.CallTexts(
            note, ai_note, transcript, recording_link, voicemail_link,
            ace_transcript, ace_summary, ace_score, ace_bulleted_summary, ace_link,
        )  # fmt: skip
        return await self._calls.log(
            call, contact, texts, additional_submission, hashed_account_id, automatic=automatic, move=move
        )

    @traced
    async def update_call_log(
        self, log_id: str, call: Call | None = None, *,
        note: str | None = None, ai_note: str | None = None, transcript: str | None = None,
        recording_link: str | None = None, voicemail_link: str | None = None,
        ace_transcript: str | None = None, ace_summary: str | None = None, ace_score: AceScore | None = None,
        ace_bulleted_summary: str | None = None, ace_link: str | None = None,
        additional_submission: Mapping[str, JsonValue] | None = None, hashed_account_id: str = "",
        automatic: bool = False,
    ) -> LogUpdated:  # fmt: skip
        """Change what is told in a log and leave the rest (``updateCallLog``).

        No start means the start stays. The arguments are those of :meth:`log_call`. The old body is read
        first; a body that could not be read is never overwritten.
        """
        texts = call_texts.CallTexts(
            note, ai_note, transcript, recording_link, voicemail_link,
            ace_transcript, ace_summary, ace_score, ace_bulleted_summary, ace_link,
        )  # fmt: skip
        return await self._calls.update(
            log_id, call, texts, additional_submission, hashed_account_id, automatic=automatic
        )

    @traced
    async def get_call_log(self, log_id: str) -> CallLogRead:
        """Read a call log as it stands in the CRM (``getCallLog``)."""
        return await self._calls.read(log_id)

    @traced
    async def set_disposition(self, log_id: str, dispositions: Mapping[str, JsonValue]) -> Logged:
        """Set or clear (``""``) what a log belongs to (``upsertCallDisposition``).

        The result's ``log_id`` is None when there was nothing to set.
        """
        return await self._calls.set_disposition(log_id, dispositions)

    @traced
    async def run_outbox(self) -> list[FollowUp]:
        """Do the follow-up writes that are still waiting; return what is waiting still."""
        await self.context.signed_in_user()
        return await self.connector.catch_up()

    def logged_call(self, session_id: str, also: Sequence[str] = ()) -> str | None:
        """Return the id of the log of a call, if this user has logged it here; ``also`` are its other ids."""
        return self._calls.logged(session_id, *(also if isinstance(also, list | tuple) else ()))

    def compose_call_body(
        self, call: Call, contact: Contact, *, format: LogFormat | str | None = None,
        note: str | None = None, ai_note: str | None = None, transcript: str | None = None,
        recording_link: str | None = None, voicemail_link: str | None = None,
        ace_transcript: str | None = None, ace_summary: str | None = None, ace_score: AceScore | None = None,
        ace_bulleted_summary: str | None = None, ace_link: str | None = None,
    ) -> str:  # fmt: skip
        """Return the body that :meth:`log_call` writes, or what it would be in another format.

        ``format`` is ``text/html``, ``text/markdown`` or ``text/plain``. Nothing is sent.
        """
        texts = call_texts.CallTexts(
            note, ai_note, transcript, recording_link, voicemail_link,
            ace_transcript, ace_summary, ace_score, ace_bulleted_summary, ace_link,
        )  # fmt: skip
        return self._calls.compose(call, contact, texts, format)

    def compose_call_update(
        self, body: str, call: Call | None = None, *,
        note: str | None = None, ai_note: str | None = None, transcript: str | None = None,
        recording_link: str | None = None, voicemail_link: str | None = None,
        ace_transcript: str | None = None, ace_summary: str | None = None, ace_score: AceScore | None = None,
        ace_bulleted_summary: str | None = None, ace_link: str | None = None,
    ) -> str:  # fmt: skip
        """Return the body that :meth:`update_call_log` would make of ``body``, the log's. Nothing is sent."""
        texts = call_texts.CallTexts(
            note, ai_note, transcript, recording_link, voicemail_link,
            ace_transcript, ace_summary, ace_score, ace_bulleted_summary, ace_link,
        )  # fmt: skip
        return self._calls.compose_update(body, call, texts)

    # -- message logs --

    @traced
    async def log_message(
        self, message: Message, contact: Contact, *,
        recording_link: str = "", fax_link: str = "", correspondents: Sequence[str] = (),
        additional_submission: Mapping[str, JsonValue] | None = None, hashed_account_id: str = "",
        automatic: bool = False,
    ) -> Logged:  # fmt: skip
        """Log a message against a contact (``createMessageLog``): a text, a voicemail or a fax.

        Its type and attachments tell which it is. A later text of the same conversation and day is added to
        the log of the first (``updateMessageLog``). The same message logged again changes nothing but a link
        that was still pending. ``recording_link``, ``fax_link`` and ``correspondents`` (names of further
        participants) win over what the message itself tells. ``automatic`` is server-side logging, which does
        not log a text again whose log a person has deleted.
        """
        attached = messages.Attached(recording_link, fax_link, correspondents)
        return await self._messages.log(
            message, contact, attached, additional_submission, hashed_account_id, automatic=automatic
        )

    @traced
    async def log_shared_sms(
        self, conversation: SharedConversation | JsonObject, contact: Contact, *,
        conversation_id: str | int = "",
        additional_submission: Mapping[str, JsonValue] | None = None, hashed_account_id: str = "",
    ) -> Logged:  # fmt: skip
        """Log a conversation that several people share, whole (``createMessageLog``, ``updateMessageLog``).

        Later versions replace earlier ones. What a person has written around it in the CRM stays.
        ``conversation_id`` may be left out where the conversation itself tells its id.
        """
        return await self._messages.log_shared_sms(
            conversation, contact, additional_submission, hashed_account_id, conversation_id=conversation_id
        )

    def compose_message(
        self, message: Message, contact: Contact, *,
        recording_link: str = "", fax_link: str = "", correspondents: Sequence[str] = (),
    ) -> Composed:  # fmt: skip
        """Return subject and body that :meth:`log_message` writes for a first message; nothing is sent."""
        attached = messages.Attached(recording_link, fax_link, correspondents)
        return self._messages.compose(message, contact, attached)

    def compose_shared_sms(self, conversation: SharedConversation | JsonObject, contact: Contact) -> Composed:
        """Return subject and body that :meth:`log_shared_sms` writes; nothing is sent."""
        return self._messages.compose_shared_sms(conversation, contact)

    # -- whole tables --

    @property
    def batch(self) -> BatchWork:
        """Match and log whole tables: ``await workbench.batch.match(table)``, ``.log(table)``."""
        from appconnect.batch import BatchWork

        environment = self.environment
        return BatchWork(self, environment.store, environment.vault, self.context.signed_in_user)

    # -- kept as a test --

    async def save_scenario(
        self, name: str, *,
        folder: Path | str | None = None, notebook: Path | str | None = None,
        last: int = 0, overwrite: bool = False,
    ) -> SavedScenario:  # fmt: skip
        """Keep what was done with this workbench: a recording, a pytest case, a notebook's cell.

        All is done again at once with the recorded answers, and the case is run. It goes into ``folder``
        (``tests/scenarios`` of the project); ``notebook`` is a file to whose end the cell is put, too.
        ``last`` keeps only so many of the newest operations, after the sign-in. Nothing is overwritten
        without ``overwrite``. Live, people are replaced by pseudonyms, and the recording waits in your data
        folder for ``appconnect review``, which makes the case.

        Raises RecordingError when it cannot be repeated, or is not remembered whole, with the reason;
        ConfigurationError for files that cannot be written.
        """
        from appconnect.workbench.scenarios.saving import save_scenario

        return await save_scenario(
            self, validation.text(name, "name"),
            folder=folder and validation.path(folder, "folder"),
            notebook=notebook and validation.path(notebook, "notebook"),
            last=validation.instance(int, last, "number of operations", "a whole number"),
            overwrite=validation.instance(bool, overwrite, "answer whether to overwrite", "True or False"),
        )  # fmt: skip

    # -- whose log --

    def owner(self, submission: Mapping[str, JsonValue], hashed_account_id: str = "") -> Owner:
        """Return who owns a log with this submission, and which of the three ways decided."""
        return self._owners.owner(owners.Submission.of(submission, hashed_account_id))

    def save_admin(self, configuration: AdminConfiguration) -> None:
        """Remember an account's admin configuration in place of the one before."""
        self._owners.save_admin(configuration)

    def assignment_token(self, user_id: str) -> str:
        """Return a token that names a user, ``"<crm id>-<platform>"``, as the owner of logs for two weeks."""
        return self._owners.token(user_id)

    # -- beside the contract --

    def ask_before_writing(self, what: str) -> None:
        """Ask the person, when live, before ``what`` is written, such as "one call log"; else do nothing.

        Raises WriteDeclined unless the answer is yes; a notebook stops there with its sentence.
        """
        if self.mode is Mode.LIVE:
            ask_before_writing(self.title, what)

    async def sleep(self, seconds: float) -> None:
        """Let time pass; in the sandbox and in replay nobody waits for it."""
        await self.environment.clock.sleep(seconds)

    def finish(self) -> None:
        """Save the recording; a replay raises RecordingError naming what was never asked for.

        A live recording waits outside the project until a person has looked through it; how to is printed.
        The workbench goes on working, and so do its panels.
        """
        if self.environment.recording is not None:
            self.environment.recording.save()
        self.environment.finish()

    async def close(self) -> None:
        """Close connections, and save the recording; a replay raises RecordingError as in :meth:`finish`."""
        await self._release()
        self.environment.finish()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._release()
        if error is None:  # else what a replay was not asked for is only that error's consequence
            self.environment.finish()

    async def _release(self) -> None:
        self.disarm_writes()
        await self.crm.aclose()
        self.environment.lazy_store.close()

    # -- how it shows itself --

    def __repr__(self) -> str:
        return f"<Workbench for {self.title}, {self.who_in_words()}>"

    def _repr_html_(self) -> Markup:
        user, limits = self.user, self.limits
        kept = "nobody" if self.kept_sign_in is None else str(self.kept_sign_in)
        facts: dict[str, object] = {"signed in as": f"{user.name} ({user.id})" if user else kept}
        if user:
            facts["time zone"] = self._zone_in_words()
        facts["requests"] = len(self.trace)
        if limits.remaining is not None:
            facts["requests left"] = limits.remaining
        return display.facts(facts, caption=f"Workbench for {self.title}")

    def _zone_in_words(self) -> str:
        try:
            with operation_warnings.collect() as warnings:
                zone = self.timezone or "not known"
        except ConfigurationError as error:
            return error.message
        return " ".join(warnings) or zone
