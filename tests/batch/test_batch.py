"""Batch work against each sandbox: what comes back, what it costs, how it stops and goes on."""

from __future__ import annotations

import asyncio
import json
import re
import tracemalloc
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import virtual_time
from exports import FIRST, OURS, calls, people
from platforms import CRMS, KEY, OAUTH, answers_of, needs
from shared_store import Processes
from workbench_steps import sandbox_of, sent, signed_in

from appconnect.batch import BatchResult, Progress, Status, tables
from appconnect.batch.plan import READ_ALL, SEARCH
from appconnect.batch.result import Problem
from appconnect.connector import Connector
from appconnect.errors import InputError
from appconnect.store import Store
from appconnect.workbench import Workbench
from appconnect.workbench.sandboxes import make_sandbox

ROWS = 60
DAILY_LISTS = 5
"""Requests for lists that are read once a day, such as the choices of a form."""


async def started(crm: str, rows: int = ROWS, contacts: int = 25) -> tuple[Workbench, pd.DataFrame]:
    workbench = await signed_in(crm)
    numbers = people(sandbox_of(workbench), contacts)
    return workbench, pd.DataFrame(list(calls(rows, numbers)))


def statuses(result: BatchResult) -> list[str]:
    assert isinstance(result.table, pd.DataFrame)
    return list(result.table["crm_status"])


def frame_of(result: BatchResult) -> pd.DataFrame:
    assert isinstance(result.table, pd.DataFrame)
    return result.table


def logs(workbench: Workbench) -> int:
    return answers_of(workbench.platform).count(sandbox_of(workbench))


EXPECTED = [*["matched"] * 7, "no contact", "refused", "refused"]


@pytest.mark.parametrize("way", [SEARCH, READ_ALL])
@pytest.mark.parametrize("crm", CRMS)
async def test_every_row_has_its_contact_or_a_reason_whichever_way_is_taken(crm: str, way: str) -> None:
    workbench, frame = await started(crm)
    result = await workbench.batch.match(frame, way=way)
    assert (way, EXPECTED * 6) == (result.plan.chosen.name, statuses(result))
    assert {"matched": 42, "no contact": 6, "refused": 12} == result.counts
    assert isinstance(result.table, pd.DataFrame)
    pd.testing.assert_frame_equal(frame, result.table[list(frame.columns)])
    for number, row in result.table.iterrows():
        assert bool(row["crm_contact_id"]) == (row["crm_status"] == "matched"), number
        assert bool(row["crm_reason"]) == (row["crm_status"] == "refused"), number


@pytest.mark.parametrize("crm", CRMS)
async def test_both_ways_name_the_same_contacts(crm: str) -> None:
    workbench, frame = await started(crm)
    one, other = [
        (await workbench.batch.match(frame, way=way, again=True)).table for way in (SEARCH, READ_ALL)
    ]
    assert isinstance(one, pd.DataFrame)
    assert isinstance(other, pd.DataFrame)
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("crm", CRMS)
async def test_every_call_is_logged_once_and_again_changes_nothing(crm: str) -> None:
    workbench, frame = await started(crm, rows=30)
    before = logs(workbench)
    result = await workbench.batch.log(frame)
    assert {"no contact": 3, "logged": 21, "refused": 6} == result.counts
    assert isinstance(result.table, pd.DataFrame)
    ids = [each for each in result.table["crm_log_id"] if each]
    assert (21, 21, 21) == (len(ids), len(set(ids)), logs(workbench) - before)
    seen = sent(workbench)
    again = await workbench.batch.log(frame)
    assert isinstance(again.table, pd.DataFrame)
    pd.testing.assert_frame_equal(result.table, again.table)
    anew = await workbench.batch.log(frame, again=True)
    assert {"no contact": 3, "logged before": 21, "refused": 6} == anew.counts
    assert (21, True) == (logs(workbench) - before, sent(workbench) - seen < 10)


async def test_a_number_is_looked_up_once_however_many_rows_have_it() -> None:
    workbench, _ = await started(OAUTH)
    [number] = people(sandbox_of(workbench), 1, seed=9)
    frame = pd.DataFrame(list(calls(40, [number])))
    seen = len([each for each in sandbox_of(workbench).requests if "search" in each.path])
    await workbench.batch.match(frame, way=SEARCH)
    searches = [each for each in sandbox_of(workbench).requests if "search" in each.path][seen:]
    one = await signed_in(OAUTH)
    seen = len(sandbox_of(one).requests)
    people(sandbox_of(one), 1, seed=9)
    for each in (number, "+12015559999"):
        await one.find_contact(each)
    assert len([each for each in sandbox_of(one).requests if "search" in each.path]) == len(searches)


async def test_a_row_that_names_its_contact_is_logged_there_without_a_search() -> None:
    workbench, frame = await started(OAUTH, rows=4)
    matched = (await workbench.batch.match(frame)).table
    assert isinstance(matched, pd.DataFrame)
    other = matched["crm_contact_id"].iloc[1]
    chosen = frame.assign(crm_contact_id=[other, *[""] * 3], crm_contact_name="Ida Probe")
    result = await workbench.batch.log(chosen)
    assert isinstance(result.table, pd.DataFrame)
    log = await workbench.connector.get_call_log(result.table["crm_log_id"].iloc[0])
    assert other == log.contact_id
    assert 3 == result.plan.numbers


async def test_of_several_contacts_none_is_chosen_and_the_reason_names_them() -> None:
    workbench, _ = await started(OAUTH)
    numbers = people(sandbox_of(workbench), 1, seed=5)
    people(sandbox_of(workbench), 1, seed=5)
    result = await workbench.batch.log(pd.DataFrame(list(calls(1, numbers))))
    [problem] = result.problems
    assert (Status.SEVERAL, [1]) == (problem.status, problem.rows)
    assert "carry this number; put one's id in crm_contact_id." in problem.reason


@pytest.mark.parametrize(
    ("sharing", "told"),
    [(2, "{} ({}), {} ({})"), (3, "{} ({}), {} ({}), {} ({})"), (5, "{} ({}), {} ({}), {} ({}) and 2 more")],
)
async def test_three_of_those_that_share_a_number_are_named_and_the_others_counted(
    sharing: int, told: str
) -> None:
    workbench = await signed_in(OAUTH)
    for _ in range(sharing):
        numbers = people(sandbox_of(workbench), 1, seed=5)
    found = (await workbench.find_contact(numbers[0])).contacts
    result = await workbench.batch.match(pd.DataFrame(list(calls(1, numbers))))
    named = told.format(*(text for each in found for text in (each.name, each.id)))
    assert [f"{named} carry this number; put one's id in crm_contact_id."] == list(
        frame_of(result)["crm_reason"]
    )


@pytest.mark.parametrize("operation", ["match", "log"])
async def test_rows_keep_their_outcomes_however_many_are_in_hand_at_once(
    operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "CHUNK", 7)
    workbench, frame = await started(OAUTH)
    result = await getattr(workbench.batch, operation)(frame)
    done = "matched" if operation == "match" else "logged"
    expected = [done if each == "matched" else each for each in EXPECTED * 6]
    assert expected == statuses(result)
    again = await getattr(workbench.batch, operation)(frame)
    assert expected == statuses(again)
    assert (ROWS, ROWS) == (again.plan.rows, again.plan.done)
    assert again.plan.sentences() == str(again.plan).splitlines()


def test_nothing_is_waited_for_but_the_crm() -> None:
    """Whoever clicks gets a turn between rows, which takes no time."""

    async def waited() -> float:
        workbench, frame = await started(OAUTH)
        began = asyncio.get_running_loop().time()
        await workbench.batch.match(frame)
        return asyncio.get_running_loop().time() - began

    assert 0 == virtual_time.run(waited())


async def test_a_result_shows_every_status_and_every_reason_with_its_rows() -> None:
    """Also those of which there are equally many."""
    workbench = await signed_in(OAUTH)
    numbers = people(sandbox_of(workbench), 8)
    people(sandbox_of(workbench), 1)
    frame = pd.DataFrame(list(calls(20, numbers)))
    result = await workbench.batch.match(frame)
    shown = dict(re.findall("<th[^>]*>(.*?)</th><td>(.*?)</td>", unescape(result._repr_html_())))
    counts = {"matched": "12", "no contact": "2", "several contacts": "2", "refused": "4"}
    assert counts == {name: text for name, text in shown.items() if ":" not in name}
    problems = {f"{each.where}": each.reason for each in result.problems}
    assert {"several contacts: rows 1, 17", "refused: rows 9, 19", "refused: rows 10, 20"} == set(problems)
    assert problems.items() <= shown.items()
    told = "20 rows: 12 matched, 2 no contact, 2 several contacts, 4 refused."
    assert f"<caption>{told}</caption>" in unescape(result._repr_html_())
    assert (told, f"<BatchResult: {told}>") == (result.message, repr(result))


def test_of_many_rows_with_one_reason_the_first_five_are_named() -> None:
    problem = Problem(Status.REFUSED, "It is a fax.")
    for row, told in ((7, "row 7"), (8, "rows 7, 8"), (9, ""), (10, ""), (1100, "rows 7, 8, 9, 10, 1,100"),
                      (1101, "rows 7, 8, 9, 10, 1,100 and 1 more")):  # fmt: skip
        problem.add(row)
        assert not told or f"refused: {told}: It is a fax." == str(problem)


@pytest.mark.parametrize(("done", "rows", "share"), [(0, 4, 0.0), (1, 4, 0.25), (4, 4, 1.0), (0, 0, 1.0)])
def test_how_far_it_has_come_is_a_share_and_nothing_to_do_is_all_done(
    done: int, rows: int, share: float
) -> None:
    assert share == Progress(done, rows, {}).share


async def test_a_result_that_was_not_stopped_says_nothing_of_stopping() -> None:
    workbench, frame = await started(OAUTH, rows=1)
    plan = (await workbench.batch.prepare(frame)).plan
    assert "0 rows: nothing done yet." == BatchResult(None, plan, {}, []).message


async def test_a_dry_run_says_what_would_be_logged_and_writes_nothing() -> None:
    workbench, frame = await started(OAUTH, rows=10)
    before, requests = logs(workbench), sandbox_of(workbench).requests
    seen = len(requests)
    result = await workbench.batch.log(frame, dry_run=True)
    assert {"no contact": 1, "to be logged": 7, "refused": 2} == result.counts
    assert (before, {"GET"}) == (logs(workbench), {each.method for each in requests[seen:]})
    planned = await workbench.batch.match(frame, dry_run=True)
    assert (None, {}, 10) == (planned.table, planned.counts, planned.plan.rows)
    assert {"logged": 7, "no contact": 1, "refused": 2} == (await workbench.batch.log(frame)).counts


async def test_messages_of_a_conversation_are_one_log_in_their_order() -> None:
    workbench, _ = await started(OAUTH)
    [number] = people(sandbox_of(workbench), 1, seed=3)
    rows = [
        {
            "id": str(place), "type": "SMS", "direction": "Inbound", "subject": f"Text {place}.",
            "creationTime": FIRST.isoformat(), "conversation": {"id": "7"},
            "from": {"phoneNumber": number}, "to": [OURS],
        }
        for place in range(12)
    ]  # fmt: skip
    result = await workbench.batch.log(pd.DataFrame(rows))
    assert {"logged": 12} == result.counts
    assert isinstance(result.table, pd.DataFrame)
    [log_id] = set(result.table["crm_log_id"])
    body = answers_of(OAUTH).stored(sandbox_of(workbench), log_id).body
    places = [body.index(f"Text {place}.") for place in range(12)]
    assert places in (sorted(places), sorted(places, reverse=True))


async def test_a_file_is_worked_on_and_written_beside_itself(tmp_path: Path) -> None:
    workbench, frame = await started(OAUTH, rows=10)
    path = tmp_path / "calls.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in frame.to_dict("records")))
    result = await workbench.batch.match(path)
    assert tmp_path / "calls.matched.jsonl" == result.table
    found = [json.loads(line) for line in (tmp_path / "calls.matched.jsonl").read_text().splitlines()]
    assert EXPECTED == [row["crm_status"] for row in found]
    assert list(frame["reason"]) == [row["reason"] for row in found]


# -- the plan --


@pytest.mark.parametrize("crm", CRMS)
async def test_the_plan_is_what_is_sent(crm: str) -> None:
    """Of both ways, and of the logs, for people of whom each carries a number of their own."""
    workbench, _ = await started(crm)
    frame = pd.DataFrame(
        [row for row in calls(40, people(sandbox_of(workbench), 25, seed=4)) if "phoneNumber" in row["from"]]
    )
    for way in (SEARCH, READ_ALL):
        work = await workbench.batch.prepare(frame, way=way, again=True)
        assert way == work.plan.chosen.name
        seen = sent(workbench)
        await work.run()
        assert 0 < sent(workbench) - seen <= work.plan.chosen.requests + DAILY_LISTS


@pytest.mark.parametrize(("contacts", "rows"), [(3000, 1), (25, 60)])
@pytest.mark.parametrize("crm", CRMS)
async def test_the_cheaper_way_is_taken(crm: str, contacts: int, rows: int) -> None:
    """It is the one that really sends less, of both on an account where neither was taken yet."""
    taken = {}
    for way in (SEARCH, READ_ALL, ""):
        workbench, frame = await started(crm, rows=rows, contacts=contacts)
        work = await workbench.batch.prepare(frame, way=way)
        seen = sent(workbench)
        await work.run()
        taken[way or work.plan.chosen.name] = sent(workbench) - seen
    assert taken[work.plan.chosen.name] == min(taken.values()), taken


@pytest.mark.parametrize("crm", CRMS)
async def test_a_new_process_that_knows_no_budget_yet_takes_the_cheaper_way_too(crm: str) -> None:
    sandbox, store = make_sandbox(crm), Store.in_memory()
    processes = Processes(crm, sandbox, store)
    assert (await processes.start().sign_in()).successful
    frame = pd.DataFrame(list(calls(60, people(sandbox[crm], 25))))
    plan = (await processes.start().batch.prepare(frame)).plan
    assert READ_ALL == plan.chosen.name, str(plan)
    assert 1 == len({each.daily for each in plan.ways})


async def test_a_connector_without_a_list_of_contacts_is_searched_and_the_plan_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(type((await signed_in(OAUTH)).connector), "directory", Connector.directory)
    workbench, frame = await started(OAUTH, rows=10)
    plan = (await workbench.batch.match(frame)).plan
    told = f"{workbench.title}'s connector reads no list of all contacts: each is searched."
    assert ([SEARCH], told) == ([way.name for way in plan.ways], plan.sentences()[-1])


async def test_a_list_of_contacts_that_fails_is_told_and_each_number_is_searched() -> None:
    workbench, frame = await started(KEY)
    work = await workbench.batch.prepare(frame, way=READ_ALL)
    path = sandbox_of(workbench).requests[-1].path
    sandbox_of(workbench).faults.add("GET", f"*{path.rpartition('/')[2]}", status=403, times=1)
    result = await work.run()
    assert EXPECTED * 6 == statuses(result)
    assert ["The contacts cannot be read all at once, so each is searched"] == [
        note.partition(":")[0] for note in result.notes
    ]


# -- stopped, and gone on with --


async def test_a_run_that_is_stopped_goes_on_where_it_was() -> None:
    workbench, frame = await started(OAUTH, rows=300)
    before = logs(workbench)
    work = await workbench.batch.prepare(frame)
    work = await workbench.batch.prepare(frame, log=True)
    seen: list[Progress] = []

    def tell(progress: Progress) -> None:
        seen.append(progress)
        if progress.done >= 100:
            work.stop()

    result = await work.run(tell)
    done = sum(count for status, count in result.counts.items() if status != "waiting")
    assert ("Stopped.", 300, True) == (result.stopped, result.rows, 100 <= done < 200)
    assert sorted(each.done for each in seen) == [each.done for each in seen]
    assert done == seen[-1].done
    written = logs(workbench) - before
    assert written == result.counts["logged"]
    rest = await workbench.batch.log(frame)
    assert done == rest.plan.done
    assert ({"no contact": 30, "logged": 210, "refused": 60}, 210) == (rest.counts, logs(workbench) - before)


async def test_a_cancelled_run_loses_nothing_that_it_did() -> None:
    workbench, frame = await started(OAUTH, rows=200)
    before = logs(workbench)
    running = asyncio.create_task(workbench.batch.log(frame))
    while logs(workbench) - before < 60:  # noqa: ASYNC110
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    result = await workbench.batch.log(frame)
    assert (140, 200) == (logs(workbench) - before, result.rows)
    assert {"logged", "logged before", "no contact", "refused"} >= result.counts.keys()
    assert 140 == result.counts["logged"] + result.counts.get("logged before", 0)


async def test_what_failed_is_tried_again_by_the_next_run() -> None:
    workbench, frame = await started(OAUTH, rows=10)
    before = logs(workbench)
    await workbench.batch.match(frame)
    sandbox_of(workbench).faults.add("WRITE", status=500, times=None)
    first = await workbench.batch.log(frame)
    sandbox_of(workbench).faults.clear()
    again = await workbench.batch.log(frame)
    assert first.counts.get("failed", 0) > 0
    assert all(each.reason for each in first.problems)
    assert ({"no contact": 1, "logged": 7, "refused": 2}, 7) == (again.counts, logs(workbench) - before)


def without_ids(body: Any) -> Any:
    """An answer in which nobody with a phone has an id."""
    if isinstance(body, list):
        return [without_ids(each) for each in body]
    if not isinstance(body, dict):
        return body
    ids = ("id", "contact_id", "lead_id") if any("phone" in key.casefold() for key in body) else ()
    return {key: None if key.casefold() in ids else without_ids(value) for key, value in body.items()}


@pytest.mark.parametrize("way", [SEARCH, READ_ALL])
@pytest.mark.parametrize("crm", CRMS)
async def test_who_may_be_among_those_that_could_not_be_read_is_searched_again_by_the_next_run(
    crm: str, way: str
) -> None:
    workbench, frame = await started(crm, rows=10)
    before = logs(workbench)
    work = await workbench.batch.prepare(frame, log=True, way=way)
    sandbox_of(workbench).faults.add("GET", "*", change=without_ids, times=None)
    first = await work.run()
    sandbox_of(workbench).faults.clear()
    assert first.counts.pop("refused") == 2
    assert 8 == first.counts["not all searched"] + first.counts.get("no contact", 0)
    assert first.counts["not all searched"] >= 7
    reasons = {each.reason for each in first.problems if each.status is Status.NOT_SEARCHED}
    assert all(each.startswith("Left out of what the CRM answered: ") for each in reasons)
    assert reasons
    again = await workbench.batch.log(frame)
    assert ({"no contact": 1, "logged": 7, "refused": 2}, 7) == (again.counts, logs(workbench) - before)


async def test_a_number_that_is_to_be_searched_again_is_not_searched_again_in_the_same_run() -> None:
    workbench, _ = await started(OAUTH)
    [number] = people(sandbox_of(workbench), 1, seed=9)
    frame = pd.DataFrame(list(calls(40, [number])))
    work = await workbench.batch.prepare(frame, way=SEARCH)
    sandbox_of(workbench).faults.add("GET", "*", change=without_ids, times=None)
    seen = len(sandbox_of(workbench).requests)
    await work.run()
    searches = [str(each.query) for each in sandbox_of(workbench).requests[seen:] if "search" in each.path]
    assert len(set(searches)) == len(searches)


@pytest.mark.parametrize("way", [SEARCH, READ_ALL])
@pytest.mark.parametrize(
    ("crm", "path", "hidden"),
    [("bullhorn", "*/search/Candidate", "Candidate records."), ("insightly", "*/Leads*", "its leads.")],
)
async def test_a_row_says_whom_the_user_may_not_search_and_is_searched_again_if_that_is_wanted(
    crm: str, path: str, hidden: str, way: str
) -> None:
    workbench, frame = await started(crm, rows=10)
    work = await workbench.batch.prepare(frame, way=way)
    sandbox_of(workbench).faults.add("GET", path, status=403, json={}, times=None)
    first = frame_of(await work.run())
    [reason] = set(first[first["crm_status"] == "no contact"]["crm_reason"])
    assert re.fullmatch(f".* does not let this user .*{hidden}", reason)
    pd.testing.assert_frame_equal(first, frame_of(await workbench.batch.match(frame, way=way)))
    sandbox_of(workbench).faults.clear()
    again = await workbench.batch.match(frame, way=way, again=True)
    assert {"matched": 7, "no contact": 1, "refused": 2} == again.counts


async def test_a_crm_that_is_down_is_left_alone_after_some_rows() -> None:
    workbench, frame = await started(OAUTH, rows=200)
    work = await workbench.batch.prepare(frame, log=True)
    sandbox_of(workbench).faults.add("WRITE", status=503, times=None)
    result = await work.run()
    assert "rows in a row failed, the last one so:" in result.stopped
    assert result.counts["waiting"] > 100


async def test_the_end_of_the_days_budget_ends_the_run_and_the_next_day_goes_on() -> None:
    workbench = await signed_in(OAUTH, plan="tiny")
    numbers = people(sandbox_of(workbench), 5)
    frame = pd.DataFrame(list(calls(120, numbers)))
    before, runs = logs(workbench), 0
    while True:
        result = await workbench.batch.log(frame)
        runs += 1
        if not result.stopped:
            break
        assert result.counts["waiting"] > 0
        await workbench.sleep(86_400)
    assert (84, True) == (logs(workbench) - before, 1 < runs < 5)


async def test_a_session_that_ended_ends_the_run_in_a_sentence() -> None:
    workbench, frame = await started(KEY, rows=20)
    work = await workbench.batch.prepare(frame, log=True)
    sandbox_of(workbench).faults.add("WRITE", status=401, times=None)
    result = await work.run()
    assert "Sign in" in result.stopped or "sign in" in result.stopped, result.stopped
    assert result.counts["waiting"] > 0


async def test_two_processes_on_one_table_write_each_call_once() -> None:
    sandbox, store = make_sandbox(OAUTH), Store.in_memory()
    processes = Processes(OAUTH, sandbox, store)
    one, other = processes.start(), processes.start()
    assert (await one.sign_in()).successful
    numbers = people(sandbox[OAUTH], 10)
    frame = pd.DataFrame(list(calls(40, numbers)))
    before = answers_of(OAUTH).count(sandbox[OAUTH])
    results = await asyncio.gather(one.batch.log(frame), other.batch.log(frame))
    assert 28 == answers_of(OAUTH).count(sandbox[OAUTH]) - before
    assert [{"no contact": 4, "logged": 28, "refused": 8}] * 2 == [each.counts for each in results]


@needs("bullhorn")  # which has neither lists to remember nor follow-up writes
async def test_a_log_takes_five_transactions_whether_a_table_is_small_or_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is looked for, reserved, noted as it leaves, told from others by its id, and noted as done."""
    transaction, done = Store.transaction, [0]

    def counted(self: Store, work: Any) -> Any:
        done[0] += 1
        return transaction(self, work)

    monkeypatch.setattr(Store, "transaction", counted)
    workbench, frame = await started("bullhorn", rows=300)
    await workbench.batch.match(frame)  # reads what is read once
    frame = frame[frame.index % 10 < 7]
    taken = []
    for some in (frame[:70], frame[70:]):
        work = await workbench.batch.prepare(some, log=True)
        done[0] = 0
        assert {"logged": len(some)} == (await work.run()).counts
        taken.append(done[0])
    assert 5 * 70 <= taken[1] - taken[0] <= 5 * 70 + 10  # the journal is written for 50 rows at once


# -- limits --


@pytest.mark.parametrize("crm", [name for name in CRMS if name != "redtail"])
async def test_the_limit_is_used_and_never_met(crm: str) -> None:
    """By the sandbox's clock, which only waits move: the requests of a run, against those that its pace allows."""
    workbench, frame = await started(crm, rows=150)
    work = await workbench.batch.prepare(frame, log=True)
    began, seen = workbench.now(), sent(workbench)
    await work.run()
    requests, seconds = sent(workbench) - seen, (workbench.now() - began).total_seconds()
    pace = next(each for each in workbench.rate_limits if each.path == "*")
    floor = max(0, (requests - 1) // pace.requests) * pace.seconds
    assert seconds <= floor / 0.95
    assert 429 not in {each.status for each in workbench.trace}


async def test_the_journal_shows_nothing_of_people() -> None:
    workbench, frame = await started(OAUTH, rows=20)
    result = await workbench.batch.log(frame)
    assert isinstance(result.table, pd.DataFrame)
    names = {name for name in result.table["crm_contact_name"] if name}
    assert names
    store = workbench.environment.store
    with store._engine.connect() as connection:
        for table in ("batches", "batch_outcomes", "batch_numbers"):
            text = str(connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall())
            assert not [each for each in [*names, "555"] if each in text]


@pytest.mark.parametrize("log", [True, False])
async def test_memory_does_not_grow_with_the_table(
    log: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The most that is held at once, of a table and of one five times as long; a log is a dry run."""
    monkeypatch.setattr(tables, "CHUNK", 25)
    workbench, _ = await started(OAUTH)
    numbers = people(sandbox_of(workbench), 25, seed=2)

    async def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.jsonl"
        path.write_text("".join(f"{json.dumps(row)}\n" for row in calls(rows, numbers)))
        tracemalloc.start()
        try:
            work = await workbench.batch.prepare(path, log=log, dry_run=True, way=READ_ALL, again=True)
            await work.run()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    await peak(500)  # fills the caches, and loads what is loaded when it is used
    assert await peak(500) < await peak(100) + 200_000  # 400 rows that are held have 600,000 bytes


async def test_what_is_no_table_is_refused() -> None:
    workbench, _ = await started(OAUTH)
    wrong: Any = ["no table"]
    with pytest.raises(InputError, match="A table is a pandas DataFrame or a file, not a list"):
        await workbench.batch.match(wrong)
