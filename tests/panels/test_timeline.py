"""The timeline lists every operation with its requests, filtered, bounded, and at no cost while nobody looks."""

from __future__ import annotations

import asyncio
import json
import re
from time import perf_counter

import pytest
from acme import DIGITS, PASS_PHRASE, SEAL, TENANT, acme
from answers import NIA, NOBODY, call
from platforms import CRMS, KEY, KEY_TITLE, OAUTH, OAUTH_TITLE, needs
from workbench_steps import nia, sandbox_of, secrets_of, signed_in

from appconnect.errors import AppConnectError
from appconnect.http.exchange import Response
from appconnect.panels import TimelinePanel
from appconnect.panels.timeline import listing
from appconnect.panels.timeline.rows import RowData
from appconnect.redaction import Redactor
from appconnect.workbench import connect
from appconnect.workbench.sending_again import draft_of

LATE = "Zr81-late-4420-Kq"


def operations(panel: TimelinePanel) -> list[str]:
    return [each["title"] for each in panel.rows if not each["parent"]]


def below(panel: TimelinePanel, operation: RowData) -> list[str]:
    return [f"{each['title']} {each['path']}" for each in panel.rows if each["parent"] == operation["id"]]


@pytest.mark.parametrize("crm", CRMS)
async def test_every_request_is_listed_below_its_operation(crm: str) -> None:
    workbench = connect(crm, mode="sandbox", options=(await signed_in(crm)).context.account.options)
    panel = TimelinePanel(workbench)
    assert "Nothing has been done yet" in panel.count.value
    await workbench.sign_in()
    await workbench.log_call(call("s-1"), await nia(workbench), note="Wants a quote")
    assert ["log_call", "find_contact", "sign_in"] == operations(panel)
    logged = panel.rows[0]
    run = workbench.trace.operations[-1]
    sent = [f"{each.method} {each.path}" for each in workbench.trace if each.operation == run.number]
    assert sent == below(panel, logged)
    assert f"→ {len(sent)} request" in logged["note"]
    assert "✓ done" == logged["status"]
    assert len(workbench.trace) == len(panel.rows) - 3


async def test_a_request_that_belongs_to_no_operation_stands_alone() -> None:
    workbench = await signed_in(OAUTH)
    path = workbench.trace[-1].request.url
    await workbench.crm.get(path)
    panel = TimelinePanel(workbench)
    first = panel.rows[0]
    assert ("GET", "") == (first["title"], first["parent"])
    assert path.endswith(first["path"].partition("?")[0])


@needs("pipedrive")
async def test_sign_in_tries_waits_and_their_reasons_are_told() -> None:
    workbench = await signed_in("pipedrive")
    sandbox_of(workbench).faults.add("GET", status=429, headers={"Retry-After": "3"})
    await workbench.list_users()
    panel = TimelinePanel(workbench)
    told = [each["more"] for each in panel.rows]
    assert ["", "", "try 2 · waited 3 s: 429: the CRM asked for a pause"] == told[:3]
    assert "sign-in" in told
    *_, again = (each for each in panel.rows if each["parent"] == panel.rows[0]["id"])
    assert "wait" in [bar["kind"] for bar in again["bars"]]
    assert "waited 3 s" in again["says"]
    assert "3.00 s" == panel.rows[0]["time"]


@needs("pipedrive")
async def test_each_row_tells_which_limits_moved() -> None:
    workbench = await signed_in("pipedrive")
    await workbench.list_users()
    panel = TimelinePanel(workbench)
    assert "79 → 78" == panel.rows[0]["limits"] == panel.rows[1]["limits"]
    panel.open_request(workbench.trace[-1].number)
    assert "79 → 78 of 80 now; " in panel.details.value


async def test_several_workbenches_stand_in_the_order_of_what_happened_and_say_which_they_are() -> None:
    one, other = await signed_in(OAUTH), await signed_in(KEY)
    panel = TimelinePanel(one, other)
    panel.order.value = listing.FOLLOWING
    for each in (one, other, one):
        await each.list_users()
    assert ["sign_in", "sign_in", *["list_users"] * 3] == operations(panel)
    crms = [each["crm"] for each in panel.rows if not each["parent"]]
    assert [OAUTH_TITLE, KEY_TITLE, OAUTH_TITLE] == crms[2:]
    panel.crm.value = KEY_TITLE
    assert {KEY_TITLE} == {each["crm"] for each in panel.rows}
    assert OAUTH_TITLE in repr(panel)


async def test_two_workbenches_of_one_crm_have_labels_of_their_own() -> None:
    panel = TimelinePanel(await signed_in(OAUTH), await signed_in(OAUTH))
    assert {OAUTH_TITLE, f"{OAUTH_TITLE} (2)"} == {each["crm"] for each in panel.rows}


async def test_the_newest_stand_first_or_last() -> None:
    workbench = await signed_in(OAUTH)
    await workbench.list_users()
    panel = TimelinePanel(workbench)
    newest_first = operations(panel)
    panel.order.value = listing.FOLLOWING
    assert newest_first[::-1] == operations(panel)
    assert panel.list.follow


async def test_words_in_any_order_are_found_in_everything() -> None:
    workbench = await signed_in(OAUTH)
    contact = await nia(workbench)
    await workbench.log_call(call("s-1"), contact, note="Asks for a Quotation")
    await workbench.get_call_log("999999")
    panel = TimelinePanel(workbench)
    for words, expected in {
        "quotation log_call": ["log_call"],
        "LOG_CALL post quotation": ["log_call"],
        "404 get": ["get_call_log"],
        "get_call_log": ["get_call_log"],
        f"{OAUTH_TITLE} rae": ["sign_in"],
        "quotation 404": [],
    }.items():
        panel.words.value = words
        found = operations(panel)
        assert (found == expected) if not expected or len(found) < 2 else set(expected) <= set(found), words
    panel.words.value = "nothing like it"
    assert "None of the" in panel.count.value


async def test_status_class_and_operation_are_filters() -> None:
    workbench = await signed_in(OAUTH)
    await workbench.get_call_log("999999")
    await workbench.list_users()
    panel = TimelinePanel(workbench)
    assert panel.rows
    assert ["", "get_call_log", "list_users", "sign_in"] == [value for _, value in panel.operation.options]
    panel.status_class.value = "4"
    assert ["get_call_log"] == operations(panel)
    panel.status_class.value = "trouble"
    assert ["get_call_log"] == operations(panel)
    panel.status_class.value = "any"
    panel.operation.value = "list_users"
    await workbench.find_contact(NOBODY)
    assert ["list_users"] == operations(panel)
    assert "list_users" == panel.operation.value
    assert ", of " in panel.about()


async def test_an_operation_that_sent_nothing_is_trouble_where_it_failed() -> None:
    workbench = await signed_in(OAUTH)
    await workbench.find_contact("nonsense")
    panel = TimelinePanel(workbench)
    panel.status_class.value = "trouble"
    assert ["find_contact"] == operations(panel)
    assert "✕ failed" == panel.rows[0]["status"]
    assert panel.rows[0]["more"]


async def test_an_operation_under_way_says_so() -> None:
    workbench = await signed_in(OAUTH)
    panel = TimelinePanel(workbench)
    seen: list[str] = []
    stop = workbench.trace.listen(lambda _: seen.append(panel.rows[0]["status"]))
    await workbench.list_users()
    stop()
    assert {"… running"} == set(seen)
    assert "✓ done" == panel.rows[0]["status"]


# -- at what cost --


class Redactions:
    """Counts the answers that are read to be shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, redact = 0, Redactor.response

        def counted(redactor: Redactor, response: Response) -> Response:
            self.count += 1
            return redact(redactor, response)

        monkeypatch.setattr(Redactor, "response", counted)


async def test_nothing_is_read_until_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(OAUTH)
    panel = TimelinePanel(workbench)
    redactions = Redactions(monkeypatch)
    for _ in range(20):
        await workbench.find_contact(NOBODY)
    assert 0 == redactions.count
    assert panel.rows
    assert 0 < redactions.count


async def test_the_list_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SHOWN", 6)
    workbench = await signed_in(OAUTH)
    for _ in range(9):
        await workbench.list_users()
    panel = TimelinePanel(workbench)
    assert ["list_users"] * 3 == operations(panel)
    assert "the newest 3 operations with 3 requests are listed" in panel.count.value


async def test_of_many_only_the_newest_are_read_unless_something_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "LATEST", 3)
    workbench = await signed_in(OAUTH)
    for _ in range(9):
        await workbench.list_users()
    panel, redactions = TimelinePanel(workbench), Redactions(monkeypatch)
    assert ["list_users"] * 2 <= operations(panel) <= ["list_users"] * 3
    assert 3 >= redactions.count
    assert f"10 operations with {len(workbench.trace)} requests" in panel.count.value
    panel.words.value = "sign_in"
    assert ["sign_in"] == operations(panel)
    panel.words.value = ""
    panel.open_request(1)
    assert "<h4>1. " in panel.details.value
    await workbench.list_users()
    assert panel.rows
    assert "<h4>1. " in panel.details.value


async def test_a_panel_that_is_shown_follows_by_itself_and_reads_each_request_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "PAUSE", 0.0)
    monkeypatch.setattr(listing, "SHARE", 0)
    workbench = await signed_in(OAUTH)
    panel = TimelinePanel(workbench)
    shown = panel._repr_mimebundle_()
    assert "1 operation with" in str(shown["text/html"])
    before, sent, redactions = len(panel.list.rows), len(workbench.trace), Redactions(monkeypatch)
    await workbench.list_users()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert before < len(panel.list.rows)
    assert panel.rows
    assert len(workbench.trace) - sent == redactions.count
    panel.close()
    await workbench.list_users()
    await asyncio.sleep(0)
    assert ["list_users", "sign_in"] == [each["title"] for each in panel.list.rows if not each["parent"]]


async def test_a_shown_panel_takes_a_small_share_of_the_time_of_many_operations() -> None:
    workbench = await signed_in(OAUTH)
    panel = TimelinePanel(workbench)
    panel._repr_mimebundle_()
    looks = 0.0
    look = panel._list

    def timed() -> None:
        nonlocal looks
        began = perf_counter()
        look()
        looks += perf_counter() - began

    panel._list = timed  # type: ignore[method-assign]
    began = perf_counter()
    for number in range(300):
        await workbench.find_contact(f"+1415555{number:04}")
        await asyncio.sleep(0)
    assert looks < 0.4 * (perf_counter() - began)
    assert len(panel.rows) <= listing.SHOWN + 100


async def test_clearing_forgets_and_numbering_goes_on() -> None:
    workbench = await signed_in(OAUTH)
    panel = TimelinePanel(workbench)
    panel.open_request(1)
    await panel.clear()
    assert ([], "", "") == (list(panel.rows), panel.list.selected, panel.details.value)
    await workbench.list_users()
    assert ["list_users"] == operations(panel)


# -- what it shows --


async def test_folding_leaves_the_operations() -> None:
    panel = TimelinePanel(await signed_in(OAUTH))
    panel.fold_button.click()
    await panel.done()
    assert panel.list.fold_all
    assert "Unfold all" == panel.fold_button.description


async def test_the_snapshot_is_a_table_of_operations_and_requests() -> None:
    workbench = await signed_in(OAUTH)
    await workbench.list_users()
    snapshot = TimelinePanel(workbench).snapshot()
    assert "<caption>Timeline: 2 operations with" in snapshot
    assert "<td>list_users</td>" in snapshot
    assert "<td>└ GET /" in snapshot
    assert "09:30" not in snapshot


@pytest.mark.parametrize("crm", CRMS)
async def test_no_secret_is_in_what_the_browser_gets_to_know(crm: str) -> None:
    workbench = await signed_in(crm)
    await workbench.log_call(call("s-1"), await nia(workbench), note="Quote")
    panel = TimelinePanel(workbench)
    known: list[object] = []
    for each in workbench.trace:
        panel.open_request(each.number)
        known += [panel.details.value, panel.list.get_state(), panel.snapshot()]
    for run in workbench.trace.operations:
        panel.open_operation(run.number)
        known.append(panel.details.value)
    told = json.dumps(known, default=str)
    assert [] == [secret for secret in secrets_of(workbench) if secret in told]


async def test_an_opened_request_has_its_curl_command_without_secrets() -> None:
    workbench = await signed_in(OAUTH)
    panel = TimelinePanel(workbench)
    panel.open_request(workbench.trace[-1].number)
    assert "curl -X GET" in panel.details.value
    assert ">Copy</button>" in panel.details.value
    assert re.search("&lt;(authorization|[a-z]*token)&gt;", panel.details.value)


@pytest.mark.parametrize("latest", [100, 1])
async def test_a_secret_that_becomes_known_later_is_masked_in_what_is_shown_already(
    latest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LATEST", latest)
    workbench = await signed_in(OAUTH)
    await workbench.crm.get(workbench.trace[-1].request.url, params={"term": LATE})
    panel = TimelinePanel(workbench)
    panel.open_request(workbench.trace[-1].number)
    assert LATE in panel.rows[0]["path"]
    assert LATE in panel.details.value
    sandbox_of(workbench).faults.add("GET", json={"access_token": LATE})
    await workbench.crm.get(workbench.trace[-1].request.url)
    assert LATE not in json.dumps(panel.rows)
    assert "<h4>" in panel.details.value
    assert LATE not in panel.details.value + panel.snapshot()


async def test_what_the_crm_answers_is_escaped() -> None:
    workbench = await signed_in(OAUTH)
    sandbox_of(workbench).faults.add(status=400, json={"error": "<script>alert(1)</script>"})
    await workbench.list_users()
    panel = TimelinePanel(workbench)
    panel.open_request(workbench.trace[-1].number)
    assert "&lt;script&gt;" in panel.details.value
    panel.open_operation(workbench.trace.operations[-1].number)
    assert "<script>" not in panel.details.value + panel.snapshot()


async def test_a_workbench_that_is_not_listed_is_told() -> None:
    panel = TimelinePanel(await signed_in(OAUTH))
    with pytest.raises(AppConnectError, match="does not list that workbench"):
        panel.open_request(1, await signed_in(OAUTH))


async def test_a_number_that_was_searched_is_found_by_its_query() -> None:
    workbench = await signed_in(OAUTH)
    await workbench.find_contact(NIA)
    panel = TimelinePanel(workbench, showing="5550142")
    assert ["find_contact"] == operations(panel)


async def test_a_platform_that_nobody_here_knows_is_listed_without_its_secrets() -> None:
    workbench = connect(acme(), mode="sandbox")
    await workbench.sign_in()
    await workbench.find_contact(DIGITS)
    panel = TimelinePanel(workbench)
    told = []
    for each in workbench.trace:
        panel.open_request(each.number)
        told.append(panel.details.value)
    panel.open_operation(workbench.trace.operations[-1].number)
    told += [panel.details.value, json.dumps(panel.list.get_state(), default=str), panel.snapshot()]
    assert "find_contact" in operations(panel)
    assert [] == [secret for secret in (PASS_PHRASE, SEAL, TENANT) if secret in "".join(told)]
    draft = draft_of(workbench.context, workbench.trace[-1])
    assert () == draft.masked
