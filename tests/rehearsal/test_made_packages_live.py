"""The notebook of a package that ``appconnect new`` has made runs live too, whatever its kind of sign-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from live_notebook import LiveNotebook
from made_packages import NAMES, Packages, known_here, make
from rehearsed import Computer

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packages]:
    with known_here(make(tmp_path_factory.mktemp("packages"))) as made:
        yield made


@pytest.mark.parametrize("name", NAMES)
def test_its_notebook_leaves_one_log(packages: Packages, computer: Computer, name: str) -> None:
    calls = computer.internet[name].database.calls  # type: ignore[attr-defined]
    before = len(calls)
    notebook = LiveNotebook(computer, next(packages[name].folder.glob("notebooks/*.ipynb")))
    with notebook.kernel(**packages.variables) as running:
        running.run()
    assert (before + 1, 1) == (len(calls), len(running.asked))
