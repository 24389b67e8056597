"""The pieces of the rate limits' panel: what is drawn, listed and put in words of given requests."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sent_requests import sent

from appconnect.http import Pace, Purpose, Wait
from appconnect.limits import Sent, Series, Use, refusals, series, spent, uses
from appconnect.panels import limits_chart, limits_use

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PAUSES = (Wait(seconds=2.0, reason="429: the CRM asked for a pause"), Wait(seconds=0.5, reason="10 in 1 s"))


def own_count(*at: float, pace: Pace | None = None) -> list[Series]:
    """The limit of a CRM that tells none, after requests at these seconds."""
    requests = [sent(number, NOON + each * SECOND) for number, each in enumerate(at, 1)]
    return series(requests, [pace] if pace else [])


def axis(drawing: str) -> list[str]:
    """What stands at the left, above and below."""
    return re.findall(r'text-anchor="end">([^<]*)</text>', drawing)[:2]


def heights(drawing: str) -> list[float]:
    [points] = re.findall(r'points="([^"]*)"', drawing)
    return [float(each.partition(",")[2]) for each in points.split()]


def use_of(*requests: Sent) -> tuple[Use, list[Use]]:
    total = uses(spent(requests))
    return total[0], total


# -- the chart --


def test_our_own_count_is_drawn_up_to_its_highest() -> None:
    drawing = str(limits_chart.drawing(own_count(0, 1, 2, 70)))
    assert ["3", "none"] == axis(drawing)
    assert [84.0, 48.0, 12.0, 84.0] == heights(drawing)
    assert "at the end 1 in the window. The table below it says the same." in drawing
    assert "<title>3: GET /people/search, 3 in the window</title>" in drawing


def test_our_own_count_against_a_pace_is_drawn_as_what_is_left_of_it() -> None:
    drawing = str(limits_chart.drawing(own_count(0, 0.5, pace=Pace(4, 1.0))))
    assert ["all", "none"] == axis(drawing)
    assert [39.0, 66.0] == heights(drawing)
    assert "Requests by our own count, after each answer: our own count: " in drawing
    assert "at the end 2 of 4 left" in drawing


def test_a_pace_for_a_path_is_drawn_once_something_went_there() -> None:
    search, others = Pace(4, 1.0, "*/search"), Pace(9, 1.0)
    requests = [sent(1, NOON, path="/users"), sent(2, NOON, path="/people/search")]
    assert [] == limits_chart.charts(series(requests[:1], [search]))
    [[line]] = limits_chart.charts(series(requests[:1], [search, others]))
    assert [8] == [each.left for each in line.readings]
    [[first, second]] = limits_chart.charts(series(requests, [search, others]))
    assert ([3], [8, 7]) == tuple([each.left for each in line.readings] for line in (first, second))


def test_a_limit_without_an_amount_is_told_without_one() -> None:
    lines = series([sent(1, NOON, left=1_234, of=None)])
    drawing = str(limits_chart.drawing(lines))
    assert "at the end 1,234 left." in drawing and [12.0] == heights(drawing)
    assert "<td>1,234 left</td>" in limits_chart.table(lines)


def test_nothing_left_of_an_unknown_amount_stands_at_the_bottom() -> None:
    assert [120.0] == heights(str(limits_chart.drawing(series([sent(1, NOON, left=0, of=None)]))))


def test_several_limits_are_lines_of_one_drawing_told_apart_by_more_than_colour() -> None:
    lines = series(
        [sent(1, NOON, window=(9, 10)), sent(2, NOON, window=(79, 80)), sent(3, NOON, window=(4, 5))]
    )
    [together] = limits_chart.charts(lines)
    drawing = str(limits_chart.drawing(together))
    assert (
        "after each answer: the present window of 10 (solid), the present window of 80 (dashed), "
        "the present window of 5 (solid); ✕ is a refusal, a dotted line a wait." in drawing
    )
    looks = re.findall(r'fill="none" stroke="([^"]*)" stroke-width="1.5"( stroke-dasharray="5 3")?', drawing)
    blue, orange = "var(--jp-brand-color1, #1976d2)", "var(--jp-warn-color1, #f57c00)"
    assert [(blue, ""), (orange, ' stroke-dasharray="5 3"'), (blue, "")] == looks
    assert [f'<g fill="{each}">' for each in (blue, orange, blue)] == re.findall(r'<g fill="[^"]*">', drawing)


def test_limits_of_other_kinds_are_other_drawings() -> None:
    lines = series([sent(1, NOON, window=(9, 10), left=200)])
    titles = [str(limits_chart.drawing(each)).partition(", after")[0] for each in limits_chart.charts(lines)]
    assert [
        '<p class="ac-dim">Requests left in the present window',
        '<p class="ac-dim">Left of the day&#39;s budget',
    ] == titles


def test_a_refusal_and_a_wait_are_told_where_they_are_drawn_and_in_the_table() -> None:
    lines = series([
        sent(7, NOON, left=40, status=429, operation="log_call"),
        sent(8, NOON + SECOND, left=20, waits=PAUSES),
    ])  # fmt: skip
    drawing, waits = (
        unescape(str(limits_chart.drawing(lines))),
        "2 s, 429: the CRM asked for a pause; 0.5 s, 10 in 1 s",
    )
    assert "Requests 7 to 8: 1 refused, 1 after a wait; at the end 20 of 300 left." in drawing
    assert "✕<title>7: GET /people/search, 40 of 300 left, refused</title>" in drawing
    assert 'x1="616.0" y1="12" x2="616.0" y2="120"' in drawing and f"<title>{waits}</title>" in drawing
    assert "request 7, 12:00:00" in drawing and "request 8, 12:00:01" in drawing
    table = unescape(str(limits_chart.table(lines)))
    assert (
        f"<td>8</td><td>12:00:01</td><td>find contact</td><td>20 of 300 left</td><td>{waits}</td><td>200</td>"
        in table
    )
    assert "<td>log call</td><td>40 of 300 left</td><td>–</td><td>refused (429)</td>" in table
    assert "<caption>The newest 2 requests, the latest first</caption>" in table
    assert table.index("<td>8</td>") < table.index("<td>7</td>")


def test_where_nobody_points_nothing_is_said_of_a_point() -> None:
    lines = series([sent(1, NOON, left=9, status=429), sent(2, NOON, left=8, waits=PAUSES)])
    assert "<title>" not in limits_chart.drawing(lines, hover=False)
    assert 3 == limits_chart.drawing(lines).count("<title>")


def test_sixty_requests_are_drawn_the_newest_by_when_they_left() -> None:
    requests = [sent(number, NOON - number * SECOND, left=100) for number in range(1, 63)]
    newest = limits_chart.newest(series(requests))
    assert [*range(60, 0, -1)] == [each.sent.exchange.number for each in newest]


def test_requests_of_one_moment_are_in_the_order_of_their_numbers_and_of_several_workbenches() -> None:
    requests = [sent(2, NOON, left=1), sent(1, NOON, left=2), sent(1, NOON, left=3, who="Acme 2")]
    newest = limits_chart.newest(series(requests))
    assert [(1, 2), (1, 3), (2, 1)] == [(each.sent.exchange.number, each.left) for each in newest]
    drawing = str(limits_chart.drawing(series(requests)))
    assert ["52.0", "336.0", "620.0"] == sorted(re.findall(r'cx="([^"]*)"', drawing), key=float)


# -- which request used it --


def test_the_sentence_above_counts_requests_and_units() -> None:
    _, total = use_of(
        sent(1, NOON, left=300), sent(2, NOON, left=299), sent(3, NOON, left=298, operation="log_call")
    )
    assert (
        '<p class="ac-dim">3 requests, 2 units of the day&#39;s budget. '
        "The most first; open one to see its requests.</p>" == limits_use.head(total)
    )
    _, silent = use_of(sent(1, NOON))
    assert (
        '<p class="ac-dim">1 request; the CRM does not tell how many units each took. '
        "The most first; open one to see its requests.</p>" == limits_use.head(silent)
    )


def summary(*requests: Sent, several: bool = False) -> str:
    """The line of the operation that used the most."""
    line, _, _ = str(limits_use.operation(*use_of(*requests), several=several)).partition("</summary>")
    return line


def test_an_operation_is_told_with_its_runs_refusals_and_waits() -> None:
    line = summary(
        sent(1, NOON, left=300),
        sent(2, NOON, left=270, run=2, waits=PAUSES),
        sent(3, NOON, left=270, run=3, status=429),
        sent(4, NOON, left=260, operation="log_call", run=4),
    )
    assert line.endswith(
        "<b>find contact</b><span>3 requests</span><span>30 units</span>"
        '<span class="ac-dim">3 runs, 1 refused, waited 2.5 s</span>'
        '<span class="ac-use-bar" aria-hidden="true"><i style="width: 75%"></i></span></span>'
    )


def test_an_operation_that_ran_once_is_told_in_short_and_whose_it_is_where_there_are_several() -> None:
    silent = sent(1, NOON), sent(2, NOON), sent(3, NOON, operation="log_call")
    assert summary(*silent).endswith(
        "<b>find contact</b><span>2 requests</span><span>–</span>"
        '<span class="ac-dim"></span>'
        '<span class="ac-use-bar" aria-hidden="true"><i style="width: 67%"></i></span></span>'
    )
    assert "<b>find contact · Acme</b>" in summary(*silent, several=True)


def test_what_used_no_units_has_no_share_of_them() -> None:
    _, total = use_of(sent(1, NOON, left=300), sent(2, NOON, left=290, operation="log_call"))
    assert {"log_call": 100.0, "find_contact": 0.0} == {
        each.operation: limits_use.share(each, total) for each in total
    }


def test_where_nothing_is_told_of_units_requests_have_the_share() -> None:
    _, total = use_of(sent(1, NOON), sent(2, NOON), sent(3, NOON), sent(4, NOON, operation="log_call"))
    assert [75.0, 25.0] == [limits_use.share(each, total) for each in total]


def rows(*requests: Sent) -> tuple[str, list[str]]:
    """The caption and the rows of the operation that used the most."""
    html = str(limits_use.operation(*use_of(*requests), several=False))
    found = re.findall(r"<tr><td>(.*?)</td></tr>", html)
    [caption] = re.findall("<caption>(.*?)</caption>", html)
    return caption, [unescape(re.sub("</td><td>", " | ", each)) for each in found]


def test_the_requests_of_an_operation_are_listed_the_dearest_first() -> None:
    kept = sent(4, NOON + SECOND, left=200, run=0, waits=PAUSES)
    signing_in = kept.exchange.model_copy(update={"purpose": Purpose.SIGN_IN})
    caption, listed = rows(
        sent(1, NOON, left=300),
        sent(2, NOON, left=290, run=2, status=429),
        sent(3, NOON, left=250, run=3),
        Sent(kept.account, kept.who, kept.operation, signing_in),
    )
    assert "The dearest first" == caption
    assert [
        "4 | 12:00:01 | – | GET <code>/people/search</code> (sign-in) | 50"
        " | 2 s, 429: the CRM asked for a pause; 0.5 s, 10 in 1 s | 200",
        "3 | 12:00:00 | 3 | GET <code>/people/search</code> | 40 | – | 200",
        '2 | 12:00:00 | 2 | GET <code>/people/search</code> | 10 | – | <span class="ac-bad">429</span>',
        "1 | 12:00:00 | 1 | GET <code>/people/search</code> | – | – | 200",
    ] == listed


@pytest.mark.parametrize(
    ("count", "told", "listed"),
    [
        (50, "The dearest first", 50),
        (51, "The 50 dearest of 51 requests", 50),
        (1_234, "The 50 dearest of 1,234 requests", 50),
    ],
)
def test_fifty_requests_of_an_operation_are_listed(count: int, told: str, listed: int) -> None:
    caption, shown = rows(*(sent(number, NOON) for number in range(count)))
    assert (told, listed) == (caption, len(shown))


def test_an_operation_is_a_row_of_the_table_that_a_notebook_keeps() -> None:
    used, _ = use_of(
        sent(1, NOON, left=300), sent(2, NOON, left=290, run=2), sent(3, NOON, left=290, status=429)
    )
    assert ("find contact", 2, 3, 10, 1) == limits_use.in_short(used)
    silent, _ = use_of(sent(1, NOON))
    assert ("find contact", 1, 1, "–", 0) == limits_use.in_short(silent)


def test_a_refusal_is_called_by_its_number_time_and_operation() -> None:
    [refusal] = refusals(spent([sent(12, NOON, status=429, operation="log_call")]))
    assert "request 12 refused at 12:00:00 (log call)" == limits_use.option(refusal)
    assert "Acme 2, request 12 refused at 12:00:00 (log call)" == limits_use.option(refusal, account="Acme 2")
    why, *who = refusal.sentences()
    shown = unescape(str(limits_use.verdict(refusal)))
    assert f'<div class="ac-note danger" role="status"><b aria-hidden="true">✕</b><div><b>{why}</b>' in shown
    assert all(f"<li>{each}</li>" in shown for each in who)
