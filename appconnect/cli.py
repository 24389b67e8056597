"""``appconnect``: notebooks, the sandbox on a port, a checkup, and recordings, from the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from appconnect.cli_contract import contract
from appconnect.errors import AppConnectError, ConfigurationError

if TYPE_CHECKING:  # commands import what they need when they run, so that --help is there at once
    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode

    from appconnect.replay.cassette import Cassette
    from appconnect.sandbox.server import Sandbox

FIRST_NOTEBOOK = "00_start_here.ipynb"
SECONDS_A_CELL = 120
WIDGET = "application/vnd.jupyter.widget-view+json"


class OneSentence(TyperGroup):
    """Errors that are meant for people end a command with their sentence and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Untyped, as its context is click's own or a copy of it, by version of typer."""
        try:
            return super().invoke(ctx)
        except AppConnectError as error:
            typer.echo(f"appconnect: {error.message}", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=OneSentence, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="A workbench for CRM connectors of RingCentral App Connect. Begin with: appconnect lab",
)  # fmt: skip


app.command()(contract)


# -- lab --


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Open the notebooks in JupyterLab, on this computer only.

    JupyterLab prints its address, takes the next free port when 8888 is taken, and gets all further
    arguments: appconnect lab --no-browser --port 9000
    """
    notebooks = notebooks_folder()
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    first = f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}"
    where = ["--ip=127.0.0.1", f"--ServerApp.root_dir={notebooks}", first]
    arguments = [sys.executable, "-m", "jupyterlab", *where, *as_root, *context.args]
    # a kernel that somebody installed for all their environments must not come first
    kernels = os.pathsep.join(filter(None, [f"{sys.prefix}/share/jupyter", os.environ.get("JUPYTER_PATH")]))
    os.execve(sys.executable, arguments, {**os.environ, "JUPYTER_PATH": kernels})  # noqa: S606 (as meant)


def notebooks_folder() -> Path:
    """The notebooks of this checkout: of the current folder's project, or of the installed package's.

    Raises ConfigurationError when there are none, as with a package that was installed from a wheel.
    """
    from appconnect.settings import project_root

    for start in (Path.cwd(), Path(__file__).parent):
        root = project_root(start)
        if root and (root / "notebooks" / FIRST_NOTEBOOK).is_file():
            return root / "notebooks"
    raise ConfigurationError(
        f"There is no notebooks/{FIRST_NOTEBOOK} here; run this command in a checkout of appconnect."
    )


# -- sandbox --


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8700,
    plan: Annotated[list[str] | None, typer.Option(help="CRM=PLAN, such as pipedrive=tiny.")] = None,
    switch: Annotated[
        list[str] | None, typer.Option(help="CRM.NAME=on|off, such as pipedrive.retry_after=on.")
    ] = None,
) -> None:
    """Play the four CRMs on a port of this computer, for any client; Ctrl-C ends it.

    Its page at / shows credentials, people, plans and toggles. --plan and --switch may be repeated.
    """
    import asyncio
    from contextlib import suppress

    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(_furnished(plan or [], switch or []), port))
    typer.echo("The sandbox has ended.")


async def _serve(played: Sandbox, port: int) -> None:
    import asyncio

    from appconnect.sandbox.server import PortTaken, serve

    try:
        async with serve(played, port) as url:
            typer.echo(f"The sandbox is at {url}/ – open it for credentials, people, plans and toggles.")
            for crm in played:
                typer.echo(f"  {crm.title:<10} {url}/{crm.name}  in place of https://{crm.hosts[0]}")
            typer.echo("It is filled anew each time it starts. Ctrl-C ends it.")
            await asyncio.Event().wait()
    except PortTaken as error:
        raise ConfigurationError(str(error)) from None


def _furnished(plans: list[str], toggles: list[str]) -> Sandbox:
    """The sandbox in real time, on the plans and with the toggles that were asked for."""
    from appconnect.sandbox.clock import RealClock
    from appconnect.sandbox.server import Sandbox
    from appconnect.workbench.sandboxes import sandbox_kinds

    clock, kinds = RealClock(), sandbox_kinds()
    chosen: dict[str, str] = {}
    positions: dict[str, dict[str, bool]] = {}
    for text in plans:
        crm, _, plan = text.partition("=")
        chosen[_known(crm, kinds, text)] = plan
    for text in toggles:
        place, _, position = text.partition("=")
        crm, _, name = place.partition(".")
        if position not in ("on", "off"):
            raise ConfigurationError(f"--switch {text}: write it as CRM.NAME=on or CRM.NAME=off.")
        positions.setdefault(_known(crm, kinds, text), {})[name] = position == "on"
    try:
        crms = [
            kind(clock, plan=chosen.get(name), toggles=positions.get(name)) for name, kind in kinds.items()
        ]
    except (ValueError, KeyError) as error:
        raise ConfigurationError(f"{str(error.args[0])[:1].upper()}{error.args[0][1:]}.") from None
    return Sandbox(clock, crms)


def _known(crm: str, kinds: dict[str, type], text: str) -> str:
    if crm not in kinds:
        raise ConfigurationError(f"{text}: the sandbox plays no {crm!r}; choose one of {', '.join(kinds)}.")
    return crm


# -- doctor --


@app.command()
def doctor() -> None:
    """Check this computer: Python, packages, store, vault, settings, browser, ports.

    Shows which settings are there, never their values. Exit code 1 when something needs mending.
    """
    from appconnect.workbench.checkup import Verdict, checkup

    failed = 0
    for finding in checkup():
        typer.echo(str(finding))
        failed += finding.verdict is Verdict.FAILED
    if failed:
        typer.echo(f"appconnect: {failed} of these must be mended.", err=True)
        raise typer.Exit(1)


# -- recordings --


@app.command()
def record(
    names: Annotated[list[str] | None, typer.Argument(help="Notebooks, such as 11_pipedrive.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All notebooks.")] = False,
) -> None:
    """Run notebooks in the sandbox and record: fixtures and stored outputs are renewed together.

    Says which recordings changed, and how, so that the change can be reviewed.
    """
    from appconnect.settings import Settings

    paths = _chosen(notebooks_folder(), names or [], everything)
    fixtures = Settings.load().fixtures.resolve()
    before = _recordings(fixtures)
    for path in paths:
        typer.echo(f"{path.stem}: {'outputs renewed' if _run(path, fixtures) else 'outputs as before'}")
    for line in _changes(before, _recordings(fixtures)):
        typer.echo(line)


def _chosen(folder: Path, names: list[str], everything: bool) -> list[Path]:
    known = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    if everything:
        return list(known.values())
    wanted = [name.removesuffix(".ipynb") for name in names]
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        problem = (
            f"There is no notebook {unknown[0]!r}" if unknown else "Say which notebooks to run, or --all"
        )
        raise ConfigurationError(f"{problem}; there are: {', '.join(known)}.")
    return [known[name] for name in wanted]


def _run(path: Path, fixtures: Path) -> bool:
    """Execute a notebook in place; whether anything that a reader sees has changed."""
    from subprocess import DEVNULL

    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    before = _visible(notebook)
    client = NotebookClient(
        notebook, timeout=SECONDS_A_CELL, km=_this_python(), record_timing=False, coalesce_streams=True,
        store_widget_state=False, resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    settings = {"MODE": "sandbox", "RECORD": "1", "FIXTURES": str(fixtures)}
    environment = {**os.environ, **{f"APPCONNECT_{name}": value for name, value in settings.items()}}
    try:
        client.execute(env=environment, stderr=DEVNULL, cleanup_kc=True)
    except CellExecutionError as error:
        raise ConfigurationError(
            f"{path.name} stopped with {error.ename}: {error.evalue}. The notebook is as it was."
        ) from None
    except (CellTimeoutError, DeadKernelError):
        raise ConfigurationError(f"{path.name} did not come to its end. The notebook is as it was.") from None
    _keep_plain_html(notebook)
    changed = _visible(notebook) != before
    if changed:
        nbformat.write(notebook, path)
    return changed


def _this_python() -> AsyncKernelManager:
    """Kernels in this very interpreter, whatever is installed as ``python3`` elsewhere."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))


def _visible(notebook: NotebookNode) -> list[tuple[str, int | None, list[object]]]:
    """Sources, counts and outputs."""
    return [
        (cell.source, cell.get("execution_count"), deepcopy(cell.get("outputs", [])))
        for cell in notebook.cells
    ]


def _keep_plain_html(notebook: NotebookNode) -> None:
    """Widgets mean nothing without a kernel, and have random names: of a panel, its HTML is kept."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
    notebook.metadata.get("language_info", {}).pop("version", None)


def _recordings(fixtures: Path) -> dict[str, Cassette | AppConnectError]:
    """What lies in ``fixtures/<crm>/<scenario>.json``, or why it cannot be read."""
    from appconnect.connectors import registry
    from appconnect.replay.cassette import Cassette

    found: dict[str, Cassette | AppConnectError] = {}
    for path in sorted(path for crm in registry.names() for path in (fixtures / crm).glob("*.json")):
        try:
            found[f"{path.parent.name}/{path.stem}"] = Cassette.load(path)
        except AppConnectError as error:
            found[f"{path.parent.name}/{path.stem}"] = error
    return found


def _changes(
    before: dict[str, Cassette | AppConnectError], after: dict[str, Cassette | AppConnectError]
) -> Iterator[str]:
    from appconnect.replay.matching import diff

    for name, new in after.items():
        old = before.get(name)
        if isinstance(new, AppConnectError):
            yield f"{name}: {new.message}"
        elif old is None or isinstance(old, AppConnectError):
            yield f"{name}: new, {len(new.exchanges)} exchanges"
        elif lines := diff(old, new):
            yield from [f"{name}: changed", *(f"  {line}" for line in lines)]
        else:
            yield f"{name}: as before"


@app.command()
def fixtures() -> None:
    """List the recordings: from where, when, how many requests, and why one may no longer be true."""
    from appconnect.settings import Settings

    folder = Settings.load().fixtures
    found = _recordings(folder)
    if not found:
        raise ConfigurationError(
            f"There are no recordings in {folder}; make them with: appconnect record --all"
        )
    for name, recording in found.items():
        if isinstance(recording, AppConnectError):
            typer.echo(f"{name}: {recording.message}", err=True)
        else:
            typer.echo(_line(name, recording))
    if any(isinstance(each, AppConnectError) for each in found.values()):
        raise typer.Exit(1)


def _line(name: str, recording: Cassette) -> str:
    from datetime import UTC, datetime, timedelta

    header = recording.header
    # the sandbox's clock always begins on the same day, which says nothing about age
    max_age = timedelta.max if header.recorded_from == "sandbox" else timedelta(days=180)
    stale = recording.stale_reasons(datetime.now(UTC), max_age=max_age)
    about = f"{header.recorded_from:<7} {header.recorded_at:%Y-%m-%d}  {len(recording.exchanges):>3} requests"
    return f"{name:<30} {about}" + (f"  stale: {'; '.join(stale)}" if stale else "")
