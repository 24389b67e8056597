"""At the edges of what a sign-in server answers, and what is said of it to the letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import JsonValue, SecretStr

from appconnect.auth.oauth2 import AuthorizationCodeFlow, Tokens, json_in, redirected_code
from appconnect.errors import (
    AppConnectError,
    CredentialsRejected,
    SessionExpired,
    SignInError,
    Unavailable,
)
from appconnect.models import OAuthInfo

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
BACK = "http://127.0.0.1:8738/callback"
INFO = OAuthInfo(
    client_id="the client",
    client_secret=SecretStr("s3cret:&"),
    authorize_uri="https://crm.test/authorize",
    access_token_uri="https://crm.test/token",
    redirect_uri=BACK,
)
BEFORE = Tokens(SecretStr("old-access"), SecretStr("old-refresh"), NOW, "base", "https://acme.crm.test")
YEAR = 366 * 24 * 3600


def read(status: int, body: JsonValue, before: Tokens | None = None) -> Tokens:
    return AuthorizationCodeFlow(INFO, api_url_key="api").tokens_in(status, body, NOW, before)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(1, 1), (0.5, 0.5), (YEAR, YEAR), (YEAR + 1, 600), (0, 600), (-1, 600), ("60", 60), ("", 600)],
)
def test_a_lifetime_is_more_than_nothing_and_at_most_a_leap_year(told: JsonValue, seconds: float) -> None:
    tokens = read(200, {"access_token": "a", "expires_in": told})
    assert NOW + timedelta(seconds=seconds) == tokens.expires_at


def test_an_answer_is_read_whole() -> None:
    answer: JsonValue = {
        "access_token": "a", "refresh_token": "r", "expires_in": 60, "scope": "s", "api": "https://x.test/X//",
    }  # fmt: skip
    expected = Tokens(SecretStr("a"), SecretStr("r"), NOW + timedelta(seconds=60), "s", "https://x.test/X")
    assert expected == read(200, answer) == read(399, answer, BEFORE)
    assert Tokens.from_secrets({"access": "a", "expires_at": NOW.isoformat()}) == Tokens(
        SecretStr("a"), SecretStr(""), NOW
    )


BUSY = "The CRM's sign-in server did not answer properly (status {}); try again later."
NO_JSON = "The CRM's sign-in server answered with something that is not JSON; try again later."
ODD = "The CRM's sign-in server gave a token that no header can carry."
REFUSED = "The CRM did not accept the sign-in; begin again. It said: {}."
ENDED = "The connection has ended; sign in again. The CRM said: {}."
WRONG_APP = "The CRM does not accept the app's client id and secret; check the settings. It said: {}."


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        (500, {"access_token": "a"}, Unavailable, BUSY.format(500)),
        (429, {"access_token": "a"}, Unavailable, BUSY.format(429)),
        (200, "text", Unavailable, NO_JSON),
        (400, None, Unavailable, NO_JSON),
        (200, {"access_token": "naïve"}, Unavailable, ODD),
        (200, {"access_token": "a\nb"}, Unavailable, ODD),
        (400, {"access_token": "a"}, SignInError, REFUSED.format("no reason given")),
        (200, {"access_token": ""}, SignInError, REFUSED.format("no reason given")),
        (200, {"access_token": 7, "error": "e"}, SignInError, REFUSED.format("e")),
        (499, {"message": "Try again X.", "error": "e"}, SignInError, REFUSED.format("Try again X")),
        (400, {"error_description": "Why", "message": "m"}, SignInError, REFUSED.format("Why")),
        (400, {"error": "invalid_client"}, CredentialsRejected, WRONG_APP.format("invalid_client")),
        (400, {"message": "Invalid client id"}, CredentialsRejected, WRONG_APP.format("Invalid client id")),
        (400, {"message": "No Invalid client"}, SignInError, REFUSED.format("No Invalid client")),
    ],
)
def test_each_answer_without_tokens_has_its_sentence(
    status: int, body: JsonValue, kind: type[AppConnectError], told: str
) -> None:
    with pytest.raises(AppConnectError) as caught:
        read(status, body)
    assert (kind, told) == (type(caught.value), caught.value.message)
    if kind is Unavailable:
        assert isinstance(caught.value, Unavailable)
        assert status == caught.value.status


def test_a_renewal_that_is_refused_is_the_end_of_the_session() -> None:
    with pytest.raises(SessionExpired) as caught:
        read(400, {"error": "invalid_grant"}, BEFORE)
    assert (ENDED.format("invalid_grant"), 401) == (caught.value.message, caught.value.status)


def test_a_refusal_that_repeats_a_token_does_not_show_it() -> None:
    issued = {"access_token": "acc-5f1e8c", "refresh_token": "ref-77aa10"}
    with pytest.raises(SignInError) as caught:
        read(400, {**issued, "message": "acc-5f1e8c and ref-77aa10 are no good"})
    assert "acc-5f1e8c" not in caught.value.message
    assert "ref-77aa10" not in caught.value.message
    assert "are no good" in caught.value.message


@pytest.mark.parametrize(
    "send",
    [
        lambda flow, secret: flow.token_request(secret),
        lambda flow, secret: flow.refresh_request(secret),
        lambda flow, secret: flow.revoke_request(secret, "access_token"),
        lambda flow, secret: flow.quotable("Nothing", secret),
    ],
    ids=["code", "refresh", "revoke", "quoted"],
)
def test_a_refusal_that_repeats_what_was_sent_does_not_show_it(
    send: Callable[[AuthorizationCodeFlow, SecretStr], object],
) -> None:
    flow = AuthorizationCodeFlow(INFO)
    send(flow, SecretStr("sent-5f1e8c-77aa10"))
    with pytest.raises(SignInError) as caught:
        flow.tokens_in(400, {"message": "sent-5f1e8c-77aa10 and s3cret:& are no good..."}, NOW)
    assert REFUSED.format("<secret> and <secret> are no good") == caught.value.message


@pytest.mark.parametrize(
    ("redirected", "redirect_uri"),
    [
        ("http://127.0.0.1:8738/?code=abc&state=st", "http://127.0.0.1:8738"),
        ("http://127.0.0.1:8738?code=abc&state=st", "http://127.0.0.1:8738/"),
        (f" {BACK}?code=abc&state=st\n", BACK),
        (f"{BACK}?state=st&code=abc&more=http://x", BACK),
    ],
)
def test_the_code_is_read_of_our_page(redirected: str, redirect_uri: str) -> None:
    code = redirected_code(redirected, redirect_uri=redirect_uri, state="st")
    assert "abc" == code.get_secret_value()


@pytest.mark.parametrize(
    "address", ["http://[127.0.0.1:8738/callback?code=abc&state=st", BACK.replace("http", "https")]
)
def test_what_is_no_address_or_another_scheme_is_not_our_page(address: str) -> None:
    with pytest.raises(SignInError) as caught:
        redirected_code(address, redirect_uri=BACK, state="st")
    told = (
        f"This is not the address that the CRM redirected to; it begins with {BACK}"
        " and has a code in it. Copy the whole address line."
    )
    assert told == caught.value.message


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("state=st", "There is no code in this address; copy the whole address line."),
        ("code=abc&state=x", "The answer belongs to another sign-in (its state differs); begin the sign-in again."),
        ("error=access_denied&state=st", "Access was declined on the CRM's page; nothing was connected."),
        ("error=server_error&error_description=Later+X.&state=st", "The CRM refused the sign-in: Later X."),
        ("error=made_up&state=st", "The CRM refused the sign-in: made_up."),
    ],
)  # fmt: skip
def test_each_page_without_a_code_has_its_sentence(query: str, told: str) -> None:
    with pytest.raises(SignInError) as caught:
        redirected_code(f"{BACK}?{query}", redirect_uri=BACK, state="st")
    assert told == caught.value.message


def test_an_answer_that_is_no_json_is_none() -> None:
    assert json_in(httpx.Response(200, text="<html>")) is None
    assert {"a": [1]} == json_in(httpx.Response(200, json={"a": [1]}))
