"""The OAuth flow: what is asked, and what is made of every answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import parse_qsl, quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from appconnect.auth.oauth2 import AuthorizationCodeFlow, Tokens, redirected_code
from appconnect.errors import (
    AppConnectError,
    ConsentDeclined,
    CredentialsRejected,
    SessionExpired,
    SignInError,
    StateMismatch,
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
    revoke_uri="https://crm.test/revoke",
    redirect_uri=BACK,
)
BEFORE = Tokens(SecretStr("old-access"), SecretStr("old-refresh"), NOW, "base", "https://acme.crm.test")


def form(request: httpx.Request) -> dict[str, str]:
    assert "application/x-www-form-urlencoded" == request.headers["content-type"]
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))


# -- what is asked --


def test_the_authorize_address_is_exact() -> None:
    assert (
        "https://crm.test/authorize?client_id=the+client&redirect_uri=http%3A%2F%2F127.0.0.1%3A8738%2Fcallback"
        "&state=a%26b&response_type=code"
    ) == AuthorizationCodeFlow(INFO).authorize_url("a&b")


def test_the_code_is_sent_with_the_same_redirect_address_and_basic_credentials() -> None:
    request = AuthorizationCodeFlow(INFO, basic=True).token_request(SecretStr("a b&c=+"))
    assert ("POST", "https://crm.test/token") == (request.method, str(request.url))
    assert {"grant_type": "authorization_code", "code": "a b&c=+", "redirect_uri": BACK} == form(request)
    assert "Basic dGhlIGNsaWVudDpzM2NyZXQ6Jg==" == request.headers["authorization"]
    assert "application/json" == request.headers["accept"]


def test_where_the_crm_wants_it_credentials_are_in_the_form() -> None:
    request = AuthorizationCodeFlow(INFO).refresh_request(SecretStr("88:7001:ab/+"))
    assert "authorization" not in request.headers
    assert {
        "grant_type": "refresh_token",
        "refresh_token": "88:7001:ab/+",
        "client_id": "the client",
        "client_secret": "s3cret:&",
    } == form(request)


def test_a_token_is_revoked_with_a_hint() -> None:
    request = AuthorizationCodeFlow(INFO, basic=True).revoke_request(SecretStr("r:1"), "refresh_token")
    assert "https://crm.test/revoke" == str(request.url)
    assert {"token": "r:1", "token_type_hint": "refresh_token"} == form(request)


# -- tokens --


def answered(status: int, body: object, *, renewing: bool = False) -> Tokens:
    return AuthorizationCodeFlow(INFO, api_url_key="api_domain").tokens_in(
        status, body, NOW, BEFORE if renewing else None
    )


def test_tokens_are_read() -> None:
    tokens = answered(
        200,
        {
            "access_token": "v1u:a",
            "refresh_token": "1:2:b",
            "expires_in": 3599,
            "scope": "base,deals:read",
            "api_domain": "https://acme.pipedrive.com/",
            "token_type": "bearer",
        },
    )
    assert ("v1u:a", "1:2:b") == (tokens.access.get_secret_value(), tokens.refresh.get_secret_value())
    assert NOW + timedelta(seconds=3599) == tokens.expires_at
    assert ("base,deals:read", "https://acme.pipedrive.com") == (tokens.scope, tokens.api_domain)


def test_what_a_renewal_does_not_repeat_stays() -> None:
    tokens = answered(200, {"access_token": "new"}, renewing=True)
    assert ("new", "old-refresh", "base", "https://acme.crm.test") == (
        tokens.access.get_secret_value(),
        tokens.refresh.get_secret_value(),
        tokens.scope,
        tokens.api_domain,
    )


@pytest.mark.parametrize("lifetime", [None, "soon", [], True], ids=repr)
def test_without_a_lifetime_a_token_is_taken_for_a_short_one(lifetime: object) -> None:
    lasts = answered(200, {"access_token": "a", "expires_in": lifetime}).expires_at - NOW
    assert timedelta(minutes=10) == lasts


def test_a_lifetime_may_be_a_number_in_text() -> None:
    assert (
        NOW + timedelta(seconds=3600) == answered(200, {"access_token": "a", "expires_in": "3600"}).expires_at
    )


@pytest.mark.parametrize("lifetime", [1e300, -1e300, float("nan"), 10**30], ids=repr)
def test_an_absurd_lifetime_counts_as_a_short_one(lifetime: float) -> None:
    lasts = answered(200, {"access_token": "a", "expires_in": lifetime}).expires_at - NOW
    assert timedelta(minutes=10) == lasts


def test_tokens_survive_the_vault_and_show_nothing() -> None:
    assert BEFORE == Tokens.from_secrets(BEFORE.secrets())
    assert "old-" not in repr(BEFORE)


def test_what_a_crm_does_not_tell_is_kept_as_nothing() -> None:
    kept = answered(200, {"access_token": "new"}).secrets()
    assert {"access": "new", "refresh": "", "scope": "", "api_domain": ""} == {
        name: text for name, text in kept.items() if name != "expires_at"
    }
    needed = {name: kept[name] for name in ("access", "expires_at")}
    assert kept == Tokens.from_secrets(needed).secrets()
    assert (
        kept == Tokens(SecretStr("new"), SecretStr(""), datetime.fromisoformat(kept["expires_at"])).secrets()
    )


DOCUMENTED = (
    ("Missing parameter: `grant_type`", "invalid_request", SignInError),
    ("Unsupported grant type: `grant_type` is invalid", "unsupported_grant_type", SignInError),
    ("Invalid grant: `authorization_code` is invalid", "invalid_grant", SignInError),
    ("Invalid grant: `authorization_code` has expired", "invalid_grant", SignInError),
    ("Invalid grant: `refresh_token` is invalid", "invalid_grant", SignInError),
    ("Invalid client: cannot retrieve client credentials", "invalid_client", CredentialsRejected),
    ("Invalid client: client is invalid", "invalid_client", CredentialsRejected),
    ("Invalid client: client is invalid", "", CredentialsRejected),
    ("Invalid request: `redirect_uri` is not a valid URI", "invalid_request", SignInError),
    ("Invalid request: `redirect_uri` is invalid", "invalid_request", SignInError),
    (
        "Invalid request: content must be `application/x-www-form-urlencoded`",
        "invalid_request",
        SignInError,
    ),
)
"""https://pipedrive.readme.io/docs/core-api-concepts-http-status-codes, all with status 400."""


@pytest.mark.parametrize(("message", "code", "kind"), DOCUMENTED)
def test_every_documented_refusal_is_quoted(message: str, code: str, kind: type[AppConnectError]) -> None:
    with pytest.raises(kind) as caught:
        answered(400, {"success": False, "message": message, "error": code})
    assert kind is type(caught.value)
    assert f"It said: {message}." in caught.value.message


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Invalid grant: `refresh_token` is invalid", "error": "invalid_grant"},
        {"error": "invalid_grant", "error_description": "Token revoked"},
        {"error": "invalid_grant"},
    ],
    ids=str,
)
def test_a_refused_renewal_asks_for_a_new_sign_in(body: dict[str, str]) -> None:
    with pytest.raises(SessionExpired, match="sign in again") as caught:
        answered(400, body, renewing=True)
    assert 401 == caught.value.status


@pytest.mark.parametrize("renewing", [False, True])
@pytest.mark.parametrize(
    ("status", "body"),
    [(500, {}), (503, None), (429, {}), (200, None), (200, "text"), (403, None), (200, [])],
)
def test_a_sign_in_server_in_trouble_is_no_refusal(status: int, body: object, renewing: bool) -> None:
    with pytest.raises(Unavailable, match="try again"):
        answered(status, body, renewing=renewing)


@pytest.mark.parametrize(
    "body", [{}, {"access_token": None}, {"access_token": ""}, {"access_token": {}}], ids=str
)
def test_a_success_without_a_token_is_no_sign_in(body: dict[str, object]) -> None:
    with pytest.raises(SignInError, match="no reason given"):
        answered(200, body)


@pytest.mark.parametrize("token", ["a\r\nX: y", "é", "a\x00"], ids=ascii)
def test_a_token_that_no_header_can_carry_is_no_token(token: str) -> None:
    with pytest.raises(Unavailable, match="no header can carry"):
        answered(200, {"access_token": token}, renewing=True)


# -- the address that comes back --


def code_in(address: str) -> str:
    return redirected_code(address, redirect_uri=BACK, state="st").get_secret_value()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("code=abc&state=st", "abc"),
        ("state=st&code=a%2Bb%3D%2F&session_state=1", "a+b=/"),
        ("code=abc&state=st#fragment", "abc"),
    ],
)
def test_the_code_is_found(query: str, code: str) -> None:
    assert code == code_in(f"  {BACK}?{query} \n")


@given(st.text(min_size=1))
def test_any_code_is_read_as_it_was_meant(code: str) -> None:
    try:
        encoded = quote(code, safe="")
    except UnicodeEncodeError:
        return
    assert code == code_in(f"{BACK}?code={encoded}&state=st")


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("code=abc&state=other", StateMismatch),
        ("code=abc", StateMismatch),
        ("code=abc&state=", StateMismatch),
        ("error=user_denied&state=other", StateMismatch),
        ("", StateMismatch),
        ("state=st", SignInError),
        ("code=&state=st", SignInError),
        ("error=user_denied&state=st", ConsentDeclined),
        ("error=access_denied&state=st&error_description=No", ConsentDeclined),
        ("error=server_error&error_description=Try%20later&state=st", SignInError),
        ("error=made_up&state=st", SignInError),
    ],
)
def test_an_answer_without_a_code_says_why(query: str, kind: type[SignInError]) -> None:
    with pytest.raises(SignInError) as caught:
        code_in(f"{BACK}?{query}")
    assert kind is type(caught.value)


def test_a_refusal_is_quoted_without_the_state() -> None:
    state = "k3pt-by-nobody-but-us"
    query = f"error=server_error&error_description=Not+now,+{state}&state={state}"
    with pytest.raises(SignInError, match=r"^The CRM refused the sign-in: Not now, <[a-z_]+>\.$"):
        redirected_code(f"{BACK}?{query}", redirect_uri=BACK, state=state)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://crm.test/authorize?client_id=x",
        "http://127.0.0.1:9999/callback?code=abc&state=st",
        "127.0.0.1:8738/callback?code=abc&state=st",
        f"{BACK}.evil.test/?code=abc&state=st",
        "http://127.0.0.1:8738/callbacks?code=abc&state=st",
    ],
)
def test_another_address_is_told_from_ours(address: str) -> None:
    with pytest.raises(SignInError, match="This is not the address that the CRM redirected to"):
        code_in(address)


def test_whatever_is_pasted_gives_a_code_or_one_sentence() -> None:
    reached = set()
    parts = st.sampled_from(["state=other", "error=x", "code=", "%", "&&", "#"]) | st.text(max_size=8)
    good = st.sampled_from([["code=abc", "state=st"], ["state=st"], []])

    @given(good, st.lists(parts, max_size=3), st.randoms(), st.sampled_from([f"{BACK}?", f" {BACK}?", ""]))
    def check(known: list[str], garbage: list[str], chance: Random, before: str) -> None:
        pasted = before + "&".join(chance.sample(known + garbage, len(known + garbage)))
        try:
            code = code_in(pasted)
        except SignInError as error:
            assert error.message
            reached.add(type(error))
        else:
            assert code in pasted
            assert "state=st" in pasted
            reached.add("a code")

    check()
    assert {"a code", SignInError, StateMismatch} <= reached
