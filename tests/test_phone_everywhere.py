"""Phone numbers of every country and type: each is carried in all its forms, and its look-alikes are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from appconnect import phone
from appconnect.phone import PhoneNumber

ABROAD = {"US": "011", "GB": "00", "AU": "0011", "JP": "010", "RU": "8~10", "KE": "000", "CU": "119"}
"""Countries with one international prefix, and what it is."""
CARRIERS = {"BR": "15", "CO": "5", "KR": "81", "CR": "1900", "CN": "17951", "BO": "10", "LU": "15001"}
"""Countries in which a carrier may be chosen, and the code of one."""
MORE_PREFIXES = {"370": "08", "375": "08", "52": "1", "54": "09", "7": "78", "1": "1"}
"""What more than the trunk prefix may stand before a number: former ones, Argentina's 9, a code without plus."""


def examples() -> Iterator[str]:
    """The example numbers that ``phonenumbers`` has, of all regions and types and of no region, in E.164."""
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in PhoneNumberType.values():
            if number := phonenumbers.example_number_for_type(region, kind):
                yield phonenumbers.format_number(number, PhoneNumberFormat.E164)
    for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        if number := phonenumbers.example_number_for_non_geo_entity(code):
            yield phonenumbers.format_number(number, PhoneNumberFormat.E164)


EXAMPLES = [phone.parse(number) for number in sorted(set(examples()))]
CODES = sorted(map(str, phonenumbers.supported_calling_codes()))


def test_there_are_examples_of_all_regions_and_types() -> None:
    kinds = {phonenumbers.number_type(phonenumbers.parse(each.e164)) for each in EXAMPLES}
    assert {int(each.country_code) for each in EXAMPLES} == phonenumbers.supported_calling_codes()
    assert len(phonenumbers.SUPPORTED_REGIONS & {each.region for each in EXAMPLES}) > 240
    assert set(PhoneNumberType.values()) - {PhoneNumberType.UNKNOWN} <= kinds
    assert len(EXAMPLES) > 900


def misses(forms: list[tuple[str, PhoneNumber]]) -> list[tuple[str, str]]:
    return [(form, sought.e164) for form, sought in forms if not phone.carries(form, sought)]


def false_hits(forms: list[tuple[str, PhoneNumber]]) -> list[tuple[str, str]]:
    return [(form, sought.e164) for form, sought in forms if phone.carries(form, sought)]


@pytest.mark.parametrize(
    "form",
    [
        PhoneNumberFormat.E164,
        PhoneNumberFormat.INTERNATIONAL,
        PhoneNumberFormat.NATIONAL,
        PhoneNumberFormat.RFC3966,
    ],
)
def test_every_number_is_carried_as_it_is_formatted(form: int) -> None:
    formatted = [(phonenumbers.format_number(phonenumbers.parse(each.e164), form), each) for each in EXAMPLES]
    assert [] == misses(formatted)


@pytest.mark.parametrize("country", ABROAD)
def test_every_number_is_carried_as_dialled_from_abroad(country: str) -> None:
    dialled = [
        (phonenumbers.format_out_of_country_calling_number(phonenumbers.parse(each.e164), country), each)
        for each in EXAMPLES
    ]
    with_prefix = [form for form, _ in dialled if form.startswith(ABROAD[country])]
    assert [] == misses(dialled)
    assert len(with_prefix) > 500


def home_forms(sought: PhoneNumber) -> list[str]:
    code, trunk = sought.country_code, sought.trunk
    return [
        f"{trunk}{sought.national}",
        f"+{code} ({trunk}) {sought.national}",
        f"+{code}{trunk}{sought.national}",
        f"{code} {sought.national}",
        f"+({code}) {sought.national}",
        *sought.written_digits,
        *(each.formatted for each in sought.habits),
        *(each.e164 for each in sought.habits),
    ]


def test_every_number_is_carried_in_the_habits_of_its_country() -> None:
    forms = [(form, sought) for sought in EXAMPLES for form in home_forms(sought)]
    assert [] == misses(forms)
    with_habits = {sought.country_code for sought in EXAMPLES if sought.habits}
    assert {"52", "54", "55", "57", "229"} == with_habits


def test_a_form_that_is_searched_for_is_a_hit() -> None:
    forms = [
        (form, sought) for sought in EXAMPLES for form in (*sought.nationals, *phone.search_forms(sought))
    ]
    assert [] == misses(forms)


def test_only_numbers_with_habits_are_searched_more_than_once() -> None:
    assert {sought.e164 for sought in EXAMPLES if len(sought.nationals) > 1} <= {
        sought.e164 for sought in EXAMPLES if sought.habits
    }


@pytest.mark.parametrize("region", CARRIERS)
def test_a_carrier_s_code_does_not_matter(region: str) -> None:
    numbers = [each for each in EXAMPLES if each.region == region]
    dialled = [
        phonenumbers.format_national_number_with_carrier_code(phonenumbers.parse(each.e164), CARRIERS[region])
        for each in numbers
    ]
    with_code = [
        (form, each)
        for form, each in zip(dialled, numbers, strict=True)
        if CARRIERS[region] in phone.digits(form)[:6]
    ]
    assert with_code
    assert [] == misses(with_code)


# -- look-alikes --


def changed(text: str, place: int) -> str:
    """The text with another digit at the place, counted from the end."""
    digit = (int(text[-place]) + place % 9 + 1) % 10
    return f"{text[: len(text) - place]}{digit}{text[len(text) - place + 1 :]}"


@pytest.mark.parametrize("before", ["", "+", "00", "011"])
def test_a_number_with_one_digit_changed_is_not_carried(before: str) -> None:
    near = [
        (before + changed(sought.e164[1:] if before else sought.national, place), sought)
        for sought in EXAMPLES
        for place in range(1, len(sought.national) + 1)
    ]
    assert len(near) > 8000
    assert [] == false_hits(near)


@pytest.mark.parametrize("digit", "0123456789")
def test_a_number_with_one_digit_more_is_not_carried(digit: str) -> None:
    after = [
        (form + digit, sought)
        for sought in EXAMPLES
        for form in (sought.national, sought.e164, sought.formatted)
    ]
    before = [
        (form, sought)
        for sought in EXAMPLES
        for form in (f"{digit}{sought.national}", f"+{sought.country_code}{digit}{sought.national}")
        if digit not in sought.trunk + MORE_PREFIXES.get(sought.country_code, "")
    ]
    assert len(before) > 700
    assert [] == false_hits([*after, *before])


@pytest.mark.parametrize(
    "around", ["999{}999", "999 {} 999", "12{}", "12 {}", "{}34", "{} 34", "{}-34", "99.{}", "3_{}"]
)
def test_a_longer_number_is_not_carried(around: str) -> None:
    assert [] == false_hits([(around.format(sought.national), sought) for sought in EXAMPLES])


@pytest.mark.parametrize("before", ["+", "00", "011 ", "0011 "])
def test_the_same_digits_with_another_country_code_are_not_carried(before: str) -> None:
    reached: set[str] = set()
    others: list[tuple[str, PhoneNumber]] = []
    for index, sought in enumerate(EXAMPLES):
        codes = [CODES[(17 * index + step) % len(CODES)] for step in range(3)]
        reached.update(codes)
        others += [
            (f"{before}{code} {sought.national}", sought) for code in codes if code != sought.country_code
        ]
    assert set(CODES) == reached
    assert [] == false_hits(others)


def test_no_example_carries_another() -> None:
    """Formatted at home, where another country's number may look the same, and from abroad."""
    by_ending: dict[str, list[PhoneNumber]] = {}
    for each in EXAMPLES:
        by_ending.setdefault(each.national[-6:], []).append(each)
    pairs = [
        (mine, other) for alike in by_ending.values() for mine in alike for other in alike if mine != other
    ]
    assert len(pairs) > 5000
    assert [] == [
        (mine.e164, other.e164)
        for mine, other in pairs
        if phone.carries(mine.formatted, other) and mine.e164 not in {each.e164 for each in other.habits}
    ]


# -- any number, among others, with anything after it --


def test_any_number_is_found_among_others_and_its_neighbours_are_not() -> None:
    reached: Counter[str] = Counter()
    subscribers = st.tuples(st.sampled_from(EXAMPLES), st.integers(0, 99)).map(
        lambda drawn: f"{drawn[0].e164[:-2]}{drawn[1]:02}"
    )

    @settings(deadline=None)
    @given(
        subscribers,
        st.sampled_from(["e164", "formatted", "national"]),
        st.sampled_from(["", "tel: ", "W ", "+1 212 555 0100 / ", "+44 20 7946 0958 ext 7 & ", "9, "]),
        st.sampled_from(["", " ext 12", "*12", " (home)", ",,1#", " / +1 212 555 0100", "; 020 7946 0958"]),
        st.integers(1, 2),
    )
    def check(number: str, form: str, before: str, after: str, place: int) -> None:
        sought = phone.parse(number)
        text = str(getattr(sought, form))
        reached[form] += 1
        reached["among others"] += "/" in before + after
        reached["extension"] += after in {" ext 12", "*12", ",,1#"}
        assert phone.carries(f"{before}{text}{after}", sought)
        if text[-place].isdigit():
            reached["neighbour"] += 1
            assert not phone.carries(f"{before}{changed(text, place)}{after}", sought)

    check()
    assert min(reached.values()) > 5, reached
