"""Cases: signing in and out, and the CRM's users."""

from __future__ import annotations

from appconnect.errors import AppConnectError, NotSignedIn, SessionExpired
from appconnect.models import AuthType
from appconnect.testing import workbench_internals
from appconnect.testing.case import Case, S
from appconnect.testing.cast import KIT, NIA, OLU, RAE
from appconnect.testing.operations import covers
from appconnect.testing.samples import NINE_THIRTY, SUMMER_NIGHT
from appconnect.workbench import Workbench


class SignInCases(Case[S]):
    """Sign-in, sign-out, users."""

    @covers("getAuthType")
    async def test_the_auth_type_is_stated(self, workbench: Workbench) -> None:
        assert self.auth_type is workbench_internals.connector_of(workbench).get_auth_type()

    @covers("getOauthInfo")
    async def test_oauth_addresses_are_https_and_the_secret_is_hidden(self, workbench: Workbench) -> None:
        assert AuthType.OAUTH is self.auth_type, "without OAuth, declare get_oauth_info as unsupported"
        info = await workbench_internals.connector_of(workbench).get_oauth_info()
        addresses = (info.authorize_uri, info.access_token_uri)
        assert ["https", "https"] == [address.split(":")[0] for address in addresses]
        assert "clientSecret" not in info.to_wire()
        assert info.client_secret.get_secret_value() not in repr(info)

    # -- who --

    @covers("getUserInfo")
    async def test_the_user_is_known_by_id_and_name(self, workbench: Workbench) -> None:
        user = await workbench_internals.connector_of(workbench).get_user_info()
        assert (RAE.name, True) == (user.name, user.id.endswith(f"-{self.platform}"))
        assert user.crm_id

    @covers("getUserInfo")
    async def test_the_user_has_their_own_time_zone_in_winter_and_in_summer(
        self, workbench: Workbench
    ) -> None:
        moments = (NINE_THIRTY, SUMMER_NIGHT)
        offsets = [moment.astimezone(self.zone).utcoffset() for moment in moments]
        if self.time_zone.startswith(("+", "-")):  # an offset as told at sign-in, whatever the season
            offsets = offsets[:1]
        assert offsets == [each.astimezone(workbench.zone).utcoffset() for each in moments[: len(offsets)]]

    @covers("getUserInfo")
    async def test_a_session_that_has_ended_is_renewed_or_said_to_have_ended(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        self.expire(sandbox)
        error = await self.refusal(workbench)
        assert (None if self.renews else SessionExpired) is (type(error) if error else None)

    @covers("getUserInfo")
    async def test_a_connection_that_was_revoked_is_said_to_have_ended(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        self.revoke(sandbox)
        assert isinstance(await self.refusal(workbench), SessionExpired)

    @covers("getUserInfo", "findContact")
    async def test_an_expired_session_is_renewed_or_asks_for_a_sign_in(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        self.expire(sandbox)
        matches = await workbench.find_contact(NIA.number)
        assert self.renews is matches.successful
        if not self.renews:
            assert isinstance(matches.error, SessionExpired)

    @covers("getUserInfo", "findContact")
    async def test_a_revoked_connection_asks_for_a_sign_in(self, workbench: Workbench, sandbox: S) -> None:
        self.revoke(sandbox)
        matches = await workbench.find_contact(NIA.number)
        assert isinstance(matches.error, SessionExpired)
        assert f"Your {workbench.title} session has expired" == matches.message

    async def refusal(self, workbench: Workbench) -> AppConnectError | None:
        """Ask who we are; return the error, if there is one."""
        try:
            await workbench_internals.connector_of(workbench).get_user_info()
        except AppConnectError as error:
            return error
        return None

    # -- signing out --

    @covers("unAuthorize")
    async def test_signing_out_forgets_the_credentials(self, workbench: Workbench, sandbox: S) -> None:
        assert (await workbench.sign_out()).successful
        before = self.sent(sandbox)
        assert isinstance((await workbench.find_contact(NIA.number)).error, NotSignedIn)
        assert before == self.sent(sandbox)
        assert 0 == workbench_internals.kept_connections(workbench)

    @covers("unAuthorize")
    async def test_signing_out_forgets_even_when_the_crm_says_no(
        self, workbench: Workbench, sandbox: S
    ) -> None:
        sandbox.faults.add(path="*", status=500, json={}, times=None)
        assert (await workbench.sign_out()).successful
        assert 0 == workbench_internals.kept_connections(workbench)

    # -- users --

    @covers("getUserList")
    async def test_active_users_are_listed(self, workbench: Workbench) -> None:
        listed = (await workbench.list_users()).users
        users = {user.name: user.id for user in listed}
        assert len(listed) == len({user.id for user in listed}), "each has an id of its own"
        assert [KIT.name, RAE.name] == sorted({KIT.name, RAE.name} & users.keys())
        assert OLU.name not in users, "she is inactive"
        assert self.kit == users[KIT.name]
