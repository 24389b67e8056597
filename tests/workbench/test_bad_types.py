"""Whatever is handed to whichever public method: one short sentence, and no traceback."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from answers import NIA, call, sms
from workbench_steps import nia

from appconnect.errors import AppConnectError
from appconnect.models import Result
from appconnect.panels import TimelinePanel
from appconnect.text.quotation import MAX_SENTENCE
from appconnect.workbench import Workbench

ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
BRANCHING: dict[str, Any] = {"a": [], "id": "7"}
BRANCHING["a"] += [BRANCHING, {"personId": BRANCHING}]
ODD: dict[str, Any] = {
    "None": None, "half a character": "\ud83d", "long": "x" * 6_000, "huge": 10**400, "bytes": b"x",
    "list of None": [None], "set within": {"a": {1}}, "endless": ENDLESS, "branching": BRANCHING,
    "object": object(), "half a name": {"\ud83d": 1}, "half a name within": {"deals": [{"\ud83d": 1}]},
    "bytes that are no text": b"\xff", "bytes as a name": {b"\xff": 1},
}  # fmt: skip
NO_INPUT = {"close", "finish", "consent_page", "ask_before_writing", "sleep", "on_user_change"}
"""They take no input of a person's, or end the workbench."""
METHODS = [
    name for name in dir(Workbench) if name[0] != "_" and name not in NO_INPUT
    and inspect.isfunction(getattr(Workbench, name)) and len(inspect.signature(getattr(Workbench, name)).parameters) > 1
]  # fmt: skip


def calls(method: Any, valid: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield arguments of which one is odd and the others are good."""
    parameters = list(inspect.signature(method).parameters.values())[1:]
    for parameter in parameters:
        needed = {each.name: valid.get(each.name, "1") for each in parameters if each.default is each.empty}
        yield from (needed | {parameter.name: odd} for odd in ODD.values())


@pytest.mark.parametrize("name", METHODS)
async def test_what_is_no_argument_gives_a_sentence(
    workbench: Workbench, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some write files
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    valid = {
        "call": call(),
        "contact": await nia(workbench),
        "message": sms("1", "Hi"),
        "phone_number": NIA,
        "number": NIA,
    }
    valid |= {"method": "GET", "path": "/x", "name": "Nia", "new_contact_name": "Zed Quo"}
    method, faults = getattr(workbench, name), []
    for arguments in calls(getattr(Workbench, name), valid):
        try:
            result = method(**arguments)
            result = await result if asyncio.iscoroutine(result) else result
            if isinstance(result, Result):
                assert result.message or result.successful
                assert result.message.encode() is not None
                assert len(result.message) <= MAX_SENTENCE
                result.model_dump_json()
        except AppConnectError as error:
            assert 0 < len(error.message.encode()) <= 2 * MAX_SENTENCE
        except Exception as error:
            faults.append((repr(arguments)[:200], repr(error)))
    assert [] == faults
    assert_is_shown(workbench)


def assert_is_shown(workbench: Workbench) -> None:
    """What was refused hides nothing of what was done besides: the trace is told and written as JSON."""
    shown = workbench.trace.operations
    assert all(json.loads(json.dumps(each.model_dump(mode="json"))) for each in shown)
    assert json.dumps(workbench.trace.har()).encode()
    assert len(workbench.trace) == len(workbench.trace.to_dataframe())
    assert f"{len(workbench.trace)} requests" in str(TimelinePanel(workbench).snapshot())
