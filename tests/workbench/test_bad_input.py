"""Whatever is typed: one clear sentence, nothing wrong is sent, nothing is lost, no secret is shown."""

from __future__ import annotations

import pytest
from answers import NIA, NOBODY, call, sms
from played import DISPOSITIONS, nia, sandbox_of, sent, signed_in

from appconnect.errors import InputError, InternalExtension, NotFound, SessionExpired, UnusableNumber
from appconnect.models import Contact
from appconnect.workbench import Workbench

LONG = "Wants 20 % off, else <nothing>.\n" * 3200  # 100 kB
EXTENSION = {
    "pipedrive": "Logging against internal extension number is not supported.",
    "bullhorn": '"204" is an internal extension, which no CRM knows.',
    "insightly": '"204" is an internal extension, which no CRM knows.',
    "redtail": '"204" is an internal extension, which no CRM knows.',
}
TYPES = {
    "pipedrive": "contact",
    "bullhorn": "Lead, Candidate, Contact",
    "insightly": "Contact, Lead",
    "redtail": "Individual, Business, Trust, Association, Union",
}
LOG_WORD = {
    "pipedrive": "Pipedrive activity",
    "bullhorn": "Bullhorn note",
    "insightly": "Insightly event",
    "redtail": "Redtail activity",
}


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
async def test_an_unusable_number(bench: Workbench, told, number: str, sentence: str) -> None:
    before = sent(bench)
    assert (UnusableNumber, sentence) == told(bench, await bench.find_contact(number))
    assert (UnusableNumber, sentence) == told(bench, await bench.create_contact(number, "Ann Lee"))
    assert before == sent(bench)


async def test_an_extension(bench: Workbench, told) -> None:
    before = sent(bench)
    result = await bench.find_contact("204", is_extension=True)
    sentence = EXTENSION[bench.platform]
    assert (InternalExtension, sentence) == told(bench, result)
    assert (before, []) == (sent(bench), result.matched_contact_info)


async def test_a_number_without_plus_is_an_extension_to_pipedrive_only(bench: Workbench) -> None:
    error = (await bench.find_contact("4155550142")).error
    assert (InternalExtension if bench.platform == "pipedrive" else type(None)) is type(error)


@pytest.mark.parametrize("name", ["", " ", "\n\t\u00a0"])
async def test_an_empty_name(bench: Workbench, told, name: str) -> None:
    before, sentence = sent(bench), "The name is empty; type at least one letter."
    assert (InputError, sentence) == told(bench, await bench.find_contact_with_name(name))
    assert (InputError, sentence) == told(bench, await bench.create_contact(NOBODY, name))
    assert before == sent(bench)


async def test_a_name_that_is_too_long(bench: Workbench, told) -> None:
    before, sentence = sent(bench), "The name is 300 characters long; CRMs take at most 255."
    assert (InputError, sentence) == told(bench, await bench.create_contact(NOBODY, "x" * 300))
    assert before == sent(bench)


async def test_an_unknown_contact_type(bench: Workbench, told) -> None:
    before = sent(bench)
    sentence = f"{bench.title} has no contact type 'martian'; choose one of: {TYPES[bench.platform]}."
    assert (InputError, sentence) == told(bench, await bench.create_contact(NOBODY, "Ann Lee", "martian"))
    assert before == sent(bench)


# -- logs --


async def test_a_long_note_is_kept_whole_or_visibly_cut(bench: Workbench) -> None:
    logged = await bench.log_call(call(), await nia(bench), note=LONG)
    assert (None, "Call logged") == (logged.error, logged.message)
    read = (await bench.get_call_log(logged.log_id or "")).call_log_info
    assert read is not None
    if bench.platform == "insightly":
        assert (LONG[:3000], True) == (read.note[:3000], LONG.startswith(read.note))
        assert "… (shortened, to fit the 4000 characters that the CRM allows)" in read.full_body
        assert len(read.full_body) <= 4000
    else:
        assert LONG.strip() == read.note.strip()


async def test_a_long_note_survives_an_update_of_something_else(bench: Workbench) -> None:
    logged = await bench.log_call(call(), await nia(bench), note=LONG)
    before = (await bench.get_call_log(logged.log_id or "")).call_log_info
    assert (await bench.update_call_log(logged.log_id or "", call(duration=3))).error is None
    after = (await bench.get_call_log(logged.log_id or "")).call_log_info
    assert before is not None
    assert after is not None
    assert before.note == after.note


async def test_a_call_without_session(bench: Workbench, told) -> None:
    contact, before = await nia(bench), sent(bench)
    sentence = "The call has no session id, and without one it could be logged twice."
    assert (InputError, sentence) == told(bench, await bench.log_call(call(""), contact, note="Lost?"))
    assert before == sent(bench)


async def test_a_message_without_id(bench: Workbench, told) -> None:
    contact, before = await nia(bench), sent(bench)
    sentence = "The message has no id, and without one it could be logged twice."
    assert (InputError, sentence) == told(bench, await bench.log_message(sms("", "Hello"), contact))
    assert before == sent(bench)


async def test_a_contact_that_is_still_to_be_made(bench: Workbench, told) -> None:
    entry, before = (await bench.find_contact(NOBODY)).matched_contact_info[-1], sent(bench)
    sentence = "Choose a contact to log against, or create one first."
    assert (InputError, sentence) == told(bench, await bench.log_call(call(), entry))
    assert (InputError, sentence) == told(bench, await bench.log_message(sms("1", "Hello"), entry))
    assert before == sent(bench)


async def test_a_contact_of_another_crm(bench: Workbench, told) -> None:
    before = sent(bench)
    result = await bench.log_call(call(), Contact(id="0035f00000", name="Nia", type="Contact"))
    kind, sentence = told(bench, result)
    assert (InputError, True) == (kind, sentence.startswith("'0035f00000' is not a"))
    assert before == sent(bench)
    assert (await bench.log_call(call(), await nia(bench))).successful  # the session is still free


@pytest.mark.parametrize("log_id", ["", "no id", "../../users", "1; DROP TABLE"])
async def test_a_log_id_that_is_none(bench: Workbench, told, log_id: str) -> None:
    before = sent(bench)
    for result in (
        await bench.get_call_log(log_id),
        await bench.update_call_log(log_id, note="New"),
        await bench.set_disposition(log_id, DISPOSITIONS[bench.platform]),
    ):
        kind, sentence = told(bench, result)
        assert (InputError, True) == (kind, f"{LOG_WORD[bench.platform]} id" in sentence)
    assert {"GET"} >= {request.method for request in sandbox_of(bench).requests[before:]}


async def test_a_log_that_is_not_there(bench: Workbench, told) -> None:
    expected = (NotFound, f"Not found in {bench.title}")
    assert expected == told(bench, await bench.get_call_log("999999"))
    assert expected == told(bench, await bench.update_call_log("999999", note="New"))


async def test_an_unknown_activity_type_names_those_there_are(told) -> None:
    bench = await signed_in("pipedrive", settings={"callActivityType": {"value": "Seance"}})
    sentence = (
        "This Pipedrive account has no activity type 'Seance' for a call; "
        "choose one of: Call, Meeting, Task, SMS, Recall order."
    )
    contact = await nia(bench)
    assert (InputError, sentence) == told(bench, await bench.log_call(call(), contact, note="Mine"))
    bench.settings = {}
    logged = await bench.log_call(call(), contact, note="Mine")
    assert (None, "Call logged") == (logged.error, logged.message)


# -- sessions --


async def test_an_expired_session_keeps_what_was_stored(bench: Workbench, told) -> None:
    contact = await nia(bench)
    logged = await bench.log_call(call(), contact, note="Mine")
    crm, stored = sandbox_of(bench), bench.environment.store.connections(bench.platform)
    crm.faults.add(status=401, json={}, times=None)
    result = await bench.log_call(call("s-2"), contact, note="Mine too")
    expected = (SessionExpired, f"Your {bench.title} session has expired")
    assert expected == told(bench, result)
    crm.faults.clear()
    assert logged.log_id == bench.logged_call("s-1")
    assert [each.user_id for each in stored] == [
        each.user_id for each in bench.environment.store.connections(bench.platform)
    ]
    assert (await bench.log_call(call("s-2"), contact, note="Mine too")).successful


async def test_nobody_is_signed_in(bench: Workbench, told) -> None:
    assert (await bench.sign_out()).successful
    before, expected = sent(bench), f"You are not signed in to {bench.title}"
    contact = Contact(id="501", name="Nia")
    for result in (
        await bench.find_contact(NIA),
        await bench.find_contact_with_name("Nia"),
        await bench.create_contact(NOBODY, "Ann Lee"),
        await bench.log_call(call(), contact),
        await bench.update_call_log("1", note="New"),
        await bench.get_call_log("1"),
        await bench.set_disposition("1", {}),
        await bench.log_message(sms("1", "Hello"), contact),
        await bench.list_users(),
        await bench.sign_out(),
    ):
        assert expected == told(bench, result)[1]
    assert before == sent(bench)
