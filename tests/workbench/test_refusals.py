"""What cannot be done is refused before anything is sent, in a sentence that says what was wrong: to the letter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from acme import Acme, AcmeSettings, acme
from answers import NIA, call, sms
from platforms import OAUTH
from workbench_steps import nia, sandbox_of, sent, signed_in

from appconnect import connect
from appconnect.connectors import registry
from appconnect.errors import AppConnectError, ConfigurationError, InputError, NotSignedIn, StoreError
from appconnect.http.held_writes import HeldWrite
from appconnect.models import AuthType, Contact, OAuthInfo
from appconnect.settings import Mode
from appconnect.store import Connection, Store
from appconnect.workbench import Workbench
from appconnect.workbench.ask_before_writing import ask_before_writing
from appconnect.workbench.consent_page import consent_page
from appconnect.workbench.har_import import import_har
from appconnect.workbench.live_writes import LiveWrites
from appconnect.workbench.log_drafts import StoppedClock
from appconnect.workbench.origin import known_origin
from appconnect.workbench.sandboxes import make_sandbox
from appconnect.workbench.value_origins import values_of

TITLE = registry.platform(OAUTH).title
Try = Callable[[Workbench, Contact], object]

NOT_TEXT = "must be text, but it is of type int."
REFUSED: dict[str, Try] = {
    "An address of the CRM begins with https://, so nothing was sent to this one.": (
        lambda bench, _: bench.request("GET", "http://crm.example/people")
    ),
    "The correspondents must be a list of names.": (
        lambda bench, who: bench.log_message(sms("m1", "Hello"), who, correspondents="Nia")
    ),
    f"The name of a correspondent {NOT_TEXT}": (
        lambda bench, who: bench.log_message(sms("m1", "Hello"), who, correspondents=[7])  # type: ignore[list-item]
    ),
    f"The link {NOT_TEXT}": (
        lambda bench, who: bench.log_message(sms("m1", "Hello"), who, fax_link=7)  # type: ignore[arg-type]
    ),
    "The message has no id, and without one it could be logged twice.": (
        lambda bench, who: bench.log_message(sms("", "Hello"), who)
    ),
    "The conversation has no id, and without one it would replace another's log.": (
        lambda bench, who: bench.log_shared_sms({"entities": [{"id": 1}]}, who)
    ),
    "The conversation id must be text, but it is of type list.": (
        lambda bench, who: bench.log_shared_sms({"entities": [{"id": 1}]}, who, conversation_id=["x"])  # type: ignore[arg-type]
    ),
    "The conversation id must be text, but it is of type bool.": (
        lambda bench, who: bench.log_shared_sms({"entities": [{"id": 1}]}, who, conversation_id=True)
    ),
    "The shared conversation is empty: it has no messages, notes or other entities to log.": (
        lambda bench, who: bench.log_shared_sms({"entities": []}, who, conversation_id="c-1")
    ),
    f"The hashed account id {NOT_TEXT}": (
        lambda bench, who: bench.log_call(call(), who, hashed_account_id=7)  # type: ignore[arg-type]
    ),
    "The additional submission must be values by name, as JSON has them.": (
        lambda bench, who: bench.log_call(call(), who, additional_submission=[7])  # type: ignore[arg-type]
    ),
    f"The user id {NOT_TEXT}": lambda bench, _: bench.assignment_token(7),  # type: ignore[arg-type]
    "The consent must be a function that takes the authorize address to a person.": (
        lambda bench, _: bench.sign_in(consent=7)  # type: ignore[arg-type]
    ),
    f"The pasted address {NOT_TEXT}": lambda bench, _: bench.sign_in(pasted=7),  # type: ignore[arg-type]
    "The sign-in form must be values by name, as JSON has them.": (
        lambda bench, _: bench.sign_in(["Rae"])  # type: ignore[arg-type]
    ),
    f"The clientId of the sign-in form {NOT_TEXT}": (
        lambda bench, _: bench.sign_in({"clientId": 7})  # type: ignore[dict-item]
    ),
    "The request must be what begin_sign_in() gave, but it is of type str.": (
        lambda bench, _: bench.finish_sign_in("https://", "https://")  # type: ignore[arg-type]
    ),
    f"The contact's name {NOT_TEXT}": (
        lambda bench, who: bench.log_call(call(), Contact.model_construct(**{**vars(who), "name": 7}))
    ),
    f"The contact's id {NOT_TEXT}": (
        lambda bench, who: bench.log_call(call(), Contact.model_construct(**{**vars(who), "id": 7}))
    ),
    "Choose a contact to log against, or create one first.": (
        lambda bench, _: bench.log_call(call(), Contact(id="", name="Nia"))
    ),
    "The call has no session id, and without one it could be logged twice.": (
        lambda bench, who: bench.log_call(call(""), who)
    ),
    "The number of operations must be a whole number, but it is of type str.": (
        lambda bench, _: bench.save_scenario("mine", last="all")  # type: ignore[arg-type]
    ),
    "The answer whether to overwrite must be True or False, but it is of type str.": (
        lambda bench, _: bench.save_scenario("mine", overwrite="yes")  # type: ignore[arg-type]
    ),
    f"The name {NOT_TEXT}": lambda bench, _: bench.save_scenario(7),  # type: ignore[arg-type]
    "The folder is longer than the path of a file can be.": (
        lambda bench, _: bench.save_scenario("mine", folder="f" * 4097)
    ),
    "The notebook is longer than the path of a file can be.": (
        lambda bench, _: bench.save_scenario("mine", notebook="f" * 4097)
    ),
    f"The name or id of whom you expected {NOT_TEXT}": (
        lambda bench, _: bench.explain_match(NIA, expected=7)  # type: ignore[arg-type]
    ),
    "What can be explained is a Call or a Message.": (
        lambda bench, who: bench.explain_log("call", who)  # type: ignore[arg-type]
    ),
    "What can be explained is an exchange, its number, an error or a failed result.": (
        lambda bench, _: bench.explain(True)
    ),
    "There is no exchange 999 in the trace (any more).": lambda bench, _: bench.explain(999),
    "Only a replay has a recording to show; connect with mode='replay'.": (
        lambda bench, _: bench.show_recording()
    ),
    "The overriding format must be text, but it is of type int.": (
        lambda bench, _: bench.find_contact(NIA, overriding_format=[7])  # type: ignore[list-item]
    ),
    f"The contact type {NOT_TEXT}": (
        lambda bench, _: bench.create_contact("+14155550123", "Dora", 7)  # type: ignore[arg-type]
    ),
    "The name is empty; type at least one letter.": lambda bench, _: bench.create_contact(
        "+14155550123", " "
    ),
    "The parameters must be values by name, as JSON has them.": (
        lambda bench, _: bench.request("GET", "/people", params=[7])  # type: ignore[arg-type]
    ),
    "The parameter ids must be a text or a number.": (
        lambda bench, _: bench.request("GET", "/people", params={"ids": [1]})  # type: ignore[dict-item]
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
async def test_what_cannot_be_used_is_said_and_nothing_is_sent(sentence: str) -> None:
    workbench = await signed_in(OAUTH)
    contact = await nia(workbench)
    before = sent(workbench)
    try:
        tried = REFUSED[sentence](workbench, contact)
        result: Any = await tried if isinstance(tried, Awaitable) else tried
        error = result.error
    except AppConnectError as raised:
        error = raised
    assert error is not None
    assert (sentence, before) == (error.message, sent(workbench))
    await workbench.close()


def message(caught: pytest.ExceptionInfo[AppConnectError]) -> str:
    return caught.value.message


async def test_who_is_not_signed_in_is_told_so() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    with pytest.raises(NotSignedIn) as caught:
        workbench.connection_info()
    assert f"Nobody is signed in to {TITLE}; sign in first." == message(caught)
    with pytest.raises(InputError) as refused:
        workbench.owner({})
    assert "Sign in first: without a user there is no owner to fall back to." == message(refused)
    with pytest.raises(NotSignedIn) as asked:
        await workbench.context.signed_in_user()
    assert f"Nobody is signed in to {TITLE} yet; sign in first." == message(asked)


async def test_a_crm_without_a_consent_page_has_none_to_begin_with(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Acme has no consent page; sign in with its key or password."
    with pytest.raises(InputError) as caught:
        await connect(acme(), mode="sandbox").begin_sign_in()
    assert told == message(caught)

    class Pretends(Acme):
        def get_auth_type(self) -> AuthType:
            return AuthType.OAUTH

        async def get_oauth_info(self) -> OAuthInfo:
            return OAuthInfo.model_construct(redirect_uri="https://callback.example")

    pretends = connect(replace(acme(), connector=Pretends), mode="sandbox")
    monkeypatch.setattr(AcmeSettings, "require", lambda *_: None)
    with pytest.raises(InputError) as caught:
        await pretends.begin_sign_in()
    assert told == message(caught)


async def test_a_page_wants_an_address() -> None:
    workbench = connect(OAUTH, mode="sandbox")
    request = await workbench.begin_sign_in()
    async with workbench.consent_page(request) as page:
        with pytest.raises(InputError) as caught:
            page.paste(" \n")
        assert "Paste the address that the browser ended at, the whole line." == message(caught)
    finished = await workbench.finish_sign_in(request, 7)  # type: ignore[arg-type]
    assert f"The address that the browser came back to {NOT_TEXT}" == finished.message
    replay: Any = SimpleNamespace(mode=Mode.REPLAY)
    with pytest.raises(InputError) as caught:
        async with consent_page(replay, OAUTH, request):
            pass
    assert "A recording has no consent page; sign in without one." == message(caught)


def test_a_platform_is_not_read_anew() -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect(acme(), reload=True)
    assert "A Platform object cannot be read anew; give the connector's name." == message(caught)


def test_a_platform_without_a_sandbox_is_not_played() -> None:
    told = "Acme has no sandbox; choose mode live, or replay with a recording."
    for play in (make_sandbox, connect):  # `connect` says so at once, not when something is asked
        with pytest.raises(ConfigurationError) as caught:
            play(replace(acme(), sandbox=None))
        assert told == message(caught)


def test_a_crm_that_is_not_installed_is_known_by_its_name() -> None:
    origin = known_origin("gone")
    assert ("gone", "gone", "", ()) == (origin.crm, origin.title, origin.where, origin.schemes)
    known = known_origin(OAUTH)
    assert (OAUTH, TITLE, True) == (known.crm, known.title, bool(known.settings))


def test_a_recording_is_not_replaced_unasked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    there = tmp_path / OAUTH / "mine.json"
    there.parent.mkdir()
    there.write_text("{}")
    with pytest.raises(AppConnectError) as caught:
        import_har(tmp_path / "traffic.har", OAUTH, scenario="mine")
    assert (
        f"There is a recording {OAUTH}/mine already ({there}); choose another name, "
        "or say that it is to be replaced."
    ) == message(caught)


# -- what another version has kept --


async def test_a_sign_in_that_another_version_has_kept_is_not_taken_up() -> None:
    workbench = await signed_in(OAUTH)
    store, user = workbench.environment.store, workbench.user
    assert user is not None
    kept = store.connection(OAUTH)
    assert kept is not None
    nothing = workbench.environment.vault.seal({})
    store.save_connection(Connection(OAUTH, kept.user_id, nothing, kept.public))
    again = Workbench(workbench.context.definition, workbench.environment, settings={}, options={})
    told = f"The stored sign-in to {TITLE} was written by another version. Sign in again."
    with pytest.raises(NotSignedIn) as caught:
        await again.context.signed_in_user()
    assert told == message(caught)
    store.save_connection(Connection(OAUTH, kept.user_id, kept.sealed, {}))
    shown = again.kept_sign_in
    assert shown is not None
    assert (kept.user_id, "The stored sign-in was written by another version. Sign in again.") == (
        shown.user.name, shown.problem,
    )  # fmt: skip
    assert again.context.connections.user(kept.user_id) is None


async def test_an_error_without_an_answer_is_explained_by_itself() -> None:
    explained = connect(OAUTH, mode="sandbox").explain(InputError("The name is empty."))
    assert ("No answer of the CRM stands behind this.", "The name is empty.") == (
        explained.about, explained.meaning,
    )  # fmt: skip


async def test_a_session_that_has_ended_is_told_beside_the_name() -> None:
    workbench = await signed_in(OAUTH)
    assert "signed in as Rae Quill" == workbench.who_in_words()
    workbench.context.has_ended = True
    assert "signed in as Rae Quill, but the session has ended" == workbench.who_in_words()
    assert f"<Workbench for {TITLE}, signed in as Rae Quill, but the session has ended>" == repr(workbench)


def test_an_account_has_no_other_attributes() -> None:
    account = connect(OAUTH, mode="sandbox").context.account
    with pytest.raises(AttributeError, match=r"^nothing$"):
        _ = account.nothing  # type: ignore[attr-defined]
    assert sandbox_of(connect(OAUTH, mode="sandbox")).credentials["client_id"] == account.client_id


# -- writes into a live account --


class LiveContext:
    """A context in live mode; ``kept`` is who is kept, or why that cannot be told."""

    title = TITLE
    environment = SimpleNamespace(mode=Mode.LIVE)
    connector = SimpleNamespace(rules=SimpleNamespace(is_read=lambda method, path: method == "GET"))

    def __init__(self) -> None:
        self.user: SimpleNamespace | None = None
        self.kept: SimpleNamespace | AppConnectError | None = None
        self.told = 0
        self.connections = self
        self.changed: Callable[[], None] = lambda: None

    def current(self) -> SimpleNamespace | None:
        if isinstance(self.kept, AppConnectError):
            raise self.kept
        return self.kept

    def on_user_change(self, changed: Callable[[], None]) -> None:
        self.changed = changed

    def tell_user_change(self) -> None:
        self.told += 1


def test_writes_are_armed_for_who_is_signed_in_or_kept_and_for_nobody_else() -> None:
    context: Any = LiveContext()
    writes = LiveWrites(context)
    writes.disarm()
    with pytest.raises(NotSignedIn) as caught:
        writes.arm()
    assert f"Nobody is signed in to {TITLE}; sign in first, then allow writes." == message(caught)
    assert (0, False) == (context.told, writes.are_armed)
    with pytest.raises(AppConnectError) as refused:
        writes.check("POST", "/people")
    assert (
        f"POST may write into your {TITLE} account, so nothing was sent. "
        "To allow it in this session, run workbench.arm_writes(), or arm writes in the request panel."
    ) == message(refused)
    writes.check("GET", "/people")
    context.kept = SimpleNamespace(user_id="7")
    writes.arm()
    assert (1, True) == (context.told, writes.are_armed)
    context.user = SimpleNamespace(id="7")
    context.changed()
    assert writes.are_armed
    writes.check("POST", "/people")
    context.user = SimpleNamespace(id="8")
    context.changed()
    assert not writes.are_armed
    writes.arm()
    writes.disarm()
    assert (3, False) == (context.told, writes.are_armed)


def test_writes_are_refused_when_nobody_can_tell_who_is_kept() -> None:
    context: Any = LiveContext()
    context.kept = SimpleNamespace(user_id="7")
    writes = LiveWrites(context)
    writes.arm()
    context.kept = StoreError("The store cannot be read.")
    context.changed()
    assert not writes.are_armed


@pytest.mark.parametrize("answer", ["y", "yes", " YES ", "Y"])
def test_yes_is_asked_for_before_writing(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)
    ask_before_writing(TITLE, "one call log")
    assert [f"This writes into your {TITLE} account: one call log. Type yes to go on: "] == asked


@pytest.mark.parametrize("answer", ["", "no", "yes!", EOFError(), OSError(), NotImplementedError()])
def test_nothing_is_written_without_yes(monkeypatch: pytest.MonkeyPatch, answer: str | Exception) -> None:
    def reply(_: str) -> str:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr("builtins.input", reply)
    with pytest.raises(AppConnectError) as caught:
        ask_before_writing(TITLE, "one call log")
    assert (
        f"Nothing was written into your {TITLE} account, since nobody said yes. "
        "To be asked again, run on from this cell."
    ) == message(caught)


# -- drafts --


async def test_a_stopped_clock_waits_and_stands_still() -> None:
    workbench = await signed_in(OAUTH)
    clock = workbench.environment.clock
    stopped = StoppedClock(began := clock.now(), clock)
    await stopped.sleep(5)
    assert (began, 5.0) == (stopped.now(), (clock.now() - began).total_seconds())


def test_values_of_writes_are_told_by_request_and_field() -> None:
    writes = [
        HeldWrite("PUT", "/logs/1", {"fields": "*"}, {"a": {"b": 1}, "c": [], "d": [True]}),
        HeldWrite("PUT", "/logs/2", {}, None),
    ]
    assert {
        ("1 PUT", "path"): "/logs/1",
        ("1 PUT", "query.fields"): "*",
        ("1 PUT", "a.b"): 1,
        ("1 PUT", "c"): [],
        ("1 PUT", "d.0"): True,
        ("2 PUT", "path"): "/logs/2",
    } == values_of(writes)


# -- who waits for whom --


async def test_who_waits_is_told_for_what(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(OAUTH)
    contact, user = await nia(workbench), workbench.user
    assert user is not None
    held: list[tuple[str, str, float]] = []
    lease = Store.lease

    def noted(self: Store, name: str, seconds: float, clock: Any, *, work: str = "", **how: Any) -> Any:
        held.append((name, work, seconds))
        return lease(self, name, seconds, clock, work=work, **how)

    monkeypatch.setattr(Store, "lease", noted)
    first = await workbench.log_message(sms("m1", "Hello"), contact)
    await workbench.log_message(sms("m2", "Hello again"), contact)
    await workbench.create_contact("+14155550123", "Dora Double")
    async with workbench.context.connections._renewal_context().lease():
        pass
    works = {work: name for name, work, _ in held}
    assert {40.0} == {seconds for _, _, seconds in held}
    assert f"log {OAUTH}/{first.log_id}" == works["writes this log"]
    assert works["writes this conversation"].startswith(f"{OAUTH} {user.id} conversation ")
    assert works["creates a contact with this number"].startswith(f"new contact of {OAUTH}/{user.id} ")
    assert f"renewal of {OAUTH}/{user.id}" == works["renews this sign-in"]
