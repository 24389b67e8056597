"""Counts, custom fields, options, files, pictures and call logs of the played Pipedrive, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox


async def data(by_key: Any, method: str, path: str, status: int = 200, **sent: Any) -> Any:
    reply = await by_key.request(method, path, **sent)
    assert status == reply.status_code, reply.text
    return reply.json()["data"]


# -- what is shown on demand --

COUNTS = {
    "person": ("open_deals", "closed_deals", "won_deals", "lost_deals", "activities", "done_activities",
               "undone_activities", "files", "notes", "followers"),
    "organization": ("open_deals", "closed_deals", "people", "activities", "notes", "files", "followers"),
    "deal": ("activities", "done_activities", "undone_activities", "files", "notes", "followers"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("entity", "path", "link", "counted"),
    [
        ("person", "/api/v2/persons/501", {"person_id": 501}, [2, 2, 1, 1, 3, 1, 2, 1, 2, 1]),
        ("organization", "/api/v2/organizations/61", {"org_id": 61}, [2, 2, 1, 3, 2, 1, 1]),
        ("deal", "/api/v2/deals/901", {"deal_id": 901}, [3, 1, 2, 1, 2, 1]),
    ],
)
async def test_what_is_linked_is_counted(
    by_key: Any, entity: str, path: str, link: dict[str, int], counted: list[int]
) -> None:
    about = {"participants": [{"person_id": 501}]} if entity == "person" else link
    made = [
        await data(by_key, "POST", "/api/v2/activities", json={"due_date": day, "done": done, **about})
        for day, done in (("2026-01-05", False), ("2026-01-04", False), ("2026-01-01", True))
    ]
    gone = await data(by_key, "POST", "/api/v2/activities", json=about)
    await data(by_key, "DELETE", f"/api/v2/activities/{gone['id']}")
    for _ in range(3):
        note = await data(by_key, "POST", "/v1/notes", json={"content": "x", **link})
    await data(by_key, "DELETE", f"/v1/notes/{note['id']}")
    await data(
        by_key,
        "POST",
        "/v1/files",
        files={"file": ("a.txt", b"x")},
        data={k: str(v) for k, v in link.items()},
    )
    await data(by_key, "POST", f"{path}/followers", 201, json={"user_id": 7002})
    names = [f"{name}_count" for name in COUNTS[entity]]
    asked = ",".join(["next_activity_id", "last_activity_id", "smart_bcc_email", *names])
    shown = await data(by_key, "GET", path, params={"include_fields": asked})
    assert counted == [shown[name] for name in names]
    assert (made[1]["id"], made[2]["id"]) == (shown["next_activity_id"], shown["last_activity_id"])
    assert f"acme-sandbox+{entity}{shown['id']}@pipedrivemail.com" == shown["smart_bcc_email"]


async def test_labels_are_shown_by_their_names_when_asked_for(by_key: Any, crm: PipedriveSandbox) -> None:
    (labels,) = (
        row for row in crm.database.fields.values() if (row["entity"], row["key"]) == ("person", "label_ids")
    )
    hot, cold = {"id": 1, "label": "Hot", "color": "red"}, {"id": 2, "label": "Cold", "color": "blue"}
    crm.database.fields.change(int(str(labels["id"])), {"options": [hot, cold]})
    await data(by_key, "PATCH", "/api/v2/persons/501", json={"label_ids": [2]})
    shown = await data(by_key, "GET", "/api/v2/persons/501", params={"include_labels": "true"})
    assert [cold] == shown["labels"]
    assert "labels" not in await data(
        by_key, "GET", "/api/v2/persons/501", params={"include_labels": "false"}
    )


# -- custom fields --


async def field(by_key: Any, field_type: str, *options: str) -> str:
    body: dict[str, Any] = {"field_name": "Own", "field_type": field_type}
    if options:
        body["options"] = [{"label": each} for each in options]
    made = await data(by_key, "POST", "/api/v2/personFields", json=body)
    assert (40, "Own", field_type, True) == (
        len(made["field_code"]), made["field_name"], made["field_type"], made["is_custom_field"],
    )  # fmt: skip
    return str(made["field_code"])


@pytest.mark.parametrize(
    ("field_type", "fits", "does_not"),
    [
        ("varchar", "x", 1), ("text", "x", {}), ("phone", "+1", 1), ("double", 1.5, "1.5"), ("double", 2, True),
        ("date", "2026-01-02", "soon"), ("org", 61, "61"), ("people", 501, "501"), ("user", 7001, "7001"),
        ("varchar_auto", "x", []), ("monetary", {"value": 1, "currency": "EUR"}, 1),
        ("time", {"value": "09:30:00"}, "09:30"), ("address", {"value": "Here"}, "Here"),
        ("daterange", {"value": "2026-01-02"}, "x"), ("timerange", {"value": "09:30:00"}, 9),
    ],
)  # fmt: skip
async def test_a_custom_field_takes_values_of_its_type(
    by_key: Any, field_type: str, fits: Any, does_not: Any
) -> None:
    key = await field(by_key, field_type)
    kept = await data(by_key, "PATCH", "/api/v2/persons/501", json={"custom_fields": {key: fits}})
    assert {key: fits} == kept["custom_fields"]
    refused = await by_key.patch("/api/v2/persons/501", json={"custom_fields": {key: does_not}})
    told = f"custom_fields.{key}: This value is not valid for a field of type {field_type}."
    assert (400, f"Validation failed: {told}") == (refused.status_code, refused.json()["error"])
    kept = await data(by_key, "PATCH", "/api/v2/persons/501", json={"custom_fields": {key: None}})
    assert {key: None} == kept["custom_fields"]


async def test_one_or_several_options_are_chosen_by_their_numbers_and_shown_by_label(by_key: Any) -> None:
    one, many = await field(by_key, "enum", "A", "B"), await field(by_key, "set", "C", "D")
    (a, _), (c, d) = [
        (await data(by_key, "GET", f"/api/v2/personFields/{key}"))["options"] for key in (one, many)
    ]
    chosen = {one: a["id"], many: [c["id"], d["id"]]}
    kept = await data(by_key, "PATCH", "/api/v2/persons/501", json={"custom_fields": chosen})
    assert chosen == kept["custom_fields"]
    params = {"include_option_labels": "true"}
    shown = (await data(by_key, "GET", "/api/v2/persons/501", params=params))["custom_fields"]
    assert ("A", ["C", "D"]) == (shown[one]["label"], [each["label"] for each in shown[many]])
    params = {"custom_fields": many}
    assert [many] == [*(await data(by_key, "GET", "/api/v2/persons/501", params=params))["custom_fields"]]
    for wrong in ({one: 0}, {one: [a["id"]]}, {many: c["id"]}, {many: [0]}):
        assert 400 == (await by_key.patch("/api/v2/persons/501", json={"custom_fields": wrong})).status_code
    older = await data(by_key, "GET", "/v1/persons/501")
    assert (a["id"], f"{c['id']},{d['id']}") == (older[one], older[many])


async def test_options_are_added_renamed_and_taken_away_by_number(by_key: Any) -> None:
    key = await field(by_key, "set", "A", "B")
    path = f"/api/v2/personFields/{key}"
    a, b = (await data(by_key, "GET", path))["options"]
    assert ("A", "B", b["id"] - 1) == (a["label"], b["label"], a["id"])
    (c,) = await data(by_key, "POST", f"{path}/options", json=[{"label": "C"}])
    assert {"id": b["id"] + 1, "label": "C"} == c
    assert [{"id": b["id"], "label": "Bee"}] == await data(
        by_key, "PATCH", f"{path}/options", json=[{"id": b["id"], "label": "Bee"}]
    )
    assert [{"id": a["id"], "label": "A"}] == await data(
        by_key, "DELETE", f"{path}/options", json=[{"id": a["id"]}]
    )
    left = (await data(by_key, "GET", path))["options"]
    assert [(b["id"], "Bee"), (c["id"], "C")] == [(each["id"], each["label"]) for each in left]
    refused = await by_key.patch(f"{path}/options", json=[{"id": 9, "label": "x"}, {"id": 8, "label": "y"}])
    assert "options: 8 was not found." == refused.json()["error"]
    refused = await by_key.post("/api/v2/personFields/name/options", json=[{"label": "x"}])
    assert "The field name has no options." == refused.json()["error"]


async def test_v1_keeps_the_options_whose_number_it_is_sent(by_key: Any) -> None:
    body = {"name": "Own", "field_type": "enum", "options": [{"label": "A"}, {"label": "B"}]}
    made = await data(by_key, "POST", "/v1/personFields", json=body)
    a, b = made["options"]
    sent = [{"id": b["id"], "label": "Bee"}, {"label": "C"}, {"id": 9, "label": "D"}]
    changed = await data(
        by_key, "PUT", f"/v1/personFields/{made['id']}", json={"name": "New", "options": sent}
    )
    assert ("New", "Own") == (changed["name"], made["name"])
    assert [(b["id"], "Bee"), (b["id"] + 1, "C"), (b["id"] + 2, "D")] == [
        (each["id"], each["label"]) for each in changed["options"]
    ]
    assert a["id"] == b["id"] - 1


# -- files, pictures, calls --


async def test_a_file_has_its_address_and_the_names_of_what_it_belongs_to(by_key: Any) -> None:
    links = {"person_id": "501", "deal_id": "901", "org_id": "61"}
    made = await data(
        by_key, "POST", "/v1/files", files={"file": ("a.txt", b"xyz", "text/plain")}, data=links
    )
    assert ("a.txt", "a.txt", 3, "Nia Holt", "Holt renewal", "Holt Ltd", True) == tuple(
        made[name]
        for name in (
            "name",
            "file_name",
            "file_size",
            "person_name",
            "deal_name",
            "org_name",
            "active_flag",
        )
    )
    assert f"https://app.pipedrive.com/api/v1/files/{made['id']}/download" == made["url"]
    for path in ("persons/501", "deals/901", "organizations/61"):
        assert [made["id"]] == [row["id"] for row in await data(by_key, "GET", f"/v1/{path}/files")]
    for path in ("persons/502", "deals/902"):
        assert [] == await data(by_key, "GET", f"/v1/{path}/files")
    got = await by_key.get(f"/v1/files/{made['id']}/download")
    assert (b"xyz", "attachment") == (got.content, got.headers["content-disposition"])
    assert got.headers["content-type"].startswith("text/plain")
    renamed = await data(by_key, "PUT", f"/v1/files/{made['id']}", json={"name": "b.txt"})
    assert ("b.txt", "a.txt") == (renamed["name"], renamed["file_name"])
    refused = await by_key.post("/v1/files", data={"file": "no file"})
    assert (400, "file: This value should be a file.") == (refused.status_code, refused.json()["error_info"])


@pytest.mark.parametrize(
    ("kind", "number", "link"), [("deal", 901, "deal_id"), ("person", 501, "person_id"), ("organization", 61, "org_id")]
)  # fmt: skip
async def test_a_document_elsewhere_is_linked_to_and_cannot_be_downloaded(
    by_key: Any, kind: str, number: int, link: str
) -> None:
    body = {"item_type": kind, "item_id": number, "remote_location": "googledrive"}
    made = await data(by_key, "POST", "/v1/files/remote", json={**body, "title": "Plan", "file_type": "gdoc"})
    assert ("Plan", number, "googledrive", 0) == (
        made["name"], made[link], made["remote_location"], made["file_size"],
    )  # fmt: skip
    linked = await data(by_key, "POST", "/v1/files/remoteLink", json={**body, "remote_id": "abc"})
    assert ("abc", "abc") == (linked["name"], linked["remote_id"])
    assert 404 == (await by_key.get(f"/v1/files/{made['id']}/download")).status_code
    missing = await by_key.post("/v1/files/remoteLink", json={**body, "item_id": 9999, "remote_id": "abc"})
    assert 404 == missing.status_code


async def test_a_person_has_one_picture_in_two_sizes(by_key: Any) -> None:
    assert 404 == (await by_key.get("/api/v2/persons/501/picture")).status_code
    ((number, told),) = (
        await data(by_key, "POST", "/v1/persons/501/picture", files={"file": ("a.jpg", b"12345")})
    ).items()
    assert ("person", 501, True, 7001, {"128", "512"}) == (
        told["item_type"], told["item_id"], told["active_flag"], told["added_by_user_id"], {*told["pictures"]},
    )  # fmt: skip
    shown = await data(by_key, "GET", "/api/v2/persons/501/picture")
    assert (int(number), 5, told["pictures"]) == (shown["id"], shown["file_size"], shown["pictures"])
    assert {"id": int(number)} == await data(by_key, "DELETE", "/v1/persons/501/picture")
    assert 404 == (await by_key.get("/api/v2/persons/501/picture")).status_code


@pytest.mark.parametrize(
    ("start", "end", "day", "time", "duration"),
    [
        ("2026-01-02T09:00:00Z", "2026-01-02T09:05:30Z", "2026-01-02", "09:00:00", "00:05:30"),
        ("2026-01-02 09:00:00", "2026-01-02 09:00:00", "2026-01-02", "09:00:00", "00:00:00"),
        ("2026-01-02T00:30:00+02:00", "2026-01-02T12:30:00+02:00", "2026-01-01", "22:30:00", "12:00:00"),
        ("2026-01-02T09:00:00Z", "2026-01-09T09:00:00Z", "2026-01-02", "09:00:00", "23:59:00"),
    ],
)
async def test_the_activity_of_a_call_log_is_done_at_the_time_of_the_call(
    by_key: Any, start: str, end: str, day: str, time: str, duration: str
) -> None:
    body = {"outcome": "connected", "to_phone_number": "+1", "start_time": start, "end_time": end}
    made = await data(by_key, "POST", "/v1/callLogs", json=body)
    activity = await data(by_key, "GET", f"/api/v2/activities/{made['activity_id']}")
    assert ("call", True, day, time, duration, [], 7001) == tuple(
        activity[name]
        for name in ("type", "done", "due_date", "due_time", "duration", "participants", "owner_id")
    )
    assert 88 == made["company_id"]
    refused = await by_key.post("/v1/callLogs", json={**body, "end_time": "2020-01-01T00:00:00Z"})
    assert "end_time: This value should not be before start_time." == refused.json()["error_info"]


# -- lists --


async def test_times_of_change_are_from_a_moment_on_and_before_another(
    by_key: Any, crm: PipedriveSandbox
) -> None:
    for second in (0, 1, 2):
        row = crm.database.add_person(f"P{second}", {})
        crm.database.persons.change(int(str(row["id"])), {"update_time": f"2030-01-01T00:00:0{second}Z"})
    since, until = {"updated_since": "2030-01-01T00:00:01Z"}, {"updated_until": "2030-01-01T00:00:02Z"}
    assert ["P1", "P2"] == [row["name"] for row in await data(by_key, "GET", "/api/v2/persons", params=since)]
    both = await data(by_key, "GET", "/api/v2/persons", params=since | until)
    assert ["P1"] == [row["name"] for row in both]


async def test_lists_are_sorted_by_number_or_letter_with_nothing_last_and_turned_round(by_key: Any) -> None:
    def names(rows: Any) -> list[str]:
        return [row["name"] for row in rows]

    rows = await data(by_key, "GET", "/api/v2/persons", params={"sort_by": "id", "sort_direction": "desc"})
    ids = [row["id"] for row in rows]
    assert sorted(ids, reverse=True) == ids
    by_id = await data(by_key, "GET", "/api/v2/persons", params={"sort_direction": "asc"})
    assert ids[::-1] == [row["id"] for row in by_id]
    turned = await data(by_key, "GET", "/api/v2/persons", params={"sort_direction": "desc"})
    assert ids == [row["id"] for row in turned]
    leads = await data(by_key, "GET", "/v1/leads", params={"sort": "title DESC"})
    assert ["Roth newsletter", "Holt second site"] == [row["title"] for row in leads]
    several = await data(by_key, "GET", "/v1/persons", params={"sort": "active_flag DESC, name"})
    assert sorted(names(several)) == names(several)


@pytest.mark.parametrize(
    ("term", "by", "found"),
    [("RAE", 0, [7001]), ("rae.quill@", 1, [7001]), ("rae.quill@", 0, []), ("o", 0, [7002, 7003]), ("nobody", 0, [])],
)  # fmt: skip
async def test_users_are_found_by_a_part_of_their_name_or_address(
    by_key: Any, term: str, by: int, found: list[int]
) -> None:
    params = {"term": term, "search_by_email": by}
    assert found == [row["id"] for row in await data(by_key, "GET", "/v1/users/find", params=params)]


@pytest.mark.parametrize(("term", "codes"), [("eur", ["EUR"]), ("DOLLAR", ["USD"]), ("x", [])])
async def test_currencies_are_found_by_code_or_name(by_key: Any, term: str, codes: list[str]) -> None:
    assert codes == [row["code"] for row in await data(by_key, "GET", f"/v1/currencies?term={term}")]
