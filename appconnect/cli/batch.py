"""``appconnect batch``: match or log a whole table of calls and messages."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from appconnect.batch import Batch, BatchResult
    from appconnect.workbench import Workbench

TOLD = 10
"""Reasons that are printed; the file has them all."""
STOPPING = "\nStopping when the rows in hand are done; Ctrl-C once more ends it at once."
STOPPED = "Stopped; the same command goes on from here."

batch = typer.Typer(
    no_args_is_help=True,
    help="Match or log a whole table of calls and messages; Ctrl-C stops, again goes on. "
    "The sandbox plays the CRM unless APPCONNECT_MODE=live.",
)
File = Annotated[Path, typer.Argument(help="A CSV, JSON-lines (.jsonl) or Parquet file.", show_default=False)]
Crm = Annotated[str, typer.Option(help="Whose contacts: the name of an installed connector.")]
Output = Annotated[Path | None, typer.Option(help="The file to write; beside the given one by default.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing into the CRM.")]
Again = Annotated[bool, typer.Option("--again", help="Begin anew, and not where an earlier run was stopped.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before writing into a live CRM.")]


@dataclass(frozen=True)
class Job:
    """What is asked for."""

    file: Path
    crm: str
    output: Path | None
    dry_run: bool
    again: bool
    log: bool = False
    ask: bool = False


@batch.command()
def match(
    file: File, *, crm: Crm, output: Output = None, dry_run: DryRun = False, again: Again = False
) -> None:
    """Find the contact of each call and message in FILE, which is written anew with it.

    The plan says how many requests each way takes and how long; the cheaper one is taken. --dry-run ends
    after the plan. The same command goes on where it was stopped.
    """
    _run(Job(file, crm, output, dry_run, again))


@batch.command()
def log(
    file: File, *, crm: Crm, output: Output = None, dry_run: DryRun = False, again: Again = False,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Log each call and message in FILE at the contact that carries its number.

    What was logged before stays as it is. --dry-run says what would be logged. The file that is written has
    the logs' ids, and the reason where there is none. The same command goes on where it was stopped.
    """
    _run(Job(file, crm, output, dry_run, again, log=True, ask=not (yes or dry_run)))


def _run(job: Job) -> None:
    import asyncio

    try:
        asyncio.run(_work(job))
    except (KeyboardInterrupt, asyncio.CancelledError):
        typer.echo("\nEnded at once. What was done is kept; the same command goes on from here.")
        raise typer.Exit(1) from None


async def _work(job: Job) -> None:
    from appconnect.batch.tables import table_of
    from appconnect.workbench import connect

    table_of(job.file, job.output).check()  # a sentence before anybody has to sign in
    async with connect(job.crm) as workbench:
        (await workbench.sign_in()).raise_for_error()
        work = await workbench.batch.prepare(
            job.file, log=job.log, output=job.output, dry_run=job.dry_run, again=job.again
        )
        for sentence in work.plan.sentences():
            typer.echo(sentence)
        if job.dry_run and not job.log:
            return
        if job.ask:
            workbench.ask_before_writing(f"up to {work.plan.rows:,} logs")
        _tell(await _with_progress(workbench, work))


async def _with_progress(workbench: Workbench, work: Batch) -> BatchResult:
    """Run with a bar, where there is a terminal; Ctrl-C stops after the rows in hand, twice ends at once."""
    import asyncio
    import signal
    from contextlib import suppress

    from appconnect.batch import Progress

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop() -> None:
        loop.add_signal_handler(signal.SIGINT, task.cancel)
        typer.echo(STOPPING, err=True)
        work.stop(STOPPED)

    with suppress(NotImplementedError):  # Windows
        loop.add_signal_handler(signal.SIGINT, stop)
    with typer.progressbar(length=work.plan.rows, label=workbench.title, file=sys.stderr) as bar:

        def tell(progress: Progress) -> None:
            bar.label = f"{workbench.title}, {progress.doing}" if progress.doing else workbench.title
            bar.update(max(0, progress.done - bar.pos))
            if progress.doing:  # a bar that stands still would not be drawn anew
                bar.render_progress()

        return await work.run(tell)


def _tell(result: BatchResult) -> None:
    for note in result.notes:
        typer.echo(note, err=True)
    for problem in result.problems[:TOLD]:
        typer.echo(str(problem))
    if (more := len(result.problems) - TOLD) > 0:
        typer.echo(f"… and {more} more {'reason' if more == 1 else 'reasons'}, in the file.")
    typer.echo(result.message)
    typer.echo(f"Written to {result.table}.")
    if result.stopped:
        raise typer.Exit(1)
