"""Whatever is typed: one clear sentence, nothing wrong is sent, nothing is lost, no secret is shown."""

from __future__ import annotations

import re

import pytest
from answers import NIA, NOBODY, call, sms
from platforms import answers_of
from workbench_steps import nia, sandbox_of, sent

from appconnect.errors import InputError, InternalExtension, NotFound, SessionExpired, UnusableNumber
from appconnect.models import Contact
from appconnect.workbench import Workbench

LONG = "Wants 20 % off, else <nothing>.\n" * 3200  # 100 kB
EXTENSION = '"204" is an internal extension, which no CRM knows.'
LACKING_PLUS = "Logging against internal extension number is not supported."


# -- who --


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("anonymous", 'The caller\'s number is withheld ("anonymous"); no contact can be searched for.'),
        (
            "+1",
            '"+1" is not a phone number. Use the full number with country code, like +14155550142.',
        ),
    ],
)
async def test_an_unusable_number(workbench: Workbench, told, number: str, sentence: str) -> None:
    before = sent(workbench)
    assert (UnusableNumber, sentence) == told(workbench, await workbench.find_contact(number))
    assert (UnusableNumber, sentence) == told(workbench, await workbench.create_contact(number, "Ann Lee"))
    assert before == sent(workbench)


async def test_an_extension(workbench: Workbench, told) -> None:
    before = sent(workbench)
    result = await workbench.find_contact("204", is_extension=True)
    sentence = LACKING_PLUS if workbench.connector.extensions_lack_plus else EXTENSION
    assert (InternalExtension, sentence) == told(workbench, result)
    assert (before, []) == (sent(workbench), result.matched_contact_info)


async def test_a_number_without_plus_is_an_extension_where_the_connector_says_so(
    workbench: Workbench,
) -> None:
    error = (await workbench.find_contact("4155550142")).error
    expected = InternalExtension if workbench.connector.extensions_lack_plus else type(None)
    assert expected is type(error)


@pytest.mark.parametrize("name", ["", " ", "\n\t\u00a0"])
async def test_an_empty_name(workbench: Workbench, told, name: str) -> None:
    before, sentence = sent(workbench), "The name is empty; type at least one letter."
    assert (InputError, sentence) == told(workbench, await workbench.find_contact_with_name(name))
    assert (InputError, sentence) == told(workbench, await workbench.create_contact(NOBODY, name))
    assert before == sent(workbench)


async def test_a_name_that_is_too_long(workbench: Workbench, told) -> None:
    before, sentence = sent(workbench), "The name is 300 characters long; CRMs take at most 255."
    assert (InputError, sentence) == told(workbench, await workbench.create_contact(NOBODY, "x" * 300))
    assert before == sent(workbench)


async def test_an_unknown_contact_type(workbench: Workbench, told) -> None:
    before = sent(workbench)
    types = ", ".join(workbench.connector.contact_types)
    sentence = f"{workbench.title} has no contact type 'martian'; choose one of: {types}."
    assert (InputError, sentence) == told(
        workbench, await workbench.create_contact(NOBODY, "Ann Lee", "martian")
    )
    assert before == sent(workbench)


async def test_a_contact_type_where_the_connector_names_none(
    workbench: Workbench, told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench.connector.__class__, "contact_types", ())
    before = sent(workbench)
    sentence = f"{workbench.title}'s connector names no contact types; leave the type out."
    assert (InputError, sentence) == told(
        workbench, await workbench.create_contact(NOBODY, "Ann Lee", "martian")
    )
    assert before == sent(workbench)


# -- logs --


async def test_a_long_note_is_kept_whole_or_visibly_cut(workbench: Workbench) -> None:
    logged = await workbench.log_call(call(), await nia(workbench), note=LONG)
    assert (None, "Call logged") == (logged.error, logged.message)
    read = (await workbench.get_call_log(logged.log_id or "")).call_log_info
    assert read is not None
    if workbench.connector.max_body == 4000:
        assert (LONG[:3000], True) == (read.note[:3000], LONG.startswith(read.note))
        assert "… (shortened, to fit the 4000 characters that the CRM allows)" in read.full_body
        assert len(read.full_body) <= 4000
    else:
        assert LONG.strip() == read.note.strip()


async def test_a_long_note_survives_an_update_of_something_else(workbench: Workbench) -> None:
    logged = await workbench.log_call(call(), await nia(workbench), note=LONG)
    before = (await workbench.get_call_log(logged.log_id or "")).call_log_info
    assert (await workbench.update_call_log(logged.log_id or "", call(duration=3))).error is None
    after = (await workbench.get_call_log(logged.log_id or "")).call_log_info
    assert before is not None
    assert after is not None
    assert before.note == after.note


async def test_a_call_without_session(workbench: Workbench, told) -> None:
    contact, before = await nia(workbench), sent(workbench)
    sentence = "The call has no session id, and without one it could be logged twice."
    assert (InputError, sentence) == told(
        workbench, await workbench.log_call(call(""), contact, note="Lost?")
    )
    assert before == sent(workbench)


async def test_a_message_without_id(workbench: Workbench, told) -> None:
    contact, before = await nia(workbench), sent(workbench)
    sentence = "The message has no id, and without one it could be logged twice."
    assert (InputError, sentence) == told(workbench, await workbench.log_message(sms("", "Hello"), contact))
    assert before == sent(workbench)


async def test_a_contact_that_is_still_to_be_made(workbench: Workbench, told) -> None:
    entry, before = (await workbench.find_contact(NOBODY)).matched_contact_info[-1], sent(workbench)
    sentence = "Choose a contact to log against, or create one first."
    assert (InputError, sentence) == told(workbench, await workbench.log_call(call(), entry))
    assert (InputError, sentence) == told(workbench, await workbench.log_message(sms("1", "Hello"), entry))
    assert before == sent(workbench)


async def test_a_contact_of_another_crm(workbench: Workbench, told) -> None:
    before = sent(workbench)
    result = await workbench.log_call(call(), Contact(id="0035f00000", name="Nia", type="Contact"))
    kind, sentence = told(workbench, result)
    assert (InputError, True) == (kind, sentence.startswith("'0035f00000' is not a"))
    assert before == sent(workbench)
    assert (await workbench.log_call(call(), await nia(workbench))).successful  # the session is still free


@pytest.mark.parametrize("log_id", ["", "no id", "../../users", "1; DROP TABLE"])
async def test_a_log_id_that_is_none(workbench: Workbench, told, log_id: str) -> None:
    before = sent(workbench)
    chosen = dict([next(iter(answers_of(workbench.platform).associations.items()))])
    for result in (
        await workbench.get_call_log(log_id),
        await workbench.update_call_log(log_id, note="New"),
        await workbench.set_disposition(log_id, chosen),
    ):
        kind, sentence = told(workbench, result)
        assert (InputError, True) == (kind, bool(re.search(rf"{workbench.title} \w+ id", sentence)))
    assert {"GET"} >= {request.method for request in sandbox_of(workbench).requests[before:]}


async def test_a_log_that_is_not_there(workbench: Workbench, told) -> None:
    expected = (NotFound, f"Not found in {workbench.title}")
    assert expected == told(workbench, await workbench.get_call_log("999999"))
    assert expected == told(workbench, await workbench.update_call_log("999999", note="New"))


# -- sessions --


async def test_an_expired_session_keeps_what_was_stored(workbench: Workbench, told) -> None:
    contact = await nia(workbench)
    logged = await workbench.log_call(call(), contact, note="Mine")
    crm, stored = sandbox_of(workbench), workbench.environment.store.connections(workbench.platform)
    crm.faults.add(status=401, json={}, times=None)
    result = await workbench.log_call(call("s-2"), contact, note="Mine too")
    expected = (SessionExpired, f"Your {workbench.title} session has expired")
    assert expected == told(workbench, result)
    crm.faults.clear()
    assert logged.log_id == workbench.logged_call("s-1")
    assert [each.user_id for each in stored] == [
        each.user_id for each in workbench.environment.store.connections(workbench.platform)
    ]
    assert (await workbench.log_call(call("s-2"), contact, note="Mine too")).successful


async def test_nobody_is_signed_in(workbench: Workbench, told) -> None:
    assert (await workbench.sign_out()).successful
    before, expected = sent(workbench), f"You are not signed in to {workbench.title}"
    contact = Contact(id="501", name="Nia")
    for result in (
        await workbench.find_contact(NIA),
        await workbench.find_contact_with_name("Nia"),
        await workbench.create_contact(NOBODY, "Ann Lee"),
        await workbench.log_call(call(), contact),
        await workbench.update_call_log("1", note="New"),
        await workbench.get_call_log("1"),
        await workbench.set_disposition("1", {}),
        await workbench.log_message(sms("1", "Hello"), contact),
        await workbench.list_users(),
        await workbench.sign_out(),
    ):
        assert expected == told(workbench, result)[1]
    assert before == sent(workbench)
