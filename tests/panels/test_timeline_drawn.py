"""Where the bars of the timeline stand: over time, or in order where the clock stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from appconnect.http import Exchange, OperationRun, Wait
from appconnect.http.exchange import Request, Response
from appconnect.panels.timeline.waterfall import together_with, waterfall

BEGIN = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


def sent(number: int, at: float, seconds: float, *waits: float) -> Exchange:
    return Exchange(
        number=number,
        at=BEGIN + timedelta(seconds=at),
        seconds=seconds,
        waits=tuple(Wait(seconds=each, reason="429") for each in waits),
        request=Request(method="GET", url="https://crm.test/a"),
        response=Response(status=200),
    )


def drawn(*exchanges: Exchange) -> list[list[tuple[str, int, int]]]:
    return [
        [(bar.kind, round(bar.start), round(bar.end)) for bar in bars] for bars in waterfall(exchanges).bars
    ]


def test_requests_stand_where_they_were_sent() -> None:
    assert [[("request", 0, 50)], [("request", 25, 100)]] == drawn(sent(1, 0, 2), sent(2, 1, 3))


def test_an_operation_that_goes_on_is_longer_than_its_requests() -> None:
    run = OperationRun(number=1, name="log_call", at=BEGIN, seconds=4.0, succeeded=True)
    picture = waterfall([sent(1, 1, 1)], run)
    assert (25, 50) == (picture.bars[0][0].start, picture.bars[0][0].end)
    assert ["after 1.00 s, for 1.00 s"] == picture.words


def test_a_wait_ends_where_its_request_begins() -> None:
    assert [("wait", 25, 75), ("request", 75, 100)] == drawn(sent(1, 0, 1), sent(2, 3, 1, 2))[1]


def test_where_the_clock_stands_still_each_request_is_a_step() -> None:
    assert [[("request", 0, 50)], [("request", 50, 100)]] == drawn(sent(1, 0, 0), sent(2, 0, 0))
    assert waterfall([sent(1, 0, 0)]).in_order
    assert not waterfall([sent(1, 0, 0.1)]).in_order


def test_a_wait_is_wider_than_a_step_and_shared_by_those_who_wait_together() -> None:
    assert [
        [("request", 0, 20)],
        [("wait", 20, 60), ("request", 60, 80)],
        [("wait", 20, 60), ("request", 80, 100)],
    ] == drawn(sent(1, 0, 0), sent(2, 3, 0, 3), sent(3, 3, 0, 3))


def test_the_first_request_may_have_waited() -> None:
    assert [[("wait", 0, 67), ("request", 67, 100)]] == drawn(sent(1, 3, 0, 3))


def test_nothing_is_drawn_of_nothing() -> None:
    assert [] == drawn()


def test_what_ran_together_overlaps_in_time_or_waited_at_once() -> None:
    one, other, later = sent(1, 0, 2), sent(2, 1, 2), sent(3, 3, 1)
    assert [2] == together_with(one, [one, other, later])
    waiting = [sent(4, 3, 0, 3), sent(5, 3, 0, 3)]
    assert [5] == together_with(waiting[0], waiting)
