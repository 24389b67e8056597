"""What the tests of the workbench share: one for each CRM, and proof that what people see holds no secret."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from shared_store import Processes, elsewhere
from whole_sentences import _whole_sentences
from workbench_steps import CRMS, Told, signed_in, teller

from appconnect.store import Store
from appconnect.workbench import Workbench
from appconnect.workbench.sandboxes import make_sandbox

__all__ = ["_whole_sentences"]


@pytest.fixture(params=CRMS)
async def workbench(request: pytest.FixtureRequest) -> AsyncIterator[Workbench]:
    """A workbench that is signed in, of each CRM in turn."""
    workbench = await signed_in(request.param)
    yield workbench
    await workbench.close()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    """What a result tells: the kind of its error and its sentence, after a look for secrets everywhere."""
    return teller(caplog)


@pytest.fixture
async def processes(crm: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Processes]:
    """Processes that know of each other only what the store says; somebody is signed in."""
    elsewhere(monkeypatch)
    store = Store.in_memory()
    made = Processes(crm, make_sandbox(crm), store)
    assert (await made.start().sign_in()).successful
    yield made
    store.close()
