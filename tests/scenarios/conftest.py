"""Scenarios of a CRM that is not installed are skipped, and say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from platforms import CRMS

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip ``test_<crm>_<scenario>.py`` where the CRM is missing."""
    for item in items:
        crm = item.path.stem.removeprefix("test_").partition("_")[0]
        if item.path.parent == HERE and crm not in CRMS:
            item.add_marker(pytest.mark.skip(reason=f"{crm} is not installed"))
