"""Every CRM that is installed, found by the entry-point group ``appconnect.connectors``.

https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from appconnect.connectors.platform import Platform
from appconnect.errors import ConfigurationError

GROUP = "appconnect.connectors"


def names() -> tuple[str, ...]:
    """Return the names of all installed platforms, sorted, also of those that cannot be loaded."""
    return tuple(sorted(_entry_points()))


def platform(name: str) -> Platform:
    """Return the platform of that name; ConfigurationError when there is none or it cannot be loaded."""
    wanted = str(name).strip().lower()
    found = _entry_points().get(wanted)
    if found is None:
        raise ConfigurationError(f"There is no connector for {name!r}; choose one of: {', '.join(names())}.")
    return _load(found)


def platforms() -> tuple[Platform, ...]:
    """Return all platforms that can be loaded, by name."""
    return tuple(_load(each) for name, each in sorted(_entry_points().items()) if name not in failures())


def titles() -> Mapping[str, str]:
    """Return the title for people of every platform that can be loaded, by name."""
    return {each.name: each.title for each in platforms()}


def failures() -> Mapping[str, str]:
    """Return why platforms cannot be used: a sentence each, by name."""
    found = {
        f"{each.name} ({_package(each)})": (
            f"The connector {each.name!r} of the package {_package(each)} is not used: "
            f"{_package(_entry_points()[each.name.lower()])} has one of the same name."
        )
        for each in _doubles()
    }
    for name, each in sorted(_entry_points().items()):
        try:
            _load(each)
        except ConfigurationError as error:
            found[name] = error.message
    return found


def reload(name: str) -> Platform:
    """Return the platform with its package read anew from disk, as after an edit."""
    found = _entry_points().get(str(name).strip().lower())
    if found is not None:
        package = (
            found.module.partition(".")[0] if found.module.partition(".")[0] != "appconnect" else found.module
        )
        for module in [each for each in sys.modules if each == package or each.startswith(f"{package}.")]:
            del sys.modules[module]
    forget()
    return platform(name)


def forget() -> None:
    """Look anew for what is installed when somebody next asks."""
    importlib.invalidate_caches()
    for each in (_found, _entry_points, _load):
        each.cache_clear()


# -- how they are found --


@cache
def _found() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))


@cache
def _entry_points() -> Mapping[str, EntryPoint]:
    """The entry points by name; of several with one name the one of this package, else the first."""
    ours_first = sorted(_found(), key=lambda each: not each.module.startswith("appconnect."))
    return {each.name.lower(): each for each in reversed(ours_first)}


def _doubles() -> list[EntryPoint]:
    used = _entry_points().values()
    return [each for each in _found() if each not in used]


@cache
def _load(found: EntryPoint) -> Platform:
    try:
        loaded = found.load()
    except (Exception, SystemExit) as error:  # a stranger's package must not take the others down
        raise ConfigurationError(_cannot_load(found, f"{type(error).__name__}: {error}")) from error
    if not isinstance(loaded, Platform):
        raise ConfigurationError(_cannot_load(found, f"{found.value} is not a Platform"))
    if loaded.name != found.name:
        raise ConfigurationError(_cannot_load(found, f"its connector is called {loaded.name!r}"))
    return loaded


def _cannot_load(found: EntryPoint, reason: str) -> str:
    return f"The connector {found.name!r} of the package {_package(found)} cannot be loaded: {reason}."


def _package(found: EntryPoint) -> str:
    return found.dist.name if found.dist else found.module
