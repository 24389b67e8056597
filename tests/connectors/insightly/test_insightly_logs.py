"""Insightly: calls and messages as events, and what they are linked to."""

import logging
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.connectors.insightly.payloads import CUT, fitting_details, fitting_title
from appconnect.connectors.insightly.sandbox.schema import EVENT
from appconnect.errors import CrmError, Forbidden, InputError, NotFound, Rejected, Unavailable, Unreachable
from appconnect.models import Contact, LogDraft, LogKind
from appconnect.text.utf16 import utf16_length

START = datetime(2026, 1, 2, 9, 0, 5, tzinfo=UTC)
NIA = Contact(id="3101", name="Nia Holt", type="Contact")
SINEAD = Contact(id="4101", name="Sinéad O'Neil", type="lead")
DRAFT = LogDraft(
    subject="Outbound Call to Nia Holt", body="- Note: called\n- Result: Connected\n",
    start=START, duration=360, owner_id="42",
)  # fmt: skip
LINK = "*/Events/*/[Ll]inks"


def chosen(**fields):
    return DRAFT.model_copy(update={"additional_submission": fields})


def sent_to(world, method, path):
    return [seen.json for seen in world.crm.requests if (seen.method, seen.path) == (method, f"/v3.1{path}")]


@pytest.fixture
async def log_id(world):
    log_id = await world.insightly.create_call_log(NIA, chosen(organisation="77", opportunity="501"))
    world.crm.requests.clear()
    return log_id


# -- creating --


async def test_a_call_becomes_an_event_of_its_owner_linked_to_the_contact(world):
    log_id = await world.insightly.create_call_log(NIA, DRAFT)
    event = world.event(log_id)
    assert ("Outbound Call to Nia Holt", "- Note: called\n- Result: Connected\n", 42) == (
        event["TITLE"], event["DETAILS"], event["OWNER_USER_ID"],
    )  # fmt: skip
    assert ("2026-01-02 09:00:05", "2026-01-02 09:06:05") == (event["START_DATE_UTC"], event["END_DATE_UTC"])
    assert [("Contact", 3101)] == world.links(log_id)
    assert 2 == len(world.sent)


async def test_times_are_sent_as_documented_in_utc(world):
    in_delhi = START.astimezone(timezone(timedelta(hours=5, minutes=30))).replace(microsecond=999999)
    await world.insightly.create_call_log(NIA, DRAFT.model_copy(update={"start": in_delhi}))
    assert ["2026-01-02 09:00:05"] == [body["START_DATE_UTC"] for body in sent_to(world, "POST", "/Events")]


async def test_a_draft_without_a_start_begins_now_and_without_a_duration_lasts_no_time(world):
    log_id = await world.insightly.create_call_log(NIA, LogDraft(subject="x", body="y"))
    event = world.event(log_id)
    now = f"{world.crm.clock.now():%Y-%m-%d %H:%M:%S}"
    assert (now, now, 41) == (event["START_DATE_UTC"], event["END_DATE_UTC"], event["OWNER_USER_ID"])


async def test_a_lead_is_linked_as_a_lead(world):
    assert [("Lead", 4101)] == world.links(await world.insightly.create_call_log(SINEAD, DRAFT))


@pytest.mark.parametrize("spelling", ["organisation", "organization"])
async def test_both_spellings_of_the_form_are_understood(world, spelling):
    draft = chosen(**{spelling: {"const": "77", "title": "Holt Ltd"}, "opportunity": "501", "project": 601})
    log_id = await world.insightly.create_call_log(NIA, draft)
    assert {("Contact", 3101), ("Organisation", 77), ("Opportunity", 501), ("Project", 601)} == set(
        world.links(log_id)
    )


async def test_an_empty_choice_links_nothing(world):
    log_id = await world.insightly.create_call_log(
        NIA, chosen(organisation="none", opportunity="", project=None)
    )
    assert [("Contact", 3101)] == world.links(log_id)


@pytest.mark.parametrize(
    ("contact", "draft"),
    [
        (Contact(id="x/../1", name=""), DRAFT),
        (NIA, chosen(project="6 01")),
        (NIA, DRAFT.model_copy(update={"owner_id": "Rae"})),
    ],
)
async def test_what_is_no_id_is_refused_before_anything_is_sent(world, contact, draft):
    with pytest.raises(InputError):
        await world.insightly.create_call_log(contact, draft)
    assert [] == world.sent


async def test_an_event_that_is_refused_is_no_log(world):
    with pytest.raises(Rejected):
        await world.insightly.create_call_log(NIA, DRAFT.model_copy(update={"owner_id": "999"}))
    assert [5501] == list(world.crm.database.records["Event"])


@pytest.mark.parametrize("kind", [LogKind.SMS, LogKind.VOICEMAIL, LogKind.FAX])
async def test_a_message_becomes_an_event_with_all_its_links(world, kind):
    draft = chosen(organization="77").model_copy(update={"kind": kind})
    log_id = await world.insightly.create_message_log(NIA, draft)
    assert {("Contact", 3101), ("Organisation", 77)} == set(world.links(log_id))


# -- links that fail --


async def test_an_event_whose_link_is_refused_for_good_is_not_lost_and_says_so(world, caplog):
    with caplog.at_level(logging.WARNING, "appconnect"):
        log_id = await world.insightly.create_call_log(NIA, chosen(opportunity="503", project="601"))
    assert {("Contact", 3101), ("Project", 601)} == set(world.links(log_id))
    (warning,) = [record.getMessage() for record in caplog.records]
    assert f"The log is not linked to Opportunity 503 (log {log_id})" in warning
    assert 1 == len(sent_to(world, "POST", "/Events"))


async def test_a_link_that_fails_once_is_tried_again(world):
    world.crm.faults.add("POST", LINK, status=503, text="busy")
    assert [("Contact", 3101)] == world.links(await world.insightly.create_call_log(NIA, DRAFT))


async def test_a_link_whose_answer_is_lost_is_not_written_twice(world):
    world.crm.faults.add("POST", LINK, drop_after=True)
    assert [("Contact", 3101)] == world.links(await world.insightly.create_call_log(NIA, DRAFT))


@pytest.mark.parametrize(
    "answer",
    [{}, [], {"LINK_ID": 9, "LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 3101}],
    ids=["{}", "[]", "another link"],
)
async def test_a_link_that_no_answer_proves_is_looked_for_and_written(world, answer):
    world.crm.faults.add("POST", LINK, status=200, json=answer)
    assert [("Contact", 3101)] == world.links(await world.insightly.create_call_log(NIA, DRAFT))


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_no_failure_of_links_loses_the_event_and_an_update_makes_up_for_it(world, status, caplog):
    world.crm.faults.add("POST", LINK, status=status, text="no", times=None)
    log_id = await world.insightly.create_call_log(NIA, chosen(project="601"))
    assert [] == world.links(log_id)
    assert 2 == len([record for record in caplog.records if record.levelname == "WARNING"])
    world.crm.faults.clear()
    await world.insightly.update_call_log(log_id, LogDraft(subject="New"))
    assert {("Contact", 3101), ("Project", 601)} == set(world.links(log_id))
    await world.insightly.update_call_log(log_id, LogDraft(subject="Newer"))
    assert 2 == len(world.links(log_id))


async def test_a_disposition_makes_up_for_missing_links_too(world):
    world.crm.faults.add("POST", LINK, status=500, text="no", times=None)
    log_id = await world.insightly.create_call_log(NIA, chosen(project="601", organisation="77"))
    world.crm.faults.clear()
    await world.insightly.upsert_call_disposition(log_id, {"organisation": "78"})
    assert {("Contact", 3101), ("Project", 601), ("Organisation", 78)} == set(world.links(log_id))


async def test_an_overdue_link_that_was_cleared_since_is_not_written(world):
    world.crm.faults.add("POST", LINK, status=500, text="no", times=None)
    log_id = await world.insightly.create_call_log(NIA, chosen(project="601"))
    world.crm.faults.clear()
    await world.insightly.update_call_log(log_id, LogDraft(additional_submission={"project": ""}))
    assert [("Contact", 3101)] == world.links(log_id)


# -- a lost answer --


async def test_a_write_whose_answer_is_lost_is_found_and_linked(world):
    world.crm.faults.add("POST", "*/Events", drop_after=True)
    draft = chosen(project="601")
    with pytest.raises(Unreachable) as raised:
        await world.insightly.create_call_log(NIA, draft)
    assert raised.value.maybe_done
    assert "5502" == await world.insightly.find_log(NIA, draft)
    assert {("Contact", 3101), ("Project", 601)} == set(world.links(5502))
    assert "5502" == await world.insightly.find_log(NIA, draft)
    assert 2 == len(world.links(5502))


async def test_a_write_that_never_arrived_is_not_found(world, log_id):
    for other in (
        {"start": START + timedelta(seconds=1)},
        {"body": "- Note: another\n"},
        {"subject": "Inbound Call from Nia Holt"},
    ):
        assert await world.insightly.find_log(NIA, DRAFT.model_copy(update=other)) is None
    assert log_id == await world.insightly.find_log(NIA, DRAFT)


async def test_a_log_that_was_cut_is_found_again(world):
    draft = DRAFT.model_copy(update={"body": "line\n" * 2000, "subject": "s" * 400})
    log_id = await world.insightly.create_call_log(NIA, draft)
    assert log_id == await world.insightly.find_log(NIA, draft)


async def test_among_many_events_of_one_title_the_newest_is_found(world):
    another_call(world, 501)
    log_id = await world.insightly.create_call_log(NIA, DRAFT)
    assert log_id == await world.insightly.find_log(NIA, DRAFT)


@pytest.mark.parametrize("others", [0, 3, 499, 1200])
async def test_where_events_cannot_be_searched_the_newest_are_looked_through(world, others):
    world.crm.toggles["event_search"] = False
    another_call(world, 2)
    log_id = await world.insightly.create_call_log(NIA, DRAFT)
    another_call(world, others)
    assert log_id == await world.insightly.find_log(NIA, DRAFT)
    assert await world.insightly.find_log(NIA, DRAFT.model_copy(update={"subject": "Another"})) is None


async def test_no_event_is_looked_through_that_was_there_before_the_call(world):
    world.crm.toggles["event_search"] = False
    another_call(world, 1200)
    world.crm.clock.advance(3600)
    draft = DRAFT.model_copy(update={"start": world.crm.clock.now()})
    assert await world.insightly.find_log(NIA, draft) is None
    assert 3 == len(world.sent)


@pytest.mark.parametrize("status", [403, 404, 405])
async def test_however_searching_events_is_refused_the_log_is_found(world, log_id, status):
    world.crm.faults.add("GET", "*/Events/Search", status=status, json={})
    assert log_id == await world.insightly.find_log(NIA, DRAFT)


async def test_where_nothing_tells_whether_a_call_is_logged_that_is_said(world):
    world.crm.toggles["event_search"] = False
    world.crm.faults.add("GET", "*/Events", status=200, json=[])
    with pytest.raises(Unavailable, match="look in Insightly's calendar"):
        await world.insightly.find_log(NIA, DRAFT)


def another_call(world, count):
    for _ in range(count):
        world.crm.database.add(
            EVENT,
            {
                "TITLE": DRAFT.subject,
                "DETAILS": "another call",
                "START_DATE_UTC": "2026-01-02 09:00:05",
                "END_DATE_UTC": "2026-01-02 09:06:05",
            },
        )


# -- reading --


async def test_a_log_is_read_back(world, log_id):
    record = await world.insightly.get_call_log(log_id)
    assert (log_id, DRAFT.subject, DRAFT.body, "3101", "Nia Holt", START, 360) == (
        record.id, record.subject, record.body, record.contact_id, record.contact_name, record.start,
        record.duration,
    )  # fmt: skip
    assert {"organisation": "77", "opportunity": "501"} == record.dispositions
    assert 5502 == record.raw["EVENT_ID"]


@pytest.mark.parametrize(
    ("switch", "position"),
    [("crlf", True), ("links_echo_case", True), ("links_merge", True), ("crlf", False)],
)
async def test_a_log_reads_the_same_however_insightly_spells_it(world, switch, position):
    world.crm.toggles[switch] = position
    log_id = await world.insightly.create_call_log(NIA, DRAFT)
    record = await world.insightly.get_call_log(log_id)
    assert (DRAFT.body, "Nia Holt", {}) == (record.body, record.contact_name, record.dispositions)


async def test_a_link_that_somebody_wrote_in_lower_case_counts(world, log_id):
    for link in world.event(log_id)["LINKS"]:
        link["LINK_OBJECT_NAME"] = link["LINK_OBJECT_NAME"].lower()
    record = await world.insightly.get_call_log(log_id)
    assert ("Nia Holt", {"organisation": "77", "opportunity": "501"}) == (
        record.contact_name, record.dispositions,
    )  # fmt: skip
    await world.insightly.upsert_call_disposition(log_id, {"organisation": "77", "opportunity": ""})
    assert [("contact", 3101), ("organisation", 77)] == world.links(log_id)


@pytest.mark.parametrize(
    ("links", "name"),
    [
        ([], ""),
        ([("Lead", 4101)], "Sinéad O'Neil"),
        ([("Organisation", 77)], "Holt Ltd"),
        ([("Opportunity", 501)], "Holt renewal"),
        ([("Project", 601), ("Contact", 3101)], "Nia Holt"),
        ([("Contact", 9999)], ""),
        ([("Opportunity", 503)], ""),
        ([("Task", 1)], ""),
    ],
)
async def test_whoever_or_whatever_an_event_is_linked_to_names_it(world, links, name):
    world.event(5501)["LINKS"] = [
        {"LINK_ID": number, "LINK_OBJECT_NAME": kind, "LINK_OBJECT_ID": target}
        for number, (kind, target) in enumerate(links)
    ]
    assert name == (await world.insightly.get_call_log("5501")).contact_name


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_a_log_whose_contact_cannot_be_read_is_read_without_a_name(world, log_id, status):
    world.crm.faults.add("GET", "*/[Cc]ontacts/*", status=status, json={}, times=None)
    log = await world.insightly.get_call_log(log_id)
    assert (DRAFT.body, "") == (log.body, log.contact_name)


async def test_an_event_without_details_and_title_reads_as_empty(world):
    world.event(5501).update(TITLE=None, DETAILS=None)
    record = await world.insightly.get_call_log("5501")
    assert ("", "") == (record.subject, record.body)


async def test_a_deleted_event_is_not_found(world, log_id):
    world.crm.database.records["Event"].remove(int(log_id))
    with pytest.raises(NotFound):
        await world.insightly.get_call_log(log_id)
    with pytest.raises(NotFound):
        await world.insightly.update_call_log(log_id, LogDraft(subject="x"))


# -- updating --


def times(event):
    return event["START_DATE_UTC"][11:], event["END_DATE_UTC"][11:]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"subject": "New"}, ("09:00:05", "09:06:05")),
        ({"duration": 60}, ("09:00:05", "09:01:05")),
        ({"duration": 0}, ("09:00:05", "09:00:05")),
        ({"start": START + timedelta(hours=1)}, ("10:00:05", "10:06:05")),
        ({"start": START + timedelta(hours=1), "duration": 60}, ("10:00:05", "10:01:05")),
    ],
)
async def test_an_update_moves_only_what_it_says(world, log_id, said, expected):
    await world.insightly.update_call_log(log_id, LogDraft(**said))
    assert expected == times(world.event(log_id))
    (body,) = sent_to(world, "PUT", "/Events")
    assert {"EVENT_ID", "START_DATE_UTC", "END_DATE_UTC"} <= body.keys()


async def test_an_update_leaves_everything_else(world, log_id):
    world.event(log_id)["LOCATION"] = "Lisbon"
    await world.insightly.update_call_log(log_id, LogDraft(body="- Note: changed\n"))
    event = world.event(log_id)
    assert ("- Note: changed\n", DRAFT.subject, "Lisbon", 42) == (
        event["DETAILS"], event["TITLE"], event["LOCATION"], event["OWNER_USER_ID"],
    )  # fmt: skip
    assert 3 == len(world.links(log_id))


@pytest.mark.parametrize("answer_201", [True, False])
async def test_put_may_answer_either_way(world, log_id, answer_201):
    world.crm.toggles["put_answers_201"] = answer_201
    await world.insightly.update_message_log(log_id, LogDraft(subject="New"))
    assert "New" == world.event(log_id)["TITLE"]


async def test_an_update_that_says_nothing_writes_nothing(world, log_id):
    await world.insightly.update_call_log(log_id, LogDraft())
    assert ["GET"] == [method for method, _ in world.sent]


async def test_an_update_that_cannot_read_the_event_writes_nothing(world, log_id):
    world.crm.faults.add("GET", "*/Events/*", status=503, text="busy", times=None)
    with pytest.raises(Unavailable):
        await world.insightly.update_call_log(log_id, LogDraft(body=""))
    assert {"GET"} == {method for method, _ in world.sent}


async def test_an_update_whose_answer_is_lost_is_sent_again(world, log_id):
    world.crm.faults.add("PUT", "*/Events", drop_after=True)
    await world.insightly.update_call_log(log_id, LogDraft(subject="New"))
    assert (2, "New") == (len(sent_to(world, "PUT", "/Events")), world.event(log_id)["TITLE"])


async def test_an_update_sets_replaces_and_clears_what_the_form_says(world, log_id):
    said = {"opportunity": "502", "organization": "none", "project": "601"}
    await world.insightly.update_call_log(log_id, LogDraft(additional_submission=said))
    assert {("Contact", 3101), ("Opportunity", 502), ("Project", 601)} == set(world.links(log_id))
    assert [] == sent_to(world, "PUT", "/Events")


# -- dispositions --


async def test_a_disposition_that_is_there_already_is_not_written_again(world, log_id):
    assert log_id == await world.insightly.upsert_call_disposition(log_id, {"opportunity": 501})
    assert 3 == len(world.links(log_id))
    assert ["GET"] == [method for method, _ in world.sent]


async def test_a_disposition_is_replaced_the_new_one_first(world, log_id):
    await world.insightly.upsert_call_disposition(log_id, {"opportunity": {"const": "502"}})
    assert {("Contact", 3101), ("Organisation", 77), ("Opportunity", 502)} == set(world.links(log_id))
    assert ["GET", "POST", "DELETE"] == [method for method, _ in world.sent]


async def test_a_disposition_that_cannot_be_set_leaves_the_old_one(world, log_id):
    with pytest.raises(NotFound):
        await world.insightly.upsert_call_disposition(log_id, {"opportunity": "999"})
    assert ("Opportunity", 501) in world.links(log_id)


@pytest.mark.parametrize(
    ("status", "outcome"), [(400, "is not"), (403, "is not"), (404, "is not"), (500, "may not be")]
)
async def test_of_several_dispositions_it_is_said_which_are_set_and_which_are_not(
    world, log_id, status, outcome
):
    world.crm.faults.add("POST", LINK, status=status, json={}, after=1, times=None)
    with pytest.raises(CrmError) as caught:
        await world.insightly.upsert_call_disposition(log_id, {"opportunity": "502", "project": "601"})
    assert ("Opportunity", 502) in world.links(log_id)
    assert f"The log's opportunity is as chosen now, its project {outcome}." in caught.value.message


@pytest.mark.parametrize("refused", [["502", "601"], ["502"]])
async def test_of_dispositions_that_all_fail_nothing_is_called_set(world, log_id, refused):
    world.crm.faults.add("POST", LINK, status=403, json={}, times=None)
    chosen = dict(zip(["opportunity", "project"], refused, strict=False))
    with pytest.raises(Forbidden) as caught:
        await world.insightly.upsert_call_disposition(log_id, chosen)
    assert "as chosen" not in caught.value.message


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_an_update_whose_link_fails_is_an_update_all_the_same(world, log_id, status, caplog):
    world.crm.faults.add("POST", LINK, status=status, json={}, times=None)
    await world.insightly.update_call_log(
        log_id, chosen(opportunity="502", project="").model_copy(update={"body": "- Note: new\n"})
    )
    assert ("- Note: new\n", True) == (
        world.event(log_id)["DETAILS"], ("Opportunity", 501) in world.links(log_id),
    )  # fmt: skip
    assert f"The log's opportunity is not set to 502 (log {log_id})" in caplog.text
    world.crm.faults.clear()
    await world.insightly.update_call_log(log_id, LogDraft(subject="New"))
    assert {("Contact", 3101), ("Organisation", 77), ("Opportunity", 502)} == set(world.links(log_id))


async def test_an_update_that_cannot_remove_a_link_is_an_update_all_the_same(world, log_id):
    world.crm.faults.add("DELETE", "*", status=403, json={})
    await world.insightly.update_call_log(log_id, chosen(opportunity="502"))
    assert {("Opportunity", 501), ("Opportunity", 502)} < set(world.links(log_id))
    world.crm.faults.add("DELETE", "*", status=403, json={})
    with pytest.raises(Forbidden):
        await world.insightly.upsert_call_disposition(log_id, {"opportunity": "502"})


@pytest.mark.parametrize("empty", ["", "none", None])
async def test_a_disposition_is_cleared_with_all_its_doubles(world, log_id, empty):
    for number in (900, 901):
        world.event(log_id)["LINKS"].append(
            {"LINK_ID": number, "LINK_OBJECT_NAME": "opportunity", "LINK_OBJECT_ID": 501}
        )
    await world.insightly.upsert_call_disposition(log_id, {"opportunity": empty})
    assert {("Contact", 3101), ("Organisation", 77)} == set(world.links(log_id))


async def test_of_doubled_links_to_the_chosen_record_one_stays(world, log_id):
    double = {"LINK_ID": 900, "LINK_OBJECT_NAME": "Opportunity", "LINK_OBJECT_ID": 501}
    world.event(log_id)["LINKS"].append(double)
    await world.insightly.upsert_call_disposition(log_id, {"opportunity": "501"})
    assert 1 == world.links(log_id).count(("Opportunity", 501))


@pytest.mark.parametrize("said", [{}, {"deals": "1"}])
async def test_without_a_disposition_nothing_is_sent(world, log_id, said):
    assert await world.insightly.upsert_call_disposition(log_id, said) is None
    assert [] == world.sent


async def test_a_link_that_somebody_else_has_just_removed_is_removed(world, log_id):
    world.crm.faults.add("DELETE", "*", status=404, json={"Message": "Record not found."})
    assert log_id == await world.insightly.upsert_call_disposition(log_id, {"opportunity": ""})


# -- what does not fit --


async def test_a_long_log_is_cut_at_a_line_and_says_so(world):
    body = "- Note: n\n" + "".join(f"Line {number} of the transcript\n" for number in range(400))
    log_id = await world.insightly.create_call_log(NIA, DRAFT.model_copy(update={"body": body}))
    details = world.event(log_id)["DETAILS"]
    *kept, last = details.split("\n")
    assert CUT == last
    assert body.split("\n")[: len(kept)] == kept
    assert 3800 < len(details) <= 4000


async def test_a_later_update_with_the_whole_body_is_cut_anew(world, log_id):
    await world.insightly.update_call_log(log_id, LogDraft(body="x\n" * 3000))
    await world.insightly.update_call_log(log_id, LogDraft(body="- Note: short\n"))
    assert "- Note: short\n" == world.event(log_id)["DETAILS"]


async def test_a_cut_body_that_is_read_changed_and_written_still_says_so_at_its_end(world, log_id):
    await world.insightly.update_call_log(log_id, LogDraft(body="x\n" * 3000))
    body = (await world.insightly.get_call_log(log_id)).body
    await world.insightly.update_call_log(
        log_id, LogDraft(body=f"- Note: new\n{body[2000:]}\n- Result: Connected\n")
    )
    lines = world.event(log_id)["DETAILS"].split("\n")
    assert (1, CUT, "- Result: Connected") == (lines.count(CUT), lines[-1], lines[-2])


def test_a_title_is_shortened_visibly():
    assert "x" * 254 + "…" == fitting_title("x" * 300)
    assert "x" * 255 == fitting_title("x" * 255)


def test_an_emoji_counts_as_two_and_is_never_halved():
    assert "🌟" * 127 + "…" == fitting_title("🌟" * 128)
    assert 4000 >= utf16_length(fitting_details("🌟" * 2001)) > 3900


def test_whatever_is_written_fits_and_what_is_missing_is_said():
    reached = set()

    @given(st.text(st.sampled_from("ab 🌟\n"), min_size=1, max_size=60), st.integers(3900, 4100))
    def check(piece, length):
        text = (piece * length)[:length]
        fitting, is_long = fitting_details(text), utf16_length(text) > 4000
        assert utf16_length(fitting) <= 4000
        assert fitting_details(fitting) == fitting
        assert is_long == (fitting.split("\n")[-1] == CUT)
        assert is_long or fitting == text
        reached.add(is_long)

    check()
    assert {True, False} == reached


def test_a_title_that_fits_is_never_changed_and_a_longer_one_fits():
    reached = set()

    @given(st.text(st.sampled_from("ab 🌟"), min_size=1, max_size=20), st.integers(200, 300))
    def check(piece, length):
        title = (piece * length)[:length]
        is_long = utf16_length(title) > 255
        assert utf16_length(fitting_title(title)) <= 255
        assert is_long or title == fitting_title(title)
        reached.add(is_long)

    check()
    assert {True, False} == reached
