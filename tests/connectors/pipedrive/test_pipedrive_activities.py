"""Pipedrive's activities: written, changed in part, linked, read back, and found again after a lost answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect import operation_warnings
from appconnect.connectors.pipedrive.payloads import activity_fields
from appconnect.connectors.pipedrive.schemas import Activity
from appconnect.errors import InputError, NotFound, Rejected
from appconnect.models import Contact, LogDraft, LogKind
from appconnect.phone import parse

ACTIVITIES = "/api/v2/activities"
START = datetime(2026, 1, 2, 10, 5, 42, tzinfo=UTC)
LEAD = "00000000-0000-4000-8000-000000000001"


def draft(**what) -> LogDraft:
    given = {
        "subject": "Outbound Call to Nia Holt",
        "body": "<b>Agent notes</b>",
        "start": START,
        "duration": 65,
    }
    return LogDraft(**{**given, "owner_id": "7001"} | what)


async def logged(world, **what) -> str:
    log_id = await world.pipedrive.create_call_log(world.nia, draft(**what))
    world.crm.requests.clear()
    return log_id


def patches(world) -> list[dict]:
    return [seen.json for seen in world.crm.requests if seen.method == "PATCH"]


# -- writing --


@pytest.mark.parametrize("toggle", ["times_now_and_then", "times_need_seconds"])
async def test_times_that_are_refused_are_sent_once_more_with_seconds(world, toggle):
    world.crm.toggles[toggle] = True
    log_id = await world.pipedrive.create_call_log(world.nia, draft())
    assert ["10:05", "10:05:00"] == [body["due_time"] for body in world.written]
    assert 1 == len(world.crm.database.activities)
    await world.pipedrive.update_call_log(log_id, draft(duration=600))
    assert "00:10:00" == world.activity(log_id)["duration"]


async def test_a_refusal_of_something_else_is_not_sent_again(world):
    refusal = {"error": "Validation failed: due_date: This value is not a valid date."}
    world.crm.faults.add("POST", ACTIVITIES, status=400, json=refusal)
    with pytest.raises(Rejected, match="not a valid date"):
        await world.pipedrive.create_call_log(world.nia, draft())
    assert 1 == len(world.written)


async def test_a_call_becomes_one_done_activity(world):
    log_id = await world.pipedrive.create_call_log(world.nia, draft())
    assert "9301" == log_id
    assert [
        {
            "subject": "Outbound Call to Nia Holt",
            "note": "<b>Agent notes</b>",
            "due_date": "2026-01-02",
            "due_time": "10:05",
            "duration": "00:02",
            "owner_id": 7001,
            "type": "call",
            "done": True,
            "participants": [{"person_id": 501, "primary": True}],
            "org_id": 61,
        }
    ] == world.written
    assert (501, None, None) == tuple(
        world.activity(log_id)[key] for key in ("person_id", "deal_id", "lead_id")
    )


async def test_it_costs_what_the_connector_says(world):
    await logged(world)
    before = world.crm.limits.budget.remaining
    await world.pipedrive.create_call_log(world.nia, draft())
    cost = world.pipedrive.costs["create_call_log"]
    assert (cost.requests, cost.units) == (len(world.sent), before - world.crm.limits.budget.remaining)


async def test_the_time_is_utc_whatever_zone_it_comes_in(world):
    start = datetime(2026, 1, 1, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    activity = world.activity(await logged(world, start=start))
    assert ("2026-01-02", "04:30:00") == (activity["due_date"], activity["due_time"])


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "00:00"),
        (1, "00:01"),
        (59, "00:01"),
        (60, "00:01"),
        (61, "00:02"),
        (3540, "00:59"),
        (3599, "01:00"),
        (3600, "01:00"),
        (7199, "02:00"),
        (86_340, "23:59"),
        (86_399, "23:59"),
        (86_400, "23:59"),
        (10**9, "23:59"),
    ],
)
def test_a_duration_is_rounded_up_to_whole_minutes(seconds, shown):
    assert {"duration": shown} == activity_fields(LogDraft(duration=seconds))


@given(st.integers(0, 86_340))
def test_a_duration_read_back_is_at_most_a_minute_longer(seconds):
    stored = activity_fields(LogDraft(duration=seconds))["duration"]
    assert 0 <= Activity(id=1, duration=f"{stored}:00").seconds - seconds < 60
    assert int(stored.split(":")[1]) < 60


async def test_an_organization_that_nobody_asked_for_is_looked_up(world):
    contact = Contact(id="501", name="Nia Holt")
    log_id = await world.pipedrive.create_call_log(contact, draft())
    assert 61 == world.activity(log_id)["org_id"]
    assert ("GET", "/api/v2/persons/501") in world.sent


async def test_a_contact_known_to_have_no_organization_is_not_looked_up(world):
    contact = Contact(id="502", name="Omar Vance", organization_id="")
    log_id = await world.pipedrive.create_call_log(contact, draft())
    assert None is world.activity(log_id)["org_id"]
    assert ("GET", "/api/v2/persons/502") not in world.sent


async def test_without_an_owner_pipedrive_takes_the_user(world):
    log_id = await world.pipedrive.create_call_log(world.nia, draft(owner_id=None))
    assert "owner_id" not in world.written[0]
    assert 7001 == world.activity(log_id)["owner_id"]


@pytest.mark.parametrize("bad", ["rae", "7001; drop", "-1", "7.0", "٧٠٠١", "9" * 5000])
async def test_ids_that_are_no_numbers_send_nothing(world, bad):
    with pytest.raises(InputError, match="is not a Pipedrive"):
        await world.pipedrive.create_call_log(world.nia, draft(owner_id=bad))
    with pytest.raises(InputError, match="is not a Pipedrive"):
        await world.pipedrive.create_call_log(Contact(id=bad, name="x", organization_id=""), draft())
    with pytest.raises(InputError, match="is not a Pipedrive"):
        await world.pipedrive.get_call_log(bad)
    assert [] == world.written


# -- deals and leads --


async def test_a_deal_is_linked_by_number(world):
    log_id = await world.pipedrive.create_call_log(world.nia, draft(additional_submission={"deals": "901"}))
    assert 901 == world.written[0]["deal_id"]
    assert "lead_id" not in world.written[0]
    assert {"deals": "901"} == (await world.pipedrive.get_call_log(log_id)).dispositions


async def test_a_lead_is_linked_by_its_uuid(world):
    chosen = {"leads": {"const": LEAD, "title": "Holt second site"}, "deals": "none"}
    log_id = await world.pipedrive.create_call_log(world.nia, draft(additional_submission=chosen))
    assert LEAD == world.written[0]["lead_id"]
    assert "deal_id" not in world.written[0]
    assert {"leads": LEAD} == (await world.pipedrive.get_call_log(log_id)).dispositions


@pytest.mark.parametrize("empty", ["", "none", None, {"const": ""}], ids=repr)
async def test_an_empty_choice_sends_no_key_in_a_new_log(world, empty):
    await world.pipedrive.create_call_log(
        world.nia, draft(additional_submission={"deals": empty, "leads": empty})
    )
    assert set() == {"deal_id", "lead_id"} & world.written[0].keys()


@pytest.mark.parametrize("operation", ["create", "update", "disposition"])
async def test_both_at_once_are_refused_before_anything_is_sent(world, operation):
    log_id, both = await logged(world), {"deals": "901", "leads": LEAD}
    with pytest.raises(InputError, match="Choose a deal or a lead, not both"):
        match operation:
            case "create":
                await world.pipedrive.create_call_log(world.nia, draft(additional_submission=both))
            case "update":
                await world.pipedrive.update_call_log(log_id, LogDraft(additional_submission=both))
            case _:
                await world.pipedrive.upsert_call_disposition(log_id, both)
    assert [] == world.sent


async def test_a_deal_that_is_no_number_sends_nothing(world):
    with pytest.raises(InputError, match="'Holt' is not a Pipedrive deal id"):
        await world.pipedrive.create_call_log(world.nia, draft(additional_submission={"deals": "Holt"}))
    assert [] == world.sent


@pytest.mark.parametrize(
    ("chosen", "links"),
    [
        ({"leads": LEAD}, (None, LEAD)),
        ({"deals": "902"}, (902, None)),
        ({"deals": ""}, (None, None)),
        ({"deals": "none", "leads": "none"}, (None, None)),
        ({"deals": "", "leads": LEAD}, (None, LEAD)),
        ({"leads": ""}, (901, None)),
    ],
    ids=str,
)
async def test_a_disposition_switches_sets_and_clears(world, chosen, links):
    log_id = await logged(world, additional_submission={"deals": "901"})
    assert log_id == await world.pipedrive.upsert_call_disposition(log_id, chosen)
    assert links == (world.activity(log_id)["deal_id"], world.activity(log_id)["lead_id"])


@pytest.mark.parametrize("nothing", [{}, {"noteActions": "Left Message"}], ids=repr)
async def test_a_disposition_that_says_nothing_sends_nothing(world, nothing):
    log_id = await logged(world)
    assert None is await world.pipedrive.upsert_call_disposition(log_id, nothing)
    assert [] == world.sent


async def test_a_deal_that_is_gone_is_said_in_pipedrive_s_words(world):
    with pytest.raises(Rejected, match="deal_id 4711 was not found"):
        await world.pipedrive.create_call_log(world.nia, draft(additional_submission={"deals": "4711"}))


# -- changing --


async def test_an_update_sends_what_it_says_and_nothing_else(world):
    log_id = await logged(world, additional_submission={"deals": "901"})
    before = dict(world.activity(log_id))
    await world.pipedrive.update_call_log(log_id, LogDraft(body="new"))
    assert [{"note": "new"}] == patches(world)
    assert before | {"note": "new"} == world.activity(log_id)


async def test_an_update_that_says_nothing_sends_nothing(world):
    log_id = await logged(world)
    await world.pipedrive.update_call_log(log_id, LogDraft())
    assert [] == world.sent


async def test_a_duration_of_nothing_and_a_new_start_are_written(world):
    log_id = await logged(world)
    await world.pipedrive.update_call_log(log_id, LogDraft(duration=0, start=START + timedelta(days=1)))
    assert [{"duration": "00:00", "due_date": "2026-01-03", "due_time": "10:05"}] == patches(world)


async def test_an_owner_can_be_changed(world):
    log_id = await logged(world)
    await world.pipedrive.update_call_log(log_id, LogDraft(owner_id="7002"))
    assert 7002 == world.activity(log_id)["owner_id"]


async def test_an_update_of_a_deleted_log_says_that_it_is_gone(world):
    log_id = await logged(world)
    world.activity(log_id)["is_deleted"] = True
    with pytest.raises(NotFound):
        await world.pipedrive.update_call_log(log_id, LogDraft(body="new"))


# -- reading --


async def test_a_log_is_read_back(world):
    log_id = await logged(world)
    record = await world.pipedrive.get_call_log(log_id)
    assert (log_id, "Outbound Call to Nia Holt", "<b>Agent notes</b>") == (
        record.id,
        record.subject,
        record.body,
    )
    assert ("501", "Nia Holt") == (record.contact_id, record.contact_name)
    assert (START.replace(second=0), 120, {}) == (record.start, record.duration, record.dispositions)
    assert 9301 == record.raw["id"]


@pytest.mark.parametrize("answers_404", [True, False])
async def test_a_deleted_log_is_not_found(world, answers_404):
    log_id = await logged(world)
    world.activity(log_id)["is_deleted"] = True
    world.crm.toggles["deleted_answer_404"] = answers_404
    with pytest.raises(NotFound):
        await world.pipedrive.get_call_log(log_id)


@pytest.mark.parametrize("status", [403, 404])
async def test_a_person_who_is_hidden_or_gone_leaves_the_name_empty(world, status):
    log_id = await logged(world)
    world.crm.faults.add("GET", "/api/v2/persons/*", status=status, json={})
    assert "" == (await world.pipedrive.get_call_log(log_id)).contact_name


def test_an_activity_of_the_whole_day_has_no_start():
    assert (None, None) == (Activity(id=1, due_date="2026-01-02").start, Activity(id=1).seconds)


def test_the_contact_is_the_primary_participant_under_either_name():
    people = [{"person_id": 1}, {"person_id": 2, "primary_flag": True}]
    assert 2 == Activity.model_validate({"id": 1, "participants": people}).contact_id


# -- finding again --


OTHERS = (
    {"subject": "Inbound Call from Nia Holt"},
    {"start": START + timedelta(minutes=1)},
    {"body": "other words"},
)


async def test_a_log_is_found_by_subject_minute_and_words_among_newer_and_older_ones(world):
    for other in OTHERS:
        await logged(world, **other)
        world.crm.clock.advance(1)
    log_id = await logged(world)
    for other in OTHERS:
        world.crm.clock.advance(1)
        await logged(world, **other)
    assert log_id == await world.pipedrive.find_log(world.nia, draft(start=START.replace(second=1)))


async def test_a_log_is_found_below_more_newer_ones_than_a_page_holds(world):
    log_id = await logged(world)
    for _ in range(120):
        await logged(world, body="other words")
    assert log_id == await world.pipedrive.find_log(world.nia, draft())


async def test_what_was_added_long_before_the_call_is_not_read_through(world):
    for _ in range(250):
        await logged(world, body="other words")
    world.crm.clock.advance(3 * 86_400)
    later = draft(start=START + timedelta(days=3))
    assert None is await world.pipedrive.find_log(world.nia, later)
    reads = [each.path for each in world.crm.requests if each.method == "GET"]
    assert reads.count("/api/v2/activities") == 1


@pytest.mark.parametrize("other", OTHERS, ids=str)
async def test_a_log_of_another_subject_minute_or_other_words_is_not_taken(world, other):
    await logged(world, **other)
    assert None is await world.pipedrive.find_log(world.nia, draft())


async def test_a_log_is_found_although_its_html_was_rewritten(world):
    world.crm.toggles["rewrites_notes"] = True
    body = "<b>Agent notes</b><br>5 &lt; 6 &amp; Zoë 🌟<br><ul><li><b>Result</b>: ok</li></ul>"
    log_id = await logged(world, body=body)
    assert body != world.activity(log_id)["note"]
    assert log_id == await world.pipedrive.find_log(world.nia, draft(body=body))


async def test_another_person_s_log_is_not_taken(world):
    await logged(world)
    omar = Contact(id="502", name="Omar Vance", organization_id="")
    assert None is await world.pipedrive.find_log(omar, draft())


async def test_a_log_that_belongs_to_another_call_is_not_taken(world):
    first, second = await logged(world), await logged(world)
    assert first == await world.pipedrive.find_log(
        world.nia, draft(), is_claimed=lambda log_id: log_id == second
    )


async def test_messages_are_activities_too(world):
    log_id = await world.pipedrive.create_message_log(world.nia, draft(kind=LogKind.SMS, subject="SMS"))
    await world.pipedrive.update_message_log(log_id, LogDraft(body="more"))
    assert ("sms", "SMS", "more") == tuple(world.activity(log_id)[key] for key in ("type", "subject", "note"))
    assert "more" == (await world.pipedrive.get_message_log(log_id)).body


async def test_an_organization_that_was_not_read_is_linked_by_the_next_update(world):
    (nia,) = await world.pipedrive.find_contact(parse("+14155550142"))
    unknown = nia.model_copy(update={"organization_id": None})
    world.crm.faults.add("GET", "/api/v2/persons/*", status=403, json={}, times=None)
    with operation_warnings.collect() as told:
        log_id = await world.pipedrive.create_call_log(unknown, LogDraft(subject="Call", body="Hi"))
    assert [
        "The log is not linked to the organization of Nia Holt yet; the log's next update tries again."
    ] == told
    assert world.crm.database.activities[int(log_id)]["org_id"] is None
    world.crm.faults.clear()
    await world.pipedrive.update_call_log(log_id, LogDraft(subject="Call 2"))
    assert int(nia.organization_id) == world.crm.database.activities[int(log_id)]["org_id"]
