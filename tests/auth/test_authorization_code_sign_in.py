"""Sign-ins that a CRM is made from, OAuth: what a newcomer's connector states, and what follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from datetime import UTC, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from appconnect.auth.authorization_code import AuthorizationCodeSignIn, BearerTokens
from appconnect.auth.base import Credentials
from appconnect.auth.header_scheme import HeaderScheme
from appconnect.auth.sign_in import ONE_WORD, WEB_ADDRESS, FormField, RenewalContext
from appconnect.errors import CredentialsRejected, SignInError, Unavailable
from appconnect.models import OAuthInfo
from appconnect.sandbox import SandboxClock

BACK = "http://127.0.0.1:8738/callback"
INFO = OAuthInfo(
    client_id="acme-client",
    client_secret=SecretStr("acme-secret"),
    authorize_uri="https://auth.acme.test/authorize",
    access_token_uri="https://auth.acme.test/token",
    redirect_uri=BACK,
)
TOKENS = {"access_token": "a-1", "refresh_token": "r-1", "expires_in": 3600}


class Acme(AuthorizationCodeSignIn):
    api_url = "https://api.acme.test/v1"


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock()


def flow(
    kind: type[AuthorizationCodeSignIn],
    clock: SandboxClock,
    info: OAuthInfo = INFO,
    context: RenewalContext | None = None,
) -> Generator:
    return kind(context or RenewalContext(clock)).auth_flow({}, info, SecretStr("c-1"))


def signed_in(
    clock: SandboxClock,
    answer: dict[str, object] = TOKENS,
    kind: type[Acme] = Acme,
    info: OAuthInfo = INFO,
    context: RenewalContext | None = None,
) -> BearerTokens:
    steps = flow(kind, clock, info, context)
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(httpx.Response(200, json=answer))
    return end.value.value


def sent(credentials: BearerTokens, *answers: httpx.Response) -> list[httpx.Request]:
    """What goes out for one request of the connector's, when it is answered so."""

    async def drive() -> list[httpx.Request]:
        requests = []
        steps = credentials.async_auth_flow(httpx.Request("GET", f"{credentials.base_url}/me"))
        step = await anext(steps)
        for answer in answers:
            requests.append(step)
            try:
                step = await steps.asend(answer)
            except StopAsyncIteration:
                break
        await steps.aclose()
        return requests

    return asyncio.run(drive())


def test_as_it_comes_it_is_the_oauth_of_the_rfc(clock: SandboxClock) -> None:
    url = urlsplit(Acme(RenewalContext(clock)).authorize_url(INFO, "st"))
    assert {
        "client_id": ["acme-client"], "redirect_uri": [BACK], "state": ["st"], "response_type": ["code"],
    } == parse_qs(url.query)  # fmt: skip
    request = next(flow(Acme, clock))
    assert ("POST", "https://auth.acme.test/token") == (request.method, str(request.url))
    assert {
        "grant_type": "authorization_code", "code": "c-1", "redirect_uri": BACK,
        "client_id": "acme-client", "client_secret": "acme-secret",
    } == dict(parse_qsl(request.content.decode()))  # fmt: skip


def test_scopes_are_asked_for_where_the_crm_wants_them_named(clock: SandboxClock) -> None:
    kind = type("Kind", (Acme,), {"scopes": ("contacts.read", "calls.write")})
    url = kind(RenewalContext(clock)).authorize_url(INFO, "st")
    assert ["contacts.read calls.write"] == parse_qs(urlsplit(url).query)["scope"]


def test_a_crm_may_want_its_client_credentials_as_basic(clock: SandboxClock) -> None:
    request = next(flow(type("Kind", (Acme,), {"basic": True}), clock))
    assert "Basic YWNtZS1jbGllbnQ6YWNtZS1zZWNyZXQ=" == request.headers["authorization"]
    assert b"acme-secret" not in request.content


def test_requests_are_signed_with_the_token_and_go_to_the_api(clock: SandboxClock) -> None:
    (request,) = sent(signed_in(clock), httpx.Response(200))
    assert ("https://api.acme.test/v1/me", "Bearer a-1") == (
        str(request.url),
        request.headers["authorization"],
    )


def test_a_restored_sign_in_goes_on(clock: SandboxClock) -> None:
    credentials = signed_in(clock)
    restored = Acme(RenewalContext(clock)).restore(credentials.secrets(), INFO)
    assert credentials.secrets() == restored.secrets()
    assert credentials.base_url == restored.base_url


@pytest.mark.parametrize(
    ("facts", "answer", "info", "expected"),
    [
        ({"api_url_key": "instance_url"}, {"instance_url": "https://eu.acme.test/"}, {}, "https://eu.acme.test"),
        ({"api_url_key": "instance_url"}, {}, {}, "https://api.acme.test/v1"),
        ({}, {"api_domain": "https://evil.test"}, {}, "https://api.acme.test/v1"),
        ({"api_url": ""}, {}, {"api_uri": "https://found.acme.test"}, "https://found.acme.test"),
    ],
)  # fmt: skip
def test_where_the_api_is_the_crm_states_or_its_token_tells(
    clock: SandboxClock, facts: dict, answer: dict, info: dict, expected: str
) -> None:
    kind = type("Kind", (Acme,), facts)
    credentials = signed_in(clock, {**TOKENS, **answer}, kind, INFO.model_copy(update=info))
    assert expected == credentials.base_url


def test_a_crm_whose_api_is_nowhere_is_said(clock: SandboxClock) -> None:
    steps = flow(AuthorizationCodeSignIn, clock)
    next(steps)
    with pytest.raises(SignInError) as caught:
        steps.send(httpx.Response(200, json=TOKENS))
    told = "The CRM did not tell where its API is; the connector must state its api_url."
    assert told == caught.value.message


def test_a_refused_code_is_said(clock: SandboxClock) -> None:
    steps = flow(Acme, clock)
    next(steps)
    with pytest.raises(CredentialsRejected):
        steps.send(httpx.Response(401, json={"error": "invalid_client"}))


def test_the_app_is_asked_for_its_id_its_secret_and_where_it_is_sent_back(clock: SandboxClock) -> None:
    assert (
        FormField("clientId", "Client id", secret=False, hint="", shape=ONE_WORD),
        FormField("clientSecret", "Client secret", secret=True, hint="", shape=ONE_WORD),
        FormField("redirectUri", "Redirect address", secret=False, hint="As registered with the app", shape=WEB_ADDRESS),
    ) == Acme.app_fields  # fmt: skip
    assert () == Acme.fields


@pytest.mark.parametrize("basic", [False, True])
def test_what_keys_travel_in_is_known_to_whoever_signs_by_himself(clock: SandboxClock, basic: bool) -> None:
    token, app = HeaderScheme.bearer("accessToken"), HeaderScheme.basic("clientId", "clientSecret")
    schemes = type("Kind", (Acme,), {"basic": basic})(RenewalContext(clock)).header_schemes
    assert ((token, app) if basic else (token,)) == schemes


def test_scope_end_and_address_are_shown_and_no_token_is(clock: SandboxClock) -> None:
    credentials = signed_in(clock, {**TOKENS, "scope": "calls"})
    end = (clock.now() + timedelta(hours=1)).astimezone(UTC).isoformat()
    assert {
        "scope": "calls",
        "expiresAt": end,
        "apiDomain": "https://api.acme.test/v1",
    } == credentials.public()


# -- without what not every CRM has --


def test_without_a_refresh_token_the_access_token_is_used_until_it_is_refused(clock: SandboxClock) -> None:
    credentials = signed_in(clock, {"access_token": "a-1", "expires_in": 60})
    clock.advance(timedelta(days=1).total_seconds())
    assert ["/v1/me"] == [each.url.path for each in sent(credentials, httpx.Response(200))]
    assert ["/v1/me"] == [each.url.path for each in sent(credentials, httpx.Response(401))]


def test_with_one_it_is_renewed_ahead_of_its_end(clock: SandboxClock) -> None:
    credentials = signed_in(clock)
    clock.advance(3600 - 60)
    answers = (httpx.Response(200, json={**TOKENS, "access_token": "a-2"}), httpx.Response(200))
    renewal, request = sent(credentials, *answers)
    assert {"grant_type": "refresh_token", "refresh_token": "r-1"}.items() <= dict(
        parse_qsl(renewal.content.decode())
    ).items()
    assert "Bearer a-2" == request.headers["authorization"]


@pytest.mark.parametrize(("seconds", "requests"), [(3600 - 121, 1), (3600 - 120, 2)])
def test_it_is_renewed_two_minutes_ahead(clock: SandboxClock, seconds: int, requests: int) -> None:
    credentials = signed_in(clock)
    clock.advance(seconds)
    assert requests == len(sent(credentials, httpx.Response(200, json=TOKENS), httpx.Response(200)))


def test_where_renewing_fails_ahead_of_the_end_the_token_is_used_and_at_its_end_it_is_not(
    clock: SandboxClock,
) -> None:
    credentials = signed_in(clock)
    clock.advance(3599)
    _, request = sent(credentials, httpx.Response(503), httpx.Response(200))
    assert "Bearer a-1" == request.headers["authorization"]
    clock.advance(1)
    with pytest.raises(Unavailable):
        sent(credentials, httpx.Response(503), httpx.Response(200))


def test_what_a_renewal_gives_is_kept(clock: SandboxClock) -> None:
    kept: list[Credentials] = []
    credentials = signed_in(clock, context=RenewalContext(clock, keep=kept.append))
    assert [] == kept
    sent(
        credentials,
        httpx.Response(401),
        httpx.Response(200, json={"access_token": "a-2"}),
        httpx.Response(200),
    )
    assert [credentials] == kept
    assert ("a-2", "r-1") == (credentials.secrets()["access"], credentials.secrets()["refresh"])


def test_a_crm_without_a_revoke_address_is_asked_for_nothing(clock: SandboxClock) -> None:
    assert [] == list(signed_in(clock).revocations())


@pytest.mark.parametrize(
    ("answer", "token", "hint"),
    [(TOKENS, "r-1", "refresh_token"), ({"access_token": "a-1"}, "a-1", "access_token")],
)
def test_what_ends_the_whole_connection_is_revoked(
    clock: SandboxClock, answer: dict, token: str, hint: str
) -> None:
    info = INFO.model_copy(update={"revoke_uri": "https://auth.acme.test/revoke"})
    (request,) = signed_in(clock, answer, info=info).revocations()
    assert "https://auth.acme.test/revoke" == str(request.url)
    form = dict(parse_qsl(request.content.decode()))
    assert (token, hint) == (form["token"], form["token_type_hint"])
