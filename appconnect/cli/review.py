"""``appconnect review``: looking through live recordings before they are saved where others see them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appconnect.errors import ConfigurationError

if TYPE_CHECKING:
    from appconnect.replay.cassette import Cassette


def review(
    names: Annotated[list[str] | None, typer.Argument(help="Recordings, such as pipedrive/mine.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Save unasked: the summary has been read.")] = False,
) -> None:
    """Show what live recordings hold, and save them into the project if you agree.

    Shown are what was replaced, what was kept and why, and the texts that remain. Until you agree they lie
    in your data folder, for you only. Without names: all that wait.
    """
    from appconnect.settings import Settings

    settings = Settings.load()
    for path in _waiting(settings.unreviewed, names or []):
        review_recording(path, settings.fixtures, yes=yes)


def review_recording(path: Path, fixtures: Path, *, yes: bool = False) -> bool:
    """Show the summary of one live recording, and move it to ``fixtures`` on a yes; return whether it was.

    Where nobody can be asked it is not saved, and what to do instead is said.
    """
    from appconnect.connectors import registry
    from appconnect.replay.cassette import Cassette
    from appconnect.replay.review import Review

    cassette, name = Cassette.load(path), f"{path.parent.name}/{path.stem}"
    for line in Review(cassette, registry.platform(path.parent.name).redaction).lines():
        typer.echo(line)
    if not yes and not is_terminal():
        typer.echo(f"Not saved, for nobody could be asked. Read this, then: appconnect review {name} --yes")
        return False
    target = fixtures / path.parent.name / path.name
    if not (yes or typer.confirm(f"Save it as {target}, where git and others see it?")):
        typer.echo(f"Not saved; it stays in {path}.")
        return False
    cassette.save(target)
    path.unlink()
    typer.echo(f"Saved as {target}.")
    if cassette.operations:
        _write_test(cassette)
    return True


def _write_test(cassette: Cassette) -> None:
    """Make the pytest case of a scenario, unless there is one."""
    import asyncio

    from appconnect.workbench.scenarios.as_code import test_source
    from appconnect.workbench.scenarios.checking import check
    from appconnect.workbench.scenarios.saving import test_path, write_test

    path = test_path(None, cassette.header.crm, cassette.header.scenario)
    if path.exists():
        typer.echo(f"{path} is there already, and stays as it is.")
        return
    write_test(path, test_source(cassette, asyncio.run(check(cassette)).waits))
    typer.echo(f"Its test is {path}.")


def is_terminal() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin.isatty()


def _waiting(folder: Path, names: list[str]) -> list[Path]:
    """Return the files of the recordings that wait, those of these names or all."""
    found = {f"{path.parent.name}/{path.stem}": path for path in sorted(folder.glob("*/*.json"))}
    wanted = {name: [path for key, path in found.items() if name in (key, path.stem)] for name in names}
    unknown = [name for name, paths in wanted.items() if not paths]
    if unknown or not found:
        problem = f"There is no recording {unknown[0]!r} to review" if unknown else "No live recording waits"
        how_to_record = "record one with APPCONNECT_MODE=live and APPCONNECT_RECORD=1"
        advice = f"there are: {', '.join(found)}" if found else how_to_record
        raise ConfigurationError(f"{problem}; {advice}.")
    return [path for paths in wanted.values() for path in paths] if names else list(found.values())
