"""A client whose writes are held instead of sent, to see what a connector would write.

Reads go to the CRM through the client that this one stands for, each once. A write is answered as if it were
done: with what was sent, and with the id that the connector looks for.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from appconnect.clock import Clock
from appconnect.errors import NotFound, Unavailable
from appconnect.http.client import CrmClient
from appconnect.http.paging import Params
from appconnect.http.replies import Reply

NEW_ID: Final = 900_000_001
"""The id of a record whose creation was held."""
NEW: Final = "{new id}"
_IS_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+", re.I)


@dataclass(frozen=True)
class HeldWrite:
    """A write that was not sent: below the connection's base address, unsigned; a new record's id is NEW."""

    method: str
    path: str
    query: Mapping[str, JsonValue]
    body: JsonValue

    @property
    def label(self) -> str:
        """``POST /Events``."""
        return f"{self.method} {self.path}"


@dataclass
class Reads:
    """The answers to reads, by what was asked. While it is not ``open``, nothing further is asked for."""

    answers: dict[str, Reply] = field(default_factory=dict)
    is_open: bool = True

    def known(self, asked: str) -> Reply | None:
        """Return the answer to this read; when nothing further may be asked, to one of another id, too."""
        found = self.answers.get(asked)
        if found is None and not self.is_open:
            shape = _shape(asked)
            found = next((each for name, each in self.answers.items() if _shape(name) == shape), None)
        return copy.deepcopy(found)


class HeldWrites(CrmClient):
    """The client of a draft: it shares connection, limits and trace with the ``real`` one."""

    def __init__(self, real: CrmClient, reads: Reads, clock: Clock) -> None:
        self.__dict__.update(vars(real))
        self.clock = clock
        self.reads = reads
        self.held: list[HeldWrite] = []

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: JsonValue = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Return the answer to a read, or hold a write."""
        query: dict[str, JsonValue] = {
            name: value for name, value in (params or {}).items() if value is not None
        }
        if not self.rules.is_read(method, path):
            return self._hold(
                HeldWrite(method, path.replace(str(NEW_ID), NEW), query, copy.deepcopy(body)), path
            )
        asked = f"{method} {path} {sorted(query.items())} {sorted((headers or {}).items())} {body}"
        if (known := self.reads.known(asked)) is not None:
            return known
        if str(NEW_ID) in path:
            raise NotFound("The record is not written, so it cannot be read.", request=f"{method} {path}")
        if not self.reads.is_open:
            raise Unavailable("The draft itself does not read this.", request=f"{method} {path}")
        reply = await super().send(method, path, params=params, body=body, headers=headers)
        self.reads.answers[asked] = copy.deepcopy(reply)
        return reply

    def _hold(self, write: HeldWrite, path: str) -> Reply:
        self.held.append(write)
        if write.method == "DELETE":
            return Reply(204, {}, None, request=write.label)
        last = path.rstrip("/").rpartition("/")[2]
        return Reply(
            200, {}, _Done(write.body, last if _IS_ID.fullmatch(last) else NEW_ID), request=write.label
        )


class _Done(dict[str, JsonValue]):
    """The answer to a held write: what was sent, and the record's id under any key that ends in "id".

    Under other keys it is itself again, so that the id is found wherever a CRM has it: ``data.id``.
    """

    def __init__(self, sent: JsonValue, number: int | str) -> None:
        super().__init__(sent if isinstance(sent, dict) else {})
        self._number = number

    def get(self, key: str, default: JsonValue = None) -> JsonValue:  # type: ignore[override]
        if key in self:
            return self[key]
        return self._number if key.lower().endswith("id") else _Done(None, self._number)


def _shape(asked: str) -> str:
    return _IS_ID.sub("#", asked)
