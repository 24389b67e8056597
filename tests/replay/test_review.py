"""A person reads what a recording holds: what was replaced, what was kept and why, and every text that remains."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.redaction import PeopleFields, RedactionRules
from appconnect.replay.cassette import Cassette, Header, RecordedExchange
from appconnect.replay.review import Review

RULES = RedactionRules(people=PeopleFields(settings_paths=r"/kinds\b"))
ADDRESS = "https://api.acme.example/clients"


def lines(*answers: JsonValue, url: str = ADDRESS, headers: dict[str, str] | None = None) -> list[str]:
    when = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
    header = Header(
        appconnect="1", crm="acme", scenario="one", recorded_from="live", recorded_at=when, people=True
    )
    exchanges = [
        RecordedExchange(
            request=Request(method="GET", url=url),
            response=Response(status=200, headers=headers or {}, body=Body(kind="json", value=answer)),
        )
        for answer in answers
    ]
    return list(Review(Cassette(header=header, exchanges=exchanges), RULES).lines())


def test_what_was_replaced_is_counted_with_the_first_three_samples() -> None:
    mails = [f"{name}@example.com" for name in ("lonupi", "lonupa", "lonupo", "lonupu", "lonupi")]
    told = lines({"mail": mails, "phone": "+1 415 555 0142", "from": "192.0.2.7", "born": "1970-01-01"})
    assert "acme/one: 1 requests, recorded 2026-01-02 09:30" == told[0]
    assert "Replaced by pseudonyms:" == told[1]
    assert "  e-mail addresses, 5: lonupi@example.com, lonupa@example.com, lonupo@example.com" in told
    assert "  phone numbers and other numbers of people, 1: +1 415 555 0142" in told
    assert "  IP addresses, 1: 192.0.2.7" in told


def test_what_was_kept_is_named_with_its_reason() -> None:
    told = lines(
        {
            "person_id": "Ax7",
            "count": 17,
            "share": 0.5,
            "done": True,
            "gone": None,
            "on": "2026-01-02T09:00:00Z",
        }
    )
    at = told.index("Kept, for they are numbers or dates:")
    assert ["  count, 1: 17", "  on, 1: 2026-01-02T09:00:00Z", "  share, 1: 0.5"] == told[at + 1 : at + 4]
    at = told.index("Kept, for they are ids of the CRM:")
    assert "  person_id, 1: Ax7" == told[at + 1]
    assert [] == [line for line in told if "done" in line or "gone" in line]


def test_what_the_connector_reads_in_addresses_and_headers_is_kept() -> None:
    told = lines({}, headers={"x-kind": "weekly"})
    at = told.index("Kept, for the connector reads them in addresses and headers:")
    assert ["  headers.x-kind, 1: weekly", f"  url, 1: {ADDRESS}"] == told[at + 1 : at + 3]


def test_settings_are_kept_and_texts_of_people_are_to_be_read() -> None:
    row = {"label": "Weekly call with the mayor"}
    settings = lines(row, url="https://api.acme.example/kinds")
    at = settings.index("Kept, for they are settings of the CRM and nobody's:")
    assert "  label, 1: Weekly call with the mayor" in settings[at + 1 :]
    assert ["Texts that remain; read these:", "  none"] == settings[-2:]
    assert ["Texts that remain; read these:", "  label, 2: Weekly call with the mayor"] == lines(row, row)[
        -2:
    ]


def test_of_a_long_text_the_beginning_is_shown_and_placeholders_are_no_text() -> None:
    (*_, shown) = lines({"memo": "word " * 40, "token": "<access_token>"})
    assert shown.startswith("  memo, 1: word word")
    assert 60 >= len(shown.removeprefix("  memo, 1: "))
    assert "access_token" not in "\n".join(lines({"token": "<access_token>"}))


def test_a_recording_without_people_says_so() -> None:
    assert ["Replaced by pseudonyms:", "  nothing"] == lines({})[1:3]


def test_every_kind_of_pseudonym_is_named_in_words() -> None:
    told = lines(
        {"a": "Lonupizi", "b": "999464455", "c": "XX999464455", "d": "DE00 9283 6159 7729 0507 21",
         "e": "born 1 Jan 1970", "f": "1970-01-01", "g": "2001:db8::7"}
    )  # fmt: skip
    kinds = {
        line.strip().partition(",")[0] for line in told[2 : told.index("Texts that remain; read these:")]
    }
    assert {
        "phone numbers and other numbers of people", "account numbers", "dates of birth", "IP addresses",
    } <= kinds  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Batesela", "words of names, places and texts, 1: Batesela"),
        ("+1 415 555 0142", "phone numbers and other numbers of people, 1: +1 415 555 0142"),
        ("XX999464455", "numbers with letters, such as of a passport, 1: XX999464455"),
        ("lonupi@example.com", "e-mail addresses, 1: lonupi@example.com"),
        ("DE00 9283 6159 7729 0507 21", "account numbers, 1: DE00 9283 6159 7729 0507 21"),
        ("2001:db8::7", "IP addresses, 1: 2001:db8::7"),
        ("born 1 Jan 1970", "dates of birth, 1: born 1 Jan 1970"),
        ("1970-01-01", "dates of birth, 1: 1970-01-01"),
    ],
)
def test_each_kind_of_pseudonym_has_its_words(text: str, told: str) -> None:
    assert f"  {told}" in lines({"memo": text})


def test_of_four_different_samples_three_are_shown() -> None:
    told = lines({"mail": [f"{name}@example.com" for name in ("lonupi", "lonupa", "lonupo", "lonupu")]})
    assert "  e-mail addresses, 4: lonupi@example.com, lonupa@example.com, lonupo@example.com" in told
