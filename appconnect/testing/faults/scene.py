"""The scene of one fault: a sandbox, a workbench, and one request of an operation that goes wrong."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from appconnect.connectors import registry
from appconnect.errors import ConfigurationError
from appconnect.models import Contact
from appconnect.sandbox.base import CrmSandbox, SeenRequest
from appconnect.sandbox.faults import Fault, Faults, named_effect
from appconnect.sandbox.transport import WatchedTransport
from appconnect.testing import steps
from appconnect.testing.answers import Answers
from appconnect.testing.faults.sandbox_time import let_loop_follow
from appconnect.testing.run import contract_files, require_pytest
from appconnect.testing.workbench_internals import sandbox_of
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import make_sandbox

Span = Literal["once", "each time", "from then on"]
"""How long a fault lasts: one request, each like it (method and path), or all that follow."""
PUBLIC = ("client_id", "username")
"""Credentials that are no secret."""
MIN_SECRET = 8
_FOUND: dict[str, Contact] = {}


@cache
def answers_of(platform: str) -> Answers[Any]:
    """Return what the platform's contract states, from its test file. Raises ConfigurationError."""
    require_pytest()
    for file in contract_files(registry.platform(platform)):
        spec = importlib.util.spec_from_file_location(f"contract_of_{platform}", file)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for found in vars(module).values():
            if (
                isinstance(found, type)
                and issubclass(found, Answers)
                and platform == vars(found).get("platform")
            ):
                return found()
    raise ConfigurationError(f"No class of {platform}'s contract has platform = {platform!r}.")


class FaultAt(Faults):
    """The faults of a sandbox, with one at the request of this number and, by its span, at later ones."""

    def __init__(self, position: int, name: str, span: Span) -> None:
        super().__init__()
        self._position, self._span = position, span
        self._fault = Fault("*", "*", named_effect(name), None)
        self._arrived = 0
        self._hit: tuple[str, str] | None = None
        self.over = False

    @property
    def was_met(self) -> bool:
        """Whether a request came that it was for."""
        return self._hit is not None

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault if it is this request's turn, else what was added besides."""
        self._arrived += 1
        if self.over:
            return super().take(method, path)
        if self._arrived == self._position:
            self._hit, self.over = (method, path), self._span == "once"
            return self._fault
        again = self._hit is not None and (self._span == "from then on" or self._hit == (method, path))
        return self._fault if again else super().take(method, path)


class Scene:
    """One platform's sandbox with a workbench; ``nia`` and ``log_id`` are set by how an operation begins."""

    nia: Contact
    count_before: int

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.answers = answers_of(platform)
        self.sandbox = make_sandbox(platform)
        self.watched = WatchedTransport(self.sandbox.transport())
        self.sandbox.transport = lambda: self.watched  # type: ignore[method-assign]
        self.workbench = self.newcomer()
        self.crm: CrmSandbox = sandbox_of(self.workbench)
        self.log_id = ""

    def newcomer(self) -> Workbench:
        """Return a workbench of somebody else: same CRM, with a store of its own."""
        return connect(
            self.platform,
            mode="sandbox",
            record=False,
            sandbox=self.sandbox,
            settings=self.answers.fault_settings,
            options=self.answers.options,
        )

    def another_process(self) -> Workbench:
        """Return a workbench as a new process would have it: nothing in memory, the same store."""
        environment = self.workbench.environment
        platform = registry.platform(self.platform)
        return Workbench(
            platform, environment, settings=self.answers.fault_settings, options=self.answers.options
        )

    def break_at(self, position: int, fault: str, span: Span) -> FaultAt:
        """Let the request of this number, counted from now, meet a fault; from now on this clock counts."""
        let_loop_follow(self.sandbox.clock)
        self.crm.faults = broken = FaultAt(position, fault, span)
        return broken

    def foreign_hosts(self) -> set[str]:
        """Return the hosts that were asked and are not this CRM's."""
        rules = registry.platform(self.platform).connector.rules
        return {host for host in self.watched.hosts if not rules.trusts(host)}

    def secrets(self) -> set[str]:
        """Return every secret that was set, handed out or sent so far."""
        environment = self.workbench.environment
        found = {secret.get_secret_value() for secret in environment.secrets}
        found |= set(self.crm.issued_secrets())
        for request in self.crm.requests:
            found |= set(_credentials_in(request))
        public = {self.crm.credentials.get(name, "") for name in PUBLIC}
        return {each for each in found - public if len(each) >= MIN_SECRET}


async def nia_of(platform: str) -> Contact:
    """Return Nia as this CRM knows her, found once and in a sandbox apart: nothing else is read by it."""
    if platform not in _FOUND:
        scene = Scene(platform)
        (await scene.workbench.sign_in()).raise_for_error()
        _FOUND[platform] = await steps.nia(scene.workbench)
        await scene.workbench.close()
    return _FOUND[platform]


def _credentials_in(request: SeenRequest) -> Iterator[str]:
    _, _, credentials = request.headers.get("authorization", "").partition(" ")
    yield credentials
