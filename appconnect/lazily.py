"""Loads modules when they are first used, so that nobody waits for what is not needed yet.

A package's public names are loaded one by one::

    if TYPE_CHECKING:
        from appconnect.http.client import CrmClient
    else:
        __getattr__ = lazily.exported(__name__, {".client": "CrmClient"})

and a module, mostly a library's, when something of it is::

    if TYPE_CHECKING:
        import httpx
    else:
        httpx = lazily.module("httpx")
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


@contextmanager
def no_search_for_garbage() -> Iterator[None]:
    """Load modules in the block: none of them is garbage, and looking for it takes a sixth of the time.

    Afterwards all that there is counts as old, where garbage is looked for seldom, but is.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # else somebody keeps objects out of the search, and goes on doing so
            gc.freeze()
            gc.unfreeze()
        gc.enable()


def exported(package: str, names: Mapping[str, str]) -> Callable[[str], object]:
    """Return a package's ``__getattr__``, which loads the module that a name comes from.

    ``names`` has the names, separated by spaces, by the module that they are in, such as ``".client"``. None
    of them may be called like a module of the package.
    """
    modules = {name: module for module, listed in names.items() for name in listed.split()}

    def load(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        with no_search_for_garbage():
            value: object = getattr(import_module(modules[name], package), name)
        setattr(sys.modules[package], name, value)
        return value

    return load


def module(name: str) -> ModuleType:
    """Return a stand-in for a module, which is imported when an attribute is read from it first."""
    return _Module(name)


class _Module(ModuleType):
    def __getattr__(self, name: str) -> object:
        if name == "_imported":
            with no_search_for_garbage():
                self._imported = import_module(self.__name__)
            return self._imported
        if name.startswith("__"):  # whoever looks for wrapped objects or paths does not mean the module
            raise AttributeError(name)
        value: object = getattr(self._imported, name)
        return value
