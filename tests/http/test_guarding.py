"""Credentials go to the CRM's own hosts only, and secrets are seen nowhere."""

from __future__ import annotations

import logging
import traceback

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seen import shown
from wire import BASE, SECRET, Key, Wire, said

from appconnect.errors import CrmError, ForeignHost
from appconnect.http import ApiRules, LimitHeaders
from appconnect.http.rules import HOST

FOREIGN = (
    "https://evil.test",
    "https://api.crm.test.evil.test",
    "https://evilcrm.test",
    "https://crm.test",
    "http://api.crm.test",
    "https://api.crm.test@evil.test",
    "https://evil.test/api.crm.test",
    "https://evil.test#.crm.test",
    "https://evil.test%2f.crm.test",
    "https://evil.test\\.crm.test",
    "https://evil test.crm.test",
    "https://evil.test:443\t.crm.test",
    "https://127.0.0.1",
    "ftp://api.crm.test",
    "api.crm.test",
    "//api.crm.test",
)


@pytest.mark.parametrize("address", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_foreign_base_address_gets_nothing(method: str, address: str) -> None:
    wire = Wire(said())
    wire.client.signer = Key(address)
    with pytest.raises(ForeignHost, match="nothing was sent to it") as caught:
        await wire.client.send(method, "/x")
    assert [] == wire.sent
    assert 0 == len(wire.client.trace)
    assert SECRET not in caught.value.message


async def test_a_foreign_host_is_named_beside_those_of_the_crm() -> None:
    wire = Wire(said(), hosts=("*.crm.test", "crm.test"))
    with pytest.raises(ForeignHost) as caught:
        await wire.client.get("https://evil.test/x")
    assert (
        "https://evil.test is not an address of this CRM, so nothing was sent to it. "
        "Credentials only go to: *.crm.test, crm.test (https)."
    ) == caught.value.message
    wire.client.signer = Key("https://name:word@api.crm.test")
    with pytest.raises(ForeignHost) as caught:
        await wire.client.get("/x")
    told = "The address of api.crm.test has a name or password in it, so nothing was sent to it."
    assert told == caught.value.message


@pytest.mark.parametrize(
    "path", ["https://evil.test/x", "@evil.test/x", ".evil.test/x", "http://evil.test/x"]
)
async def test_a_path_cannot_lead_elsewhere(path: str) -> None:
    wire = Wire(said())
    with pytest.raises(ForeignHost):
        await wire.client.get(path)
    assert [] == wire.sent


async def test_a_whole_address_of_the_crm_is_fine() -> None:
    wire = Wire(said())
    await wire.client.get("https://other.crm.test/x")
    assert "other.crm.test" == wire.sent[0].url.host


@pytest.mark.parametrize(
    "address", ["https://name:word@api.crm.test", "https://name@api.crm.test", "https://:word@api.crm.test"]
)
async def test_an_address_with_a_name_or_password_gets_nothing(address: str) -> None:
    wire = Wire(said())
    wire.client.signer = Key(address)
    with pytest.raises(
        ForeignHost, match="has a name or password in it, so nothing was sent to it"
    ) as caught:
        await wire.client.get("/x")
    assert ([], False) == (wire.sent, "word@" in caught.value.message)
    assert not wire.client.rules.trusts_address(address)


@pytest.mark.parametrize(
    ("hosts", "address"),
    [
        (("*.münchen.example",), "https://api.münchen.example/x"),
        (("*.münchen.example",), "https://api.xn--mnchen-3ya.example/x"),
        (("*.xn--mnchen-3ya.example",), "https://API.MÜNCHEN.example/x"),
        (("münchen.example",), "https://münchen.example:8443/x"),
    ],
)
async def test_a_host_in_any_alphabet_is_known_however_it_is_written(hosts: tuple[str], address: str) -> None:
    wire = Wire(said(), hosts=hosts)
    await wire.client.get(address)
    assert wire.sent[0].url.raw_host.endswith(b"xn--mnchen-3ya.example")
    assert wire.client.rules.trusts_address(address)


@pytest.mark.parametrize(
    "address",
    ["https://münchen.example", "https://xn--mnchen-3ya.example", "https://api.münchen.example.test"],
)
async def test_a_host_in_another_alphabet_is_foreign_by_its_letters(address: str) -> None:
    wire = Wire(said(), hosts=("munchen.example", "*.münchen.example"))
    with pytest.raises(ForeignHost):
        await wire.client.get(address)
    assert not wire.client.rules.trusts_address(address)


async def test_a_sign_in_s_request_is_guarded_too() -> None:
    wire = Wire(said())
    with pytest.raises(ForeignHost):
        await wire.client.send_unsigned(httpx.Request("POST", "https://evil.test/token"))
    assert [] == wire.sent


async def test_revoking_is_guarded_too() -> None:
    wire = Wire(said(), hosts=("*.other.test",))
    with pytest.raises(ForeignHost):
        await wire.client.revoke()
    assert [] == wire.sent


@pytest.mark.parametrize("host", ["API.CRM.test", "a.b.crm.test"])
def test_hosts_are_trusted_whatever_their_case(host: str) -> None:
    assert ApiRules(hosts=("*.crm.test",)).trusts(host)


labels = st.from_regex("[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
inside = st.builds("{}.crm.test".format, st.lists(labels, min_size=1, max_size=3).map(".".join))
LOOK_ALIKES = ("crm.test", "{}crm.test", "{}.crm.test.{}", "{}.crm.{}.test", "{}-crm.test", "{}.crm.test{}",
               "{}.crm-test", "crm.test.{}", "{}.xcrm.test", "{}.crm.tes", "{}.crm.test/{}", "{}@{}.crm.test",
               "{}%2f.crm.test", "{}:.crm.test", "{} .crm.test", "é{}.crm.test")  # fmt: skip


@given(inside)
def test_every_host_inside_the_crm_s_domain_is_trusted(host: str) -> None:
    assert ApiRules(hosts=("*.crm.test",)).trusts(host)


def test_a_host_that_only_looks_like_one_of_the_crm_is_never_trusted() -> None:
    rules, reached = ApiRules(hosts=("*.crm.test",)), set[str]()

    @given(st.sampled_from(LOOK_ALIKES), labels, labels)
    def check(shape: str, one: str, other: str) -> None:
        host = shape.format(one, other)
        assert not rules.trusts(host)
        if HOST.fullmatch(host):  # as an address, crm.test/x and é.crm.test are fine
            assert not rules.trusts_address(f"https://{host}/")
        reached.add(shape)

    check()
    assert len(reached) > len(LOOK_ALIKES) / 2


@given(inside)
def test_every_address_inside_the_crm_s_domain_is_trusted_with_https_only(host: str) -> None:
    rules = ApiRules(hosts=("*.crm.test",))
    assert rules.trusts_address(f"https://{host}/x")
    assert not rules.trusts_address(f"http://{host}/x")


# -- secrets --


async def test_secrets_are_masked_in_the_trace_its_repr_and_curl() -> None:
    wire = Wire(said(200, {"access_token": "new-0123456789", "echo": f"Bearer {SECRET}"}))
    await wire.client.post(f"/x?api_token={SECRET}", {"note": f"my key is {SECRET}", "password": "hunter22"})
    await wire.client.revoke()
    trace = wire.client.trace
    seen = "".join(map(shown, trace)) + repr(trace)
    assert [] == [secret for secret in (SECRET, "new-0123456789", "hunter22") if secret in seen]
    assert "$ACCESS_TOKEN" in trace[0].as_curl()


@pytest.mark.parametrize(
    "fault",
    [
        said(400, {"error": f"Token {SECRET} is bad"}),
        httpx.Response(500, html=f"<p>{SECRET}"),
        httpx.ReadTimeout(""),
    ],
    ids=repr,
)
async def test_secrets_are_in_no_error_and_no_traceback(fault: httpx.Response | Exception) -> None:
    wire, password = Wire(fault), "hunter" + "22"  # in one piece the traceback would quote this very line
    with pytest.raises(CrmError) as caught:
        await wire.client.post(f"/x?key={SECRET}", {"password": password})
    error = caught.value
    seen = f"{error!r} {vars(error)}" + "".join(traceback.format_exception(error))
    assert [] == [secret for secret in (SECRET, password) if secret in seen]


async def test_the_crm_is_quoted_without_the_secrets_it_echoes() -> None:
    with pytest.raises(CrmError) as caught:
        await Wire(said(400, {"error": f"Token {SECRET} is bad"})).client.get("/x")
    assert "Token <secret> is bad" == caught.value.crm_message


LIBRARIES = (
    "httpx",
    "httpcore",
    *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
)


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_libraries_tell_of_addresses_and_headers_is_in_no_log(
    library: str, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger(library)
    assert logging.WARNING == logger.level
    with caplog.at_level(logging.DEBUG, library):
        logger.info(SECRET)
        logger.warning("Something is wrong.")
    assert ["Something is wrong."] == caplog.messages


async def test_secrets_are_in_no_log_file(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await Wire(said()).client.get("/x", code="code-0123456789")
    assert "code-0123456789" not in caplog.text
    assert SECRET not in caplog.text


async def test_the_repr_of_a_client_shows_nothing() -> None:
    wire = Wire(said())
    assert SECRET not in f"{wire.client!r} {wire.client.rules!r} {wire.client.signer!r}"


# -- rate limits --


async def test_rate_limit_headers_are_read_whatever_their_case_also_in_a_refusal() -> None:
    names = LimitHeaders(remaining="X-Left", reset="X-Reset")
    wire = Wire(said(429, x_reset="7"), said(200, x_left="3"), limit_headers=names)
    await wire.client.get("/x")
    assert (7.0, 3) == (wire.waited, wire.client.trace.limits.remaining)


# -- the trace --


async def test_the_trace_keeps_what_was_sent_and_answered_in_order_of_departure() -> None:
    wire = Wire(said(200, {"a": 1}, x_left="9"), said(503), said(200, [2]))
    await wire.client.post("/one?q=1", {"b": 2})
    await wire.client.get("/two")
    first, second, third = wire.client.trace
    assert ["POST /one?q=1 → 200", "GET /two → 503", "GET /two → 200"] == [
        repr(each) for each in wire.client.trace
    ]
    assert ({"b": 2}, {"a": 1}, 9) == (first.request_body, first.response_body, first.limits.remaining)
    assert [1, 2, 3] == [first.number, second.number, third.number]
    assert 0.5 == (third.at - second.at).total_seconds()
    assert f"{BASE}/two" == third.url


async def test_a_request_without_an_answer_is_in_the_trace_too() -> None:
    wire = Wire(httpx.ReadTimeout(""))
    with pytest.raises(CrmError):
        await wire.client.post("/x", {})
    assert (None, "ReadTimeout") == (wire.client.trace[0].status, wire.client.trace[0].error)
    assert "POST /x → ReadTimeout" == repr(wire.client.trace[0])


async def test_listeners_hear_each_exchange_until_they_stop() -> None:
    wire, heard = Wire(said()), []
    stop = wire.client.trace.listen(heard.append)
    await wire.client.get("/one")
    stop()
    await wire.client.get("/two")
    assert ["/one"] == [each.path for each in heard]
    wire.client.trace.clear()
    await wire.client.get("/three")
    assert [3] == [each.number for each in wire.client.trace]


async def test_curl_is_a_command_that_a_shell_understands() -> None:
    import shlex

    wire = Wire(said())
    await wire.client.post("/x?name=O'Neil", {"note": 'it\'s $HOME `ls` "x"\n'})
    words = shlex.split(wire.client.trace[0].as_curl(), comments=True)
    assert ["curl", "-X", "POST"] == words[:3]
    assert '{"note": "it\'s $HOME `ls` \\"x\\"\\n"}' == words[words.index("--data-raw") + 1]


async def test_trace_and_curl_leave_out_what_address_and_body_say() -> None:
    wire = Wire(said())
    await wire.client.post("/x", {"note": "Hello"})
    assert {"accept", "user-agent", "content-type", "authorization"} >= set(
        wire.client.trace[0].request_headers
    )
    command = wire.client.trace[0].as_curl().lower().splitlines()[-1]
    assert [] == [name for name in ("host:", "connection:", "length:", "encoding:") if name in command]


async def test_curl_writes_a_form_as_a_form() -> None:
    wire = Wire(said())
    await wire.client.send_unsigned(httpx.Request("POST", f"{BASE}/form", data={"a": "x y&z", "b": "1"}))
    assert "--data-urlencode 'a=x y&z' --data-urlencode b=1" in wire.client.trace[0].as_curl()
