"""What each request took is read from what the CRM says is left, whatever the order of its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sent_requests import sent

from appconnect.http import Pace, Purpose, Wait
from appconnect.limits import Kind, contract_name, refusals, series, spent, uses
from appconnect.limits.history import by_account
from appconnect.limits.sent import sent_by

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
    assert {None} == {one.used for each in found for one in each.readings}


def test_where_no_limit_is_told_the_requests_are_counted_against_our_own_pace() -> None:
    requests = [sent(number, NOON + number * SECOND) for number in range(4)]
    [found] = series(requests, [Pace(3, 2.0)])
    assert (Kind.OWN, [(2, 1), (1, 2), (1, 2), (1, 2)]) == (
        found.kind, [(each.left, each.used) for each in found.readings],
    )  # fmt: skip
    [found] = series(requests)
    assert [(None, 1), (None, 2), (None, 3), (None, 4)] == [(each.left, each.used) for each in found.readings]


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("check_sign_in", "get_user_info"), ("list_users", "get_user_list"), ("log_call", "create_call_log"),
        ("log_message", "create_message_log"), ("log_shared_sms", "create_message_log"),
        ("set_disposition", "upsert_call_disposition"), ("sign_out", "unauthorize"), ("find_contact", "find_contact"),
    ],
)  # fmt: skip
def test_a_method_of_the_workbench_has_the_name_of_the_contract(method: str, name: str) -> None:
    assert name == contract_name(method)


def test_requests_outside_of_operations_are_called_by_their_purpose() -> None:
    purposes = [Purpose.OPERATION, Purpose.SIGN_IN, Purpose.RENEWAL, Purpose.SIGN_OUT]
    exchanges = [
        sent(number, NOON, run=number).exchange.model_copy(update={"purpose": purpose})
        for number, purpose in enumerate(purposes)
    ]
    found = sent_by("Acme", "one", exchanges, {3: "sign_out_all"})
    assert ["request", "sign_in", "renewal", "sign_out_all"] == [each.operation for each in found]
    assert [("Acme", "one")] * 4 == [(each.who, each.account) for each in found]


def test_a_silent_crm_s_refusal_counts_what_was_sent_in_the_minute_before() -> None:
    minute = timedelta(minutes=1)
    *_, refusal = refusals(spent([
        sent(1, NOON - minute), sent(2, NOON - minute + SECOND), sent(3, NOON - SECOND, status=429), sent(4, NOON, status=429),
    ]))  # fmt: skip
    assert (Kind.OWN, 60.0, [2]) == (
        refusal.kind,
        refusal.seconds,
        [each.sent.exchange.number for each in refusal.before],
    )
    assert [
        "Request 4 (GET /people/search) was refused: 1 request in the 60 s before it. The CRM does not say which limit that was.",
        "Used by find contact: 1 request.",
    ] == refusal.sentences()


def test_the_longest_window_of_the_paces_for_a_path_is_looked_back_over() -> None:
    paces = [Pace(2, 2.0), Pace(9, 30.0, path="*/search"), Pace(9, 90.0, path="/users")]
    requests = [
        sent(1, NOON - 30 * SECOND, window=(1, 2)),
        sent(2, NOON - 29 * SECOND, window=(1, 2)),
        sent(3, NOON),
    ]
    for path, before in (("/people/search?q=1", [2]), ("/people", [])):
        *_, refusal = refusals(spent([*requests, sent(4, NOON, window=(0, 2), status=429, path=path)]), paces)
        assert before == [each.sent.exchange.number for each in refusal.before]
    assert "It is free again after a moment." in refusal.sentences()[0]
    assert refusal.sentences()[0].startswith(
        "Request 4 (GET /people) was refused: 0 requests in the 2 s before it"
    )


@pytest.mark.parametrize(
    ("left", "of", "kind", "why"),
    [
        (0, 300, Kind.DAY, "the day's budget of 300 is used up. Waiting a moment does not help."),
        (0, None, Kind.DAY, "the day's budget is used up. Waiting a moment does not help."),
        (-1, 3000, Kind.DAY, "the day's budget of 3,000 is used up. Waiting a moment does not help."),
        (1, 300, Kind.WINDOW, "0 requests in the 60 s before it. It is free again after a moment."),
    ],
)
def test_a_day_that_is_used_up_is_told_apart_from_a_window(
    left: int, of: int | None, kind: Kind, why: str
) -> None:
    [refusal] = refusals(spent([sent(1, NOON, left=left, of=of, status=429)]))
    assert kind is refusal.kind
    assert f"Request 1 (GET /people/search) was refused: {why}" == refusal.sentences()[0]


def test_three_users_of_a_limit_are_named_at_most_and_the_dearest_request_if_it_took_any() -> None:
    operations = ("a_b", "c", "d", "e")
    requests = [
        sent(number, NOON, left=300 - number, operation=name, run=number)
        for number, name in enumerate(operations, 1)
    ]
    [refusal] = refusals(spent([*requests, sent(9, NOON, left=0, status=429)]))
    assert (
        "Used by c: 1 unit in 1 request; d: 1 unit in 1 request; e: 1 unit in 1 request."
        == refusal.sentences()[1]
    )
    assert "The dearest request of c: number 2, GET /people/search, 1 unit." == refusal.sentences()[2]


def test_of_the_requests_of_what_used_most_the_dearest_is_named() -> None:
    left = (295, 255, 245, 245)
    requests = [sent(number, NOON, left=each, run=number) for number, each in enumerate(left, 2)]
    [refusal] = refusals(spent([sent(1, NOON, left=300), *requests, sent(9, NOON, left=0, status=429)]))
    assert (
        "The dearest request of find contact: number 3, GET /people/search, 40 units."
        == refusal.sentences()[2]
    )


def test_limits_have_names() -> None:
    requests = [sent(1, NOON, left=1500, of=3000, window=(9, 1000)), sent(2, NOON, left=1400, of=None)]
    assert {"the present window of 1,000", "the day's budget of 3,000"} == {
        each.name for each in series(requests)
    }
    assert ["the day's budget"] == [each.name for each in series([sent(1, NOON, left=7, of=None)])]
    [own] = series([sent(1, NOON)])
    assert ("our own count: requests in a minute", "acme") == (own.name, own.account)
    [paced] = series([sent(1, NOON)], [Pace(3, 2.0)])
    assert f"our own count: {Pace(3, 2.0).in_words}" == paced.name
    assert [] == series([])


def test_a_window_that_only_repeats_the_day_s_budget_is_not_told_twice() -> None:
    assert [Kind.DAY] == [each.kind for each in series([sent(1, NOON, left=7, of=9, window=(7, 9))])]


def test_a_request_is_counted_until_its_minute_is_over() -> None:
    requests = [
        sent(1, NOON),
        sent(2, NOON + 59 * SECOND),
        sent(3, NOON + 60 * SECOND),
        sent(4, NOON + 61 * SECOND),
    ]
    [own] = series(requests)
    assert [1, 2, 2, 3] == [each.used for each in own.readings]


def test_a_pace_for_a_path_counts_what_goes_there_and_is_never_below_nothing() -> None:
    requests = [sent(1, NOON), sent(2, NOON, path="/users"), sent(3, NOON), sent(4, NOON)]
    [found] = series(requests, [Pace(2, 2.0, path="*/search")])
    assert [(1, 1), (0, 2), (0, 3)] == [(each.left, each.used) for each in found.readings]


def test_accounts_are_told_apart_and_their_requests_are_in_order() -> None:
    requests = [
        sent(2, NOON + SECOND), sent(9, NOON, account="b"), sent(3, NOON), sent(1, NOON), sent(1, NOON, account="a"),
    ]  # fmt: skip
    assert {"a": [1], "acme": [1, 3, 2], "b": [9]} == {
        name: [each.exchange.number for each in group] for name, group in by_account(requests).items()
    }


def test_of_operations_that_used_the_same_the_one_with_more_requests_comes_first() -> None:
    found = uses(
        spent(
            [sent(1, NOON, operation="a"), sent(2, NOON, operation="b"), sent(3, NOON, operation="b", run=0)]
        )
    )
    assert [("b", 1), ("a", 1)] == [(each.operation, each.runs) for each in found]
