"""From an answer, or none, to JSON or one error in one sentence."""

from __future__ import annotations

import gzip
import traceback

import httpx
import pytest
from pydantic import BaseModel
from wire import BASE, SECRET, Key, Wire, said

from appconnect.errors import (
    Blocked,
    CrmError,
    Forbidden,
    ForeignHost,
    InputError,
    NotFound,
    NotSignedIn,
    PaymentRequired,
    RateLimited,
    Rejected,
    SessionExpired,
    Unavailable,
    Unreachable,
)
from appconnect.http import RateLimit
from appconnect.sandbox.coverage import NOT_PLAYED


class Person(BaseModel):
    id: int
    name: str


class People(BaseModel):
    data: list[Person]


async def failed(wire: Wire, method: str = "POST") -> CrmError:
    with pytest.raises(CrmError) as caught:
        await wire.client.send(method, "/people", params={"key": "hidden"})
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Unavailable),
        (400, Rejected),
        (401, SessionExpired),
        (402, PaymentRequired),
        (403, Forbidden),
        (404, NotFound),
        (405, Rejected),
        (409, Rejected),
        (410, NotFound),
        (415, Rejected),
        (422, Rejected),
        (418, Rejected),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
async def test_each_status_is_one_kind_of_error(status: int, kind: type[CrmError]) -> None:
    error = await failed(Wire(said(status, {"error": "Field 'x' is wrong"})))
    assert kind is type(error)
    assert (status, "POST /people", "Field 'x' is wrong") == (error.status, error.request, error.crm_message)
    assert error.message.endswith("It said: Field 'x' is wrong")


@pytest.mark.parametrize("error_keys", [("error",), ("message",), ("problem",)], ids=str)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_the_sandbox_does_not_play_is_said_in_its_own_words_and_not_tried_again(
    method: str, error_keys: tuple[str, ...]
) -> None:
    sentence = "this sandbox does not play GET /people"
    answer = said(501, {"error": sentence, "message": sentence}, **{NOT_PLAYED: "not played"})
    wire = Wire(answer, error_keys=error_keys)
    error = await failed(wire, method)
    assert (Unavailable, 501, 1) == (type(error), error.status, len(wire.sent))
    assert f"The CRM may have this, but {sentence}." == error.message


async def test_an_answer_that_says_itself_that_it_is_no_success_is_none() -> None:
    error = await failed(Wire(said(200, {"success": False, "error": "Field 'x' is wrong"})))
    assert (Rejected, 200, "Field 'x' is wrong") == (type(error), error.status, error.crm_message)


@pytest.mark.parametrize(
    "body", [{"success": True}, {"success": None}, {"success": "false"}, {}, []], ids=str
)
async def test_any_other_answer_of_that_status_is_a_success(body: object) -> None:
    assert body == (await Wire(said(200, body)).client.send("POST", "/people")).body


async def test_429_is_told_apart_from_all_others() -> None:
    error = await failed(Wire(said(429, {"error": "Slow down"})))
    assert (RateLimited, 429, "POST /people", "Slow down") == (
        type(error), error.status, error.request, error.crm_message,
    )  # fmt: skip


async def test_405_says_that_the_address_does_not_take_the_method() -> None:
    error = await failed(Wire(said(405, {"error": "No"})))
    assert "The CRM does not take this method at this address. It said: No" == error.message


async def test_errors_name_the_path_as_the_connector_wrote_it() -> None:
    wire = Wire(said(404))
    for base in ("/rest-services/c0rp-token", "/v2", "/a/b/c/", "/a/X", ""):
        wire.client.signer = Key(f"{BASE}{base}")
        assert "POST /people" == (await failed(wire)).request.replace("//", "/")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "one", "message": "two"}, "one"),
        ({"error": {"code": 1}, "message": " two "}, "two"),
        ({"other": "three"}, ""),
        ([1, 2], ""),
        ({"error": "x" * 1000}, "x" * 300),
        (
            {"error": "Bad Request", "why": "owner_id must be a number"},
            "Bad Request: owner_id must be a number",
        ),
        ({"error": "Bad Request.", "why": " owner_id: no "}, "Bad Request: owner_id: no"),
        ({"error": "Wrong: owner_id", "why": "owner_id"}, "Wrong: owner_id"),
        ({"error": "Wrong", "why": "wrong: owner_id"}, "wrong: owner_id"),
        ({"why": "owner_id"}, "owner_id"),
        ({"error": "Wrong", "why": {"owner_id": 1}}, "Wrong"),
        ({"error": "Wrong", "why": "See the manual at x.test"}, "Wrong"),
    ],
    ids=[
        "first key",
        "next key",
        "no key",
        "no object",
        "long",
        "with its reason",
        "both end",
        "said twice",
        "said again with more",
        "only the reason",
        "no words",
        "boilerplate",
    ],
)
async def test_the_crm_is_quoted_from_the_keys_it_uses(body: object, words: str) -> None:
    assert (
        words
        == (await failed(Wire(said(400, body), reason_keys=("why",), boilerplate="See the"))).crm_message
    )


async def test_a_page_is_quoted_without_its_tags() -> None:
    page = httpx.Response(500, html="<html><h1>Upstream</h1>\n<p>timed  out</p>")
    assert "Upstream timed out" == (await failed(Wire(page))).crm_message


@pytest.mark.parametrize("status", [404, 410])
async def test_a_proxy_s_page_says_nothing_of_records(status: int) -> None:
    error = await failed(Wire(httpx.Response(status, html="<html><h1>nginx</h1></html>")))
    assert isinstance(error, Unavailable)
    assert f"(status {status}); try again later. It said: nginx" in error.message


@pytest.mark.parametrize("answer", [httpx.Response(404, text="Record not found"), httpx.Response(404)])
async def test_a_missing_record_may_be_said_in_words_or_not_at_all(answer: httpx.Response) -> None:
    assert isinstance(await failed(Wire(answer)), NotFound)


@pytest.mark.parametrize("page", ["<!doctype html><p>Maintenance", "\n <html></html>"])
async def test_a_page_where_data_belongs_is_no_success(page: str) -> None:
    error = await failed(Wire(httpx.Response(200, html=page)))
    assert Unavailable is type(error)
    assert "a web page where data belongs" in error.message


@pytest.mark.parametrize("content", [b"", b" "], ids=["nothing", "a space"])
async def test_an_empty_answer_is_a_success(content: bytes) -> None:
    assert (await Wire(httpx.Response(204, content=content)).client.send("DELETE", "/x")).body in (None, " ")


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":', b"\xff\xfe{}"], ids=["deep", "cut", "bytes"])
async def test_broken_json_is_an_answer_that_is_not_as_documented(content: bytes) -> None:
    broken = httpx.Response(200, content=content, headers={"content-type": "application/json"})
    with pytest.raises(Unavailable, match="answer to GET /people is not as documented"):
        await Wire(broken).client.get("/people", into=People)


def cut_off(_: httpx.Request) -> httpx.Response:
    """Says that it is compressed, and is not."""
    headers = {"content-encoding": "gzip"}

    async def body():
        yield gzip.compress(b"{}")[:5] + b"broken"

    return httpx.Response(200, headers=headers, content=body())


async def test_an_answer_that_cannot_be_unpacked_is_a_lost_answer() -> None:
    wire = Wire(cut_off)
    error = await failed(wire)
    assert isinstance(error, Unreachable)
    assert error.maybe_done
    [lost] = wire.client.trace
    assert ("DecodingError", 0, None) == (lost.error, lost.received_bytes, lost.status)


# -- no answer --


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), "cannot be reached; check the network."),
        (httpx.ConnectTimeout(""), "cannot be reached; check the network."),
        (httpx.ReadTimeout(""), "did not answer in time or broke the connection off; try again."),
        (httpx.ReadError(""), "did not answer in time or broke the connection off; try again."),
        (httpx.RemoteProtocolError(""), "did not answer in time or broke the connection off; try again."),
    ],
    ids=repr,
)
async def test_no_answer_is_one_sentence_with_the_host(method: str, fault: Exception, sentence: str) -> None:
    error = await failed(Wire(fault), method)
    assert isinstance(error, Unreachable)
    assert f"api.crm.test {sentence}" == error.message
    assert f"{method} /people" == error.request
    assert None is error.status
    assert (method == "POST" and "answer" in sentence) == error.maybe_done


async def test_without_a_connection_nothing_is_sent() -> None:
    wire = Wire(said())
    wire.client.signer = None
    with pytest.raises(NotSignedIn) as caught:
        await wire.client.get("/x")
    assert ("There is no connection to the CRM yet; sign in first.", []) == (caught.value.message, wire.sent)


async def test_closing_closes_what_is_behind_and_nothing_where_nothing_was_sent() -> None:
    closed: list[str] = []

    class Inner(httpx.MockTransport):
        async def aclose(self) -> None:
            closed.append("closed")

    wire = Wire(said())
    wire.client._inner = Inner(lambda request: said())
    await wire.client.aclose()
    assert [] == closed
    other = Wire(said())
    other.client._inner = Inner(lambda request: said())
    await other.client.get("/x")
    await other.client.aclose()
    assert ["closed"] == closed


async def test_each_write_is_counted_as_it_begins_and_as_it_ends() -> None:
    wire = Wire(lambda request: said(json={"so far": wire.client.writes}))
    assert (0, False) == (wire.client.writes, wire.client.replaces_people)
    assert [{"so far": 0}, {"so far": 1}, {"so far": 2}] == [
        await wire.client.get("/x"), await wire.client.post("/x", {}), await wire.client.get("/x"),
    ]  # fmt: skip


# -- what is asked --


async def test_parameters_that_are_none_are_left_out_and_the_rest_is_encoded() -> None:
    wire = Wire(said())
    await wire.client.get("/x", term="a&b +1#é", limit=5, exact=True, cursor=None)
    assert {"term": "a&b +1#é", "limit": "5", "exact": "true"} == dict(wire.sent[0].url.params)
    assert b"/x?term=a%26b+%2B1%23%C3%A9&limit=5&exact=true" == wire.sent[0].url.raw_path


async def test_a_body_is_json() -> None:
    wire = Wire(said())
    await wire.client.patch("/x", {"name": "Zoë 🌟", "deal": None})
    assert "application/json" == wire.sent[0].headers["content-type"]
    assert '{"name":"Zoë 🌟","deal":null}' == wire.sent[0].content.decode()


async def test_the_client_says_who_it_is_and_follows_nobody() -> None:
    wire = Wire(said(302, location="https://elsewhere.test/"))
    await failed(wire)
    assert ("appconnect", "gzip, deflate") == (
        wire.sent[0].headers["user-agent"],
        wire.sent[0].headers["accept-encoding"],
    )
    assert 1 == len(wire.sent)


# -- decoding --


async def test_an_answer_is_read_into_a_model() -> None:
    people = await Wire(said(200, {"data": [{"id": 1, "name": "Nia", "more": 2}]})).client.get(
        "/p", into=People
    )
    assert [Person(id=1, name="Nia")] == people.data


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"data": {"id": "s3cret", "name": "Omar"}}, "data"),
        ({"data": None}, "data"),
        ({}, "data"),
        ([], "the answer"),
        (None, "data"),
    ],
    ids=str,
)
async def test_an_answer_of_another_shape_names_the_field_and_not_its_value(body: object, place: str) -> None:
    with pytest.raises(Unavailable) as caught:
        await Wire(said(200, body)).client.get("/people", into=People)
    assert caught.value.message.startswith(f"The CRM's answer to GET /people is not as documented: {place}: ")
    assert "s3cret" not in caught.value.message
    assert None is caught.value.__cause__


@pytest.mark.parametrize(
    "kind", [httpx.RemoteProtocolError, httpx.ConnectError, httpx.ReadTimeout, httpx.ProxyError]
)
async def test_an_error_without_an_answer_holds_no_request_and_none_of_its_text(
    kind: type[Exception],
) -> None:
    error = await failed(Wire(kind(f"illegal header line: X-Key: {SECRET}")))
    assert isinstance(error, Unreachable)
    assert [None, None] == [error.__cause__, error.__context__]
    assert SECRET not in "".join(traceback.format_exception(error))


# -- limits --


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        ({}, RateLimit()),
        ({"x_limit": "80", "x_left": "79", "x_reset": "2"}, RateLimit(80, 79, 2.0)),
        ({"x_left": "0"}, RateLimit(remaining=0)),
        ({"x_day_limit": "30000", "x_day_left": "12"}, RateLimit(daily_amount=30000, daily_remaining=12)),
        ({"x_limit": "many", "x_left": "", "x_reset": "inf"}, RateLimit()),
        ({"x_limit": "nan", "x_left": "1e999"}, RateLimit()),
    ],
    ids=str,
)
async def test_limits_are_read_and_what_is_absent_is_none(headers: dict[str, str], limits: RateLimit) -> None:
    wire = Wire(said(**headers))
    await wire.client.get("/x")
    assert limits == wire.client.trace[0].limits
    assert (limits != RateLimit()) == wire.client.trace[0].limits.is_known


# -- what goes along with a request --


async def test_a_cookie_that_the_crm_sets_comes_back_to_its_host_and_to_no_other() -> None:
    wire = Wire(said(set_cookie="node=7; Path=/; Secure"), said())
    for path in ("/a", "/b", "https://other.crm.test/c"):
        await wire.client.get(path)
    assert [None, "node=7", None] == [each.headers.get("cookie") for each in wire.sent]


async def test_a_client_that_is_closed_sends_nothing() -> None:
    wire = Wire(said())
    await wire.client.aclose()
    with pytest.raises(RuntimeError, match="client is closed; make another one"):
        await wire.client.get("/x")
    assert [] == wire.sent


@pytest.mark.parametrize(
    ("body", "headers", "sentence"),
    [
        ({"when": object()}, {}, "POST was not sent, for its body is no JSON: "),
        ({"share": float("nan")}, {}, "POST was not sent, for its body is no JSON: "),
        ({}, {"x-name": "Zo\ud800"}, "POST was not sent: it holds a character that cannot be written."),
    ],
    ids=["an object", "nan", "half a character"],
)
async def test_what_cannot_be_written_is_not_sent(
    body: object, headers: dict[str, str], sentence: str
) -> None:
    wire = Wire(said())
    with pytest.raises(InputError) as caught:
        await wire.client.send("POST", "/x", body=body, headers=headers)
    assert caught.value.message.startswith(sentence)
    assert ([], None) == (wire.sent, caught.value.__cause__)


@pytest.mark.parametrize("path", ["https://", "https:///x"])
async def test_an_address_without_a_host_is_told(path: str) -> None:
    wire = Wire(said())
    with pytest.raises(ForeignHost) as caught:
        await wire.client.get(path)
    told = "This is no address of the CRM, so nothing was sent to it: it names no host"
    assert (told, []) == (caught.value.message, wire.sent)


async def test_a_quotation_of_the_crm_has_300_letters_at_most() -> None:
    error = await failed(Wire(said(400, {"error": "x" * 301})))
    assert "x" * 300 == error.crm_message


@pytest.mark.parametrize("page", ["<html>no</html>", "  <html>no</html>", "no"], ids=repr)
@pytest.mark.parametrize("in_words", [True, False])
async def test_a_403_with_a_page_is_a_block_and_one_in_words_where_the_connector_says_so(
    page: str, in_words: bool
) -> None:
    answer = httpx.Response(403, text=page)
    error = await failed(Wire(answer, plain_text_403_blocks=in_words))
    assert (Blocked if "<" in page or in_words else Forbidden) is type(error)
