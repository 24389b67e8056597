"""What a trace hands to other programs: a table, HAR, curl, Python."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from appconnect.errors import ConfigurationError
from appconnect.http import trace_table

if TYPE_CHECKING:
    from pandas import DataFrame

    from appconnect.http.exchange import Exchange
    from appconnect.http.exports.har import HarFile
    from appconnect.http.operation_runs import OperationRun

WithoutPeople = Callable[[Sequence["Exchange"]], Sequence["Exchange"]]
"""Returns exchanges with pseudonyms in the place of people's data."""


class Exports(ABC):
    """The exports of a trace; secrets are masked in all of them."""

    _without_people: WithoutPeople | None

    @abstractmethod
    def __iter__(self) -> Iterator[Exchange]: ...

    @property
    @abstractmethod
    def operations(self) -> list[OperationRun]:
        """The operations, oldest first."""

    @abstractmethod
    def numbered(self, number: int) -> Exchange:
        """Return the exchange of this number."""

    def to_dataframe(self, *, people: bool = True) -> DataFrame:
        """Return a row per request: its operation, when, what, status, tries, waits, sizes, limits.

        ``people=False`` puts pseudonyms in the place of people's data, which may be in addresses.
        """
        return trace_table.data_frame(self._exported(people=people), self.operations)

    def to_har(self, path: str | Path, *, people: bool = True) -> HarFile:
        """Write everything as a HAR 1.2 file, which a browser's developer tools open.

        Secrets are masked. **People's data is in the file** unless ``people=False``, which puts pseudonyms
        in its place. ConfigurationError where the file cannot be written.
        """
        from appconnect.http.exports.har import write_har

        return write_har(path, self.har(people=people), people=people)

    def har(self, *, people: bool = True) -> dict[str, JsonValue]:
        """Return the HAR document that :meth:`to_har` writes."""
        from appconnect.http.exports.har import har

        return har(self._exported(people=people), self.operations, people=people)

    def har_bytes(self, *, people: bool = True) -> bytes:
        """Return what :meth:`to_har` writes, for whoever hands the file out otherwise."""
        from appconnect.http.exports.har import har_text

        return har_text(self.har(people=people)).encode()

    def _exported(self, *, people: bool) -> Iterable[Exchange]:
        if people:
            return self
        if self._without_people is None:
            raise ConfigurationError("This trace does not know where people's data is in its requests.")
        return self._without_people(list(self))

    def as_curl(self, number: int, sandbox: str = "") -> str:
        """Return a request as a command for sh that runs as it is; see :meth:`Exchange.as_curl`."""
        return self.numbered(number).as_curl(sandbox)

    def as_httpx(self, number: int, sandbox: str = "") -> str:
        """Return a request as a Python script with httpx; see :meth:`Exchange.as_httpx`."""
        return self.numbered(number).as_httpx(sandbox)
