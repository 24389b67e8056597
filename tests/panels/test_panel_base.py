"""What all panels do with work and with what goes wrong in it."""

from __future__ import annotations

import asyncio

import pytest

from appconnect.errors import InputError
from appconnect.panels.keyboard import OWN_KEYS
from appconnect.panels.panel import (
    Panel,
    button,
    choice,
    folded,
    lines,
    options,
    row,
    stack,
    text,
    toolbar,
    words,
)


class Working(Panel):
    title, lead = "Working", "For tests."

    def __init__(self) -> None:
        super().__init__()
        self.go, self.resting = button("Go"), asyncio.Event()
        self.problem: Exception | None = None
        self.worked = 0
        self.on_click(self.go, self.work)
        self.show(self.go, self.status)

    async def work(self) -> str:
        async with self.working("Working…"):
            self.worked += 1
            await self.resting.wait()
            if self.problem:
                raise self.problem
            self.say("success", "Done")
        return "worked"


async def test_while_it_works_a_panel_says_so_and_its_buttons_are_disabled() -> None:
    panel = Working()
    panel.go.click()
    await asyncio.sleep(0)
    assert (True, True) == (panel.go.disabled, "Working…" in panel.status.value)
    panel.resting.set()
    await panel.done()
    assert (False, True) == (panel.go.disabled, "Done" in panel.status.value)


async def test_a_foreseen_error_is_told_in_its_own_words() -> None:
    panel = Working()
    panel.resting.set()
    panel.problem = InputError("Type <something> first.")
    panel.go.click()
    await panel.done()
    assert "Type &lt;something&gt; first." in panel.status.value
    assert not panel.go.disabled


async def test_an_error_nobody_foresaw_is_shown_and_raised_for_whoever_waits() -> None:
    panel = Working()
    panel.resting.set()
    panel.problem = ZeroDivisionError("by <b>zero")
    panel.go.click()
    with pytest.raises(ZeroDivisionError):
        await panel.done()
    assert "ZeroDivisionError: by &lt;b&gt;zero" in panel.status.value
    assert not panel.go.disabled
    await panel.done()


async def test_an_error_while_reacting_to_a_field_is_shown() -> None:
    panel = Working()

    def fail() -> None:
        raise KeyError("lost")

    panel.on_change([panel.status], fail)
    panel.say("success", "changed")
    assert "KeyError: &#39;lost&#39;" in panel.status.value


async def test_the_coroutine_of_a_button_can_be_awaited_for_its_result() -> None:
    panel = Working()
    panel.resting.set()
    assert "worked" == await panel.work()


async def test_two_clicks_at_once_do_the_work_once() -> None:
    panel = Working()
    panel.go.click()
    panel.go.click()
    await asyncio.sleep(0)
    panel.go.click()
    panel.resting.set()
    await panel.done()
    assert 1 == panel.worked


async def test_the_second_half_of_a_double_click_that_comes_after_quick_work_does_nothing() -> None:
    panel = Working()
    panel.resting.set()
    panel.go.click()
    await asyncio.gather(*panel._tasks)
    panel.go.click()
    await panel.done()
    assert 1 == panel.worked


async def test_what_was_waited_for_can_be_done_again() -> None:
    panel = Working()
    panel.resting.set()
    for problem in (None, InputError("Not now."), None):
        panel.problem = problem
        panel.go.click()
        await panel.done()
    assert 3 == panel.worked


async def test_a_click_during_work_that_a_cell_awaits_does_nothing() -> None:
    panel = Working()
    cell = asyncio.create_task(panel.work())
    await asyncio.sleep(0)
    panel.go.click()
    panel.resting.set()
    await cell
    await panel.done()
    assert 1 == panel.worked


async def test_what_is_typed_anew_is_asked_for_at_once() -> None:
    panel = Working()
    field = text("Field")
    panel.on_enter(field, panel.work)
    panel.resting.set()
    for typed in ("one", "two"):
        field.value = typed
        panel.go.click()
        await asyncio.gather(*panel._tasks)
    assert 2 == panel.worked


async def test_a_panel_shows_what_a_notebook_keeps_of_it_and_then_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[set[str]] = []
    monkeypatch.setattr("appconnect.panels.panel.show_in_cell", lambda bundle, raw: shown.append(set(bundle)))
    Working()._ipython_display_()
    assert [{"text/html", "text/plain"}, {"application/vnd.jupyter.widget-view+json"}] == shown


async def test_work_empties_the_answers_of_earlier_work() -> None:
    panel = Working()
    answer = panel.answer("Nothing yet.")
    assert "Nothing yet." in answer.value
    answer.value = "old"
    panel.resting.set()
    await panel.work()
    assert "" == answer.value


def test_a_folded_part_is_opened_by_its_button_which_tells_whether_it_is_open() -> None:
    inside = text("Inside")
    fold = folded("More", inside)
    assert (False, "none", "closed, press to open") == (
        fold.is_open,
        fold.children[1].layout.display,
        fold.toggle.tooltip,
    )
    fold.toggle.value = True
    assert (True, None, "open, press to close") == (
        fold.is_open,
        fold.children[1].layout.display,
        fold.toggle.tooltip,
    )


async def test_a_panel_keeps_its_keys_from_the_notebook_s_shortcuts() -> None:
    """What that does is seen in tests/browser/test_request_in_browser.py."""
    panel = Working()
    assert OWN_KEYS in panel.view.children[0].value
    assert OWN_KEYS not in panel.snapshot()


async def test_only_the_enter_key_starts_work_in_a_field() -> None:
    panel = Working()
    panel.resting.set()
    field = text("Field")
    assert field.continuous_update
    panel.on_enter(field, panel.work)
    assert not field.continuous_update
    for event in ("focus", "blur"):
        field._handle_custom_msg({"event": event}, [])
    field._handle_custom_msg({}, [])
    await panel.done()
    assert 0 == panel.worked
    field._handle_custom_msg({"event": "submit"}, [])
    await panel.done()
    assert 1 == panel.worked


async def test_a_field_may_tell_letter_by_letter() -> None:
    panel, field = Working(), text("Field")
    panel.on_enter(field, panel.work, as_typed=True)
    assert field.continuous_update


async def test_what_may_be_done_meanwhile_is_started_during_work_and_stays_enabled() -> None:
    panel, more, field, heard = Working(), button("More"), text("Field"), []

    async def hear() -> None:
        heard.append(1)
        panel.resting.set()

    panel.on_click(more, hear, meanwhile=True)
    panel.on_enter(field, hear, meanwhile=True)
    panel.go.click()
    await asyncio.sleep(0)
    assert (True, False) == (panel.go.disabled, more.disabled)
    more.click()
    field._handle_custom_msg({"event": "submit"}, [])
    await panel.done()
    assert [1, 1] == heard


async def test_controls_are_after_work_as_they_were_before() -> None:
    panel, off = Working(), button("Off")
    panel.on_click(off, panel.work)
    off.disabled = True
    panel.go.click()
    await asyncio.sleep(0)
    assert (True, True) == (panel.go.disabled, off.disabled)
    panel.resting.set()
    await panel.done()
    assert (False, True) == (panel.go.disabled, off.disabled)


async def test_work_that_is_cancelled_is_no_error() -> None:
    panel = Working()
    panel.go.click()
    await asyncio.sleep(0)
    for task in panel._tasks:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await panel.done()
    assert "went wrong" not in panel.status.value
    assert not panel.go.disabled


async def test_an_error_nobody_foresaw_is_told_in_a_whole_sentence() -> None:
    panel = Working()
    panel.resting.set()
    panel.problem = ZeroDivisionError("by zero")
    with pytest.raises(ZeroDivisionError):
        panel.go.click()
        await panel.done()
    assert (
        '<div class="ac-note danger" role="status"><b aria-hidden="true">✕</b>'
        "<div><b>This went wrong in the workbench itself.</b>"
        "<ul><li>ZeroDivisionError: by zero</li></ul></div></div>" == panel.status.value
    )


def test_a_panel_without_a_workbench_says_whose_it_is_and_that_it_is_ready() -> None:
    panel = Working()
    assert "<Working: ready>" == repr(panel)
    assert '<h3>Working</h3><span class="ac-chip">App Connect</span>' in panel.view.children[0].value
    assert ([], False, None) == (panel.named_workbenches, panel.is_live, panel.saving)
    assert "<h4>Working</h4>" == panel.snapshot()


# -- controls --


def test_a_button_says_what_it_does_or_its_name_when_it_is_pointed_at() -> None:
    plain, main = button("Go"), button("Go", main=True, hint="Go there")
    assert [("Go", ""), ("Go there", "primary")] == [
        (each.tooltip, each.button_style) for each in (plain, main)
    ]


def test_controls_are_named_and_their_labels_stand_in_one_column() -> None:
    made = [
        text("One", "hint", "value"),
        text("One", "hint", "value", wide=True),
        lines("One", "hint", "value"),
        lines("One", "hint", "value", rows=5),
        choice("One", ["a", "b"], value="b"),
        options("One", ["a", "b"], value="b"),
    ]
    assert {("One", "7rem")} == {(each.description, each.style.description_width) for each in made}
    assert [(), ("ac-grow",), ("ac-grow",), ("ac-grow",), (), ()] == [each._dom_classes for each in made]
    assert {("hint", "value")} == {(each.placeholder, each.value) for each in made[:4]}
    assert ([3, 5], "horizontal") == ([each.rows for each in made[2:4]], made[5].orientation)
    assert {("b", ("a", "b"))} == {(each.value, each.options) for each in made[4:]}
    bare = text("One")
    assert ("", "") == (bare.placeholder, bare.value)


def test_parts_stand_beside_or_below_each_other() -> None:
    one, other = text("One"), text("Other")
    assert [("ac-row",), ("ac-toolbar",), ("ac-stack",)] == [
        each(one, other)._dom_classes for each in (row, toolbar, stack)
    ]
    assert {(one, other)} == {each(one, other).children for each in (row, toolbar, stack)}


@pytest.mark.parametrize(
    ("field", "told"),
    [("noteActions", "note actions"), ("deals", "deals"), ("Deal", "deal"), ("aBC", "a b c")],
)
def test_a_field_s_name_is_put_in_words(field: str, told: str) -> None:
    assert told == words(field)
