"""Settings of a user and of the account's admin, as a connector reads them; and whose a log is."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from appconnect.connector import Account, Connector, Cost, NoCache, PlanLimits, never_claimed
from appconnect.errors import NotSupported
from appconnect.models import LogDraft, User
from appconnect.operations import NEVER_UNSUPPORTED, OPERATIONS


def value(of: object, **more: object) -> dict[str, Any]:
    return {"value": of, **more}


FIXED = {"customizable": False}


@pytest.mark.parametrize(
    ("users", "admins", "text"),
    [
        (None, None, "none"),
        (value(" mine "), None, "mine"),
        (None, value("theirs"), "theirs"),
        (value("mine"), value("theirs"), "mine"),
        (value("  "), value("theirs"), "theirs"),
        (value(""), value(""), "none"),
        (value("mine"), value("theirs", customizable=False), "theirs"),
        (value("mine"), value("theirs", isCustomizable=False), "theirs"),
        (value("mine"), value("theirs", customizable=True), "mine"),
        (value("mine"), value("", customizable=False), "none"),
        (value(7), None, "7"),
        (value(0), value("theirs"), "0"),
        (value(1.5), None, "1.5"),
        (value(True), value("theirs"), "theirs"),
        (value(["mine"]), None, "none"),
        (value(None), value(7), "7"),
    ],
)
def test_a_setting_is_the_users_unless_the_admin_fixes_it(users: Any, admins: Any, text: str) -> None:
    account = Account(
        settings={} if users is None else {"field": users},
        admin_settings={} if admins is None else {"field": admins},
    )
    assert text == account.setting("field", "none")
    assert (text if text != "none" else "") == account.setting("field")
    expected = ("field", text) if text != "none" else ("", "")
    assert expected == account.first_setting("other", "field", "last")


@pytest.mark.parametrize(
    ("users", "admins", "is_on"),
    [
        (None, None, False), (value(True), None, True), (value("TRUE"), None, True), (value("yes"), None, False),
        (value(False), None, False), (value(1), None, False), (None, value(True), True), (None, value("true"), True),
        (value("false"), value("true"), False), (value(True), value(False, customizable=False), False),
        (value(False), value(True, customizable=False), True),
    ],
)  # fmt: skip
def test_a_flag_is_on_where_it_is_said_to_be(users: Any, admins: Any, is_on: bool) -> None:
    account = Account(
        settings={} if users is None else {"field": users},
        admin_settings={} if admins is None else {"field": admins},
    )
    assert is_on is account.flag("field")


def test_of_several_settings_the_first_that_says_something_counts() -> None:
    account = Account(settings={"b": value("2"), "c": value("3")}, admin_settings={"a": value(" ")})
    assert ("b", "2") == account.first_setting("a", "b", "c")
    assert ("", "") == account.first_setting("a")
    assert ("", "") == account.first_setting()


def test_all_settings_in_force_are_the_users_over_the_admins_but_what_is_fixed() -> None:
    account = Account(
        settings={"a": value("mine"), "b": value("mine"), "d": value("mine")},
        admin_settings={
            "b": value("theirs", customizable=True), "c": value("theirs"), "d": value("theirs", customizable=False),
            "e": "odd",
        },
    )  # fmt: skip
    assert {
        "a": value("mine"), "b": value("mine"), "c": value("theirs"), "d": value("theirs", customizable=False), "e": "odd",
    } == account.effective_settings  # fmt: skip


def test_an_account_of_nobody_has_nothing() -> None:
    account = Account()
    assert ("", "", "", {}, {}, None, {}) == (
        account.client_id, account.client_secret.get_secret_value(), account.redirect_uri, account.options,
        account.settings, account.user, account.admin_settings,
    )  # fmt: skip
    assert Account().options is not Account().options


# -- a connector that says nothing of itself --


class Acme(Connector):
    """What every connector inherits."""

    platform = "acme"
    title = "Acme"
    unsupported: ClassVar = {name: "Acme cannot." for name in OPERATIONS if name not in NEVER_UNSUPPORTED}

    def get_auth_type(self) -> Any:
        raise AssertionError

    def get_log_format_type(self) -> Any:
        raise AssertionError

    async def get_user_info(self) -> User:
        raise AssertionError


RAE = User(id="7001-acme", name="Rae Quill")


def connector(user: User | None = RAE) -> Connector:
    return Acme(None, Account(user=user))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("owner", "of_draft", "user", "is_mine"),
    [
        ("7001", "", RAE, True), (7001, "", RAE, True), ("7002", "", RAE, False), (None, "", RAE, True),
        ("7002", "7002", RAE, True), ("7001", "7002", RAE, False), ("7002", "", None, True), ("7002", "7001", None, False),
    ],
)  # fmt: skip
def test_a_log_may_be_the_drafts_unless_another_user_owns_it(
    owner: int | str | None, of_draft: str, user: User | None, is_mine: bool
) -> None:
    assert is_mine is connector(user).is_owner(owner, LogDraft(owner_id=of_draft))


@pytest.mark.parametrize(
    ("facts", "zone"),
    [
        ({}, ""), ({"timezone_name": "Europe/Lisbon", "timezone_offset": "+01:00"}, "Europe/Lisbon"),
        ({"timezone_offset": "+01:00"}, "+01:00"),
    ],
)  # fmt: skip
def test_a_zone_is_told_by_its_name_before_its_offset(facts: dict[str, str], zone: str) -> None:
    assert zone == connector(User(id="1-acme", name="Rae", **facts)).timezone()  # type: ignore[arg-type]
    assert "" == connector(None).timezone()


def test_a_connector_says_nothing_of_itself_unasked() -> None:
    assert (
        (), "", False, (), (), (), (), None, None, None, {}, {},
    ) == (
        Acme.contact_types, Acme.default_contact_type, Acme.extensions_lack_plus, Acme.form_fields,
        Acme.common_form_fields, Acme.exclusive_form_fields, Acme.disposition_fields, Acme.max_body,
        Acme.max_matches, Acme.max_log_form_options, Acme.costs, Acme.plans,
    )  # fmt: skip
    assert {} == connector().follow_ups
    assert connector().costs is connector().current_costs
    assert not never_claimed("9301")
    assert (Cost(1, 0, 0, 0, ""), PlanLimits(None, ())) == (Cost(1), PlanLimits())


async def test_what_is_optional_is_not_done() -> None:
    acme = connector()
    assert (None, None, {}) == (acme.user_in(None), acme.directory(), await acme.new_contact_choices())  # type: ignore[arg-type]
    with pytest.raises(NotSupported) as caught:
        await acme.delete_call_log("9301")
    assert "Acme logs cannot be deleted from here." == caught.value.message
    acme.require("get_user_info")
    with pytest.raises(NotSupported) as caught:
        acme.require("get_user_list")
    assert "Acme cannot." == caught.value.message


class Kept(NoCache):
    """Notes what is to be remembered, and forgets it."""

    def __init__(self) -> None:
        self.put_away: list[Any] = []

    def put(self, key: str, value: Any, seconds: float) -> None:
        self.put_away.append((key, value, seconds))


@pytest.mark.parametrize(("options", "seconds"), [({}, 24 * 60 * 60), ({"seconds": 60.0}, 60)])
async def test_what_is_read_is_remembered_for_a_day(options: dict[str, float], seconds: float) -> None:
    async def read() -> list[int]:
        return [1, 2]

    acme = Acme(None, cache=Kept())  # type: ignore[arg-type]
    assert [1, 2] == await acme.remembered("types", read, into=list[int], **options)  # type: ignore[arg-type]
    assert isinstance(acme.cache, Kept)
    assert [("types", [1, 2], seconds)] == acme.cache.put_away


def test_what_a_connector_is_given_is_its_own() -> None:
    one, other = Acme(None), Acme(None)  # type: ignore[arg-type]
    assert (one.account is other.account, one.outbox is other.outbox, one.cache is other.cache) == (
        False,
    ) * 3
    given = (Account(), one.cache, one.outbox)
    made = Acme(None, *given)  # type: ignore[arg-type]
    assert [True] * 3 == [a is b for a, b in zip(given, (made.account, made.cache, made.outbox), strict=True)]
