"""Each sentence that people are told, to the letter: ``told_to_people.txt`` has those of every kind of error."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from appconnect import display, errors, hits, operation_warnings, user_messages
from appconnect.event_loops import OneLoop, PerLoop
from appconnect.models import ReturnMessage
from appconnect.phone import parse

WRITTEN = Path(__file__).with_name("told_to_people.txt").read_text("utf-8").splitlines()
NIA = parse("+14155550142")


def kinds(root: type[errors.AppConnectError] = errors.AppConnectError) -> list[type[errors.AppConnectError]]:
    return [root, *(each for child in root.__subclasses__() for each in kinds(child))]


def lines(message: ReturnMessage) -> list[str]:
    return message.lines


def told(error: errors.AppConnectError, name: str = "") -> str:
    """What a person reads of an error that went wrong at Acme, on one line."""
    message = user_messages.for_error(error, crm="Acme")
    parts = (
        name or type(error).__name__,
        f"{message.message_type} {message.ttl}",
        message.message,
        lines(message)[0],
    )
    return " | ".join(parts)


@pytest.mark.parametrize("line", WRITTEN, ids=lambda line: line.partition(" | ")[0])
def test_an_error_is_told_with_what_can_be_done(line: str) -> None:
    name = line.partition(" | ")[0]
    special = {
        "RateLimited for the day": errors.RateLimited("It went wrong.", daily=True),
        "Unreachable after a write": errors.Unreachable("It went wrong.", maybe_done=True),
    }
    by_name = {each.__name__: each for each in kinds() if each.__module__ == errors.__name__}
    assert (
        line == told(special[name], name)
        if name in special
        else line == told(by_name[name]("It went wrong."))
    )


def test_every_error_has_its_line() -> None:
    ours = {
        each.__name__
        for each in kinds()
        if each.__module__ == errors.__name__ and not each.__name__.startswith("_")
    }
    assert ours == {line.partition(" | ")[0].partition(" ")[0] for line in WRITTEN}


def test_a_read_without_answer_leaves_nothing_open() -> None:
    error = errors.Unreachable("Timed out.", maybe_done=True)
    assert "Acme cannot be reached" == user_messages.for_error(error, crm="Acme", is_write=False).message


@pytest.mark.parametrize(
    ("message", "text", "level", "ttl"),
    [
        (user_messages.users_listed(7), "7 active users", "success", 2000),
        (user_messages.call_log_read(), "Call log read", "success", 2000),
        (user_messages.contact_created(before=True), "Contact was created before", "success", 2000),
        (user_messages.contact_created(), "Contact created", "success", 2000),
        (
            user_messages.signed_out(errors.Unreachable("No.")),
            "Signed out here; the CRM did not confirm it",
            "warning",
            5000,
        ),
        (user_messages.signed_out(), "Signed out of the CRM", "success", 2000),
        (user_messages.contacts_found([], left_out="1 hit left out."), "Contact not found", "warning", 3000),
    ],
    ids=lambda value: value.message if isinstance(value, ReturnMessage) else "",
)
def test_what_came_of_it_is_told(message: ReturnMessage, text: str, level: str, ttl: int) -> None:
    assert (text, level, ttl) == (message.message, message.message_type, message.ttl)


def test_hits_that_were_left_out_are_told_before_the_advice() -> None:
    message = user_messages.contacts_found([], left_out="1 hit left out.")
    assert ["1 hit left out.", "Create a new contact, or search in another way."] == lines(message)
    assert [("1", "2"), "Details"] == [
        tuple(each.id for each in message.details[0].items),
        message.details[0].title,
    ]  # type: ignore[index]


@pytest.mark.parametrize(
    ("what", "is_here", "sentence"),
    [
        (
            "call",
            True,
            "This call is being logged right now by another task of this process; look again in a moment.",
        ),
        (
            "message",
            False,
            "This message is being logged right now by another process; look again in a moment.",
        ),
        (
            "contact",
            False,
            "This contact is being created right now by another process; look again in a moment.",
        ),
        ("log", False, "This is being logged right now by another process; look again in a moment."),
    ],
)
def test_who_is_writing_is_told(what: str, is_here: bool, sentence: str) -> None:
    assert sentence == user_messages.being_written(what, is_here=is_here)


# -- warnings --


def test_what_is_missing_for_several_is_one_warning_in_its_first_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO), operation_warnings.collect() as warnings:
        operation_warnings.warn("One.")
        operation_warnings.could_not_read("the deals", "No.", of="Nia")
        operation_warnings.warn("Two.")
        operation_warnings.could_not_read("the deals", "No.", of=["Omar", "Nia"])
        operation_warnings.could_not_read("the deals", "Never.", of=["Ines"])
        operation_warnings.could_not_read("the user", "No.")
        operation_warnings.warn("One.")
    assert [
        "One.",
        "Could not read the deals of Nia, Omar: No.",
        "Two.",
        "Could not read the deals of Ines: Never.",
        "Could not read the user: No.",
    ] == warnings
    assert {"INFO"} == {each.levelname for each in caplog.records}


@pytest.mark.parametrize(("number", "names"), [(5, "a, b, c, d, e"), (6, "a, b, c, d, e and 1 more")])
def test_five_are_named_for_one_warning(number: int, names: str) -> None:
    with operation_warnings.collect() as warnings:
        operation_warnings.could_not_read("the deals", "No.", of=list("abcdef"[:number]))
    assert [f"Could not read the deals of {names}: No."] == warnings


def test_outside_of_an_operation_a_gap_is_a_warning_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        operation_warnings.could_not_read("the deals", "No.")
        operation_warnings.warn("One.")
    assert [("WARNING", "Could not read the deals: No."), ("INFO", "One.")] == [
        (each.levelname, each.getMessage()) for each in caplog.records
    ]


# -- hits, for whoever asks why --


async def rows(*found: int, fails: bool = False) -> AsyncIterator[int]:
    for each in found:
        hits.request_sent(each)
        yield each
    if fails:
        raise errors.Unavailable("It is down.")


def label(number: int) -> str:
    return f"person {number}"


async def test_each_search_is_told_with_its_requests_and_hits() -> None:
    with hits.collect_decisions() as decisions:
        assert [1, 2] == [
            each async for each in hits.asked(rows(1, 2), "415", label, fields="phone", kind="people")
        ]
        assert hits.request_sent(9)
        with pytest.raises(errors.Unavailable):
            [each async for each in hits.asked(rows(3, fails=True), ["4", "5"], label, fields=["a", "b"])]
    one, other = decisions.questions
    assert (("415",), ("phone",), "people", [1, 2], ["person 1", "person 2"], "") == (
        one.forms, one.fields, one.kind, one.requests, one.found, one.error,
    )  # fmt: skip
    assert (("4", "5"), ("a", "b"), "", [3], ["person 3"], "It is down.") == (
        other.forms, other.fields, other.kind, other.requests, other.found, other.error,
    )  # fmt: skip
    assert [1, 2, 9, 3] == decisions.requests


async def test_unless_somebody_asks_nothing_is_noted() -> None:
    source = rows(1)
    assert source is hits.asked(source, "415", label)
    assert not hits.request_sent(1)
    hits.leave_out("person 1", "It is deleted.")
    hits.put_in("person 1", "It stands for another.")
    assert "1" == hits.first_phone("person 1", ["1"])


def test_what_becomes_of_a_hit_is_told_with_the_phones_that_were_compared() -> None:
    with hits.collect_decisions() as decisions:
        hits.carrier("person 1", {"fax": "212-555-0100", "phone": "(415) 555-0142"}, NIA, name="Nia")
        hits.carrier("person 1", [], NIA, name="Other")
        hits.carrier("person 2", ["212-555-0100"], NIA)
        hits.carrier("person 2", ["415-555-0142"], NIA)
        hits.carrier("person 3", [], NIA, name="Ines")
        hits.leave_out("person 4", "It is deleted.", name="Olu")
        hits.put_in("person 5", "It stands for another.", name="Kit")
        hits.first_phone("person 6", {"phone": "1", "fax": "2"}, name="Uma")
        hits.carrier("person 7", ["415-555-0142"], NIA)
        hits.leave_out("person 7", "It is deleted.")
    found = decisions.candidates
    assert [
        ("Nia", True),
        ("", True),
        ("Ines", False),
        ("Olu", False),
        ("Kit", True),
        ("Uma", None),
        ("", False),
    ] == [(each.name, each.is_kept) for each in found.values()]
    assert ["fax", "phone"] == [each.field for each in found["person 1"].phones]
    assert ("It has no phone.", "It is deleted.", "It stands for another.", "", "It is deleted.") == tuple(
        found[f"person {number}"].because for number in (3, 4, 5, 6, 7)
    )
    assert ([("phone", "1"), ("fax", "2")], []) == (found["person 6"].noted, found["person 1"].noted)


def test_the_first_phone_of_somebody_found_by_name_is_shown() -> None:
    assert ["1", "2", "", ""] == [
        hits.first_phone("p", phones) for phones in (["1", "2"], {"fax": "2"}, [], {})
    ]


# -- tables --


def test_a_table_of_facts_is_escaped_and_has_a_caption_where_there_is_one() -> None:
    assert (
        '<table class="ac-facts"><caption>&lt;b&gt;</caption><tbody><tr><th scope="row">a&amp;</th><td>1 &lt; 2</td></tr></tbody></table>'
    ) == str(display.facts({"a&": "1 < 2"}, "<b>"))
    assert '<table class="ac-facts"><tbody></tbody></table>' == str(display.facts({}))


def test_the_row_that_is_chosen_is_marked() -> None:
    assert (
        '<div class="ac-scroll"><table><caption>c</caption><thead><tr><th scope="col">a</th></tr></thead>'
        '<tbody><tr><td>1</td></tr><tr class="chosen"><td>2</td></tr></tbody></table></div>'
    ) == str(display.table("c", ["a"], [[1], [2]], chosen=1))


@pytest.mark.parametrize(
    ("number", "newest", "caption", "shown"),
    [
        (10, False, "c", range(10)),
        (11, False, "c, the first 10 of 11", range(10)),
        (11, True, "c, the newest 10 of 11", range(1, 11)),
        (0, False, "c", []),
    ],
)
def test_ten_records_are_shown_and_of_how_many_is_said(
    number: int, newest: bool, caption: str, shown: range
) -> None:
    html = str(display.records("c", [{"a": f"r{each};"} for each in range(number)], newest=newest))
    assert f"<caption>{caption}</caption>" in html
    assert [f"r{each};" for each in shown] == [f"r{each};" for each in range(number) if f"r{each};" in html]
    assert ('<th scope="col">a</th>' in html) == (number > 0)


# -- event loops --


async def test_two_loops_at_once_are_refused_and_one_after_the_other_is_fine() -> None:
    work, told_elsewhere = OneLoop("This workbench"), list[str]()

    async def elsewhere() -> None:
        try:
            with work.at_work():
                told_elsewhere.append("")
        except errors.InputError as error:
            told_elsewhere.append(error.message)

    def in_a_thread() -> None:
        thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
        thread.start()
        thread.join()

    with work.at_work():
        with work.at_work():
            pass
        in_a_thread()
    in_a_thread()
    with work.at_work():
        pass
    sentence = "This workbench is at work in another event loop (or thread). Wait until it is done, or give each loop its own."
    assert [sentence, ""] == told_elsewhere


async def test_each_loop_has_its_own_until_it_leaves() -> None:
    made = PerLoop(list[int])
    assert made.leave() is None
    mine = made.here()
    assert mine is made.here()
    assert mine is made.leave()
    assert mine is not made.here()
