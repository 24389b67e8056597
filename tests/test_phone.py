"""Phone numbers: what is typed, what is searched for, what counts as a hit."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect import phone
from appconnect.errors import InputError, InternalExtension, UnusableNumber

EXAMPLES = [
    phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
]
NUMBERS = st.sampled_from(
    [phonenumbers.format_number(each, phonenumbers.PhoneNumberFormat.E164) for each in EXAMPLES if each]
)
HOME = phone.parse("+14155550142")


def test_a_number_is_known_by_all_its_forms():
    assert (
        phone.PhoneNumber(
            e164="+14155550142",
            national="4155550142",
            country_code="1",
            region="US",
            formatted="+1 415-555-0142",
        )
        == HOME
    )


@pytest.mark.parametrize(
    "text",
    [
        "4155550142",
        "14155550142",
        " 14155550142",
        " 1 415 555 0142",
        " +14155550142 ",
        "(415) 555-0142",
        "415.555.0142",
        "tel:+1-415-555-0142",
        "+1 415 555 0142 x204",
        "+14155550142;ext=204",
        "(415) 555-0142 ext. 204",
        "４１５５５５０１４２",
    ],
)
def test_the_same_number_in_many_spellings(text):
    assert phone.parse(text) == HOME


@pytest.mark.parametrize(
    "text", [" 447700900123", "447700900123", "011 44 7700 900123", "+44 (0)7700 900123"]
)
def test_a_foreign_number_that_lost_its_plus_is_mended(text):
    assert phone.parse(text).e164 == "+447700900123"


def test_a_leading_space_does_not_make_a_home_number_foreign():
    assert phone.parse(" 4155550142").e164 == "+14155550142"


def test_the_region_is_the_country_of_numbers_without_plus():
    assert phone.parse("020 7946 0958", region="GB").e164 == "+442079460958"


def test_leading_zeros_of_italian_numbers_belong_to_the_number():
    assert phone.parse("+39 06 698 12345").national == "0669812345"


def test_an_extension_is_not_a_number():
    with pytest.raises(InternalExtension, match='"204" is an internal extension'):
        phone.parse("204", is_extension=True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no phone number"),
        ("  \t", "no phone number"),
        ("anonymous", "withheld"),
        ("Restricted", "withheld"),
        ("No Caller ID", "withheld"),
        ("sip:ada@example.com", "SIP"),
        ("ada@example.com", "SIP"),
        ("1-800-FLOWERS", "letters"),
        ("call me", "letters"),
        ("204", "too short"),
        ("+1415555", "too short"),
        ("5550142", "too short|area code"),
        ("41555501421234567", "too long"),
        ("+999123456", "not a phone number"),
        ("---", "not a phone number"),
        ("9" * 10_000, "too long"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_the_reason(text, why):
    with pytest.raises(UnusableNumber, match=why):
        phone.parse(text)


@given(st.text(max_size=300))
def test_any_text_gives_a_number_or_one_short_sentence(text):
    try:
        number = phone.parse(text)
    except InputError as refusal:
        assert len(refusal.message) < 200
        assert refusal.message.isprintable()
    else:
        assert number.national.isdigit()
        assert number.e164 == f"+{number.country_code}{number.national}"


@given(NUMBERS)
def test_every_country_s_number_reads_back_from_its_forms(e164):
    number = phone.parse(e164)
    assert e164 == number.e164
    assert number == phone.parse(number.formatted)
    assert number == phone.parse(f" {e164[1:]}")


def test_a_number_of_no_country_is_searched_and_found_as_well():
    number = phone.parse("+80012345678")
    assert ("", "12345678") == (number.region, number.national)
    assert phone.carries("+800 1234 5678", number)


# -- search forms --


def test_without_a_format_the_national_number_is_searched():
    assert ["4155550142"] == phone.search_forms(HOME)


def test_each_place_of_a_template_takes_one_digit():
    forms = phone.search_forms(HOME, "(***) ***-****, ###-###-####,+1 *** *** ****")
    assert ["(415) 555-0142", "415-555-0142", "+1 415 555 0142"] == forms


@pytest.mark.parametrize(
    "template", ["***-****", "***********", "no places", ",", "*" * 10 + " OR 1=1", '"**********"']
)
def test_a_template_that_does_not_fit_falls_back_to_the_national_number(template):
    assert ["4155550142"] == phone.search_forms(HOME, template)


def test_a_template_that_does_not_fit_leaves_the_others_alone():
    assert ["415-555-0142"] == phone.search_forms(HOME, "**-**,***-***-****,***-***-****")


@given(NUMBERS, st.text(alphabet="*#0123456789()-. +,aé١'\"%&:~\\", max_size=60))
def test_forms_hold_the_number_and_nothing_but_phone_punctuation(e164, template):
    number = phone.parse(e164)
    for form in phone.search_forms(number, template):
        assert set(form) <= set("0123456789()-. +/")
        assert len(phone.digits(form)) >= len(number.national)


# -- hits --


@pytest.mark.parametrize(
    "stored",
    [
        "+14155550142",
        "4155550142",
        "1 415.555-0142",
        "(415) 555-0142",
        "0014155550142",
        "011 1 415 555 0142",
        "415-555-0142 x204",
        "415-555-0142 ext. 204",
        "+1 415 555 0142, ext 204",
        "415-555-0142 (office)",
        "home 212-555-0100; mobile 415-555-0142",
        "４１５-５５５-０１４２",
    ],
)
def test_a_stored_phone_carries_the_number_in_any_punctuation(stored):
    assert phone.carries(stored, HOME)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "none",
        "555-0142",
        "44155550142",
        "41555501420",
        "24155550142",
        "+4155550142",
        "+44 4155550142",
        "415-555-0143",
        "415-555-01 x42",
        "999 415 555 0142 999",
    ],
)
def test_look_alikes_do_not_carry_it(stored):
    assert not phone.carries(stored, HOME)


@pytest.mark.parametrize(
    "stored", ["07700 900123", "+44 (0) 7700 900123", "44 077-00900123", "0044 7700 900123"]
)
def test_trunk_prefixes_are_tolerated(stored):
    assert phone.carries(stored, phone.parse("+447700900123"))


@given(NUMBERS, NUMBERS)
def test_a_full_number_carries_itself_only(stored, wanted):
    assert (stored == wanted) == phone.carries(stored, phone.parse(wanted))


@given(NUMBERS, st.integers(0, 9_999_999))
def test_extensions_do_not_matter(e164, extension):
    assert phone.carries(f"{e164} x{extension}", phone.parse(e164))


@pytest.mark.parametrize("stored", ["x" + " " * 2_000_000 + "1", "ext " * 500_000, "1," * 1_000_000])
def test_endless_stored_text_carries_nothing_and_takes_no_time(stored):
    assert not phone.carries(stored, HOME)


def test_the_best_carrier_is_the_full_number():
    assert "+1 415 555 0142" == phone.best_carrier(["555-0142", "415-555-0142", "+1 415 555 0142"], HOME)
    assert "415-555-0142" == phone.best_carrier(["555-0142", "415-555-0142"], HOME)


def test_no_carrier_is_none():
    assert phone.best_carrier(["555-0142", ""], HOME) is None
