"""The contract of a connector, for its tests: everything that App Connect expects, as ready-made cases.

A connector's test file is one class that states how to look at, and upset, the connector's sandbox; the cases
come with it. In ``tests/test_contract.py`` of a package of your own::

    from acme_connector.sandbox import AcmeSandbox

    from appconnect.models import AuthType, LogFormat
    from appconnect.testing import ConnectorContract, StoredLog

    class TestAcme(ConnectorContract[AcmeSandbox]):
        platform = "acme"
        level = "log"                           # sign-in, match, log, messages or everything
        auth_type = AuthType.API_KEY
        time_zone = "Europe/Lisbon"             # Rae's, in the sandbox
        renews = False
        log_format = LogFormat.PLAIN
        log_paths, write_path = "/api/calls*", "/api/calls"
        kit = "2"

        def stored(self, sandbox: AcmeSandbox, log_id: str) -> StoredLog:
            row = sandbox.calls[log_id]         # the sandbox's own record, not the connector's word for it
            return StoredLog(body=row["text"], start=row["start"], duration=row["seconds"], …)

        def expire(self, sandbox: AcmeSandbox) -> None:
            sandbox.keys.clear()
        ...                                     # add_contact, refusal_body, crowd, edit, delete, count

Run it with pytest, or with ``appconnect contract acme``, which prints a table of operations and results, the
first failure, and what to do next. Start at the level ``sign-in`` and raise it as the connector grows: cases
above the level are left out, and said to be. What the CRM cannot do is declared in the connector
(:attr:`appconnect.connector.Connector.unsupported`) with its reason.

Holes and oddities need no answers: the cases put them into what the sandbox answers (`contact_records`).
A case that a CRM cannot be asked skips itself, and the reason stands below the table.

`answers` describes every answer, `cases` holds the cases, `cast` the people that every sandbox knows, `steps`
what a test begins with (`steps.signed_in`, `steps.log`, `steps.walk`), `samples` calls and messages.
Needs pytest and pytest-asyncio: ``pip install 'appconnect[testing]'``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appconnect.testing import cast, samples, steps
    from appconnect.testing.answers import Answers, StoredLog
    from appconnect.testing.contract import ConnectorContract
    from appconnect.testing.operations import covers
    from appconnect.testing.report import ContractReport
    from appconnect.testing.run import run_contract

__all__ = [
    "Answers",
    "ConnectorContract",
    "ContractReport",
    "StoredLog",
    "cast",
    "covers",
    "run_contract",
    "samples",
    "steps",
]
_MODULES = {
    "Answers": "answers",
    "ConnectorContract": "contract",
    "ContractReport": "report",
    "StoredLog": "answers",
    "covers": "operations",
    "run_contract": "run",
}


def __getattr__(name: str) -> object:
    """Load public names when they are first used: the pytest plugin, which needs none, must load at once."""
    if name not in __all__:
        raise AttributeError(f"module 'appconnect.testing' has no attribute {name!r}")
    if name not in _MODULES:
        return import_module(f"appconnect.testing.{name}")
    return getattr(import_module(f"appconnect.testing.{_MODULES[name]}"), name)
