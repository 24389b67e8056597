"""Finds the contracts of installed platforms and runs them: what ``appconnect contract`` does.

A platform's contract is a test file of its own package, ``tests/test_contract.py`` or ``test_…_contract.py``:
it is looked for in the package's project folder, which an editable install knows, and in the package itself.
"""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from appconnect.connectors import registry
from appconnect.connectors.platform import Platform
from appconnect.errors import ConfigurationError
from appconnect.settings import project_root
from appconnect.testing.report import ContractReport

ENDING = "contract.py"
PASSED_OVER = {"build", "dist", "node_modules", "site-packages", "__pycache__", "venv"}


def run_contract(
    names: Sequence[str] = (), *, arguments: Sequence[str] = (), collect_only: bool = False
) -> ContractReport:
    """Run the contracts of these platforms, by default of all that are installed, and return what came of it.

    ``arguments`` are handed to pytest (``-k duration``). With ``collect_only`` no case is run and each counts
    as passed. Raises ConfigurationError when pytest is missing, or a platform or its contract.
    """
    require_pytest()
    import pytest

    from appconnect.testing.recorder import Recorder

    platforms = [registry.platform(name) for name in names] or list(registry.platforms())
    files = dict.fromkeys(file for platform in platforms for file in contract_files(platform))
    _forget(files)
    recorder = Recorder(tuple(platform.name for platform in platforms))
    how = ["-q", "-o", "asyncio_default_fixture_loop_scope=function"]
    how += ["-n0"] if importlib.util.find_spec("xdist") else []
    how += ["--collect-only"] if collect_only else []
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        code = pytest.main([*how, *arguments, *map(str, files)], plugins=[recorder])
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise ConfigurationError(f"pytest cannot run the contract: {told.getvalue().strip()}")
    report = recorder.report(collected_only=collect_only)
    if not report.problems and not arguments:
        _require_cases(report)
    return report


def contract_files(platform: Platform) -> list[Path]:
    """Return the test files that hold a platform's contract; ConfigurationError when there are none."""
    package = Path(inspect.getfile(platform.connector)).parent
    root = None if "site-packages" in package.parts else project_root(package)
    found = sorted({file for folder in filter(None, (root, package)) for file in _ending(folder)})
    named = [file for file in found if f'"{platform.name}"' in file.read_text("utf-8", "replace")]
    if named:
        return named
    if root is None:
        raise ConfigurationError(
            f"{platform.title} is installed without its tests; install it from its folder, "
            "with: pip install --editable FOLDER"
        )
    raise ConfigurationError(
        f"There is no contract of {platform.title} in {root}; write tests/test_contract.py, "
        "a class of appconnect.testing.ConnectorContract that states its answers."
    )


def _require_cases(report: ContractReport) -> None:
    for platform in report.platforms:
        if not platform.cases:
            raise ConfigurationError(
                f"There are test files of {platform.title}'s contract, but no class in them is a "
                f'ConnectorContract whose platform is "{platform.name}".'
            )


def _ending(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if each not in PASSED_OVER and not each.startswith(".")]
        yield from (Path(place, each) for each in files if _is_contract(each))


def _is_contract(name: str) -> bool:
    return name.startswith("test_") and name.endswith(ENDING)


def _forget(files: Iterable[Path]) -> None:
    """Let test files be read anew: they may have been edited since an earlier run in this process."""
    read = {str(file) for file in files}
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) in read:
            del sys.modules[name]


def require_pytest(needed: Iterable[str] = ("pytest", "pytest_asyncio")) -> None:
    """Raise ConfigurationError, with what to install, where what runs a contract is missing."""
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"The contract is run by pytest; missing here: {' and '.join(missing)}. "
            "Install with: pip install 'appconnect[testing]'"
        )
