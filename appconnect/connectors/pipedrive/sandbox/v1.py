"""Records of v2 as v1 shows and takes them: other names, links as objects, times with a space.

What v1 shows of a record is its description; here is only what is not in the record under the same name.
Source: https://pipedrive.readme.io/docs/pipedrive-api-v2-migration-guide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from appconnect.connectors.pipedrive.sandbox import custom_fields, more
from appconnect.connectors.pipedrive.sandbox.answers import Row, spaced_text
from appconnect.connectors.pipedrive.sandbox.database import COMPANY_ID, DOMAIN, objects
from appconnect.connectors.pipedrive.sandbox.interface import shaped
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.schema import Record

NAMES = {
    "user_id": "owner_id", "assigned_to_user_id": "owner_id", "created_by_user_id": "creator_user_id",
    "phone": "phones", "email": "emails", "busy_flag": "busy", "rotten_flag": "is_deal_rot_enabled",
    "rotten_days": "days_to_rotten",
}  # fmt: skip
"""What v1 calls otherwise."""
RENAMED = {
    name: NAMES[name] for name in ("user_id", "phone", "email", "busy_flag", "rotten_flag", "rotten_days")
}
"""What v1 is sent under another name."""
LINKS = {
    "user_id": ("users", "owner"), "owner_id": ("users", "owner"), "creator_user_id": ("users", "creator"),
    "person_id": ("persons", "person"), "org_id": ("organizations", "org"),
}  # fmt: skip
"""Fields that v1 may show as objects: the table of what they link to, and the stem of its name's field."""
ACTIVITY = {"date": "due_date", "time": "due_time", "subject": "subject", "type": "type",
            "duration": "duration", "note": "note"}  # fmt: skip
"""What of the next activity a record shows as "next_activity_date"."""


def as_v1(request: ApiRequest, record: Record, entity: str, row: Row) -> Row:
    """Return a record of this entity ("deal") as a description of v1 has it."""
    values = row | {name: row[of] for name, of in NAMES.items() if of in row} | _written(entity, row)
    values |= _linked(request, record, row) | _activities(request, record, entity, row)
    for name in record.fields.keys() - values.keys():
        if name.endswith("_count"):
            values[name] = more.value_of(request, entity, row, name)
    return shaped(record, values)


def custom_of(request: ApiRequest, entity: str, row: Row) -> Row:
    """Return a record's custom fields as v1 has them beside the others: options as "1,2"."""
    own = custom_fields.shown(request, entity, row) if "custom_fields" in row else {}
    return {
        key: ",".join(map(str, value)) if isinstance(value, list) else value for key, value in own.items()
    }


def _written(entity: str, row: Row) -> Row:
    """Return what v1 writes otherwise, or has beside what is stored."""
    name, labels, gone = str(row.get("name") or ""), row.get("label_ids"), bool(row.get("is_deleted"))
    times: Row = {key: spaced_text(str(row[key])) for key in row if key.endswith("_time") and row[key]}
    return times | _places(row) | _clock(row) | {
        "company_id": COMPANY_ID, "active_flag": not gone, "deleted": gone,
        "active": not gone and row.get("status", "open") == "open",
        "visible_to": str(row["visible_to"]) if row.get("visible_to") else None,
        "first_char": name[:1].lower() or None, "url_title": name, "selected": True,
        "label": _label(entity, labels if isinstance(labels, list) else []),
        "cc_email": f"{DOMAIN}+{entity}{row['id']}@pipedrivemail.com",
        "deal_probability": row.get("deal_probability", row.get("is_deal_probability_enabled")),
        "participants": [
            {"person_id": one["person_id"], "primary_flag": one["primary"]}
            for one in objects(row.get("participants"))
        ],
        **_money(row),
    }  # fmt: skip


def _label(entity: str, labels: list[Json]) -> Json:
    """Return the labels as a deal's text, or the first one's number."""
    if entity == "deal":
        return ",".join(map(str, labels)) or None
    return labels[0] if labels else None


def _clock(row: Row) -> Row:
    """Return the times of day of an activity, which v1 gives without seconds."""
    return {name: str(row[name])[:5] for name in ("due_time", "duration") if row.get(name)}


def _places(row: Row) -> Row:
    """Return an address or a location as one text and in parts."""
    written: Row = {}
    for name in ("address", "location"):
        place = row.get(name)
        if isinstance(place, dict):
            written |= {f"{name}_{part}": value for part, value in place.items() if part != "value"}
            written |= {name: place.get("value"), f"{name}_formatted_address": place.get("value")}
    return written


def _money(row: Row) -> Row:
    if not isinstance(value := row.get("value"), int | float):
        return {}
    written = f"{value:,.2f}".removesuffix(".00") + f" {row['currency']}"
    weighted: Row = {"weighted_value": value, "weighted_value_currency": row["currency"]}
    return weighted | {"formatted_value": written, "formatted_weighted_value": written}


def _linked(request: ApiRequest, record: Record, row: Row) -> Row:
    """Return the links, as objects where the record has them so, and the names of what is linked."""
    found: Row = {}
    for name, (table, stem) in LINKS.items():
        number = row.get(NAMES.get(name, name))
        linked = request.database.tables()[table].get(number) if isinstance(number, int) else None
        found[f"{stem}_name"] = linked and linked["name"]
        known = record.fields.get(name)
        if known is not None and known.record is not None:
            found[name] = _object(request, known.record(), linked) if linked else None
    if isinstance(deal := row.get("deal_id"), int):
        found["deal_title"] = request.database.deals[deal]["title"]
    if isinstance(picture := row.get("picture_id"), int):
        found["picture_id"] = request.database.pictures.get(picture)
    if "pipeline_name" in record.fields:
        pipeline = request.database.pipelines.get(int(str(row["pipeline_id"])), {})
        found["pipeline_name"] = pipeline.get("name")
    return found


def _object(request: ApiRequest, record: Record, linked: Row) -> JsonObject:
    """Return what a link shows: a few fields of the record, and its number as ``value``."""
    of = {name: name if name in linked else NAMES.get(name, name) for name in record.fields}
    shown = {name: linked[its] for name, its in of.items() if its in linked}
    counted: Row = {"active_flag": not linked.get("is_deleted"), **_places(linked)}
    if "people_count" in record.fields:
        counted["people_count"] = more.value_of(request, "organization", linked, "people_count")
    return shaped(record, shown | counted | {"value": linked["id"]}) if linked else {}


def _activities(request: ApiRequest, record: Record, entity: str, row: Row) -> Row:
    """Return what the record shows of its next and its last activity."""
    found: Row = {}
    for which in ("next", "last"):
        if f"{which}_activity_id" in record.fields:
            number = more.value_of(request, entity, row, f"{which}_activity_id")
            activity = request.database.activities.get(number, {}) if isinstance(number, int) else {}
            parts: Row = {f"{which}_activity_{name}": activity.get(of) for name, of in ACTIVITY.items()}
            found |= parts | {f"{which}_activity_id": number}
    return found


# -- what v1 is sent --


def as_v2(entity: str, sent: Mapping[str, Json]) -> Row:
    """Return a body of v1 as one of v2."""
    body: Row = {RENAMED.get(name, name): value for name, value in sent.items()}
    label = body.pop("label", None)
    if label is not None:
        body["label_ids"] = _numbers(label)
    if body.get("visible_to") is not None:
        body["visible_to"] = int(str(body["visible_to"]))
    for name in ("address", "location"):
        if isinstance(body.get(name), str):
            body[name] = {"value": body[name]}
    for name in {"phones", "emails"} & body.keys():
        body[name] = _entries(body[name])
    return _with_participants(body) if entity == "activity" else body


def _numbers(label: Json) -> list[Json]:
    each = label if isinstance(label, list) else str(label).split(",")
    return [int(str(one)) for one in each if re.fullmatch(r"[0-9]{1,15}", str(one), re.ASCII)]


def _entries(sent: Json) -> Json:
    """Return entries from one text or a list of texts or objects."""
    entries: list[JsonObject] = []
    for each in sent if isinstance(sent, list) else [sent] if sent else []:
        entry: JsonObject = each if isinstance(each, dict) else {"value": each}
        primary, label = entry.get("primary") in (True, 1, "1", "true"), entry.get("label") or "work"
        taken = any(one["primary"] for one in entries)
        value = str(entry.get("value") or "")
        entries.append({"value": value, "primary": primary and not taken, "label": str(label)})
    return list(entries)


def _with_participants(body: Row) -> Row:
    """Return an activity whose person is a participant."""
    person = body.pop("person_id", None)
    sent = [one for one in objects(body.get("participants")) if isinstance(one.get("person_id"), int)]
    others = [one for one in sent if one["person_id"] != person]
    rows: list[Json] = [] if person is None else [{"person_id": person, "primary": True}]
    for one in others:
        rows.append(
            {"person_id": one["person_id"], "primary": not rows and one.get("primary_flag") in (1, True)}
        )
    return body | {"participants": rows} if rows or "participants" in body else body
