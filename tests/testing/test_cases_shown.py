"""What each case of the contract asks of a CRM: compared with what was agreed on, a case a line.

A case that no longer does a step, or does it with other data, may pass all the same; here it is seen. The texts
are in ``shown``; ``tests/on_screen.py`` says how they are written anew.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pytest
from on_screen import agreed
from platforms import needs

from appconnect.connectors import registry
from appconnect.sandbox.base import SeenRequest
from appconnect.sandbox.state import CrmState
from appconnect.testing import cases
from appconnect.testing.run import contract_files
from appconnect.testing.workbench_internals import sandbox_of
from appconnect.workbench import Workbench

pytestmark = needs("pipedrive")
SHOWN = Path(__file__).with_name("shown")
ROOMS = sorted(file.stem for file in Path(cases.__file__).parent.glob("[!_]*.py"))
UNLIKE = re.compile(
    r"(?<=token=)[^&]+|(?<=code=)[^&]+|(?<=state=)[^&]+|(?<=challenge=)[^&]+|(?<=verifier=)[^&]+"
)
"""What is random in a request."""


class Listener:
    """A pytest plugin: runs the cases of one module, and tells what the CRM was asked in each."""

    def __init__(self, room: str) -> None:
        self._module = f"{cases.__name__}.{room}"
        self.told: list[str] = []
        self.workbenches: list[Workbench] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [each for each in items if each.function.__module__ == self._module]  # type: ignore[attr-defined]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        workbench = item.funcargs.get("workbench")  # type: ignore[attr-defined]
        self.workbenches += [workbench] if workbench else []
        self.told.append(f"{item.name.removeprefix('test_')}: {_told(workbench) if workbench else 'nothing'}")


def _told(workbench: Workbench) -> str:
    """How much was read, what was written beside the sign-in, and a digest of all that was said, asked and is held."""
    crm, runs = sandbox_of(workbench), workbench.trace.operations
    writes = [f"{each.method} {each.path} {each.status}" for each in crm.requests if each.method != "GET"]
    said = [(each.name, each.arguments, each.outcome, each.message, each.error, each.result) for each in runs]
    answers = [each.response_body for each in workbench.trace]
    whole = "\n".join(
        [*map(_whole, crm.requests), CrmState.of(crm).model_dump_json(), str(answers), str(said)]
    )
    digest = sha256(whole.encode("utf-8", "replace")).hexdigest()[:8]
    reads = f"{len(crm.requests) - len(writes)} reads"
    return ", ".join([reads, *(each for each in writes if "/oauth/" not in each), digest])


def _whole(request: SeenRequest) -> str:
    body = UNLIKE.sub("…", request.body.decode("utf-8", "replace"))
    query = UNLIKE.sub("…", urlencode(sorted(request.query.items())))
    return f"{request.method} {request.host} {request.path} {query} {body} {request.status}"


@pytest.mark.parametrize("room", ROOMS)
def test_what_the_cases_of_the_contract_ask(
    room: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener, closed, close = Listener(room), list[Workbench](), Workbench.close

    async def noted(workbench: Workbench) -> None:
        closed.append(workbench)
        await close(workbench)

    monkeypatch.setattr(Workbench, "close", noted)
    files = map(str, contract_files(registry.platform("pipedrive")))
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=--import-mode=importlib"]
    code = pytest.main([*options, *files], plugins=[listener])
    assert code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED), capfd.readouterr().out
    assert [] == [each for each in listener.workbenches if each not in closed]
    agreed(SHOWN / f"{room}.txt", sorted(listener.told))
