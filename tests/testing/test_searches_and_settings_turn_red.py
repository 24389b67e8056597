"""A connector that is careless with numbers, odd records, refusals or settings turns the contract red.

Each fault is one that a connector of one's own may have, put in where all connectors share what they do right.
That these cases are green as they are is shown in tests/connectors, where every contract is run whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import cycle
from typing import Any

import pytest
from contract_runs import red
from platforms import answers_of

from appconnect import hits, operation_warnings, phone
from appconnect.connector import Account, Connector
from appconnect.connectors import registry
from appconnect.errors import InputError, Rejected, Unavailable
from appconnect.http import replies
from appconnect.logs.calls import body
from appconnect.models import UserMapping
from appconnect.phone import PhoneNumber

Fault = Callable[[pytest.MonkeyPatch, type[Connector]], None]
Phones = Iterable[str]


# -- numbers --


def believes_the_crms_search(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    monkeypatch.setattr(hits, "carrier", lambda hit, phones, number: next(iter(phones), None))


def compares_the_last_digits(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    def carrier(hit: str, phones: Phones, number: PhoneNumber) -> str | None:
        return next((each for each in phones if phone.digits(each).endswith(number.national)), None)

    monkeypatch.setattr(hits, "carrier", carrier)


def searches_one_form(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    monkeypatch.setattr(PhoneNumber, "habits", property(lambda self: []))


def takes_typed_digits_for_the_number(monkeypatch: pytest.MonkeyPatch, connector: type[Connector]) -> None:
    """As if extensions belonged to the number."""
    right = phone.parse

    def parse(text: str, **how: Any) -> PhoneNumber:
        digits = phone.digits(text)
        return right(f"+{digits.removeprefix('00')}" if digits else text, **how)

    monkeypatch.setattr(phone, "parse", parse)


def tells_nobody_who_is_left_out(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    monkeypatch.setattr(
        hits, "carrier", lambda hit, phones, number: phone.comparison.best_carrier(phones, number)
    )


# -- odd records --


def leaves_out_in_silence(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    monkeypatch.setattr(operation_warnings, "warn", lambda sentence: None)


def fails_with_an_odd_record(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    def fail(sentence: str) -> None:
        raise Unavailable(sentence)

    monkeypatch.setattr(operation_warnings, "warn", fail)


# -- refusals --


def takes_a_refusal_for_nobody(monkeypatch: pytest.MonkeyPatch, connector: type[Connector]) -> None:
    for name in ("find_contact", "find_contact_with_name"):
        monkeypatch.setattr(connector, name, forgiving(getattr(connector, name)))


def forgiving(right: Callable[..., Any]) -> Callable[..., Any]:
    async def wrong(*asked: Any, **how: Any) -> Any:
        try:
            return await right(*asked, **how)
        except Rejected:
            return []

    return wrong


def loses_the_crms_words(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    monkeypatch.setattr(replies, "sentence_of", lambda body, rules: "")


def fails_with_its_first_search(monkeypatch: pytest.MonkeyPatch, connector: type[Connector]) -> None:
    right = connector.find_contact

    async def wrong(*asked: Any, **how: Any) -> Any:
        with operation_warnings.collect() as told:
            found = await right(*asked, **how)
        if told:
            raise Rejected(told[0])
        return found

    monkeypatch.setattr(connector, "find_contact", wrong)


# -- settings --


def fails_with_an_odd_setting(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    right = Account.setting

    def wrong(self: Account, key: str, default: str = "") -> str:
        if right(self, key) == "No such thing":
            raise InputError(f"{key} cannot be understood.")
        return right(self, key, default)

    monkeypatch.setattr(Account, "setting", wrong)


def reads_settings_in_silence(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    monkeypatch.setattr(body, "misunderstood", lambda settings: [])


def lets_users_change_everything(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    monkeypatch.setattr(Account, "effective_settings", property(lambda self: self.settings))


def takes_like_extensions_for_one(monkeypatch: pytest.MonkeyPatch, _: type[Connector]) -> None:
    monkeypatch.setattr(UserMapping, "covers", lambda self, extension: extension in str(self.rc_extension_id))


FAULTS: Mapping[Fault, tuple[str, ...]] = {
    believes_the_crms_search: ("test_a_number_that_looks_alike", "test_a_hit_that_does_not_carry_the_number"),
    compares_the_last_digits: ("test_a_number_is_a_hit_however", "test_a_number_that_looks_alike"),
    searches_one_form: ("test_a_number_is_found_in_the_habits",),
    takes_typed_digits_for_the_number: ("test_a_number_is_found_however_it_is_typed",),
    tells_nobody_who_is_left_out: ("test_a_hit_that_does_not_carry_the_number",),
    leaves_out_in_silence: ("test_a_record_without_its_id",),
    fails_with_an_odd_record: ("test_a_record_without_its_id", "test_a_record_of_nothing_but"),
    takes_a_refusal_for_nobody: ("test_a_refused_search_is", "test_a_refused_search_by_name"),
    loses_the_crms_words: (
        "test_a_refused_search_is",
        "test_a_refused_search_by_name",
        "test_a_refused_contact",
        "test_a_refused_log_is_told",
    ),
    reads_settings_in_silence: ("test_a_setting_of_another_type",),
    lets_users_change_everything: ("test_a_setting_that_users_may_not_change",),
    takes_like_extensions_for_one: ("test_an_extension_that_looks_alike",),
}

ON_ALL = (
    believes_the_crms_search,
    leaves_out_in_silence,
    loses_the_crms_words,
    lets_users_change_everything,
)
"""One of each kind is tried on every platform, the others on one of them in turn."""


RUNS = [
    pytest.param(fault, platform, id=f"{fault.__name__}-{platform}")
    for fault, any_one in zip(FAULTS, cycle(registry.names()), strict=False)
    for platform in (registry.names() if fault in ON_ALL else (any_one,))
]


@pytest.mark.parametrize(("fault", "platform"), RUNS)
def test_a_fault_turns_it_red(monkeypatch: pytest.MonkeyPatch, platform: str, fault: Fault) -> None:
    fault(monkeypatch, registry.platform(platform).connector)
    assert set(FAULTS[fault]) == red(platform, FAULTS[fault])


@pytest.mark.parametrize("platform", [each for each in registry.names() if answers_of(each).search_paths])
def test_a_search_that_fails_with_its_first_part_turns_it_red(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    fails_with_its_first_search(monkeypatch, registry.platform(platform).connector)
    assert {"test_where_one_search"} == red(platform, ("test_where_one_search",))


@pytest.mark.parametrize("platform", [each for each in registry.names() if answers_of(each).named_settings])
def test_a_setting_that_blocks_turns_it_red(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    fails_with_an_odd_setting(monkeypatch, registry.platform(platform).connector)
    assert {"test_a_setting_that_names_nothing"} == red(platform, ("test_a_setting_that_names_nothing",))
