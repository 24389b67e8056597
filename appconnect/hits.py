"""Hits of a CRM's search, checked: does a phone of theirs carry the number that was sought, and if not, why.

CRMs also find numbers that merely contain the one that is sought, or resemble it. Connectors call
:func:`carrier`; the workbench collects who was left out and tells it in the result's details.

For whoever asks why a number matched, or did not, a connector also lets :func:`asked` see each search that
it sends, tells with :func:`answered` which ones it need not send, and what else it decided with
:func:`leave_out` and :func:`put_in`. All of this costs nothing
unless somebody collects it (:func:`collect_decisions`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from appconnect import phone

if TYPE_CHECKING:
    from appconnect.phone import Comparison, PhoneNumber

T = TypeVar("T")
Phones = Iterable[str] | Mapping[str, str]
"""The phones of a hit as they stand in the CRM; by field where that is known."""

MAX_NAMED: Final = 5
"""Hits that are named for one reason."""
NO_PHONE: Final = "It has no phone."

_collected: ContextVar[dict[str, str] | None] = ContextVar("hits", default=None)


def carrier(hit: str, phones: Phones, number: PhoneNumber, *, name: str = "") -> str | None:
    """Return the phone of a hit that carries the number; None when none does, so that it is left out.

    ``hit`` is what it is called, by its kind and id: "person 501"; ``name`` what people call it.
    """
    by_field = _by_field(phones)
    best = phone.nearest((text for _, text in by_field), number)
    is_kept = best is not None and best.carries
    reason = best.reason if best else NO_PHONE
    if (decisions := _decisions.get()) is not None:
        decisions.judge(hit, name, is_kept, reason, _compared(by_field, number))
    if best is not None and is_kept:
        return best.stored
    collected = _collected.get()
    if collected is not None:
        collected.setdefault(hit, reason)
    return None


def first_phone(hit: str, phones: Phones, *, name: str = "") -> str:
    """Return the first phone of a hit that was found by name, "" for none."""
    by_field = _by_field(phones)
    if (decisions := _decisions.get()) is not None:
        decisions.note(hit, name, by_field)
    return by_field[0][1] if by_field else ""


@contextmanager
def collect() -> Iterator[dict[str, str]]:
    """Collect the hits that a search leaves out, and why, also of tasks that it starts."""
    collected: dict[str, str] = {}
    token = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(token)


def sentence(left_out: Mapping[str, str]) -> str:
    """Return the one line that tells how many hits were left out, why, and which; "" for none."""
    if not left_out:
        return ""
    why: dict[str, list[str]] = {}
    for hit, reason in left_out.items():
        why.setdefault(reason, []).append(hit)
    reasons = (f"{reason.removesuffix('.')} ({_named(hits)})." for reason, hits in why.items())
    return f"{len(left_out)} hit{'s' if len(left_out) > 1 else ''} left out: {' '.join(reasons)}"


def _named(hits: list[str]) -> str:
    more = f" and {len(hits) - MAX_NAMED} more" if len(hits) > MAX_NAMED else ""
    return ", ".join(hits[:MAX_NAMED]) + more


def _by_field(phones: Phones) -> list[tuple[str, str]]:
    if isinstance(phones, Mapping):
        return list(phones.items())
    return [("", text) for text in phones]


# -- for whoever asks why --


@dataclass(frozen=True)
class ComparedPhone:
    """A phone of a hit beside the number that is sought; ``field`` is where it stands, "" if not told."""

    field: str
    comparison: Comparison


@dataclass
class Question:
    """A search as a connector sent it: texts that are looked for in fields of one kind of record.

    ``requests`` are the numbers of the exchanges that it took, ``found`` the hits, as they came. ``error``
    says why it was not answered whole, ``unasked`` why no request was needed: "all contacts are known".
    """

    forms: tuple[str, ...]
    fields: tuple[str, ...]
    kind: str
    requests: list[int] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    error: str = ""
    unasked: str = ""


@dataclass
class Candidate:
    """A hit, whether it is a match, and why; ``is_kept`` is None where nobody decided."""

    hit: str
    name: str = ""
    is_kept: bool | None = None
    because: str = ""
    phones: list[ComparedPhone] = field(default_factory=list)
    noted: list[tuple[str, str]] = field(default_factory=list)
    """Phones that were not compared, with their fields: of somebody who was found by name."""


class Decisions:
    """What connectors asked and decided while somebody collected it."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self.candidates: dict[str, Candidate] = {}
        self.requests: list[int] = []
        """The numbers of all exchanges, in order of arrival."""

    def judge(
        self, hit: str, name: str, is_kept: bool, because: str, phones: Sequence[ComparedPhone] = ()
    ) -> None:
        """Note what becomes of a hit; of several decisions the one that keeps it counts."""
        candidate = self._candidate(hit, name)
        candidate.phones = list(phones) or candidate.phones
        if not candidate.is_kept:
            candidate.is_kept, candidate.because = is_kept, because

    def drop(self, hit: str, name: str, because: str) -> None:
        """Note that a hit is no match after all."""
        candidate = self._candidate(hit, name)
        candidate.is_kept, candidate.because = False, because

    def note(self, hit: str, name: str, phones: list[tuple[str, str]]) -> None:
        """Note the phones of somebody who was found by name."""
        self._candidate(hit, name).noted = phones

    def _candidate(self, hit: str, name: str) -> Candidate:
        candidate = self.candidates.setdefault(hit, Candidate(hit))
        candidate.name = candidate.name or name
        return candidate


_decisions: ContextVar[Decisions | None] = ContextVar("decisions", default=None)
_question: ContextVar[Question | None] = ContextVar("question", default=None)


def asked(
    rows: AsyncIterator[T],
    forms: str | Sequence[str],
    label: Callable[[T], str],
    *,
    fields: str | Sequence[str] = (),
    kind: str = "",
) -> AsyncIterator[T]:
    """Return the rows of a search as they are; whoever explains a match sees what was asked and found.

    ``forms`` are the texts that are looked for, ``label`` names a row by kind and id as :func:`carrier` does.
    """
    decisions = _decisions.get()
    if decisions is None:
        return rows
    question = Question(_several(forms), _several(fields), kind)
    decisions.questions.append(question)
    return _watched(rows, question, label)


def answered(
    forms: str | Sequence[str],
    found: Sequence[str],
    *,
    because: str,
    fields: str | Sequence[str] = (),
    kind: str = "",
) -> None:
    """Tell whoever explains a match a search that needed no request, and ``because`` of what.

    Its hits are ``found``, by kind and id, in what was read otherwise.
    """
    if (decisions := _decisions.get()) is not None:
        asked = Question(_several(forms), _several(fields), kind, found=list(found), unasked=because)
        decisions.questions.append(asked)


async def _watched(rows: AsyncIterator[T], question: Question, label: Callable[[T], str]) -> AsyncIterator[T]:
    while True:
        token = _question.set(question)
        try:
            row = await anext(rows)
        except StopAsyncIteration:
            return
        except Exception as error:
            question.error = str(error)
            raise
        finally:
            _question.reset(token)
        question.found.append(label(row))
        yield row


def leave_out(hit: str, because: str, *, name: str = "") -> None:
    """Tell whoever explains a match that a hit is none, whatever its phones are: "It is deleted."."""
    if (decisions := _decisions.get()) is not None:
        decisions.drop(hit, name, because)


def put_in(hit: str, because: str, *, name: str = "") -> None:
    """Tell whoever explains a match that somebody is one without having been found: in place of another."""
    if (decisions := _decisions.get()) is not None:
        decisions.judge(hit, name, True, because)


def request_sent(number: int) -> bool:
    """Note that an exchange was sent for the search that is asked here and now; False if nobody collects."""
    decisions, question = _decisions.get(), _question.get()
    if decisions is None:
        return False
    decisions.requests.append(number)
    if question is not None:
        question.requests.append(number)
    return True


@contextmanager
def collect_decisions() -> Iterator[Decisions]:
    """Collect what is asked and decided during the block, also in tasks that it starts."""
    decisions = Decisions()
    token = _decisions.set(decisions)
    try:
        yield decisions
    finally:
        _decisions.reset(token)


def _several(texts: str | Sequence[str]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def _compared(phones: list[tuple[str, str]], number: PhoneNumber) -> list[ComparedPhone]:
    return [ComparedPhone(where, phone.compare(text, number)) for where, text in phones]
