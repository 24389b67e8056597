"""What the tests of saved scenarios say: which requests an operation sent, and that all is as recorded."""

from __future__ import annotations

from urllib.parse import urlsplit

from appconnect.workbench import Workbench
from appconnect.workbench.scenarios.checking import first_difference


def sent(workbench: Workbench) -> list[str]:
    """Return what the newest operation sent: ``["GET /v1/users/me", "POST /v1/notes"]``."""
    number = workbench.trace.operations[-1].number
    return [
        f"{each.method} {urlsplit(each.request.url).path}"
        for each in workbench.trace
        if each.operation == number
    ]


def assert_as_recorded(workbench: Workbench) -> None:
    """Assert that every operation so far returned what its recording holds, in full.

    Raises AssertionError with the first thing that is otherwise, RecordingError in another mode than replay.
    """
    found = first_difference(workbench)
    assert not found, found
