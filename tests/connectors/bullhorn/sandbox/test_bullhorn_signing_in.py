"""Sign-in to Bullhorn's sandbox, answer by answer: pages, tokens, sessions and what is said of a mistake."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

OAUTH = "https://auth-east.bullhornstaffing.com/oauth"
LOGIN = "https://rest-east.bullhornstaffing.com/rest-services/login"
INFO = "https://rest.bullhornstaffing.com/rest-services/loginInfo"
HERE = "https://rest32.bullhornstaffing.com/rest-services/e1/"
APP = {"client_id": "sandbox-bullhorn-client", "client_secret": "sandbox-bullhorn-secret"}
CALLBACK = "http://127.0.0.1:8738/callback"
ASKING = {"client_id": APP["client_id"], "response_type": "code", "redirect_uri": CALLBACK, "state": "s1"}
KIT = {"username": "kit.moss", "password": "Sandbox-0205", "action": "Login"}
NOW = 1_767_346_200_000
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def back(answer):
    """Where a redirect leads, and what it says."""
    assert 302 == answer.status_code
    url = urlsplit(answer.headers["location"])
    said = {name: values[0] for name, values in parse_qs(url.query).items()}
    return f"{url.scheme}://{url.netloc}{url.path}", said


def words(answer):
    assert 200 == answer.status_code
    return " ".join(re.sub("<[^>]+>", " ", answer.text.partition("<body>")[2]).split())


async def code_for(web, **sent):
    return back(await web.post(f"{OAUTH}/authorize", params=ASKING, data=sent or KIT))[1]["code"]


async def token(web, **sent):
    return await web.post(f"{OAUTH}/token", data={**APP, **sent})


async def redeemed(web, **more):
    sent = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": await code_for(web), **more}
    return await token(web, **sent)


async def session(web, **more):
    access = (await redeemed(web)).json()["access_token"]
    return await web.post(LOGIN, params={"version": "*", "access_token": access, **more})


# -- the page --


async def test_consent_leads_back_with_a_code_the_app_and_the_state(web):
    to, said = back(await web.post(f"{OAUTH}/authorize", params=ASKING, data={"decision": "approve"}))
    assert (CALLBACK, APP["client_id"], "s1") == (to, said["client_id"], said["state"])
    assert re.fullmatch(rf"23:{UUID}", said["code"])
    to, said = back(await web.post(f"{OAUTH}/authorize", params=ASKING, data=KIT))
    assert (CALLBACK, {"code", "client_id", "state"}) == (to, set(said))


async def test_who_declines_is_sent_back_with_the_reason(web):
    answer = await web.post(f"{OAUTH}/authorize", params=ASKING, data={"decision": "decline"})
    declined = {"error": "access_denied", "error_description": "The user declined.", "state": "s1"}
    assert (CALLBACK, declined) == back(answer)


async def test_without_an_address_of_its_own_an_app_is_led_to_bullhorn(web):
    sent = {"client_id": APP["client_id"]}
    to, said = back(await web.post(f"{OAUTH}/authorize", params=sent, data={"decision": "approve"}))
    assert ("http://www.bullhorn.com", {"code", "client_id"}) == (to, set(said))
    assert 200 == (await token(web, grant_type="authorization_code", code=said["code"])).status_code


@pytest.mark.parametrize(
    ("sent", "form", "said"),
    [
        ({}, {}, "Connect to Bullhorn App Connect workbench wants to use Bullhorn as Rae Quill ."),
        ({"client_id": "x"}, {}, "Bullhorn OAuth Error - Invalid Client Id Invalid Client Id"),
        (
            {"redirect_uri": "https://evil.example"}, KIT,
            "Bullhorn OAuth Error - Invalid Redirect URI Invalid Redirect URI",
        ),
        ({}, {**KIT, "password": "x"}, "Bullhorn Login Invalid credentials. Please try again."),
        ({}, {"password": "x"}, "Bullhorn Login Invalid credentials. Please try again."),
        ({}, {**KIT, "username": "olu.gone"}, "Bullhorn Login Invalid credentials. Please try again."),
    ],
)  # fmt: skip
async def test_a_page_says(web, sent, form, said):
    answer = await web.post(f"{OAUTH}/authorize", params={**ASKING, **sent}, data=form)
    assert words(answer).startswith(said)


async def test_a_password_may_count_in_the_address_only(crm, web):
    crm.toggles["password_in_query_only"] = True
    page = await web.post(f"{OAUTH}/authorize", params=ASKING, data=KIT)
    assert words(page).startswith("Connect to Bullhorn")
    _, said = back(await web.post(f"{OAUTH}/authorize", params={**ASKING, **KIT}))
    assert "code" in said
    _, said = back(await web.post(f"{OAUTH}/authorize", params=ASKING, data={"decision": "approve"}))
    assert "code" in said


# -- tokens --


async def test_a_code_is_exchanged_for_two_tokens(web):
    answer = await redeemed(web)
    body = answer.json()
    assert re.fullmatch(rf"2:at-{UUID}\^ac-{UUID}", body.pop("access_token"))
    assert re.fullmatch(rf"2:rt-{UUID}\^ac-{UUID}", body.pop("refresh_token"))
    assert {"token_type": "Bearer", "expires_in": 600} == body
    assert "no-store" == answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("sent", "error", "description"),
    [
        ({"client_id": "x"}, "invalid_client", "Client authentication failed."),
        ({"client_secret": "x"}, "invalid_client", "Client authentication failed."),
        ({"code": "x"}, "invalid_grant", "Invalid, expired, or revoked authorization code."),
        ({"redirect_uri": ""}, "invalid_grant", "Redirect URI mismatch."),
        ({"grant_type": "password"}, "unsupported_grant_type", "Unsupported grant type."),
        ({"grant_type": "refresh_token"}, "invalid_grant", "Invalid, expired, or revoked refresh token."),
    ],
)
async def test_a_token_is_refused(web, sent, error, description):
    answer = await redeemed(web, **sent)
    assert (400, {"error": error, "error_description": description}) == (answer.status_code, answer.json())


async def test_a_code_and_tokens_end(crm, web):
    code = await code_for(web)
    crm.clock.advance(3600)
    refused = await token(web, grant_type="authorization_code", redirect_uri=CALLBACK, code=code)
    assert "Invalid, expired, or revoked authorization code." == refused.json()["error_description"]
    pair = (await redeemed(web)).json()
    crm.clock.advance(599)
    assert 200 == (await web.post(LOGIN, params={"access_token": pair["access_token"]})).status_code
    pair = (await redeemed(web)).json()
    crm.clock.advance(600)
    assert 400 == (await web.post(LOGIN, params={"access_token": pair["access_token"]})).status_code
    again = await token(web, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert {"access_token", "refresh_token", "token_type", "expires_in"} == set(again.json())
    crm.clock.advance(10**9)
    refused = await token(web, grant_type="refresh_token", refresh_token=again.json()["refresh_token"])
    assert "Invalid, expired, or revoked refresh token." == refused.json()["error_description"]


# -- the session --


async def test_a_login_answers_with_a_session_and_a_cookie(web):
    answer = await session(web)
    token = answer.json()["BhRestToken"]
    assert {"BhRestToken": token, "restUrl": HERE} == answer.json()
    assert re.fullmatch(UUID, token)
    assert answer.headers["set-cookie"].startswith(f"BhRestToken={token}; HttpOnly")


@pytest.mark.parametrize(
    ("ttl", "minutes"),
    [({}, 10), ({"ttl": "x"}, 10), ({"ttl": 1}, 1), ({"ttl": 2880}, 2880), ({"ttl": 9999}, 2880)],
)
async def test_a_session_lasts_as_long_as_it_is_asked_for_up_to_two_days(crm, web, ttl, minutes):
    opened = (await session(web, **ttl)).json()
    headers = {"BhRestToken": opened["BhRestToken"]}
    ends = NOW + minutes * 60_000
    assert {"sessionExpires": ends} == (await web.get(f"{HERE}ping", headers=headers)).json()
    assert ends == crm.sign_in_ends().timestamp() * 1000
    crm.clock.advance(minutes * 60)
    assert 401 == (await web.get(f"{HERE}ping", headers=headers)).status_code
    assert crm.sign_in_ends() is None


async def test_a_session_is_of_who_signed_in(web):
    opened = (await session(web)).json()
    headers = {"BhRestToken": opened["BhRestToken"]}
    assert {"userId": 102} == (await web.get(f"{HERE}settings/userId", headers=headers)).json()


async def test_the_token_of_a_session_is_in_a_header_the_address_or_a_cookie(web):
    opened = (await session(web)).json()["BhRestToken"]
    web.cookies.clear()
    for sent in ({"headers": {"BhRestToken": opened}}, {"params": {"BhRestToken": opened}},
                 {"headers": {"Cookie": f"BhRestToken={opened}"}}):  # fmt: skip
        assert 200 == (await web.get(f"{HERE}ping", **sent)).status_code
    assert 401 == (await web.get(f"{HERE}ping", params={"BhRestToken": "x"})).status_code


@pytest.mark.parametrize(
    ("path", "headers", "status", "message", "key"),
    [
        (f"{HERE}ping", {}, 412, "BhRestToken is missing.", "missingRestToken"),
        (f"{HERE}settings", {}, 412, "BhRestToken is missing.", "missingRestToken"),
        (f"{HERE}logout", {}, 412, "BhRestToken is missing.", "missingRestToken"),
        (
            f"{HERE}ping", {"BhRestToken": "x"}, 401, "Bad 'BhRestToken' or timed-out.",
            "authentication.invalidRestToken",
        ),
        (LOGIN, {}, 400, "Invalid or expired OAuth access token.", "authentication.invalidOAuthToken"),
    ],
)  # fmt: skip
async def test_without_a_session_it_is_refused(web, path, headers, status, message, key):
    answer = await web.get(path, headers=headers)
    refused = {"errorMessage": message, "errorMessageKey": f"errors.{key}", "errorCode": status}
    assert (status, refused) == (answer.status_code, answer.json())


async def test_a_session_is_good_at_its_own_host_only(web):
    headers = {"BhRestToken": (await session(web)).json()["BhRestToken"]}
    elsewhere = HERE.replace("rest32", "rest45")
    assert [200, 401] == [
        (await web.get(f"{url}ping", headers=headers)).status_code for url in (HERE, elsewhere)
    ]


async def test_an_unknown_user_is_refused_where_that_is_switched_on(crm, web):
    crm.toggles["unknown_login_refused"] = True
    answer = await web.get(INFO, params={"username": "nobody"})
    assert {
        "errorMessage": "Unknown user name.",
        "errorMessageKey": "errors.unknownUser",
        "errorCode": 400,
    } == (answer.json())
    assert "oauthUrl" in (await web.get(INFO, params={"username": "kit.moss"})).json()


@pytest.mark.parametrize("username", ["olu.gone", "", "RAE.QUILL"])
async def test_a_user_who_may_not_sign_in_belongs_nowhere(web, username):
    assert {} == (await web.get(INFO, params={"username": username})).json()


async def test_the_wrong_data_centre_sends_on_without_a_question_mark_too_many(web):
    answer = await web.post("https://rest-west.bullhornstaffing.com/rest-services/login")
    assert (307, LOGIN) == (answer.status_code, answer.headers["location"])


async def test_what_the_sandbox_hands_out_is_good(crm, web):
    given = crm.fresh_credentials()
    assert (crm.credentials["username"], "http://127.0.0.1/callback", "e1") == (
        given["username"], given["redirect_uri"], given["corp_token"]
    )  # fmt: skip
    sent = {"grant_type": "authorization_code", "redirect_uri": given["redirect_uri"], "code": given["code"]}
    assert 200 == (await token(web, **sent)).status_code
    assert 200 == (await web.post(LOGIN, params={"access_token": given["access_token"]})).status_code
    again = await token(web, grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert 200 == again.status_code
    headers = {"BhRestToken": given["bhresttoken"]}
    assert {"sessionExpires": NOW + 2880 * 60_000} == (await web.get(f"{HERE}ping", headers=headers)).json()
    issued = crm.issued_secrets()
    assert given["bhresttoken"] in issued
    assert again.json()["access_token"] in issued
    crm.forget_sessions()
    assert 401 == (await web.get(f"{HERE}ping", headers=headers)).status_code


async def test_ending_all_sessions_ends_them(crm, web):
    headers = {"BhRestToken": crm.fresh_credentials()["bhresttoken"]}
    crm.end_sessions()
    assert 401 == (await web.get(f"{HERE}ping", headers=headers)).status_code
