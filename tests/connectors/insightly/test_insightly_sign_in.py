"""Insightly's sign-in: the key goes to a checked pod, once to see whether it is accepted."""

import base64
import re

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from workbench_steps import sandbox_of, signed_in

from appconnect.auth.sign_in import RenewalContext
from appconnect.clock import SystemClock
from appconnect.connectors.insightly.sign_in import InsightlySignIn, insightly_api
from appconnect.errors import (
    AppConnectError,
    CredentialsRejected,
    ForeignHost,
    InputError,
    SignInError,
    Unavailable,
)

NA1 = "https://api.na1.insightly.com"
KEY = "11111111-aaaa-4333-8444-555555555555"


def sign_in():
    return InsightlySignIn(RenewalContext(SystemClock()))


def flow(**typed):
    typed = {"apiKey": KEY, "apiUrl": NA1, **typed}
    return sign_in().auth_flow({name: SecretStr(value) for name, value in typed.items()}, None, None)


def answered(status=200, **content):
    steps = flow()
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(httpx.Response(status, **content))
    return end.value.value


def decoded(request):
    scheme, _, encoded = request.headers["Authorization"].partition(" ")
    return scheme, base64.b64decode(encoded).decode()


def test_the_form_asks_for_a_secret_key_and_an_address():
    assert isinstance(sign_in(), InsightlySignIn)
    address = "https://api.na1.insightly.com, shown below the key"
    assert [("apiKey", "API key", True, "User Settings > API"), ("apiUrl", "API URL", False, address)] == [
        (field.name, field.label, field.secret, field.hint) for field in sign_in().fields
    ]
    assert "both are in Insightly under User Settings > API" == sign_in().where


@pytest.mark.parametrize(("typed", "is_fine"), [(KEY, True), ("two words", False)])
def test_a_key_is_one_word_and_an_address_may_be_any_text(typed, is_fine):
    key, address = sign_in().fields
    told = "The API key must be letters, digits and signs without a space between them."
    assert ("" if is_fine else told, "") == (key.problem(typed), address.problem(typed))


def test_the_key_is_the_user_name_and_the_password_is_empty():
    request = next(flow(apiKey=f" {KEY}\n"))
    assert ("GET", f"{NA1}/v3.1/Users/Me") == (request.method, str(request.url))
    assert ("Basic", f"{KEY}:") == decoded(request)


def test_an_accepted_key_is_kept_with_its_pod_and_can_be_restored():
    credentials = answered(json={"USER_ID": 41})
    assert {"apiKey": KEY, "apiUrl": f"{NA1}/v3.1"} == credentials.secrets()
    assert {"apiUrl": f"{NA1}/v3.1"} == credentials.public()
    assert () == tuple(credentials.revocations())
    restored = sign_in().restore(credentials.secrets(), None)
    request = next(restored.auth_flow(httpx.Request("GET", f"{restored.base_url}/Contacts")))
    assert ("Basic", f"{KEY}:") == decoded(request)
    assert f"{NA1}/v3.1/Contacts" == str(request.url)
    assert KEY not in repr(restored)


def test_a_kept_address_that_somebody_changed_is_refused():
    with pytest.raises(ForeignHost):
        sign_in().restore({"apiKey": KEY, "apiUrl": "https://evil.example/v3.1"}, None)


@pytest.mark.parametrize(
    "pasted",
    [
        NA1, f"{NA1}/", f"{NA1}/v3.1", f"{NA1}/v3.1/", f"  {NA1}/v3.1\n", "api.na1.insightly.com",
        "api.na1.insightly.com/v3.1", "HTTPS://API.NA1.INSIGHTLY.COM/V3.1",
    ],
)  # fmt: skip
def test_the_address_may_be_pasted_in_many_ways(pasted):
    assert f"{NA1}/v3.1" == insightly_api(pasted)


@pytest.mark.parametrize(
    "pasted",
    [
        "http://api.na1.insightly.com", "https://api.insightly.com/v3.1", "https://crm.na1.insightly.com",
        "https://api.na1.insightly.com.evil.example", "https://evil.example/api.na1.insightly.com",
        "https://api.na1.insightly.com@evil.example", "https://me:x@api.na1.insightly.com",
        "https://api.na1.insightly.com:8443", "https://api.na1.insightly.com?x=1",
        "https://api.na1.insightly.com#x", "https://api.na1.insightly.com/v2.1", "https://vpn.example/v3.1",
        "https://api.evil.example#.insightly.com", "https://api.a.b.insightly.com", "ftp://api.na1.insightly.com",
        "https://api.na1.insightly.com\\@evil.example", "https://[::1", "https://127.0.0.1", "na1",
        "https://api.nа1.insightly.com",  # a Cyrillic а
    ],
)  # fmt: skip
def test_any_other_address_is_refused_before_the_key_leaves(pasted):
    with pytest.raises(ForeignHost) as raised:
        next(flow(apiUrl=pasted))
    assert (
        "This is not the API URL of an Insightly account, so nothing was sent to it. It looks like "
        "https://api.na1.insightly.com, with the pod in place of na1; both are in Insightly under "
        "User Settings > API."
    ) == raised.value.message


@pytest.mark.parametrize(
    ("pod", "is_one"),
    [("na1", True), ("eu12", True), ("aus1", True), ("n1", False), ("na", False), ("na123", False), ("nana1", False)],
)  # fmt: skip
def test_a_pod_is_two_or_three_letters_and_one_or_two_digits(pod, is_one):
    address = f"https://api.{pod}.insightly.com"
    if is_one:
        assert f"{address}/v3.1" == insightly_api(address)
    else:
        with pytest.raises(ForeignHost):
            insightly_api(address)


def test_whatever_is_typed_the_key_goes_to_insightly_or_nowhere():
    reached = set()

    @settings(max_examples=300)
    @example("https://", "api.", "na1", ".insightly.com", "/v3.1")
    @given(
        st.sampled_from(["", "https://", "HTTPS://", "http://", " "]),
        st.sampled_from(["api.", "API.", "crm.", "api"]),
        st.sampled_from(["na1", "eu12"])
        | st.from_regex(r"[a-z]{1,4}[0-9]{0,3}", fullmatch=True)
        | st.text(max_size=6),
        st.sampled_from([".insightly.com", ".Insightly.com", ".insightly.com.evil.example", ".evil.example"]),
        st.sampled_from(["", "/", "/v3.1", "/v3.1/", "/v2", ":443", "@evil.example", "?x", "#x"]),
    )
    def check(scheme, api, pod, domain, end):
        try:
            address = insightly_api(f"{scheme}{api}{pod}{domain}{end}")
        except AppConnectError:
            reached.add("nowhere")
        else:
            assert re.fullmatch(r"https://api\.[a-z]{2,3}[0-9]{1,2}\.insightly\.com/v3\.1", address)
            reached.add("to Insightly")

    check()
    assert {"nowhere", "to Insightly"} == reached


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"apiKey": " "}, "The API key is missing; both are in Insightly under User Settings > API."),
        ({"apiUrl": ""}, "The API URL is missing; both are in Insightly under User Settings > API."),
        (
            {"apiKey": "a:b"},
            "The API key has a colon in it, which Insightly does not allow.",
        ),
    ],
)
def test_what_is_missing_is_said_before_anything_is_sent(typed, message):
    with pytest.raises(InputError) as raised:
        next(flow(**typed))
    assert message == raised.value.message


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (401, {"json": {"Message": "Authorization has been denied for this request."}}, CredentialsRejected),
        (403, {"json": {"Message": "no"}}, SignInError),
        (404, {"text": "<html>"}, SignInError),
        (200, {"text": "<html>"}, SignInError),
        (200, {"json": []}, SignInError),
        (429, {"json": {"Message": "slow down"}}, Unavailable),
        (503, {"text": "oops"}, Unavailable),
    ],
)
def test_only_401_says_that_the_key_is_wrong(status, content, error):
    steps = flow()
    next(steps)
    with pytest.raises(error) as raised:
        steps.send(httpx.Response(status, **content))
    assert (error, False) == (type(raised.value), KEY in str(raised.value))


@pytest.mark.parametrize("url", ["https://evil.example", "http://api.na1.insightly.com", "api.insightly.com"])
async def test_no_key_goes_to_another_host(url: str, told) -> None:
    workbench = await signed_in("insightly")
    before = len(sandbox_of(workbench).requests)
    result = await workbench.sign_in({"apiKey": "wrong-secret-0123456789", "apiUrl": url})
    kind, sentence = told(workbench, result, ["wrong-secret-0123456789"])
    told_where = "This is not the API URL of an Insightly account, so nothing was sent to it."
    assert (ForeignHost, told_where) == (kind, sentence[: len(told_where)])
    assert before == len(sandbox_of(workbench).requests)
