"""Pipedrive's sandbox against the vendor's description, and against the vendor's own client for Node."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from pathlib import Path

import httpx

from appconnect.connectors.pipedrive import sandbox
from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.connectors.pipedrive.sandbox.activities import CONFERENCE
from appconnect.connectors.pipedrive.sandbox.checks import CUSTOM_KEY
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS, Operation
from appconnect.sandbox import Sandbox
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.clock import RealClock
from appconnect.sandbox.coverage import Operation as Described
from appconnect.sandbox.coverage import read_operations
from appconnect.sandbox.schema import Field, Kind
from appconnect.sandbox.server import serve
from parity.clients import NotInstalledError, npm_client
from parity.ledger import Ledger, Verdict, is_not_played

CRM, DATA = "pipedrive", "schema data"
VERSION = "33.7.0"
CLIENT = f"pipedrive {VERSION} (npm)"
KEY = "sandbox-pipedrive-api-token"
SCRIPT = Path(__file__).with_name("pipedrive_client.cjs")
LISTED = read_operations(files(sandbox).joinpath("operations.txt").read_text("utf-8"))
NOT_FOR_CLIENTS = {"Oauth", "Channels"}
"""Groups that the sandbox's sign-in tests cover, or that the vendor has given up."""

METHODS = ["POST", "GET", "PATCH", "PUT", "DELETE"]
Send = Callable[..., Awaitable[httpx.Response]]

SAMPLES: Mapping[str, Json] = {
    "user_id": 7002, "owner_id": 7001, "person_id": 501, "org_id": 61, "organization_id": 61, "deal_id": 901,
    "activity_id": None, "lead_id": None, "visible_to": None, "ids": "1,2", "sort": "id",
    "filter_id": None, "cursor": None, "project_id": None, "task_id": None, "term": "holt", "label_ids": [],
    "field_type": "enum", "options": [{"label": "Sample"}], "pipeline_id": 1, "stage_id": 2, "type": None, "custom_fields": None,
    "add_time": None, "person": None, "postal_address": None, "notes": None, "im": None, "birthday": None,
    "job_title": None, "is_deleted": None, "is_archived": None, "status": None, "include_fields": None, "product_id": None,
    "outcome": None, "item_type": "person", "item_id": 502, "since_timestamp": "2026-01-01 00:00:00", "field_key": "add_time", "entity_type": "person", "field": "name", "subscription_url": "http://127.0.0.1:9/", "access": None, "currency": "EUR", "origin_id": None, "limit": 5,
}  # fmt: skip
"""What a good call sends for a parameter or field of that name; None: nothing."""
BY_TYPE: Mapping[str, Json] = {
    "text": "sample", "integer": 1, "number": 1.5, "boolean": True, "date": "2026-01-02", "object": {},
    "date-time": "2026-01-02T10:00:00Z", "time": "10:00:00", "uuid": "00000000-0000-4000-8000-000000000001",
}  # fmt: skip
WRONG: Mapping[str, Json] = {"text": {"no": "text"}, "any": None}
OWN_RECORDS = {"deals": 902, "persons": 502, "organizations": 61, "users": 7001}
NUMBERS: Mapping[str, Json] = {
    "activities": 9301,
    "activityTypes": 1,
    "stages": 1,
    "activityFields": "subject",
}
OLDER = {"/v1/deals/{id}", "/v1/persons/{id}", "/v1/organizations/{id}"}
"""Where v1 takes a record that it made itself, so that none is deleted twice."""
MERGED = {"deals": (907, 901), "persons": (505, 501), "organizations": (63, 61)}
"""The record that is merged, and the one it is merged into."""
CONVERTED = 903


# -- the description --


async def described(ledger: Ledger, send: Send, operations: list[str] | None = None) -> None:
    """Call every operation that the vendor describes, rightly, and wrongly where it takes a body."""
    made: dict[str, Json] = {}
    played = {each.group for each in LISTED if str(each) in OPERATIONS}
    if absent := dict.fromkeys(each.group for each in LISTED if each.group not in played | NOT_FOR_CLIENTS):
        ledger.skip(f"{CRM}: {', '.join(absent)}", "the sandbox plays nothing of these groups")
    wanted = [each for each in LISTED if each.group in played - NOT_FOR_CLIENTS]
    for each in sorted(wanted, key=_order):
        if operations is not None and str(each) not in operations:
            continue
        operation = OPERATIONS.get(str(each)) or Operation(each.method, each.path, 0, frozenset())
        reply = await send(each.method, path_of(operation, made), **arguments(operation, made))
        missing = is_not_played(reply.status_code, dict(reply.headers))
        problem = "" if missing else problem_of(operation, reply)
        ledger.add(CRM, DATA, each.group, str(each), problem=problem, missing=missing)
        if not problem and not missing and each.method == "POST":
            _remember(made, each.path, reply)
        if not missing and operation.body is not None and not operation.bodies and operation.strict:
            bad = await send(each.method, path_of(operation, made), json=wrong_body(operation))
            told = "" if bad.status_code == 400 else f"a wrong body is answered {bad.status_code}"
            ledger.add(CRM, DATA, each.group, f"{each} with a wrong body", problem=told)


def _order(operation: Described) -> tuple[int, int]:
    """Return a key that sorts what makes records first, and what deletes them last, the innermost before."""
    depth = operation.path.count("/")
    return METHODS.index(operation.method), -depth if operation.method == "DELETE" else depth


def _remember(made: dict[str, Json], path: str, reply: httpx.Response) -> None:
    data = reply.json().get("data") if "json" in reply.headers["content-type"] else None
    if isinstance(data, list) and data:
        data = data[0]
    if isinstance(data, dict):
        made[path] = data.get("field_code") or data.get("id") or data.get("uuid") or data.get("conversion_id")


def path_of(operation: Operation, made: Mapping[str, Json]) -> str:
    """Return the path with ids of records that are there."""
    parts = operation.path.split("/")
    for number, part in enumerate(parts):
        if part.startswith("{"):
            parts[number] = str(_id(part, "/".join(parts[:number]), operation, made))
    return "/".join(parts)


def _id(part: str, before: str, operation: Operation, made: Mapping[str, Json]) -> Json:
    if part == "{follower_id}":
        return 7001 if operation.strict else made[re.sub(r"/\d+/", "/{id}/", before)]
    if part == "{conversion_id}":
        side = "deal" if "/leads/" in operation.path else "lead"
        group = "leads" if side == "deal" else "deals"
        return made.get(f"/api/v2/{group}/{{id}}/convert/{side}", "none")
    if operation.path.endswith("/merge"):
        return MERGED[before.rpartition("/")[2]][0]
    if operation.path.endswith("/convert/lead"):
        return CONVERTED
    shape = re.sub(r"/\d+(?=/|$)", "/{id}", before)
    group = before.rpartition("/")[2]
    if group == "leads" and operation.path.count("/") > 4:
        return "00000000-0000-4000-8000-000000000003"
    own = made.get(shape) if operation.path in OLDER else None
    return own or OWN_RECORDS.get(group) or made.get(shape) or NUMBERS.get(group, 1)


def arguments(operation: Operation, made: Mapping[str, Json]) -> dict[str, object]:
    """Return query and body of a good call: every field that has a sample."""
    query = {name: _sample(known) for name, known in operation.query.fields.items()}
    given = {name: _text(value) for name, value in query.items() if value is not None}
    if operation.body is None:
        return {"params": given}
    body = {name: _sample(known) for name, known in operation.body.fields.items()}
    sent = {name: value for name, value in body.items() if value is not None}
    if operation.path.startswith("/api/v2/activities"):
        sent.pop("person_id", None)
    if "file" in operation.body.fields:
        return {"files": {"file": ("call.mp3", b"sound", "audio/mpeg")}}
    if operation.bodies:
        option = made.get(operation.path)
        return {"json": [sent | {"id": option} if "id" in sent else sent]}
    if "user_id" in sent and operation.strict:
        sent["user_id"] = 7001
    if "merge_with_id" in sent:
        sent["merge_with_id"] = MERGED[operation.path.split("/")[2]][1]
    return {"json": sent}


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sample(known: Field) -> Json:
    if known.name in SAMPLES:
        value = SAMPLES[known.name]
        if value is not None or not known.required:
            return value
    if known.choices:
        return int(known.choices[0]) if known.type == "integer" else known.choices[0]
    if known.record is not None:
        return [] if known.many else None
    value = BY_TYPE.get(known.type)
    return [value] if known.many else value


def wrong_body(operation: Operation) -> JsonObject:
    """Return a body whose first field has a value of another type."""
    assert operation.body is not None
    known = next(iter(operation.body.fields.values()))
    return {known.name: {"of": "another type"}}


def problem_of(operation: Operation, reply: httpx.Response) -> str:
    """Return what is wrong with the answer to a good call, "" for nothing."""
    if reply.status_code != operation.status:
        return f"answered {reply.status_code}: {reply.text[:200]}"
    if "json" not in reply.headers.get("content-type", ""):
        return ""
    answer = reply.json()
    return "; ".join([*faults(operation, answer.get("data")), *absent(operation, answer.get("data"))])


def faults(operation: Operation, data: Json) -> list[str]:
    """Return where an answer is not as the description says: fields, types, choices.

    Null is allowed, and v1 has custom fields beside the others.
    """
    if operation.answer is None:
        return []
    rows = [row for row in (data if isinstance(data, list) else [data]) if isinstance(row, dict)]
    included = operation.query.fields.get("include_fields")
    asked = {"labels", *(included.choices if included else ())}
    found = [fault for row in rows for fault in operation.answer.problems(row, partly=True)]
    return [
        f"{fault.path} ({fault.kind})"
        for fault in found
        if not (fault.kind is Kind.UNKNOWN and (fault.path in asked or CUSTOM_KEY.fullmatch(fault.path)))
    ]


def absent(operation: Operation, data: Json) -> list[str]:
    """Return the fields of the description that an answer lacks, but for those that are shown on demand."""
    row = data[0] if isinstance(data, list) and data else data
    if operation.answer is None or not isinstance(row, dict):
        return []
    on_demand = {
        *CONFERENCE,
        "outcome",
        "attendees",
        "im",
        "postal_address",
        "birthday",
        "job_title",
        "notes",
        "lead_id",
        "deal_id",
    }
    return [f"{name} is absent" for name in operation.answer.fields.keys() - row.keys() - on_demand]


# -- the vendor's client --


async def with_client(ledger: Ledger, url: str) -> None:
    """Let the vendor's client for Node make its calls."""
    try:
        package = await asyncio.to_thread(npm_client, CRM, VERSION)
    except NotInstalledError as error:
        ledger.skip(CLIENT, str(error))
        return
    told = await _run("node", str(SCRIPT), str(package), url, KEY)
    for line in (told or "").splitlines():
        call = json.loads(line)
        ledger.add(
            CRM, CLIENT, call["group"], call["name"],
            problem=call["problem"], missing=call["verdict"] == Verdict.MISSING,
        )  # fmt: skip
    if not told:
        ledger.skip(CLIENT, "it did not run")


async def _run(*command: str) -> str | None:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    output, _ = await process.communicate()
    return output.decode() if process.returncode == 0 else None


async def check(ledger: Ledger, url: str) -> None:
    """Check the sandbox at ``url``, and a fresh one with the vendor's client, which counts on the seed."""
    async with httpx.AsyncClient(base_url=url, headers={"x-api-token": KEY}, timeout=30) as client:

        async def send(method: str, path: str, **sent: object) -> httpx.Response:
            reply = await client.request(method, path, **sent)  # type: ignore[arg-type]
            while reply.status_code == 429:
                await asyncio.sleep(float(reply.headers["x-ratelimit-reset"]))
                reply = await client.request(method, path, **sent)  # type: ignore[arg-type]
            return reply

        await described(ledger, send)
    clock = RealClock()
    async with serve(Sandbox(clock, [PipedriveSandbox(clock)])) as fresh:
        await with_client(ledger, f"{fresh}/{CRM}")
