"""Which installed platforms a test takes, so that none of ours is needed to test what is for all.

A test of something general takes `OAUTH` or `KEY`, parametrizes over all (`CRMS`), or asks a contract
for what it must know of it (`answers_of`). A table of cases by CRM has a parameter named ``crm``: rows of a CRM
that is not installed are not run (see conftest.py). What is told in one CRM's own terms belongs into its folder
in ``connectors``; where that makes no sense, it `needs` the CRM.
"""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from typing import Any

import pytest

from appconnect.connectors import registry
from appconnect.models import AuthType
from appconnect.testing import ConnectorContract
from appconnect.testing.run import contract_files

CRMS = registry.names()
OURS = ("bullhorn", "insightly", "pipedrive", "redtail")
"""Those of this repository, which its notebooks show."""


def of_type(auth_type: AuthType) -> tuple[str, ...]:
    """The installed platforms that are signed in to like this; get_auth_type asks nothing of its connector."""
    kinds = {name: registry.platform(name).connector for name in CRMS}
    return tuple(name for name, kind in kinds.items() if kind.get_auth_type(kind.__new__(kind)) is auth_type)


ALL_OAUTH, ALL_KEY = of_type(AuthType.OAUTH), of_type(AuthType.API_KEY)
OAUTH, KEY = ALL_OAUTH[-1], ALL_KEY[-1]
"""Any one of each."""
OAUTH_TITLE, KEY_TITLE = registry.platform(OAUTH).title, registry.platform(KEY).title


def needs(*names: str) -> pytest.MarkDecorator:
    """A mark for tests in the terms of a CRM: they are skipped, and say so, where it is not installed."""
    missing = ", ".join(name for name in names if name not in CRMS)
    return pytest.mark.skipif(bool(missing), reason=f"{missing} is not installed")


def absent_from(text: str) -> list[str]:
    """The CRMs of ours that a notebook's text names in quotes and that are not installed."""
    return [name for name in OURS if name not in CRMS and re.search(rf"[\\\"']{name}\b", text)]


@cache
def answers_of(name: str) -> ConnectorContract[Any]:
    """What the platform's contract states, from its test file."""
    for file in contract_files(registry.platform(name)):
        spec = importlib.util.spec_from_file_location(f"answers_of_{name}", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for found in vars(module).values():
            if getattr(found, "platform", "") == name:
                contract: ConnectorContract[Any] = found()
                return contract
    raise AssertionError(f"{name} has no contract")
