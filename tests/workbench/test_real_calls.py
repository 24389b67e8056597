"""Calls as RingCentral sends them: read without a crash, logged without a lie, one log each."""

from __future__ import annotations

from typing import Any

import pytest
from answers import NINE_THIRTY, call
from platforms import OAUTH, answers_of
from workbench_steps import nia, sandbox_of, sent, signed_in

from appconnect.errors import InputError, LoggedElsewhere, NotFound
from appconnect.logs.calls import body as bodies
from appconnect.models import Call, Contact, JsonObject
from appconnect.sandbox.base import CrmSandbox
from appconnect.testing import cast, workbench_internals
from appconnect.workbench import Workbench

OURS: JsonObject = {"phoneNumber": "+16505550110", "extensionNumber": 204, "name": "Rae Quill"}
THEIRS: JsonObject = {"phoneNumber": "+14155550142", "name": None, "location": "San Francisco, CA"}
RECORD: JsonObject = {
    "id": "Ab1", "sessionId": 4503991004, "telephonySessionId": "s-a0d", "direction": "Inbound",
    "startTime": "2026-01-02T09:30:00.000Z", "duration": 125, "result": "Accepted", "reason": None,
    "from": THEIRS, "to": OURS, "recording": None, "legs": None,
}  # fmt: skip


def record(**changes: Any) -> Call:
    """Return a call as it is read from a record of the call log."""
    return Call.model_validate({**RECORD, **changes})


def event(*parties: JsonObject, **changes: Any) -> JsonObject:
    """Return the body of a telephony session notification."""
    return {
        "sequence": 3,
        "sessionId": "4503991004",
        "telephonySessionId": "s-a0d",
        "parties": [*parties],
    } | changes


def party(**changes: Any) -> JsonObject:
    usual: JsonObject = {
        "extensionId": "400204", "direction": "Inbound", "from": THEIRS, "to": OURS,
        "missedCall": False, "status": {"code": "Answered"},
    }  # fmt: skip
    return {**usual, **changes}


def sandbox(workbench: Workbench) -> CrmSandbox:
    return sandbox_of(workbench)


def stored(workbench: Workbench, log_id: str | None) -> Any:
    return answers_of(workbench.platform).stored(sandbox(workbench), log_id or "")


def lines(workbench: Workbench, log_id: str | None) -> dict[str, str]:
    """Return the fields of a log's body, by name."""
    return bodies.parse(stored(workbench, log_id).body, workbench.log_format).values


def logs(workbench: Workbench) -> int:
    return answers_of(workbench.platform).count(sandbox(workbench))


async def contact_named(workbench: Workbench, name: str) -> Contact:
    return next(each for each in (await workbench.find_contact_with_name(name)).contacts if each.name == name)


@pytest.fixture
async def one() -> Any:
    """A workbench of one CRM, where CRMs do not differ."""
    workbench = await signed_in(OAUTH)
    yield workbench
    await workbench.close()


def composed(workbench: Workbench, told: Call, **texts: Any) -> dict[str, str]:
    body = workbench.compose_call_body(told, Contact(id="1", name="Nia Holt"), **texts)
    return bodies.parse(body, workbench.log_format).values


# -- times --


@pytest.mark.parametrize(
    "start",
    [
        "2026-01-02T09:30:00Z", "2026-01-02T09:30:00.000Z", "2026-01-02T09:30:00+0000",
        "2026-01-02T09:30:00.000+0000", "2026-01-02T09:30:00+00:00", "2026-01-02T10:30:00+0100",
        1767346200000, "1767346200000", 1767346200000.0, " 1767346200000 ", "1767346200000.0",
    ],
)  # fmt: skip
async def test_a_start_in_every_spelling_is_the_same_moment(start: object) -> None:
    assert NINE_THIRTY == record(startTime=start).start_time


@pytest.mark.parametrize("start", ["", None, 0, "0"])
async def test_a_start_that_is_not_known_is_no_line_and_never_1970(
    workbench: Workbench, start: object
) -> None:
    logged = await workbench.log_call(record(startTime=start), await nia(workbench))
    assert (None, False) == (logged.error, "start" in lines(workbench, logged.log_id))
    assert "1970" not in f"{stored(workbench, logged.log_id)}"


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({"duration": 125}, 125), ({"duration": "125"}, 125), ({"duration": 125.9}, 125),
        ({"duration": None, "durationMs": 125400}, 125), ({"duration": "", "durationMs": "125400"}, 125),
        ({"duration": 7, "durationMs": 125400}, 7), ({"duration": 0}, 0), ({"duration": None}, None),
        ({"duration": "pending"}, None), ({"duration": "Pending", "durationMs": 100}, None),
    ],
)  # fmt: skip
async def test_a_duration_is_read_from_what_tells_it(told: JsonObject, seconds: int | None) -> None:
    assert seconds == record(**told).seconds


@pytest.mark.parametrize("told", [{"duration": "soon"}, {"duration": None, "durationMs": "soon"}])
def test_a_duration_that_is_none_is_refused(told: JsonObject) -> None:
    with pytest.raises(ValueError, match="duration"):
        record(**told)


async def test_a_call_that_is_not_over_is_pending_until_its_duration_is_known(workbench: Workbench) -> None:
    person = await nia(workbench)
    logged = await workbench.log_call(record(duration="pending"), person)
    assert (None, "(pending...)") == (logged.error, lines(workbench, logged.log_id)["duration"])
    again = await workbench.log_call(record(), person)
    assert (logged.log_id, "2 minutes, 5 seconds") == (
        again.log_id,
        lines(workbench, again.log_id)["duration"],
    )
    step = answers_of(workbench.platform).duration_step
    assert -(-125 // step) * step == stored(workbench, again.log_id).duration
    late = await workbench.update_call_log(logged.log_id or "", record(duration="pending"))
    assert (None, "2 minutes, 5 seconds") == (late.error, lines(workbench, logged.log_id)["duration"])


async def test_a_duration_that_is_not_known_is_no_line(workbench: Workbench) -> None:
    logged = await workbench.log_call(record(duration=None), await nia(workbench))
    assert (None, False) == (logged.error, "duration" in lines(workbench, logged.log_id))


# -- records --


async def test_a_record_with_holes_and_numbers_as_text_is_logged(workbench: Workbench) -> None:
    told = Call.model_validate(
        {
            "id": 17, "sessionId": 12, "telephonySessionId": None, "direction": "Outbound", "from": None,
            "startTime": "1767346200000", "duration": "61", "result": None, "legs": [None], "recording": {},
            "to": {"phoneNumber": 14155550142, "extensionNumber": None, "name": None}, "customSubject": None,
        }
    )  # fmt: skip
    logged = await workbench.log_call(told, await nia(workbench))
    assert (None, "1 minute, 1 second") == (logged.error, lines(workbench, logged.log_id)["duration"])


@pytest.mark.parametrize(
    ("recording", "link"),
    [
        ({"contentUri": "https://media.example.com/c"}, "https://media.example.com/c"),
        ({"link": None, "contentUri": "https://media.example.com/c"}, "https://media.example.com/c"),
        ({"link": "", "contentUri": "https://media.example.com/c"}, "https://media.example.com/c"),
        (
            {"link": "https://r.example.com", "contentUri": "https://media.example.com/c"},
            "https://r.example.com",
        ),
        ({"id": 7}, None),
    ],
)
def test_a_recording_is_its_link_or_else_its_content(
    one: Workbench, recording: JsonObject, link: str | None
) -> None:
    assert link == composed(one, record(recording=recording)).get("recording_link")


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (91, "91"),
        (91.0, "91"),
        (8.5, "8.5"),
        ("91", "91"),
        ({"value": 91}, "91"),
        ({"value": "91 %"}, "91 %"),
    ],
)
def test_a_score_in_every_shape(one: Workbench, score: Any, text: str) -> None:
    assert text == composed(one, record(), ace_score=score)["ace_score"]


async def test_a_score_that_is_none_is_refused(workbench: Workbench, told) -> None:
    person, before = await nia(workbench), sent(workbench)
    error, _ = told(workbench, await workbench.log_call(record(), person, ace_score={"points": 9}))
    assert (InputError, before) == (error, sent(workbench))


# -- directions and events --


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_telephony_event_is_logged_with_the_direction_of_our_party(
    workbench: Workbench, wrapped: bool
) -> None:
    theirs = party(direction="Outbound", extensionId=None)
    body = event(theirs, party())
    told = Call.model_validate({"event": "/restapi/…/telephony/sessions", "body": body} if wrapped else body)
    logged = await workbench.log_call(told, await nia(workbench))
    written = lines(workbench, logged.log_id)
    assert (None, "(pending...)") == (logged.error, written["duration"])
    assert written.get("subject", "Inbound Call from Nia Holt") == "Inbound Call from Nia Holt"


def test_the_party_of_the_extension_that_is_notified_is_ours(one: Workbench) -> None:
    kit = {"name": "Kit Moss", "extensionNumber": "205"}
    body = event(party(to=kit, extensionId="1"), party(extensionId=400204, missedCall=True))
    told = Call.model_validate({"event": "x", "ownerId": "400204", "body": body})
    assert ("Rae Quill", "Missed", None) == (told.own_party.name, told.result, told.duration)


def test_a_missing_end_of_our_party_is_taken_from_another(one: Workbench) -> None:
    told = Call.model_validate(event(party(**{"from": None}), party(to=None, extensionId=None)))
    assert ("+14155550142", "204") == (told.contact_party.phone_number, told.own_party.extension_number)


@pytest.mark.parametrize("code", ["Disconnected", "Gone", "VoiceMail"])
def test_a_call_that_is_over_is_not_pending(code: str) -> None:
    assert Call.model_validate(event(party(status={"code": code}))).duration is None


@pytest.mark.parametrize(
    "told",
    [
        {"sessionId": "1"}, {"sessionId": "1", "direction": None}, {"sessionId": "1", "direction": ""},
        {"sessionId": "1", "direction": "Unknown"}, event(), event({"id": "p-1", "to": OURS}),
        {"event": "x", "body": event(party(direction=None))}, {"sessionId": "1", "parties": None},
    ],
)  # fmt: skip
async def test_a_call_without_direction_is_refused_and_nothing_is_sent(
    workbench: Workbench, told, caplog: pytest.LogCaptureFixture
) -> None:
    person, before = await nia(workbench), sent(workbench)
    result = await workbench.log_call(Call.model_validate(told), person)
    sentence = "The call does not say its direction: it must be Inbound or Outbound."
    assert (False, sentence, before) == (result.successful, result.message, sent(workbench))


async def test_an_update_without_direction_changes_what_it_says(workbench: Workbench) -> None:
    logged = await workbench.log_call(record(), await nia(workbench))
    changed = await workbench.update_call_log(logged.log_id or "", Call.model_validate({"duration": 60}))
    assert (None, "1 minute") == (changed.error, lines(workbench, logged.log_id)["duration"])


def test_a_call_that_is_made_in_python_is_outbound_by_default() -> None:
    assert "Outbound Call to Nia" == Call(session_id="1").subject("Nia")


# -- legs --

CALLER: JsonObject = {"phoneNumber": "+14155550142", "name": "Nia Holt"}
DEVICE: JsonObject = {"phoneNumber": "+16505550177"}
RECEIVED: JsonObject = {
    "direction": "Inbound",
    "legType": "Accept",
    "from": CALLER,
    "to": {"name": "Main line"},
}


@pytest.mark.parametrize(
    ("leg", "line"),
    [
        ({"legType": "FindMe", "from": {"phoneNumber": "+14155550142", "name": "Rae Quill"}, "to": DEVICE},
         "Transferred to Rae Quill"),
        ({"legType": "FindMe", "from": {"phoneNumber": "(415) 555-0142", "extensionNumber": "204"}, "to": DEVICE},
         "Transferred to ext 204"),
        ({"legType": "FindMe", "from": CALLER, "to": DEVICE}, "Transferred to +16505550177"),
        ({"legType": "FindMe", "from": {"phoneNumber": "+14155550142"}, "to": {**DEVICE, "name": "Kit's mobile"}},
         "Transferred to Kit's mobile, +16505550177"),
        ({"legType": "FindMe", "from": CALLER, "to": CALLER}, "Transferred to an unknown party"),
        ({"direction": "Inbound", "to": {"name": "Sales queue"}}, "Transferred to Sales queue"),
        ({"direction": "Inbound", "to": {"name": " ", "extensionNumber": "7"}}, "Transferred to ext 7"),
        ({"direction": "Inbound", "to": None}, "Transferred to an unknown party"),
        ({"legType": "PstnToSip", "from": DEVICE, "to": {"name": "Desk 9"}}, "Transferred to Desk 9"),
        ({"from": OURS, "to": DEVICE}, "Transferred to Rae Quill, +16505550110, ext 204"),
    ],
)  # fmt: skip
def test_a_journey_names_who_got_the_call(one: Workbench, leg: JsonObject, line: str) -> None:
    told = record(**{"from": CALLER}, legs=[RECEIVED, {"direction": "Outbound", "duration": 12, **leg}])
    journey = composed(one, told)["legs"].splitlines()
    assert ["Received call at Main line", f"{line}, duration: 12 seconds"] == journey


def test_a_journey_takes_the_ends_of_the_call_for_those_of_its_first_leg(one: Workbench) -> None:
    queue = {
        "direction": "Outbound",
        "legType": "FindMe",
        "from": THEIRS,
        "to": DEVICE,
        "duration": "pending",
    }
    journey = composed(one, record(legs=[{"direction": "Inbound"}, queue]))["legs"].splitlines()
    assert "Received call at Rae Quill, +16505550110, ext 204" == journey[0]
    assert "Transferred to +16505550177, duration: (pending...)" == journey[1]


def test_a_leg_without_duration_has_none(one: Workbench) -> None:
    journey = composed(one, record(legs=[RECEIVED, {"direction": "Inbound", "to": {"name": "Kit Moss"}}]))[
        "legs"
    ]
    assert journey.endswith("Transferred to Kit Moss")


# -- one call, several ids --


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ({"sessionId": None, "id": None}, {}),
        ({"sessionId": None, "telephonySessionId": None}, {}),
        ({}, {"sessionId": None}),
        ({}, {"telephonySessionId": None, "id": None}),
        ({"id": None}, {"sessionId": None}),
    ],
)
async def test_a_call_that_is_known_by_more_and_more_ids_is_one_log(
    workbench: Workbench, first: JsonObject, later: JsonObject
) -> None:
    person = await nia(workbench)
    results = [await workbench.log_call(record(**ids), person) for ids in (first, later, {})]
    assert [None] * 3 == [each.error for each in results]
    assert (1, 1) == (len({each.log_id for each in results}), logs(workbench))
    assert {results[0].log_id} == {workbench.logged_call(each) for each in ("4503991004", "s-a0d", "Ab1")}


async def test_a_lost_answer_under_one_id_is_no_second_log_under_both(workbench: Workbench) -> None:
    answers, crm, person = answers_of(workbench.platform), sandbox(workbench), await nia(workbench)
    await workbench.log_call(call("s-0"), person)  # so that nothing needs to be read before the next write
    crm.faults.add(method=answers.write_method, path=answers.write_path, drop_after=True)
    crm.faults.add(method="GET", drop=True, times=None)
    await workbench.log_call(record(sessionId=None, id=None), person)
    crm.faults.clear()
    again = await workbench.log_call(record(), person)
    assert (None, 2) == (again.error, logs(workbench))
    assert again.log_id == workbench.logged_call("s-a0d") == workbench.logged_call("4503991004")


async def test_a_refused_call_is_free_under_all_its_ids(workbench: Workbench) -> None:
    answers, person = answers_of(workbench.platform), await nia(workbench)
    sandbox(workbench).faults.add(method=answers.write_method, path=answers.write_path, status=400, json={})
    assert not (await workbench.log_call(record(), person)).successful
    assert (await workbench.log_call(record(sessionId=None), person)).successful


async def test_a_log_that_is_gone_is_forgotten_under_all_its_ids(workbench: Workbench) -> None:
    person = await nia(workbench)
    first = await workbench.log_call(record(), person)
    answers_of(workbench.platform).delete(sandbox(workbench), first.log_id or "")
    second = await workbench.log_call(record(sessionId=None, id=None), person)
    third = await workbench.log_call(record(), person)
    assert (None, True, second.log_id) == (second.error, second.log_id != first.log_id, third.log_id)


# -- another contact --


async def test_a_call_that_is_logged_at_another_contact_stays_there_and_the_result_says_so(
    workbench: Workbench,
) -> None:
    first = await workbench.log_call(record(), await nia(workbench), note="Mine")
    omar, before = await contact_named(workbench, cast.OMAR.name), stored(workbench, first.log_id)
    result = await workbench.log_call(record(), omar, note="Omar's")
    sentence = f"This call is logged already, at Nia Holt (log {first.log_id}), not at {cast.OMAR.name}."
    assert (False, sentence, first.log_id) == (result.successful, result.message, result.log_id)
    assert isinstance(result.error, LoggedElsewhere)
    assert result.return_message
    assert any("move=True" in line and "update" in line for line in result.return_message.lines)
    assert (before, 1) == (stored(workbench, first.log_id), logs(workbench))


async def test_a_call_is_moved_to_another_contact_with_all_that_its_log_says(workbench: Workbench) -> None:
    answers, crm = answers_of(workbench.platform), sandbox(workbench)
    first = await workbench.log_call(record(), await nia(workbench), note="Mine", transcript="Rae: hi")
    answers.edit(crm, first.log_id or "", stored(workbench, first.log_id).body + "Kit adds: call back")
    omar = await contact_named(workbench, cast.OMAR.name)
    moved = await workbench.log_call(Call.model_validate({**RECORD, "duration": None}), omar, move=True)
    log = stored(workbench, moved.log_id)
    assert (None, omar.id, True) == (moved.error, log.contact, moved.log_id != first.log_id)
    assert (True, True, True) == (
        "Mine" in log.body,
        "Rae: hi" in log.body,
        "Kit adds: call back" in log.body,
    )
    assert "Inbound Call from Nia Holt" not in log.body
    assert moved.log_id == workbench.logged_call("s-a0d") == workbench.logged_call("Ab1")
    assert isinstance((await workbench.get_call_log(first.log_id or "")).error, NotFound)
    again = await workbench.log_call(record(), omar, note="More")
    assert (None, moved.log_id) == (again.error, again.log_id)


async def test_a_call_is_moved_there_and_back(workbench: Workbench) -> None:
    person, omar = await nia(workbench), await contact_named(workbench, cast.OMAR.name)
    await workbench.log_call(record(), person, note="Mine")
    await workbench.log_call(record(), omar, move=True)
    back = await workbench.log_call(record(), person, move=True)
    assert (None, person.id) == (back.error, stored(workbench, back.log_id).contact)
    assert "Mine" == lines(workbench, back.log_id)["note"]


async def test_a_move_without_answer_is_no_second_log(workbench: Workbench) -> None:
    answers, crm = answers_of(workbench.platform), sandbox(workbench)
    await workbench.log_call(record(), await nia(workbench))
    omar = await contact_named(workbench, cast.OMAR.name)
    crm.faults.add(method=answers.write_method, path=answers.write_path, drop_after=True)
    await workbench.log_call(record(), omar, move=True)
    moved = await workbench.log_call(record(), omar, move=True)
    assert (None, omar.id) == (moved.error, stored(workbench, moved.log_id).contact)
    assert moved.log_id == workbench.logged_call("s-a0d")


async def test_where_logs_cannot_be_deleted_the_old_one_says_where_it_is_now(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = type(workbench_internals.connector_of(workbench))
    monkeypatch.delattr(connector, "delete_call_log")
    first = await workbench.log_call(record(), await nia(workbench))
    moved = await workbench.log_call(record(), await contact_named(workbench, cast.OMAR.name), move=True)
    old = stored(workbench, first.log_id)
    assert (None, True) == (moved.error, moved.log_id != first.log_id)
    if old.subject is not None:
        assert old.subject.endswith(f"(moved to {cast.OMAR.name})")


async def test_a_call_that_a_person_has_moved_in_the_crm_is_updated_there(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await workbench.log_call(record(), await nia(workbench))
    omar, connector = (
        await contact_named(workbench, cast.OMAR.name),
        workbench_internals.connector_of(workbench),
    )
    read = connector.get_call_log

    async def moved_by_hand(log_id: str) -> Any:
        return (await read(log_id)).model_copy(update={"contact_id": omar.id})

    monkeypatch.setattr(connector, "get_call_log", moved_by_hand)
    again = await workbench.log_call(record(), omar, note="New")
    assert (None, first.log_id) == (again.error, again.log_id)


# -- templates of numbers --


@pytest.mark.parametrize(
    "given",
    [
        "(***) ***-****,***.***.****", '["(***) ***-****", "***.***.****"]', ["(***) ***-****", "***.***.****"],
        ("(***) ***-****", "***.***.****"), ' ["(***) ***-****", null, "***.***.****"] ',
    ],
)  # fmt: skip
async def test_templates_of_numbers_come_as_a_comma_list_or_as_json(
    one: Workbench, monkeypatch: pytest.MonkeyPatch, given: Any
) -> None:
    asked: list[str] = []

    async def find(number: object, *, overriding_format: str = "") -> list[Contact]:
        asked.append(overriding_format)
        return []

    monkeypatch.setattr(workbench_internals.connector_of(one), "find_contact", find)
    assert (await one.find_contact("+14155550142", overriding_format=given)).successful
    assert ["(***) ***-****,***.***.****"] == asked
