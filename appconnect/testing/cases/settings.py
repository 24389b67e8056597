"""Cases: settings of users and admins. One that is not understood is told, left out, and blocks nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from appconnect.models import AdminConfiguration, Direction, Json, JsonObject, MessageType, Party, Result
from appconnect.testing.case import Case, S
from appconnect.testing.cast import NIA
from appconnect.testing.operations import covers
from appconnect.testing.samples import AGENT, call, sms
from appconnect.workbench import Workbench

PARTS: Mapping[str, str] = {
    "addCallLogNote": "Wants a quote",
    "addCallLogSubject": "Outbound Call to",
    "addCallLogDuration": "2 minutes",
    "addCallLogResult": "Call connected",
    "addCallLogAiNote": "Asked for a price",
    "addCallLogTranscript": "Rae: hi",
}
"""Settings that are on by default, and what stands in a body because of them."""
TEXTS: Mapping[str, Any] = {"note": "Wants a quote", "ai_note": "Asked for a price", "transcript": "Rae: hi"}
ODD: Mapping[str, Json] = {
    "a text": "perhaps",
    "a number": 7,
    "an empty list": [],
    "a list": ["x", None],
    "an empty object": {},
    "an object": {"value": "x"},
}
"""What no setting says."""
odd_values = pytest.mark.parametrize("odd", ODD)
NOTHING = "No such thing"


def said(names: tuple[str, ...] | Mapping[str, str], value: Json) -> JsonObject:
    """Return settings that say this, in App Connect's shape."""
    return {name: {"value": value} for name in names}


class SettingCases(Case[S]):
    """App Connect's settings, and the connector's own."""

    # -- of the body, the same for all --

    @covers("createCallLog")
    @pytest.mark.parametrize("off", [False, "false"])
    async def test_a_part_that_is_switched_off_is_left_out(
        self, workbench: Workbench, sandbox: S, off: Json
    ) -> None:
        for number, (name, text) in enumerate(PARTS.items()):
            workbench.settings = said((name,), off)
            body = self.body(sandbox, await self.logged(workbench, call(f"s-{number}"), **TEXTS))
            others = [each for each in PARTS.values() if each in body]
            assert [each for each in PARTS.values() if each != text] == others

    @covers("createCallLog")
    @odd_values
    async def test_a_setting_of_another_type_is_told_and_left_out(
        self, workbench: Workbench, sandbox: S, odd: str
    ) -> None:
        """The body is as without it: no note is lost because a setting is odd."""
        usual = self.body(sandbox, await self.logged(workbench, **TEXTS))
        workbench.settings = said((*PARTS, *([] if odd == "a text" else ["logDateFormat"])), ODD[odd])
        result = await workbench.log_call(call("s-2"), await self.nia(workbench), **TEXTS)
        assert result.raise_for_error().log_id
        assert usual == self.body(sandbox, result.log_id or "")
        assert [] == [name for name in PARTS if name not in " ".join(self.shown(result).lines)]

    @covers("createCallLog")
    @odd_values
    async def test_settings_without_a_value_and_unknown_ones_are_as_if_not_set(
        self, workbench: Workbench, sandbox: S, odd: str
    ) -> None:
        usual = self.body(sandbox, await self.logged(workbench, **TEXTS))
        unknown: JsonObject = {"noSuchSetting": {"value": ODD[odd]}, "neither": ODD[odd]}
        workbench.settings = {"addCallLogNote": {"customizable": True}, "addCallLogResult": None, **unknown}
        assert usual == self.body(sandbox, await self.logged(workbench, call("s-2"), **TEXTS))

    @covers("updateCallLog", "createCallLog", "getCallLog")
    @odd_values
    async def test_an_update_with_an_odd_setting_keeps_the_other_parts(
        self, workbench: Workbench, sandbox: S, odd: str
    ) -> None:
        log_id = await self.logged(workbench, **TEXTS)
        workbench.settings = said(PARTS, ODD[odd])
        (await workbench.update_call_log(log_id, note="Sent a quote")).raise_for_error()
        kept = [*list(PARTS.values())[1:], "Sent a quote"]
        assert kept == [each for each in kept if each in self.body(sandbox, log_id)]

    # -- of the admin --

    @covers("createCallLog")
    async def test_a_setting_that_users_may_not_change_is_the_admins(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        """And where they may, it is theirs: ``customizable`` says so."""
        for number, customizable in enumerate((True, False)):
            setting: JsonObject = {"addCallLogNote": {"value": False, "customizable": customizable}}
            workbench.save_admin(AdminConfiguration(hashed_account_id="h", user_settings=setting))
            workbench.settings = said(("addCallLogNote",), True)
            log_id = await self.logged(workbench, call(f"s-{number}"), note="Mine", hashed_account_id="h")
            assert customizable is ("Mine" in self.body(sandbox, log_id))

    @covers("createCallLog")
    @pytest.mark.parametrize("extensions", ["205", [205, "101"], 205])
    async def test_the_first_mapping_of_an_extension_counts(
        self, workbench: Workbench, sandbox: S, extensions: Json
    ) -> None:
        """Whether the admin's form sent numbers or texts."""
        mappings = [(self.rae(workbench), "20"), (self.kit, extensions), (self.rae(workbench), "205")]
        self.map(workbench, mappings)
        log_id = await self.logged(workbench, additional_submission=FOR_205, hashed_account_id="h")
        assert self.kit == self.owner(sandbox, log_id)

    @covers("createCallLog")
    @pytest.mark.parametrize("extensions", ["2051", "20", ["05", "2"], [], ""])
    async def test_an_extension_that_looks_alike_is_nobodys(
        self, workbench: Workbench, sandbox: S, extensions: Json
    ) -> None:
        self.map(workbench, [(self.kit, extensions)])
        log_id = await self.logged(workbench, additional_submission=FOR_205, hashed_account_id="h")
        assert self.rae(workbench) == self.owner(sandbox, log_id)

    def rae(self, workbench: Workbench) -> str:
        """Return Rae's id in the CRM, who is signed in."""
        assert workbench.user is not None
        return workbench.user.crm_id

    def map(self, workbench: Workbench, mappings: list[tuple[str, Json]]) -> None:
        """Save an admin's configuration with these CRM users and their extensions."""
        rows = [{"crmUserId": user, "rcExtensionId": extensions} for user, extensions in mappings]
        told = {"hashedAccountId": "h", "userMappings": rows}
        workbench.save_admin(AdminConfiguration.model_validate(told))

    # -- the connector's own --

    @covers("createCallLog")
    async def test_no_setting_of_the_connector_blocks_a_log(self, workbench: Workbench, sandbox: S) -> None:
        if not (own := (*self.named_settings, *self.switches)):
            pytest.skip(f"{workbench.title} has no settings of its own.")
        for number, odd in enumerate(ODD.values(), 1):
            workbench.settings = said(own, odd)
            assert (await workbench.sign_in()).successful
            assert await self.logged(workbench, call(f"s-{number}"))
            assert number == self.count(sandbox)

    @covers("createCallLog", "createMessageLog")
    async def test_a_setting_that_names_nothing_is_told_and_left_out(self, workbench: Workbench) -> None:
        if not self.named_settings:
            pytest.skip(f"{workbench.title} has no settings that name something.")
        workbench.settings = said(self.named_settings, NOTHING)
        lines = [line async for result in self.everything(workbench) for line in self.shown(result).lines]
        told = [name for name in self.named_settings if any(name in line for line in lines)]
        assert list(self.named_settings) == told
        assert any(NOTHING in line for line in lines)

    async def everything(self, workbench: Workbench) -> AsyncIterator[Result]:
        """Search, and log a call in each direction and a message of each kind; all of it succeeds."""
        found = await workbench.find_contact(NIA.number)
        [nia, *_] = found.raise_for_error().contacts
        yield found
        theirs = Party(name=NIA.name, phone_number=NIA.number)
        inbound = call("s-2", direction=Direction.INBOUND, from_=theirs, to=AGENT)
        for each in (call("s-1"), inbound):
            yield (await workbench.log_call(each, nia)).raise_for_error()
        for kind in (MessageType.SMS, MessageType.VOICEMAIL, MessageType.FAX):
            message = sms(f"m-{kind}", "Hello").model_copy(update={"type": kind})
            yield (await workbench.log_message(message, nia)).raise_for_error()


FOR_205: JsonObject = {"isAssignedToUser": True, "adminAssignedUserRcId": "205"}
"""What the log form sends for Kit's extension."""
