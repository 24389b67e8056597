"""Cases: who we are, and who is calling."""

from __future__ import annotations

import pytest
from answers import NIA, NOBODY, SHARED, Case, covers

from appconnect.errors import (
    ConfigurationError,
    InputError,
    InternalExtension,
    NotSignedIn,
    SessionExpired,
    UnusableNumber,
)
from appconnect.models import AuthType
from appconnect.sandbox.base import CrmSandbox
from appconnect.workbench import Workbench


class WhoCases(Case):
    """Sign-in, sign-out, users."""

    @covers("getAuthType")
    def test_the_auth_type_is_stated(self, workbench: Workbench) -> None:
        assert self.auth_type is workbench.connector.get_auth_type()

    @covers("getOauthInfo")
    async def test_oauth_addresses_are_https_and_the_secret_is_hidden(self, workbench: Workbench) -> None:
        if self.auth_type is not AuthType.OAUTH:
            with pytest.raises(ConfigurationError):
                await workbench.connector.get_oauth_info()
            return
        info = await workbench.connector.get_oauth_info()
        assert ["https", "https"] == [
            uri.split(":")[0] for uri in (info.authorize_uri, info.access_token_uri)
        ]
        assert "clientSecret" not in info.to_wire()
        assert info.client_secret.get_secret_value() not in repr(info)

    @covers("getUserInfo")
    async def test_the_user_is_known_by_id_name_and_time_zone(self, workbench: Workbench) -> None:
        user = await workbench.connector.get_user_info()
        assert ("Rae Quill", True) == (user.name, user.id.endswith(f"-{self.crm}"))
        assert user.crm_id
        assert user.timezone_name or user.timezone_offset

    @covers("unAuthorize")
    async def test_signing_out_forgets_the_credentials(
        self, workbench: Workbench, sandbox: CrmSandbox
    ) -> None:
        assert (await workbench.sign_out()).successful
        before = self.sent(sandbox)
        assert isinstance((await workbench.find_contact(NIA)).error, NotSignedIn)
        assert before == self.sent(sandbox)
        assert [] == workbench.environment.store.connections(self.crm)

    @covers("unAuthorize")
    async def test_signing_out_forgets_even_when_the_crm_says_no(
        self, workbench: Workbench, sandbox: CrmSandbox
    ) -> None:
        sandbox.faults.add(path="*", status=500, json={}, times=None)
        assert (await workbench.sign_out()).successful
        assert [] == workbench.environment.store.connections(self.crm)

    @covers("getUserList")
    async def test_active_users_are_listed(self, workbench: Workbench) -> None:
        listed = await workbench.list_users()
        names = [user.name for user in listed.users]
        assert ["Kit Moss", "Rae Quill"] == sorted({"Kit Moss", "Rae Quill"} & set(names))
        assert "Olu Gone" not in names
        assert self.kit in [user.id for user in listed.users]

    @covers("getUserInfo")
    async def test_an_expired_session_is_renewed_or_asks_for_a_sign_in(
        self, workbench: Workbench, sandbox: CrmSandbox
    ) -> None:
        self.expire(sandbox)
        matches = await workbench.find_contact(NIA)
        assert self.renews is matches.successful
        if not self.renews:
            assert isinstance(matches.error, SessionExpired)

    @covers("getUserInfo")
    async def test_a_revoked_connection_asks_for_a_sign_in(
        self, workbench: Workbench, sandbox: CrmSandbox
    ) -> None:
        self.revoke(sandbox)
        matches = await workbench.find_contact(NIA)
        assert isinstance(matches.error, SessionExpired)
        assert f"Your {workbench.title} session has expired" == matches.message


class ContactCases(Case):
    """Matching and creating."""

    @covers("findContact")
    async def test_a_contact_is_found_by_number(self, workbench: Workbench) -> None:
        matches = await workbench.find_contact(NIA)
        assert ["Nia Holt"] == [contact.name for contact in matches.contacts]
        assert "4155550142" in "".join(filter(str.isdigit, matches.contacts[0].phone))
        assert "createNewContact" == matches.matched_contact_info[-1].id

    @covers("findContact")
    async def test_nobody_found_is_a_success_with_a_warning(self, workbench: Workbench) -> None:
        matches = await workbench.find_contact(NOBODY)
        assert (True, [], "Contact not found") == (matches.successful, matches.contacts, matches.message)

    @covers("findContact")
    async def test_everybody_with_the_number_is_found_once(self, workbench: Workbench) -> None:
        names = [contact.name for contact in (await workbench.find_contact(SHARED)).contacts]
        assert ["Ines Roth", "Omar Vance"] == sorted(names)

    @covers("findContact")
    async def test_all_pages_are_read(self, workbench: Workbench, sandbox: CrmSandbox) -> None:
        number, many = self.crowd(sandbox)
        found = await workbench.find_contact(number)
        assert many == len({contact.id for contact in found.contacts}) == len(found.contacts)

    @covers("findContact")
    async def test_an_extension_is_not_searched(self, workbench: Workbench, sandbox: CrmSandbox) -> None:
        before = self.sent(sandbox)
        matches = await workbench.find_contact("204", is_extension=True)
        assert (False, []) == (matches.successful, matches.matched_contact_info)
        assert isinstance(matches.error, InternalExtension)
        assert before == self.sent(sandbox)

    @covers("findContact")
    @pytest.mark.parametrize(
        "text", ["anonymous", "sip:rae@example.com", "+1", "", "+1 CALL ME", "+" + "1" * 99]
    )
    async def test_an_unusable_number_is_not_searched(
        self, workbench: Workbench, sandbox: CrmSandbox, text: str
    ) -> None:
        before = self.sent(sandbox)
        matches = await workbench.find_contact(text)
        assert (False, True) == (matches.successful, bool(matches.message))
        assert isinstance(matches.error, UnusableNumber)
        assert before == self.sent(sandbox)

    @covers("findContact")
    async def test_a_forbidden_detail_does_not_fail_the_match(
        self, workbench: Workbench, sandbox: CrmSandbox
    ) -> None:
        sandbox.faults.add(path=self.detail_path, status=403, json={}, times=None)
        assert ["Nia Holt"] == [contact.name for contact in (await workbench.find_contact(NIA)).contacts]

    @covers("findContact")
    async def test_too_many_requests_are_waited_out(self, workbench: Workbench, sandbox: CrmSandbox) -> None:
        sandbox.faults.add(status=429, json={}, times=1)
        assert (await workbench.find_contact(NIA)).contacts

    @covers("findContact")
    async def test_without_an_answer_there_is_a_sentence(
        self, workbench: Workbench, sandbox: CrmSandbox
    ) -> None:
        sandbox.faults.add(drop=True, times=None)
        matches = await workbench.find_contact(NIA)
        assert (False, "cannot be reached") == (matches.successful, matches.message.partition(" ")[2])

    # -- finding by name, and creating --

    @covers("findContactWithName")
    @pytest.mark.parametrize("name", ["Nia Holt", "Nia", "Holt", "nia holt"])
    async def test_a_contact_is_found_by_name(self, workbench: Workbench, name: str) -> None:
        found = (await workbench.find_contact_with_name(name)).contacts
        assert "Nia Holt" in [contact.name for contact in found]

    @covers("findContactWithName")
    @pytest.mark.parametrize(
        ("typed", "name"), [("O'Neil", "Sinéad O'Neil"), ("Zoë 🌟 & Sons", "Zoë 🌟 & Sons")]
    )
    async def test_awkward_names_are_found(self, workbench: Workbench, typed: str, name: str) -> None:
        found = (await workbench.find_contact_with_name(typed)).contacts
        assert [name] == [contact.name for contact in found]

    @covers("findContactWithName")
    @pytest.mark.parametrize(
        "name", ["*", "a' OR 1=1 --", 'x" OR name:*', "(((", "&field_value=", "%", "zzz"]
    )
    async def test_no_name_is_a_query_language(self, workbench: Workbench, name: str) -> None:
        result = await workbench.find_contact_with_name(name)
        assert (None, []) == (result.error, result.contacts)

    @covers("findContactWithName")
    async def test_an_empty_name_is_not_searched(self, workbench: Workbench, sandbox: CrmSandbox) -> None:
        before = self.sent(sandbox)
        assert isinstance((await workbench.find_contact_with_name("  ")).error, InputError)
        assert before == self.sent(sandbox)

    @covers("createContact")
    @pytest.mark.parametrize("name", ["Anna Maria van Dyke", "Cher", "Zoë 🌟 O'Neil"])
    async def test_a_new_contact_is_found_by_its_number(self, workbench: Workbench, name: str) -> None:
        created = await workbench.create_contact("+1 415 555 0123", name, self.contact_type)
        assert created.error is None
        workbench.environment.clock.advance(60)  # type: ignore[attr-defined]
        found = (await workbench.find_contact("+14155550123")).contacts
        assert created.contact_info is not None
        assert [created.contact_info.id] == [contact.id for contact in found]
        assert name.split() == [word for word in found[0].name.split() if word in name.split()]

    @covers("createContact")
    @pytest.mark.parametrize(
        ("number", "name", "kind"),
        [(NOBODY, " ", ""), ("123", "Ann Lee", ""), (NOBODY, "Ann Lee", "martian")],
    )
    async def test_bad_input_creates_nothing(
        self, workbench: Workbench, sandbox: CrmSandbox, number: str, name: str, kind: str
    ) -> None:
        before = self.sent(sandbox)
        assert isinstance((await workbench.create_contact(number, name, kind)).error, InputError)
        assert before == self.sent(sandbox)
