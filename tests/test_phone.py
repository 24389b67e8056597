"""Phone numbers: what is typed, what is searched for, what counts as a hit."""

import sys
from collections import Counter

import phonenumbers
import pytest
from hypothesis import given, settings
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
        "٤١٥٥٥٥٠١٤٢",
        "۴۱۵ ۵۵۵ ۰۱۴۲",
        "＋１（４１５）５５５－０１４２",
        "+1\u00a0415\u00a0555\u00a00142",
        "\u202a+1 415\u2011555\u20110142\u202c",
        "\u200e(415) 555\u20130142\u200f",
        "++14155550142",
        "(+1) 415 555 0142",
        "+001 415 555 0142",
        "001 415 555 0142",
        "011 1 415 555 0142",
        "0011 1 415 555 0142",
        "+14155550142 ext 5",
        "+14155550142*227",
        "4155550142,,12#",
        "415-555-0142 #134",
        "415-555-0142, Durchwahl 5",
        "415-555-0142 (x12)",
        "+1 (415) 555-0142 (mobile)",
        "mobile: 415-555-0142",
        "Tel. 415-555-0142 ext 12 (work)",
        "415-555-0142/43",
        "tel:+14155550142",
        "tel:+1-415-555-0142;ext=5",
        "TEL:%2B14155550142",
        "callto://+14155550142",
        "sip:+14155550142@example.com",
        "<sip:+1-415-555-0142@example.com;user=phone>",
        '"Nia Holt" <sips:%2B14155550142@example.com>',
    ],
)
def test_the_same_number_in_many_spellings(text):
    assert phone.parse(text) == HOME


@pytest.mark.parametrize(
    "text", [" 447700900123", "447700900123", "011 44 7700 900123", "+44 (0)7700 900123"]
)
def test_a_foreign_number_that_lost_its_plus_is_mended(text):
    assert phone.parse(text).e164 == "+447700900123"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("+5215512345678", "+525512345678"),
        ("+52 (1) 55 1234 5678", "+525512345678"),
        ("5215512345678", "+525512345678"),
        ("0052 1 55 1234 5678", "+525512345678"),
        ("+52 044 55 1234 5678", "+525512345678"),
        ("+54 9 11 15 2345 6789", "+5491123456789"),
        ("+54 9 011 15-2345-6789", "+5491123456789"),
        ("+54 (011) 15-2345-6789", "+5491123456789"),
        ("+54 11 2345 6789", "+541123456789"),
        ("+55 (11) 8123-4567", "+5511981234567"),
        ("+55 0xx11 91234-5678", "+5511912345678"),
        ("+55 0 15 11 91234-5678", "+5511912345678"),
        ("+39 6 698 12345", "+390669812345"),
        ("+57 1 234 5678", "+576012345678"),
        ("+229 97 12 34 56", "+2290197123456"),
        ("+225 07 12 34 56", "+2250707123456"),
        ("0044 20 7946 0958", "+442079460958"),
        ("0011 44 20 7946 0958", "+442079460958"),
        ("010 44 20 7946 0958", "+442079460958"),
        ("001 65 6123 4567", "+6561234567"),
        ("8~10 7 495 123 45 67", "+74951234567"),
    ],
)
def test_a_number_in_its_country_s_habit_is_the_number_of_today(text, meant):
    assert meant == phone.parse(text).e164


@pytest.mark.parametrize(
    ("text", "region", "meant"),
    [
        ("01 55 1234 5678", "MX", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("045 55 1234 5678", "MX", "+525512345678"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("(11) 8123-4567", "BR", "+5511981234567"),
        ("0 21 11 91234-5678", "BR", "+5511912345678"),
        ("0011 1 415 555 0142", "AU", "+14155550142"),
        ("010 1 415 555 0142", "JP", "+14155550142"),
        ("001 1 415 555 0142", "SG", "+14155550142"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("06 1 234 5678", "HU", "+3612345678"),
        ("1 551 234 5678", "US", "+15512345678"),
    ],
)
def test_the_habits_of_the_own_country(text, region, meant):
    assert meant == phone.parse(text, region=region).e164


def test_with_a_plus_it_is_a_number_even_if_nobody_can_have_it():
    assert "+15551234567" == phone.parse("+1 555 123 4567 (mobile)").e164
    assert phone.is_name("555 123 4567 Main Street")


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
        ("<Unknown>", "withheld"),
        ("sip:anonymous@anonymous.invalid", "withheld"),
        ("sip:101@pbx.example", "SIP"),
        ("415-555-0142 / 212-555-0100", "several"),
        ("4155550142 or 2125550100", "several"),
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


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("204", "is too short for a phone number"),
        ("415-555-01421234567", "is too long for a phone number"),
        ("555-0142", "lacks the area code"),
        ("+49 3", "is not a phone number"),
    ],
)
def test_the_refusal_of_a_number_names_it_its_fault_and_what_to_do(text, fault):
    with pytest.raises(UnusableNumber) as caught:
        phone.parse(text)
    advice = "Use the full number with country code, like +14155550142."
    assert f'"{text}" {fault}. {advice}' == caught.value.message


def test_letters_that_stand_for_digits_are_named_in_digits():
    with pytest.raises(UnusableNumber, match=r"type the phone number in digits: 1-800-3569377\.$"):
        phone.parse("1-800-FLOWERS")


@pytest.mark.parametrize(
    "text",
    [
        "+14155550142 ext 5",
        "tel:+14155550142",
        "mobile: +1 415 555 0142",
        "0044 20 7946 0958",
        "anonymous",
        "Restricted",
        "sip:+14155550142@example.com",
        "sip:101@pbx.example",
        "204",
        "+1 415",
        "4155550142 or 2125550100",
        "",
    ],
)
def test_what_is_no_name_is_searched_as_a_number_or_refused_as_one(text):
    assert not phone.is_name(text)


@pytest.mark.parametrize(
    "text",
    ["Nia", "Nia 2", "Studio 54", "7-Eleven", "O’Neil", "1-800-FLOWERS", "Zoë x", "Юлия", "Private Bank"],
)
def test_words_are_a_name(text):
    assert phone.is_name(text)


@pytest.mark.parametrize("text", ["4155550142", "204", "(415) 555-0142", "\u200e14155550142", "00 415"])
def test_digits_alone_lack_the_country_code(text):
    assert phone.lacks_country_code(text)


@pytest.mark.parametrize(
    "text",
    ["+14155550142", " 14155550142", "＋14155550142", "0044 20 7946 0958", "011 44 20 7946 0958", "Nia", ""],
)
def test_a_plus_an_international_prefix_or_words_are_more_than_digits(text):
    assert not phone.lacks_country_code(text)


def test_any_text_gives_a_number_or_one_short_sentence():
    reached = Counter()
    spelled = st.tuples(
        st.sampled_from(["", "+", " ", "tel:", "mobile: ", "00", "x"]),
        NUMBERS.map(lambda number: number[1:]),
        st.sampled_from(["", " ext 5", "*227", " (home)", ";ext=9", "/", "\u202c"]),
        st.text(max_size=3),
    ).map("".join)

    @settings(deadline=None)
    @given(st.one_of(st.text(max_size=300), spelled))
    def check(text):
        try:
            number = phone.parse(text)
        except InputError as refusal:
            reached["refused"] += 1
            assert len(refusal.message) < 200
            assert refusal.message.isprintable()
        else:
            reached["read"] += 1
            assert not phone.is_name(text)
            assert number.national.isdigit()
            assert number.e164 == f"+{number.country_code}{number.national}"

    check()
    assert min(reached["refused"], reached["read"]) > 10


@settings(deadline=None)
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


@settings(deadline=None)
@given(NUMBERS, st.text(alphabet="*#0123456789()-. +,aé١'\"%&:~\\", max_size=60))
def test_forms_hold_the_number_and_nothing_but_phone_punctuation(e164, template):
    number = phone.parse(e164)
    for form in phone.search_forms(number, template):
        assert set(form) <= set("0123456789()-. +/")
        assert len(phone.digits(form)) >= len(number.national)


# -- habits in searches --


def test_an_ordinary_number_is_searched_by_its_national_digits_alone():
    assert ["4155550142"] == HOME.nationals
    assert [] == HOME.habits


@pytest.mark.parametrize(
    ("number", "nationals", "formatted"),
    [
        ("+525512345678", ["5512345678"], ["+52 1 55 1234 5678"]),
        ("+5491123456789", ["91123456789", "1123456789"], ["+54 11 2345-6789"]),
        ("+541123456789", ["1123456789"], ["+54 9 11 2345-6789"]),
        ("+5511981234567", ["11981234567", "1181234567"], ["+55 11 8123-4567"]),
        ("+576012345678", ["6012345678", "12345678"], ["+57 1 2345678"]),
        ("+2290197123456", ["0197123456", "97123456"], ["+229 97 12 34 56"]),
        ("+548001234567", ["8001234567"], []),
        ("+5511941234567", ["11941234567"], []),
    ],
)
def test_a_number_with_a_habit_is_also_searched_in_it(number, nationals, formatted):
    sought = phone.parse(number)
    assert nationals == sought.nationals
    assert formatted == [each.formatted for each in sought.habits]
    assert all(phone.carries(each.formatted, sought) for each in sought.habits)


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("+14155550142", ["4155550142", "14155550142"]),
        ("+447700900123", ["7700900123", "447700900123", "07700900123"]),
        (
            "+525512345678",
            ["5512345678", "525512345678", "015512345678", "0445512345678", "0455512345678", "5215512345678"],
        ),
        (
            "+5491123456789",
            ["91123456789", "5491123456789", "091123456789", "1123456789", "541123456789", "0111523456789"],
        ),
    ],
)
def test_the_digits_that_a_number_is_written_with(number, digits):
    assert digits == phone.parse(number).written_digits


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
        "212-555-0100, #4155550142",
        "４１５-５５５-０１４２",
        "٤١٥ ٥٥٥ ٠١٤٢",
        "\u202a+1\u00a0(415)\u00a0555\u20110142\u202c",
        "415·555·0142",
        "4\ufe0f\u20e31\ufe0f\u20e35\ufe0f\u20e3 555 0142",
        "415/555-0142",
        "Tel.: 415-555-0142",
        "W 415-555-0142",
        "W415-555-0142",
        "9, 1 415 555 0142",
        "+ 1 415 555 0142",
        "(+1) 415 555 0142",
        "0011 1 415 555 0142",
        "010 1 415 555 0142",
        "001 1 415 555 0142",
        "8~10 1 415 555 0142",
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
        "12 415 555 0142",
        "415 555 0142 12",
        "415-555-0142-204",
        "4155550142.0",
        "99.4155550142",
        "99_4155550142",
        "99x4155550142",
        "99*4155550142",
        "0211/4155550142",
        "0044 4155550142",
        "+1 415 555 01420",
        "+44 20 7946 0958 ext. 4155550142",
        "1-800-555-0142",
    ],
)
def test_look_alikes_do_not_carry_it(stored):
    assert not phone.carries(stored, HOME)


@pytest.mark.parametrize(
    "stored", ["07700 900123", "+44 (0) 7700 900123", "44 077-00900123", "0044 7700 900123"]
)
def test_trunk_prefixes_are_tolerated(stored):
    assert phone.carries(stored, phone.parse("+447700900123"))


EXTENSIONS = [
    *(
        "x12",
        " x12",
        " x 12",
        " ext 12",
        "ext12",
        " ext. 12",
        " Ext: 12",
        ", ext 12",
        " EXTENSION 12",
        " extn.12",
    ),
    *(
        " (x12)",
        " (ext. 12)",
        " [x12]",
        " #12",
        "#12",
        "*12",
        " *12",
        ",,12#",
        ",12",
        ";12",
        ";ext=12",
        "p12",
        "w12",
    ),
    *(
        " ext 12 (work)",
        " x12 home",
        " Durchwahl 12",
        " Durchwahl: -12",
        " DW 12",
        "/Nebenstelle 12",
        " Klappe 12",
    ),
    *(
        " ramal 12",
        " Ramal: 12",
        " poste 12",
        ", poste 12",
        " interno 12",
        " int. 12",
        " anexo 12",
        " extensión 12",
    ),
    *(
        " toestel 12",
        " anknytning 12",
        " wewn. 12",
        " klapka 12",
        " dahili 12",
        " доб. 12",
        " вн. 12",
        " 内線12",
    ),
    *(" 分机 12", " 转12", " 내선 12", " שלוחה 12", " option 2", "-12#", " - 12#"),
]


@pytest.mark.parametrize("beside", ["8123 4567", "8123-4567"])
def test_two_numbers_of_eight_digits_are_too_many_for_one(beside):
    stored = f"9123 4567 {beside}"
    assert [True, True] == [
        phone.carries(stored, phone.parse(each)) for each in ("+6591234567", "+6581234567")
    ]
    assert not phone.carries(stored.replace(" 8123", " 812"), phone.parse("+6581234567"))


WORDS = """
    ext exts extn exten extension xt xtn internal int option opt extensión anexo interno ramal rml extensão poste
    durchwahl dw nebenstelle nst klappe kl apparat toestel tst doorkiesnummer anknytning ankn lokalnummer lokal
    alanumero wewnętrzny wewn wew klapka linka mellék dahili εσωτερικό εσωτ добавочный доб внутренний внутр вн
    додатковий дод שלוחה تحويلة داخلي ต่อ 內線 内線 分機 分机 转 轉 내선 구내
"""


@pytest.mark.parametrize("word", WORDS.split())
def test_what_stands_before_an_extension_in_many_languages_makes_it_no_number_of_its_own(word):
    written = f"415-555-0142 {word} 4155550199"
    assert phone.carries(written, HOME)
    assert not phone.carries(written, phone.parse("+14155550199"))
    assert phone.carries(written.replace(word, f"{word}q"), phone.parse("+14155550199"))


@pytest.mark.parametrize("number", ["415-555-0142", "+1 415 555 0142", "(415) 555-0142"])
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_extension_in_any_spelling_is_passed_over(number, extension):
    assert phone.carries(number + extension, HOME)
    assert not phone.carries(f"{number[:-1]}3{extension}", HOME)
    assert not phone.carries(f"{number[:-2]}{extension}", HOME)


@pytest.mark.parametrize(
    ("stored", "extension"),
    [
        ("415-555-0142", ""),
        ("+14155550142*227", "227"),
        ("415-555-0142 ext. 204 (work)", "204"),
        ("415-555-0142,,001#", "001"),
        ("212-555-0100 x1 / 415-555-0142 x302/x2303", "302"),
        ("415-555-0142 Durchwahl -12", "12"),
        ("415-555-0142 mellek 12", "12"),
        ("415-555-0142 extensio\u0301n 12", "12"),
    ],
)
def test_the_extension_of_the_number_is_told(stored, extension):
    assert extension == phone.compare(stored, HOME).extension


@pytest.mark.parametrize(
    "between",
    [
        "/",
        " / ",
        " & ",
        " or ",
        " oder ",
        "\t",
        ", ",
        ",",
        ";",
        "; ",
        "|",
        "\n",
        "\r\n",
        " and ",
        "  ",
        " ",
        " - ",
        " • ",
    ],
)
@pytest.mark.parametrize(
    "other", ["212-555-0100", "+1 212 555 0100", "(212) 555-0100 x12", "Fax: 212-555-0100 ext 1"]
)
@pytest.mark.parametrize(
    "number", ["415-555-0142", "+1 415 555 0142", "415.555.0142 x7", "mobile: (415) 555-0142"]
)
def test_every_one_of_several_numbers_counts(between, other, number):
    assert phone.carries(f"{number}{between}{other}", HOME)
    assert phone.carries(f"{other}{between}{number}", HOME)
    assert phone.carries(f"{other}{between}{other}{between}{number}{between}{other}", HOME)
    assert not phone.carries(f"{other}{between}{number}", phone.parse("+12125550142"))


@pytest.mark.parametrize("stored", ["415-555-0142/43", "415-555-0142 / 3", "415 555 0142/0143/0144"])
def test_another_ending_does_not_make_it_another_number(stored):
    assert phone.carries(stored, HOME)


@pytest.mark.parametrize(
    ("stored", "number"),
    [
        ("00 49 170 32 12 34 56", "+4532123456"),
        ("0049 170/1234567", "+3541234567"),
        ("0211/4155550142", "+14155550142"),
        ("030 123456-78", "+4930123456"),
        ("6123 456 6234 5678", "+6562345678"),
    ],
)
def test_the_parts_of_one_number_are_no_numbers(stored, number):
    assert not phone.carries(stored, phone.parse(number))


@pytest.mark.parametrize(
    ("stored", "number"),
    [
        ("030 123456/030 654321", "+4930654321"),
        ("030 123456/030 654321", "+4930123456"),
        ("0172/1234567", "+491721234567"),
        ("+45 32 12 34 56/32 12 34 57", "+4532123457"),
        ("01 23 45 67 89 06 12 34 56 78", "+33612345678"),
        ("6123 4567 / 6234 5678", "+6562345678"),
        ("6123 4567 6234 5678", "+6562345678"),
        ("6123 4567 6234 5678", "+6561234567"),
    ],
)
def test_numbers_of_other_countries_beside_each_other(stored, number):
    assert phone.carries(stored, phone.parse(number))


MEXICO = [
    *(
        "+52 1 55 1234 5678",
        "+52 (1) 55-1234-5678",
        "52 1 55 1234 5678",
        "01 55 1234 5678",
        "(01 55) 1234-5678",
    ),
    *(
        "044 55 1234 5678",
        "045 55 1234 5678",
        "+52 01 55 1234 5678",
        "+52 044 55 1234 5678",
        "0052 1 55 1234 5678",
    ),
    *("011 52 1 55 1234 5678", "+5215512345678 ext 4"),
]
ARGENTINA = [
    *("+54 9 11 2345 6789", "+54 11 2345 6789", "54 9 11 2345 6789", "11 2345 6789", "011 15-2345-6789"),
    *("(011) 15 2345-6789", "11 15 2345 6789", "+54 11 15 2345 6789", "+54 9 11 15-2345-6789"),
    *("+54 (0)11 15 2345 6789", "+54 9 (011) 15-2345-6789", "0054 9 11 2345 6789", "9 11 2345 6789"),
]
BRAZIL = [
    *("(11) 98123-4567", "011 98123-4567", "0xx11 98123-4567", "(0XX11) 98123-4567", "0 (xx) 11 98123-4567"),
    *("0 15 11 98123-4567", "+55 0 21 11 98123-4567", "+55 (0xx11) 98123-4567", "0055 11 98123-4567"),
    *("(11) 8123-4567", "+55 11 8123-4567", "0xx11 8123-4567", "0 15 11 8123-4567"),
]


@pytest.mark.parametrize(
    ("stored", "number"),
    [
        *((stored, "+525512345678") for stored in MEXICO),
        *((stored, "+5215512345678") for stored in MEXICO),
        *((stored, "+5491123456789") for stored in ARGENTINA),
        *((stored, "+541123456789") for stored in ARGENTINA),
        ("011 2345-6789", "+541123456789"),
        *((stored, "+5511981234567") for stored in BRAZIL),
        *((stored, "+551181234567") for stored in BRAZIL),
        ("+39 6 698 12345", "+390669812345"),
        ("06 698 12345", "+390669812345"),
        ("+39 (0)6 698 12345", "+390669812345"),
        ("0039 06 69812345", "+390669812345"),
        ("8 (495) 123-45-67", "+74951234567"),
        ("7 495 123 45 67", "+74951234567"),
        ("+7 (8) 495 1234567", "+74951234567"),
        ("(06-1) 234-5678", "+3612345678"),
        ("+36 (06) 1 234 5678", "+3612345678"),
        ("8 612 34567", "+37061234567"),
        ("8 0 152 450911", "+375152450911"),
        ("17951 138 0013 8000", "+8613800138000"),
        ("0 138 0013 8000", "+8613800138000"),
        ("03 310 1234567", "+573101234567"),
        ("03 1 2345678", "+576012345678"),
        ("+57 1 234 5678", "+576012345678"),
        ("(1) 234 5678", "+576012345678"),
        ("+229 97 12 34 56", "+2290197123456"),
        ("+225 07 12 34 56", "+2250707123456"),
        ("+378 886377", "+3780549886377"),
        ("1-800-FLOWERS", "+18003569377"),
        ("Call 1-800-Flowers, or write", "+18003569377"),
    ],
)
def test_a_number_stored_in_its_country_s_habit_is_carried(stored, number):
    assert phone.carries(stored, phone.parse(number))


@pytest.mark.parametrize(
    ("stored", "number"),
    [
        ("1 551 234 5678", "+525512345678"),  # New Jersey
        ("+52 2 55 1234 5678", "+525512345678"),
        ("046 55 1234 5678", "+525512345678"),
        ("+52 1 55 1234 5679", "+525512345678"),
        ("+54 8 11 2345 6789", "+541123456789"),
        ("+54 9 9 11 2345 6789", "+5491123456789"),
        ("011 2345-6789", "+5491123456789"),  # dialled with 0, a fixed line
        ("90 11 2345 6789", "+541123456789"),  # Turkey without its plus
        ("90 1123456789", "+551123456789"),
        ("(11) 4123-4567", "+5511941234567"),  # a fixed line
        ("(11) 7812-3456", "+5511978123456"),  # Nextel's numbers kept eight digits
        ("6 698 12345", "+390669812345"),
        ("+39 35 1234567", "+390351234567"),  # a valid mobile number
        ("+39 0333 1234567", "+393331234567"),
        ("886377", "+3780549886377"),
        ("235-1234", "+18682351234"),
        ("+225 08 12 34 56", "+2250108123456"),
        ("1-800-FLOWERT", "+18003569377"),
        ("0091 2015550123", "+12015550123"),  # an Indian number, not Nigeria's 009
    ],
)
def test_what_only_looks_like_a_habit_is_not_carried(stored, number):
    assert not phone.carries(stored, phone.parse(number))


def test_a_full_number_carries_itself_only():
    reached = Counter()

    @settings(deadline=None)
    @given(NUMBERS, NUMBERS, st.integers(1, 14), st.integers(0, 9))
    def check(one, other, place, digit):
        near = f"{one[:place]}{digit}{one[place + 1 :]}" if place < len(one) else one
        assert phone.carries(one, phone.parse(one))
        for stored in (near, other):
            reached["same" if stored == one else "near" if stored is near else "other"] += 1
            assert (stored == one) == phone.carries(stored, phone.parse(one))

    check()
    assert min(reached["near"], reached["other"]) > 30, reached


@settings(deadline=None)
@given(NUMBERS, st.integers(0, 9_999_999))
def test_extensions_do_not_matter(e164, extension):
    assert phone.carries(f"{e164} x{extension}", phone.parse(e164))


@pytest.mark.parametrize("stored", ["x" + " " * 2_000_000 + "1", "ext " * 500_000, "1," * 1_000_000])
def test_endless_stored_text_carries_nothing(stored):
    assert "The text is too long for a phone field." == phone.compare(stored, HOME).reason


def steps(stored):
    """How many functions are called to compare the text; the pattern itself never steps back."""
    count = 0

    def step(frame, event, argument):
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(step)
    try:
        assert not phone.carries(stored, HOME)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "1,",
        "1/",
        "1#",
        "1x",
        "+1 ",
        "(1)",
        "ext ",
        "1 ext. ",
        " ",
        "5550142 ",
        "2125550142,",
        "1800abc,",
        "1800-abc-",
        "1234567 0142 ",
        "12345670142 ",
        "1     ",
        "0xx",
        "\u0315\u0300",
        "４",
        "\ufdfa",
    ],
)
def test_the_time_grows_with_the_length_of_the_text_only(piece):
    short, long = (steps(piece * (size // len(piece))) for size in (1_000, 4_000))
    assert long <= 4.4 * short + 100


def test_a_number_at_the_end_of_a_long_text_is_found():
    assert phone.carries("call 212-555-0100 " * 5_000 + "or 415-555-0142", HOME)


# -- reasons --


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ("+1 415-555-0142", "It is the number."),
        ("(415) 555-0142 x7", "It is the number, as written within its country."),
        ("0014155550142", "It is the number, as dialled from abroad."),
    ],
)
def test_why_a_text_carries_the_number(stored, reason):
    told = phone.compare(stored, HOME)
    assert (True, reason) == (told.carries, told.reason)


@pytest.mark.parametrize(
    ("stored", "likelier", "other"),
    [
        ("0012484217123", "+12484217123", "+2484217123"),
        ("0013212345678", "+13212345678", "+3212345678"),
        ("0016802771234", "+16802771234", "+6802771234"),
    ],
)
def test_digits_that_can_be_dialled_in_two_ways_are_the_likelier_number_only(stored, likelier, other):
    """After 00 there may be a number of North America, after 001 one of another country."""
    assert [True, False] == [phone.carries(stored, phone.parse(each)) for each in (likelier, other)]


def test_digits_with_the_country_code_and_no_plus_are_told_apart():
    told = phone.compare("44 7700 900123", phone.parse("+447700900123"))
    assert 'It is the number, without "+".' == told.reason
    assert "447700900123" == told.number


@pytest.mark.parametrize(
    ("stored", "reason", "number"),
    [
        ("", "There is no phone number in it.", ""),
        ("none", "There is no phone number in it.", ""),
        ("555-0142", "It lacks 3 digits of the number.", "5550142"),
        ("415-555-014", "It lacks one digit of the number.", "415555014"),
        ("415-555-0143", "It differs from the number in one digit.", "4155550143"),
        ("+1 415-555-0153", "It differs from the number in 2 digits.", "+14155550153"),
        ("4155550142204", "The number is only a part of a longer one.", "4155550142204"),
        (
            "+44 4155550142",
            "It has the same digits, but the code of another country than +1.",
            "+444155550142",
        ),
        ("212-867-5309", "It is another number.", "2128675309"),
        (
            "fax 212-867-5309, office 415-555-0143 x9",
            "It differs from the number in one digit.",
            "4155550143",
        ),
    ],
)
def test_why_a_text_does_not_carry_the_number(stored, reason, number):
    told = phone.compare(stored, HOME)
    assert (False, reason, number) == (told.carries, told.reason, told.number)
    assert stored == told.stored


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_reason_is_one_sentence_without_foreign_text(stored):
    told = phone.compare(stored, HOME)
    assert told.reason.endswith(".")
    assert told.reason.isascii() and told.reason.isprintable()
    assert set(told.number + told.extension) <= set("+0123456789")


def test_of_several_phones_the_nearest_is_explained():
    told = phone.nearest(["212-867-5309", "415-555-0143", "none"], HOME)
    assert told is not None
    assert ("415-555-0143", False) == (told.stored, told.carries)
    found = phone.nearest(["415-555-0143", "415-555-0142", "+1 415 555 0142"], HOME)
    assert found is not None
    assert ("+1 415 555 0142", True) == (found.stored, found.carries)
    assert phone.nearest([], HOME) is None


# -- the best of several phones --


def test_the_best_carrier_is_the_full_number():
    assert "+1 415 555 0142" == phone.best_carrier(["555-0142", "415-555-0142", "+1 415 555 0142"], HOME)
    assert "415-555-0142" == phone.best_carrier(["555-0142", "415-555-0142"], HOME)


def test_no_carrier_is_none():
    assert phone.best_carrier(["555-0142", ""], HOME) is None
