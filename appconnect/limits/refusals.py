"""Why a request was refused, and what had used up the limit before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Final

from appconnect.http import Pace
from appconnect.limits.history import Kind
from appconnect.limits.sent import Sent
from appconnect.limits.spending import Spent, Use, uses
from appconnect.text.amounts import counted

WINDOW_SECONDS: Final = 60.0
"""How far to look back where no pace tells how long the window is."""


@dataclass(frozen=True)
class Refusal:
    """A 429, which limit it was, and the requests that had used it: ``before``, oldest first.

    ``seconds`` is the length of the window; ``kind`` is OWN where the CRM does not say which limit it was.
    """

    request: Spent
    kind: Kind
    seconds: float
    before: tuple[Spent, ...]

    @property
    def uses(self) -> list[Use]:
        """What each operation had used, the most first."""
        return uses(self.before)

    def sentences(self) -> list[str]:
        """Return why it was refused, what used most, and the dearest single request."""
        exchange = self.request.sent.exchange
        what = f"Request {exchange.number} ({exchange.method} {_path(exchange.path)}) was refused"
        return [f"{what}: {self._why()}", *self._who()]

    def _why(self) -> str:
        amount = self.request.sent.exchange.limits
        if self.kind is Kind.DAY:
            of = f" of {amount.daily_amount:,}" if amount.daily_amount else ""
            return f"the day's budget{of} is used up. Waiting a moment does not help."
        window = f"{counted(len(self.before), 'request')} in the {self.seconds:g} s before it"
        if self.kind is Kind.OWN:
            return f"{window}. The CRM does not say which limit that was."
        of = f", and the limit is {amount.amount:,}" if amount.amount else ""
        return f"{window}{of}. It is free again after a moment."

    def _who(self) -> list[str]:
        found = self.uses
        if not found:
            return ["Nothing sent from here had used it: somebody else on this account did."]
        most, told = found[0], [_told(each) for each in found[:3]]
        dearest = max(most.requests, key=lambda each: each.units or 0)
        sentences = [f"Used by {'; '.join(told)}."]
        if dearest.units:
            exchange = dearest.sent.exchange
            sentences.append(
                f"The dearest request of {_words(most.operation)}: number {exchange.number}, "
                f"{exchange.method} {_path(exchange.path)}, {counted(dearest.units, 'unit')}."
            )
        return sentences


def refusals(requests: Sequence[Spent], paces: Sequence[Pace] = ()) -> list[Refusal]:
    """Return the refused requests of one account, in order of departure, with what had used up the limit."""
    found = []
    for place, each in enumerate(requests):
        if each.sent.is_refused:
            kind, seconds = _kind(each.sent), _window(each.sent, paces)
            answered = [one for one in requests[:place] if not one.sent.is_refused]
            found.append(Refusal(each, kind, seconds, tuple(_counting(answered, each, kind, seconds))))
    return found


def _counting(before: Iterable[Spent], refused: Spent, kind: Kind, seconds: float) -> Iterator[Spent]:
    """Yield the requests that had used the limit which a refused one met; a sign-in's may be under none."""
    since = refused.sent.at - timedelta(seconds=seconds)
    for each in before:
        is_recent = each.sent.at > since and (kind is Kind.OWN or each.sent.exchange.limits.is_known)
        if each.day == refused.day if kind is Kind.DAY else is_recent:
            yield each


def _kind(sent: Sent) -> Kind:
    limits = sent.exchange.limits
    if limits.daily_remaining is not None and limits.daily_remaining <= 0:
        return Kind.DAY
    return Kind.WINDOW if limits.is_known else Kind.OWN


def _window(sent: Sent, paces: Sequence[Pace]) -> float:
    path = _path(sent.exchange.path)
    return max((each.seconds for each in paces if fnmatchcase(path, each.path)), default=WINDOW_SECONDS)


def _told(use: Use) -> str:
    units = f"{counted(use.units, 'unit')} in " if use.units else ""
    return f"{_words(use.operation)}: {units}{counted(len(use.requests), 'request')}"


def _words(operation: str) -> str:
    return operation.replace("_", " ")


def _path(path: str) -> str:
    return path.partition("?")[0]
