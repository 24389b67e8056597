"""Halves of characters, NUL and the like: a sentence when typed, � and a warning when others sent them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from answers import NIA, NOBODY, call, sms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms import CRMS
from workbench_steps import nia, options_of, sent, signed_in

from appconnect.errors import ConfigurationError, InputError
from appconnect.models import AdminConfiguration, Call, Contact, Message
from appconnect.sandbox.server import Sandbox
from appconnect.text.characters import REPLACEMENT, printable, unwritable, written
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import make_sandbox

BAD = {"half": "\ud83d", "other half": "\udc00", "NUL": "\x00", "escape": "\x1b", "delete": "\x7f"}


@pytest.fixture(params=BAD.values(), ids=BAD)
def bad(request: pytest.FixtureRequest) -> str:
    """A text with a character that cannot be written."""
    return f"Ann{request.param} Lee"


# -- typed --


async def test_what_is_typed_is_refused_in_a_sentence(workbench: Workbench, told: Any, bad: str) -> None:
    person = await nia(workbench)
    before = sent(workbench)
    submission: Any = {"deals": [{"const": bad}]}
    results = [
        await workbench.find_contact(bad),
        await workbench.find_contact(NIA, overriding_format=[bad]),
        await workbench.find_contact_with_name(bad),
        await workbench.create_contact(bad, "Ann Lee"),
        await workbench.create_contact(NOBODY, bad),
        await workbench.create_contact(NOBODY, "Ann Lee", bad),
        await workbench.create_contact(NOBODY, "Ann Lee", additional_submission=submission),
        await workbench.log_call(call(), person, note=bad),
        await workbench.log_call(call(), person, additional_submission={bad: "1"}),
        await workbench.log_call(call(), person, additional_submission=submission),
        await workbench.log_call(call(), person, hashed_account_id=bad),
        await workbench.log_call(call(), Contact(id="501", name=bad)),
        await workbench.log_call(call(), Contact(id=bad, name="Nia")),
        await workbench.get_call_log(bad),
        await workbench.update_call_log(bad, note="New"),
        await workbench.update_call_log("1", note=bad),
        await workbench.set_disposition(bad, {}),
        await workbench.set_disposition("1", {bad: "1"}),
        await workbench.set_disposition("1", {"deals": bad}),
        await workbench.log_message(sms("1", "Hello"), person, recording_link=bad),
        await workbench.log_message(sms("1", "Hello"), person, fax_link=bad),
        await workbench.log_message(sms("1", "Hello"), person, correspondents=[bad]),
        await workbench.log_shared_sms({"entities": []}, person, conversation_id=bad),
        await workbench.sign_in(dict.fromkeys(("username", "password", "apiKey", "apiUrl"), bad)),
    ]
    for result in results:
        kind, sentence = told(workbench, result)
        assert InputError is kind
        assert sentence.encode()
        assert bad not in sentence
    assert before == sent(workbench)


async def test_what_is_typed_beside_operations(workbench: Workbench, bad: str) -> None:
    for settings_or_options in ({"settings": {"x": {"value": [bad]}}}, {"options": {"timezone": bad}}):
        with pytest.raises(InputError):
            connect(workbench.platform, mode="sandbox", **settings_or_options)
    with pytest.raises(InputError):
        workbench.compose_call_body(call(), Contact(id="1", name=bad))
    with pytest.raises(InputError):
        workbench.assignment_token(bad)
    with pytest.raises(InputError):
        workbench.owner({"assignee": bad})
    with pytest.raises(InputError):
        workbench.save_admin(AdminConfiguration(hashed_account_id=bad))
    assert workbench.logged_call(bad) is None
    for arguments in (("GET", bad), (bad, "/x"), ("GET", "/x", {"params": {"q": bad}})):
        how = arguments[2] if len(arguments) > 2 else {}
        with pytest.raises((InputError, ConfigurationError)) as caught:
            await workbench.request(arguments[0], arguments[1], **how)
        assert caught.value.message.encode()
    for made in ({"crm": bad}, {"mode": bad}, {"plan": bad}):
        with pytest.raises(ConfigurationError) as odd:
            connect(**{"crm": workbench.platform, "mode": "sandbox"} | made)
        assert odd.value.message.encode()


async def test_a_request_of_one_s_own_with_half_a_character(workbench: Workbench) -> None:
    before = sent(workbench)
    with pytest.raises(InputError, match="POST was not sent: it holds a character that cannot be written"):
        await workbench.request("POST", "/x", json={"name": "\ud800"})
    assert before == sent(workbench)


@pytest.mark.parametrize(
    "line_break", ["\n", "\r\n", "\t", "\x0b", "\x0c", "\x85", "\u2028", "🧡", "\ufffd", "\ue000"]
)
async def test_line_breaks_and_odd_letters_are_written(workbench: Workbench, line_break: str) -> None:
    logged = await workbench.log_call(call(), await nia(workbench), note=f"One{line_break}two")
    assert logged.successful


@pytest.mark.parametrize("crm", CRMS)
def test_a_setting_that_is_not_utf_8(crm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPCONNECT_DATABASE_URL", "")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///\udcff")
    with pytest.raises(ConfigurationError, match=r"DATABASE_URL has a character .* \(.udcff\)"):
        connect(crm, mode="sandbox")


# -- in records of the phone system --


def record_of_sms(text: str, message_id: str = "m-1") -> dict[str, Any]:
    """A message as the phone system reports it; texts go through JSON as on the wire."""
    record = {
        "id": message_id,
        "conversation": {"id": "c-1"},
        "direction": "Inbound",
        "type": "SMS",
        "subject": text,
        "creationTime": "2026-01-02T09:00:00Z",
        "from": {"phoneNumber": NIA, "name": text},
        "to": [{"phoneNumber": "+16505550100", "name": text}],
    }
    read: dict[str, Any] = json.loads(json.dumps(record))
    return read


async def test_a_message_with_half_an_emoji_is_logged_and_said(
    workbench: Workbench, told: Any, bad: str
) -> None:
    person = await nia(workbench)
    result = await workbench.log_message(Message.model_validate(record_of_sms(bad)), person)
    assert (None, "Message logged") == told(workbench, result)
    assert (
        "Some characters of the message cannot be written; � stands for each." in result.return_message.lines
    )
    assert "Ann� Lee" in (await workbench.get_call_log(result.log_id)).call_log_info.full_body


async def test_a_shared_conversation_with_half_an_emoji(workbench: Workbench, told: Any, bad: str) -> None:
    entity = {
        "recordType": "AliveMessage",
        "direction": "Inbound",
        "creationTime": "2026-01-02T09:00:00Z",
        "from": {"name": bad, "phoneNumber": NIA},
        "subject": bad,
    }
    result = await workbench.log_shared_sms(
        {"conversationId": "c-9", "entities": [entity]}, await nia(workbench)
    )
    assert (None, "Message logged") == told(workbench, result)
    assert [line for line in result.return_message.lines if "of the conversation cannot be written" in line]


async def test_a_call_and_its_transcript_with_half_an_emoji(
    workbench: Workbench, told: Any, bad: str
) -> None:
    odd = Call.model_validate(
        {
            **call().to_wire(),
            "from": {"name": bad},
            "result": bad,
            "recording": {"link": "https://x.test/" + bad},
        }
    )
    result = await workbench.log_call(
        odd, await nia(workbench), transcript=bad, ai_note=bad, ace_score={"value": bad}
    )
    assert (None, "Call logged") == told(workbench, result)
    lines = result.return_message.lines
    whose = ["call", "transcript", "ai note", "ace score"]
    assert whose == [
        name
        for name in whose
        if f"Some characters of the {name} cannot be written; � stands for each." in lines
    ]


async def test_an_id_is_never_changed(workbench: Workbench, told: Any, bad: str) -> None:
    """Or two messages would become one, and the second be lost."""
    person = await nia(workbench)
    before = sent(workbench)
    results = [
        await workbench.log_call(call(bad), person),
        await workbench.log_call(
            Call.model_validate({**call().to_wire(), "telephonySessionId": bad}), person
        ),
        await workbench.log_message(Message.model_validate(record_of_sms("Hello", bad)), person),
        await workbench.log_message(
            Message.model_validate({**record_of_sms("Hello"), "conversation": bad}), person
        ),
        await workbench.log_shared_sms({"conversationId": bad, "entities": [{"id": "1"}]}, person),
    ]
    assert [InputError] * len(results) == [told(workbench, result)[0] for result in results]
    assert before == sent(workbench)


# -- in what the CRM answers --

TEXTS = re.compile("name|note|subject|description|details|comment|body|title|content", re.IGNORECASE)


class Damaging(httpx.AsyncBaseTransport):
    """Ends every name and text of an answer with half a character and NUL."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        try:
            content = json.dumps(damaged(json.loads(content))).encode()
        except ValueError:
            return response
        headers = {"content-type": response.headers["content-type"]}
        return httpx.Response(response.status_code, headers=headers, content=content)


def damaged(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: damaged(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [damaged(each, key) for each in value]
    if isinstance(value, str) and value and TEXTS.search(key) and "user" not in key.lower():
        return value + "\ud83d\x00"
    return value


def damaging_sandbox(crm: str) -> Sandbox:
    sandbox = make_sandbox(crm)
    sound = sandbox.transport
    sandbox.transport = lambda: Damaging(sound())  # type: ignore[method-assign]
    return sandbox


@pytest.mark.parametrize("crm", CRMS)
async def test_damaged_texts_of_the_crm_hurt_nothing(
    crm: str, told: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    workbench = await signed_in(crm, sandbox=damaging_sandbox(crm), record=True)
    matches = await workbench.find_contact(NIA)
    person = matches.matched_contact_info[0]
    assert "�" in person.name
    assert "Some characters of what the CRM answered cannot be written; � stands for each." in (
        matches.return_message.lines
    )
    logged = await workbench.log_call(call(), person, note="Mine")
    results = [
        matches,
        logged,
        await workbench.find_contact_with_name("Nia"),
        await workbench.get_call_log(logged.log_id),
        await workbench.update_call_log(logged.log_id, call(), note="New"),
        await workbench.log_message(sms("1", "Hello"), person),
        await workbench.log_message(sms("2", "Hello again"), person),
    ]
    if "get_user_list" not in workbench.connector.unsupported:
        results.append(await workbench.list_users())
    for result in results:
        assert None is told(workbench, result)[0]
        assert all(
            is_sound(each) for each in (repr(result), json.dumps(result.to_wire(), ensure_ascii=False))
        )
    trace = workbench.trace
    assert is_sound("".join([str(trace._repr_html_()), trace.to_dataframe().to_string(), str(list(trace))]))
    assert is_sound(repr(workbench) + str(workbench._repr_html_()))
    await workbench.close()
    assert is_sound((tmp_path / crm / "walkthrough.json").read_text("utf-8"))


def is_sound(text: str) -> bool:
    """Whether a text can be written into a file."""
    return bool(text.encode("utf-8")) and not unwritable(text)


class Replacing(httpx.AsyncBaseTransport):
    """Puts a text in the place of whatever text has this name in an answer, and notes all names."""

    def __init__(self, inner: httpx.AsyncBaseTransport, name: str, text: str, names: set[str]) -> None:
        self._inner, self._name, self._text, self._names = inner, name, text, names

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        try:
            content = json.dumps(self._replaced(json.loads(await response.aread())))
        except ValueError:
            return response
        headers = {"content-type": response.headers["content-type"]}
        return httpx.Response(response.status_code, headers=headers, content=content.encode())

    def _replaced(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._replaced(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self._replaced(each, key) for each in value]
        if isinstance(value, str):
            self._names.add(key)
            return self._text if key == self._name else value
        return value


def replacing(crm: str, name: str, text: str, names: set[str]) -> Workbench:
    sandbox = make_sandbox(crm)
    sound = sandbox.transport
    sandbox.transport = lambda: Replacing(sound(), name, text, names)  # type: ignore[method-assign]
    return connect(crm, mode="sandbox", sandbox=sandbox, options=options_of(crm))


@pytest.mark.parametrize("text", ["\ud83d", "t\xf6k", "a\r\nb", "\0", "https://\ud83d.test"], ids=ascii)
@pytest.mark.parametrize("crm", CRMS)
async def test_no_text_in_the_answers_to_a_sign_in_is_more_than_refused(
    crm: str, text: str, told: Any
) -> None:
    names: set[str] = set()
    assert (await replacing(crm, "", "", names).sign_in()).successful
    for name in sorted(names):
        workbench = replacing(crm, name, text, set())
        for result in (await workbench.sign_in(), await workbench.find_contact(NIA)):
            sentence = told(workbench, result)[1]
            assert is_sound(sentence)
            assert ("token" in name.lower(), "no address" in sentence) != (True, True)
        assert is_sound(json.dumps(workbench.trace.har()))
        await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_a_refusal_in_damaged_words_is_a_sentence(crm: str, told: Any) -> None:
    workbench = await signed_in(crm)
    words = dict.fromkeys(("message", "error", "errorMessage", "error_description"), "No�\x00")
    transport = workbench.crm._transport
    transport._inner = httpx.MockTransport(lambda _: httpx.Response(400, content=json.dumps(words)))
    result = await workbench.find_contact_with_name("Nia")
    assert is_sound("".join([told(workbench, result)[1], *result.return_message.lines, str(result.error)]))


# -- the helpers --

texts = st.text(st.characters(codec=None) | st.sampled_from([*BAD.values(), "\n", "a"]), max_size=20)
values = st.recursive(
    texts | st.none() | st.integers(), lambda one: st.lists(one) | st.dictionaries(texts, one)
)


@given(values)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_written_values_can_be_written_and_stay_what_they_are(value: Any) -> None:
    mended = written(value)
    assert not unwritable(json.dumps(mended, ensure_ascii=False))
    assert json.dumps(mended, ensure_ascii=False).encode()
    assert mended == written(mended)
    assert (mended == value) == (not any(unwritable(each) for each in re.split("(?s)(?<=.)", repr_of(value))))


def repr_of(value: Any) -> str:
    """All texts of a value, one behind the other."""
    if isinstance(value, dict):
        return "".join(repr_of(key) + repr_of(each) for key, each in value.items())
    if isinstance(value, list):
        return "".join(map(repr_of, value))
    return value if isinstance(value, str) else ""


@given(texts)
def test_a_text_keeps_its_length(text: str) -> None:
    assert len(text) == len(written(text))
    assert text == printable(text) or printable(text).encode()


@given(texts.filter(unwritable))
def test_what_cannot_be_written_is_named_as_in_code(text: str) -> None:
    assert re.fullmatch(r"\\x[0-9a-f]{2}|\\ud[89a-f][0-9a-f]{2}", unwritable(text))
    assert REPLACEMENT in written(text)


@pytest.mark.parametrize("crm", CRMS)
async def test_what_contains_itself_is_a_sentence(crm: str, told: Any) -> None:
    endless: dict[str, Any] = {}
    endless["again"] = [endless]
    deep: Any = "x"
    for _ in range(5000):
        deep = {"deep": deep}
    workbench = await signed_in(crm)
    person = await nia(workbench)
    for odd in (endless, deep):
        with pytest.raises(InputError):
            connect(crm, mode="sandbox", settings=odd)
        result = await workbench.log_call(call(), person, additional_submission=odd)
        assert InputError is told(workbench, result)[0]
