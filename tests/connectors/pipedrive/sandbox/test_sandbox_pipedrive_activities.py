"""Activities of Pipedrive's sandbox: strict bodies, links, times, notes."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appconnect.sandbox.html_rewriting import rewritten

LEAD = "00000000-0000-4000-8000-000000000001"
ARCHIVED_LEAD = "00000000-0000-4000-8000-000000000002"
CALL = {
    "subject": "Outbound Call to Nia Holt",
    "type": "call",
    "owner_id": 7002,
    "org_id": 61,
    "deal_id": 901,
    "due_date": "2026-01-02",
    "due_time": "09:10",
    "duration": "00:07",
    "done": True,
    "participants": [{"person_id": 501, "primary": True}],
    "note": "<b>Agent notes</b><br>x",
}
SCHEMA = "ERR_SCHEMA_VALIDATION_FAILED"


async def created(api, **change):
    reply = await api.post("/api/v2/activities", json=CALL | change)
    assert 200 == reply.status_code, reply.text
    return reply.json()["data"]


async def changed(api, activity, **change):
    reply = await api.patch(f"/api/v2/activities/{activity['id']}", json=change)
    assert 200 == reply.status_code, reply.text
    return reply.json()["data"]


async def test_an_activity_comes_back_completed(api):
    activity = await created(api)
    expected = {
        "id": 9301,
        "person_id": 501,
        "org_id": 61,
        "deal_id": 901,
        "lead_id": None,
        "due_time": "09:10:00",
        "duration": "00:07:00",
        "done": True,
        "marked_as_done_time": "2026-01-02T09:30:00Z",
        "owner_id": 7002,
        "creator_user_id": 7001,
        "is_deleted": False,
        "add_time": "2026-01-02T09:30:00Z",
        "note": "<b>Agent notes</b><br>x",
        "participants": [{"person_id": 501, "primary": True}],
    }
    assert expected == {name: activity[name] for name in expected}
    assert "attendees" not in activity
    assert activity == (await api.get("/api/v2/activities/9301")).json()["data"]


async def test_owner_type_and_subject_have_defaults(api):
    activity = (await api.post("/api/v2/activities", json={})).json()["data"]
    assert (7001, "call", "Call", False, None) == tuple(
        activity[name] for name in ("owner_id", "type", "subject", "done", "person_id")
    )


async def test_the_first_participant_is_primary_when_none_says_so(api):
    activity = await created(api, participants=[{"person_id": 502}, {"person_id": 503}])
    assert 502 == activity["person_id"]
    assert [True, False] == [one["primary"] for one in activity["participants"]]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_person_id_is_read_only_in_the_documented_words(api, method):
    activity = await created(api)
    path = "/api/v2/activities" + (f"/{activity['id']}" if method == "PATCH" else "")
    reply = await api.request(method, path, json={"person_id": 501})
    error = "'person_id' is a read-only field. Add a primary participant to set 'person_id' instead."
    assert 400 == reply.status_code
    assert {"success": False, "error": error, "code": "ERR_BAD_REQUEST"} == reply.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"deal_id": ""}, "deal_id"),
        ({"deal_id": "901"}, "deal_id"),
        ({"deal_id": True}, "deal_id"),
        ({"owner_id": 7001.5}, "owner_id"),
        ({"lead_id": 12}, "lead_id"),
        ({"lead_id": "not-a-uuid"}, "lead_id"),
        ({"done": 1}, "done"),
        ({"done": "true"}, "done"),
        ({"due_date": "02.01.2026"}, "due_date"),
        ({"due_date": "2026-02-30"}, "due_date"),
        ({"due_time": "24:00"}, "due_time"),
        ({"due_time": "9:10"}, "due_time"),
        ({"duration": "00:60"}, "duration"),
        ({"duration": 7}, "duration"),
        ({"location": "here"}, "location"),
        ({"participants": [{"person_id": "501"}]}, "participants.0.person_id"),
        ({"participants": [{"primary_flag": True, "person_id": 501}]}, "participants.0.primary_flag"),
        ({"type": "pigeon"}, "type"),
        ({"private": True}, "private"),
        ({"is_deleted": False}, "is_deleted"),
        ({"busy_flag": True}, "busy_flag"),
    ],
)
async def test_bodies_are_read_strictly_on_create_and_change(api, crm, body, field):
    activity = await created(api)
    for reply in (
        await api.post("/api/v2/activities", json=CALL | {"deal_id": None} | body),
        await api.patch(f"/api/v2/activities/{activity['id']}", json=body),
    ):
        assert (400, SCHEMA) == (reply.status_code, reply.json()["code"])
        assert reply.json()["error"].startswith(f"Validation failed: {field}: ")
    assert 1 == len(crm.database.activities)
    assert activity == (await api.get(f"/api/v2/activities/{activity['id']}")).json()["data"]


@pytest.mark.parametrize(
    "body",
    [
        {"deal_id": 1},
        {"deal_id": 905},
        {"deal_id": 906},
        {"deal_id": None, "lead_id": ARCHIVED_LEAD},
        {"org_id": 1},
        {"owner_id": 1},
        {"participants": [{"person_id": 1}]},
        {"participants": [{"person_id": 508}]},
    ],
)
async def test_links_must_lead_to_what_is_there(api, body):
    reply = await api.post("/api/v2/activities", json=CALL | body)
    assert (400, "ERR_BAD_REQUEST") == (reply.status_code, reply.json()["code"])


async def test_a_deal_and_a_lead_exclude_each_other_unless_switched_off(api, crm):
    both = CALL | {"lead_id": LEAD}
    assert 400 == (await api.post("/api/v2/activities", json=both)).status_code
    activity = await created(api)
    path = f"/api/v2/activities/{activity['id']}"
    assert 400 == (await api.patch(path, json={"lead_id": LEAD})).status_code
    moved = await changed(api, activity, deal_id=None, lead_id=LEAD)
    assert (None, LEAD) == (moved["deal_id"], moved["lead_id"])

    crm.toggles["deal_or_lead"] = False
    assert 200 == (await api.post("/api/v2/activities", json=both)).status_code


async def test_a_change_leaves_what_is_not_sent_and_null_clears(api, clock):
    activity = await created(api)
    clock.advance(60)
    after = await changed(api, activity, deal_id=None, duration="01:02:03")

    assert (
        activity
        | {
            "deal_id": None,
            "duration": "01:02:03",
            "update_time": "2026-01-02T09:31:00Z",
        }
        == after
    )


async def test_undoing_forgets_when_it_was_done(api, clock):
    activity = await created(api)
    assert (await changed(api, activity, done=False))["marked_as_done_time"] is None
    clock.advance(60)
    assert "2026-01-02T09:31:00Z" == (await changed(api, activity, done=True))["marked_as_done_time"]


async def test_other_participants_make_another_person(api):
    activity = await created(api)
    after = await changed(api, activity, participants=[{"person_id": 502, "primary": True}])
    assert 502 == after["person_id"]
    assert (await changed(api, activity, participants=[]))["person_id"] is None


async def test_attendees_show_only_when_asked_for(api):
    activity = await created(api, attendees=[{"email": "nia@holt.example"}])
    path = f"/api/v2/activities/{activity['id']}"
    shown = (await api.get(path, params={"include_fields": "attendees"})).json()["data"]
    assert ["nia@holt.example"] == [one["email"] for one in shown["attendees"]]


async def test_a_deleted_activity_is_gone_softly(api, crm):
    activity = await created(api)
    path = f"/api/v2/activities/{activity['id']}"
    assert {"success": True, "data": {"id": activity["id"]}} == (await api.delete(path)).json()

    assert [] == (await api.get("/api/v2/activities")).json()["data"]
    assert [404, 404, 404] == [
        (await api.request(method, path, json={} if method == "PATCH" else None)).status_code
        for method in ("GET", "PATCH", "DELETE")
    ]
    crm.toggles["deleted_answer_404"] = False
    assert (await api.get(path)).json()["data"]["is_deleted"] is True


async def test_activities_can_be_listed_by_what_they_belong_to(api):
    mine = await created(api)
    await created(api, deal_id=None, lead_id=LEAD, participants=[{"person_id": 503}], done=False, org_id=None)
    for params in ({"deal_id": 901}, {"person_id": 501}, {"org_id": 61}, {"done": "true"}):
        assert [mine["id"]] == [
            row["id"] for row in (await api.get("/api/v2/activities", params=params)).json()["data"]
        ]
    found = (await api.get("/api/v2/activities", params={"lead_id": LEAD})).json()["data"]
    assert [503] == [row["person_id"] for row in found]


@pytest.mark.parametrize("params", [{"type": "call"}, {"done": "1"}, {"deal_id": ""}])
async def test_lists_refuse_a_type_filter_and_numbers_for_booleans(api, params):
    reply = await api.get("/api/v2/activities", params=params)
    assert (400, SCHEMA) == (reply.status_code, reply.json()["code"])


async def test_activities_can_be_sorted_by_due_date(api):
    for day in ("2026-01-05", None, "2026-01-03"):
        await created(api, due_date=day)
    rows = (await api.get("/api/v2/activities", params={"sort_by": "due_date"})).json()["data"]
    assert ["2026-01-03", "2026-01-05", None] == [row["due_date"] for row in rows]


async def test_a_link_that_went_away_later_does_not_stop_other_changes(api, crm):
    activity = await created(api)
    crm.database.deals[901]["is_archived"] = True
    assert "new" == (await changed(api, activity, note="new"))["note"]


async def test_null_never_takes_owner_type_or_done_away(api):
    activity = await created(api)
    after = await changed(api, activity, owner_id=None, type=None, done=None, busy=None, participants=None)
    assert (7002, "call", True, False, []) == tuple(
        after[name] for name in ("owner_id", "type", "done", "busy", "participants")
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
bodies = json_values | st.dictionaries(
    st.sampled_from([*CALL, "lead_id", "attendees", "location"]), json_values
)


@given(body=bodies)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
async def test_any_json_is_kept_or_refused_in_the_envelope(api, clock, body):
    clock.advance(1)
    reply = await api.post("/api/v2/activities", content=json.dumps(body))
    assert reply.status_code in {200, 400}
    assert reply.json()["success"] is (reply.status_code == 200)


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, '{"priority": NaN}', '{"note": "\\ud800"}'])
async def test_what_is_not_json_is_refused(api, text):
    reply = await api.post("/api/v2/activities", content=text)
    assert (400, SCHEMA) == (reply.status_code, reply.json()["code"])


# -- the back-end's hand in notes --


async def test_notes_are_kept_as_written_by_default(api):
    note = "<b>x</b><br><ul><li>a &amp; b</li></ul><weird>y</weird>"
    assert note == (await created(api, note=note))["note"]


async def test_notes_can_be_rewritten(api, crm):
    crm.toggles["rewrites_notes"] = True
    activity = await created(
        api,
        note='<B>x</B><br>1<2<a target=\'_blank\' href="https://x.example/?a=1&amp;b=2" onclick="e()">r</a>'
        "<weird>kept</weird><script>gone</script>&nbsp;&quot;",
    )
    assert (
        '<b>x</b><br />1&lt;2<a href="https://x.example/?a=1&amp;b=2" target="_blank">r</a>kept\xa0"'
        == activity["note"]
    )
    assert "<br />" == (await changed(api, activity, note="<br>"))["note"]


@given(st.text() | st.text(alphabet="<>/&;ab r\"'=!-"))
def test_rewriting_a_second_time_changes_nothing(html):
    once = rewritten(html)
    assert once == rewritten(once)
