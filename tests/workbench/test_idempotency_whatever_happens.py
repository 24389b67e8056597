"""Any order of logging, updating, editing in the CRM, breaking and trying again: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from answers import call
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from platforms import OAUTH, answers_of
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.models import Logged, LogUpdated

T = TypeVar("T")
ANSWERS = answers_of(OAUTH)
METHODS = sorted({ANSWERS.write_method, "POST", "PATCH", "GET"})
SESSIONS = st.sampled_from(["s-1", "s-2", "s-3"])
CHARACTERS = st.one_of(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), st.sampled_from(" \n<&$\\-*#")
)
NOTES = st.one_of(  # the same words for different calls are what mixes them up
    st.sampled_from(["No answer", "Left a message"]),
    st.text(CHARACTERS, min_size=1, max_size=20).filter(lambda text: text == text.strip()),
)
BREAKS = st.sampled_from(
    [{"drop": True}, {"drop_after": True}, {"status": 503}, {"status": 429}, {"status": 400}, {"status": 500}]
)


class AnyOrder(RuleBasedStateMachine):
    """``notes`` are what a session's log may say: one after a success, several after lost answers."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.notes: dict[str, set[str]] = {}
        self.unsure: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.additions: dict[str, list[str]] = {}

    def run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        self.workbench = self.run(signed_in(OAUTH))
        self.contact = self.run(nia(self.workbench))
        self.crm = sandbox_of(self.workbench)

    # -- what happens --

    @rule(session=SESSIONS, note=NOTES)
    def log(self, session: str, note: str) -> None:
        self.note_outcome(
            session, note, self.run(self.workbench.log_call(call(session), self.contact, note=note))
        )

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), note=NOTES)
    def update(self, data: st.DataObject, note: str) -> None:
        session = data.draw(st.sampled_from(sorted(self.ids)))
        self.note_outcome(
            session, note, self.run(self.workbench.update_call_log(self.ids[session], note=note))
        )

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def a_person_adds_a_line(self, data: st.DataObject) -> None:
        session = data.draw(st.sampled_from(sorted(self.ids)))
        line = f"Kit adds line {sum(map(len, self.additions.values()))}."
        log_id = self.ids[session]
        ANSWERS.edit(self.crm, log_id, f"{ANSWERS.stored(self.crm, log_id).body}<br>{line}")
        self.additions.setdefault(session, []).append(line)

    @rule(method=st.sampled_from(METHODS), broken=BREAKS, times=st.integers(1, 6))
    def something_breaks(self, method: str, broken: dict[str, int], times: int) -> None:
        self.crm.faults.add(method, ANSWERS.log_paths, json={}, times=times, **broken)

    @rule()
    def all_is_well_again(self) -> None:
        self.crm.faults.clear()

    @precondition(lambda self: self.unsure)
    @rule()
    def try_again(self) -> None:
        session, note = next(iter(self.unsure.items()))
        self.log(session, note)

    @rule()
    def time_passes(self) -> None:
        self.workbench.environment.clock.advance(300)

    def note_outcome(self, session: str, note: str, result: Logged | LogUpdated) -> None:
        if result.error is None:
            assert result.log_id
            assert result.log_id == self.ids.setdefault(session, result.log_id)
            self.notes[session] = {note}
            self.unsure.pop(session, None)
        else:
            self.notes.setdefault(session, set()).add(note)
            self.unsure[session] = note

    # -- what holds --

    @invariant()
    def every_session_has_a_log_of_its_own(self) -> None:
        assert len(self.ids) == len(set(self.ids.values()))

    @invariant()
    def there_are_no_more_logs_than_sessions(self) -> None:
        if self.notes:
            assert len(self.ids) <= ANSWERS.count(self.crm) <= len(self.notes)

    @invariant()
    def a_persons_additions_are_kept(self) -> None:
        for session, lines in self.additions.items():
            note = ANSWERS.stored(self.crm, self.ids[session]).body
            assert lines == [line for line in lines if note.count(line) == 1]

    def teardown(self) -> None:
        """In the end, when all works, every session has one log with the last note."""
        if hasattr(self, "crm"):
            self.crm.faults.clear()
            for session, note in dict(self.unsure).items():
                self.log(session, note)
            assert len(self.notes) == len(self.ids) == ANSWERS.count(self.crm)
            self.every_session_has_a_log_of_its_own()
            self.a_persons_additions_are_kept()
            for session, log_id in self.ids.items():
                read = self.run(self.workbench.get_call_log(log_id)).call_log_info
                assert read is not None
                assert self.notes[session] == {read.note}
            self.run(self.workbench.close())
        self.loop.close()


AnyOrder.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestAnyOrder = AnyOrder.TestCase
