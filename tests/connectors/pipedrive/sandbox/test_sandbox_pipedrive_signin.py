"""Signing in to Pipedrive's sandbox: consent, codes, tokens, revocation, scopes."""

from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from appconnect.sandbox import serve

BACK = "http://127.0.0.1:8912/callback"
APP = ("sandbox-pipedrive-client", "sandbox-pipedrive-secret")
WISH = {"client_id": APP[0], "redirect_uri": BACK, "state": "a&b=c"}
ME = "https://acme-sandbox.pipedrive.com/v1/users/me"


async def answer_of(oauth, decision):
    reply = await oauth.post("/oauth/authorize", params=WISH, data={"decision": decision})
    assert 302 == reply.status_code
    location = reply.headers["location"]
    assert location.startswith(f"{BACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


async def code_of(oauth):
    return (await answer_of(oauth, "approve"))["code"]


async def exchange(oauth, code, **more):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK} | more
    return await oauth.post("/oauth/token", data=form, auth=APP)


async def refresh(oauth, token):
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return await oauth.post("/oauth/token", data=form, auth=APP)


async def signed_in(oauth):
    return (await exchange(oauth, await code_of(oauth))).json()


def wrong(message, error):
    return {"success": False, "message": message, "error": error}


# -- consent --


async def test_the_consent_page_asks_with_two_buttons(oauth):
    page = await oauth.get("/oauth/authorize", params=WISH)

    assert 200 == page.status_code
    assert page.headers["content-type"].startswith("text/html")
    for text in ("Approve", "Decline", "Rae Quill", "contacts:full", 'method="post"'):
        assert text in page.text


async def test_approving_gives_a_code_and_the_state_back(oauth):
    answer = await answer_of(oauth, "approve")

    assert "a&b=c" == answer["state"]
    assert {"code", "state"} == set(answer)


async def test_declining_gives_an_error_and_the_state_back(oauth):
    assert {"error": "user_denied", "state": "a&b=c"} == await answer_of(oauth, "decline")


@pytest.mark.parametrize(
    "change",
    [{"client_id": "other"}, {"redirect_uri": "https://evil.example/cb"}, {"redirect_uri": ""}],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(oauth, change):
    for method in ("GET", "POST"):
        reply = await oauth.request(
            method, "/oauth/authorize", params=WISH | change, data={"decision": "approve"}
        )
        assert 400 == reply.status_code
        assert "location" not in reply.headers


async def test_app_connects_own_page_is_registered_and_none_beside_it(oauth):
    page = "https://ringcentral.github.io/ringcentral-embeddable/redirect.html"
    for address, status in ((page, 302), (f"{page}x", 400)):
        reply = await oauth.post(
            "/oauth/authorize", params=WISH | {"redirect_uri": address}, data={"decision": "approve"}
        )
        assert status == reply.status_code
    for change, told in (
        ({"client_id": "other"}, "Invalid client: client is invalid"),
        ({"redirect_uri": ""}, "Invalid request: `redirect_uri` is invalid"),
    ):
        reply = await oauth.get("/oauth/authorize", params=WISH | change)
        assert told in reply.text
        assert "Cannot connect" in reply.text


async def test_extra_parameters_such_as_pkce_are_ignored(oauth):
    wish = WISH | {"code_challenge": "x", "code_challenge_method": "S256", "response_type": "code"}
    assert 200 == (await oauth.get("/oauth/authorize", params=wish)).status_code


# -- tokens --


async def test_a_code_becomes_tokens_that_open_the_api(oauth):
    reply = await exchange(oauth, await code_of(oauth))
    tokens = reply.json()

    assert 200 == reply.status_code
    assert ("Bearer", 3599, "https://acme-sandbox.pipedrive.com") == (
        tokens["token_type"],
        tokens["expires_in"],
        tokens["api_domain"],
    )
    assert "base,contacts:full,deals:read,leads:read,activities:full,users:read" == tokens["scope"]
    assert tokens["access_token"].startswith("v1u:")
    me = await oauth.get(ME, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert "Rae Quill" == me.json()["data"]["name"]


async def test_a_code_is_good_once(oauth):
    code = await code_of(oauth)
    await exchange(oauth, code)
    reply = await exchange(oauth, code)

    assert 400 == reply.status_code
    assert wrong("Invalid grant: `authorization_code` is invalid", "invalid_grant") == reply.json()


async def test_a_code_is_over_after_five_minutes(oauth, clock):
    code = await code_of(oauth)
    clock.advance(300)
    reply = await exchange(oauth, code)

    assert wrong("Invalid grant: `authorization_code` has expired", "invalid_grant") == reply.json()


@pytest.mark.parametrize(
    ("redirect_uri", "message"),
    [
        ("http://127.0.0.1:1/other", "Invalid request: `redirect_uri` is invalid"),
        ("nonsense", "Invalid request: `redirect_uri` is not a valid URI"),
    ],
)
async def test_the_redirect_uri_must_be_the_same_again(oauth, redirect_uri, message):
    reply = await exchange(oauth, await code_of(oauth), redirect_uri=redirect_uri)
    assert (400, wrong(message, "invalid_request")) == (reply.status_code, reply.json())


@pytest.mark.parametrize(
    ("form", "auth", "message", "error"),
    [
        ({}, APP, "Missing parameter: `grant_type`", "invalid_request"),
        (
            {"grant_type": "password"},
            APP,
            "Unsupported grant type: `grant_type` is invalid",
            "unsupported_grant_type",
        ),
        (
            {"grant_type": "refresh_token"},
            None,
            "Invalid client: cannot retrieve client credentials",
            "invalid_client",
        ),
        (
            {"grant_type": "refresh_token"},
            (APP[0], "wrong"),
            "Invalid client: client is invalid",
            "invalid_client",
        ),
        (
            {"grant_type": "refresh_token", "refresh_token": "x"},
            APP,
            "Invalid grant: `refresh_token` is invalid",
            "invalid_grant",
        ),
    ],
)
async def test_what_is_wrong_with_a_token_request_is_said(oauth, form, auth, message, error):
    content_type = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = await oauth.post("/oauth/token", data=form, auth=auth, headers=content_type)
    assert (400, wrong(message, error)) == (reply.status_code, reply.json())


async def test_a_token_request_in_json_is_refused(oauth):
    reply = await oauth.post("/oauth/token", json={"grant_type": "refresh_token"}, auth=APP)
    message = "Invalid request: content must be `application/x-www-form-urlencoded`"
    assert (400, wrong(message, "invalid_request")) == (reply.status_code, reply.json())


async def test_client_credentials_in_the_form_can_be_refused(oauth, crm):
    token = (await signed_in(oauth))["refresh_token"]
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": APP[0],
        "client_secret": APP[1],
    }
    assert 200 == (await oauth.post("/oauth/token", data=form)).status_code
    crm.toggles["client_in_body"] = False
    assert 400 == (await oauth.post("/oauth/token", data=form)).status_code


async def test_refreshing_keeps_the_refresh_token(oauth):
    tokens = await signed_in(oauth)
    again = (await refresh(oauth, tokens["refresh_token"])).json()

    assert tokens["refresh_token"] == again["refresh_token"]
    assert tokens["access_token"] != again["access_token"]


async def test_refreshing_can_rotate_and_the_old_one_is_dead(oauth, crm):
    crm.toggles["rotate_refresh_tokens"] = True
    tokens = await signed_in(oauth)
    again = (await refresh(oauth, tokens["refresh_token"])).json()

    assert tokens["refresh_token"] != again["refresh_token"]
    assert 400 == (await refresh(oauth, tokens["refresh_token"])).status_code
    assert 200 == (await refresh(oauth, again["refresh_token"])).status_code


async def test_a_refresh_token_is_over_after_sixty_idle_days(oauth, clock):
    tokens = await signed_in(oauth)
    clock.advance(60 * 24 * 3600)
    assert 400 == (await refresh(oauth, tokens["refresh_token"])).status_code


@pytest.mark.parametrize("encode", [lambda token: token, quote])
async def test_revoking_the_access_token_leaves_the_refresh_token(oauth, encode):
    tokens = await signed_in(oauth)
    form = {"token": encode(tokens["access_token"]), "token_type_hint": "access_token"}

    assert 200 == (await oauth.post("/oauth/revoke", data=form, auth=APP)).status_code

    me = await oauth.get(ME, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert 401 == me.status_code
    assert 200 == (await refresh(oauth, tokens["refresh_token"])).status_code


async def test_revoking_the_refresh_token_ends_everything(oauth):
    tokens = await signed_in(oauth)
    form = {"token": tokens["refresh_token"], "token_type_hint": "refresh_token"}

    assert 200 == (await oauth.post("/oauth/revoke", data=form, auth=APP)).status_code

    me = await oauth.get(ME, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert 401 == me.status_code
    assert 400 == (await refresh(oauth, tokens["refresh_token"])).status_code


async def test_revoking_needs_the_client(oauth):
    assert 400 == (await oauth.post("/oauth/revoke", data={"token": "x"})).status_code


# -- at the door of the API --


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}, {"x-api-token": "nobody"}])
async def test_without_a_good_token_it_is_401_in_the_live_words(oauth, headers):
    reply = await oauth.get(ME, headers=headers)

    assert 401 == reply.status_code
    assert {
        "success": False,
        "error": "unauthorized access",
        "errorCode": 401,
        "error_info": "Please check developers.pipedrive.com",
    } == reply.json()
    assert "true" == reply.headers["x-401-by-gw"]
    assert "x-correlation-id" in reply.headers


async def test_an_access_token_is_over_after_an_hour(api, clock):
    clock.advance(3599)
    reply = await api.get("/v1/users/me")
    assert (401, "Invalid token: access_token is invalid") == (reply.status_code, reply.json()["error"])


async def test_a_malformed_authorization_header_is_400(oauth):
    reply = await oauth.get(ME, headers={"Authorization": "Bearer"})
    assert (400, "Invalid request: malformed authorization header") == (
        reply.status_code,
        reply.json()["error"],
    )


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("users:read", "GET", "/v1/users"),
        ("leads:read", "GET", "/v1/leads"),
        ("deals:read", "GET", "/api/v2/deals"),
        ("contacts:full", "GET", "/api/v2/persons/search?term=nia"),
        ("contacts:full", "POST", "/api/v2/persons"),
        ("activities:full", "POST", "/api/v2/activities"),
        ("base", "GET", "/v1/users/me"),
    ],
)
async def test_a_token_without_the_scope_is_403(crm, api, scope, method, path):
    scopes = tuple(name for name in crm.oauth.scopes if name != scope)
    headers = {"Authorization": f"Bearer {crm.sign_in(scopes).access}"}
    reply = await api.request(method, path, headers=headers, json={} if method == "POST" else None)

    assert (403, "Scope and URL mismatch") == (reply.status_code, reply.json()["error"])


async def test_oauth_and_api_live_on_their_own_hosts(oauth, api):
    assert 404 == (await oauth.get("/v1/users/me")).status_code
    assert 404 == (await api.get("/oauth/authorize", params=WISH)).status_code


async def test_the_api_is_also_at_the_general_host_and_nowhere_else(api):
    headers = dict(api.headers)
    assert 200 == (await api.get("https://api.pipedrive.com/v1/users/me", headers=headers)).status_code
    with pytest.raises(httpx.ConnectError):
        await api.get("https://other.pipedrive.com/v1/users/me")


async def test_a_closed_company_is_402(api, crm):
    crm.toggles["company_closed"] = True
    assert 402 == (await api.get("/v1/users/me")).status_code


async def test_the_whole_sign_in_works_on_a_port(sandbox):
    async with serve(sandbox) as url, httpx.AsyncClient(base_url=f"{url}/pipedrive") as client:
        assert "Approve" in (await client.get("/oauth/authorize", params=WISH)).text
        tokens = (await exchange(client, await code_of(client))).json()
        assert f"{url}/pipedrive" == tokens["api_domain"]
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        me = await client.get(f"{tokens['api_domain']}/v1/users/me", headers=headers)
    assert "rae.quill@acme.example" == me.json()["data"]["email"]


async def test_the_index_page_shows_how_to_reach_pipedrive(sandbox):
    async with serve(sandbox) as url, httpx.AsyncClient() as client:
        page = (await client.get(url)).text
    for text in (f"{url}/pipedrive", APP[0], APP[1], "Nia Holt", "Sinéad O&#x27;Neil", "tiny"):
        assert text in page
