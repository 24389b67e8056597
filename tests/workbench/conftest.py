"""What the tests of the workbench share: one for each CRM, and proof that what people see holds no secret."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator, Callable, Iterable

import pytest
from workbench_steps import CRMS, secrets_of, signed_in

from appconnect.errors import AppConnectError
from appconnect.models import Result
from appconnect.workbench import Workbench

Told = Callable[..., tuple[type[AppConnectError] | None, str]]


@pytest.fixture(params=CRMS)
async def workbench(request: pytest.FixtureRequest) -> AsyncIterator[Workbench]:
    """A workbench that is signed in, of each CRM in turn."""
    workbench = await signed_in(request.param)
    yield workbench
    await workbench.close()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    """What a result tells: the kind of its error and its sentence, after a look for secrets everywhere."""
    caplog.set_level(logging.DEBUG)

    def look(workbench: Workbench, result: Result, secrets: Iterable[str] = ()) -> tuple[type | None, str]:
        error = result.error
        shown = [
            repr(result),
            str(result),
            repr(result.to_wire()),
            repr(workbench),
            repr(workbench.trace),
            caplog.text,
        ]
        shown += [repr(error), *(traceback.format_exception(error) if error else [])]
        for exchange in workbench.trace:
            shown += [repr(exchange), exchange.as_curl(), repr(exchange.model_dump()), repr(vars(exchange))]
        seen = "\n".join(shown)
        assert [] == [secret for secret in {*secrets, *secrets_of(workbench)} if secret in seen]
        return type(error) if error else None, result.message

    return look
