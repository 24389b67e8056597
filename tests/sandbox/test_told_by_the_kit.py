"""What the sandbox kit says of a CRM, and to whoever asks for something that is not there: whole sentences."""

from __future__ import annotations

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from appconnect.sandbox import CrmSandbox, Sandbox, SandboxClock
from appconnect.sandbox.base import Guide, SeenRequest, Toggle, Toggles, _module_of
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.coverage import Operation, read_operations
from appconnect.sandbox.oauth import Client, Grant, Tokens, consent_page, error_page, redirect_back
from appconnect.sandbox.people import MOST, made_up_people
from appconnect.sandbox.records import Table
from appconnect.sandbox.routing import route
from appconnect.sandbox.schema import Field, Kind, Problem, read_schema
from appconnect.sandbox.text_index import TextIndex

OPERATIONS = """
# Made up
[Deals]
GET   /deals
GET /deals/{dealId}
GET /deals/{other}
GET /deals/search
GET /{anything}/search
[Filters]
  DELETE /filters/{id}
"""


class Shop(CrmSandbox):
    name, title, hosts = "my-shop", "Shop", ("api.shop.test", "*.eu.shop.test")
    plans = ("large", "tiny")
    known_toggles = (Toggle("shout", False, "Answers in capitals."), Toggle("quiet", True, "Whispers."))
    credentials = {"api_key": "it's", "client.id": "7"}  # noqa: RUF012

    def routes(self) -> list[BaseRoute]:
        return [route("/deals", self.deals, ("GET", "POST")), route("/deals/{id}", self.deals)]

    def operations(self) -> list[Operation]:
        return [] if self.plan == "tiny" else read_operations(OPERATIONS)

    def seed(self) -> None: ...

    def guide(self) -> Guide:
        return Guide("Shop", "https://docs.shop.test", "No sign-in.", {})

    async def deals(self, request: Request) -> Response:
        return JSONResponse({"address": self.address(request, "files.shop.test"), **request.path_params})


@pytest.fixture
def shop() -> Shop:
    return Shop(SandboxClock())


def on_a_port(shop: Shop, **how: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Sandbox(shop.clock, [shop]))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8700", **how)  # type: ignore[arg-type]


# -- a CRM --


def test_a_crm_says_its_plan_and_how_many_requests_it_has_seen(shop: Shop) -> None:
    assert "<Shop sandbox: plan large, 0 requests seen>" == repr(shop)
    assert "<Sandbox: my-shop>" == repr(Sandbox(shop.clock, [shop]))
    assert "<Sandbox: my-shop, my-shop2>" == repr(Sandbox(shop.clock, [shop, _Second(shop.clock)]))


class _Second(Shop):
    name = "my-shop2"


def test_an_unknown_plan_or_toggle_is_refused_in_a_sentence(shop: Shop) -> None:
    with pytest.raises(ValueError, match=r"^Shop has no plan 'huge'; there are: large, tiny$"):
        shop.plan = "huge"
    with pytest.raises(KeyError) as unknown:
        shop.toggles["whisper"] = True
    with pytest.raises(KeyError) as none:
        Toggles(())["whisper"] = True
    assert ("no toggle 'whisper'; there are: shout, quiet", "no toggle 'whisper'; there are: none") == (
        unknown.value.args[0], none.value.args[0],
    )  # fmt: skip
    assert {"shout": False, "quiet": True} == dict(shop.toggles)


def test_a_sandbox_that_cannot_be_filled_says_so(shop: Shop) -> None:
    with pytest.raises(NotImplementedError, match=r"^Shop's sandbox cannot be filled with people\.$"):
        shop.add_person(CastMember("Nia", "Holt"))


def test_what_a_crm_does_not_say_is_nothing(shop: Shop) -> None:
    assert (None, [], {}, shop.credentials) == (
        shop.sign_in_ends(), shop.issued_secrets(), dict(shop.tables()), shop.fresh_credentials(),
    )  # fmt: skip
    assert shop.forget_sessions() is None
    assert ((), {}) == (CrmSandbox.people_tables, CrmSandbox.credentials)
    assert (("standard",), (), 0) == (
        CrmSandbox.plans,
        CrmSandbox.known_toggles,
        CrmSandbox.operations_in_all,
    )


async def test_who_watches_is_told_of_every_request_until_it_ends(shop: Shop) -> None:
    told: list[int] = []
    end = shop.watch(lambda: told.append(shop.seen))
    transport = Sandbox(shop.clock, [shop]).transport()
    async with httpx.AsyncClient(transport=transport, base_url="https://api.shop.test") as client:
        await client.get("/deals")
        shop.faults.add(status=500)
        await client.get("/deals")
        shop.faults.add(drop=True)
        with pytest.raises(httpx.ConnectError):
            await client.get("/deals")
        end()
        await client.get("/deals")
    assert ([1, 2, 3], 4) == (told, shop.seen)


def test_a_class_that_is_in_no_file_has_nothing_beside_it() -> None:
    shape = {"__module__": "nowhere", "title": "No file"}
    nowhere = type("Nowhere", (Shop,), shape)(SandboxClock())
    assert {} == dict(nowhere.tables())
    assert _module_of(type(nowhere)).name == "base.py"


def test_the_latest_ten_thousand_requests_are_remembered(shop: Shop) -> None:
    for number in range(10_000):
        shop._remember(SeenRequest("GET", "", f"/{number}", {}, {}, b""))
    assert 10_000 == len(shop.requests)
    shop._remember(SeenRequest("GET", "", "/last", {}, {}, b""))
    assert (9_001, "/1000", "/last", 10_001) == (
        len(shop.requests), shop.requests[0].path, shop.requests[-1].path, shop.seen,
    )  # fmt: skip


async def test_a_number_of_times_that_is_none_is_told_as_far_as_it_may_be_read(shop: Shop) -> None:
    for times, shown in (("x" * 60, "x" * 60), ("y" * 61, "y" * 60)):
        async with on_a_port(shop) as client:
            form = {"crm": "my-shop", "named": "503", "times": times}
            answer = await client.post("/faults", data=form)
        told = f"The number of times is '{shown}'; give a whole number from 1 to 999999."
        assert (400, told) == (answer.status_code, answer.text)


# -- what is played of it --


def test_operations_are_read_group_by_group() -> None:
    assert [
        ("Deals", "GET /deals"), ("Deals", "GET /deals/{dealId}"), ("Deals", "GET /deals/{other}"),
        ("Deals", "GET /deals/search"), ("Deals", "GET /{anything}/search"), ("Filters", "DELETE /filters/{id}"),
    ] == [(each.group, str(each)) for each in read_operations(OPERATIONS)]  # fmt: skip
    assert [("", "GET /a"), ("", "GET /b[]")] == [
        (each.group, str(each)) for each in read_operations("\nGET /a\nGET /b[]\n")
    ]


def test_a_line_of_operations_that_is_no_operation_is_refused() -> None:
    with pytest.raises(ValueError, match="unpack"):
        read_operations("[Odd")


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/deals", "GET /deals"),
        ("GET", "/deals/", "GET /deals"),
        ("GET", "/deals/7", "GET /deals/{dealId}"),
        ("GET", "/deals/search", "GET /deals/search"),
        ("GET", "/people/search", "GET /{anything}/search"),
        ("DELETE", "/filters/7", "DELETE /filters/{id}"),
        ("POST", "/deals", "None"),
        ("GET", "/people/7", "None"),
        ("GET", "/", "None"),
        ("GET", "/deals/7/8", "None"),
    ],
)
def test_an_operation_is_known_by_its_path_and_words_win(
    shop: Shop, method: str, path: str, operation: str
) -> None:
    assert operation == str(shop.coverage.operation(method, path))


def test_what_is_played_is_told_as_a_share() -> None:
    shop = Shop(SandboxClock())
    assert [("Deals", 3, 2, 5), ("Filters", 0, 1, 1)] == [
        (each.group, len(each.played), len(each.missing), each.total) for each in shop.coverage.groups
    ]
    assert (3, 6, 0.5, "3 of 6 operations, 50% of the vendor's") == (
        shop.coverage.played, shop.coverage.in_all, shop.coverage.share, shop.coverage.told,
    )  # fmt: skip
    none = Shop(SandboxClock(), plan="tiny").coverage
    assert (0, 0, 1.0, "no list of the vendor's operations") == (
        none.played,
        none.in_all,
        none.share,
        none.told,
    )
    played = shop.coverage.not_played("GET", "/deals/7"), shop.coverage.not_played("GET", "/nothing")
    assert ((None, None), "GET /deals/search") == (
        played,
        str(shop.coverage.not_played("GET", "/deals/search")),
    )


class _Most(Shop):
    operations_in_all = 19


async def test_the_share_is_rounded(shop: Shop) -> None:
    most = _Most(shop.clock)
    async with on_a_port(most) as client:
        told = (await client.get("/_sandbox/coverage")).json()["my-shop"]
        del client.headers["accept"]
        assert {"my-shop": told} == (await client.get("/_sandbox/coverage")).json()
    assert ("3 of 19 operations, 15% of the vendor's", 0.158, 19, 3) == (
        most.coverage.told, told["share"], told["operations"], told["played"],
    )  # fmt: skip
    assert {
        "Deals": {"played": ["GET /deals", "GET /deals/{dealId}", "GET /deals/{other}"],
                  "missing": ["GET /deals/search", "GET /{anything}/search"]},
        "Filters": {"played": [], "missing": ["DELETE /filters/{id}"]},
    } == told["groups"]  # fmt: skip


# -- the port --


@pytest.mark.parametrize("accept", ["*/*", "text/plain", None])
async def test_credentials_are_variables_for_a_shell(shop: Shop, accept: str | None) -> None:
    async with on_a_port(shop) as client:
        client.headers.pop("accept")
        answer = await client.get(
            "/_sandbox/credentials/my-shop", headers={"accept": accept} if accept else {}
        )
    assert "export MY_SHOP_API_KEY='it'\"'\"'s'\nexport MY_SHOP_CLIENT_ID=7\n" == answer.text
    assert "text/plain; charset=utf-8" == answer.headers["content-type"]


async def test_credentials_are_json_for_who_asks_for_it(shop: Shop) -> None:
    async with on_a_port(shop, headers={"accept": "application/json"}) as client:
        answer = await client.get("/_sandbox/credentials/my-shop/")
    assert {"MY_SHOP_API_KEY": "it's", "MY_SHOP_CLIENT_ID": "7"} == answer.json()


@pytest.mark.parametrize(
    ("headers", "status", "told"),
    [
        ({"host": "evil.test"}, 421, "The sandbox answers to 127.0.0.1 and localhost only."),
        ({"host": "127.0.0.1.evil.test"}, 421, "The sandbox answers to 127.0.0.1 and localhost only."),
        ({"host": "[::"}, 421, "The sandbox answers to 127.0.0.1 and localhost only."),
        ({"host": ""}, 421, "The sandbox answers to 127.0.0.1 and localhost only."),
        ({"origin": "https://evil.test"}, 403, "The sandbox takes nothing from other sites' pages."),
        ({"origin": ""}, 403, "The sandbox takes nothing from other sites' pages."),
    ],
)
async def test_a_foreign_page_is_refused_in_a_sentence(
    shop: Shop, headers: dict[str, str], status: int, told: str
) -> None:
    async with on_a_port(shop) as client:
        answer = await client.get("/my-shop/deals", headers=headers)
    assert (status, told) == (answer.status_code, answer.text)


@pytest.mark.parametrize("host", ["127.0.0.1:8700", "localhost", "LOCALHOST:1", "[::1]:8700"])
async def test_loopback_names_are_answered_with_their_own_addresses(shop: Shop, host: str) -> None:
    async with on_a_port(shop, headers={"host": host, "origin": f"http://{host}"}) as client:
        answer = await client.get("/my-shop/deals/7")
    assert {"address": f"http://{host}/my-shop", "id": "7"} == answer.json()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/my-shop", 307), ("/my-shop/", 307), ("/my-shop/deals", 200), ("/my-shopping", 404)],
)
async def test_the_first_segment_of_a_path_chooses_the_crm(shop: Shop, path: str, status: int) -> None:
    async with on_a_port(shop) as client:
        answer = await client.get(f"http://127.0.0.1:8700{path}")
    assert (status, "/#my-shop" if status == 307 else None) == (
        answer.status_code, answer.headers.get("location"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("host", "found"),
    [("api.shop.test", True), ("a.b.eu.shop.test", True), ("eu.shop.test", False), ("shop.test", False)],
)
async def test_in_this_process_the_host_chooses_the_crm(shop: Shop, host: str, found: bool) -> None:
    async with httpx.AsyncClient(transport=Sandbox(shop.clock, [shop]).transport()) as client:
        try:
            told = (await client.get(f"https://{host}/deals")).json()
        except httpx.ConnectError:
            told = {}
    assert ({"address": "https://files.shop.test"} if found else {}) == told


async def test_a_sandbox_is_reset_as_a_whole(shop: Shop) -> None:
    sandbox = Sandbox(shop.clock, [shop])
    async with on_a_port(shop) as client:
        await client.get("/my-shop/deals")
    shop.plan, shop.toggles["shout"] = "tiny", True
    shop.clock.advance(5)
    moment = shop.clock.now()
    sandbox.reset()
    assert (0, [], "large", False, moment) == (
        shop.seen, shop.requests, shop.plan, shop.toggles["shout"], sandbox.clock.now(),
    )  # fmt: skip


# -- signing in at a page --


def test_the_consent_page_says_who_wants_what_and_has_two_buttons() -> None:
    page = consent_page("Shop", Client("app", "s"), "Rae Quill", ["deals:read", "users"]).body.decode()
    assert page.endswith(
        "<body><h1>Connect to Shop</h1>"
        '<div class="card"><p><b>App Connect workbench</b> wants to use Shop as <b>Rae Quill</b>.</p>'
        "<p>It asks for:</p><ul><li>deals:read</li><li>users</li></ul>"
        '<form method="post"><button class="go" name="decision" value="approve">Approve</button>'
        '<button name="decision" value="decline">Decline</button></form></div>'
        "<p>This is a local sandbox with made-up people; nothing leaves your computer.</p></body></html>"
    )
    assert "It asks for" not in consent_page("Shop", Client("app", "s"), "Rae Quill").body.decode()


def test_the_page_of_an_error_says_why() -> None:
    page = error_page("No <app>", "Unknown & odd")
    assert (400, 403) == (page.status_code, error_page("a", "b", 403).status_code)
    assert page.body.decode().endswith(
        '<h1>No &lt;app&gt;</h1><div class="card"><p class="error">Unknown &amp; odd</p></div></body></html>'
    )


@pytest.mark.parametrize(
    ("uri", "answer", "location"),
    [
        ("http://127.0.0.1/cb", {"code": "1", "state": "a b"}, "http://127.0.0.1/cb?code=1&state=a+b"),
        ("http://127.0.0.1/cb?a=&b=2#x", {"error": "no"}, "http://127.0.0.1/cb?a=&b=2&error=no#x"),
        ("http://127.0.0.1/cb", {"code": ""}, "http://127.0.0.1/cb"),
    ],
)
def test_a_person_is_sent_back_with_the_answer(uri: str, answer: dict[str, str], location: str) -> None:
    assert location == redirect_back(uri, **answer).headers["location"]


def test_an_app_without_registered_addresses_returns_to_this_computer_only() -> None:
    app = Client("app", "s")
    assert [True, False] == [
        app.may_return_to(uri) for uri in ("http://localhost:1/cb", "https://app.test/cb")
    ]


def test_tokens_tell_when_access_ends_and_what_is_in_circulation() -> None:
    clock = SandboxClock()
    kinds: list[str] = []
    tokens = Tokens(clock, make=lambda kind: kinds.append(kind) or f"{kind}-{len(kinds)}")  # type: ignore[func-returns-value]
    assert (None, []) == (tokens.access_ends, tokens.issued())
    code = tokens.code(Grant(user=1, client="app"))
    pair = tokens.issue(tokens.redeem(code))
    clock.advance(10)
    later = tokens.refresh(pair.refresh)
    assert (["code", "refresh", "access", "access"], pair.refresh) == (kinds, later.refresh)
    assert {pair.access, later.access, pair.refresh} == set(tokens.issued())
    assert tokens.access_ends is not None
    assert 3599 == (tokens.access_ends - clock.now()).total_seconds()
    clock.advance(3589)
    assert 10 == (tokens.access_ends - clock.now()).total_seconds()
    clock.advance(10)
    assert tokens.access_ends is None
    tokens.revoke("nobody's")
    assert (Grant(1, "app"), ("", ())) == (pair.grant, (pair.grant.redirect_uri, pair.grant.scopes))


def test_random_tokens_are_long_and_never_the_same() -> None:
    tokens = Tokens(SandboxClock())
    pairs = [tokens.issue(Grant(user=1, client="app")) for _ in range(20)]
    assert 40 == len({*(each.access for each in pairs), *(each.refresh for each in pairs)})
    assert {(43, 32)} == {(len(each.access), len(each.refresh)) for each in pairs}


# -- records, people and schemas --


def test_texts_of_three_letters_and_more_are_looked_up() -> None:
    index: TextIndex[int] = TextIndex()
    index.put(1, ["abcd"])
    index.put(2, ["xyz"])
    assert ({1}, {1}, set(), {1, 2}, {1, 2}) == (
        index.candidates("abc"), index.candidates("ab", "bcd"), index.candidates("abz"), index.candidates("ab"),
        index.candidates(),
    )  # fmt: skip
    assert 2 == len(index)
    index.remove(1)
    assert (1, set(), {2}) == (len(index), index.candidates("abc"), index.candidates("a"))


def test_a_table_says_how_much_it_holds_and_what_it_needs() -> None:
    table = Table("ID")
    table.put({"ID": "a"})
    assert "<Table: 1 records>" == repr(table)
    for key in (None, 1.5, [], {}):
        with pytest.raises(ValueError, match=r"^A record needs an id in ID\.$"):
            table.put({"ID": key})
    for change in (lambda: table.change("b", {}), lambda: table.remove("b"), lambda: table["b"]):
        with pytest.raises(KeyError):
            change()
    assert ({"ID": "a", "x": 1}, {"ID": "a", "x": 1}) == (table.change("a", {"x": 1}), table.remove("a"))
    assert ([], []) == (table.dump(), table.having("a"))


def test_a_record_that_comes_back_keeps_its_place() -> None:
    table = Table(texts=lambda row: ["word"])
    for key in (1, 2, 3):
        table.put({"id": key})
    table.remove(1)
    table.put({"id": 4})
    assert [2, 3, 4] == [each["id"] for each in table.containing("word")]
    assert [2, 3, 4] == [each["id"] for each in table.containing("wo")]


@pytest.mark.parametrize("count", [-1, MOST + 1])
def test_no_more_people_are_made_up_than_there_are_numbers(count: int) -> None:
    with pytest.raises(
        ValueError, match=r"^There can be 0 to 7,800,000 made-up people, not -?[0-9,]+\.$"
    ) as caught:
        list(made_up_people(count))
    assert f"{count:,}." == str(caught.value).rsplit(" ", 1)[1]
    assert [] == list(made_up_people(0))


def test_the_numbers_of_made_up_people_are_nobodys() -> None:
    """555 with four digits, in area codes that begin with 2 to 9 and are neither N11 nor 555."""
    people = list(made_up_people(3000))
    areas = {each.phone[3:6] for each in people}
    assert {each.phone[:3] + each.phone[6:11] for each in people} == {"+1 -555-"}
    assert [] == [each for each in areas if each[0] in "01" or each.endswith("11") or each == "555"]
    assert ("201", "989") == (min(areas), max(areas))


GOOD = {
    "text": ["", "a"], "integer": [0, -7], "number": [0, 1.5], "boolean": [True, False], "object": [{}, {"a": 1}],
    "date": ["2026-02-28"], "date-time": ["2026-01-02T09:30:00Z", "2026-01-02"], "any": [0, "", [], {}, True],
    "time": ["00:00", "19:59", "23:59:59"],
    "uuid": ["00000000-0000-4000-8000-00000000000a", "ABCDEF01-2345-6789-ABCD-EF0123456789"],
}  # fmt: skip
BAD = {
    "text": [1, True, [], {}], "integer": [1.5, True, "1", []], "number": [True, "1", [], {}],
    "boolean": [0, 1, "true", []], "object": [[], "a", 1],
    "date": ["2026-02-30", "20260228", "2026-02-28T00:00:00", "٢٠٢٦-02-28", 20260228, ""],
    "date-time": ["yesterday", 0, "", [], "24:00"], "any": [],
    "time": ["24:00", "1:00", "00:60", "12:00:60", "12:00:0", "١٢:00", 12, ""],
    "uuid": ["", "00000000-0000-4000-8000-00000000000", "g0000000-0000-4000-8000-00000000000a",
             "00000000000040008000000000000000", 7],
}  # fmt: skip


@pytest.mark.parametrize("type_", GOOD)
def test_a_type_takes_its_values_and_no_others(type_: str) -> None:
    known = read_schema({"Record": {"field": type_}})["Record"]
    assert [] == [each for value in GOOD[type_] for each in known.problems({"field": value})]
    found = [[(each.path, each.kind) for each in known.problems({"field": value})] for value in BAD[type_]]
    assert [[("field", Kind.TYPE)]] * len(BAD[type_]) == found


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("texts", "NAME: there is no type 'texts'; there are: text, integer, number, boolean, date, date-time, time, "
                  "uuid, object, any."),
        ("text long", "NAME: 'long' says nothing about a field."),
        ("text ≤", "NAME: '≤' says nothing about a field."),
        ("Other read-write", "NAME: 'read-write' says nothing about a field."),
    ],
)  # fmt: skip
def test_a_description_that_means_nothing_is_refused_in_a_sentence(description: str, told: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_schema({"Record": {"NAME": description}, "Other": {}})
    assert told == str(caught.value)


def test_a_problem_leads_to_its_field() -> None:
    record = read_schema(
        {
            "Record": {
                "A": "text ≤1",
                "B": "text: x",
                "C": "integer",
                "D": "text read-only",
                "E*": "text",
                "F": ["text"],
            }
        }
    )["Record"]
    found = {
        each.path: each for each in record.problems({"A": "xx", "B": "y", "C": "z", "D": "", "F": "", "G": 1})
    }
    assert {
        "A": Kind.LENGTH, "B": Kind.CHOICE, "C": Kind.TYPE, "D": Kind.READ_ONLY, "E": Kind.MISSING, "F": Kind.TYPE,
        "G": Kind.UNKNOWN,
    } == {path: each.kind for path, each in found.items()}  # fmt: skip
    assert {**record.fields, "G": None} == {path: each.field for path, each in found.items()}
    assert [("a.A", Kind.LENGTH)] == [
        (each.path, each.kind) for each in record.problems({"A": "xx", "E": "x"}, path="a.")
    ]
    assert ["unknown", "missing", "read-only", "type", "length", "choice"] == [each.value for each in Kind]


def test_a_description_says_all_of_a_field() -> None:
    record = read_schema(
        {
            "Record": {
                "NAME*": "text ≤20 =NEW read-only: NEW|IN PROGRESS",
                "PARTS": ["Part"],
                "PART": "Part read-only",
                "INNER": {"X*": "integer"},
                "NUMBERS": ["number"],
            },
            "Part": {},
        }
    )["Record"]
    name = record.fields["NAME"]
    assert ("Record", "NAME", "text", True, True, 20, ("NEW", "IN PROGRESS"), "NEW", False) == (
        record.name, name.name, name.type, name.required, name.read_only, name.max_length, tuple(name.choices),
        name.default, name.many,
    )  # fmt: skip
    told = {key: (each.type, each.many, each.read_only, each.required) for key, each in record.fields.items()}
    assert {
        "NAME": ("text", False, True, True), "PARTS": ("object", True, False, False),
        "PART": ("object", False, True, False), "INNER": ("object", False, False, False),
        "NUMBERS": ("number", True, False, False),
    } == told  # fmt: skip
    assert {"NAME": "NEW", "PARTS": [], "PART": None, "INNER": None, "NUMBERS": []} == record.blank()
    assert Field("a", "text") == Field(
        "a", "text", required=False, read_only=False, max_length=None, choices=()
    )
    assert Problem("a", Kind.TYPE) == Problem("a", Kind.TYPE, None)
