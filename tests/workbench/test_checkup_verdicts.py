"""What the checkup says of Python and of ports is so at the boundary, too."""

from __future__ import annotations

import re
import socket
import sys
from importlib import metadata

import pytest

from appconnect.workbench import checkup
from appconnect.workbench.checkup import Verdict

OLDEST = tuple(map(int, re.findall(r"\d+", metadata.metadata("appconnect")["Requires-Python"])))
"""What pip is told."""


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((*OLDEST, 0), Verdict.OK),
        ((OLDEST[0], OLDEST[1] - 1, 99), Verdict.FAILED),
        ((OLDEST[0] - 1, 99, 0), Verdict.FAILED),
        ((OLDEST[0] + 1, 0, 0), Verdict.OK),
    ],
)
def test_the_oldest_python_is_the_one_that_pip_asks_for(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], verdict: Verdict
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    found = checkup._python()
    assert verdict is found.verdict
    assert ".".join(map(str, version)) in found.what
    assert (verdict is Verdict.FAILED) == (f"install {OLDEST[0]}.{OLDEST[1]} or newer" in found.what)


def test_a_port_is_free_or_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert (Verdict.NOTE, True) == (
            (taken := checkup._port(port, "the tests")).verdict,
            "taken" in taken.what,
        )
    assert (Verdict.OK, True) == ((free := checkup._port(port, "the tests")).verdict, "free" in free.what)
