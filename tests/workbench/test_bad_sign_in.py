"""Sign-ins that do not succeed: one sentence each, what was connected before stays, no secret is shown."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from answers import NIA
from platforms import ALL_KEY, ALL_OAUTH
from workbench_steps import CRMS, sandbox_of, signed_in

from appconnect.auth.loopback import approve_in
from appconnect.errors import (
    AppConnectError,
    ConfigurationError,
    ConsentDeclined,
    CredentialsRejected,
    InputError,
    SignInError,
    StateMismatch,
    Unavailable,
)
from appconnect.models import SignedIn
from appconnect.workbench import Workbench, connect
from appconnect.workbench import environment as context

CALLBACK = "http://127.0.0.1:8738/callback"
WRONG = "wrong-secret-0123456789"


def details(result: SignedIn) -> list[str]:
    assert result.return_message is not None
    return [item.text for detail in result.return_message.details or [] for item in detail.items]


async def still_connected(workbench: Workbench) -> bool:
    """Rae is signed in as before, here and in the store."""
    kept = workbench.environment.store.connections(workbench.platform)
    found = await workbench.find_contact(NIA)
    return bool(workbench.user and workbench.user.name == "Rae Quill" and len(kept) == 1 and found.contacts)


# -- at the consent page --


@pytest.mark.parametrize("crm", ALL_OAUTH)
async def test_a_declined_consent(crm: str, told) -> None:
    workbench = await signed_in(crm)
    declines = approve_in(workbench.environment.sandbox.transport(), decision="decline")
    result = await workbench.sign_in(consent=declines)
    assert (ConsentDeclined, f"Access to {workbench.title} was declined") == told(workbench, result)
    assert "Access was declined on the CRM's page; nothing was connected." in details(result)
    assert await still_connected(workbench)


@pytest.mark.parametrize("crm", ALL_OAUTH)
@pytest.mark.parametrize(
    ("redirected", "kind", "sentence"),
    [
        (
            f"{CALLBACK}?code={WRONG}&state=of-another-sign-in",
            StateMismatch,
            "The answer belongs to another sign-in (its state differs); begin the sign-in again.",
        ),
        (
            f"{CALLBACK}?code={WRONG}",
            StateMismatch,
            "The answer belongs to another sign-in (its state differs); begin the sign-in again.",
        ),
        (
            f"https://evil.example/callback?code={WRONG}&state=sign-in-2",
            SignInError,
            f"This is not the address that the CRM redirected to; it begins with {CALLBACK}"
            " and has a code in it. Copy the whole address line.",
        ),
        (
            f"{CALLBACK}?state=sign-in-2",
            SignInError,
            "There is no code in this address; copy the whole address line.",
        ),
        (
            f"{CALLBACK}?error=server_error&error_description=Down.&state=sign-in-2",
            SignInError,
            "The CRM refused the sign-in: Down.",
        ),
    ],
)
async def test_an_answer_that_is_not_ours(
    crm: str, told, redirected: str, kind: type[AppConnectError], sentence: str
) -> None:
    workbench = await signed_in(crm)
    request = await workbench.begin_sign_in()
    before = len(sandbox_of(workbench).requests)
    result = await workbench.finish_sign_in(request, redirected)
    assert (kind, sentence) == (told(workbench, result, [WRONG])[0], str(result.error))
    assert before == len(sandbox_of(workbench).requests)
    assert await still_connected(workbench)


@pytest.mark.parametrize(
    ("crm", "said"),
    [
        ("pipedrive", "Invalid grant: `authorization_code` is invalid"),
        ("bullhorn", "Invalid, expired, or revoked authorization code"),
    ],
)
async def test_a_wrong_code(crm: str, said: str, told) -> None:
    workbench = await signed_in(crm)
    request = await workbench.begin_sign_in()
    result = await workbench.finish_sign_in(request, f"{CALLBACK}?code={WRONG}&state={request.state}")
    assert (SignInError, f"Could not sign in to {workbench.title}") == told(workbench, result, [WRONG])
    assert f"The CRM did not accept the sign-in; begin again. It said: {said}." == str(result.error)
    assert await still_connected(workbench)


# -- with what was set or typed --


def with_credentials(crm: str, monkeypatch: pytest.MonkeyPatch, **wrong: str) -> Workbench:
    """A workbench in live mode whose network is the sandbox; credentials are right but for these."""
    sandbox = context.make_sandbox(crm)
    monkeypatch.setattr(context, "network", sandbox.transport)
    monkeypatch.setattr(context, "SystemClock", lambda: sandbox.clock)
    for name, value in {**sandbox[crm].credentials, **wrong}.items():
        monkeypatch.setenv(f"{crm}_{name}".upper(), value)
    workbench = connect(crm, mode="live")
    workbench.environment.sandbox = sandbox
    return workbench


@pytest.mark.parametrize("crm", ALL_OAUTH)
async def test_a_wrong_client_secret(crm: str, told, monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = with_credentials(crm, monkeypatch, client_secret=WRONG)
    result = await workbench.sign_in(consent=approve_in(workbench.environment.transport))
    expected = (CredentialsRejected, f"{workbench.title} does not accept these credentials")
    assert expected == told(workbench, result, [WRONG])
    assert str(result.error).startswith("The CRM does not accept the app's client id and secret; check the")
    assert (".." in str(result.error), []) == (False, workbench.environment.store.connections(crm))


@pytest.mark.parametrize(
    ("crm", "typed", "sentence"),
    [
        (
            "insightly",
            {"apiKey": WRONG},
            "Insightly does not accept this API key and API URL; "
            "both are in Insightly under User Settings > API.",
        ),
        (
            "redtail",
            {"apiKey": WRONG},
            "Redtail does not accept this API key, user name and password; "
            "Redtail issues the key to partners, name and password are those of its own login.",
        ),
        (
            "redtail",
            {"password": WRONG},
            "Redtail does not accept this API key, user name and password; "
            "Redtail issues the key to partners, name and password are those of its own login.",
        ),
        (
            "bullhorn",
            {"username": "rae.quill", "password": WRONG},
            "Bullhorn does not accept this user name and password.",
        ),
    ],
)
async def test_a_wrong_key_or_password(crm: str, typed: Mapping[str, str], sentence: str, told) -> None:
    workbench = await signed_in(crm)
    result = await workbench.sign_in(typed)
    expected = (CredentialsRejected, f"{workbench.title} does not accept these credentials")
    assert (expected, sentence) == (told(workbench, result, [WRONG]), str(result.error))
    assert await still_connected(workbench)


@pytest.mark.parametrize(
    ("crm", "sentence"),
    [
        (
            "pipedrive",
            "To reach Pipedrive, set PIPEDRIVE_CLIENT_ID and PIPEDRIVE_CLIENT_SECRET in the environment or in "
            ".env: create an app in the Developer Hub (developers.pipedrive.com), they are under OAuth & "
            "access scopes.",
        ),
        (
            "bullhorn",
            "To reach Bullhorn, set BULLHORN_CLIENT_ID and BULLHORN_CLIENT_SECRET in the environment or in "
            ".env: Bullhorn Support issues API keys and registers the redirect address with them, the user name "
            "is that of Bullhorn's own login.",
        ),
    ],
)
@pytest.mark.parametrize("typed", [None, {"username": "rae.quill", "password": WRONG}])
async def test_live_without_an_app(
    crm: str, sentence: str, typed: dict[str, str] | None, told, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = with_credentials(crm, monkeypatch, client_id="", client_secret="")
    assert (ConfigurationError, sentence) == told(workbench, await workbench.sign_in(typed), [WRONG])
    with pytest.raises(ConfigurationError) as caught:
        await workbench.begin_sign_in()
    assert (sentence, []) == (caught.value.message, sandbox_of(workbench).requests)


@pytest.mark.parametrize(
    ("crm", "settings", "sentence"),
    [
        ("insightly", ("api_key", "api_url"), "To sign in to Insightly, fill in: API key, API URL."),
        ("insightly", ("api_key",), "To sign in to Insightly, fill in: API key."),
        ("redtail", ("username", "password"), "To sign in to Redtail, fill in: User name, Password."),
    ],
)
async def test_live_without_a_key(
    crm: str, settings: tuple[str, ...], sentence: str, told, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = with_credentials(crm, monkeypatch, **dict.fromkeys(settings, ""))
    assert (InputError, sentence) == told(workbench, await workbench.sign_in())
    assert [] == sandbox_of(workbench).requests


# -- with a CRM that is not well --


@pytest.mark.parametrize("crm", CRMS)
async def test_a_crm_in_trouble_loses_no_earlier_sign_in(crm: str, told) -> None:
    workbench = await signed_in(crm)
    sandbox_of(workbench).faults.add(status=503, text="<html>down</html>", times=None)
    consent = approve_in(workbench.environment.sandbox.transport()) if crm in ALL_KEY else _code
    kind, sentence = told(workbench, await workbench.sign_in(consent=consent))
    assert (Unavailable, f"{workbench.title} is not working right now") == (kind, sentence)
    sandbox_of(workbench).faults.clear()
    assert await still_connected(workbench)


async def _code(authorize_url: str) -> str:
    """A consent that was given; only the CRM's API has trouble."""
    state = authorize_url.partition("state=")[2].partition("&")[0]
    return f"{CALLBACK}?code={WRONG}&state={state}"
