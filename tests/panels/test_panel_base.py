"""What all panels do with work and with what goes wrong in it."""

from __future__ import annotations

import asyncio

import pytest

from appconnect.errors import InputError
from appconnect.panels.keyboard import OWN_KEYS
from appconnect.panels.panel import Panel, button, folded, text


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
