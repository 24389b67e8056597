"""What is said of a number: why it cannot be searched, why a text is it or not, to the edges of each reason."""

from __future__ import annotations

import pytest

from appconnect import phone
from appconnect.errors import InternalExtension, UnusableNumber
from appconnect.phone import typed
from appconnect.phone.written import Written

HOME = phone.parse("+14155550142")
FULL = "Use the full number with country code, like +14155550142."
LONG = "x" * 41


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no phone number to search for."),
        (" \t", "There is no phone number to search for."),
        ("anonymous", 'The caller\'s number is withheld ("anonymous"); no contact can be searched for.'),
        ("private caller", 'The caller\'s number is withheld ("private caller"); no contact can be searched for.'),
        ("caller id", '"caller id" has letters in it; type the phone number in digits.'),
        ("sip:101@pbx.example", '"sip:101@pbx.example" is an internet (SIP) address, not a phone number.'),
        ("ada@example.com", '"ada@example.com" is an internet (SIP) address, not a phone number.'),
        ("4155550142 or 2125550100", '"4155550142 or 2125550100" holds several phone numbers; search for one at a time.'),
        ("call me", '"call me" has letters in it; type the phone number in digits.'),
        ("1-800-FLOWERS", '"1-800-FLOWERS" has letters in it; type the phone number in digits: 1-800-3569377.'),
        ("a\x00b\tc ", '"abc" has letters in it; type the phone number in digits.'),
        (LONG, f'"{LONG[:40]}…" has letters in it; type the phone number in digits.'),
        (LONG[:40], f'"{LONG[:40]}" has letters in it; type the phone number in digits.'),
        ("x" * 251, f'"{LONG[:40]}…" is too long for a phone number.'),
        ("x" * 250, f'"{LONG[:40]}…" has letters in it; type the phone number in digits.'),
        ("9" * 60, f'"{"9" * 40}…" is too long for a phone number. {FULL}'),
        ("---", f'"---" is not a phone number. {FULL}'),
        ("+999123456", f'"+999123456" is not a phone number. {FULL}'),
    ],
)  # fmt: skip
def test_why_nothing_can_be_searched_is_one_sentence_that_shows_what_was_typed(
    text: str, sentence: str
) -> None:
    with pytest.raises(UnusableNumber) as caught:
        phone.parse(text)
    assert sentence == caught.value.message


def test_an_extension_of_the_phone_system_is_told_as_one() -> None:
    with pytest.raises(InternalExtension) as caught:
        phone.parse("204", is_extension=True)
    assert '"204" is an internal extension, which no CRM knows.' == caught.value.message


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("+14155550142 ext 5", "5"),
        ("4155550142x12", "12"),
        ("4155550142", ""),
        ("", ""),
        ("4155550142" + " " * 240 + "x5", ""),
    ],
)
def test_what_is_dialled_after_a_number_is_told_apart(text: str, extension: str) -> None:
    assert extension == typed.extension_in(text)


@pytest.mark.parametrize(
    ("text", "region", "assumed"),
    [
        ("4155550142", "US", True),
        ("+14155550142", "US", False),
        ("020 7946 0958", "GB", True),
        ("call me", "US", False),
    ],
)
def test_a_region_is_assumed_only_where_the_number_does_not_tell_it(
    text: str, region: str, assumed: bool
) -> None:
    assert assumed == typed.assumes_region(text, region=region)


@pytest.mark.parametrize(
    ("stored", "carries", "reason"),
    [
        ("+1 415-555-0142", True, "It is the number."),
        ("1-415-555-0142", True, "It is the number, as written within its country."),
        ("011 1 415 555 0142", True, "It is the number, as dialled from abroad."),
        ("1-415-555-01GA", False, None),
        ("14155", False, "It is another number."),
        ("55550142", False, "It lacks 2 digits of the number."),
        ("50142", False, "It lacks 5 digits of the number."),
        ("0142", False, "It is another number."),
        ("+141555501", False, "It lacks 2 digits of the number."),
        ("4155550142", True, "It is the number, as written within its country."),
        ("4155550199", False, "It differs from the number in 2 digits."),
        ("4155550299", False, "It is another number."),
        ("94155550142", False, "The number is only a part of a longer one."),
        ("+49 415 555 0142", False, "It has the same digits, but the code of another country than +1."),
        ("212-867-5309, 212-867-5310, 415-555-0143", False, "It differs from the number in one digit."),
    ],
)  # fmt: skip
def test_a_text_is_explained_by_the_nearest_reason(stored: str, carries: bool, reason: str | None) -> None:
    told = phone.compare(stored, HOME)
    assert carries == told.carries
    assert reason in (None, told.reason)


def test_letters_for_digits_are_the_number_where_they_are_few_enough() -> None:
    number = phone.parse("+18003569377")
    told = phone.compare("call 1-800-FLOWERS", number)
    assert (True, "It is the number, with letters for digits.", "8003569377") == (
        told.carries,
        told.reason,
        told.number,
    )
    assert phone.carries("2125550100, 1-800-FLOWERS", number)
    assert not phone.carries("1-800-FLOWERS" + " " * 28 + "x", number)


@pytest.mark.parametrize(
    ("more", "reason"),
    [(0, "It is the number, as written within its country."), (1, "The text is too long for a phone field.")],
)
def test_a_text_of_a_quarter_of_a_million_letters_is_read_and_no_longer_one(more: int, reason: str) -> None:
    stored = "415-555-0142" + " " * (250_000 - 12 + more)
    assert reason == phone.compare(stored, HOME).reason


@pytest.mark.parametrize(("length", "is_tried"), [(24, True), (25, False)])
def test_so_many_digits_may_be_a_number_and_no_more(length: int, is_tried: bool) -> None:
    figures = "1" * length
    assert ([figures] if is_tried else []) == [each.digits for each in Written(figures).parts("1")]


@pytest.mark.parametrize(("first", "found"), [(24, [24, 7]), (25, [7])])
def test_of_several_numbers_each_may_have_so_many_digits_and_no_more(first: int, found: list[int]) -> None:
    both = Written("1" * (first + 7), cuts=(first,))
    assert found == [len(each.digits) for each in both.parts("1")]
