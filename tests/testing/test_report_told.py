"""What a run of the contract says of itself, its tables and the next step: to the letter."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from on_screen import agreed
from platforms import CRMS, OAUTH, answers_of, needs
from starlette.routing import BaseRoute

from appconnect.connector import NOT_YET
from appconnect.connectors import registry
from appconnect.errors import AppConnectError, ConfigurationError, Rejected
from appconnect.models import Contact, LogFormat, User
from appconnect.sandbox import CrmSandbox, SandboxClock
from appconnect.sandbox.base import Guide
from appconnect.sandbox.records import Table
from appconnect.testing import contact_records, recorder, run_contract, samples, steps, workbench_internals
from appconnect.testing.answers import Answers, StoredLog
from appconnect.testing.cases.completeness import ASK
from appconnect.testing.contact_records import (
    ContactRecord,
    carriers,
    last_digits,
    set_fields,
    set_id,
    set_phone,
)
from appconnect.testing.operations import ADDS, GUIDE_NAMES, LEVELS, OPERATIONS, claimed, covers, why_not
from appconnect.testing.report import ContractReport, Failure, PlatformReport, written_between
from appconnect.testing.run import contract_files
from appconnect.workbench import connect

SHOWN = Path(__file__).with_name("shown")


def platform(title: str = "Acme CRM", **how: Any) -> PlatformReport:
    return PlatformReport(title.lower().split()[0], title, **how)


# -- a failure --


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (
            {"message": "One line\nand another"},
            "a duration is kept [61]: createCallLog\n  One line\n  and another",
        ),
        (
            {"message": "x", "expected": "61"},
            "a duration is kept [61]: createCallLog\n  expected: 61\n  found:    ",
        ),
        (
            {"message": "x", "found": "0"},
            "a duration is kept [61]: createCallLog\n  expected: \n  found:    0",
        ),
        ({"message": "x", "operation": ""}, "a duration is kept [61]: the contract itself\n  x"),
    ],
)
def test_a_failure_is_told_as_a_sentence_with_both_sides(how: dict[str, str], told: str) -> None:
    usual = {
        "platform": "acme",
        "operation": "createCallLog",
        "case": "test_a_duration_is_kept[61]",
        "place": "p",
    }
    assert told == str(Failure(**(usual | how)))


# -- the next step --


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({}, "Acme CRM: all fifteen operations are shown."),
        ({"unsupported": {"getOauthInfo": "None.", "getUserList": "None."}},
         "Acme CRM: everything that it supports is shown; unsupported: getOauthInfo, getUserList."),
        ({"level": "sign-in"}, 'Acme CRM: set level = "match" in its contract; that adds findContact, '
                               "findContactWithName, createContact."),
        ({"level": "messages"}, 'Acme CRM: set level = "everything" in its contract; that adds '
                                "upsertCallDisposition, getUserList."),
        ({"unsupported": {"findContact": NOT_YET, "createContact": f"{NOT_YET} In May.", "getUserList": "None."}},
         "Acme CRM: write `find_contact` in connector.py and delete its line in `unsupported`. After it: "
         "`create_contact`."),
        ({"unsupported": {"createContact": NOT_YET}},
         "Acme CRM: write `create_contact` in connector.py and delete its line in `unsupported`."),
        ({"unsupported": {"createMessageLog": NOT_YET}},
         "Acme CRM: take `create_message_log` out of `unsupported`: it is kept as calls are, unless you write it."),
        ({"unsupported": {"createMessageLog": NOT_YET, "updateMessageLog": NOT_YET}},
         "Acme CRM: take `create_message_log` and `update_message_log` out of `unsupported`: they are kept as calls "
         "are, unless you write them."),
        ({"level": "sign-in", "unsupported": {"createContact": NOT_YET}},
         'Acme CRM: set level = "match" in its contract; that adds findContact, findContactWithName, createContact.'),
    ],
)  # fmt: skip
def test_the_next_step_is_one_sentence(how: dict[str, Any], told: str) -> None:
    assert told == platform(**how).next_step()


def test_what_there_is_to_do_is_the_first_thing_only() -> None:
    failure = Failure("acme", "getUserInfo", "test_a", "tests/test_contract.py::test_a", "no")
    steps_of = {
        (): ["Acme CRM: all fifteen operations are shown.", "Other: all fifteen operations are shown."],
        (failure,): ["Run this case by itself: pytest 'tests/test_contract.py::test_a'."],
        (failure, failure, failure): [
            "Run this case by itself: pytest 'tests/test_contract.py::test_a'. 2 more are red; mend this one first."
        ],
    }  # fmt: skip
    for failures, told in steps_of.items():
        assert told == ContractReport([platform(), platform("Other")], failures, []).next_steps()
    assert ["Mend what keeps the tests from running, and run this again."] == ContractReport(
        [platform()], [failure], ["no"]
    ).next_steps()


@pytest.mark.parametrize(
    ("cases", "failures", "problems", "passed"),
    [(1, 0, 0, True), (0, 0, 0, False), (1, 1, 0, False), (1, 0, 1, False), (2, 0, 0, True)],
)
def test_a_run_has_passed_when_there_were_cases_and_nothing_was_wrong(
    cases: int, failures: int, problems: int, passed: bool
) -> None:
    of = platform(cases=Counter({"getUserInfo": cases}))
    failure = Failure("acme", "getUserInfo", "test_a", "p", "no")
    assert passed is ContractReport([of], [failure] * failures, ["no"] * problems).passed


# -- the tables --


def test_the_tables_of_a_run() -> None:
    acme = platform(
        level="log",
        unsupported={"getOauthInfo": "Acme has no OAuth.", "createContact": NOT_YET, "getUserList": "None."},
        cases=Counter({"getAuthType": 1, "getUserInfo": 3, "findContact": 12, "getLogFormatType": 2}),
        passed=Counter({"getAuthType": 1, "getUserInfo": 1, "findContact": 12, "getLogFormatType": 1}),
    )
    acme.leave_out("getCallLog", "test_file.py::TestAcme::test_a_log_is_read[1]", "Nothing to read.")
    acme.leave_out("getLogFormatType", "test_file.py::TestAcme::test_b", "Nothing to ask.")
    acme.leave_out("getLogFormatType", "test_file.py::TestAcme::test_c", "Told second.")
    acme.cases["getCallLog"] = 0
    other = platform("B", unsupported={"getOauthInfo": "B has none.", "createContact": NOT_YET})
    failure = Failure("acme", "getUserInfo", "test_a_b", "file::test_a_b", "no")
    red = ContractReport([acme, other], [failure], [])
    told = [str(red), "", red.markdown(), "", str(ContractReport([other], [], [])), ""]
    told += [str(ContractReport([acme], [failure], ["a.py: No module named 'x'", "b.py: y"])), ""]
    told += [ContractReport([platform("C")], [], []).markdown()]
    agreed(SHOWN / "report.txt", told)


def test_a_table_goes_between_the_marks_of_its_name() -> None:
    text = (
        "a\n<!-- faults: begin -->\nold\n<!-- faults: end -->\n<!-- contract: begin --><!-- contract: end -->"
    )
    assert (
        "a\n<!-- faults: begin -->\nnew\n<!-- faults: end -->\n<!-- contract: begin --><!-- contract: end -->"
    ) == written_between(text, "faults", "new")
    assert written_between(text, "contract", "T").endswith(
        "<!-- contract: begin -->\nT\n<!-- contract: end -->"
    )
    assert "| operation | C |" in ContractReport([platform("C")], [], []).written_into(text)


@pytest.mark.parametrize(
    "text", ["", "<!-- x: begin -->", "<!-- x: end -->", "<!-- x: end --><!-- x: begin -->"]
)
def test_without_both_marks_a_sentence_says_where_they_belong(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        written_between(text, "x", "new")
    told = "The table needs its place, between the lines <!-- x: begin --> and <!-- x: end -->."
    assert told == caught.value.message


# -- the operations --


def test_every_level_adds_operations_until_all_fifteen_are_claimed() -> None:
    assert ("sign-in", "match", "log", "messages", "everything") == LEVELS
    assert [4, 7, 11, 13, 15] == [len(claimed(level)) for level in LEVELS]
    assert set(OPERATIONS) == set(claimed("everything"))
    assert ("getAuthType", "getOauthInfo", "getUserInfo", "unAuthorize") == claimed("sign-in")
    assert ("upsertCallDisposition", "getUserList") == ADDS["everything"]
    assert ("unAuthorize", "getOauthInfo") == (GUIDE_NAMES["unauthorize"], GUIDE_NAMES["get_oauth_info"])
    with pytest.raises(ConfigurationError) as caught:
        claimed("logs")
    told = "There is no level 'logs'; choose one of: sign-in, match, log, messages, everything."
    assert told == caught.value.message


def test_a_mark_names_the_operation_and_what_it_needs() -> None:
    def case() -> None: ...

    marks = {
        name: covers(*name.split())(case) for name in ("getUserInfo findContact", "getCallLog createCallLog")
    }
    del marks
    assert [("getUserInfo", "findContact"), ("getCallLog", "createCallLog", "findContact")] == [
        each.args
        for each in case.pytestmark  # type: ignore[attr-defined]
    ]
    assert {"operation"} == {each.name for each in case.pytestmark}  # type: ignore[attr-defined]
    with pytest.raises(ValueError) as caught:
        covers("dance")
    assert f"There is no operation 'dance'; there are: {', '.join(OPERATIONS)}." == str(caught.value)


def test_a_case_is_left_out_with_the_reason() -> None:
    contract = type("Contract", (), {"platform": OAUTH, "level": "match"})
    assert "" == why_not(contract, ["findContact", "getUserInfo"])
    told = "createCallLog is not claimed at the level 'match'."
    assert told == why_not(contract, ["findContact", "createCallLog", "getUserList"])
    everything = type("Contract", (), {"platform": OAUTH})
    assert "" == why_not(everything, OPERATIONS)


# -- what a contract states --


class Half(Answers[Any]):
    platform = "acme"
    level = "log"
    time_zone = "+05:30"
    renews = False
    kit = "8"

    def crowd(self, sandbox: object) -> tuple[str, int]:
        return "", 0


def test_what_a_contract_does_not_state_is_named_up_to_its_level() -> None:
    assert [
        "auth_type", "expire", "add_contact", "refusal_body", "log_format", "log_paths", "write_path", "stored", "edit",
        "delete", "count",
    ] == list(Half.missing())  # fmt: skip
    assert ["auth_type", "expire"] == list(type("SignIn", (Half,), {"level": "sign-in"}).missing())
    assert ["auth_type", "expire", "add_contact", "refusal_body"] == list(
        type("Match", (Half,), {"level": "match"}).missing()
    )
    everything = type("Everything", (Half,), {"level": "everything"})
    assert list(Half.missing()) == list(everything.missing())


def test_what_is_not_stated_has_a_default_or_cannot_be_asked() -> None:
    half = Half()
    assert ("", (), (), "", (), "POST", 1, {}, True, {}, {}) == (
        half.contact_type, half.named_settings, half.switches, half.detail_path, half.search_paths,
        half.write_method, half.duration_step, half.associations, half.clears, half.options, half.fault_settings,
    )  # fmt: skip
    assert "everything" == Answers.level
    assert "<b>as it is</b>" == half.as_stored("<b>as it is</b>")
    for ask in (half.expire, half.revoke, half.count):
        with pytest.raises(NotImplementedError):
            ask(None)
    for name, arguments in {"add_contact": 3, "refusal_body": 1, "stored": 2, "edit": 3, "delete": 2}.items():
        with pytest.raises(NotImplementedError):
            getattr(half, name)(*[""] * arguments)
    with pytest.raises(NotImplementedError):
        Answers().crowd(None)


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("+05:30", 330, 330),
        ("-08:00", -480, -480),
        ("Europe/Lisbon", 0, 60),
        ("America/New_York", -300, -240),
    ],
)
def test_a_zone_is_a_name_or_an_offset(zone: str, winter: int, summer: int) -> None:
    half = type("Zoned", (Half,), {"time_zone": zone})()
    assert [timedelta(minutes=winter), timedelta(minutes=summer)] == [
        each.astimezone(half.zone).utcoffset() for each in (samples.NINE_THIRTY, samples.SUMMER_NIGHT)
    ]


# -- records of contacts in answers --

NIA = Contact(id="501", name="Nia Holt", phone="+1 415-555-0142")
ROW = {"id": 501, "name": "Nia", "phones": [{"value": "(415) 555-0142", "label": "x"}], "deep": {"a": 1}}


async def answered(edit: contact_records.Edit | None, answer: Any) -> tuple[ContactRecord, Any]:
    """What a client gets of this answer, edited."""
    crm = Empty(SandboxClock())
    record = ContactRecord(crm, NIA)
    if edit:
        record.change(edit)
    for fault in crm.faults.waiting:
        assert fault.left is None
    [changed, _] = [each.effect.echo for each in crm.faults.waiting]
    assert changed is not None
    assert ["GET", "POST"] == [each.method for each in crm.faults.waiting]
    return record, json.loads(changed(json.dumps(answer).encode(), ""))


class Empty(CrmSandbox):
    name, title, hosts = "empty", "Empty", ("empty.test",)

    def routes(self) -> list[BaseRoute]:
        return []

    def seed(self) -> None:
        self.held: dict[str, Table] = {}

    def guide(self) -> Guide:
        return Guide("Empty", "", "", {})

    def tables(self) -> dict[str, Table]:
        return self.held


@pytest.mark.parametrize(
    ("edit", "row"),
    [
        (None, ROW),
        (set_fields(None), {**ROW, "name": None, "deep": None}),
        (set_fields("x", "name"), {**ROW, "name": "x"}),
        (set_fields("x", "id", "phones", "nothing"), ROW),
        (contact_records.remove_fields, {"id": 501, "phones": ROW["phones"]}),
        (set_id(None), {**ROW, "id": None}),
        (set_phone("7"), {**ROW, "phones": [{"value": "7", "label": "x"}]}),
    ],
)
async def test_the_record_of_a_contact_is_edited_wherever_it_stands(
    edit: contact_records.Edit | None, row: object
) -> None:
    other = {"id": 502, "name": "Omar", "phones": [{"value": "+1 415-555-0177"}]}
    answer = {"data": [other, {"item": ROW}], "total": 2}
    record, given = await answered(edit, answer)
    assert {"data": [other, {"item": row}], "total": 2} == given
    assert {"name", "deep"} == record.fields.keys()


@pytest.mark.parametrize(
    "answer", [None, 7, "501", [], {"id": 501}, {"phone": "4155550142"}, [{"id": "5010"}]]
)
async def test_an_answer_without_the_record_is_left_as_it_is(answer: object) -> None:
    record, given = await answered(set_fields("x"), answer)
    assert (answer, {}) == (given, record.fields)
    with pytest.raises(pytest.skip.Exception) as skipped:
        contact_records.require_seen(record)
    assert "No answer of this CRM has a contact's id and phone in one record." == skipped.value.msg


@pytest.mark.parametrize(
    ("phone", "digits"),
    [("+1 415-555-0142", "4155550142"), ("+44 20 7946 0123", "2079460123"), ("0142", "0142"), ("", "")],
)
def test_a_number_is_known_by_its_last_ten_digits(phone: str, digits: str) -> None:
    assert digits == last_digits(phone)


def test_who_carries_a_number_is_counted_in_the_table_with_the_most_of_them() -> None:
    crm = Empty(SandboxClock())
    assert 0 == carriers(crm, "+14155550142")
    crm.held = {"people": Table(), "phones": Table()}
    crm.held["people"].put({"id": 1, "phone": None, "other": True})
    assert 0 == carriers(crm, "+14155550142")
    crm.held["people"].put({"id": 2, "phones": [{"value": "(415) 555-0142"}, {"value": "4155550142"}]})
    assert 1 == carriers(crm, "+14155550142")
    for number, phone in enumerate((4155550142, "415.555.0142", "4155550143")):
        crm.held["phones"].put({"id": number, "number": phone})
    assert 2 == carriers(crm, "+14155550142")


# -- the run --


@pytest.mark.parametrize("name", CRMS)
def test_the_contract_of_a_platform_is_found_in_its_tests(name: str) -> None:
    assert [f"test_{name}_contract.py"] == [each.name for each in contract_files(registry.platform(name))]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("x" * 1498, f"'{'x' * 1498}'"),
        ("x" * 1499, f"'{'x' * 1499}…"),
        (
            Rejected("No.", status=405, request="PUT /calls/1", crm_message="Not so."),
            "PUT /calls/1 → 405: Not so.",
        ),
        (Rejected("No.", request="PUT /calls/1"), "PUT /calls/1 → no answer: No."),
    ],
)
def test_a_value_is_told_in_at_most_1500_characters(value: object, told: str) -> None:
    assert told == recorder._shown(value)


def test_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appconnect.testing.run.importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError) as caught:
        run_contract()
    assert "The contract is run by pytest; missing here: pytest and pytest_asyncio. " in caught.value.message


def test_a_package_without_its_tests_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed = tmp_path / "site-packages" / "acme"
    installed.mkdir(parents=True)
    monkeypatch.setattr(
        "appconnect.testing.run.inspect.getfile", lambda kind: str(installed / "connector.py")
    )
    acme: Any = SimpleNamespace(name="acme", title="Acme CRM", connector=object)
    with pytest.raises(ConfigurationError) as caught:
        contract_files(acme)
    assert (
        "Acme CRM is installed without its tests; install it from its folder, with: pip install --editable FOLDER"
    ) == caught.value.message
    (installed / "tests").mkdir()
    for name in ("test_acme_contract.py", "test_contract.py", "contract.py", "test_contracts.py"):
        (installed / "tests" / name).write_text('platform = "acme"', "utf-8")
    (installed / "tests" / "test_b_contract.py").write_text('platform = "acme2"', "utf-8")
    for folder in ("build", "dist", "node_modules", "site-packages", "__pycache__", "venv", ".hidden"):
        (installed / folder).mkdir()
        (installed / folder / "test_contract.py").write_text('platform = "acme"', "utf-8")
    assert ["test_acme_contract.py", "test_contract.py"] == [each.name for each in contract_files(acme)]


def test_what_pytest_cannot_run_is_said() -> None:
    with pytest.raises(ConfigurationError) as caught:
        run_contract([OAUTH], arguments=["--no-such-option"])
    assert caught.value.message.startswith("pytest cannot run the contract: ERROR: usage: ")
    assert "unrecognized arguments: --no-such-option" in caught.value.message
    assert caught.value.message == caught.value.message.strip()


@pytest.mark.parametrize("is_used", [False, True])
@pytest.mark.parametrize("is_there", [False, True])
def test_the_plugin_of_hypothesis_is_taken_away_where_no_case_uses_it(
    monkeypatch: pytest.MonkeyPatch, is_used: bool, is_there: bool
) -> None:
    taken: list[str] = []

    def unregister(name: str) -> None:
        taken.append(name)

    def has_plugin(name: str) -> bool:
        return is_there and name == "hypothesispytest"

    plugins = SimpleNamespace(has_plugin=has_plugin, unregister=unregister)
    if is_used:
        monkeypatch.setitem(sys.modules, "hypothesis", recorder)
    else:
        monkeypatch.delitem(sys.modules, "hypothesis", raising=False)
    session: Any = SimpleNamespace(
        config=SimpleNamespace(rootpath=Path(), pluginmanager=plugins), items=list[pytest.Item]()
    )
    recorder.Recorder((OAUTH,)).pytest_collection_finish(session)
    assert ["hypothesispytest"] * (is_there and not is_used) == taken


def test_a_stored_log_says_of_itself_what_there_is() -> None:
    log = StoredLog(body="", start=samples.NINE_THIRTY, duration=None, owner="1", contact="2")
    assert (None, {}) == (log.subject, log.associations)


IN_ALL = {
    LogFormat.HTML: "&lt;two&gt; quotes<br>", LogFormat.MARKDOWN: "## Call details", LogFormat.PLAIN: "--- END",
}  # fmt: skip


@pytest.mark.parametrize("log_format", LogFormat)
@pytest.mark.parametrize("at", [samples.NINE_THIRTY, samples.SUMMER_NIGHT])
@needs("redtail")
async def test_the_golden_bodies_are_what_is_written_in_every_format(
    monkeypatch: pytest.MonkeyPatch, log_format: LogFormat, at: datetime
) -> None:
    contract = answers_of("redtail")
    workbench = await steps.signed_in("redtail", options=contract.options)
    monkeypatch.setattr(type(workbench.connector), "get_log_format_type", lambda _: log_format)
    zone, sandbox = contract.zone, workbench_internals.sandbox_of(workbench)
    log_id = await steps.log(workbench, samples.call(start_time=at), **samples.CALL_DETAILS)
    body = contract.stored(sandbox, log_id).body
    assert (samples.call_body(log_format, at, zone), True) == (body, IN_ALL[log_format] in body)
    log_id = await steps.log_sms(workbench, samples.sms("1", samples.TEXT, at=at))
    await steps.log_sms(workbench, samples.sms("2", samples.ANSWER, at=at, inbound=False))
    stored = contract.stored(sandbox, log_id)
    assert samples.conversation_body(log_format, at, zone) == stored.body
    assert samples.conversation_subject(at, zone) == stored.subject
    await workbench.close()


@needs("pipedrive")
@pytest.mark.parametrize("name", ASK)
async def test_what_is_unsupported_is_asked_for_as_a_person_does(name: str) -> None:
    asked = {
        "find_contact": "GET /api/v2/persons/search", "find_contact_with_name": "GET /api/v2/persons/search",
        "create_contact": "GET /api/v2/persons/search", "create_call_log": "GET /v1/activityTypes",
        "update_call_log": "GET /api/v2/activities/1", "get_call_log": "GET /api/v2/activities/1",
        "upsert_call_disposition": "", "create_message_log": "GET /v1/activityTypes", "get_user_list": "GET /v1/users",
        "unauthorize": "POST /oauth/revoke",
    }  # fmt: skip
    workbench = await steps.signed_in("pipedrive")
    assert workbench.sandbox is not None
    workbench.sandbox.requests.clear()
    await ASK[name](workbench)
    sent = [f"{each.method} {each.path}" for each in workbench.sandbox.requests]
    assert asked[name] == next(iter(sent), "")
    await workbench.close()


# -- the steps --


@pytest.mark.parametrize("name", CRMS)
async def test_a_walk_does_everything_once(name: str) -> None:
    workbench = connect(name, mode="sandbox", record=False)
    results = await steps.walk(workbench)
    assert [None] * 10 == [each.error for each in results]
    body = results[7].call_log_info.full_body  # type: ignore[attr-defined]
    assert [True] * 3 == [part in body for part in ("Sent a quote", "Asked for a price", "https://x.test/r")]
    await workbench.close()


async def test_a_walk_goes_on_to_the_end_whatever_fails() -> None:
    workbench = connect(OAUTH, mode="sandbox", record=False)
    assert workbench.sandbox is not None
    workbench.sandbox.faults.add("*", "/api/*", status=403, json={}, times=None)
    results = await steps.walk(workbench, note="x")
    assert [True, *[False] * 5, True, False, True, True] == [each.successful for each in results]
    await workbench.close()


async def test_a_step_that_fails_raises_its_error() -> None:
    workbench = await steps.signed_in(OAUTH)
    found = await steps.nia(workbench)
    assert workbench.sandbox is not None
    workbench.sandbox.faults.add(status=403, json={}, times=None)
    for step in (
        lambda: steps.nia(workbench),
        lambda: steps.log(workbench),
        lambda: steps.log_sms(workbench, samples.sms("1", "Hi")),
    ):
        with pytest.raises(AppConnectError):
            await step()
    assert "Nia Holt" == found.name
    await workbench.close()
    with pytest.raises(AppConnectError):
        await steps.signed_in(OAUTH, sandbox=workbench.environment.sandbox)


async def test_another_process_shares_what_is_stored_and_is_told_the_same() -> None:
    workbench = await steps.signed_in(
        OAUTH, options={"told": "so"}, settings={"addCallLogNote": {"value": False}}
    )
    other = workbench_internals.another_process(workbench, transport=None)
    assert ({"told": "so"}, {}, None) == (
        other.context.account.options,
        other.settings,
        other.environment.transport,
    )
    assert workbench.environment.store is other.environment.store
    assert 1 == workbench_internals.kept_connections(other)
    workbench_internals.remember_user(workbench, User(id=f"8-{OAUTH}", name="Kit Moss"))
    assert 2 == workbench_internals.kept_connections(other)
    assert workbench.user is not None
    assert "Rae Quill" == workbench.user.name
    await workbench.close()
