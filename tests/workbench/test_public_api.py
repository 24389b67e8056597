"""What a notebook sees: public names with docstrings and plain arguments, and what they do."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from answers import NIA, call, sms
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from platforms import OAUTH, answers_of
from workbench_steps import CRMS, nia, sandbox_of, secrets_of, sent, signed_in

import appconnect
from appconnect import AdminConfiguration, AppConnectError, UserMapping, Workbench, connect, operations
from appconnect.connectors import registry
from appconnect.errors import (
    ConfigurationError,
    DeadlineExceeded,
    ForeignHost,
    InputError,
    NotFound,
    NotSignedIn,
    RecordingError,
    Unavailable,
)
from appconnect.log_owner import Owner, OwnerSource
from appconnect.models import LogFormat, SignedOut
from appconnect.sandbox.server import Sandbox
from appconnect.settings import Mode
from appconnect.workbench.sandboxes import make_sandbox

PLATFORM = registry.platform(OAUTH)
PUBLIC = [
    "AdminConfiguration", "AppConnectError", "Call", "Connector", "Contact", "Conversation", "Message", "Party",
    "UserMapping", "Workbench", "connect",
]  # fmt: skip
TEXTS = (
    "note", "ai_note", "transcript", "recording_link", "voicemail_link", "ace_transcript", "ace_summary",
    "ace_score", "ace_bulleted_summary", "ace_link",
)  # fmt: skip


# -- names --


def test_the_package_shows_its_public_names_and_no_others() -> None:
    assert PUBLIC == dir(appconnect)
    assert all(getattr(appconnect, name) for name in PUBLIC)
    with pytest.raises(AttributeError, match="no attribute 'import_module'"):
        _ = appconnect.import_module  # type: ignore[attr-defined]


@pytest.mark.parametrize("use_jedi", [True, False])
def test_tab_offers_the_public_names_and_no_others(use_jedi: bool) -> None:
    shell = InteractiveShell()
    shell.run_cell("import appconnect")
    shell.Completer.use_jedi = use_jedi
    typed = "appconnect."
    with provisionalcompleter():
        offered = {each.text.lstrip(".") for each in shell.Completer.completions(typed, len(typed))}
    assert set(PUBLIC) == offered


def public_members() -> list[str]:
    return [name for name in dir(Workbench) if not name.startswith("_")]


def test_every_public_member_of_the_workbench_says_what_it_is() -> None:
    assert "log_call" in public_members()
    assert [] == [name for name in public_members() if not inspect.getdoc(getattr(Workbench, name))]


def test_every_argument_has_a_name() -> None:
    kinds = {
        (name, each.kind)
        for name in public_members()
        if callable(method := getattr(Workbench, name))
        for each in inspect.signature(method).parameters.values()
    }
    stars = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    assert kinds
    assert [] == [name for name, kind in kinds if kind in stars]


def test_the_same_texts_can_be_told_when_a_call_is_logged_updated_and_composed() -> None:
    for method in (Workbench.log_call, Workbench.update_call_log, Workbench.compose_call_body):
        arguments = inspect.signature(method).parameters
        assert [None] * len(TEXTS) == [arguments[name].default for name in TEXTS]


@pytest.mark.parametrize("name", TEXTS)
async def test_a_text_that_comes_with_a_call_stands_in_its_own_place(name: str) -> None:
    workbench = await signed_in(OAUTH)
    contact, told = await nia(workbench), f"https://x.test/{name}"
    composed = workbench.compose_call_body(call(), contact, **{name: told})  # type: ignore[arg-type]
    logged = await workbench.log_call(call(), contact, **{name: told})  # type: ignore[arg-type]
    before = await body_of(workbench, logged)
    updated = await workbench.update_call_log(logged.log_id or "", **{name: told + "/2"})  # type: ignore[arg-type]
    for body in (composed, before, await body_of(workbench, updated)):
        label = LABELS[name]
        assert label in body
        assert body.index(label) < body.index(told)
        assert [] == [each for other, each in LABELS.items() if other != name and each in body]


LABELS = {
    "note": "<b>Agent notes</b>",
    "ai_note": "<b>AI Note</b>",
    "transcript": "<b>Transcript</b>",
    "recording_link": "<b>Call recording link</b>",
    "voicemail_link": "<b>Voicemail recording link</b>",
    "ace_transcript": "<b>ACE transcript</b>",
    "ace_summary": "<b>ACE summary</b>",
    "ace_score": "<b>Call score</b>",
    "ace_bulleted_summary": "<b>ACE bulleted summary</b>",
    "ace_link": "<b>ACE recording link</b>",
}


async def body_of(workbench: Workbench, written: Any) -> str:
    read = (await workbench.get_call_log(written.raise_for_error().log_id)).raise_for_error()
    return str(read.call_log_info.full_body)  # type: ignore[union-attr]


# -- results that raise --


async def test_a_success_is_given_back_and_a_failure_is_raised(workbench: Workbench) -> None:
    found = await workbench.find_contact(NIA)
    assert found is found.raise_for_error()
    failed = await workbench.find_contact("anonymous")
    with pytest.raises(InputError) as caught:
        failed.raise_for_error()
    assert failed.error is caught.value


def test_a_failure_that_was_read_from_the_wire_is_raised_with_its_message() -> None:
    wire: dict[str, Any] = {"successful": False}
    with pytest.raises(AppConnectError, match="does not say why"):
        SignedOut.model_validate(wire).raise_for_error()
    wire["returnMessage"] = {"message": "Gone away.", "messageType": "danger"}
    with pytest.raises(AppConnectError, match=r"^Gone away\.$"):
        SignedOut.model_validate(wire).raise_for_error()


async def test_a_sign_out_that_the_crm_did_not_confirm_raises_nothing(workbench: Workbench) -> None:
    sandbox_of(workbench).faults.add(status=500, json={}, times=None)
    signed_out = await workbench.sign_out()
    assert signed_out is signed_out.raise_for_error()


# -- a workbench for a block --


async def test_a_workbench_is_closed_at_the_end_of_its_block(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    async with connect(OAUTH, record=True) as workbench:
        await workbench.sign_in()
    assert (tmp_path / OAUTH / "walkthrough.json").is_file()
    with pytest.raises(RecordingError, match=r"0 of \d+ recorded exchanges"):
        async with connect(OAUTH, mode="replay"):
            pass
    with pytest.raises(ZeroDivisionError):  # and not that the recording was not played out
        async with connect(OAUTH, mode="replay"):
            _ = 1 / 0


# -- connecting --


def test_a_plan_is_the_sandbox_s() -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect(OAUTH, mode="live", plan="tiny")
    told = "The argument plan is for the sandbox, and mode is live: leave it out, or choose mode sandbox."
    assert told == caught.value.message


def test_a_sandbox_answers_nothing_in_live_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPCONNECT_MODE", "live")
    with pytest.raises(ConfigurationError, match="The argument sandbox is for the sandbox, and mode is live"):
        connect(OAUTH, sandbox=make_sandbox())


async def test_a_replay_leaves_the_plan_to_its_recording(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    for mode in ("sandbox", "replay"):
        async with connect(OAUTH, mode=mode, record=mode == "sandbox", plan="tiny") as workbench:
            assert (await workbench.sign_in()).raise_for_error().successful


async def test_a_platform_that_is_not_installed_is_given_as_an_object() -> None:
    class Mine(PLATFORM.connector):  # type: ignore[name-defined,misc]
        platform, title = "mine", "My CRM"

    class MySandbox(PLATFORM.sandbox()):  # type: ignore[misc]
        name, title = "mine", "My CRM"

    workbench = connect(replace(PLATFORM, connector=Mine, sandbox=lambda: MySandbox))
    assert (await workbench.sign_in()).message == "Connected to My CRM as Rae Quill"
    assert isinstance(workbench.sandbox, MySandbox)
    with pytest.raises(ConfigurationError, match="cannot be read anew"):
        connect(PLATFORM, reload=True)


EDITED = """
from dataclasses import replace

from appconnect.connectors.{given} import PLATFORM as GIVEN


class Stranger(GIVEN.connector):
    platform, title = "stranger", {title!r}


class Played(GIVEN.sandbox()):
    name = "stranger"


PLATFORM = replace(GIVEN, connector=Stranger, sandbox=lambda: Played)
"""


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The module of an installed connector that somebody is working on."""
    about = tmp_path / "stranger_connector-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: stranger-connector\nVersion: 1.0\n", "utf-8"
    )
    (about / "entry_points.txt").write_text(
        "[appconnect.connectors]\nstranger = stranger:PLATFORM\n", "utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    registry.forget()
    yield tmp_path / "stranger.py"
    registry.forget()
    sys.modules.pop("stranger", None)


def test_an_edited_connector_is_taken_up_on_request(stranger: Path) -> None:
    stranger.write_text(EDITED.format(given=OAUTH, title="Before"), "utf-8")
    assert "Before" == connect("stranger").title
    stranger.write_text(EDITED.format(given=OAUTH, title="After the edit"), "utf-8")
    assert "Before" == connect("stranger").title
    assert "After the edit" == connect(" Stranger ", reload=True).title


# -- what notebooks reached inside for --


async def test_a_workbench_says_what_answers(workbench: Workbench) -> None:
    assert (Mode.SANDBOX, workbench.platform) == (
        workbench.mode,
        workbench.sandbox and workbench.sandbox.name,
    )


async def test_a_shared_sandbox_is_seen_through_each_workbench() -> None:
    shared: Sandbox = make_sandbox()
    for crm in CRMS:
        assert shared[crm] is (await signed_in(crm, sandbox=shared)).sandbox


async def test_time_passes_at_once_in_the_sandbox(workbench: Workbench) -> None:
    before = workbench.now()
    await workbench.sleep(90)
    assert 90 == (workbench.now() - before).total_seconds()


@pytest.mark.parametrize(
    ("crm", "contact_types", "log_form_fields", "disposition_fields"),
    [
        ("pipedrive", ("contact",), ("deals", "leads"), ("deals", "leads")),
        ("bullhorn", ("Lead", "Candidate", "Contact"), ("noteActions",), ("noteActions",)),
        (
            "redtail",
            ("Individual", "Business", "Trust", "Association", "Union"),
            ("category",),
            ("category",),
        ),
    ],
)
def test_what_the_forms_of_a_crm_have(
    crm: str, contact_types: tuple[str, ...], log_form_fields: object, disposition_fields: object
) -> None:
    workbench = connect(crm, mode="sandbox")
    assert contact_types == workbench.contact_types
    assert (log_form_fields, disposition_fields) == (workbench.log_form_fields, workbench.disposition_fields)


async def test_what_is_kept_is_told_by_name_until_the_sign_out(workbench: Workbench) -> None:
    kept = workbench.stored_credential_names()
    assert kept == tuple(sorted(kept)) != ()
    assert [] == [secret for secret in secrets_of(workbench) if secret in str(kept)]
    await workbench.sign_out()
    assert () == workbench.stored_credential_names()


async def test_an_admin_s_configuration_and_a_token_decide_whose_log_it_is() -> None:
    workbench = await signed_in(OAUTH)
    assert workbench.user is not None
    rae, kit = workbench.user, answers_of(OAUTH).kit
    mappings = [UserMapping(crm_user_id=kit, rc_extension_id=["205"])]
    workbench.save_admin(AdminConfiguration(hashed_account_id="acme", user_mappings=mappings))
    mapped = {"isAssignedToUser": True, "adminAssignedUserRcId": "205"}
    assert Owner(kit, OwnerSource.MAPPING) == workbench.owner(mapped, "acme")
    token = workbench.assignment_token(rae.id)
    assert Owner(rae.crm_id, OwnerSource.TOKEN) == workbench.owner(
        {**mapped, "adminAssignedUserToken": token}, "acme"
    )
    claims = jwt.decode(token, options={"verify_signature": False})
    assert int(workbench.now().timestamp()) == claims["iat"]


def test_a_token_needs_the_server_s_key_when_live() -> None:
    with pytest.raises(ConfigurationError, match="APP_SERVER_SECRET_KEY"):
        connect(OAUTH, mode="live").assignment_token(f"7001-{OAUTH}")


def test_what_is_no_configuration_is_not_saved() -> None:
    odd: Any = {"hashedAccountId": "acme"}
    with pytest.raises(InputError, match="must be an AdminConfiguration, but it is of type dict"):
        connect(OAUTH).save_admin(odd)


@pytest.mark.parametrize("format", [LogFormat.MARKDOWN, "text/markdown"])
async def test_a_body_can_be_seen_in_another_format(format: LogFormat | str) -> None:
    workbench = await signed_in(OAUTH)
    assert "**Duration**" in workbench.compose_call_body(call(), await nia(workbench), format=format)
    with pytest.raises(InputError, match="There is no format 'rtf'; choose one of: text/html, text/markdown"):
        workbench.compose_call_body(call(), await nia(workbench), format="rtf")


def test_a_body_is_composed_for_a_contact_and_nothing_else() -> None:
    odd: Any = None
    workbench = connect(OAUTH)
    for compose in (
        lambda: workbench.compose_call_body(call(), odd),
        lambda: workbench.compose_message(sms("1", "Hello"), odd),
        lambda: workbench.compose_shared_sms({}, odd),
    ):
        with pytest.raises(InputError, match="The contact must be a Contact, but it is None"):
            compose()


# -- requests of one's own --


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_a_request_goes_with_the_connection_s_credentials(crm: str) -> None:
    workbench = await signed_in(crm)
    answer = await workbench.request("get", "/v1/users/me")
    assert (200, "Rae Quill") == (answer.status, answer.body["data"]["name"])  # type: ignore[call-overload,index]
    assert "application/json" in answer.headers["content-type"]
    assert "Answer(status=200)" == repr(answer)
    changed = await workbench.request("PATCH", "/api/v2/persons/501", json={"name": "Nia Holt-Marsh"})
    assert "Nia Holt-Marsh" == changed.body["data"]["name"]  # type: ignore[call-overload,index]
    await workbench.request("GET", "/api/v2/persons", params={"limit": 1, "cursor": None})
    assert workbench.trace[-1].path == "/api/v2/persons?limit=1"


@pytest.mark.parametrize("path", ["/Users/Me", "Users/Me", "/v3.1/Users/Me", "v3.1/Users/Me"])
@pytest.mark.parametrize("crm", ["insightly"])
async def test_a_path_is_given_with_or_without_the_version(crm: str, path: str) -> None:
    workbench = await signed_in(crm)
    await workbench.request("GET", path)
    assert "/v3.1/Users/Me" == workbench.trace[-1].path


@pytest.mark.parametrize("crm", CRMS)
async def test_a_request_of_one_s_own_ends_at_the_deadline(crm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(crm)

    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(workbench.crm, "_with_retries", never)
    monkeypatch.setattr(operations, "DEADLINE_SECONDS", 0.05)
    with pytest.raises(DeadlineExceeded):
        await asyncio.wait_for(workbench.request("GET", "/x"), 60)


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_a_whole_address_goes_to_the_crm_s_hosts_only(crm: str) -> None:
    workbench = await signed_in(crm)
    assert 200 == (await workbench.request("GET", "https://acme-sandbox.pipedrive.com/v1/users/me")).status


@pytest.mark.parametrize("crm", ["pipedrive", "insightly"])  # whose base address has no path, and has one
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.test/x",
        "http://evil.test/x",
        "ftp://evil.test/x",
        "HTTPS://evil.test/x",
        "https://evil.test:443/x",
    ],
)
async def test_the_credentials_go_to_no_other_host(crm: str, address: str) -> None:
    workbench = await signed_in(crm)
    before = sent(workbench), len(workbench.trace)
    with pytest.raises(ForeignHost):
        await workbench.request("GET", address)
    assert before == (sent(workbench), len(workbench.trace))


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_a_request_that_is_refused_raises(crm: str) -> None:
    workbench = await signed_in(crm)
    with pytest.raises(NotFound):
        await workbench.request("GET", "/api/v2/persons/999999")
    sandbox_of(workbench).faults.add(status=500, json={}, times=None)
    with pytest.raises(Unavailable):
        await workbench.request("GET", "/v1/users/me")


@pytest.mark.parametrize(
    ("method", "path", "params", "sentence"),
    [
        (
            "FETCH",
            "/x",
            None,
            "There is no method 'FETCH'; choose one of: GET, POST, PUT, PATCH, DELETE, HEAD.",
        ),
        (None, "/x", None, "The method must be text, but it is None."),
        ("GET", None, None, "The path must be text, but it is None."),
        ("GET", "/x", 5, "The parameters must be values by name, as JSON has them."),
        ("GET", "/x", {"ids": [1]}, "The parameter ids must be a text or a number."),
    ],
)
async def test_a_request_that_cannot_be_sent(method: Any, path: Any, params: Any, sentence: str) -> None:
    workbench = await signed_in(OAUTH)
    before = sent(workbench)
    with pytest.raises(InputError) as caught:
        await workbench.request(method, path, params=params)
    assert (sentence, before) == (caught.value.message, sent(workbench))


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_a_request_needs_a_sign_in(crm: str) -> None:
    workbench = connect(crm)
    with pytest.raises(NotSignedIn):
        await workbench.request("GET", "/v1/users/me")
    assert 0 == len(workbench.trace)
