"""Bodies are byte for byte those of App Connect's own server (fixtures/bodies/README.md)."""

import json
from pathlib import Path

import pytest

from appconnect.logs.calls import body
from appconnect.logs.calls.body import CallFacts
from appconnect.models import Call, JsonObject, LogFormat

CASES = json.loads((Path(__file__).parents[3] / "fixtures/bodies/call_logs.json").read_text(encoding="utf-8"))

APP_CONNECT_NAMES = {
    "note": "note",
    "aiNote": "ai_note",
    "transcript": "transcript",
    "recordingLink": "recording_link",
    "voicemailLink": "voicemail_link",
    "subject": "subject",
    "duration": "duration",
    "result": "result",
    "ringSenseTranscript": "ace_transcript",
    "ringSenseSummary": "ace_summary",
    "ringSenseAIScore": "ace_score",
    "ringSenseBulletedSummary": "ace_bulleted_summary",
    "ringSenseLink": "ace_link",
}


def facts_of(given: JsonObject) -> CallFacts:
    said = {ours: given.get(theirs) for theirs, ours in APP_CONNECT_NAMES.items()}
    said["contact_number"] = given.get("contactInfo", {}).get("phoneNumber")
    said["start"] = Call(start_time=given.get("startTime")).start_time
    if "callLog" in given:
        return CallFacts.from_call(Call.model_validate(given["callLog"]), **said)
    return CallFacts(**said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_body_is_app_connects_own(case):
    given = case["input"]
    written = body.update(
        given.get("existingBody", ""),
        facts_of(given),
        format=LogFormat(given["logFormat"]),
        settings=given["user"]["userSettings"],
        timezone=given["user"]["timezoneOffset"],
    )
    assert case["output"] == written


def test_there_are_74_cases():
    assert 74 == len(CASES)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "existingBody" not in case["input"]], ids=lambda case: case["id"]
)
def test_composing_is_updating_an_empty_body_and_doing_it_again_changes_nothing(case):
    given = case["input"]
    how = {
        "format": LogFormat(given["logFormat"]),
        "settings": given["user"]["userSettings"],
        "timezone": given["user"]["timezoneOffset"],
    }
    composed = body.compose(facts_of(given), **how)
    assert case["output"] == composed
    assert composed == body.update(composed, facts_of(given), **how)
