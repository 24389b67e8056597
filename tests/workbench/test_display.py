"""How results, the trace and the workbench show themselves: a short true line, and tables for a notebook."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest
from answers import NIA, NOBODY, SHARED, call
from platforms import OAUTH, OAUTH_TITLE
from workbench_steps import CRMS, nia, sandbox_of, secrets_of, signed_in

from appconnect import Workbench, connect, display
from appconnect.models import (
    CallLogInfo,
    CallLogRead,
    Choice,
    Contact,
    ContactCreated,
    ContactMatches,
    CrmUser,
    Logged,
    LogUpdated,
    MessageLevel,
    NewContact,
    Result,
    ReturnMessage,
    SignedIn,
    User,
    UserList,
)

FOREIGN = "<script>alert('x')</script> & \"Zoë\" 🌟"


class Cells(HTMLParser):
    """The text of a table's cells, row by row, and its caption."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.caption, self.tags, self._in = "", set[str](), ""
        self.feed(html)

    def handle_starttag(self, tag: str, _: object) -> None:
        self._in = tag
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "caption":
            self.caption += data
        elif self._in in ("td", "th"):
            self.rows[-1][-1] += data


def shown(thing: Any) -> Cells:
    return Cells(thing._repr_html_())


def message(text: str) -> ReturnMessage:
    return ReturnMessage(message=text, message_type=MessageLevel.SUCCESS)


def results(text: str) -> list[Result]:
    """One result of each kind, in which everything that is foreign says ``text``."""
    contact = Contact(id=text, name=text, additional_info={"deals": [Choice(const="1", title=text)]})
    info = CallLogInfo(subject=text, note=text, contact_name=text, full_body=text, dispositions={text: text})
    return [
        SignedIn(user=User(id=text, name=text, timezone_name=text), return_message=message(text)),
        ContactMatches(matched_contact_info=[contact], return_message=message(text)),
        ContactCreated(contact_info=NewContact(id=text, name=text), return_message=message(text)),
        Logged(log_id=text, return_message=message(text)),
        LogUpdated(log_id=text, updated_note=text, return_message=message(text)),
        CallLogRead(call_log_info=info, return_message=message(text)),
        UserList(users=[CrmUser(id=text, name=text)], return_message=message(text)),
    ]


# -- in a line --


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_results_say_in_a_line_what_happened(crm: str) -> None:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    logged = await workbench.log_call(call(), contact, note="Secretly")
    failed = await workbench.find_contact("anonymous")
    log_id, users = logged.log_id or "", await workbench.list_users()
    assert [
        "ContactMatches(message='Contact found')",
        f"Logged(log_id='{log_id}', message='Call logged')",
        f"LogUpdated(log_id='{log_id}', message='Call log updated.')",
        "CallLogRead(call_log_info=CallLogInfo(subject='Outbound Call to Nia Holt', contact_name='Nia Holt'), "
        "message='Call log read')",
        f"UserList(message='{len(users.users)} active users')",
        f"ContactMatches(successful=False, message={failed.message!r})",
    ] == [
        repr(each)
        for each in (
            await workbench.find_contact(NIA),
            logged,
            await workbench.update_call_log(log_id, note="Openly"),
            await workbench.get_call_log(log_id),
            users,
            failed,
        )
    ]


@pytest.mark.parametrize("result", results("x\ny"), ids=lambda result: type(result).__name__)
def test_a_line_is_one_line(result: Result) -> None:
    assert 1 == len(repr(result).splitlines())


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_the_trace_counts_in_a_line(crm: str) -> None:
    workbench = await signed_in(crm)
    assert "<Trace: 2 requests>" == repr(workbench.trace)
    workbench.trace.clear()
    await workbench.request("GET", "/v1/users/me")
    assert "<Trace: 1 request>" == repr(workbench.trace)


# -- as a table --


@pytest.mark.parametrize("result", results(FOREIGN), ids=lambda result: type(result).__name__)
def test_foreign_text_is_text_in_a_table(result: Result) -> None:
    table = shown(result)
    assert FOREIGN == table.caption
    assert FOREIGN in [cell for row in table.rows for cell in row]
    assert {"table", "caption", "tbody", "thead", "tr", "th", "td", "div"} >= table.tags


@pytest.mark.parametrize(
    ("result", "rows"),
    [
        (
            SignedIn(user=User(id="7", name="Rae Quill", timezone_name="Europe/Berlin")),
            {"user": "Rae Quill", "id": "7", "time zone": "Europe/Berlin"},
        ),
        (SignedIn(user=None), {}),
        (
            ContactCreated(contact_info=NewContact(id="9", name="Kit Moss", type="Lead")),
            {"id": "9", "name": "Kit Moss", "type": "Lead"},
        ),
        (
            ContactCreated(
                known_contacts=[Contact(id="9", name="Kit Moss"), Contact(id="10", name="Ulla Bare")]
            ),
            {"known": "Kit Moss #9, Ulla Bare #10"},
        ),
        (Logged(log_id="55"), {"log id": "55"}),
    ],
)
def test_what_came_of_an_operation_stands_under_its_name(result: Result, rows: dict[str, str]) -> None:
    assert {"successful": "True", **rows} == dict(shown(result).rows)


def test_matches_are_a_table_without_the_entry_for_a_new_contact() -> None:
    deals = [Choice(const="901", title="Holt renewal"), Choice(const="902", title="Holt training")]
    people = [
        Contact(id="501", name="Nia Holt", phone=NIA, type="contact", additional_info={"deals": deals}),
        Contact(id="502", name="Omar Vance", organization="Vance", additional_info={"leads": deals[:1]}),
        Contact(id="createNewContact", name="Create new contact...", is_new_contact=True),
    ]
    matches = ContactMatches(matched_contact_info=people, return_message=message("2 contacts found"))
    expected = [
        ["id", "name", "phone", "type", "title", "organization", "deals", "leads"],
        ["501", "Nia Holt", NIA, "contact", "", "", "Holt renewal, Holt training", ""],
        ["502", "Omar Vance", "", "", "", "Vance", "", "Holt renewal"],
    ]
    assert expected == shown(matches).rows
    frame = matches.to_dataframe()
    assert expected == [list(frame.columns), *frame.to_numpy().tolist()]


async def test_a_result_with_nothing_to_list_says_so(workbench: Workbench) -> None:
    nobody = await workbench.find_contact(NOBODY)
    table = shown(nobody)
    assert "Contact not found" == table.caption
    assert ["details", "Create a new contact, or search in another way."] in table.rows
    frame = nobody.to_dataframe()
    assert (0, ["id", "name"]) == (len(frame), list(frame.columns)[:2])


async def test_users_are_a_table(workbench: Workbench) -> None:
    users = await workbench.list_users()
    frame = users.to_dataframe()
    assert ["id", "name", "email"] == list(frame.columns)
    assert [user.name for user in users.users] == list(frame["name"])
    assert [list(frame.columns), *frame.to_numpy().tolist()] == shown(users).rows
    empty = UserList().to_dataframe()
    assert (0, ["id", "name", "email"]) == (len(empty), list(empty.columns))


def test_a_long_list_is_shown_in_part_and_says_so() -> None:
    users = [CrmUser(id=str(number), name=f"User {number}") for number in range(25)]
    result = UserList(users=users, return_message=message("25 active users"))
    table = shown(result)
    assert "25 active users, the first 10 of 25" == table.caption
    assert [str(number) for number in range(10)] == [row[0] for row in table.rows[1:]]
    assert 25 == len(result.to_dataframe())


def test_ten_rows_are_all_shown() -> None:
    rows = [{"id": number} for number in range(display.MAX_ROWS)]
    table = Cells(display.records("all", rows))
    assert ("all", display.MAX_ROWS + 1) == (table.caption, len(table.rows))


async def test_the_trace_is_a_table_of_the_newest_requests_and_a_dataframe_of_all() -> None:
    workbench = await signed_in(OAUTH)
    for _ in range(6):
        await workbench.find_contact_with_name("Nia Holt")
    await workbench.get_call_log("999999")
    table, frame = shown(workbench.trace), workbench.trace.to_dataframe()
    total = len(workbench.trace)
    assert f"{total} requests, the newest 10 of {total}" == table.caption
    assert ["No.", "Request", "Status", "Left"] == table.rows[0]
    assert [str(number) for number in range(total - 9, total + 1)] == [row[0] for row in table.rows[1:]]
    newest = workbench.trace[-1]
    assert [str(total), f"GET {newest.path}", "404", str(newest.limits.remaining)] == table.rows[-1]
    assert (list(range(1, total + 1)), "number") == (list(frame.index), frame.index.name)
    last = frame.loc[total]
    assert (newest.at, "GET", newest.path, 404) == (last["at"], last["method"], last["path"], last["status"])
    assert (newest.limits.remaining, newest.limits.daily_remaining) == (
        last["remaining"],
        last["daily_remaining"],
    )


async def test_a_request_without_an_answer_says_why_in_the_table() -> None:
    workbench = await signed_in(OAUTH)
    sandbox_of(workbench).faults.add(drop=True, times=None)
    await workbench.find_contact_with_name("Nia Holt")
    error = workbench.trace[-1].error
    assert error
    assert [error, ""] == shown(workbench.trace).rows[-1][2:]


def test_a_trace_of_nothing_is_an_empty_table() -> None:
    trace = connect(OAUTH).trace
    assert "0 requests" == shown(trace).caption
    assert 0 == len(trace.to_dataframe())


async def test_a_workbench_shows_who_is_signed_in_and_what_is_left() -> None:
    workbench = connect(OAUTH)
    assert [["signed in as", "nobody"], ["requests", "0"]] == shown(workbench).rows
    await workbench.sign_in()
    table = shown(workbench)
    assert workbench.user is not None
    assert f"Workbench for {OAUTH_TITLE}" == table.caption
    assert [
        ["signed in as", f"Rae Quill ({workbench.user.id})"],
        ["time zone", workbench.timezone],
        ["requests", str(len(workbench.trace))],
        ["requests left", str(workbench.limits.remaining)],
    ] == table.rows


@pytest.mark.parametrize("crm", ["redtail"])
async def test_a_workbench_whose_time_zone_is_set_wrong_shows_itself_all_the_same(crm: str) -> None:
    workbench = await signed_in(crm)
    workbench.settings = {"redtailCustomTimezone": {"value": "Mars"}}
    connector: Any = workbench.connector
    connector.account.options = {}
    assert "no time zone" in dict(shown(workbench).rows)["time zone"]


@pytest.mark.parametrize("crm", CRMS)
async def test_no_table_shows_a_secret(crm: str) -> None:
    workbench = await signed_in(crm)
    things: list[Any] = [
        workbench,
        await workbench.find_contact(SHARED),
        await workbench.list_users(),
        workbench.trace,
    ]
    text = "\n".join(each._repr_html_() for each in things) + workbench.trace.to_dataframe().to_string()
    secrets = secrets_of(workbench)
    assert secrets
    assert [] == [secret for secret in secrets if secret in text]


def test_pandas_is_loaded_when_it_is_used() -> None:
    script = f"import sys; from appconnect import connect; connect('{OAUTH}'); print('pandas' in sys.modules)"
    assert "False" == subprocess.check_output([sys.executable, "-c", script], text=True).strip()
