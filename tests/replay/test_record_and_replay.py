"""What goes through the recorder comes back out of the recording, without secrets and without a network."""

import asyncio
import gzip
import json
from datetime import UTC, datetime

import httpx
import pytest

from appconnect.errors import NoMatch, RecordingError
from appconnect.redaction import ConnectionSecrets
from appconnect.replay.cassette import Cassette
from appconnect.replay.paths import cassette_path
from appconnect.replay.transport import RecordingTransport, ReplayTransport

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
API = "https://api.pipedrive.com/api/v2"


def recorder(answer, path, **options) -> httpx.AsyncClient:
    about = {"crm": "pipedrive", "scenario": "one", "recorded_from": "sandbox", "clock": lambda: NOON}
    inner = answer if isinstance(answer, httpx.AsyncBaseTransport) else httpx.MockTransport(answer)
    return httpx.AsyncClient(transport=RecordingTransport(inner, path, **{**about, **options}))


def player(path, **options) -> tuple[httpx.AsyncClient, ReplayTransport]:
    transport = ReplayTransport(Cassette.load(path), **options)
    return httpx.AsyncClient(transport=transport), transport


@pytest.fixture
def path(tmp_path):
    return cassette_path(tmp_path, "pipedrive", "one")


async def test_a_recorded_scenario_is_replayed(path):
    async with recorder(lambda request: httpx.Response(201, json={"data": {"id": 9301}}), path) as client:
        live = await client.post(f"{API}/activities", json={"subject": "Call", "done": True})
    replay, transport = player(path)
    played = await replay.post(f"{API}/activities", json={"done": True, "subject": "Call"})
    assert (live.status_code, live.json()) == (played.status_code, played.json())
    assert "1 of 1 recorded exchanges of pipedrive/one were used." == transport.report()
    transport.assert_all_used()


async def test_the_header_says_where_from_and_when(path):
    async with recorder(lambda request: httpx.Response(204), path, note="first try") as client:
        await client.delete(f"{API}/activities/1")
    header = json.loads(path.read_text())["header"]
    assert {"pipedrive", "one", "sandbox", "2026-01-02T12:00:00Z", "first try"} <= set(
        map(str, header.values())
    )


async def test_the_time_of_a_recording_is_when_it_began(path):
    times = iter([NOON])
    async with recorder(lambda request: httpx.Response(204), path, clock=lambda: next(times)) as client:
        await client.get(API)
    assert NOON == Cassette.load(path).header.recorded_at


async def test_a_compressed_answer_is_recorded_and_passed_on_in_plain(path):
    def answer(request):
        headers = {"content-encoding": "gzip", "content-type": "application/json", "x-ratelimit-limit": "9"}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(gzip.compress(b'{"a": 1}')))

    async with recorder(answer, path) as client:
        live = await client.get(API)
    replay, _ = player(path)
    played = await replay.get(API)
    assert {"a": 1} == live.json() == played.json()
    assert "9" == played.headers["x-ratelimit-limit"]


async def test_repeated_requests_are_answered_in_order_and_then_no_more(path):
    counter = iter(range(1, 9))
    async with recorder(lambda request: httpx.Response(200, json=next(counter)), path) as client:
        await client.get(API)
        await client.get(API)
    replay, _ = player(path)
    assert [1, 2] == [(await replay.get(API)).json() for _ in range(2)]
    with pytest.raises(
        NoMatch, match=r"GET https://api.pipedrive.com/api/v2 was recorded 2 times in pipedrive/one"
    ):
        await replay.get(API)


async def test_a_request_without_recording_names_the_nearest(path):
    async with recorder(lambda request: httpx.Response(200), path) as client:
        await client.get(f"{API}/persons/search", params={"term": "415"})
        await client.post(f"{API}/activities", json={"participants": [{"person_id": 501}]})
    replay, _ = player(path, how_to_record="Set APPCONNECT_MODE=record to record it")
    with pytest.raises(NoMatch) as caught:
        await replay.post(f"{API}/activities", json={"participants": [{"person_id": 502}]})
    told = (
        "POST https://api.pipedrive.com/api/v2/activities has no recording in pipedrive/one; the nearest is "
        "POST https://api.pipedrive.com/api/v2/activities (body.participants[0].person_id: recorded 501, sent 502). "
        "Set APPCONNECT_MODE=record to record it."
    )
    assert told == caught.value.message


async def test_no_match_never_tells_a_secret(path):
    async with recorder(lambda request: httpx.Response(200), path) as client:
        await client.post(
            f"{API}/token", data={"grant_type": "refresh_token", "refresh_token": "r-0123456789"}
        )
    replay, _ = player(path, secrets=ConnectionSecrets(["given!"]))
    with pytest.raises(NoMatch) as caught:
        await replay.post(
            f"{API}/token/hunter2-password",
            data={"password": "hunter2-password", "note": "given! hunter2-password"},
            headers={"authorization": "Bearer b-0123456789"},
            params={"q": "b-0123456789"},
        )
    for secret in ("hunter2", "given!", "b-0123456789", "r-0123456789"):
        assert secret not in caught.value.message


async def test_unused_recordings_are_named(path):
    async with recorder(lambda request: httpx.Response(200), path) as client:
        for name in ("a", "b", "b"):
            await client.get(f"{API}/{name}")
    replay, transport = player(path)
    await replay.get(f"{API}/a")
    assert [f"{API}/b"] * 2 == [exchange.request.url for exchange in transport.unused()]
    with pytest.raises(
        RecordingError, match=r"1 of 3 .* unused: GET https://api.pipedrive.com/api/v2/b \(2 times\)"
    ):
        transport.assert_all_used()


async def test_a_request_that_got_no_answer_is_not_recorded(path):
    def answer(request):
        if request.url.path.endswith("bad"):
            raise httpx.ConnectError("no network")
        return httpx.Response(200)

    async with recorder(answer, path) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"{API}/bad")
        await client.get(f"{API}/good")
    assert [f"{API}/good"] == [each.request.url for each in Cassette.load(path).exchanges]


async def test_nothing_recorded_leaves_an_old_recording_alone(path):
    async with recorder(lambda request: httpx.Response(200), path) as client:
        await client.get(API)
    before = path.read_text()
    async with recorder(lambda request: httpx.Response(200), path):
        pass
    assert before == path.read_text()


async def test_requests_that_ran_together_are_stored_in_the_same_order_whoever_was_faster(path):
    async def recorded(first: str) -> str:
        gate = asyncio.Event()

        async def answer(request):
            if request.url.path.endswith(first):
                gate.set()
            else:
                await gate.wait()
            return httpx.Response(200, text=request.url.path)

        names = ["b", "a"] if first == "a" else ["a", "b"]
        async with recorder(httpx.MockTransport(answer), path) as client:
            await asyncio.gather(*(client.get(f"{API}/{name}") for name in names))
            await client.get(f"{API}/0")
        return path.read_text()

    text = await recorded("a")
    assert text == await recorded("b")
    assert ["a", "b", "0"] == [each.request.url[-1] for each in Cassette.load(path).exchanges]


# -- sign-in --


async def test_real_tokens_find_their_redacted_recording(path):
    async with recorder(
        lambda request: httpx.Response(200, json={"access_token": "at-77777777"}), path
    ) as client:
        for token in ("one-11111111", "two-22222222"):
            await client.post(f"{API}/token", data={"client_secret": token, "grant_type": "x"})
    assert "1111" not in path.read_text()
    assert "at-7" not in path.read_text()
    replay, _ = player(path)
    played = await replay.post(f"{API}/token", data={"grant_type": "x", "client_secret": "three-3333"})
    assert {"access_token": "<access_token>"} == played.json()


async def test_a_secret_learned_late_is_masked_in_what_came_early(path):
    def answer(request):
        return httpx.Response(
            200, json={"BhRestToken": "b-123456789"} if request.url.path == "/login" else {}
        )

    async with recorder(answer, path) as client:
        await client.get("https://rest9.example/early", params={"q": "has b-123456789 inside"})
        await client.get("https://rest9.example/login")
    assert "b-123456789" not in path.read_text()


async def test_the_state_of_this_sign_in_comes_back_not_the_recorded_one(path):
    def answer(request):
        back = request.url.params
        return httpx.Response(
            302, headers={"location": f"{back['redirect_uri']}?code=23%3Aabcd&state={back['state']}"}
        )

    async def sign_in(client, state, port):
        asked = {"redirect_uri": f"http://127.0.0.1:{port}/cb", "state": state, "client_id": "me"}
        return (await client.get("https://auth.example/authorize", params=asked)).headers["location"]

    async with recorder(answer, path) as client:
        await sign_in(client, "recorded-state", 8001)
    assert "recorded-state" not in path.read_text()
    replay, _ = player(path)
    location = httpx.URL(await sign_in(replay, "this&state", 9002))
    assert ("this&state", "<code>", 9002) == (
        location.params["state"],
        location.params["code"],
        location.port,
    )


# -- people --


async def test_a_live_recording_holds_pseudonyms_and_still_answers_the_real_search(path):
    found = {"items": [{"item": {"id": 501, "name": "Nia Holt", "phones": ["+1 415-867-5309"]}}]}

    async def scenario(client):
        hits = (await client.get(f"{API}/persons/search", params={"term": "4158675309"})).json()
        item = hits["items"][0]["item"]
        await client.post(
            f"{API}/activities", json={"subject": f"Call to {item['name']}", "note": item["phones"][0]}
        )
        return item

    async with recorder(lambda request: httpx.Response(200, json=found), path, people=True) as client:
        await scenario(client)
    text = path.read_text()
    assert not any(real in text for real in ("Nia", "Holt", "8675309", "867-5309"))
    replay, transport = player(path)
    item = await scenario(replay)
    assert 501 == item["id"]
    assert "Nia Holt" != item["name"]
    transport.assert_all_used()
