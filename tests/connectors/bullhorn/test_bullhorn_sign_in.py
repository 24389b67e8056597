"""Bullhorn's sign-in and its session: where it goes, what is stored when, how it comes back, what it hides."""

import logging

import pytest
from pydantic import SecretStr
from workbench_steps import sandbox_of

from appconnect import operation_warnings
from appconnect.connectors.bullhorn.sandbox.sign_in import LOGINS
from appconnect.errors import (
    ConfigurationError,
    CredentialsRejected,
    ForeignHost,
    InputError,
    SessionExpired,
    SignInError,
    Unavailable,
    Unreachable,
)
from appconnect.models import LogDraft
from appconnect.phone import parse
from appconnect.workbench import connect

NIA = parse("+14155550142")
LOGIN = "/rest-services/login"
NO_TOKEN = {
    "errorMessage": "Invalid or expired OAuth access token.",
    "errorMessageKey": "errors.authentication.invalidOAuthToken",
    "errorCode": 400,
}


# -- discovery --


async def test_the_data_centre_is_asked_for_by_the_login_name(signed_out):
    info = await signed_out.connector.get_oauth_info()
    assert "https://auth-east.bullhornstaffing.com/oauth/authorize" == info.authorize_uri
    assert "https://auth-east.bullhornstaffing.com/oauth/token" == info.access_token_uri
    assert "https://rest-east.bullhornstaffing.com/rest-services" == info.api_uri
    assert {"username": "rae.quill"} == signed_out.sandbox.requests[0].query


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (False, "knows no user 'no & body'; check the user name."),
        (True, "where the user 'no & body' belongs; check the user name. It said: Unknown user name."),
    ],
)
async def test_an_unknown_login_name_is_said_plainly(make_bench, refused, words):
    workbench = make_bench(unknown_login_refused=refused)
    workbench.account.options = {"username": "no & body"}
    with pytest.raises(ConfigurationError, match=words):
        await workbench.connector.get_oauth_info()


@pytest.mark.parametrize("status", [400, 404])
async def test_bullhorn_s_own_refusal_of_a_login_name_is_quoted(signed_out, status):
    said = {"errorMessage": "This client may not look up users."}
    signed_out.sandbox.faults.add(path="*/loginInfo", status=status, json=said)
    with pytest.raises(ConfigurationError, match="It said: This client may not look up users") as caught:
        await signed_out.connector.get_oauth_info()
    assert "knows no user" not in str(caught.value)


async def test_a_refusal_of_a_login_name_without_words_says_that_nobody_is_known(signed_out):
    signed_out.sandbox.faults.add(path="*/loginInfo", status=400, json={})
    with pytest.raises(ConfigurationError, match=r"knows no user 'rae\.quill'"):
        await signed_out.connector.get_oauth_info()


async def test_without_a_login_name_nothing_is_sent(signed_out):
    signed_out.account.options = {}
    with pytest.raises(ConfigurationError, match="BULLHORN_USERNAME"):
        await signed_out.connector.get_oauth_info()
    assert [] == signed_out.sandbox.requests


@pytest.mark.parametrize(
    ("oauth", "rest"),
    [
        ("https://evil.example/oauth", "https://rest-east.bullhornstaffing.com/rest-services"),
        (
            "https://auth-east.bullhornstaffing.com/oauth",
            "http://rest-east.bullhornstaffing.com/rest-services",
        ),
        ("https://bullhornstaffing.com.evil.example/oauth", "https://rest-east.bullhornstaffing.com/x"),
    ],
)
async def test_an_address_that_is_not_bullhorns_is_refused(signed_out, oauth, rest):
    signed_out.sandbox.faults.add(path="*/loginInfo", status=200, json={"oauthUrl": oauth, "restUrl": rest})
    with pytest.raises(ForeignHost):
        await signed_out.connector.get_oauth_info()


# -- signing in --


async def test_consent_in_the_browser_becomes_a_session(signed_out):
    session = await signed_out.sign_in_by_code()
    assert "https://rest32.bullhornstaffing.com/rest-services/e1" == session.base_url
    assert "101-bullhorn" == (await signed_out.connector.get_user_info()).id


async def test_an_api_user_signs_in_unattended_with_the_password_in_no_address(signed_out):
    await signed_out.sign_in()
    assert "Api Logger" == (await signed_out.connector.get_user_info()).name
    authorize = next(each for each in signed_out.sandbox.requests if each.path == "/oauth/authorize")
    assert ("POST", "Sandbox-0999") == (authorize.method, authorize.form["password"])
    assert not any("Sandbox-0999" in str(each.query) for each in signed_out.sandbox.requests)
    assert not any("Sandbox-0999" in str(kept) for kept in signed_out.stored)


async def test_a_wrong_password_is_said_plainly(signed_out):
    with pytest.raises(CredentialsRejected, match="user name and password"):
        await signed_out.sign_in(password="nope-nope")


async def test_a_wrong_client_id_is_said_plainly(signed_out):
    signed_out.account.client_id = "somebody-else"
    with pytest.raises(CredentialsRejected, match="client id"):
        await signed_out.sign_in()


@pytest.mark.parametrize("status_401", [False, True])
async def test_a_wrong_client_secret_is_said_plainly(make_bench, status_401):
    workbench = make_bench(bad_secret_401=status_401)
    workbench.account.client_secret = SecretStr("wrong")
    with pytest.raises(CredentialsRejected, match="client id and secret"):
        await workbench.sign_in()


async def test_a_page_that_wants_a_person_is_said_plainly(make_bench):
    with pytest.raises(SignInError, match=r"password in the address only.*once in the browser"):
        await make_bench(password_in_query_only=True).sign_in()


async def test_a_sign_in_that_is_down_is_said_plainly(signed_out):
    signed_out.sandbox.faults.add("POST", "/oauth/authorize", status=503, text="down")
    with pytest.raises(Unavailable):
        await signed_out.sign_in()


async def test_user_name_without_password_sends_nothing(signed_out):
    info = await signed_out.connector.get_oauth_info()
    typed = {"username": SecretStr("rae.quill"), "password": SecretStr("")}
    with pytest.raises(InputError, match="fill in user name and password"):
        next(signed_out.way.auth_flow(typed, info, None))


async def test_the_wrong_data_centre_is_left_for_the_right_one(signed_out):
    info = await signed_out.connector.get_oauth_info()
    west = info.model_copy(
        update={
            "authorize_uri": "https://auth-west.bullhornstaffing.com/oauth/authorize",
            "access_token_uri": "https://auth-west.bullhornstaffing.com/oauth/token",
            "api_uri": "https://rest-west.bullhornstaffing.com/rest-services",
        }
    )
    typed = {"username": SecretStr("rae.quill"), "password": SecretStr("Sandbox-0110")}
    await signed_out.auth_flow(signed_out.way.auth_flow(typed, west, None))
    assert "Rae Quill" == (await signed_out.connector.get_user_info()).name


async def test_a_redirect_to_a_stranger_is_not_followed(signed_out):
    away = {"Location": "https://evil.example/oauth/token"}
    signed_out.sandbox.faults.add("POST", "/oauth/token", status=307, headers=away)
    with pytest.raises(ForeignHost):
        await signed_out.sign_in()


async def test_a_circle_of_redirects_ends(signed_out):
    again = {"Location": "/oauth/token"}
    signed_out.sandbox.faults.add("POST", "/oauth/token", status=307, headers=again, times=None)
    with pytest.raises(SignInError, match="circle"):
        await signed_out.sign_in()


# -- what is stored when --


async def test_tokens_are_stored_before_the_login_and_the_session_after_it(signed_out):
    signed_out.sandbox.faults.add("POST", LOGIN, drop=True, times=None)
    with pytest.raises(Unreachable):
        await signed_out.sign_in_by_code()
    [kept] = signed_out.stored
    assert (True, True, "") == (bool(kept["access"]), bool(kept["refresh"]), kept["rest_token"])


async def test_a_login_that_fails_after_a_renewal_loses_no_refresh_token(workbench, bullhorn):
    workbench.sandbox.end_sessions()
    workbench.sandbox.faults.add("POST", LOGIN, drop=True, times=4)
    with pytest.raises(Unreachable):
        await bullhorn.get_user_list()
    assert workbench.stored[0]["refresh"] != workbench.stored[-1]["refresh"]
    again = workbench.way.restore(workbench.stored[-1], await bullhorn.get_oauth_info())
    workbench.sandbox.faults.clear()
    workbench.crm.signer = again
    assert [] != await bullhorn.get_user_list()


async def test_a_restart_takes_the_session_up_again_without_a_login(workbench, bullhorn):
    workbench.crm.signer = workbench.way.restore(workbench.stored[-1], await bullhorn.get_oauth_info())
    assert "Rae Quill" == (await bullhorn.get_user_info()).name
    assert 0 == workbench.sent("POST")


async def test_a_good_token_that_is_refused_once_is_replaced(signed_out):
    signed_out.sandbox.faults.add("POST", LOGIN, status=400, json=NO_TOKEN, times=2)
    await signed_out.sign_in_by_code()
    assert (3, 3) == (signed_out.sent("POST", LOGIN), signed_out.sent("POST", "/oauth/token"))


async def test_a_login_that_dies_with_500_has_spent_its_token(signed_out):
    signed_out.sandbox.faults.add("POST", LOGIN, status=500, text="oops")
    await signed_out.sign_in_by_code()
    logins = [each.query["access_token"] for each in signed_out.sandbox.requests if each.path == LOGIN]
    assert (2, 2) == (len(logins), len(set(logins)))


@pytest.mark.parametrize(
    "answer",
    [{"BhRestToken": "t"}, {"restUrl": "https://rest32.bullhornstaffing.com/rest-services/e1/"}, {}, []],
    ids=str,
)
async def test_a_session_without_its_token_or_its_address_is_none(signed_out, answer):
    signed_out.sandbox.faults.add("POST", LOGIN, status=200, json=answer)
    with pytest.raises(SignInError, match=r"did not open a session.*status 200"):
        await signed_out.sign_in_by_code()


async def test_tokens_that_are_refused_for_good_are_said_plainly(signed_out):
    signed_out.sandbox.faults.add("POST", LOGIN, status=400, json=NO_TOKEN, times=None)
    with pytest.raises(SignInError, match="did not open a session"):
        await signed_out.sign_in_by_code()


# -- a session that is over --


async def test_a_dead_session_comes_back_by_itself(workbench, bullhorn):
    workbench.sandbox.end_sessions()
    assert "Rae Quill" == (await bullhorn.get_user_info()).name
    assert (1, 1) == (workbench.sent("POST", "/oauth/token"), workbench.sent("POST", LOGIN))


async def test_requests_that_die_together_open_one_session(workbench, bullhorn):
    workbench.sandbox.end_sessions()
    assert ["Nia Holt"] == [each.name for each in await bullhorn.find_contact(NIA)]
    assert 1 == workbench.sent("POST", LOGIN)


async def test_after_a_move_the_request_goes_to_the_new_address(workbench, bullhorn):
    workbench.sandbox.move()
    await bullhorn.get_user_info()
    hosts = [each.host for each in workbench.sandbox.requests if "/settings/" in each.path]
    assert ["rest32.bullhornstaffing.com", "rest45.bullhornstaffing.com"] == hosts
    assert "https://rest45.bullhornstaffing.com/rest-services/e1" == workbench.crm.signer.base_url


async def test_a_session_at_a_strangers_address_is_sent_nothing(workbench, bullhorn):
    workbench.sandbox.end_sessions()
    trap = {"BhRestToken": "t", "restUrl": "https://evil.example/rest-services/e1/"}
    workbench.sandbox.faults.add("POST", LOGIN, status=200, json=trap)
    with pytest.raises(ForeignHost):
        await bullhorn.get_user_list()


async def test_a_write_that_is_refused_with_401_is_made_once(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    [nia] = await bullhorn.find_contact(NIA)
    workbench.sandbox.faults.add("PUT", "*/entity/Note", status=401, json={})
    draft = LogDraft(body="Hi", reference="s-1", direction="Outbound")
    log_id = await bullhorn.create_call_log(nia, draft)
    assert [int(log_id)] == [note["id"] for note in workbench.notes()]
    assert (2, 1) == (workbench.sent("PUT", "/entity/Note"), workbench.sent("POST", "/entity/Candidate"))


async def test_what_may_be_shown_of_a_session_is_where_it_is_without_the_corporations_token(workbench):
    assert {"dataCentre": "rest32.bullhornstaffing.com"} == workbench.crm.about_connection()


async def test_a_session_that_is_refused_anew_is_an_error_and_no_loop(workbench, bullhorn):
    workbench.sandbox.faults.add("GET", "*/query/*", status=401, json={}, times=None)
    with pytest.raises(SessionExpired):
        await bullhorn.get_user_list()
    assert 2 == workbench.sent("GET", "/query/")


async def test_without_refresh_tokens_a_dead_session_asks_to_sign_in(make_bench):
    workbench = make_bench(refresh_tokens=False)
    await workbench.sign_in_by_code()
    workbench.sandbox.end_sessions()
    with pytest.raises(SessionExpired, match="sign in again"):
        await workbench.connector.get_user_list()


async def test_a_spent_refresh_token_asks_to_sign_in(workbench, bullhorn):
    old = workbench.way.restore(
        {**workbench.stored[-1], "rest_token": "old"}, await bullhorn.get_oauth_info()
    )
    workbench.sandbox.end_sessions()
    await bullhorn.get_user_list()
    workbench.crm.signer = old
    with pytest.raises(SessionExpired, match="sign in again"):
        await bullhorn.get_user_list()


async def test_a_session_that_another_process_has_renewed_is_taken_over(workbench, bullhorn):
    other = workbench.way.restore(workbench.stored[-1], await bullhorn.get_oauth_info())
    workbench.sandbox.end_sessions()
    await bullhorn.get_user_list()
    workbench.store_is_shared = True
    workbench.crm.signer = other
    await bullhorn.get_user_list()
    assert 1 == workbench.sent("POST", LOGIN)


async def test_a_lost_answer_to_a_write_says_that_it_may_be_done(workbench, bullhorn):
    [nia] = await bullhorn.find_contact(NIA)
    workbench.sandbox.faults.add("PUT", "*/entity/Note", drop_after=True)
    with pytest.raises(Unreachable) as caught:
        await bullhorn.create_call_log(nia, LogDraft(body="Hi", reference="s-1"))
    assert (True, 1) == (caught.value.maybe_done, len(workbench.notes()))


# -- signing out, and what does not show --


async def test_signing_out_ends_the_session(workbench, bullhorn):
    await bullhorn.unauthorize()
    assert (1, {}) == (workbench.sent("GET", "/logout"), workbench.sandbox.sign_in.sessions)


async def test_signing_out_of_a_dead_session_is_fine_and_said(workbench, bullhorn):
    workbench.sandbox.end_sessions()
    with operation_warnings.collect() as warnings:
        await bullhorn.unauthorize()
    assert (1, ["Bullhorn did not know the session any more."]) == (workbench.sent(), list(warnings))


async def test_signing_out_says_when_bullhorn_does_not_answer(workbench, bullhorn):
    workbench.sandbox.faults.add("GET", "*/logout", status=503, times=None)
    with pytest.raises(Unavailable):
        await bullhorn.unauthorize()


async def test_the_token_travels_in_a_header_only(workbench, bullhorn):
    await bullhorn.find_contact(NIA)
    token = workbench.stored[-1]["rest_token"]
    assert {token} == {each.headers["bhresttoken"] for each in workbench.sandbox.requests}
    assert not any(token in each.path + str(each.query) for each in workbench.sandbox.requests)


async def test_discovery_carries_no_session(workbench, bullhorn):
    await bullhorn.get_oauth_info()
    assert "bhresttoken" not in workbench.sandbox.requests[-1].headers


async def test_nothing_secret_is_in_a_repr_or_a_log(workbench, bullhorn, caplog):
    with caplog.at_level(logging.DEBUG, logger="appconnect"):
        workbench.sandbox.end_sessions()
        await bullhorn.get_user_list()
    shown = repr(workbench.crm.signer) + caplog.text + str(workbench.crm.signer.public())
    secrets = [
        value for kept in workbench.stored for key, value in kept.items() if key in ("refresh", "rest_token")
    ]
    assert not any(value in shown for value in secrets if value)


async def test_a_typed_user_name_alone_leads_to_the_consent_page() -> None:
    workbench = connect("bullhorn", mode="sandbox")
    assert (await workbench.sign_in({"username": "kit.moss"})).successful
    posted = [seen.form for seen in sandbox_of(workbench).requests if "authorize" in seen.path]
    assert [] == [form for form in posted if "password" in form]
    await workbench.close()


async def test_name_and_password_sign_an_api_user_in_without_a_page() -> None:
    workbench = connect("bullhorn", mode="sandbox")
    typed = {"username": "kit.moss", "password": LOGINS["kit.moss"]}
    assert "Kit Moss" == getattr((await workbench.sign_in(typed)).user, "name", "")
    await workbench.close()


async def test_a_wrong_password_is_said_to_be_wrong() -> None:
    workbench = connect("bullhorn", mode="sandbox")
    result = await workbench.sign_in({"username": "kit.moss", "password": "wrong"})
    assert isinstance(result.error, CredentialsRejected)
    await workbench.close()


async def test_the_data_centre_is_asked_for_once() -> None:
    workbench = connect("bullhorn", mode="sandbox")
    assert (await workbench.sign_in()).successful
    assert 1 == sum(seen.path.endswith("/loginInfo") for seen in sandbox_of(workbench).requests)
