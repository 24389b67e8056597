"""A scenario recorded again in the sandbox, for what is otherwise now is right."""

from __future__ import annotations

import ast
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import AppConnectError, RecordingError
from appconnect.replay.cassette import Cassette
from appconnect.settings import Settings
from appconnect.workbench.environment import sandbox_of
from appconnect.workbench.scenarios.as_code import test_source
from appconnect.workbench.scenarios.checking import CheckedScenario, check
from appconnect.workbench.scenarios.remembered_run import remembered_run
from appconnect.workbench.scenarios.repeating import run_again
from appconnect.workbench.scenarios.saving import completed, test_path, write_test
from appconnect.workbench.workbench import Workbench


async def check_file(path: Path, reason: str = "") -> CheckedScenario | None:
    """Check a recording, and for a ``reason`` record what is otherwise anew; None for traffic only."""
    name = f"{path.parent.name}/{path.stem}"
    try:
        cassette = Cassette.load(path)
        if not cassette.operations:
            return None
        checked = replace(await check(cassette), name=name)  # the file may have been renamed
        if checked.is_green or checked.problem or not reason.strip():
            return checked
        renewed = await accepted(cassette, reason)
        renewed.save(path)
    except AppConnectError as error:
        return CheckedScenario(name, problem=error.message)
    ended = await renew_test(cassette, renewed)
    return replace(checked, accepted=f"Recorded anew, because: {reason.strip().rstrip('.')}. {ended}")


async def accepted(cassette: Cassette, reason: str, platform: Platform | None = None) -> Cassette:
    """Return a scenario as it is in a fresh sandbox now; ``reason`` is added to its note.

    Raises RecordingError for a live recording, for one without operations, and when it cannot be repeated.
    """
    if cassette.header.recorded_from != "sandbox":
        raise RecordingError(
            f"{cassette.name} was recorded live: do it again there, and save it with overwrite=True."
        )
    if not cassette.operations:
        raise RecordingError(f"{cassette.name} holds no operations; renew it with: appconnect record")
    if not reason.strip():
        raise RecordingError("Say why the change is right; the reason is kept in the recording.")
    platform = platform or registry.platform(cassette.header.crm)
    setup = cassette.setup
    workbench = Workbench(
        platform,
        sandbox_of(platform, Settings.load(), setup.plan),
        settings=setup.settings,
        options=setup.options,
    )
    async with aclosing(workbench.crm):
        for operation in cassette.operations:
            await workbench.sleep((operation.at - workbench.now()).total_seconds())
            await run_again(workbench, operation)
        note = "; ".join(filter(None, [cassette.header.note, reason.strip()]))
        run = remembered_run(workbench, cassette.header.scenario, note=note)
        renewed, _ = await completed(run.cassette, workbench)
    return renewed


async def renew_test(old: Cassette, new: Cassette) -> str:
    """Write a scenario's pytest case anew if nobody has edited it; return what became of it."""
    path = test_path(None, old.header.crm, old.header.scenario)
    if not path.exists():
        return "It has no test in tests/scenarios."
    before, after = [test_source(each, (await check(each)).waits) for each in (old, new)]
    if not _same_code(path.read_text("utf-8"), before):
        return f"{path.name} has been edited, so it stays: see whether it still holds."
    write_test(path, after)
    return f"{path.name} is written anew."


def _same_code(one: str, other: str) -> bool:
    """Return whether two texts are the same program, however they are formatted."""
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return False
