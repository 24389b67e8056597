"""Redtail's sign-in asks once with the password and keeps only the keys."""

import base64

import httpx
import pytest
from pydantic import SecretStr
from workbench_steps import sandbox_of

from appconnect.auth.sign_in import ONE_WORD, RenewalContext
from appconnect.clock import SystemClock
from appconnect.connectors.redtail.sandbox.sign_in import LOGINS
from appconnect.connectors.redtail.sign_in import RedtailSignIn
from appconnect.errors import CredentialsRejected, InputError, SignInError, Unavailable
from appconnect.workbench import connect

TYPED = {"apiKey": "partner-key", "username": "rae.quill", "password": "quiet:as:a:mouse"}
WHERE = "Redtail issues the key to partners, name and password are those of its own login"
THREE_KEYS = {"redtail_database_id": 880011, "redtail_user_id": 880042, "user_key": "1111-2222"}


def sign_in():
    return RedtailSignIn(RenewalContext(SystemClock()))


def flow(**typed):
    return sign_in().auth_flow({k: SecretStr(v) for k, v in {**TYPED, **typed}.items()}, None, None)


def answered(status=200, **content):
    """What the flow ends in when Redtail answers this."""
    steps = flow()
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(httpx.Response(status, **content))
    return end.value.value


def decoded(header):
    scheme, _, encoded = header.partition(" ")
    return scheme, base64.b64decode(encoded).decode()


def test_the_form_asks_for_three_things_two_of_them_secret():
    fields = [(field.name, field.secret) for field in sign_in().fields]
    assert [("apiKey", True), ("username", False), ("password", True)] == fields


def test_one_request_with_three_parts_and_the_password_s_colons():
    request = next(flow())
    assert ("GET", "https://crm.redtailtechnology.com/api/public/v1/authentication") == (
        request.method,
        str(request.url),
    )
    assert ("Basic", "partner-key:rae.quill:quiet:as:a:mouse") == decoded(request.headers["Authorization"])


def test_a_password_may_have_any_letters_and_white_space_at_its_ends():
    request = next(flow(password=" Köln 🌟 ", username=" rae.quill ", apiKey=" partner-key\n"))
    assert ("Basic", "partner-key:rae.quill: Köln 🌟 ") == decoded(request.headers["Authorization"])


@pytest.mark.parametrize("body", [{"authenticated_user": THREE_KEYS}, THREE_KEYS], ids=["envelope", "bare"])
def test_what_is_kept_is_both_keys_and_whose_they_are_but_no_password(body):
    credentials = answered(json=body)
    shown = {"userId": "880042", "databaseId": "880011", "username": "rae.quill"}
    assert {"apiKey": "partner-key", "userKey": "1111-2222", **shown} == credentials.secrets()
    assert shown == credentials.public()


def test_an_answer_without_a_database_is_good_and_so_is_a_key_of_one_letter():
    credentials = answered(json={"user_key": "k", "redtail_user_id": 1})
    known = {
        "apiKey": "partner-key",
        "userKey": "k",
        "userId": "1",
        "databaseId": "",
        "username": "rae.quill",
    }
    assert known == credentials.secrets()


def test_the_form_says_how_each_field_is_typed_and_kept():
    assert [
        ("API key", "Redtail issues it to partners (REDTAIL_API_KEY)", False, True, ONE_WORD),
        ("User name", "As at the CRM's own login", False, True, None),
        ("Password", "Used once, never kept", True, False, None),
    ] == [(each.label, each.hint, each.verbatim, each.kept, each.shape) for each in sign_in().fields]


def test_from_then_on_userkeyauth_signs_with_key_and_user_key():
    credentials = answered(json={"authenticated_user": THREE_KEYS})
    restored = sign_in().restore(credentials.secrets(), None)
    request = next(restored.auth_flow(httpx.Request("GET", f"{restored.base_url}/contacts")))
    assert ("Userkeyauth", "partner-key:1111-2222") == decoded(request.headers["Authorization"])


def test_there_is_nothing_to_revoke():
    assert () == tuple(answered(json=THREE_KEYS).revocations())


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (401, {"json": {"message": "no"}}, CredentialsRejected),
        (429, {"json": {"message": "slow down"}}, Unavailable),
        (500, {"text": "oops"}, Unavailable),
        (503, {"text": "<html>"}, Unavailable),
        (403, {"json": {"message": "no"}}, SignInError),
        (200, {"text": "<html>"}, SignInError),
        (200, {"json": {"authenticated_user": {**THREE_KEYS, "user_key": ""}}}, SignInError),
        (200, {"json": {"user_key": "1111-2222"}}, SignInError),
    ],
)
def test_only_401_says_that_the_credentials_are_wrong(status, content, error):
    steps = flow()
    next(steps)
    with pytest.raises(error) as raised:
        steps.send(httpx.Response(status, **content))
    assert (error, False) == (type(raised.value), "1111-2222" in str(raised.value))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"apiKey": " "}, f"The API key is missing; {WHERE}."),
        ({"username": ""}, f"The User name is missing; {WHERE}."),
        ({"password": ""}, f"The Password is missing; {WHERE}."),
        ({"username": "a:b"}, "The User name has a colon in it, which Redtail does not allow."),
    ],
)
def test_what_cannot_be_sent_is_said_before_anything_is_sent(typed, message):
    with pytest.raises(InputError) as raised:
        next(flow(**typed))
    assert message == str(raised.value)


async def test_another_users_name_is_not_sent_with_the_password_that_is_set() -> None:
    workbench = connect("redtail", mode="sandbox")
    result = await workbench.sign_in({"username": "somebody.else"})
    assert isinstance(result.error, InputError)
    assert [] == sandbox_of(workbench).requests
    await workbench.close()


async def test_spaces_around_keys_and_names_do_not_count() -> None:
    workbench = connect("redtail", mode="sandbox")
    known = sandbox_of(workbench).credentials
    typed = {"apiKey": f" {known['api_key']}\n", "username": f"\t{known['username']} "}
    assert (await workbench.sign_in(typed)).successful


@pytest.mark.parametrize("password", [" begins", "ends ", " \t both\t "])
async def test_spaces_of_a_password_count(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    workbench = connect("redtail", mode="sandbox")
    known = sandbox_of(workbench).credentials
    monkeypatch.setitem(LOGINS, (known["username"], password), 880042)
    assert (await workbench.sign_in({"password": password})).successful
    assert isinstance((await workbench.sign_in({"password": password.strip()})).error, CredentialsRejected)


async def test_what_is_typed_as_nothing_comes_from_the_settings() -> None:
    workbench = connect("redtail", mode="sandbox")
    assert (await workbench.sign_in({"apiKey": "  ", "username": "", "password": ""})).successful
