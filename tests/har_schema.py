"""HAR 1.2 as JSON schema, from its specification: http://www.softwareishard.com/blog/har-12-spec/."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

TEXT = {"type": "string"}
WHOLE = {"type": "integer", "minimum": -1}
TIME = {"type": "number", "minimum": -1}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}


def an_object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object of the specification; fields of one's own begin with an underscore."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {}), "comment": TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def a_list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


PAIR = an_object({"name": TEXT, "value": TEXT})
COOKIE = an_object(
    {"name": TEXT, "value": TEXT},
    {
        "path": TEXT,
        "domain": TEXT,
        "expires": MOMENT,
        "httpOnly": {"type": "boolean"},
        "secure": {"type": "boolean"},
    },
)
PARAMS = a_list(an_object({"name": TEXT}, {"value": TEXT, "fileName": TEXT, "contentType": TEXT}))
POST_DATA = an_object({"mimeType": TEXT}, {"params": PARAMS, "text": TEXT}) | {
    "oneOf": [{"required": ["params"]}, {"required": ["text"]}]  # they are mutually exclusive
}
REQUEST = an_object(
    {
        "method": TEXT, "url": {"type": "string", "pattern": r"^https?://[^\s<>\"#]+$"}, "httpVersion": TEXT,
        "cookies": a_list(COOKIE), "headers": a_list(PAIR), "queryString": a_list(PAIR),
        "headersSize": WHOLE, "bodySize": WHOLE,
    },
    {"postData": POST_DATA},
)  # fmt: skip
CONTENT = an_object(
    {"size": WHOLE, "mimeType": TEXT}, {"compression": {"type": "integer"}, "text": TEXT, "encoding": TEXT}
)
RESPONSE = an_object(
    {
        "status": {"type": "integer", "minimum": 0, "maximum": 999}, "statusText": TEXT, "httpVersion": TEXT,
        "cookies": a_list(COOKIE), "headers": a_list(PAIR), "content": CONTENT, "redirectURL": TEXT,
        "headersSize": WHOLE, "bodySize": WHOLE,
    }
)  # fmt: skip
TIMINGS = an_object(
    {each: {"type": "number", "minimum": 0} for each in ("send", "wait", "receive")},
    dict.fromkeys(("blocked", "dns", "connect", "ssl"), TIME),
)
ENTRY = an_object(
    {
        "startedDateTime": MOMENT, "time": {"type": "number", "minimum": 0}, "request": REQUEST,
        "response": RESPONSE, "cache": {"type": "object", "maxProperties": 0}, "timings": TIMINGS,
    },
    {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT},
)  # fmt: skip
PAGE = an_object(
    {
        "startedDateTime": MOMENT, "id": TEXT, "title": TEXT,
        "pageTimings": an_object({}, {each: {"type": ["number", "null"], "minimum": -1} for each in ("onContentLoad", "onLoad")}),
    }
)  # fmt: skip
PROGRAM = an_object({"name": TEXT, "version": TEXT})
LOG = an_object(
    {"version": {"const": "1.2"}, "creator": PROGRAM, "entries": a_list(ENTRY)},
    {"browser": PROGRAM, "pages": a_list(PAGE)},
)
HAR = an_object({"log": LOG})


def check(document: Any) -> None:
    """Raise for what is no HAR 1.2; what a schema cannot say is looked at too."""
    Draft202012Validator(HAR, format_checker=FormatChecker()).validate(document)
    log = document["log"]
    pages = [page["id"] for page in log.get("pages", [])]
    assert len(pages) == len(set(pages))
    assert {entry["pageref"] for entry in log["entries"] if "pageref" in entry} <= set(pages)
    for entry in log["entries"]:
        known = [value for name, value in entry["timings"].items() if name != "ssl" and value >= 0]
        assert abs(sum(known) - entry["time"]) < 0.01
