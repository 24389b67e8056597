"""A sandbox on a port whose records are saved after each request that may change them."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from errno import EEXIST, ENOENT
from os import strerror
from pathlib import Path

import httpx
import pytest
from platforms import CRMS

from appconnect.sandbox import state
from appconnect.sandbox.server import Sandbox
from appconnect.sandbox.state import SandboxState, StateError, StateKeeper, load
from appconnect.workbench.sandboxes import make_sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    return make_sandbox(CRMS[0])


async def turns() -> None:
    """Let other tasks do what they can do now."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("method", "saves"), [("GET", False), ("HEAD", False), ("POST", True), ("PUT", True), ("DELETE", True)]
)
async def test_it_is_saved_after_what_may_have_changed_it(
    sandbox: Sandbox, tmp_path: Path, method: str, saves: bool
) -> None:
    kept = tmp_path / "state.json"
    keeper = StateKeeper(sandbox, kept)
    saving = asyncio.create_task(keeper.run())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(keeper), base_url="http://127.0.0.1:8700"
    ) as client:
        answer = await client.request(method, f"/{CRMS[0]}/nothing")
    await turns()
    saving.cancel()
    with suppress(asyncio.CancelledError):
        await saving
    assert (saves, True) == (kept.exists(), answer.status_code >= 400)


async def test_it_is_saved_again_only_after_a_further_change(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "QUIET", 0)
    kept = tmp_path / "state.json"
    keeper = StateKeeper(sandbox, kept)
    saving = asyncio.create_task(keeper.run())
    found = []
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(keeper), base_url="http://127.0.0.1:8700"
    ) as client:
        for method in ("POST", "GET", "POST"):
            await client.request(method, f"/{CRMS[0]}/nothing")
            await turns()
            found.append(kept.exists())
            kept.unlink(missing_ok=True)
    saving.cancel()
    assert [True, False, True] == found


async def test_saving_takes_a_twentieth_of_the_time_at_most(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments, slept = iter([10.0, 13.0]), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        raise asyncio.CancelledError

    keeper = StateKeeper(sandbox, tmp_path / "state.json")
    await keeper({"type": "http", "method": "POST", "path": "/", "headers": []}, _nothing, _taken)
    with monkeypatch.context() as patched, suppress(asyncio.CancelledError):
        patched.setattr(state.time, "monotonic", lambda: next(moments))
        patched.setattr(state.asyncio, "sleep", sleep)
        await keeper.run()
    assert [60.0] == slept


async def _nothing() -> dict[str, object]:
    return {"type": "http.request"}


async def _taken(message: object) -> None: ...


def test_the_file_is_json_of_a_version_that_a_person_can_read(sandbox: Sandbox, tmp_path: Path) -> None:
    kept = tmp_path / "one" / "two" / "state.json"
    for _ in range(2):
        SandboxState.of(sandbox).save(kept)
    text = kept.read_text("utf-8")
    assert text.startswith(f'{{\n "version": 1,\n "crms": {{\n  "{CRMS[0]}": {{\n   "plan": ')
    assert {"plan", "toggles", "ids", "tables"} == json.loads(text)["crms"][CRMS[0]].keys()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no saved state of the sandbox: the file does not fit."),
        ('{"crms": []}', "is no saved state of the sandbox: crms does not fit."),
        ('{"crms": {"CRM": {"plan": 1}}}', "is no saved state of the sandbox: crms.CRM.plan does not fit."),
        ('{"crms": {"CRM": {"plan": "PLAN", "what": 1}}}',
         "is no saved state of the sandbox: crms.CRM.what does not fit."),
        ('{"crms": {}, "what": 1}', "is no saved state of the sandbox: what does not fit."),
        ('{"crms": {"CRM": {"plan": "none"}}}',
         "does not fit this sandbox: TITLE has no plan 'none'; there are: PLANS."),
        ('{"crms": {"CRM": {"plan": "PLAN", "toggles": {"none": true}}}}',
         "does not fit this sandbox: no toggle 'none'; there are: TOGGLES."),
        ('{"crms": {"CRM": {"plan": "PLAN", "tables": {"none": []}}}}',
         "does not fit this sandbox: TITLE's sandbox has no table 'none'."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_a_sentence(
    sandbox: Sandbox, tmp_path: Path, text: str, told: str
) -> None:
    crm, path = sandbox[CRMS[0]], tmp_path / "state.json"
    words = {
        "CRM": crm.name, "PLANS": ", ".join(crm.plans), "PLAN": crm.plan, "TITLE": crm.title,
        "TOGGLES": ", ".join(each.name for each in crm.known_toggles),
    }  # fmt: skip
    for name, word in words.items():
        text, told = text.replace(name, word), told.replace(name, word)
    path.write_text(text, "utf-8")
    with pytest.raises(StateError) as caught:
        load(sandbox, path)
    assert f"{path} {told}" == str(caught.value)


def test_a_file_that_cannot_be_read_or_written_is_said_with_the_reason(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    missing, below = tmp_path / "missing.json", tmp_path / "file" / "state.json"
    with pytest.raises(StateError) as unread:
        load(sandbox, missing)
    with pytest.raises(StateError) as unwritten:
        SandboxState.of(sandbox).save(below)
    assert f"{missing} cannot be read: {strerror(ENOENT)}." == str(unread.value)
    assert f"{below} cannot be written: {strerror(EEXIST)}." == str(unwritten.value)
