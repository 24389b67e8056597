"""Cases: call logs, written once, updated without losing anything, read back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appconnect.errors import InputError, LoggedElsewhere, NotFound, Rejected, Unavailable, Unreachable
from appconnect.models import AdminConfiguration, Call, Contact, JsonObject, UserMapping
from appconnect.testing import cast, workbench_internals
from appconnect.testing.case import Case, S
from appconnect.testing.cast import NOBODY
from appconnect.testing.operations import covers
from appconnect.testing.samples import NASTY, NINE_THIRTY, call
from appconnect.workbench import Workbench


class CallCases(Case[S]):
    """Writing once, updating without losing, reading back."""

    @covers("createCallLog")
    async def test_a_call_is_logged(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench, note="Wants a quote")
        assert "Wants a quote" in self.body(sandbox, log_id)
        assert "2 minutes, 5 seconds" in self.body(sandbox, log_id)

    @covers("createCallLog")
    async def test_a_logged_call_says_so_and_what_it_was_made_with(self, workbench: Workbench) -> None:
        result = await workbench.log_call(
            call(), await self.nia(workbench), ai_note="Asked", transcript="Rae: hi"
        )
        assert "Call logged" == result.message
        assert (True, True) == (
            result.extra_data_tracking.with_smart_note_log,
            result.extra_data_tracking.with_transcript,
        )

    @covers("createCallLog", "updateCallLog", "getCallLog")
    async def test_the_same_call_logged_twice_is_one_log(self, workbench: Workbench, sandbox: S) -> None:
        first = await self.logged(workbench, note="First")
        second = await self.logged(workbench, note="Second")
        assert (first, 1) == (second, self.count(sandbox))
        assert "Second" in self.body(sandbox, first)

    @covers("createCallLog", "updateCallLog", "getCallLog")
    async def test_a_call_known_by_one_id_and_later_by_both_is_one_log(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        first = await self.logged(workbench, call("", telephony_session_id="t-1"))
        later = await self.logged(workbench, call("s-1", telephony_session_id="t-1"))
        again = await self.logged(workbench, call("s-1"))
        assert (first, first, 1) == (later, again, self.count(sandbox))

    @covers("createCallLog", "updateCallLog", "getCallLog")
    async def test_a_call_that_goes_on_has_no_duration_until_it_is_over(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        log_id = await self.logged(workbench, call(duration="pending"))
        body = self.body(sandbox, log_id)
        assert ("(pending...)" in body, "0 seconds" in body) == (True, False)
        assert log_id == await self.logged(workbench, call(duration=180))
        assert "3 minutes" in self.body(sandbox, log_id)
        assert "(pending...)" not in self.body(sandbox, log_id)
        assert 180 == self.stored(sandbox, log_id).duration

    @covers("createCallLog")
    async def test_a_call_without_direction_is_refused(self, workbench: Workbench, sandbox: S) -> None:
        event = Call.model_validate({"telephonySessionId": "t-1", "parties": [{"id": "p-1"}]})
        nia, before = await self.nia(workbench), self.sent(sandbox)
        assert isinstance((await workbench.log_call(event, nia)).error, InputError)
        assert before == self.sent(sandbox)

    @covers("createCallLog", "updateCallLog", "getCallLog")
    async def test_a_call_logged_at_another_contact_stays_there_until_it_is_moved(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        first, omar = await self.logged(workbench, note="Mine"), await self.omar(workbench)
        before = self.stored(sandbox, first)
        refused = await workbench.log_call(call(), omar)
        assert isinstance(refused.error, LoggedElsewhere)
        assert (first, before) == (refused.log_id, self.stored(sandbox, first))
        moved = await workbench.log_call(call(), omar, move=True)
        assert moved.log_id not in (None, first)
        log = self.stored(sandbox, moved.log_id or "")
        assert (omar.id, True) == (log.contact, "Mine" in log.body)
        assert moved.log_id == await self.logged_at(workbench, omar)

    async def omar(self, workbench: Workbench) -> Contact:
        """Return Omar as the CRM knows him, who shares his number with Ines."""
        found = (await workbench.find_contact(cast.SHARED)).contacts
        return next(each for each in found if each.name == cast.OMAR.name)

    async def logged_at(self, workbench: Workbench, contact: Contact) -> str | None:
        """Log Rae's call to Nia at somebody; return the log's id."""
        return (await workbench.log_call(call(), contact)).raise_for_error().log_id

    @covers("createCallLog")
    async def test_two_calls_are_two_logs(self, workbench: Workbench, sandbox: S) -> None:
        assert await self.logged(workbench) != await self.logged(workbench, call("s-2"))
        assert 2 == self.count(sandbox)

    @covers("createCallLog", "updateCallLog", "getCallLog")
    async def test_a_lost_answer_is_no_second_log(self, workbench: Workbench, sandbox: S) -> None:
        nia = await self.nia(workbench)
        sandbox.faults.add(method=self.write_method, path=self.write_path, drop_after=True)
        first = await workbench.log_call(call(), nia, note="Once")
        again = await workbench.log_call(call(), nia, note="Once")
        assert (None, 1) == (again.error, self.count(sandbox))
        assert first.log_id in (None, again.log_id)

    @covers("createCallLog", "updateCallLog", "getCallLog")
    async def test_a_crash_after_the_write_is_no_second_log(self, workbench: Workbench, sandbox: S) -> None:
        nia = await self.nia(workbench)
        await self.logged(workbench, call("s-0"))  # so that nothing needs to be read before the next write
        sandbox.faults.add(method=self.write_method, path=self.write_path, drop_after=True)
        sandbox.faults.add(method="GET", drop=True, times=None)
        lost = await workbench.log_call(call(), nia, note="Once")
        written = self.count(sandbox)
        sandbox.faults.clear()
        again = await workbench.log_call(call(), nia, note="Once")
        assert isinstance(lost.error, Unreachable)
        assert (2, None, 2) == (written, again.error, self.count(sandbox))

    @covers("createCallLog")
    async def test_a_refused_log_can_be_written_later(self, workbench: Workbench, sandbox: S) -> None:
        nia = await self.nia(workbench)
        sandbox.faults.add(method=self.write_method, path=self.write_path, status=400, json={})
        refused = await workbench.log_call(call(), nia)
        assert isinstance(refused.error, Rejected)
        assert "authorization" not in refused.message.lower()
        assert (None, 1) == ((await workbench.log_call(call(), nia)).error, self.count(sandbox))

    @covers("createCallLog")
    async def test_too_many_requests_do_not_double_a_log(self, workbench: Workbench, sandbox: S) -> None:
        nia = await self.nia(workbench)
        sandbox.faults.add(method=self.write_method, path=self.write_path, status=429, json={}, times=2)
        assert (None, 1) == ((await workbench.log_call(call(), nia)).error, self.count(sandbox))

    @covers("createCallLog")
    async def test_an_expired_session_does_not_double_a_log(self, workbench: Workbench, sandbox: S) -> None:
        nia = await self.nia(workbench)
        self.expire(sandbox)
        result = await workbench.log_call(call(), nia)
        assert (self.renews, int(self.renews)) == (result.successful, self.count(sandbox))

    @covers("createCallLog")
    async def test_a_contact_that_is_still_to_be_made_is_refused(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        entry = (await workbench.find_contact(NOBODY)).matched_contact_info[-1]
        before = self.sent(sandbox)
        assert isinstance((await workbench.log_call(call(), entry)).error, InputError)
        assert before == self.sent(sandbox)

    @covers("createCallLog")
    async def test_a_long_note_is_not_refused(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench, note="All is well.\n" * 8000)
        assert "All is well." in self.body(sandbox, log_id)

    # -- whose log --

    @covers("createCallLog")
    async def test_a_log_belongs_to_whoever_the_token_names(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench, additional_submission=self.assigned_to_kit(workbench))
        assert self.kit == self.owner(sandbox, log_id)

    @covers("createCallLog")
    @pytest.mark.parametrize("extensions", ["205", ["101", "205"]])
    async def test_a_log_belongs_to_whoever_the_admin_mapped(
        self, workbench: Workbench, sandbox: S, extensions: str | list[str]
    ) -> None:
        mapping = UserMapping(crm_user_id=self.kit, rc_extension_id=extensions)
        workbench.save_admin(AdminConfiguration(hashed_account_id="h", user_mappings=[mapping]))
        asked: JsonObject = {"isAssignedToUser": True, "adminAssignedUserRcId": "205"}
        log_id = await self.logged(workbench, additional_submission=asked, hashed_account_id="h")
        assert self.kit == self.owner(sandbox, log_id)

    @covers("createCallLog")
    async def test_without_token_and_mapping_it_is_the_connected_users(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        asked: JsonObject = {"isAssignedToUser": True, "adminAssignedUserToken": "no.token.at-all"}
        log_id = await self.logged(workbench, additional_submission=asked, hashed_account_id="unknown")
        assert workbench.user is not None
        assert workbench.user.crm_id == self.owner(sandbox, log_id)

    # -- updating --

    @covers("updateCallLog", "createCallLog", "getCallLog")
    async def test_an_update_without_start_keeps_the_start(self, workbench: Workbench) -> None:
        log_id = await self.logged(workbench)
        before = (await workbench_internals.connector_of(workbench).get_call_log(log_id)).start
        workbench_internals.advance(workbench, 3600)
        (await workbench.update_call_log(log_id, note="Later")).raise_for_error()
        assert before == (await workbench_internals.connector_of(workbench).get_call_log(log_id)).start

    @covers("updateCallLog", "createCallLog", "getCallLog")
    async def test_an_update_keeps_what_a_person_wrote(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench, note="Before")
        self.edit(sandbox, log_id, self.body(sandbox, log_id) + "Kit adds: call back on Monday")
        updated = await workbench.update_call_log(log_id, note="After")
        assert "After" == updated.raise_for_error().updated_note
        assert "Kit adds: call back on Monday" in self.body(sandbox, log_id)
        assert "Before" not in self.body(sandbox, log_id)

    @covers("updateCallLog", "createCallLog", "getCallLog")
    async def test_an_update_keeps_the_other_parts(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench, note="My note", ai_note="Summary", transcript="Rae: hi")
        (await workbench.update_call_log(log_id, call(duration=3725, result="Call ended"))).raise_for_error()
        body = self.body(sandbox, log_id)
        kept = ["My note", "Summary", "Rae: hi", "1 hour, 2 minutes, 5 seconds", "Call ended"]
        assert kept == [part for part in kept if part in body]

    @covers("updateCallLog", "createCallLog", "getCallLog")
    async def test_a_body_that_cannot_be_read_is_not_overwritten(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        log_id = await self.logged(workbench, note="Precious")
        before = self.body(sandbox, log_id)
        sandbox.faults.add(method="GET", path=self.log_paths, status=503, json={}, times=None)
        assert isinstance((await workbench.update_call_log(log_id, note="New")).error, Unavailable)
        assert before == self.body(sandbox, log_id)

    @covers("updateCallLog", "createCallLog", "getCallLog")
    async def test_server_side_logging_keeps_an_agents_note(self, workbench: Workbench) -> None:
        log_id = await self.logged(workbench, note="Written by Rae")
        updated = await workbench.update_call_log(log_id, note="From auto logging", automatic=True)
        assert "Written by Rae" == updated.raise_for_error().updated_note

    @covers("updateCallLog", "createCallLog", "getCallLog")
    async def test_a_duration_of_zero_is_a_duration(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench)
        (await workbench.update_call_log(log_id, call(duration=0))).raise_for_error()
        assert "0 seconds" in self.body(sandbox, log_id)
        assert 0 == (await workbench_internals.connector_of(workbench).get_call_log(log_id)).duration

    # -- reading back --

    @covers("getCallLog", "createCallLog")
    async def test_what_was_written_is_read_back(self, workbench: Workbench) -> None:
        log_id = await self.logged(workbench, note=NASTY)
        info = (await workbench.get_call_log(log_id)).call_log_info
        assert info is not None
        assert (NASTY, "Nia Holt", "Outbound Call to Nia Holt") == (
            info.note,
            info.contact_name,
            info.subject,
        )

    @covers("getCallLog", "createCallLog")
    async def test_start_and_duration_are_read_back(self, workbench: Workbench) -> None:
        record = await workbench_internals.connector_of(workbench).get_call_log(
            await self.logged(workbench, call(duration=180))
        )
        assert NINE_THIRTY == record.start
        assert timedelta(seconds=180) == timedelta(seconds=record.duration or 0)

    @covers("getCallLog", "createCallLog")
    async def test_a_deleted_log_is_not_found(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench)
        self.delete(sandbox, log_id)
        assert isinstance((await workbench.get_call_log(log_id)).error, NotFound)

    # -- dispositions --

    @covers("upsertCallDisposition", "createCallLog", "getCallLog")
    async def test_a_disposition_is_set_and_cleared(self, workbench: Workbench) -> None:
        for number, (field, value) in enumerate(self.associations.items()):
            log_id = await self.logged(workbench, call(f"s-{number}"))
            assert log_id == (await workbench.set_disposition(log_id, {field: value})).log_id
            assert value == (await self.dispositions(workbench, log_id)).get(field)
            if self.clears:
                assert log_id == (await workbench.set_disposition(log_id, {field: ""})).log_id
                assert not (await self.dispositions(workbench, log_id)).get(field)

    @covers("upsertCallDisposition", "createCallLog")
    async def test_nothing_to_set_sends_nothing(self, workbench: Workbench, sandbox: S) -> None:
        log_id = await self.logged(workbench)
        before = self.sent(sandbox)
        result = await workbench.set_disposition(log_id, {})
        assert (True, None, before) == (result.successful, result.log_id, self.sent(sandbox))

    async def dispositions(self, workbench: Workbench, log_id: str) -> JsonObject:
        """Return what the log form would show as chosen."""
        info = (await workbench.get_call_log(log_id)).call_log_info
        assert info is not None
        return info.dispositions

    # -- the format --

    @covers("getLogFormatType")
    async def test_the_log_format_is_stated(self, workbench: Workbench) -> None:
        assert self.log_format is workbench_internals.connector_of(workbench).get_log_format_type()

    @covers("getLogFormatType", "createCallLog", "findContact")
    async def test_bodies_are_in_that_format(self, workbench: Workbench, sandbox: S) -> None:
        body = self.body(sandbox, await self.logged(workbench, note="Hello"))
        assert ("html" in self.log_format) is ("<b>" in body)
