"""People planted in every field of every platform's recorded requests and answers are in no live recording."""

from __future__ import annotations

import json
import re
from datetime import date
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platforms import CRMS, OURS
from pydantic import JsonValue

from appconnect.connectors import registry
from appconnect.redaction import Pseudonymizer, RedactionRules
from appconnect.redaction.pseudonyms import is_documentation
from appconnect.replay.cassette import Cassette
from appconnect.replay.people import without_people

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORDINGS = [
    min((FIXTURES / crm).glob("*.json"), key=lambda path: path.stat().st_size) for crm in CRMS if crm in OURS
]
PLANTED = {
    "phone": "+1 415 867 5309",
    "formatted phone": "(415) 867-5309",
    "bare phone": "4158675309",
    "phone of another country": "+351 912 345 678",
    "bare phone of another country": "351912345678",
    "spaced phone": "020 7946 1234",
    "card": "4111 1111 1111 1111",
    "bare card": "378282246310005",
    "IBAN": "DE89 3704 0044 0532 0130 00",
    "bare IBAN": "GB29NWBK60161331926819",
    "social security number": "123-45-6789",
    "personal number": "850730-0033",
    "national id": "85073003328",
    "date of birth": "born 6 May 1961",
    "date of birth in digits": "DOB: 05/06/1961",
    "compact date of birth": "dob 19610506",
    "IPv4": "84.17.3.91",
    "IPv6": "2a02:908:1:2::7",
    "e-mail": "thea.brandt@brandt.example",
    "time zone": "Europe/Lisbon",
}
SPELLINGS = ("{}", "Call {} soon", "x:{};y", "({})")


def planted(value: JsonValue, canary: str) -> JsonValue:
    """Put a canary into every text of a JSON value but those that tell the program how to go on."""
    if isinstance(value, dict):
        return {name: planted(each, canary) for name, each in value.items()}
    if isinstance(value, list):
        return [planted(each, canary) for each in value]
    return canary if isinstance(value, str) else value


def with_canary(cassette: Cassette, canary: str) -> Cassette:
    document = cassette.model_dump(mode="json")
    for exchange in document["exchanges"]:
        for message in (exchange["request"], exchange["response"]):
            message["body"] = planted(message["body"], canary) if message.get("body") else None
        exchange["request"]["query"] = planted(exchange["request"]["query"], canary)
        exchange["response"]["headers"] |= {"link": f"<https://crm.example/{canary}?q={canary}>"}
    for exchange in document["exchanges"]:  # what is not JSON may hold anything
        for message in (exchange["request"], exchange["response"]):
            if message["body"] and "base64" in message["body"]:
                message["body"] = None
    return Cassette.model_validate(document)


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_nobody_is_left_in_any_field(path: Path, kind: str) -> None:
    rules = registry.platform(path.parent.name).redaction
    secret = re.sub(r"(?i)born |dob:? ", "", PLANTED[kind])
    for spelling in SPELLINGS:
        cassette = with_canary(Cassette.load(path), spelling.format(PLANTED[kind]))
        before = json.dumps([each.model_dump(mode="json") for each in cassette.exchanges], ensure_ascii=False)
        made = without_people(cassette.exchanges, Pseudonymizer(rules, b"key"))
        text = json.dumps([each.model_dump(mode="json") for each in made], ensure_ascii=False)
        assert secret in before
        assert secret not in text, (kind, spelling)
        assert re.sub(r"\W", "", secret) not in text


@pytest.mark.parametrize(
    "text",
    [
        "Score 4711 of 10000, 3 minutes 20 seconds, 12:30 to 13:45",
        "Version 1.2.3, $1,234,567.00, 99.95 %, room 101",
        "2026-02-03T10:11:12Z and 2026-02-03 10:11, 03/02/2026, 3 February 2026",
        "b2c8a1d0-1111-4222-8333-444455556666 9f86d081884c7d659a2feaa0c55ad015",
        "Pacific Standard Time, and/or, 24/7, input/output",
        "1_000_000 rows of 12_500_000, report_2026_02_03.pdf, 2026_02_03, field_12345_678, snake_case_12",
        "* 6 May: call again, * May 6, meet on 6 May or 5/6, born in the north, born to run 12 miles",
        "https://ec2.example.com:8080/a, api-v2.example.com, node-12-3.example.com, 1.2.3-beta, room 1-2-3-4",
        "P1DT2H30M0S 20260203T101112Z SHA256WITHRSA ISO8859 01ARZ3NDEKTSV4RRFFQ69G5FAV Q4FY2026",
        "4,155,558,675 rows, 1001,1002,1003,1004 and 12,345,678, versions 4.17.21 and 10.4.1.2.3, 3/12/26",
        "20260203_101112, build 1234567ab, v10.1.2.3, width 12pt, a. 1, b. 2, b. 2019",
    ],
)
def test_what_tells_of_nobody_stays(text: str) -> None:
    assert text == Pseudonymizer(key=b"key").contacts(text)


NOTATIONS = {
    **{"415\u2011867\u20115309": "867", "415–867–5309": "867", "( 415 ) 867 - 5309": "867"},
    **{"+1\t415\t867\t5309": "867", "+44\u00a020\u00a07123\u00a04567": "4567", "415 - 867 - 5309": "867"},
    **{
        "4 1 5 8 6 7 5 3 0 9": "8 6 7",
        "4111  1111  1111  1111": "1111",
        "5500\u20110000\u20110000\u20110004": "5500",
    },
    **{"BE68539007547034": "539", "DE89370400440532013000": "370", "DE89.3704.0044.0532.0130.00": "3704"},
    **{"AE070331234567890123456": "033", "EE382200221020145685": "220", "NL91ABNA0417164300": "ABNA"},
    **{"geb. 6. Mai 1985": "1985", "né le 6 mai 1985": "1985", "nascido em 06/05/1985": "1985"},
    **{
        "6 de mayo de 1961": "1961",
        "1961年5月6日": "1961",
        "dob: May-06-1985": "1985",
        "1. août 1959": "1959",
    },
    **{"3 december 1948": "1948", "1961-05-06": "1961", "AB123456C": "123", "AB 12 34 56 C": "12 34"},
    **{
        "12345678Z": "345",
        "S1234567D": "234",
        "010190-123A": "0190",
        "850730+0033": "0730",
        "DE123456789": "234",
    },
    **{
        "415_867_5309": "867",
        "+44_20_7946_1234": "7946",
        "tel_415_867_5309_now": "867",
        "1_415_867_5309": "867",
    },
    **{"4111_1111_1111_1111": "1111", "DE89_3704_0044_0532_0130_00": "3704", "(415)_867_5309": "867"},
    **{"her birthday is May 6": "6", "born on 6 May": "6", "born the 6th of May": "6", "DOB 5/6": "5/6"},
    **{
        "birthday: 05-06": "05",
        "geb. am 6. Mai": "Mai",
        "geb. 6.5.": "6.5",
        "née le 6 mai": "6",
        "born in 1961": "61",
    },
    **{
        "ec2-54-12-33-4.eu.example.com": "54",
        "54.12.33.4.nip.io": "54.12",
        "https://h54-12-33-4.nip.io:80/x": "33",
    },
    **{
        "app.54.12.33.4.nip.io:8080": "33.4",
        "http://a-54-12-33-4.sslip.io?q=1": "12-33",
        "4.33.12.54.in-addr.arpa": "33",
    },
    **{"415-867-5309x22": "867", "(415) 867-5309ext22": "867", "+1 (415) 867-5309x22": "5309"},
    **{"415·867·5309": "867", "415,867,5309": "867", "4.1.5.8.6.7.5.3.0.9": "8.6.7", "030/8675309w": "867"},
    **{"4111,1111,1111,1111": "1111,", "＋１（４１５）８６７－５３０９": "８６７", "03ー1234ー5678": "5678"},
    **{
        "03（1234）5678": "5678",
        "手机8675309号": "867",
        "8675309x22": "867",
        "415-<wbr>867-<wbr>5309": "867",
    },
    **{"10.1.2.3": "10.1", "10.1.2.3.": "10.1", "8.8.8.8 10.1.2.3": "8.8", "::ffff:10.1.2.3": "1.2.3"},
    **{"RSSMRA85T10A562S": "85T10", "C01X00T47": "C01", "1HGCM82633A004352": "4352", "QQ 12 34 56 C": "34"},
    **{"DOB: 12 03 85": "85", "DOB 12 March 85": "85", "born in March 1985": "1985", "b. 1985": "1985"},
    **{"1985 March 12": "1985", "3/12/85": "85", "12,03,1985": "1985", "geboren im März '85": "85"},
    **{"于1985年3月12日出生": "1985", "née en mars 1985": "1985", "DOB: 03/1985": "1985"},
    **{"o'neil@x.co": "neil", "thea%40brandt.example": "thea", "o’neil.b@x.example": "neil"},
}
"""Ways to write what tells who somebody is, each with a part of it that tells."""


@pytest.mark.parametrize("around", SPELLINGS)
@pytest.mark.parametrize("written", NOTATIONS)
def test_what_tells_who_somebody_is_is_replaced_in_any_notation(written: str, around: str) -> None:
    pseudonymizer = Pseudonymizer(key=b"key")
    made = pseudonymizer.contacts(around.format(written))
    assert NOTATIONS[written] not in made
    assert made == pseudonymizer.contacts(made) == Pseudonymizer(key=b"another").contacts(made)


@pytest.mark.parametrize("count", [65, 200, 20_000])
def test_a_run_of_digits_is_replaced_however_long_it_is(count: int) -> None:
    pseudonymizer, digits = Pseudonymizer(key=b"key"), "4158675309" * (count // 10) + "1" * (count % 10)
    made = pseudonymizer.contacts(f"x {digits} y")
    assert "4158675309" not in made
    assert (made, len(f"x {digits} y")) == (pseudonymizer.contacts(made), len(made))
    assert "4158675309" not in pseudonymizer.identifier(digits)


@pytest.mark.parametrize(
    "written", ["10.1.2.3", "8.8.8.8", "(8.8.8.8)", "10.1.2.3.", "10.1.2.3 8.8.8.8", "10.1.2.3-8.8.8.8"]
)
def test_an_address_in_a_network_that_is_a_whole_text_is_replaced(written: str) -> None:
    made = Pseudonymizer(key=b"key").text(written)
    assert re.search(r"10\.1|8\.8", made) is None
    found = re.findall(r"\d+\.\d+\.\d+\.\d+", made)
    assert [] != found == [each for each in found if is_documentation(each)]


SEPARATORS = st.sampled_from(["_", "__", "-", ".", " ", "\u2011", "\u00a0"])
NUMBERS = st.from_regex(r"[2-9]\d{2}[2-9]\d{6}", fullmatch=True).filter(lambda digits: digits[3:8] != "55501")
AROUND = st.sampled_from(["{}", "call {}", "({})", "tel:{}, ", "at {}.", "x={};"])
NAME = st.from_regex(r"[a-z]{2,9}", fullmatch=True)


@given(NUMBERS, SEPARATORS, AROUND)
def test_a_phone_number_is_replaced_whatever_parts_it(digits: str, separator: str, around: str) -> None:
    pseudonymizer = Pseudonymizer(key=b"key")
    written = around.format(separator.join((digits[:3], digits[3:6], digits[6:])))
    made = pseudonymizer.contacts(written)
    assert (digits not in re.sub(r"\D", "", made)) and len(made) == len(written)
    assert made == pseudonymizer.contacts(made) == Pseudonymizer(key=b"another").contacts(made)


@given(
    st.ip_addresses(v=4).filter(lambda ip: ip.is_global),
    st.sampled_from(
        [
            "{dashes}.{n}.com",
            "{n}-{dashes}.example.com",
            "{dots}.{n}.io",
            "{n}.{dots}.nip.io",
            "ec2-{dashes}.{n}.internal",
        ]
    ),
    NAME,
    st.sampled_from(["{}", "https://{}/a", "http://{}:8080/a?b=c", "at {}, twice", "nia@{}"]),
)
def test_the_address_in_the_name_of_a_host_is_replaced(
    ip: IPv4Address, host: str, name: str, around: str
) -> None:
    pseudonymizer, dots = Pseudonymizer(key=b"key"), str(ip)
    dashes = dots.replace(".", "-")
    written = around.format(host.format(n=name, dots=dots, dashes=dashes))
    made = pseudonymizer.contacts(written)
    assert (dots not in made) and (dashes not in made)
    assert made == pseudonymizer.contacts(made) == Pseudonymizer(key=b"another").contacts(made)


PARTS = st.sampled_from(
    [
        *"-./·・ー－．,*|:~",
        " ",
        "\u3000",
        "\u00ad",
        "\u200b",
        "&nbsp;",
        "&#8209;",
        "&#xa0;",
        "&ndash;",
        " · ",
        "<wbr>",
    ]
)
BEFORE = st.sampled_from(["", "Tel", "cell", "M", "p.", "#", "电话", "モバイル", "\u202a"])
AFTER = st.sampled_from(["", "x22", "ext22", "home", "c", "_", "号", "(work)", ".Thanks", "です", "\u202c"])
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@given(NUMBERS, PARTS, BEFORE, AFTER, st.booleans(), st.sampled_from(["text", "contacts"]))
def test_a_phone_number_is_replaced_whatever_is_attached_to_it(
    digits: str, part: str, before: str, after: str, is_wide: bool, way: str
) -> None:
    pseudonymizer = Pseudonymizer(key=b"key")
    groups = [digits[:3], digits[3:6], digits[6:]]
    shown = [each.translate(WIDE) for each in groups] if is_wide else groups
    made = getattr(pseudonymizer, way)(f"at {before}{part.join(shown)}{after}")
    left = re.sub("&[^;]*;", "", made).translate({wide: digit for digit, wide in WIDE.items()})
    assert digits[3:] not in re.sub(r"\D", "", left)
    assert made == getattr(pseudonymizer, way)(made)


@given(
    st.from_regex(r"[2-9]\d{6}|[2-9]\d{9}", fullmatch=True),
    BEFORE,
    AFTER,
    st.sampled_from(["{}", "{0:.3}-{0}"]),
)
def test_a_field_of_phones_holds_no_number_whatever_is_attached_to_it(
    digits: str, before: str, after: str, written: str
) -> None:
    made = Pseudonymizer(key=b"key").json({"phone": before + written.format(digits) + after})
    assert isinstance(made, dict)
    assert digits[-7:-5] == "55" or digits[-7:] not in re.sub(r"\D", "", str(made["phone"]))


@given(
    st.ip_addresses().filter(
        lambda ip: not (ip.is_loopback or ip.is_unspecified or is_documentation(str(ip)))
    ),
    st.sampled_from(["{}", "({})", "{}.", "ip {}", "{}, twice", "地址{}", "::ffff:{}", "[{}]"]),
    st.sampled_from(["text", "contacts"]),
)
def test_an_address_in_a_network_is_replaced_wherever_it_stands(
    ip: IPv4Address | IPv6Address, around: str, way: str
) -> None:
    pseudonymizer = Pseudonymizer(key=b"key")
    written = (around if ip.version == 4 else around.replace("::ffff:", "").replace("地址", "")).format(ip)
    made = getattr(pseudonymizer, way)(written)
    assert str(ip) not in made
    assert str(ip).split(".", 1)[-1] not in made
    assert made == getattr(pseudonymizer, way)(made)


MARKED = [
    *(
        "कखगमरदव",
        "কখগমরদব",
        "நலமகதப",
        "ನರದಮಕ",
        "កខគមរ",
        "กขคมยาส",
        "محدبسل",
        "אבגדה",
        "ĖėZzLlOo",
        "李明王愛",
        "ᄀ가나다",
    ),
]
MARKS = "\u0940\u093e\u0947\u09be\u09bf\u0bbf\u0bbe\u0cc7\u0ccd\u17d2\u0e35\u064e\u0651\u05b8\u0301\u0302\u200d\u00ad"
NAMES = st.sampled_from(MARKED).flatmap(
    lambda letters: st.tuples(
        st.sampled_from(letters), st.lists(st.sampled_from(letters + MARKS), min_size=0, max_size=6)
    )
).map(lambda drawn: drawn[0] + "".join(drawn[1])).filter(lambda name: not re.fullmatch(r"[A-Za-z][\u200d\u00ad]*", name))  # fmt: skip
NAME_FIELDS = [
    (each.name, field)
    for each in registry.platforms()
    for field in each.redaction.people.texts
    if "name" in field and "*" not in field
]


@given(st.sampled_from(NAME_FIELDS), st.lists(NAMES, min_size=1, max_size=3))
def test_a_name_in_any_script_leaves_nothing_in_its_field(field: tuple[str, str], names: list[str]) -> None:
    pseudonymizer = Pseudonymizer(registry.platform(field[0]).redaction, b"key")
    made = pseudonymizer.json({field[1]: " ".join(names)})
    assert isinstance(made, dict)
    assert re.fullmatch("[A-Za-z]{8}( [A-Za-z]{8})*", str(made[field[1]]))
    assert made == pseudonymizer.json(made)


@pytest.mark.parametrize("field", NAME_FIELDS, ids="/".join)
@pytest.mark.parametrize("name", ["April May", "June August", "明", "MAY", "May Monday"])
def test_a_name_that_is_a_day_or_one_sign_is_replaced_in_its_field(field: tuple[str, str], name: str) -> None:
    made = str(Pseudonymizer(registry.platform(field[0]).redaction, b"key").json({field[1]: name}))
    assert [] == [word for word in name.split() if word in made]


@given(
    NAME,
    st.sampled_from(
        ["in/{}-holt", "{}.holt", "people/{}%20holt", "#name={}", "?a=1#{}", "#/in/{}", "?user={}", "@{}"]
    ),
)
def test_a_name_in_the_address_of_another_site_is_replaced_in_prose(name: str, path: str) -> None:
    pseudonymizer = Pseudonymizer(key=b"key")
    url = f"https://site.example/{path.format('q' + name)}"
    for told in (f"see {url} soon", f'<a href="{url}">x</a>', f"<a href={url}>x</a>"):
        made = pseudonymizer.text(told)
        assert ("q" + name not in made) and "https://site.example/" in made
        assert made == pseudonymizer.text(made)


def test_who_shares_only_a_country_s_domain_with_the_crm_is_another_site() -> None:
    pseudonymizer = Pseudonymizer(RedactionRules(hosts=("api.crm.co.uk",)), b"key")
    made = pseudonymizer.text(
        "See https://www.club.co.uk/in/lena-smith and https://app.crm.co.uk/person/settings"
    )
    assert "lena" not in made and "https://app.crm.co.uk/person/settings" in made


@pytest.mark.parametrize(
    "host", [(each.name, host) for each in registry.platforms() for host in each.connector.rules.hosts]
)
def test_an_address_of_the_crm_keeps_its_words(host: tuple[str, str]) -> None:
    url = f"https://{host[1].replace('*', 'app')}/person/settings?view=table#top"
    assert url in Pseudonymizer(registry.platform(host[0]).redaction, b"key").text(f"See {url}")


def test_markup_keeps_its_words_and_nobodys_data() -> None:
    made = Pseudonymizer(key=b"key").text(
        '<p style="color: red"><a href="mailto:nia@holt.co.uk">1</a><a class=x href=tel:4158675309>2</a></p>'
    )
    assert re.fullmatch(
        r'<p style="color: red"><a href="mailto:\w+@example.com">1</a><a class=x href=tel:41555501\d\d>2</a></p>',
        made,
    )


DAYS = st.dates(date(1930, 2, 2), date(2007, 12, 31)).filter(
    lambda day: day.year != 1970 and day.month + day.day != 2
)
BORN = st.sampled_from(["born on {}", "birthday is {}", "Birthday: {}", "DOB {}", "date of birth {}"])
SPELLED = ["%-d %B", "%B %-d", "%-d. %b", "%d %b %Y", "%B %-d, %Y", "%m/%d", "%d.%m.%Y", "%Y-%m-%d", "%Y"]


@given(DAYS, st.sampled_from(SPELLED), BORN)
def test_a_day_of_birth_is_replaced_however_it_is_spelled(day: date, spelled: str, born: str) -> None:
    pseudonymizer, written = Pseudonymizer(key=b"key"), day.strftime(spelled)
    made = pseudonymizer.contacts(f"He was {born.format(written)}, I think.")
    assert born.format(written) not in made
    assert made == pseudonymizer.contacts(made)


OLD = st.dates(date(1941, 2, 2), date(1999, 12, 31)).filter(lambda day: day.year != 1970)


@given(
    OLD,
    BORN | st.just("born in {}"),
    st.sampled_from(
        ["%B %Y", "%d %m %y", "%d %B %y", "%b-%y", "%Y, %B %d", "%d,%m,%Y", "%B '%y", "%m/%Y", "%Y %m %d"]
    ),
)
def test_a_day_of_birth_leaves_no_year(day: date, born: str, spelled: str) -> None:
    pseudonymizer = Pseudonymizer(key=b"key")
    made = pseudonymizer.contacts(f"He was {born.format(day.strftime(spelled))}, I think.")
    assert re.search(rf"(?<!\d)(?:{day:%Y}|{day:%y})(?!\d)", made) is None
    assert made == pseudonymizer.contacts(made)


@given(
    OLD, st.sampled_from(["%d/%m/%y", "%-d/%-m/%y", "%d.%m.%y", "%d-%m-%y", "%Y %B %d", "%d,%m,%Y", "b. %Y"])
)
def test_a_date_that_is_too_old_for_a_record_leaves_no_year(day: date, spelled: str) -> None:
    pseudonymizer = Pseudonymizer(key=b"key")
    made = pseudonymizer.contacts(f"He ({day.strftime(spelled)}), I think.")
    assert re.search(rf"(?<!\d)(?:{day:%Y}|{day:%y})(?!\d)", made) is None
    assert made == pseudonymizer.contacts(made)


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.sampled_from(
        [
            *("%-d %B", "%B %-d", "%m/%d", "%Y_%m_%d", "%d %b %Y", "%Y-%m-%d"),
            *("%d/%m/%y", "%d.%m.%y", "%Y %B %d", "%d,%m,%Y", "%B %Y"),
        ]
    ),
    st.lists(NAME, min_size=2, max_size=3),
    st.integers(1, 999),
)
def test_days_names_and_hosts_that_tell_of_nobody_stay(
    day: date, spelled: str, names: list[str], number: int
) -> None:
    told = (
        f"Meet {day.strftime(spelled)} at {'.'.join(names)}.com, {'_'.join(names)}_{number}, {number}_000_000"
    )
    assert told == Pseudonymizer(key=b"key").contacts(told)
