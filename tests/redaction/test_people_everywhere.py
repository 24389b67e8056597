"""People planted in every field of every platform's recorded requests and answers are in no live recording."""

from __future__ import annotations

import json
import re
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platforms import CRMS, OURS
from pydantic import JsonValue

from appconnect.connectors import registry
from appconnect.redaction import Pseudonymizer
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


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.sampled_from(["%-d %B", "%B %-d", "%m/%d", "%Y_%m_%d", "%d %b %Y", "%Y-%m-%d"]),
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
