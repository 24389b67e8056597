"""Every value of a log draft says what it comes from and when it is; nothing is written for that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from acme import PASS_PHRASE, REDACTION, Acme, AcmeSandbox, AcmeSettings, AcmeSignIn
from answers import NIA, call, sms
from platforms import CRMS, OAUTH, needs
from workbench_steps import nia, secrets_of, sent, signed_in

from appconnect.connectors.platform import Platform
from appconnect.errors import InputError, NotFound, NotSignedIn
from appconnect.http import Sign, write
from appconnect.models import AdminConfiguration, Contact, LogDraft, MessageType, UserMapping
from appconnect.workbench import Workbench, connect

START = datetime(2026, 1, 2, 9, 12, tzinfo=UTC)
ZONE = "America/Los_Angeles"


def writes(workbench: Workbench) -> list[str]:
    return [f"{each.method} {each.path}" for each in workbench.trace if each.method != "GET"]


async def explained(crm: str, **more: Any) -> tuple[Workbench, Any]:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    return workbench, await workbench.explain_log(
        call(start_time=START), contact, **{"note": "Ferns", **more}
    )


EXPLANATIONS: dict[str, Any] = {}


async def explanation_of(crm: str) -> Any:
    """The explanation of one call, for whoever only looks at it: made once."""
    if crm not in EXPLANATIONS:
        _, EXPLANATIONS[crm] = await explained(crm)
    return EXPLANATIONS[crm]


def line(explanation: Any, text: str) -> tuple[str, ...]:
    """What a line of any long text comes from."""
    found = [each for value in explanation.values for each in value.lines if text in each.text]
    assert found, text
    return found[0].origins


@pytest.mark.parametrize("crm", CRMS)
async def test_nothing_is_written_and_the_requests_are_those_that_log_call_sends(crm: str) -> None:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    before = writes(workbench)
    explanation = await workbench.explain_log(call(start_time=START), contact, note="Ferns")
    assert before == writes(workbench)
    assert workbench.logged_call(call().session_id) is None
    (await workbench.log_call(call(start_time=START), contact, note="Ferns")).raise_for_error()
    real = [each for each in workbench.trace if each.method != "GET"][len(before) :]
    assert [each.method for each in real] == [each.method for each in explanation.requests]
    assert [each.request_body for each in real] == [each.body for each in explanation.requests]
    assert explanation.requests[0].path in real[0].path


@pytest.mark.parametrize("crm", CRMS)
async def test_the_note_the_contact_and_the_start_are_found(crm: str) -> None:
    explanation = await explanation_of(crm)
    assert ("note",) == line(explanation, "Ferns")
    assert any("contact.id" in each.origins for each in explanation.sent)
    assert any("call.start_time" in each.origins for each in explanation.sent)
    assert "call.duration" in line(explanation, "uration")
    assert "as it is" in next(each.source for each in explanation.sent if each.origins == ("contact.id",))


@pytest.mark.parametrize("crm", CRMS)
async def test_each_value_that_no_input_changes_is_called_the_connectors_own_or_the_crms(crm: str) -> None:
    explanation = await explanation_of(crm)
    for each in explanation.sent:
        if not each.origins:
            assert each.source == "the connector itself: the same for every log"


@pytest.mark.parametrize("crm", CRMS)
async def test_what_is_told_is_true_when_it_is_tried(crm: str) -> None:
    """Another start changes exactly the values that are said to come from it."""
    workbench, explanation = await explained(crm)
    contact = await nia(workbench)
    later = await workbench.explain_log(
        call(start_time=START + timedelta(days=2, hours=1)), contact, note="Ferns"
    )
    before = {(each.request, each.field): each.value for each in explanation.sent}
    after = {(each.request, each.field): each.value for each in later.sent}
    changed = {place for place, value in before.items() if after[place] != value}
    assert changed == {(e.request, e.field) for e in explanation.sent if "call.start_time" in e.origins}


@pytest.mark.parametrize("crm", CRMS)
async def test_times_are_shown_in_both_zones(crm: str) -> None:
    workbench, explanation = await explained(crm)
    assert explanation.zone == str(workbench.zone)
    assert "09:12 UTC = " in explanation.moment
    assert {f"{START:%H:%M} UTC"} <= {each.time.split(" =")[0] for each in explanation.times}
    assert all(each.written_in for each in explanation.times)


@needs("insightly")
async def test_a_time_names_the_user_whose_zone_it_is_written_in() -> None:
    explanation = await explanation_of("insightly")
    assert (
        "09:12 UTC = 01:12 America/Los_Angeles, from Insightly’s user" == explanation["START_DATE_UTC"].time
    )
    assert "UTC" == explanation["START_DATE_UTC"].written_in
    assert ZONE == explanation["DETAILS"].written_in
    assert "Insightly’s user (time zone name)" in line(explanation, "Date/Time")


@needs("redtail")
async def test_a_zone_from_a_setting_is_called_so() -> None:
    workbench = await signed_in("redtail", settings={"redtailCustomTimezone": {"value": "-5"}})
    explanation = await workbench.explain_log(call(start_time=START), await nia(workbench))
    assert "from user setting “redtailCustomTimezone”" == explanation.zone_source
    assert "= 04:12" in explanation.moment
    workbench = await signed_in("redtail", options={})
    explanation = await workbench.explain_log(call(start_time=START), await nia(workbench))
    assert "the default, for no user and no setting names a zone" == explanation.zone_source


@pytest.mark.parametrize("crm", CRMS)
async def test_user_settings_are_named(crm: str) -> None:
    workbench = await signed_in(crm, settings={"logDateFormat": {"value": "DD.MM.YYYY HH:mm"}})
    explanation = await workbench.explain_log(call(start_time=START), await nia(workbench))
    assert "user setting “logDateFormat”" in line(explanation, "02.01.2026")


@pytest.mark.parametrize("crm", CRMS)
async def test_an_update_shows_old_and_new_and_what_is_kept(crm: str) -> None:
    workbench, _ = await explained(crm)
    contact = await nia(workbench)
    logged = await workbench.log_call(call(start_time=START), contact, note="Ferns")
    before = writes(workbench)
    update = await workbench.explain_log(call(start_time=START), contact, note="Roses")
    assert logged.log_id == update.log_id
    assert before == writes(workbench)
    assert ("note",) == line(update, "Roses")
    body = next(each for each in update.sent if each.lines)
    assert "Ferns" in str(body.old)
    assert "Roses" in str(body.value)
    assert update.kept
    assert all(each.source.startswith("kept: ") for each in update.kept)
    assert all(each.value == each.old for each in update.kept)


@pytest.mark.parametrize("crm", CRMS)
async def test_a_message_is_explained_too(crm: str) -> None:
    workbench = await signed_in(crm)
    before = writes(workbench)
    explanation = await workbench.explain_log(sms("m-1", "Hello"), await nia(workbench))
    assert before == writes(workbench)
    assert any(each.startswith("message.") for value in explanation.sent for each in value.origins)


@pytest.mark.parametrize("crm", CRMS)
async def test_a_second_sms_of_the_day_is_explained_as_what_it_adds(crm: str) -> None:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    logged = await workbench.log_message(sms("m-1", "Hello"), contact)
    before = writes(workbench)
    explanation = await workbench.explain_log(sms("m-2", "Is it ready?"), contact)
    assert before == writes(workbench)
    assert logged.log_id == explanation.log_id
    body = next(each for each in explanation.sent if each.lines)
    assert "Is it ready?" not in str(body.old)
    assert "Hello" in str(body.old)
    assert "message.subject" in line(explanation, "Is it ready?")
    assert ("kept: the log says so already",) == line(explanation, "Hello")
    *_, earlier, newer = (each.origins for each in body.lines if " AM" in each.text)
    assert ("kept: the log says so already",) == earlier
    assert "message.creation_time" in newer
    assert all(len(each.origins) == len(set(each.origins)) for each in explanation.values)
    assert explanation.kept
    real = await workbench.log_message(sms("m-2", "Is it ready?"), contact)
    assert logged.log_id == real.log_id
    sent_then = [each for each in workbench.trace if each.method != "GET"][len(before) :]
    assert [each.request_body for each in sent_then] == [each.body for each in explanation.requests]


@pytest.mark.parametrize("crm", CRMS)
async def test_a_message_that_begins_a_log_is_explained_as_a_new_one(crm: str) -> None:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    logged = await workbench.log_message(sms("m-1", "Hello"), contact)
    again = await workbench.explain_log(sms("m-1", "Hello"), contact)
    tomorrow = sms("m-2", "Hello", at=datetime(2026, 1, 4, 9, 30, tzinfo=UTC))
    another_day = await workbench.explain_log(tomorrow, contact)
    asked_for = await workbench.explain_log(sms("m-2", "Hello"), contact, log_id="")
    assert ["", "", ""] == [each.log_id for each in (again, another_day, asked_for)]
    by_hand = await workbench.explain_log(tomorrow, contact, log_id=logged.log_id)
    assert logged.log_id == by_hand.log_id
    gone = await workbench.explain_log(sms("m-2", "Hello"), contact, log_id="99999999")
    assert "" == gone.log_id
    assert gone.requests


@pytest.mark.parametrize("crm", CRMS)
async def test_a_voicemail_whose_recording_comes_later_is_explained_as_filled_in(crm: str) -> None:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    voicemail = sms("v-1", "").model_copy(update={"type": MessageType.VOICEMAIL})
    logged = await workbench.log_message(voicemail, contact)
    link = "https://media.example/voicemail/1"
    explanation = await workbench.explain_log(voicemail, contact, recording_link=link)
    assert logged.log_id == explanation.log_id
    assert any(link in str(each.value) and link not in str(each.old) for each in explanation.sent)


@pytest.mark.parametrize("crm", CRMS)
async def test_the_admins_mapping_is_named_as_the_owners_origin(crm: str) -> None:
    workbench = await signed_in(crm)
    user = (await workbench.list_users()).users[-1]
    workbench.save_admin(AdminConfiguration(
        hashed_account_id="acc", user_mappings=[UserMapping(crm_user_id=user.id, rc_extension_id="77")]
    ))  # fmt: skip
    form = {"isAssignedToUser": True, "adminAssignedUserRcId": "77"}
    explanation = await workbench.explain_log(
        call(start_time=START), await nia(workbench), additional_submission=form, hashed_account_id="acc"
    )
    named = {origin for each in explanation.sent for origin in each.origins}
    assert {each for each in named if each.startswith("admin’s user_mappings")}


@pytest.mark.parametrize("crm", CRMS)
async def test_it_costs_no_more_than_the_reads_of_one_log(crm: str) -> None:
    workbench = await signed_in(crm)
    contact, before = await nia(workbench), sent(workbench)
    await workbench.explain_log(call(start_time=START), contact, note="Ferns")
    asked = sent(workbench) - before
    assert asked <= 3
    assert {"explain_log"} == {run.name for run in workbench.trace.operations[-1:]}


@needs("pipedrive")
async def test_what_the_crm_answered_is_an_origin() -> None:
    explanation = await explanation_of("pipedrive")
    assert "the CRM’s answer to GET /v1/activityTypes (key_string)" == explanation["type"].source


async def test_it_refuses_what_cannot_be_logged() -> None:
    workbench = await signed_in(OAUTH)
    contact = await nia(workbench)
    with pytest.raises(InputError, match="a Call or a Message"):
        await workbench.explain_log("call", contact)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="session id"):
        await workbench.explain_log(call(session_id="", id="", telephony_session_id=""), contact)
    with pytest.raises(NotFound):
        await workbench.explain_log(call(), contact, log_id="99999999")
    with pytest.raises(NotSignedIn):
        await connect(OAUTH, mode="sandbox").explain_log(call(), contact)


async def test_foreign_text_is_escaped_and_the_repr_is_short() -> None:
    _, explanation = await explained(OAUTH, note="<script>alert(1)</script>")
    assert "<script>" not in explanation._repr_html_()
    assert repr(explanation).startswith("<LogExplanation: new log, ")
    assert len(explanation.values) == len(explanation.to_dataframe())


# -- a stranger's connector --


class LoggingAcme(Acme):
    """Acme with a call log that is like no other: a list of pairs, and the time in days."""

    async def create_call_log(self, contact: Contact, draft: LogDraft) -> str:
        start = draft.start or self.crm.clock.now()
        body = {
            "whom": {"ref": contact.id},
            "said": [["memo", draft.body], ["topic", draft.subject]],
            "day": (start - datetime(2026, 1, 1, tzinfo=UTC)).days,
            "kind": "ring",
        }
        return await write(self.crm, "POST", "/logs", body, sign=Sign(id_at="made.log_id"))


async def test_a_strangers_connector_is_explained_alike() -> None:
    platform = Platform(
        LoggingAcme, AcmeSignIn, AcmeSettings, redaction=REDACTION, sandbox=lambda: AcmeSandbox
    )
    workbench = connect(platform, mode="sandbox")
    await workbench.sign_in({"passPhrase": PASS_PHRASE})
    contact = (await workbench.find_contact(NIA)).contacts[0]
    explanation = await workbench.explain_log(call(start_time=START), contact, note="Ferns")
    assert ["POST /logs"] == [each.label for each in explanation.requests]
    assert ("contact.id",) == explanation["whom.ref"].origins
    assert ("call.start_time",) == explanation["day"].origins
    assert "the connector itself: the same for every log" == explanation["kind"].source
    assert ("note",) == line(explanation, "Ferns")
    assert "from Acme’s user" == explanation.zone_source


@pytest.mark.parametrize("crm", CRMS)
async def test_a_recording_explains_the_same(
    crm: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    told = []
    for mode in ("sandbox", "replay"):
        workbench = await signed_in(crm, mode=mode, record=mode == "sandbox", scenario="origins")
        contact = await nia(workbench)
        explanation = await workbench.explain_log(call(start_time=START), contact, note="Ferns")
        told.append([(each.field, each.value, each.source, each.time) for each in explanation.values])
        await workbench.close()
    assert told[0] == told[1]


async def test_no_secret_stands_in_an_explanation() -> None:
    for crm in CRMS:
        workbench, explanation = await explained(crm)
        shown = f"{explanation!r} {explanation._repr_html_()} {explanation.requests} {explanation.values}"
        assert [] == [secret for secret in secrets_of(workbench) if secret in shown]
