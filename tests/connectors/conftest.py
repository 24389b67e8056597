"""What the tests of every CRM share."""

from __future__ import annotations

import pytest
from workbench_steps import Told, teller


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    """What a result tells: the kind of its error and its sentence, after a look for secrets everywhere."""
    return teller(caplog)
