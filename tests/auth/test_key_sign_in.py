"""Sign-ins that a CRM is made from, keys: what a newcomer's connector states, and what follows from it."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Generator
from typing import ClassVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from appconnect.auth.api_key import ApiKeySignIn, HeaderScheme, KeyHeader, KeySignIn
from appconnect.auth.sign_in import ONE_WORD, FormField, RenewalContext, SignIn
from appconnect.auth.user_key import UserKeySignIn
from appconnect.clock import SystemClock
from appconnect.errors import CredentialsRejected, ForeignHost, InputError, SignInError, Unavailable
from appconnect.models import OAuthInfo

KEY = "k3y-0123456789"
ME = {"id": 7}
INFO = OAuthInfo(
    client_id="acme-client",
    client_secret=SecretStr("acme-secret"),
    authorize_uri="https://auth.acme.test/authorize",
    access_token_uri="https://auth.acme.test/token",
    redirect_uri="http://127.0.0.1:8738/callback",
)


class AcmeKey(ApiKeySignIn):
    title = "Acme"
    where = "it is in Acme under Settings"
    base_url = "https://api.acme.test/v1/"
    check = "/me"


class AcmeUser(UserKeySignIn):
    title = "Acme"
    base_url = "https://api.acme.test/v1"


def flow(kind: type[ApiKeySignIn] | type[UserKeySignIn], **typed: str) -> Generator:
    way = kind(RenewalContext(SystemClock()))
    return way.auth_flow({name: SecretStr(value) for name, value in typed.items()}, None, None)


def ended(steps: Generator, answer: httpx.Response) -> KeyHeader:
    with pytest.raises(StopIteration) as end:
        steps.send(answer)
    return end.value.value


def signed(credentials: KeyHeader) -> httpx.Headers:
    return next(credentials.auth_flow(httpx.Request("GET", f"{credentials.base_url}/x"))).headers


# -- a key --


@pytest.mark.parametrize(
    ("scheme", "header", "value"),
    [
        (HeaderScheme.bearer(), "Authorization", f"Bearer {KEY}"),
        (HeaderScheme.plain("X-Api-Key"), "X-Api-Key", KEY),
        (HeaderScheme(("apiKey",), prefix="Token"), "Authorization", f"Token {KEY}"),
        (
            HeaderScheme.basic("apiKey", ""),
            "Authorization",
            f"Basic {base64.b64encode(f'{KEY}:'.encode()).decode()}",
        ),
        (
            HeaderScheme.basic("", "apiKey"),
            "Authorization",
            f"Basic {base64.b64encode(f':{KEY}'.encode()).decode()}",
        ),
    ],
)
def test_a_key_travels_as_the_crm_states(scheme: HeaderScheme, header: str, value: str) -> None:
    kind = type("Kind", (AcmeKey,), {"scheme": scheme})
    steps = flow(kind, apiKey=f" {KEY}\n")
    request = next(steps)
    assert ("GET", "https://api.acme.test/v1/me", value) == (
        request.method,
        str(request.url),
        request.headers[header],
    )
    assert "application/json" == request.headers["accept"]
    credentials = ended(steps, httpx.Response(200, json=ME))
    assert value == signed(credentials)[header]
    assert ({"apiKey": KEY}, {}, ()) == (
        credentials.secrets(),
        credentials.public(),
        tuple(credentials.revocations()),
    )
    restored = kind(RenewalContext(SystemClock())).restore(credentials.secrets(), None)
    assert value == signed(restored)[header]
    assert KEY not in f"{credentials!r} {scheme!r}"


NOT_ACCEPTED = "Acme does not accept this API key; it is in Acme under Settings."
ODD = "This is not how Acme's API answers (status {}); it is in Acme under Settings."
BUSY = "Acme did not answer properly (status {}); try again later."


@pytest.mark.parametrize(
    ("status", "content", "error", "told"),
    [
        (401, {"json": {}}, CredentialsRejected, NOT_ACCEPTED),
        (403, {"json": {}}, SignInError, ODD),
        (404, {"text": "<html>"}, SignInError, ODD),
        (302, {}, SignInError, ODD),
        (201, {"json": ME}, SignInError, ODD),
        (499, {"json": ME}, SignInError, ODD),
        (200, {"text": "<html>"}, SignInError, ODD),
        (200, {"json": []}, SignInError, ODD),
        (429, {"json": {}}, Unavailable, BUSY),
        (500, {"json": ME}, Unavailable, BUSY),
        (503, {"text": "busy"}, Unavailable, BUSY),
    ],
)
def test_only_what_the_crm_states_says_that_a_key_is_wrong(
    status: int, content: dict, error: type, told: str
) -> None:
    steps = flow(AcmeKey, apiKey=KEY)
    next(steps)
    with pytest.raises(error) as caught:
        steps.send(httpx.Response(status, **content))
    assert error is type(caught.value)
    assert told.format(status) == caught.value.message
    if error is Unavailable:
        assert status == caught.value.status


def test_a_crm_may_say_with_another_status_that_a_key_is_wrong() -> None:
    steps = flow(type("Kind", (AcmeKey,), {"rejections": frozenset({401, 403})}), apiKey=KEY)
    next(steps)
    with pytest.raises(CredentialsRejected, match=r"accept this API key; it is in Acme under Settings\."):
        steps.send(httpx.Response(403, json={}))


@pytest.mark.parametrize(
    ("scheme", "typed", "message"),
    [
        (HeaderScheme.bearer(), "", "The API key is missing; it is in Acme under Settings."),
        (HeaderScheme.bearer(), "  ", "The API key is missing; it is in Acme under Settings."),
        (
            HeaderScheme.bearer(),
            "kéy",
            "The API key has letters in it that no header can carry, which Acme does not allow.",
        ),
        (
            HeaderScheme.plain("X-Api-Key"),
            "a\r\nX-Other: b",
            "The API key has letters in it that no header can carry, which Acme does not allow.",
        ),
        (
            HeaderScheme.basic("apiKey", ""),
            "a:b",
            "The API key has a colon in it, which Acme does not allow.",
        ),
    ],
)
def test_a_key_that_cannot_be_sent_is_said_before_anything_is(
    scheme: HeaderScheme, typed: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        next(flow(type("Kind", (AcmeKey,), {"scheme": scheme}), apiKey=typed))
    assert message == caught.value.message


def test_a_key_may_have_an_address_beside_it_that_is_no_secret() -> None:
    class WithAddress(AcmeKey):
        fields: ClassVar[tuple[FormField, ...]] = (*AcmeKey.fields, FormField("team", "Team"))
        shown = ("team",)

        def api_url(self, kept):
            return f"https://{kept['team']}.acme.test"

    steps = flow(WithAddress, apiKey=KEY, team="blue")
    assert "https://blue.acme.test/me" == str(next(steps).url)
    credentials = ended(steps, httpx.Response(200, json=ME))
    assert ({"team": "blue"}, "https://blue.acme.test") == (credentials.public(), credentials.base_url)


class Three(AcmeUser):
    fields: ClassVar[tuple[FormField, ...]] = (FormField("apiKey", "API key"), *AcmeUser.fields)


def test_all_that_was_filled_in_is_named_where_it_is_not_accepted() -> None:
    steps = flow(Three, apiKey="k", username="rae", password="quiet")
    next(steps)
    with pytest.raises(CredentialsRejected) as caught:
        steps.send(httpx.Response(401))
    assert "Acme does not accept this API key, user name and password." == caught.value.message


def test_what_does_not_travel_in_the_header_may_have_any_letters() -> None:
    steps = flow(Three, apiKey="k:é", username="rae", password="quiet")
    assert "https://api.acme.test/v1/login" == str(next(steps).url)
    with pytest.raises(InputError) as caught:
        next(flow(Three, apiKey="k", username="r:ae", password="quiet"))
    assert "The User name has a colon in it, which Acme does not allow." == caught.value.message


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (AcmeKey, (FormField("apiKey", "API key", secret=True, hint="", verbatim=False, kept=True, shape=ONE_WORD),)),
        (AcmeUser, (
            FormField("username", "User name", secret=False, hint="", verbatim=False, kept=True, shape=None),
            FormField("password", "Password", secret=True, hint="Used once, never kept", verbatim=True, kept=False),
        )),
    ],
)  # fmt: skip
def test_the_form_asks_for_what_is_sent_and_hides_what_is_secret(
    kind: type[KeySignIn], fields: tuple[FormField, ...]
) -> None:
    assert fields == kind.fields
    assert () == kind.app_fields == SignIn.fields


def test_what_keys_travel_in_is_known_to_whoever_signs_by_himself() -> None:
    context = RenewalContext(SystemClock())
    bearer, basic = HeaderScheme.bearer("userKey"), HeaderScheme.basic("username", "password")
    assert (bearer, basic) == AcmeUser(context).header_schemes
    assert (HeaderScheme(("apiKey",), "Bearer", "Authorization", base64=False),) * 2 == AcmeKey(
        context
    ).header_schemes


def test_no_page_is_opened_where_a_key_is_typed() -> None:
    assert AcmeKey(RenewalContext(SystemClock())).authorize_url(INFO, "st") is None


@pytest.mark.parametrize(
    ("scheme", "shown"), [(HeaderScheme.bearer(), "Bearer"), (HeaderScheme.plain("X-Api-Key"), "X-Api-Key")]
)
def test_credentials_show_how_they_sign_and_where(scheme: HeaderScheme, shown: str) -> None:
    credentials = KeyHeader(scheme, {"apiKey": SecretStr(KEY)}, base_url="https://api.acme.test/X//")
    assert f"KeyHeader({shown} for https://api.acme.test/X)" == repr(credentials)


def test_what_is_shown_may_be_missing_from_what_is_kept() -> None:
    kept = {"apiKey": SecretStr(KEY)}
    credentials = KeyHeader(HeaderScheme.bearer(), kept, base_url="https://api.acme.test", shown=("team",))
    assert {} == credentials.public()


# -- what is set --


class WithTeam(AcmeKey):
    fields: ClassVar[tuple[FormField, ...]] = (*AcmeKey.fields, FormField("team", "Team"))
    app_fields: ClassVar[tuple[FormField, ...]] = (FormField("app", "App name", shape=ONE_WORD),)

    def api_url(self, kept):
        if kept["team"] == "evil":
            raise ForeignHost("This is not Acme.")
        return f"https://{kept['team']}.acme.test"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, ""),
        ({"apiKey": KEY, "team": "blue"}, ""),
        ({"app": "a b"}, "The App name must be letters, digits and signs without a space between them."),
        ({"app": " ab "}, ""),
        (
            {"app": "a b", "apiKey": "c d"},
            "The App name must be letters, digits and signs without a space between them. "
            "The API key must be letters, digits and signs without a space between them.",
        ),
        ({"team": "evil"}, ""),
        ({"apiKey": KEY, "team": "evil"}, "This is not Acme."),
        ({"apiKey": KEY, "team": ""}, "The Team is missing; it is in Acme under Settings."),
        ({"apiKey": KEY, "other": "x y"}, ""),
    ],
    ids=str,
)
def test_what_cannot_be_right_is_told_unasked(typed: dict[str, str], told: str) -> None:
    way = WithTeam(RenewalContext(SystemClock()))
    secrets = {name: SecretStr(value) for name, value in typed.items()}
    if not told:
        way.validate(secrets)
        return
    with pytest.raises((InputError, ForeignHost)) as caught:
        way.validate(secrets)
    assert told == caught.value.message


def test_whatever_is_typed_is_one_header_or_one_sentence() -> None:
    reached: Counter[str] = Counter()
    schemes = (HeaderScheme.bearer(), HeaderScheme.plain("X-Api-Key"), HeaderScheme.basic("apiKey", ""))
    typeable = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)

    @given(typeable | st.text(max_size=20), st.sampled_from(schemes))
    def check(typed: str, scheme: HeaderScheme) -> None:
        steps = flow(type("Kind", (AcmeKey,), {"scheme": scheme}), apiKey=typed)
        try:
            request = next(steps)
        except InputError as error:
            assert error.message
            reached["refused"] += 1
        else:
            assert 1 == len(request.headers.get_list(scheme.header))
            reached[scheme.header + scheme.prefix] += 1

    check()
    assert reached["refused"] > 10
    assert min(reached[each.header + each.prefix] for each in schemes) > 5, reached


# -- name and password for a user key --


def test_name_and_password_are_sent_once_and_the_key_signs_from_then_on() -> None:
    steps = flow(AcmeUser, username=" rae ", password=" p:ss wörd ")
    request = next(steps)
    sent = base64.b64encode("rae: p:ss wörd ".encode()).decode()
    assert ("GET", "https://api.acme.test/v1/login", f"Basic {sent}") == (
        request.method,
        str(request.url),
        request.headers["Authorization"],
    )
    assert "application/json" == request.headers["accept"]
    credentials = ended(steps, httpx.Response(200, json={"token": "u-1", "more": 1}))
    assert {"username": "rae", "userKey": "u-1"} == credentials.secrets()
    assert "Bearer u-1" == signed(credentials)["Authorization"]


def test_a_login_is_below_the_address_of_the_api() -> None:
    kind = type("Kind", (AcmeUser,), {"base_url": "https://api.acme.test/X/"})
    assert "https://api.acme.test/X/login" == str(next(flow(kind, username="rae", password="quiet")).url)


def test_a_login_may_be_a_form_of_its_own() -> None:
    class Posted(AcmeUser):
        def login_request(self, filled):
            return httpx.Request("POST", f"{self.base_url}/sessions", json=dict(filled))

    steps = flow(Posted, username="rae", password="quiet")
    request = next(steps)
    assert ("POST", b'{"username":"rae","password":"quiet"}') == (request.method, request.content)
    assert "u-2" == ended(steps, httpx.Response(200, json={"user_key": "u-2"})).secrets()["userKey"]


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": None}, [], None, "u-1"], ids=repr)
def test_an_answer_without_a_user_key_is_no_sign_in(body: object) -> None:
    steps = flow(AcmeUser, username="rae", password="quiet")
    next(steps)
    with pytest.raises(SignInError) as caught:
        steps.send(httpx.Response(200, json=body))
    assert "Acme's answer has no user key in it; try again." == caught.value.message
    assert None is caught.value.__context__


def test_what_else_is_kept_of_the_answer_has_the_names_of_settings() -> None:
    class Answer(BaseModel):
        user_key: SecretStr
        team_id: int
        time_zone: str | None = None

    steps = flow(type("Kind", (AcmeUser,), {"answer": Answer}), username="rae", password="quiet")
    next(steps)
    kept = ended(steps, httpx.Response(200, json={"user_key": "u-1", "team_id": 7})).secrets()
    assert {"username": "rae", "userKey": "u-1", "teamId": "7", "timeZone": ""} == kept


def test_a_wrong_password_is_said_and_not_quoted() -> None:
    steps = flow(AcmeUser, username="rae", password="quiet-secret")
    next(steps)
    with pytest.raises(
        CredentialsRejected, match=r"Acme does not accept this user name and password\."
    ) as caught:
        steps.send(httpx.Response(401, json={"message": "quiet-secret is wrong"}))
    assert "quiet-secret" not in str(caught.value)
