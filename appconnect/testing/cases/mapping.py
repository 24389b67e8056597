"""Cases: what is written where. Every field of a log as the CRM has stored it, to the letter and the second.

They turn red when a connector rounds a duration down, drops an owner, mixes up a deal and a lead, or takes
the wrong zone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from appconnect.testing import workbench_internals
from appconnect.testing.case import Case, S
from appconnect.testing.cast import NIA, SHARED
from appconnect.testing.operations import covers
from appconnect.testing.samples import (
    ANSWER,
    CALL_DETAILS,
    NINE_THIRTY,
    SUMMER_NIGHT,
    TEXT,
    call,
    call_body,
    conversation_body,
    conversation_subject,
)
from appconnect.workbench import Workbench

in_winter_and_in_summer = pytest.mark.parametrize(
    "at", [NINE_THIRTY, SUMMER_NIGHT], ids=["in winter", "in summer"]
)
durations = pytest.mark.parametrize("seconds", [0, 59, 60, 61, 125, 3600])
A_DURATION = 61
"""Tells seconds from minutes, rounded from cut off."""


class MappingCases(Case[S]):
    """What of a call or message goes into which field of the CRM's record."""

    # -- a new call log --

    @covers("createCallLog")
    @in_winter_and_in_summer
    async def test_the_body_is_this_to_the_letter(
        self, workbench: Workbench, sandbox: S, at: datetime
    ) -> None:
        """Its date and time are on the user's own clock, daylight saving time included."""
        log_id = await self.logged(workbench, call(start_time=at), **CALL_DETAILS)
        expected = self.as_stored(call_body(self.log_format, at, self.zone))
        assert expected == self.stored(sandbox, log_id).body

    @covers("createCallLog")
    @in_winter_and_in_summer
    async def test_the_start_is_that_very_moment(
        self, workbench: Workbench, sandbox: S, at: datetime
    ) -> None:
        """Whatever zone the CRM keeps times in."""
        log_id = await self.logged(workbench, call(start_time=at))
        assert at == self.stored(sandbox, log_id).start

    @covers("createCallLog")
    async def test_the_machines_own_zone_counts_nowhere(
        self, workbench: Workbench, sandbox: S, elsewhere: None
    ) -> None:
        log_id = await self.logged(workbench, call(start_time=SUMMER_NIGHT), **CALL_DETAILS)
        stored = self.stored(sandbox, log_id)
        assert SUMMER_NIGHT == stored.start
        assert self.as_stored(call_body(self.log_format, SUMMER_NIGHT, self.zone)) == stored.body

    @pytest.fixture
    def elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """The computer's clock shows Tokyo's time, where the system lets a process choose."""
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        if hasattr(time, "tzset"):
            time.tzset()
        yield
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()

    @covers("createCallLog")
    @durations
    async def test_the_duration_is_kept_and_never_shortened(
        self, workbench: Workbench, sandbox: S, seconds: int
    ) -> None:
        """In seconds; or in the CRM's unit (`duration_step`), of which a begun one counts."""
        log_id = await self.logged(workbench, call(duration=seconds))
        assert self.as_kept(seconds) == self.stored(sandbox, log_id).duration

    @covers("createCallLog")
    async def test_the_subject_says_with_whom(self, workbench: Workbench, sandbox: S) -> None:
        subject = self.stored(sandbox, await self.logged(workbench)).subject
        assert subject in (None, f"Outbound Call to {NIA.name}")

    @covers("createCallLog")
    @pytest.mark.parametrize("number", [NIA.number, SHARED])
    async def test_the_log_is_about_the_contact_it_was_logged_against(
        self, workbench: Workbench, sandbox: S, number: str
    ) -> None:
        contacts = (await workbench.find_contact(number)).contacts
        assert contacts
        for index, contact in enumerate(contacts):
            logged = await workbench.log_call(call(f"s-{index}"), contact)
            assert logged.log_id
            assert contact.id == self.stored(sandbox, logged.log_id).contact

    @covers("createCallLog")
    async def test_the_owner_who_is_asked_for_is_the_owner(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench, additional_submission=self.assigned_to_kit(workbench))
        assert self.kit == self.stored(sandbox, log_id).owner

    @covers("createCallLog")
    async def test_what_is_chosen_in_the_form_is_linked_and_nothing_else(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        """A deal as a deal and a lead as a lead, one at a time."""
        assert set(workbench_internals.connector_of(workbench).disposition_fields) == set(self.associations)
        for index, (field, value) in enumerate(self.associations.items()):
            log_id = await self.logged(workbench, call(f"s-{index}"), additional_submission={field: value})
            assert {field: value} == dict(self.stored(sandbox, log_id).associations)

    # -- reading it back --

    @covers("getCallLog", "createCallLog")
    async def test_what_is_read_back_is_what_is_stored(self, workbench: Workbench, sandbox: S) -> None:
        """Field by field, with each association in turn."""
        for index, (field, value) in enumerate([("", ""), *self.associations.items()]):
            chosen = {field: value} if field else {}
            log_id = await self.logged(
                workbench, call(f"s-{index}", duration=A_DURATION), additional_submission=chosen
            )
            stored = self.stored(sandbox, log_id)
            read = await workbench_internals.connector_of(workbench).get_call_log(log_id)
            assert (stored.body, stored.contact) == (read.body, read.contact_id)
            assert (stored.start, stored.duration) == (read.start, read.duration)
            assert dict(stored.associations) == {key: str(of) for key, of in read.dispositions.items()}

    # -- changing it --

    @covers("updateCallLog", "createCallLog", "getCallLog")
    @durations
    async def test_a_new_duration_is_kept_and_moves_no_start(
        self, workbench: Workbench, sandbox: S, seconds: int
    ) -> None:
        log_id = await self.logged(workbench)
        (await workbench.update_call_log(log_id, call(start_time=None, duration=seconds))).raise_for_error()
        stored = self.stored(sandbox, log_id)
        assert (NINE_THIRTY, self.as_kept(seconds)) == (stored.start, stored.duration)

    @covers("updateCallLog", "createCallLog", "getCallLog")
    async def test_a_new_start_is_kept_and_changes_no_duration(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        log_id = await self.logged(workbench, call(duration=A_DURATION))
        change = call(start_time=SUMMER_NIGHT, duration=None)
        (await workbench.update_call_log(log_id, change)).raise_for_error()
        stored = self.stored(sandbox, log_id)
        assert (SUMMER_NIGHT, self.as_kept(A_DURATION)) == (stored.start, stored.duration)

    @covers("updateCallLog", "createCallLog", "getCallLog")
    async def test_a_new_owner_takes_the_log_over(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench)
        assigned = self.assigned_to_kit(workbench)
        (await workbench.update_call_log(log_id, additional_submission=assigned)).raise_for_error()
        assert self.kit == self.stored(sandbox, log_id).owner

    @covers("updateCallLog", "createCallLog", "getCallLog")
    async def test_what_is_chosen_later_is_linked_as_what_it_is(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        for index, (field, value) in enumerate(self.associations.items()):
            log_id = await self.logged(workbench, call(f"s-{index}"))
            chosen = {field: value}
            (await workbench.update_call_log(log_id, additional_submission=chosen)).raise_for_error()
            assert chosen == dict(self.stored(sandbox, log_id).associations)

    @covers("upsertCallDisposition", "createCallLog")
    async def test_a_disposition_is_linked_as_what_it_is(self, workbench: Workbench, sandbox: S) -> None:
        for index, (field, value) in enumerate(self.associations.items()):
            log_id = await self.logged(workbench, call(f"s-{index}"))
            assert log_id == (await workbench.set_disposition(log_id, {field: value})).log_id
            assert {field: value} == dict(self.stored(sandbox, log_id).associations)

    # -- message logs --

    @covers("createMessageLog", "updateMessageLog", "getCallLog")
    @in_winter_and_in_summer
    async def test_a_conversation_is_this_to_the_letter(
        self, workbench: Workbench, sandbox: S, at: datetime
    ) -> None:
        log_id = await self.messaged(workbench, "1", TEXT, at=at)
        assert log_id == await self.messaged(workbench, "2", ANSWER, at=at, inbound=False)
        stored = self.stored(sandbox, log_id)
        assert self.as_stored(conversation_body(self.log_format, at, self.zone)) == stored.body
        assert stored.subject in (None, conversation_subject(at, self.zone))

    @covers("createMessageLog")
    @in_winter_and_in_summer
    async def test_a_message_log_has_its_moment_contact_and_owner(
        self, workbench: Workbench, sandbox: S, at: datetime
    ) -> None:
        nia = await self.nia(workbench)
        log_id = await self.messaged(
            workbench, "1", TEXT, at=at, additional_submission=self.assigned_to_kit(workbench)
        )
        stored = self.stored(sandbox, log_id)
        assert (at, nia.id, self.kit) == (stored.start, stored.contact, stored.owner)

    @covers("createMessageLog")
    async def test_a_day_of_messages_ends_at_the_users_own_midnight(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        midnight = SUMMER_NIGHT.astimezone(self.zone).replace(hour=0, minute=0)
        minutes = timedelta(minutes=10)
        before = await self.messaged(workbench, "1", "Good night", at=midnight - minutes)
        after = await self.messaged(workbench, "2", "Good morning", at=midnight + minutes)
        assert before != after
        assert "Good night" not in self.stored(sandbox, after).body

    @covers("createMessageLog", "updateMessageLog", "getCallLog")
    async def test_a_day_of_messages_does_not_end_at_the_midnight_of_utc(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        midnight = SUMMER_NIGHT.replace(hour=0, minute=0)
        minutes = timedelta(minutes=10)
        before = await self.messaged(workbench, "1", "Before", at=midnight - minutes)
        assert before == await self.messaged(workbench, "2", "After", at=midnight + minutes)
        assert "After" in self.stored(sandbox, before).body

    # -- the CRM's units --

    def as_kept(self, seconds: int) -> int:
        """Return a duration in seconds as the CRM keeps it: begun steps count."""
        return -(-seconds // self.duration_step) * self.duration_step
