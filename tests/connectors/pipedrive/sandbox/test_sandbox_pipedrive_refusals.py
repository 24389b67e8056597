"""What the played Pipedrive refuses, in the documented envelopes, with all that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

HELP = "Please check developers.pipedrive.com"
NOTHING = {"data": None, "additional_data": None}


def v2(text: str) -> tuple[int, dict[str, Any]]:
    return 400, {"error": f"Validation failed: {text}", "code": "ERR_SCHEMA_VALIDATION_FAILED"}


def v1(text: str) -> tuple[int, dict[str, Any]]:
    return 400, {"error": "Validation failed", "error_info": text, **NOTHING}


def senseless(text: str) -> tuple[int, dict[str, Any]]:
    return 400, {"error": text, "code": "ERR_BAD_REQUEST"}


def no_term(text: str) -> tuple[int, dict[str, Any]]:
    return 400, {"error": text, "code": "ERR_INVALID_INPUT"}


def forbidden(text: str) -> tuple[int, dict[str, Any]]:
    return 403, {"error": text, "error_info": HELP, "code": "ERR_FORBIDDEN", **NOTHING}


def missing(text: str = "Entity was not found") -> tuple[int, dict[str, Any]]:
    return 404, {"error": text, "error_info": "Object was not found.", **NOTHING}


REFUSED: list[tuple[str, Any, tuple[int, dict[str, Any]]]] = [
    ("GET /api/v2/persons/search?term=", None, no_term('"term" is not allowed to be empty')),
    ("GET /api/v2/persons/search?term=a", None, no_term('"term" length must be at least 2 characters long')),
    (
        "GET /api/v2/itemSearch/field?term=ab&entity_type=product&field=name",
        None,
        no_term("entity_type: this sandbox has no products."),
    ),
    ("GET /api/v2/persons?limit=0", None, v2("limit: Expected a number from 1 to 500")),
    ("GET /api/v2/persons?limit=501", None, v2("limit: Expected a number from 1 to 500")),
    ("GET /api/v2/persons?limit=x", None, v2("limit: Expected a number from 1 to 500")),
    ("GET /api/v2/itemSearch?term=ab&limit=101", None, v2("limit: Expected a number from 1 to 100")),
    ("GET /api/v2/persons?nope=1", None, v2("nope: Parameter 'nope' is not allowed for this request")),
    ("GET /api/v2/persons?ids=x", None, v2("ids: Expected at most 100 numbers with commas between")),
    (
        "GET /api/v2/persons?ids=" + ",".join("1" * 101),
        None,
        v2("ids: Expected at most 100 numbers with commas between"),
    ),
    (
        "GET /api/v2/persons?custom_fields=" + ",".join("a" * 16),
        None,
        v2("custom_fields: Expected at most 15 keys"),
    ),
    (
        "GET /api/v2/persons?updated_since=soon",
        None,
        v2("updated_since: Expected RFC3339 format, e.g. 2025-01-01T10:20:00Z"),
    ),
    (
        "GET /api/v2/persons?sort_by=nope",
        None,
        v2("sort_by: Invalid value 'nope', expected one of id, update_time, add_time"),
    ),
    ("GET /api/v2/persons?cursor=x", None, v2("cursor: Invalid cursor")),
    ("GET /api/v2/activities?done=1", None, v2("done: This value should be of type boolean.")),
    ("GET /api/v2/persons/x", None, v2("id: Expected number, received string")),
    ("GET /api/v2/persons/9999", None, missing()),
    ("GET /v1/leads/x", None, missing("requested lead not found")),
    ("GET /v1/users/9999", None, missing("User not found or not accessible.")),
    ("GET /v1/nope", None, (404, {"error": "Not Found", "error_info": HELP})),
    ("POST /v1/users/me", {}, (405, {"error": "Method Not Allowed", "error_info": HELP})),
    ("GET /v1/leads?sort=nope", None, senseless("Sorting by nope is not possible.")),
    ("POST /api/v2/persons", {}, v2("name: This field is missing.")),
    ("POST /api/v2/persons", [], v2("body: Expected a JSON object")),
    ("POST /api/v2/persons", {"name": 1}, v2("name: This value should be of type string.")),
    (
        "POST /api/v2/persons",
        {"name": "A", "nope": 1},
        v2("nope: Parameter 'nope' is not allowed for this request"),
    ),
    ("POST /api/v2/persons", {"name": "A", "org_id": 9999}, senseless("org_id 9999 was not found.")),
    (
        "POST /api/v2/persons",
        {"name": "A", "im": []},
        forbidden("The field 'im' is available with contact sync only."),
    ),
    (
        "POST /api/v2/persons",
        {"name": "A", "phones": [{"value": "1", "primary": True}, {"value": "2", "primary": True}]},
        v2("phones: Only one phone can be primary."),
    ),
    (
        "POST /api/v2/persons",
        {"name": "A", "emails": [{"value": "1", "primary": True}, {"value": "2", "primary": True}]},
        v2("emails: Only one email can be primary."),
    ),
    ("POST /api/v2/persons", {"name": "A", "phones": {}}, v2("phones: This value should be of type array.")),
    (
        "POST /api/v2/persons",
        {"name": "A", "custom_fields": {"0000000000000000000000000000000000000000": 1}},
        v2(
            "custom_fields.0000000000000000000000000000000000000000: Parameter 'custom_fields.0000000000000000000000000000000000000000' is not allowed for this request"
        ),
    ),
    ("PATCH /api/v2/persons/501", {"name": ""}, v2("name: This value should not be blank.")),
    ("PATCH /api/v2/persons/501", {"id": 7}, v2("id: Parameter 'id' is not allowed for this request")),
    ("PATCH /api/v2/persons/501", {"visible_to": 9}, v2("visible_to: This value is not one of 1, 3, 5, 7.")),
    (
        "PATCH /api/v2/persons/501",
        {"label_ids": ["x"]},
        v2("label_ids.0: This value should be of type integer."),
    ),
    (
        "POST /api/v2/activities",
        {"deal_id": 901, "lead_id": "00000000-0000-4000-8000-000000000001"},
        senseless("An activity can be linked to a deal or to a lead, not to both."),
    ),
    ("POST /api/v2/activities", {"type": "nope"}, v2("type: Activity type 'nope' was not found")),
    (
        "POST /api/v2/activities",
        {"due_date": "x", "due_time": "y", "duration": 7},
        v2(
            "due_date: This value is not a valid date.; due_time: This value is not a valid datetime.; duration: This value is not a valid datetime."
        ),
    ),
    ("POST /api/v2/activities", {"done": 1}, v2("done: This value should be of type boolean.")),
    (
        "POST /api/v2/activities",
        {"participants": [{"person_id": 9999}]},
        senseless("participants: person was not found."),
    ),
    (
        "POST /api/v2/deals",
        {"title": "A", "stage_id": 1, "pipeline_id": 9},
        senseless("pipeline_id 9 was not found."),
    ),
    (
        "POST /api/v2/deals",
        {"title": "A", "status": "x"},
        v2("status: This value is not one of open, won, lost."),
    ),
    ("POST /api/v2/deals", {"title": "A", "stage_id": 99}, senseless("stage_id 99 was not found.")),
    ("GET /api/v2/deals/905", None, missing()),
    ("POST /v1/leads", {"title": "A"}, senseless("A lead must be linked to a person or an organization.")),
    ("POST /v1/leads", {"title": "A", "person_id": 9999}, senseless("person_id 9999 was not found.")),
    ("PUT /v1/persons/501/merge", {"merge_with_id": 9999}, senseless("merge_with_id 9999 was not found.")),
    ("PUT /v1/persons/501/merge", {"merge_with_id": 501}, senseless("merge_with_id 501 was not found.")),
    ("POST /v1/deals/901/participants", {"person_id": 9999}, senseless("person_id 9999 was not found.")),
    ("DELETE /v1/deals/901/participants/9", None, missing()),
    (
        "GET /v1/deals/timeline?start_date=2026-01-01&interval=day&amount=0&field_key=add_time",
        None,
        senseless("amount: Expected a number from 1 to 1000"),
    ),
    (
        "GET /v1/deals/timeline?start_date=2026-01-01&interval=day&amount=1001&field_key=add_time",
        None,
        senseless("amount: Expected a number from 1 to 1000"),
    ),
    (
        "GET /v1/deals/timeline?start_date=2026-01-01&interval=day&amount=1&field_key=title",
        None,
        senseless("field_key: title is no field with a date."),
    ),
    (
        "GET /v1/deals/timeline?start_date=x&interval=eon&amount=x&field_key=title",
        None,
        v1(
            "start_date: This value is not a valid date.; interval: Invalid value 'eon', expected one of day, week, month, quarter; amount: This value should be of type integer."
        ),
    ),
    (
        "GET /v1/recents?since_timestamp=x",
        None,
        senseless("since_timestamp: This value is not a valid datetime."),
    ),
    ("GET /v1/recents", None, v1("since_timestamp: This field is missing.")),
    (
        "POST /v1/webhooks",
        {"subscription_url": "ftp://x", "event_action": "*", "event_object": "*"},
        v1("name: This field is missing."),
    ),
    ("DELETE /v1/webhooks/9", None, missing()),
    ("DELETE /v1/callLogs/x", None, missing()),
    ("GET /v1/filters/9", None, missing()),
    (
        "POST /v1/filters",
        {
            "name": "A",
            "conditions": {
                "glue": "and",
                "conditions": [
                    {
                        "glue": "and",
                        "conditions": [
                            {
                                "object": "person",
                                "field_id": "1",
                                "operator": "~",
                                "value": 1,
                                "extra_value": None,
                            }
                        ],
                    }
                ],
            },
            "type": "people",
        },
        v1(
            "conditions.conditions.0.conditions.0.operator: This value is not one of =, !=, <, >, <=, >=, IS NULL, IS NOT NULL, LIKE '$%', LIKE '%$', LIKE '%$%', NOT LIKE '$%', NOT LIKE '%$', NOT LIKE '%$%'."
        ),
    ),
    ("POST /v1/files", None, v2("body: Expected a JSON object")),
    ("PUT /v1/personFields/12001", {"name": "x"}, missing()),
    (
        "POST /v1/personFields",
        {"name": "x", "field_type": "enum"},
        senseless("options: fields of type enum and set have options, others have none."),
    ),
    (
        "POST /api/v2/personFields",
        {"field_name": "x", "field_type": "nope"},
        v2(
            "field_type: This value is not one of varchar, text, double, phone, date, daterange, time, timerange, set, enum, varchar_auto, address, monetary, org, people, user."
        ),
    ),
    ("PUT /v1/dealFields/x", {}, v2("id: Expected number, received string")),
    ("DELETE /v1/personFields/12001", None, missing()),
    (
        "POST /v1/notes",
        {"content": "x"},
        senseless(
            "At least one of these must be set: lead_id, deal_id, person_id, org_id, project_id, task_id."
        ),
    ),
    ("POST /v1/notes", {"person_id": 501}, v1("content: This field is missing.")),
    ("GET /v1/notes/9", None, missing()),
    ("DELETE /api/v2/deals/901/followers/9", None, missing()),
    ("POST /api/v2/deals/901/followers", {"user_id": 9}, senseless("user_id 9 was not found.")),
    ("PATCH /api/v2/activities/9999", {}, missing()),
    ("GET /api/v2/leads/x/convert/status/y", None, missing()),
    (
        "POST /v1/webhooks",
        {"subscription_url": "ftp://x", "event_action": "*", "event_object": "*", "name": "A"},
        v1("subscription_url: This value is not a valid URL."),
    ),
    ("PUT /v1/personFields/12034", {"name": "x"}, senseless("The field first_name cannot be changed.")),
    ("GET /v1/persons?limit=x", None, v1("limit: This value should be of type integer.")),
    (
        "POST /v1/persons",
        {"visible_to": "9"},
        v1("visible_to: This value is not one of 1, 3, 5, 7.; name: This field is missing."),
    ),
]


@pytest.mark.parametrize(
    ("request_line", "body", "answer"),
    REFUSED,
    ids=[f"{line[:60]} {body}"[:110] for line, body, _ in REFUSED],
)
async def test_what_cannot_be_is_refused_with_the_reason(
    by_key: Any, request_line: str, body: Any, answer: tuple[int, dict[str, Any]]
) -> None:
    method, path = request_line.split()
    reply = await by_key.request(method, path, json=body)
    status, envelope = answer
    assert (status, {"success": False, **envelope}) == (reply.status_code, reply.json())
