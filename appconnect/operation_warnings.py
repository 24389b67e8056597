"""Warnings of an operation that succeeded: a link is missing, a text was cut, somebody's deals were not read.

Connectors call :func:`warn`, :func:`could_not_read` and :func:`not_searched`; the workbench collects the
warnings and adds them to the result's message.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from appconnect.errors import NotSearched
from appconnect.text.quotation import shortened

MAX_NAMED: Final = 5
"""Whom one warning names."""

log = logging.getLogger(__name__)


class Warnings(list[str]):
    """Sentences in the order of their first cause; what is missing for several is one of them."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps: dict[tuple[str, str], tuple[int, dict[str, None]]] = {}
        self.not_searched: dict[str, NotSearched] = {}
        """Why people of a contact type may be missing in a search; "" stands for any type."""

    def add(self, sentence: str) -> None:
        """Add a sentence, once."""
        if sentence not in self:
            self.append(sentence)

    @property
    def gap(self) -> NotSearched | None:
        """Why anybody may be missing; what the next search may find comes first. None when nobody can be."""
        return min(self.not_searched.values(), key=lambda gap: gap.is_lasting, default=None)

    def add_gap(self, what: str, of: Sequence[str], reason: str) -> None:
        """Add what is missing of some, and why; for the same reason all are named in one sentence."""
        place, names = self._gaps.setdefault((what, reason), (len(self), {}))
        names.update(dict.fromkeys(of))
        self[place : place + 1] = [_gap(what, list(names), reason)]  # in place of what was said before


_collected: ContextVar[Warnings | None] = ContextVar("warnings", default=None)


def warn(sentence: str) -> None:
    """Add a warning, one sentence for the person, to the operation that runs; it must not hold a secret."""
    sentence = shortened(sentence)
    log.info(sentence)
    collected = _collected.get()
    if collected is not None:
        collected.add(sentence)


def could_not_read(what: str, reason: str, *, of: Sequence[str] = ()) -> None:
    """Warn that something is missing in the result, and for whom: ("the deals", "…", of=["Nia Holt"]).

    ``reason`` is the sentence of the error. For the same reason all are named in one warning.
    """
    names = [of] if isinstance(of, str) else of
    collected = _collected.get()
    log.log(logging.WARNING if collected is None else logging.INFO, _gap(what, names, reason))
    if collected is not None:
        collected.add_gap(what, names, reason)


def not_searched(kind: str, sentence: str, *, is_lasting: bool = False) -> None:
    """Warn that not all people of a contact type were searched: who is not found may be there.

    "" is any type. ``is_lasting``: the user may not search them.
    """
    warn(sentence)
    collected = _collected.get()
    if collected is not None:
        gap = NotSearched(shortened(sentence), is_lasting=is_lasting)
        collected.not_searched.setdefault(kind.casefold(), gap)


def why_not_searched(kind: str) -> str:
    """Return the warning that this operation did not search all people of a contact type; "" for none."""
    collected = _collected.get()
    gaps = {} if collected is None else collected.not_searched
    gap = gaps.get(kind.casefold()) or gaps.get("")
    return gap.message if gap else ""


@contextmanager
def collect(*, hand_on: bool = False) -> Iterator[Warnings]:
    """Collect the warnings of an operation, also of tasks that it starts.

    Those of a part of an operation are its own as well where the part is to ``hand_on`` them.
    """
    collected = Warnings()
    token = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(token)
    outer = _collected.get()
    if hand_on and outer is not None:
        for sentence in collected:
            outer.add(sentence)


def _gap(what: str, names: Sequence[str], reason: str) -> str:
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    whose = f" of {', '.join(names[:MAX_NAMED])}{more}" if names else ""
    return f"Could not read {what}{whose}: {reason}"
