"""Shared SMS conversations are logged byte for byte as App Connect does (fixtures/bodies/README.md)."""

import json
from pathlib import Path

import pytest

from appconnect.logs.messages.shared_sms import SharedConversation, compose
from appconnect.models import LogFormat

CASES = json.loads(
    (Path(__file__).parents[3] / "fixtures/bodies/shared_sms.json").read_text(encoding="utf-8")
)
EVERY_FORMAT = pytest.mark.parametrize("format", list(LogFormat), ids=["html", "markdown", "plain"])


def log(conversation, format=LogFormat.PLAIN, timezone=None, name="Nia Holt"):
    read = SharedConversation.model_validate(conversation)
    return compose(read, contact_name=name, format=format, timezone=timezone)


def said(text, time, **who):
    return {"recordType": "AliveMessage", "creationTime": time, "text": text, **who}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_subject_and_body_are_app_connects_own(case):
    given = case["input"]
    composed = log(
        given["conversation"], LogFormat(given["logFormat"]), given["timezoneOffset"], given["contactName"]
    )
    assert (case["output"]["subject"], case["output"]["body"]) == composed


def test_the_duration_is_days_and_remaining_hours():
    begun = 1767346200000
    times = {
        "creationTime": begun,
        "messages": [{"lastModifiedTime": begun + 53 * 3_600_000 + 59 * 60_000}],
    }
    assert "Duration: 2 d 5 h" in log(times).body


def test_iso_times_print_and_sort_like_milliseconds():
    body = log({"entities": [said("old", "2026-01-02T09:30:00Z"), said("new", 1767347000000)]}).body
    assert (
        "Started: Friday, January 02, 2026 at 09:30 AM\nEnded: Friday, January 02, 2026 at 09:43 AM" in body
    )
    assert body.index("new") < body.index("old")


@EVERY_FORMAT
def test_a_conversation_of_nothing_is_a_log_still(format):
    assert "Conversation (0 messages)" in log({}, format).body
    assert "Owner" not in log({}, format).body


def test_foreign_text_is_escaped_in_html():
    evil = '<img src="x">\n&'
    body = log(
        {"entities": [said(evil, 0, author={"name": evil})], "owner": {"name": evil}},
        LogFormat.HTML,
        name=evil,
    ).body
    assert "<img" not in body
    assert "&lt;img src=&quot;x&quot;&gt;<br>&amp;</p>" in body


@EVERY_FORMAT
def test_braces_in_a_text_are_text(format):
    assert "{0} {who}" in log({"entities": [said("{0} {who}", 0)]}, format).body


def test_times_follow_the_zone_across_a_clock_change():
    body = log(
        {"entities": [said("a", "2026-03-29T00:30:00Z"), said("b", "2026-03-29T01:30:00Z")]},
        timezone="Europe/Lisbon",
    ).body
    assert "2026-03-29 12:30 AM" in body
    assert "2026-03-29 02:30 AM" in body
