"""The index of all contacts finds whom the CRM's own search finds, by the same rules."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, cast

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberFormat
from platforms import CRMS, needs
from workbench_steps import sandbox_of, signed_in

from appconnect import phone
from appconnect.batch.index import ContactIndex
from appconnect.directory import ContactEntry
from appconnect.errors import UnusableNumber
from appconnect.sandbox.cast import CastMember
from appconnect.workbench import Workbench

if TYPE_CHECKING:
    from appconnect.connectors.insightly.sandbox import InsightlySandbox

REGIONS = ("US", "GB", "DE", "FR", "MX", "AR", "BR", "IT", "AU", "JP")
PLAIN = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL)
"""The spellings that every CRM's search finds, also one that compares letter by letter."""
APART = {"redtail": PLAIN[1:]}
"""Where the country code is a field of its own, which the sandbox splits off at the first space."""


def numbers(chance: random.Random, count: int) -> list[phonenumbers.PhoneNumber]:
    """Valid numbers, alike in their last digits more often than chance would have it."""
    found = []
    while len(found) < count:
        example = phonenumbers.example_number_for_type(
            chance.choice(REGIONS),
            chance.choice([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE]),
        )
        national = phonenumbers.national_significant_number(example)
        ending = chance.choice(("0142", "0143", f"{chance.randrange(10_000):04}"))
        text = f"+{example.country_code}{national[:-4]}{ending}"
        number = phonenumbers.parse(text)
        if phonenumbers.is_valid_number(number):
            found.append(number)
    return found


def spelled(crm: str, number: phonenumbers.PhoneNumber, chance: random.Random, *, oddly: bool) -> str:
    if not oddly:
        return phonenumbers.format_number(number, chance.choice(APART.get(crm, PLAIN)))
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    full = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    code, _, rest = full.partition(" ")
    return chance.choice(
        [national, f"{code} {rest.replace(' ', '.')}", f"{full} ext. 12", f"{full} (home)", f"{full}, {national}", f"00{full[1:]}"]
    )  # fmt: skip


async def peopled(
    crm: str, chance: random.Random, *, oddly: bool
) -> tuple[Workbench, list[phone.PhoneNumber]]:
    """A workbench whose CRM holds some people more, and the numbers to look for: theirs and near ones."""
    workbench = await signed_in(crm)
    known = numbers(chance, 12)
    for place, number in enumerate([*known, *known[:3]]):  # some of which two people share
        person = CastMember(
            "Ida", f"Probe{place}", spelled(crm, number, chance, oddly=oddly), f"{place}@probe.example", ""
        )
        sandbox_of(workbench).add_person(person)
    return workbench, [phone.PhoneNumber.of(each) for each in [*known, *numbers(chance, 6)]]


async def index_of(workbench: Workbench) -> ContactIndex:
    directory = workbench.connector.directory()
    assert directory is not None
    return ContactIndex([entry async for entry in directory.contacts()])


Found = dict[tuple[str, str], tuple[str, str]]


async def both_ways(
    workbench: Workbench, index: ContactIndex, number: phone.PhoneNumber
) -> tuple[Found, Found]:
    """Whom the search finds and whom the index does: type and id, with name and phone."""
    searched = await workbench.connector.find_contact(number)
    ways = (searched, index.find(number))
    first, second = ({(each.type, each.id): (each.name, each.phone) for each in way} for way in ways)
    return first, second


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("crm", CRMS)
async def test_index_and_search_find_the_same_people(crm: str, seed: int) -> None:
    workbench, sought = await peopled(crm, random.Random(seed), oddly=False)
    index, hits = await index_of(workbench), 0
    for number in sought:
        searched, indexed = await both_ways(workbench, index, number)
        assert searched == indexed
        hits += len(indexed)
    assert hits >= 15


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("crm", CRMS)
async def test_of_numbers_that_are_spelled_oddly_the_index_misses_none_that_the_search_finds(
    crm: str, seed: int
) -> None:
    """It may find more: where a search compares letter by letter, an odd spelling is not asked for."""
    workbench, sought = await peopled(crm, random.Random(seed), oddly=True)
    index = await index_of(workbench)
    for number in sought:
        searched, indexed = await both_ways(workbench, index, number)
        assert searched.items() <= indexed.items()
        assert all(phone.carries(stored, number) for _, stored in indexed.values())


@pytest.mark.parametrize("crm", CRMS)
async def test_index_and_search_find_the_same_of_the_people_that_are_there(crm: str) -> None:
    """Among them converted leads, archived and deleted records, shared numbers and several in a field."""
    workbench = await signed_in(crm)
    index = await index_of(workbench)
    directory = workbench.connector.directory()
    assert directory is not None
    stored = {text async for entry in directory.contacts() for text in entry.phones}
    for text in sorted(stored):
        try:
            number = phone.parse(text)
        except UnusableNumber:
            continue
        searched, indexed = await both_ways(workbench, index, number)
        assert searched.items() <= indexed.items()
        assert text in {phone for _, phone in indexed.values()} or len(indexed) > 0


@needs("insightly")  # whose leads stay when they become contacts
async def test_a_contact_is_found_by_the_numbers_of_the_lead_that_it_was() -> None:
    workbench = await signed_in("insightly")
    records = cast("InsightlySandbox", sandbox_of(workbench)).database.records
    [omar] = [row for row in records["Lead"].values() if row["CONVERTED_CONTACT_ID"] == 3102]
    records["Lead"].change(int(str(omar["LEAD_ID"])), {"PHONE": "+13035550147"})
    index = await index_of(workbench)
    searched, indexed = await both_ways(workbench, index, phone.parse("+13035550147"))
    assert ("Contact", "3102") in indexed
    assert searched == indexed


@pytest.mark.parametrize("crm", CRMS)
async def test_the_count_is_never_less_than_there_are(crm: str) -> None:
    workbench, _ = await peopled(crm, random.Random(0), oddly=False)
    directory = workbench.connector.directory()
    assert directory is not None
    assert await directory.count() >= len(await index_of(workbench)) > 15


@given(
    text=st.text(alphabet="+0123456789 ()./-,;&xX#extoraABCDEFabc\u0664", max_size=40),
    digits=st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True),
    glue=st.sampled_from(["", " ", "/", ", ", " or "]),
)
def test_what_carries_a_number_has_its_ending(text: str, digits: str, glue: str) -> None:
    number = phone.PhoneNumber.of(phonenumbers.parse(f"+1{digits}"))
    for stored in (
        text,
        f"{text}{glue}{digits}",
        f"+1 {digits}{glue}{text}",
        f"({digits[:3]}) {digits[3:]}{text}",
    ):
        if phone.carries(stored, number):
            assert phone.ending(number) in phone.endings(stored)
            assert ["1"] == [
                each.id for each in ContactIndex([ContactEntry("1", "Ida", (stored,))]).find(number)
            ]


def test_no_number_has_fewer_digits_than_its_ending() -> None:
    kinds = map(PhoneMetadata.metadata_for_region, phonenumbers.SUPPORTED_REGIONS)
    lengths = {length for kind in kinds for length in kind.general_desc.possible_length}
    assert min(lengths) >= phone.ENDING
