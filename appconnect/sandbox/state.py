"""What a sandbox holds, as a JSON file: to keep it between runs, to hand it on, to begin a test with."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appconnect.sandbox.requests import JsonObject

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from appconnect.sandbox.base import CrmSandbox
    from appconnect.sandbox.server import Sandbox


class StateError(ValueError):
    """A file that is no state of this sandbox, or cannot be written; its text is a sentence."""


class CrmState(BaseModel):
    """What one CRM's sandbox holds; sessions and used-up limits are no part of it."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    plan: str
    toggles: dict[str, bool] = Field(default_factory=dict)
    ids: dict[str, int] = Field(default_factory=dict)
    """The last id of each sequence."""
    tables: dict[str, list[JsonObject]] = Field(default_factory=dict)

    @classmethod
    def of(cls, crm: CrmSandbox) -> CrmState:
        """Return what the sandbox holds now."""
        tables = {name: table.dump() for name, table in crm.tables().items()}
        return cls(plan=crm.plan, toggles=dict(crm.toggles), ids=crm.ids.used(), tables=tables)

    def restore(self, crm: CrmSandbox) -> None:
        """Let the sandbox hold this and nothing else; ValueError or KeyError for what it does not know."""
        crm.plan = self.plan
        for name, position in self.toggles.items():
            crm.toggles[name] = position
        crm.ids.restore(self.ids)
        tables = crm.tables()
        for name, rows in self.tables.items():
            if name not in tables:
                raise ValueError(f"{crm.title}'s sandbox has no table {name!r}")
            tables[name].load(rows)


class SandboxState(BaseModel):
    """What all CRMs of a sandbox hold."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    version: int = 1
    crms: dict[str, CrmState]

    @classmethod
    def of(cls, sandbox: Sandbox) -> SandboxState:
        """Return what the sandbox holds now."""
        return cls(crms={crm.name: CrmState.of(crm) for crm in sandbox})

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all; StateError where that cannot be done."""
        unfinished = path.with_name(f"{path.name}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(self.model_dump_json(indent=1), "utf-8")
            unfinished.replace(path)
        except OSError as error:
            raise StateError(f"{path} cannot be written: {error.strerror}.") from None


def load(sandbox: Sandbox, path: Path) -> None:
    """Let the sandbox hold what the file says; StateError for a file that is no such state."""
    try:
        state = SandboxState.model_validate_json(path.read_text("utf-8"))
        for name, held in state.crms.items():
            if name in sandbox.crms:
                held.restore(sandbox[name])
    except OSError as error:
        raise StateError(f"{path} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "the file"
        raise StateError(f"{path} is no saved state of the sandbox: {where} does not fit.") from None
    except (ValueError, KeyError) as error:
        raise StateError(f"{path} does not fit this sandbox: {error.args[0]}.") from None


QUIET = 20
"""Saving takes at most one part in so many of the time, however much there is to save."""


class StateKeeper:
    """The sandbox as an ASGI application whose records are saved after each request that may change them.

    What a process that is killed had answered is there in the next run, but for the last moment.
    """

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        self._sandbox, self._path = sandbox, path
        self._changed = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the sandbox does."""
        await self._sandbox(scope, receive, send)
        if scope["method"] not in ("GET", "HEAD"):
            self._changed.set()

    def save(self) -> None:
        """Write the file, whole or not at all."""
        self._changed.clear()
        SandboxState.of(self._sandbox).save(self._path)

    async def run(self) -> None:
        """Save whenever something may have changed, until cancelled."""
        while await self._changed.wait():
            began = time.monotonic()
            self.save()
            await asyncio.sleep(QUIET * (time.monotonic() - began))
