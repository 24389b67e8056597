"""What each request took is read from what the CRM says is left, whatever the order of its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sent_requests import sent

from appconnect.http import Pace, Wait
from appconnect.limits import Kind, refusals, series, spent, uses

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def units(*requests: object) -> list[int | None]:
    return [each.units for each in spent(requests)]  # type: ignore[arg-type]


def test_a_request_took_what_is_missing_since_the_answer_before() -> None:
    assert [None, 20, 0, 40] == units(
        sent(1, NOON, left=298), sent(2, NOON, left=278), sent(3, NOON, left=278), sent(4, NOON, left=238)
    )


def test_answers_that_overtook_each_other_are_put_in_order() -> None:
    assert [None, 20, 10] == units(
        sent(1, NOON, left=300),
        sent(2, NOON, left=270, seconds=0.5),
        sent(3, NOON, left=290, seconds=0.1),
    )


def test_another_day_begins_with_more_left_than_before() -> None:
    tomorrow = NOON + timedelta(days=1)
    found = spent(
        [
            sent(1, NOON, left=50),
            sent(2, NOON, left=30),
            sent(3, tomorrow, left=280),
            sent(4, tomorrow, left=260),
        ]
    )
    assert [(None, 0), (20, 0), (None, 1), (20, 1)] == [(each.units, each.day) for each in found]


def test_another_plan_is_another_budget() -> None:
    found = spent([sent(1, NOON, left=29_998, of=30_000), sent(2, NOON, left=298), sent(3, NOON, left=278)])
    assert [(None, 0), (None, 1), (20, 1)] == [(each.units, each.day) for each in found]


def test_accounts_do_not_share_a_budget_and_workbenches_of_one_account_do() -> None:
    assert [None, None, 20, 30] == units(
        sent(1, NOON, left=300),
        sent(1, NOON, left=900, of=1000, account="other", who="Other"),
        sent(1, NOON + SECOND, left=280, who="Acme 2"),
        sent(2, NOON + 2 * SECOND, left=250),
    )


def test_where_nothing_is_told_nothing_is_made_up() -> None:
    assert [None, None] == units(sent(1, NOON), sent(2, NOON))
    assert None is uses(spent([sent(1, NOON)]))[0].units


def test_operations_are_sorted_by_what_they_used() -> None:
    waits = [Wait(seconds=2.0, reason="429: the CRM asked for a pause")]
    found = uses(spent([
        sent(1, NOON, left=300, operation="sign_in"),
        sent(2, NOON, left=295, operation="log_call", run=2),
        sent(3, NOON, left=275, run=3),
        sent(4, NOON, left=255, run=4, waits=waits),
        sent(5, NOON, left=255, run=4, status=429),
    ]))  # fmt: skip
    assert [
        ("find_contact", 2, 3, 40, 1, 2.0),
        ("log_call", 1, 1, 5, 0, 0),
        ("sign_in", 1, 1, None, 0, 0),
    ] == [
        (each.operation, each.runs, len(each.requests), each.units, each.refused, each.waited)
        for each in found
    ]


def test_a_refusal_for_the_day_names_what_used_the_day() -> None:
    yesterday = NOON - timedelta(days=1)
    [refusal] = refusals(spent([
        sent(1, yesterday, left=100, operation="log_call"),
        sent(2, NOON, left=300, operation="sign_in"),
        sent(3, NOON, left=40, operation="list_users", run=2, path="/users"),
        sent(4, NOON, left=0, run=3),
        sent(5, NOON, left=0, run=4, status=429),
    ]))  # fmt: skip
    assert (Kind.DAY, [2, 3, 4]) == (refusal.kind, [each.sent.exchange.number for each in refusal.before])
    assert [
        "Request 5 (GET /people/search) was refused: the day's budget of 300 is used up. Waiting a moment does not help.",
        "Used by list users: 260 units in 1 request; find contact: 40 units in 1 request; sign in: 1 request.",
        "The dearest request of list users: number 3, GET /users, 260 units.",
    ] == refusal.sentences()


def test_a_refusal_of_the_window_names_what_was_sent_in_it() -> None:
    pace = Pace(2, 2.0)
    [refusal] = refusals(spent([
        sent(1, NOON - 5 * SECOND, window=(1, 2), operation="log_call"),
        sent(2, NOON - SECOND, window=(1, 2)),
        sent(3, NOON, window=(0, 2)),
        sent(4, NOON, window=(0, 2), status=429),
    ]), [pace])  # fmt: skip
    assert (Kind.WINDOW, [2, 3]) == (refusal.kind, [each.sent.exchange.number for each in refusal.before])
    assert "2 requests in the 2 s before it, and the limit is 2" in refusal.sentences()[0]


def test_a_refusal_by_a_silent_crm_says_that_it_does_not_say_why() -> None:
    [refusal] = refusals(spent([sent(1, NOON, status=429)]))
    assert "The CRM does not say which limit that was." in refusal.sentences()[0]
    assert "somebody else on this account did" in refusal.sentences()[1]


def test_every_limit_that_is_told_has_its_own_line() -> None:
    found = series([
        sent(1, NOON, left=300, window=(79, 80)),
        sent(2, NOON, left=280, window=(9, 10)),
        sent(3, NOON, left=275, window=(78, 80)),
    ])  # fmt: skip
    assert {
        (Kind.WINDOW, 80): [79, 78],
        (Kind.WINDOW, 10): [9],
        (Kind.DAY, 300): [300, 280, 275],
    } == {(each.kind, each.last.amount): [one.left for one in each.readings] for each in found}


def test_where_no_limit_is_told_the_requests_are_counted_against_our_own_pace() -> None:
    requests = [sent(number, NOON + number * SECOND) for number in range(4)]
    [found] = series(requests, [Pace(3, 2.0)])
    assert (Kind.OWN, [(2, 1), (1, 2), (1, 2), (1, 2)]) == (
        found.kind, [(each.left, each.used) for each in found.readings],
    )  # fmt: skip
    [found] = series(requests)
    assert [(None, 1), (None, 2), (None, 3), (None, 4)] == [(each.left, each.used) for each in found.readings]
