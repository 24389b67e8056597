"""Pipedrive's two limits: requests per two seconds, tokens per day."""

import httpx
import pytest

from appconnect.connectors.pipedrive.sandbox import PLANS, PipedriveSandbox
from appconnect.sandbox import Sandbox, SandboxClock, serve

REFUSED = {
    "success": False,
    "error": "request over limit",
    "errorCode": 429,
    "error_info": "Please check developers.pipedrive.com",
}


def limit_headers(reply):
    return {name.removeprefix("x-"): value for name, value in reply.headers.items() if "rate" in name}


async def statuses(client, count, path="/v1/users/me"):
    return [(await client.get(path)).status_code for _ in range(count)]


@pytest.fixture
def tiny(crm):
    crm.plan = "tiny"
    return crm


# -- bursts --


async def test_every_answer_tells_how_much_is_left(api):
    first, second = await api.get("/v1/users/me"), await api.get("/api/v2/persons/999")

    assert {
        "ratelimit-limit": "80",
        "ratelimit-remaining": "79",
        "ratelimit-reset": "2",
        "daily-ratelimit-token-limit": "30000",
        "daily-ratelimit-token-remaining": "29998",
    } == limit_headers(first)
    assert (404, "78", "29997") == (
        second.status_code,
        second.headers["x-ratelimit-remaining"],
        second.headers["x-daily-ratelimit-token-remaining"],
    )


async def test_a_full_window_is_429_and_rolls_open_again(tiny, api, clock):
    assert [200] * 4 + [429] == await statuses(api, 5)
    reply = await api.get("/v1/users/me")
    assert REFUSED == reply.json()
    assert ("0", "2") == (reply.headers["x-ratelimit-remaining"], reply.headers["x-ratelimit-reset"])
    assert int(reply.headers["x-daily-ratelimit-token-remaining"]) > 0
    assert "retry-after" not in reply.headers

    clock.advance(2)
    assert [200] == await statuses(api, 1)


async def test_a_window_belongs_to_one_token(tiny, api):
    assert [200] * 4 + [429] == await statuses(api, 5)
    api.headers["Authorization"] = f"Bearer {tiny.sign_in().access}"
    assert [200] == await statuses(api, 1)


async def test_the_reset_is_a_number_of_seconds_from_now(api, clock):
    await api.get("/v1/users/me")
    clock.advance(1.2)
    assert "1" == (await api.get("/v1/users/me")).headers["x-ratelimit-reset"]


async def test_searches_have_their_own_small_window(api, clock):
    path = "/api/v2/persons/search?term=nia"
    assert [200] * 10 + [429] == await statuses(api, 11, path)
    assert [200] == await statuses(api, 1)
    clock.advance(2)
    assert [200] == await statuses(api, 1, path)


async def test_retry_after_is_sent_when_switched_on(tiny, api):
    tiny.toggles["retry_after"] = True
    await statuses(api, 4)
    assert "2" == (await api.get("/v1/users/me")).headers["retry-after"]


@pytest.mark.parametrize(("plan", "oauth", "key"), [("growth", "160", "40"), ("ultimate", "480", "120")])
async def test_plans_differ(crm, api, by_key, plan, oauth, key):
    crm.plan = plan
    assert oauth == (await api.get("/v1/users/me")).headers["x-ratelimit-limit"]
    assert key == (await by_key.get("/v1/users/me")).headers["x-ratelimit-limit"]


def test_the_documented_plans_and_a_tiny_one_are_there():
    assert ("lite", "growth", "premium", "ultimate", "tiny") == tuple(PLANS)


# -- the day --


@pytest.mark.parametrize(
    ("method", "path", "body", "cost"),
    [
        ("GET", "/v1/users/me", None, 2),
        ("GET", "/v1/users", None, 20),
        ("GET", "/v1/activityTypes", None, 20),
        ("GET", "/api/v2/persons/search?term=nia", None, 20),
        ("GET", "/api/v2/persons/501", None, 1),
        ("GET", "/api/v2/persons?ids=501", None, 10),
        ("POST", "/api/v2/persons", {"name": "A"}, 5),
        ("POST", "/v1/persons", {"name": "A"}, 10),
        ("GET", "/api/v2/deals?person_id=501", None, 10),
        ("GET", "/v1/leads?person_id=501", None, 20),
        ("POST", "/api/v2/activities", {}, 5),
        ("GET", "/api/v2/activities", None, 10),
    ],
)
async def test_each_operation_has_its_cost(crm, api, method, path, body, cost):
    reply = await api.request(method, path, json=body)
    assert reply.is_success
    assert cost == 30_000 - int(reply.headers["x-daily-ratelimit-token-remaining"])


async def test_changing_reading_and_deleting_an_activity_have_their_cost(crm, api):
    await api.post("/api/v2/activities", json={})
    costs = []
    for method in ("PATCH", "GET", "DELETE"):
        before = crm.limits.budget.remaining
        await api.request(method, "/api/v2/activities/9301", json={} if method == "PATCH" else None)
        costs.append(before - crm.limits.budget.remaining)
    assert [5, 1, 3] == costs


async def test_a_spent_day_refuses_everything_until_midnight(tiny, api, clock):
    for _ in range(15):
        assert [200] == await statuses(api, 1, "/v1/users")
        clock.advance(2)

    reply = await api.get("/v1/users/me")
    assert (429, REFUSED) == (reply.status_code, reply.json())
    assert ("0", "4") == (
        reply.headers["x-daily-ratelimit-token-remaining"],
        reply.headers["x-ratelimit-remaining"],
    )
    clock.advance(3600)
    api.headers["Authorization"] = f"Bearer {tiny.sign_in().access}"
    assert [429] == await statuses(api, 1)
    clock.advance(14 * 3600)
    api.headers["Authorization"] = f"Bearer {tiny.sign_in().access}"
    assert [200] == await statuses(api, 1)


async def test_the_day_is_shared_by_all_tokens_of_the_company(tiny, api, by_key):
    await api.get("/v1/users")
    assert "278" == (await by_key.get("/v1/users/me")).headers["x-daily-ratelimit-token-remaining"]


async def test_the_daily_headers_can_be_absent(crm, api):
    crm.toggles["daily_headers"] = False
    reply = await api.get("/v1/users/me")
    assert "x-ratelimit-limit" in reply.headers
    assert "x-daily-ratelimit-token-remaining" not in reply.headers


async def test_only_writes_by_api_token_count_daily_requests(api, by_key):
    body = {"name": "A"}
    assert "9999" == (await by_key.post("/api/v2/persons", json=body)).headers["x-daily-requests-left"]
    assert "x-daily-requests-left" not in (await by_key.get("/v1/users/me")).headers
    assert "x-daily-requests-left" not in (await api.post("/api/v2/persons", json=body)).headers


async def test_who_is_not_signed_in_spends_nothing(crm, api):
    await api.get("/v1/users/me", headers={"Authorization": "Bearer nobody"})
    assert 30_000 == crm.limits.budget.remaining


# -- hammering --


async def test_hammering_with_an_api_token_meets_cloudflare_for_a_minute(tiny, by_key, clock):
    assert [200] * 4 + [429] * 10 + [403] == await statuses(by_key, 15)
    reply = await by_key.get("/v1/users/me")
    assert (403, "cloudflare") == (reply.status_code, reply.headers["server"])
    assert reply.headers["content-type"].startswith("text/html")
    assert "Cloudflare" in reply.text
    assert {} == limit_headers(reply)
    clock.advance(59)
    assert [403] == await statuses(by_key, 1)
    clock.advance(1)
    assert [200] == await statuses(by_key, 1)


async def test_hammering_with_oauth_stays_429_unless_switched(tiny, api):
    assert {429} == set((await statuses(api, 20))[4:])
    tiny.toggles["cloudflare_for_oauth"] = True
    assert [403] == await statuses(api, 1)


# -- on a port --


async def test_limits_hold_on_a_port_as_well():
    clock = SandboxClock()
    crm = PipedriveSandbox(clock, plan="tiny")
    headers = {"Authorization": f"Bearer {crm.sign_in().access}"}
    async with serve(Sandbox(clock, [crm])) as url, httpx.AsyncClient(headers=headers) as client:
        assert [200] * 4 + [429] == await statuses(client, 5, f"{url}/pipedrive/v1/users/me")
