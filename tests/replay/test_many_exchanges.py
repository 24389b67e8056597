"""A long recording costs what is used of it: counted in calls and exchanges read, never in seconds."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.errors import CassetteCorrupt, NoMatch
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.replay.cassette import Cassette, Header
from appconnect.replay.exchanges import RecordedExchange
from appconnect.replay.matching import nearest, request_differences
from appconnect.replay.transport import ReplayTransport

API = "https://api.pipedrive.com/api/v2"


def search(number: int) -> Request:
    return Request(method="GET", url=f"{API}/persons/search", query={"term": f"{number}", "fields": "phone"})


HEADERS = {"content-type": "application/json"}


def written(path: Path, requests: list[Request]) -> Path:
    header = Header(
        crm="pipedrive", scenario="many", recorded_from="sandbox",
        recorded_at=datetime(2026, 1, 2, tzinfo=UTC), appconnect="1",
    )  # fmt: skip
    exchanges = [
        RecordedExchange(
            request=each, response=Response(status=200, headers=HEADERS, body=Body(kind="json", value=number))
        )
        for number, each in enumerate(requests)
    ]
    Cassette(header=header, exchanges=exchanges).save(path)
    return path


async def answer(transport: ReplayTransport, request: Request) -> object:
    asked = httpx.Request(request.method, request.url, params=request.query)
    return (await transport.handle_async_request(asked)).json()


async def calls(transport: ReplayTransport, request: Request) -> int:
    """Count the calls of functions, Python's own as well, that one request takes."""
    counted = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        await answer(transport, request)
    finally:
        sys.setprofile(None)
    return counted


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What has been read of recordings, in order."""
    seen: list[object] = []
    validate = RecordedExchange.model_validate

    def reading(value: object) -> RecordedExchange:
        seen.append(value)
        return validate(value)

    monkeypatch.setattr(RecordedExchange, "model_validate", reading)
    return seen


async def test_of_a_long_recording_only_what_is_used_is_read(tmp_path: Path, read: list[object]) -> None:
    transport = ReplayTransport(Cassette.open(written(tmp_path / "m.json", [*map(search, range(300))])))
    assert [7, 211, 30] == [await answer(transport, search(each)) for each in (7, 211, 30)]
    assert len(read) == 3


@pytest.mark.parametrize("of", [search, lambda number: search(1)], ids=["each another", "all the same"])
async def test_a_request_costs_the_same_however_many_are_recorded(
    tmp_path: Path, of: Callable[[int], Request]
) -> None:
    taken = []
    for many in (50, 1000):
        path = written(tmp_path / f"{many}.json", [of(each) for each in range(many)])
        transport = ReplayTransport(Cassette.open(path))
        for number in range(many - 1):
            assert number == await answer(transport, of(number))
        taken.append(await calls(transport, of(many - 1)))
    assert taken[1] <= 1.1 * taken[0]


async def test_the_first_request_costs_the_same_however_many_are_recorded(tmp_path: Path) -> None:
    taken = []
    for many in (50, 1000):
        path = written(tmp_path / f"{many}.json", [*map(search, range(many))])
        taken.append(await calls(ReplayTransport(Cassette.open(path)), search(7)))
    assert taken[1] <= 1.1 * taken[0]


async def test_a_near_miss_reads_nothing_but_what_it_names(tmp_path: Path, read: list[object]) -> None:
    transport = ReplayTransport(Cassette.open(written(tmp_path / "m.json", [*map(search, range(300))])))
    with pytest.raises(
        NoMatch, match=r'the nearest is .*search \(query.fields: recorded "phone", sent "name"\)'
    ):
        await answer(transport, Request(method="GET", url=f"{API}/persons/search",
                                        query={"term": "211", "fields": "name"}))  # fmt: skip
    assert [search(211)] == [each["request"] and RecordedExchange(**each).request for each in read]


async def test_what_is_damaged_within_a_body_is_told_when_it_is_used(tmp_path: Path) -> None:
    path = written(tmp_path / "m.json", [search(0), search(1)])
    document = json.loads(path.read_text())
    document["exchanges"][1]["response"]["body"] = {"base64": "?"}
    path.write_text(json.dumps(document))
    transport = ReplayTransport(Cassette.open(path))
    assert 0 == await answer(transport, search(0))
    with pytest.raises(CassetteCorrupt, match=rf"{path} is damaged: exchanges\[1\]\.response\.body"):
        await answer(transport, search(1))


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda each: each["response"].update(status="many"), r"exchanges\[1\].response.status"),
        (lambda each: each["response"].update(status=5), r"exchanges\[1\].response.status"),
        (lambda each: each["request"].pop("url"), r"exchanges\[1\].request.url"),
        (lambda each: each["request"].update(query=["a"]), r"exchanges\[1\].request.query"),
        (lambda each: each["request"].update(cookie="a"), r"exchanges\[1\].request.cookie"),
        (lambda each: each["request"].update(headers={"accept": 1}), r"exchanges\[1\].request.headers"),
        (lambda each: each["response"].update(body={"xml": ""}), r"response.body: a body has"),
        (lambda each: each.pop("response"), r"exchanges\[1\].response: field required"),
        (lambda each: each.update(note=""), r"exchanges\[1\].note"),
    ],
)
def test_what_is_damaged_around_bodies_is_told_at_once(
    tmp_path: Path, spoil: Callable[[dict[str, object]], object], place: str
) -> None:
    path = written(tmp_path / "m.json", [search(0), search(1)])
    document = json.loads(path.read_text())
    spoil(document["exchanges"][1])
    path.write_text(json.dumps(document))
    with pytest.raises(CassetteCorrupt, match=place):
        Cassette.open(path)


def test_an_empty_recording_opens(tmp_path: Path) -> None:
    assert 0 == len(Cassette.open(written(tmp_path / "m.json", [])).exchanges)


# -- the nearest --

bodies = st.none() | st.builds(
    lambda value: Body(kind="json", value=value),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 2) | st.lists(st.integers(0, 2), max_size=2)),
)
requests = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST"]),
    url=st.sampled_from([f"{API}/persons", f"{API}/persons/1", f"{API}/deals"]),
    query=st.dictionaries(st.sampled_from("xyz"), st.sampled_from("01"), max_size=3),
    body=bodies,
)


@given(st.lists(requests, min_size=1, max_size=8), requests)
def test_the_nearest_is_the_first_with_the_likest_address_and_the_fewest_differences(
    recorded: list[Request], sent: Request
) -> None:
    def rank(each: Request) -> tuple[bool, float, int]:
        likeness = SequenceMatcher(None, each.url, sent.url, autojunk=False).ratio()
        differs = each.method != sent.method and likeness < 1
        return differs, -likeness, len(request_differences(each, sent))

    best = min(recorded, key=rank)
    near, differences = nearest(recorded, sent)
    assert (best, request_differences(best, sent)) == (near, differences)
