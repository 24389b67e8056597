"""Checks in a process of their own, which reads all code anew: for panels that go on running."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from appconnect.errors import ConfigurationError
from appconnect.workbench.scenarios.checking import CheckedScenario

_REPORT = TypeAdapter(list[CheckedScenario])
_MAX_SECONDS = 600


def as_report(checked: Sequence[CheckedScenario]) -> str:
    """Return what checks found as JSON, without what the operations returned."""
    slim = [
        replace(each, operations=tuple(replace(one, run=None) for one in each.operations)) for each in checked
    ]
    return _REPORT.dump_json(slim).decode()


async def check_anew(names: Sequence[str] = (), *, accept: str = "") -> list[CheckedScenario]:
    """Check scenarios with the code as it is on disk now, also if it was edited since this process began.

    ``names`` are as for ``appconnect check``, all scenarios without; ``accept`` is the reason for which what
    is otherwise is recorded anew in the sandbox. Raises ConfigurationError with what the check said.
    """
    options = ["--report", *([f"--accept={accept}"] if accept else [])]
    command = [sys.executable, "-m", "appconnect", "check", *options, "--", *names]
    try:
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, timeout=_MAX_SECONDS, check=False
        )
        return _REPORT.validate_json(done.stdout)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"The check could not be run ({type(error).__name__}).") from None
    except ValidationError:
        told = done.stderr.strip().splitlines() or ["The check ended without a word."]
        raise ConfigurationError(told[-1].removeprefix("appconnect: ")) from None
