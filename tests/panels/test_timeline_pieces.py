"""What the timeline lists, finds, counts and compares, of requests that are given."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from platforms import CRMS
from pydantic import JsonValue

from appconnect.field_diff import MAX_DIFFERENCES
from appconnect.http import Exchange, OperationRun, Purpose, RateLimit, Wait
from appconnect.http.exchange import Request, Response
from appconnect.panels.timeline import compare, details, rows
from appconnect.panels.timeline.groups import Group, Source, Total, sources
from appconnect.panels.timeline.limits import Move, moved, moves
from appconnect.panels.timeline.search import Filters, Search
from appconnect.panels.timeline.waterfall import waterfall
from appconnect.workbench import connect

BEGIN = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
SOURCE = Source(0, connect(CRMS[-1], mode="sandbox"), "Acme (2)")
STYLE = rows.Style({}, several=False)


def sent(number: int, status: int | None = 200, *, at: float = 0.0, **more: object) -> Exchange:
    """A request as it was sent; without a status nobody answered."""
    return Exchange(
        number=number,
        at=BEGIN + timedelta(seconds=at),
        request=Request(
            method="POST",
            url="https://crm.test/v1/notes/7",
            query={"limit": "5", "ids": ["71", "72"]},
            headers={"x-asked": "Hat"},
            body={"json": {"about": {"Subject": ["Rose", 41, True, None]}}},
        ),
        response=None
        if status is None
        else Response(status=status, headers={"x-told": "Coat"}, body={"json": {"Answer": "Tulip"}}),
        **more,
    )  # type: ignore[arg-type]


def group(*exchanges: Exchange, number: int = 1, **of_run: object) -> Group:
    """An operation and its requests; with 0 for its number there is none."""
    told = {"name": "log_call", "at": BEGIN, "seconds": 0.0, "succeeded": True, **of_run}
    run = OperationRun(number=number, **told) if number else None  # type: ignore[arg-type]
    return Group(SOURCE, number, run, exchanges, 0)


def found(given: Group, words: str = "", status: str = "any", **more: str) -> list[int] | None:
    """The numbers of the requests that are found; None where not even the operation is."""
    fitting = Search().fitting([given], Filters(words, status, **more))
    return [each.number for each in fitting[0].exchanges] if fitting else None


# -- what is looked for --


@pytest.mark.parametrize(
    "words",
    [
        *("log_call", "acme", "done", "wrote", "limit=5", "post", "/v1/notes/7", "200", "sign-in", "72"),
        *("about", "subject", "rose", "41", "true", "answer", "tulip", "x-asked", "hat", "x-told", "coat"),
        *("ids", "the crm asked", "tulip rose acme", "ROSE Tulip", "refusedhere", "never-came"),
    ],
)
def test_a_request_is_found_by_whatever_it_holds(words: str) -> None:
    one = sent(
        1, purpose=Purpose.SIGN_IN, waits=[Wait(seconds=1, reason="the CRM asked")], error="Never-came"
    )
    given = group(one, message="Wrote it.", error="RefusedHere", arguments={"Whom": "Nia"})
    assert [1] == found(given, words)
    assert None is found(given, f"{words} nobody-said-this")


@pytest.mark.parametrize("words", ["nia", "whom", "gardens", "place", "wrote nia acme"])
def test_an_operation_is_found_by_what_it_was_given_and_gave_with_all_its_requests(words: str) -> None:
    given = group(
        sent(1), sent(2), message="Wrote it.", arguments={"Whom": "Nia"}, result={"Place": ["Gardens"]}
    )
    assert [1, 2] == found(given, words)


def test_nothing_is_read_out_of_null() -> None:
    assert None is found(group(sent(1), arguments={"whom": None}), "null")
    assert None is found(group(sent(1)), "none")


def test_where_words_fit_a_request_alone_its_operation_is_listed_with_that_one() -> None:
    other = sent(2).model_copy(update={"error": "Violet"})
    assert [2] == found(group(sent(1), other), "violet")
    assert [2] == found(group(sent(1), other, number=0), "violet")


@pytest.mark.parametrize(
    ("status", "numbers"),
    [
        ("any", [1, 2, 3, 4, 5]),
        ("trouble", [3, 4, 5]),
        ("2", [1]),
        ("3", [2]),
        ("4", [3]),
        ("5", [4]),
        ("no answer", [5]),
    ],
)
def test_requests_are_found_by_their_status(status: str, numbers: list[int]) -> None:
    given = group(*(sent(at, each) for at, each in enumerate((200, 302, 400, 500, None), 1)))
    assert numbers == found(given, status=status)


def test_an_operation_without_such_a_request_is_trouble_only_where_it_failed() -> None:
    assert [] == found(group(sent(1), succeeded=False), status="trouble")
    for running_or_done in (None, True):
        assert None is found(group(sent(1), succeeded=running_or_done), status="trouble")
    assert None is found(group(sent(1), succeeded=False), status="4")
    assert None is found(group(sent(1), number=0), status="trouble")
    assert None is found(group(succeeded=False), "nobody-said-this", status="trouble")


def test_a_crm_and_an_operation_are_looked_for_by_their_whole_names() -> None:
    given = group(sent(1))
    assert [1] == found(given, crm="Acme (2)", operation="log_call")
    assert None is found(given, crm="Acme")
    assert None is found(given, operation="log")


def test_what_was_read_to_be_searched_is_read_anew_once_it_is_another() -> None:
    search, filters = Search(), Filters("violet")
    before, after = sent(1), sent(1).model_copy(update={"error": "Violet"})
    assert [] == search.fitting([group(before)], filters)
    assert [1] == [len(each.exchanges) for each in search.fitting([group(after)], filters)]
    assert [] == search.fitting([group(before)], filters)


# -- how many --


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (Total(1, 1), "1 operation with 1 request"),
        (Total(0, 2), "0 operations with 2 requests"),
        (Total(1_234, 12_345), "1,234 operations with 12,345 requests"),
    ],
)
def test_a_total_is_told_in_words(total: Total, words: str) -> None:
    assert words == str(total)


def test_requests_that_belong_to_no_operation_are_counted_as_requests() -> None:
    assert Total(1, 3) == Total.of(iter([group(sent(1), sent(2)), group(sent(3), number=0)]))


def test_every_workbench_has_a_label_of_its_own_and_is_listed_once() -> None:
    one, two, three = (connect(CRMS[-1], mode="sandbox") for _ in range(3))
    title = one.title
    assert [(0, title), (1, f"{title} (2)"), (2, f"{title} (3)")] == [
        (each.index, each.label) for each in sources([one, two, three])
    ]
    assert [one, two] == [each.workbench for each in sources([one, two, one])]


def test_the_newest_are_listed_until_there_are_enough_rows() -> None:
    groups = [group(*(sent(10 * number + at) for at in range(2)), number=number) for number in range(1, 6)]
    assert [5, 4] == [each.number for each in rows.newest(groups, 6)]
    assert [5, 4, 3] == [each.number for each in rows.newest(groups, 7)]
    assert [5] == [each.number for each in rows.newest(groups, 0)]
    assert [] == rows.newest([], 6)


def test_an_operation_of_many_requests_counts_as_those_that_are_listed() -> None:
    many = group(*(sent(number) for number in range(1, 201)), number=2)
    assert [2, 1] == [each.number for each in rows.newest([group(sent(900)), many], 102)]
    assert [2] == [each.number for each in rows.newest([group(sent(900)), many], 101)]


# -- rows --


@pytest.mark.parametrize(
    ("count", "note", "first"),
    [
        (1, "→ 1 request", 1),
        (100, "→ 100 requests", 1),
        (101, "→ 101 requests, the newest 100 are listed", 2),
    ],
)
def test_a_hundred_requests_of_an_operation_are_listed(count: int, note: str, first: int) -> None:
    operation, *requests = rows.rows([group(*(sent(number) for number in range(1, count + 1)))], STYLE)
    assert (note, min(count, 100)) == (operation["note"], len(requests))
    assert requests[0]["says"].startswith(
        f"{first}: POST /v1/notes/7?limit=5&ids=71&ids=72, 200, step 1 of {min(count, 100)}"
    )
    assert len(operation["bars"]) == len(requests)


def test_a_long_text_is_cut_at_three_hundred_characters() -> None:
    [whole], [cut] = (rows.rows([group(message="x" * length)], STYLE) for length in (300, 301))
    assert f"→ 0 requests · {'x' * 300}" == whole["note"]
    assert f"→ 0 requests · {'x' * 299}…" == cut["note"]


@pytest.mark.parametrize(
    ("run", "seconds", "time"),
    [(0.0, 0.0, ""), (2.0, 0.0, "2.00 s"), (0.0, 1.0, "0.00 s"), (None, 1.0, "")],
)
def test_no_time_is_told_where_the_clock_stands_still(run: float | None, seconds: float, time: str) -> None:
    [operation, request] = rows.rows([group(sent(1, seconds=seconds), seconds=run)], STYLE)
    assert (time, "1.00 s" if seconds else "") == (operation["time"], request["time"])


def test_bars_are_told_by_what_they_show() -> None:
    given = group(
        sent(1, purpose=Purpose.SIGN_IN),
        sent(2, 429),
        sent(3, at=2.0, waits=[Wait(seconds=2.0, reason="429")]),
        sent(4, None, at=2.0, purpose=Purpose.SIGN_IN),
    )
    operation, *requests = rows.rows([given], STYLE)
    bars = [[(each["kind"], each["start"], each["width"]) for each in row["bars"]] for row in requests]
    assert [
        [("sign-in", 0.0, 16.67)],
        [("trouble", 16.67, 16.67)],
        [("wait", 33.33, 33.33), ("request", 66.67, 16.67)],
        [("trouble", 83.33, 16.67)],
    ] == bars
    assert [each for row in bars for each in row] == [
        (each["kind"], each["start"], each["width"]) for each in operation["bars"]
    ]


def test_the_narrowest_bar_can_still_be_seen() -> None:
    short, _ = waterfall([sent(1, seconds=0.001), sent(2, seconds=100.0)]).bars
    assert [(0.0, 0.8)] == [(each.start, each.end) for each in short]


# -- limits --


def told(number: int, left: int | None, amount: int | None = 80, **more: int) -> Exchange:
    return sent(number, limits=RateLimit(remaining=left, amount=amount, **more))


def test_a_limit_moves_from_what_the_same_limit_had_before() -> None:
    of = moves([told(1, 79), told(2, 9, 10), told(3, 78), told(4, None), told(5, 8, 10)])
    assert {
        1: (Move("now", None, 79, 80),),
        2: (Move("now", None, 9, 10),),
        3: (Move("now", 79, 78, 80),),
        4: (),
        5: (Move("now", 9, 8, 10),),
    } == of
    assert ["79 left of 80 now", "79 → 78 of 80 now"] == [of[each][0].in_words() for each in (1, 3)]
    assert (Move("now", None, 78, 80),) == moved(of, [1, 2, 3, 4])
    assert (Move("now", 79, 78, 80),) == moved(of, [3, 4])
    assert () == moved(of, [4, 6])


def test_a_limit_that_is_told_as_both_is_the_day_s() -> None:
    both = told(1, 2_500, 3_000, daily_remaining=2_500, daily_amount=3_000)
    apart = told(2, 70, 80, daily_remaining=2_400, daily_amount=3_000)
    assert ["2,500 left of 3,000 today"] == [each.in_words() for each in moves([both])[1]]
    assert ["70 left of 80 now", "2,500 → 2,400 of 3,000 today"] == [
        each.in_words() for each in moves([both, apart])[2]
    ]
    unknown = moves([told(3, 12_345, None)])[3]
    assert ["12,345 left now"] == [each.in_words() for each in unknown]


# -- in full --


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "no body"), (1, "1 bytes"), (9_999, "9999 bytes"), (10_000, "10.0 kB"), (1_234_567, "1,234.6 kB")],
)
def test_how_large_a_body_was_is_told(size: int, words: str) -> None:
    one = sent(1, sent_bytes=size, received_bytes=7)
    assert f"<dd>{words} sent, 7 bytes came back</dd>" in details.of_request(group(one), one, ())


def test_a_request_says_with_which_it_ran_together() -> None:
    one, two, three = sent(1, seconds=2.0), sent(2, seconds=2.0, at=1.0), sent(3, seconds=2.0, at=1.5)
    given = group(one, two, three, sent(4, at=9.0))
    shown = details.of_request(given, one, ())
    assert "<dt>Ran together with</dt><dd>requests 2, 3</dd>" in shown and "<dd>2.000 s</dd>" in shown
    assert "Ran together with" not in details.of_request(given, given.exchanges[3], ())


def test_what_is_not_told_has_no_place_among_the_facts() -> None:
    one = sent(1)
    names = re.findall("<dt>(.*?)</dt>", details.of_request(group(one, number=0), one, ()))
    assert ["Host", "Part of", "Left", "Size", "CRM"] == names
    shown = details.of_request(group(one, number=0), one, ())
    assert "<dt>Part of</dt><dd>no operation</dd>" in shown and "<dd>crm.test</dd>" in shown
    names = re.findall("<dt>(.*?)</dt>", details.of_operation(group(), ()))
    assert ["Outcome", "Began", "Requests", "CRM"] == names


# -- compared --


def caption(before: JsonValue, after: JsonValue, *limit: int) -> str:
    return re.findall(
        "<b>(No .*?)</b>|<caption>(.*?)</caption>", compare.table(before, after, ("one", "two"), *limit)
    )[0]


@pytest.mark.parametrize(
    ("fields", "limit", "words"),
    [
        (0, (), ("No difference between one and two.", "")),
        (1, (), ("", "1 field differs between one and two")),
        (2, (), ("", "2 fields differ between one and two")),
        (2, (2,), ("", "2 fields differ between one and two")),
        (3, (2,), ("", "3 fields differ between one and two; the first 2 are shown")),
        (MAX_DIFFERENCES - 1, (), ("", f"{MAX_DIFFERENCES - 1} fields differ between one and two")),
        (MAX_DIFFERENCES + 5, (), ("", f"{MAX_DIFFERENCES} fields or more differ between one and two")),
    ],
)
def test_how_many_fields_differ_is_told(fields: int, limit: tuple[int, ...], words: tuple[str, str]) -> None:
    before: JsonValue = {f"field {number}": 1 for number in range(500)}
    after: JsonValue = {f"field {number}": 1 + (number < fields) for number in range(500)}
    assert words == caption(before, after, *limit)


def test_a_long_text_is_compared_around_where_it_differs() -> None:
    shown = compare.table(
        {"a": {"b": "x" * 500 + "rose" + "y" * 500}},
        {"a": {"b": "x" * 500 + "lily" + "y" * 500}},
        ("one", "two"),
    )
    assert "<code>a.<wbr>b</code>" in shown
    marked = re.findall(r'<td>"(.*?)<mark>(.*?)</mark>(.*?)"</td>', str(shown))
    assert ["rose", "lily"] == [each for _, each, _ in marked]
    assert all(lead.endswith("xx") and tail.startswith("yy") for lead, _, tail in marked)
    assert "<code>all</code>" in compare.table(1, 2, ("one", "two"))


def test_requests_of_the_same_kind_meet_in_a_comparison() -> None:
    requests = compare.of_operation(group(sent(1), sent(2), sent(3)))["requests"]  # type: ignore[index,call-overload]
    assert ["POST /v1/notes/{id}", "POST /v1/notes/{id} (2)", "POST /v1/notes/{id} (3)"] == list(requests)  # type: ignore[arg-type]
    assert {"requests": {}} == compare.of_operation(group(number=0))


def test_what_the_limits_were_is_not_compared() -> None:
    given = group(result={"extraDataTracking": {"ratelimitRemaining": 3}, "logId": "7"})
    assert {"logId": "7"} == compare.of_operation(given)["result"]  # type: ignore[index,call-overload]
    assert "extraDataTracking" == compare.of_operation(group(result="extraDataTracking"))["result"]  # type: ignore[index,call-overload]
