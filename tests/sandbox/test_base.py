"""What every CRM of the sandbox gets for free, shown on the smallest possible CRM."""

import asyncio
import re
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest
from platforms import ALL_OAUTH
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.connectors import registry
from appconnect.sandbox import PortTaken, RealClock, Sandbox, SandboxClock, base, serve
from appconnect.sandbox.base import (
    CrmSandbox,
    DailyBudget,
    Guide,
    Ids,
    RefusedError,
    RollingWindow,
    Toggle,
    basic,
    bearer,
    read_json,
)
from appconnect.workbench.sandboxes import make_sandbox


class Toy(CrmSandbox):
    """Says what it was sent."""

    name, title, hosts = "toy", "Toy CRM", ("api.toy.example", "*.toy.example")
    plans = ("large", "tiny")
    known_toggles = (Toggle("shout", False, "Answers in capitals."),)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/echo", self.echo, methods=["GET", "POST"]),
            Route("/here", self.here),
            Route("/no", self.no),
        ]

    def seed(self) -> None:
        self.heard: list[object] = []

    def guide(self) -> Guide:
        return Guide(
            "Toy <CRM>", "https://toy.example/docs", "Just ask.", {"Key": "<b>k</b>"}, people={"Nia": "a"}
        )

    def rewrite(self, path: str) -> str:
        return path.lower()

    async def echo(self, request: Request) -> Response:
        self.heard.append(await read_json(request))
        said = {"bearer": bearer(request), "basic": basic(request), "json": await read_json(request)}
        return JSONResponse(said, 201 if request.method == "POST" else 200)

    async def here(self, request: Request) -> Response:
        return JSONResponse(self.address(request, "files.toy.example"))

    async def no(self, request: Request) -> Response:
        raise RefusedError(JSONResponse({"message": "no"}, 402))


@pytest.fixture
def toy() -> Toy:
    return Toy(SandboxClock())


@pytest.fixture
def sandbox(toy: Toy) -> Sandbox:
    return Sandbox(toy.clock, [toy])


@pytest.fixture
async def client(sandbox: Sandbox):
    async with httpx.AsyncClient(transport=sandbox.transport(), base_url="https://api.toy.example") as client:
        yield client


# -- in-process --


async def test_requests_reach_the_crm_by_its_real_host(client, toy):
    answer = await client.post("/echo?a=1", json={"x": 1}, headers={"Authorization": "Bearer t"})

    assert (201, {"bearer": "t", "basic": None, "json": {"x": 1}}) == (answer.status_code, answer.json())
    [seen] = toy.requests
    assert ("POST", "api.toy.example", "/echo", {"a": "1"}, {"x": 1}, 201) == (
        seen.method,
        seen.host,
        seen.path,
        seen.query,
        seen.json,
        seen.status,
    )


async def test_a_form_is_seen_as_fields(client, toy):
    await client.post("/echo", data={"grant_type": "x", "empty": ""})

    assert {"grant_type": "x", "empty": ""} == toy.requests[0].form
    assert toy.requests[0].json is None


async def test_the_repr_of_a_seen_request_shows_no_credentials(client, toy):
    await client.get("/echo?token=s3cret", headers={"Authorization": "Bearer s3cret"})

    assert "s3cret" not in repr(toy.requests)


@pytest.mark.parametrize("url", ["https://api.other.example/echo", "http://api.toy.example/echo"])
async def test_an_unknown_host_or_plain_http_is_like_no_network(client, url):
    with pytest.raises(httpx.ConnectError):
        await client.get(url)


async def test_a_path_can_be_canonised_before_routing(client, toy):
    assert 200 == (await client.get("/ECHO")).status_code
    assert "/ECHO" == toy.requests[0].path


async def test_no_such_path_is_404_and_no_such_method_is_405(client):
    assert 404 == (await client.get("/nowhere")).status_code
    assert 405 == (await client.delete("/here")).status_code
    assert 404 == (await client.get("/here/")).status_code


async def test_a_refusal_below_a_handler_is_the_answer(client, toy):
    answer = await client.get("/no")

    assert (402, {"message": "no"}) == (answer.status_code, answer.json())
    assert 402 == toy.requests[0].status


async def test_addresses_handed_out_in_process_are_the_real_ones(client):
    assert "https://files.toy.example" == (await client.get("/here")).json()


async def test_basic_credentials_keep_colons_in_the_password(client):
    answer = await client.get("/echo", auth=("key", "user:pa:ss"))
    assert ["key", "user:pa:ss"] == answer.json()["basic"]


@pytest.mark.parametrize("header", ["Basic %%%", "Basic bm9jb2xvbg==", "Bearer x", "", "Basic"])
async def test_unreadable_basic_credentials_are_none(client, header):
    assert (await client.get("/echo", headers={"Authorization": header})).json()["basic"] is None


# -- faults --


async def test_a_fault_answers_in_place_of_the_handler_as_often_as_asked(client, toy):
    toy.faults.add("POST", "/ec*", status=429, json={"error": "slow"}, headers={"Retry-After": "2"}, times=2)

    answers = [await client.post("/echo") for _ in range(3)]

    assert [429, 429, 201] == [answer.status_code for answer in answers]
    assert ({"error": "slow"}, "2") == (answers[0].json(), answers[0].headers["retry-after"])
    assert (1, 3) == (len(toy.heard), len(toy.requests))


async def test_a_fault_leaves_other_requests_alone(client, toy):
    toy.faults.add("POST", "/echo", status=500, text="boom")

    assert 200 == (await client.get("/echo")).status_code
    assert "boom" == (await client.post("/echo")).text


async def test_a_fault_without_count_stays_until_cleared(client, toy):
    toy.faults.add(status=503, times=None)
    assert [503] * 3 == [(await client.get("/echo")).status_code for _ in range(3)]

    toy.faults.clear()
    assert 200 == (await client.get("/echo")).status_code


async def test_a_dropped_request_is_never_handled(client, toy):
    toy.faults.add(drop=True)
    with pytest.raises(httpx.ConnectError):
        await client.post("/echo")
    assert ([], None) == (toy.heard, toy.requests[0].status)


async def test_a_lost_answer_means_the_work_was_done(client, toy):
    toy.faults.add(drop_after=True)
    with pytest.raises(httpx.ReadError):
        await client.post("/echo", json=1)
    assert ([1], 201) == (toy.heard, toy.requests[0].status)


async def test_the_json_of_an_answer_can_be_changed_on_its_way(client, toy):
    toy.faults.add("POST", change=lambda answer: {**answer, "odd": "é" * 9, "json": None}, times=None)
    answer = await client.post("/echo", json=1)
    assert (201, [1], 201) == (answer.status_code, toy.heard, toy.requests[0].status)
    assert ("é" * 9, None) == (answer.json()["odd"], answer.json()["json"])
    assert "odd" not in (await client.get("/echo")).json()


# -- plans, toggles, reset --


def test_an_unknown_plan_or_toggle_is_refused_with_the_valid_names(toy):
    with pytest.raises(ValueError, match="large, tiny"):
        toy.plan = "huge"
    with pytest.raises(KeyError, match="shout"):
        toy.toggles["whisper"] = True
    with pytest.raises(KeyError, match="shout"):
        Toy(toy.clock, toggles={"whisper": True})


async def test_reset_gives_back_the_first_morning(client):
    toy = Toy(SandboxClock(), plan="tiny", toggles={"shout": True})
    toy.plan, toy.toggles["shout"] = "large", False
    toy.heard.append("something")
    assert (1, 2) == (toy.ids.next("x"), toy.ids.next("x"))
    toy.faults.add(status=500)

    toy.reset()

    assert ("tiny", True, [], 1, 0) == (
        toy.plan,
        toy.toggles["shout"],
        toy.heard,
        toy.ids.next("x"),
        len(toy.faults),
    )


# -- time and limits --


def test_the_clock_stands_still_until_it_is_moved():
    clock = SandboxClock()
    assert datetime(2026, 1, 2, 9, 30, tzinfo=UTC) == clock.now() == clock.now()
    clock.advance(90)
    assert datetime(2026, 1, 2, 9, 31, 30, tzinfo=UTC) == clock.now()


async def test_sleeping_moves_the_clock_and_does_not_wait():
    clock = SandboxClock()
    await asyncio.wait_for(clock.sleep(3600), 30)
    assert 10 == clock.now().hour


async def test_tasks_that_sleep_together_wake_together():
    clock = SandboxClock()
    await asyncio.gather(clock.sleep(2), clock.sleep(2), clock.sleep(1))
    assert datetime(2026, 1, 2, 9, 30, 2, tzinfo=UTC) == clock.now()


def test_the_real_clock_can_be_put_ahead():
    clock = RealClock()
    before = clock.now()
    clock.advance(3600)
    assert (clock.now() - before).total_seconds() >= 3600


def test_a_window_rolls():
    clock = SandboxClock()
    window = RollingWindow(clock, 2, 2.0)
    assert [True, True, False] == [window.take() for _ in range(3)]
    assert (0, 2) == (window.remaining, window.reset)
    clock.advance(1.5)
    assert (0, 1) == (window.remaining, window.reset)
    clock.advance(0.5)
    assert (2, True) == (window.remaining, window.take())
    clock.advance(1)
    assert (1, True, False) == (window.remaining, window.take(), window.take())
    assert (0, 1) == (window.remaining, window.reset)
    clock.advance(1)
    assert (1, 1) == (window.remaining, window.reset)


def test_an_empty_window_is_free_after_its_seconds():
    assert (3, 2) == ((window := RollingWindow(SandboxClock(), 3, 1.5)).remaining, window.reset)


def test_a_budget_is_full_again_at_midnight():
    clock = SandboxClock()
    budget = DailyBudget(clock, 30)
    assert [True, False, True] == [budget.spend(20), budget.spend(20), budget.spend(10)]
    assert (0, int(14.5 * 3600)) == (budget.remaining, budget.reset)
    clock.advance(budget.reset - 0.5)
    assert (0, 1, False) == (budget.remaining, budget.reset, budget.spend())
    clock.advance(0.5)
    assert (30, 24 * 3600) == (budget.remaining, budget.reset)
    assert [True, 29] == [budget.spend(), budget.remaining]


def test_ids_count_per_kind_from_their_first_number():
    ids = Ids()
    assert [500, 501, 1] == [ids.next("person", 500), ids.next("person", 500), ids.next("deal")]


# -- on a port --


async def test_on_a_port_the_first_path_segment_chooses_the_crm(sandbox, toy):
    async with serve(sandbox) as url, httpx.AsyncClient(base_url=url) as client:
        assert {"n": 1} == (await client.post("/toy/echo", json={"n": 1})).json()["json"]
        assert f"{url}/toy" == (await client.get("/toy/here")).json()
        assert 404 == (await client.get("/nothere/echo")).status_code
    assert ["/echo", "/here"] == [seen.path for seen in toy.requests]


async def test_the_index_page_tells_how_and_escapes_everything(sandbox):
    async with serve(sandbox) as url, httpx.AsyncClient() as client:
        page = await client.get(url)
    assert page.headers["content-type"].startswith("text/html")
    assert f"{url}/toy" in page.text
    assert "&lt;b&gt;k&lt;/b&gt;" in page.text
    assert "<b>k</b>" not in page.text
    assert "Answers in capitals." in page.text


@pytest.mark.parametrize("crm", registry.names())
def test_a_guide_explains_every_plan_and_no_other(crm):
    sandbox = make_sandbox(crm)[crm]
    assert set(sandbox.plans) == set(sandbox.guide().plans)


async def test_the_index_page_tells_how_to_approve_and_links_what_a_browser_can_open():
    async with serve(make_sandbox()) as url, httpx.AsyncClient() as client:
        page = (await client.get(url)).text
        links = [unescape(link) for link in re.findall(f'href="({url}[^"]*)"', page)]
        assert len(links) >= len(ALL_OAUTH) > 0
        assert [200] * len(links) == [(await client.get(link)).status_code for link in links]
    assert len(ALL_OAUTH) == page.count("POST decision=approve to the whole authorize address")
    titles = re.findall("<h2[^>]*>(.*?)</h2>", page)
    assert list(registry.titles().values()) == titles


@pytest.mark.parametrize(
    ("crm", "decision"),
    [
        *((name, {"decision": "approve"}) for name in ALL_OAUTH),
        ("bullhorn", {"username": "rae.quill", "password": "Sandbox-0110", "action": "Login"}),
    ],
)
async def test_approving_without_a_browser_as_the_index_page_tells(crm, decision):
    async with serve(make_sandbox()) as url, httpx.AsyncClient() as client:
        links = re.findall('href="([^"]*/authorize[^"]*)"', (await client.get(url)).text)
        address = unescape(next(link for link in links if f"/{crm}/" in link))
        answer = await client.post(address, data=decision)
    assert answer.headers["location"].startswith("http://127.0.0.1/callback?")
    assert "code=" in answer.headers["location"]


@pytest.mark.parametrize("path", ["/toy", "/toy/"])
async def test_a_crms_bare_prefix_leads_to_its_section(sandbox, toy, path):
    async with serve(sandbox) as url, httpx.AsyncClient() as client:
        answer = await client.get(url + path)
    assert (True, "/#toy") == (answer.has_redirect_location, answer.headers["location"])
    assert [] == toy.requests


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Host": "[::"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_the_port_answers_no_foreign_page(sandbox, toy, headers):
    async with serve(sandbox) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/toy/echo", headers=headers)
    assert answer.status_code in {421, 403}
    assert [] == toy.requests


async def test_the_in_process_mark_cannot_be_sent_from_outside(sandbox):
    async with serve(sandbox) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/toy/here", headers={"Host": "api.toy.example"})
    assert 421 == answer.status_code


@pytest.mark.parametrize("fault", [{"drop": True}, {"drop_after": True}])
async def test_a_dropped_connection_breaks_on_a_port_too(sandbox, toy, fault):
    toy.faults.add(**fault)
    async with serve(sandbox) as url, httpx.AsyncClient() as client:
        with pytest.raises(httpx.TransportError):
            await client.get(f"{url}/toy/echo")
        assert 200 == (await client.get(f"{url}/toy/echo")).status_code


async def test_a_taken_port_is_named(sandbox):
    async with serve(sandbox) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(PortTaken, match=f"Port {port} is taken") as caught:
            async with serve(sandbox, port):
                pass
    assert port == caught.value.port


async def test_of_requests_without_end_the_latest_are_remembered_and_all_are_counted(
    monkeypatch: pytest.MonkeyPatch, toy: Toy, client: httpx.AsyncClient
) -> None:
    monkeypatch.setattr(base, "MAX_REQUESTS", 20)
    for number in range(50):
        await client.get(f"https://api.toy.example/{number}")
    assert 50 == toy.seen
    assert 18 <= len(toy.requests) <= 20
    assert "/49" == toy.requests[-1].path
    assert "50 requests seen" in repr(toy)
    toy.reset()
    assert (0, []) == (toy.seen, toy.requests)
