"""Workbenches of several processes: they share what is stored and what the CRM has, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from workbench_steps import options_of

from appconnect.auth.vault import Vault, new_key
from appconnect.connectors import registry
from appconnect.sandbox.server import Sandbox
from appconnect.store import Store, holders
from appconnect.workbench import Workbench
from appconnect.workbench.environment import environment
from appconnect.workbench.lazy_store import LazyStore


class Processes:
    """Makes workbenches on one store, one sandbox and one vault key."""

    def __init__(self, crm: str, sandbox: Sandbox, store: Store) -> None:
        self.crm, self.sandbox, self.store = crm, sandbox, store
        self._key = new_key()

    def start(self, **changes: Any) -> Workbench:
        """A workbench of one more process; ``changes`` are parts of its environment."""
        platform = registry.platform(self.crm)
        made = environment(platform, "sandbox", scenario="", record=False, sandbox=self.sandbox)
        own = replace(made, lazy_store=LazyStore(lambda: self.store), vault=Vault([self._key]), **changes)
        return Workbench(platform, own, settings={}, options=options_of(self.crm))


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all holders be in other processes, as far as can be told from here."""
    monkeypatch.setattr(holders, "is_here", lambda owner: False)
