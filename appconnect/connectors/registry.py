"""Every CRM there is: packages with the entry-point group ``appconnect.connectors``, and folders of yours.

A folder named in ``APPCONNECT_CONNECTORS``, or added with :func:`add`, is used without being installed.
https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import importlib
import site
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, entry_points
from importlib.util import find_spec
from pathlib import Path

from appconnect import lazily
from appconnect.connectors import folders
from appconnect.connectors.folders import GROUP, Source
from appconnect.connectors.platform import Platform
from appconnect.errors import ConfigurationError
from appconnect.paths import looked_up
from appconnect.settings import Settings

_added: dict[Path, None] = {}
"""The folders that :func:`add` was given in this process, in order."""


def names() -> tuple[str, ...]:
    """Return the names of all platforms, sorted, also of those that cannot be loaded."""
    return tuple(sorted(_by_name()))


def platform(name: str) -> Platform:
    """Return the platform of that name, also when it was installed after this process began.

    Raises ConfigurationError when there is none, or it cannot be loaded.
    """
    wanted = str(name).strip().lower()
    if wanted in _ours():
        return _load(_ours()[wanted])
    if wanted not in _by_name():
        forget()
    found = _by_name().get(wanted)
    if found is None:
        known = f"There is no connector for {name!r}; choose one of: {', '.join(names())}."
        raise ConfigurationError(" ".join([known, *map(_told_of, _bad_folders().items())]))
    return _load(found)


def platforms() -> tuple[Platform, ...]:
    """Return all platforms that can be loaded, by name."""
    return tuple(_load(each) for name, each in sorted(_by_name().items()) if name not in failures())


def titles() -> Mapping[str, str]:
    """Return the title for people of every platform that can be loaded, by name."""
    return {each.name: each.title for each in platforms()}


def failures() -> Mapping[str, str]:
    """Return why platforms or folders cannot be used: a sentence each, by name."""
    found = {**_bad_folders(), **_doubles()}
    for name, each in sorted(_by_name().items()):
        try:
            _load(each)
        except ConfigurationError as error:
            found[name] = error.message
    return found


def add(folder: str | Path) -> tuple[str, ...]:
    """Use the connectors of a project folder without installing it; return their names.

    Raises ConfigurationError when the folder declares no connector.
    """
    path = looked_up(folder).resolve()
    found = folders.sources(path)
    _added[path] = None
    forget()
    return tuple(each.name for each in found)


def reload(name: str) -> Platform:
    """Return the platform with its package read anew from disk, as after an edit."""
    found = _by_name().get(str(name).strip().lower())
    if found is not None:
        _unload(found)
    forget()
    return platform(name)


def forget() -> None:
    """Look anew for what is installed when somebody next asks."""
    importlib.invalidate_caches()
    for each in (_ours, _installed, _in_folders, _by_name, _load):
        each.cache_clear()


# -- how they are found --


@cache
def _ours() -> Mapping[str, Source]:
    """This package's own connectors by name, which win over others: these need not be looked for."""
    try:
        own = distribution("appconnect")
    except PackageNotFoundError:
        return {}
    found = [Source(each, "appconnect") for each in own.entry_points if each.group == GROUP]
    return {each.name: each for each in found if _is_ours(each)}


@cache
def _installed() -> tuple[Source, ...]:
    return tuple(
        Source(each, each.dist.name if each.dist else each.value) for each in entry_points(group=GROUP)
    )


@cache
def _in_folders() -> tuple[tuple[Source, ...], Mapping[str, str]]:
    """The connectors of all folders, and why a folder cannot be used, by its path."""
    found: list[Source] = []
    bad: dict[str, str] = {}
    for folder in dict.fromkeys([*_added, *Settings.load().connectors]):
        try:
            found += folders.sources(folder)
        except ConfigurationError as error:
            bad[str(folder)] = error.message
        else:
            folders.put_on_path(folder)
    return tuple(found), bad


@cache
def _by_name() -> Mapping[str, Source]:
    """The connectors by name. Of several with one name: this package's, a folder's, the first installed."""
    found = [*_in_folders()[0], *_installed()]
    ours_first = sorted(found, key=lambda each: not _is_ours(each))
    return {each.name: each for each in reversed(ours_first)}


def _is_ours(source: Source) -> bool:
    return source.module.startswith("appconnect.")


def _told_of(bad_folder: tuple[str, str]) -> str:
    """Return, of a folder that cannot be used, who names it and why it cannot be."""
    folder, reason = bad_folder
    if Path(folder) in _added:
        return reason
    if (Path(folder) / "pyproject.toml").is_file():
        return f"APPCONNECT_CONNECTORS names {folder}: {reason}"
    return f"APPCONNECT_CONNECTORS names {folder}, which has no pyproject.toml."


def _bad_folders() -> Mapping[str, str]:
    return _in_folders()[1]


def _doubles() -> Mapping[str, str]:
    """Why a connector gives way to another package's of the same name, by both names."""
    lost = [(each, _by_name()[each.name].package) for each in (*_in_folders()[0], *_installed())]
    return {
        f"{each.name} ({each.package})": (
            f"The connector {each.name!r} of the package {each.package} is not used: "
            f"{winner} has one of the same name."
        )
        for each, winner in lost
        if each.package != winner
    }


# -- how they are loaded --


@cache
def _load(found: Source) -> Platform:
    try:
        _follow_editable_install(found)
        with lazily.no_search_for_garbage():
            loaded = found.entry_point.load()
    except (Exception, SystemExit) as error:  # a stranger's package must not take the others down
        raise ConfigurationError(_cannot_load(found, f"{type(error).__name__}: {error}")) from error
    if not isinstance(loaded, Platform):
        raise ConfigurationError(_cannot_load(found, f"{found.entry_point.value} is not a Platform"))
    if loaded.name != found.entry_point.name:
        raise ConfigurationError(_cannot_load(found, f"its connector is called {loaded.name!r}"))
    return loaded


def _follow_editable_install(found: Source) -> None:
    """Follow the ``.pth`` file of an editable install that was made after this process began."""
    distribution = found.entry_point.dist
    if distribution is not None and find_spec(_top_package(found)) is None:
        site.addsitedir(str(distribution.locate_file("")))


def _unload(found: Source) -> None:
    """Forget the modules of a connector, and their bytecode: an edit within a second may not be noticed."""
    package = found.module if _is_ours(found) else _top_package(found)
    for name in [each for each in sys.modules if each == package or each.startswith(f"{package}.")]:
        module = sys.modules.pop(name)
        if module.__spec__ is not None and module.__spec__.cached:
            with suppress(OSError):
                Path(module.__spec__.cached).unlink()


def _top_package(found: Source) -> str:
    return found.module.partition(".")[0]


def _cannot_load(found: Source, reason: str) -> str:
    which = f"The connector {found.entry_point.name!r} of the package {found.package}"
    return f"{which} cannot be loaded: {reason.rstrip('.')}."
