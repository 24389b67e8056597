"""A recording of people answers to whomever a request names, and to no request that differs in anything else."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from pydantic import JsonValue

from appconnect.errors import NoMatch
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.redaction import Pseudonymizer
from appconnect.replay.cassette import Cassette, Header
from appconnect.replay.exchanges import RecordedExchange
from appconnect.replay.people import without_people
from appconnect.replay.transport import ReplayTransport

API = "https://api.acme.test"
KEY = b"key"
NIA = Pseudonymizer(key=KEY).text("Nia")
NUMBER = Pseudonymizer(key=KEY).phone("4158675309")


def exchange(asked: JsonValue, answered: JsonValue, path: str = "/x", **query: str) -> RecordedExchange:
    return RecordedExchange(
        request=Request(method="POST", url=API + path, query=query, body=Body(kind="json", value=asked)),
        response=Response(
            status=200,
            headers={"content-type": "application/json"},
            body=Body(kind="json", value=answered),
        ),
    )


def replay(*exchanges: RecordedExchange) -> ReplayTransport:
    """What answers from these as a live recording has them."""
    header = Header(
        crm="acme", scenario="one", recorded_from="live", recorded_at=datetime(2026, 1, 2, tzinfo=UTC),
        appconnect="1", people=True,
    )  # fmt: skip
    made = without_people(list(exchanges), Pseudonymizer(key=KEY))
    return ReplayTransport(Cassette(header=header, exchanges=made))


async def ask(transport: ReplayTransport, asked: JsonValue, path: str = "/x", **query: str) -> JsonValue:
    request = httpx.Request("POST", API + path, json=asked, params=query)
    answer: JsonValue = (await transport.handle_async_request(request)).json()
    return answer


@pytest.mark.parametrize(
    ("recorded", "answer", "asked", "told"),
    [
        ({"name": "Nia"}, {"said": "Nia called"}, {"name": "Omar"}, "Omar"),
        ({"name": "Nia"}, {"name": "NIA"}, {"name": "Omar"}, "OMAR"),
        ({"who": [{"name": "Nia"}]}, {"name": "Nia"}, {"who": [{"name": "Omar"}]}, "Omar"),
        ({"mail": "nia@holt.co.uk"}, {"to": ["nia@holt.co.uk"]}, {"mail": "om@vance.co.uk"}, "om@vance.co.uk"),
        ({"phone": "4158675309"}, {"phone": "+1 (415) 867-5309"}, {"phone": "4152234455"}, "+1 (415) 223-4455"),
        ({"phone": 4158675309}, {"dial": 4158675309}, {"phone": 4152234455}, 4152234455),
        ({"phone": "4158675309"}, {"phone": "415.867.5309"}, {"phone": "4152234455"}, "415.223.4455"),
        ({"phone": "8675309"}, {"phone": "867-5309"}, {"phone": "2234455"}, "223-4455"),
        ({"from": "84.17.3.91"}, {"at": "84.17.3.91"}, {"from": "84.17.3.92"}, "84.17.3.92"),
        ({"from": "DE89 3704 0044 0532 0130 00"}, {"at": "DE89 3704 0044 0532 0130 00"},
         {"from": "DE02 1203 0000 0000 2020 51"}, "DE02 1203 0000 0000 2020 51"),
    ],
    ids=str,
)  # fmt: skip
async def test_whom_a_request_names_is_named_in_the_answer(
    recorded: JsonValue, answer: JsonValue, asked: JsonValue, told: JsonValue
) -> None:
    said = await ask(replay(exchange(recorded, answer)), asked)
    assert str(told) in str(said)
    assert NIA.casefold() not in str(said).casefold()


async def test_names_in_addresses_and_queries_count_as_well() -> None:
    transport = replay(exchange({}, {"name": "Nia", "note": "Nia or Zoe"}, "/by/nia@holt.co.uk", name="Nia"))
    said = await ask(transport, {}, "/by/omar@vance.co.uk", name="Omar")
    assert isinstance(said, dict)
    assert ("Omar", True) == (said["name"], str(said["note"]).startswith("Omar "))
    assert "Zoe" not in str(said)


async def test_whom_an_earlier_request_named_goes_by_that_name_later() -> None:
    transport = replay(exchange({"name": "Nia"}, {"id": 7}), exchange({"id": 7}, {"name": "Nia", "id": 7}))
    assert {"id": 7} == await ask(transport, {"name": "Omar"})
    assert {"name": "Omar", "id": 7} == await ask(transport, {"id": 7})


async def test_who_is_named_in_one_answer_is_known_in_the_prose_of_any_other() -> None:
    transport = replay(exchange({"id": 8}, {"said": "Then Nia called"}), exchange({"id": 7}, {"name": "Nia"}))
    assert {"said": f"Then {NIA} called"} == await ask(transport, {"id": 8})


async def test_what_the_crm_only_repeats_is_what_was_asked() -> None:
    body: JsonValue = {"subject": "Call with Nia", "rows": [{"memo": "for Nia"}], "id": 1}
    asked: JsonValue = {"subject": "Call with Omar", "rows": [{"memo": "for Omar"}], "id": 1}
    transport = replay(exchange(body, {"subject": "Call with Nia", "memo": "for Nia", "by": "Rae"}))
    said = await ask(transport, asked)
    assert {"subject": "Call with Omar", "memo": "for Omar", "by": "Rae"} == said


async def test_without_a_name_the_answer_has_the_pseudonyms() -> None:
    transport = replay(exchange({"id": 7}, {"name": "Nia", "phone": "4158675309", "dial": 4158675309}))
    assert {"name": NIA, "phone": NUMBER, "dial": int(NUMBER)} == await ask(transport, {"id": 7})


RECORDED: JsonValue = {"name": "Nia", "id": 7, "done": True, "rows": [1, 2], "memo": None, "share": 0.5}


@pytest.mark.parametrize(
    "change",
    [
        {"id": 8},
        {"id": "7"},
        {"done": 1},
        {"done": False},
        {"rows": [1, 2, 3]},
        {"rows": [1, 3]},
        {"rows": {"1": 2}},
        {"memo": ""},
        {"share": 0.6},
        {"name": 7},
        {"name": ["Omar"]},
        {"more": 1},
    ],
    ids=str,
)
async def test_what_differs_in_more_than_whom_it_names_is_another_request(
    change: dict[str, JsonValue],
) -> None:
    assert isinstance(RECORDED, dict)
    transport = replay(exchange(RECORDED, {}))
    with pytest.raises(NoMatch, match=r"POST https://api\.acme\.test/x has no recording in acme/one"):
        await ask(transport, {**RECORDED, **change})
    assert {} == await ask(transport, {**RECORDED, "name": "Omar"})


async def test_another_place_or_method_is_another_request() -> None:
    transport = replay(exchange({"name": "Nia"}, {}, "/x", kind="a"))
    for path, query in (("/y", {"kind": "a"}), ("/x/y", {"kind": "a"}), ("/x", {"kind": "b"}), ("/x", {})):
        with pytest.raises(NoMatch):
            await ask(transport, {"name": "Omar"}, path, **query)
    with pytest.raises(NoMatch):
        await transport.handle_async_request(httpx.Request("PUT", f"{API}/x?kind=a", json={"name": "Omar"}))


async def test_two_people_who_are_asked_for_get_an_answer_each_and_a_third_none() -> None:
    transport = replay(exchange({"name": "Nia"}, {"id": 1}), exchange({"name": "Omar"}, {"id": 2}))
    assert [{"id": 1}, {"id": 2}] == [await ask(transport, {"name": name}) for name in ("Ines", "Uma")]
    with pytest.raises(NoMatch, match="was recorded 2 times in acme/one, and is now asked for once more"):
        await ask(transport, {"name": "Zoe"})


@pytest.mark.parametrize(
    "note",
    [
        "see https://site.example/in/nia-holt#name=nia",
        '<a href="https://site.example/nia/4158675309" title="Nia">Nia</a> called',
        "M&uuml;ller, 415&nbsp;867&nbsp;5309x22, मीरा, C01X00T47",
    ],
)
async def test_a_text_with_people_in_its_markup_and_addresses_is_found_again(note: str) -> None:
    said = await ask(replay(exchange({"note": note}, {"id": 7, "note": note})), {"note": note})
    assert {"id": 7, "note": note} == said
