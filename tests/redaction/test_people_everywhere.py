"""People planted in every field of every platform's recorded requests and answers are in no live recording."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
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
