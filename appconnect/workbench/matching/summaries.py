"""The sentences that sum an explanation up."""

from __future__ import annotations

from collections.abc import Sequence

from appconnect.errors import AppConnectError
from appconnect.phone import PhoneNumber, nearest, template_of
from appconnect.workbench.matching.explanation import Candidate, NumberRead, PhoneSeen

MAX_NAMED = 5


def of_match(
    title: str, number: NumberRead, candidates: Sequence[Candidate], error: AppConnectError | None
) -> str:
    """Return whom a number matches, and how many were dropped."""
    if error is not None:
        return f"{title} was not searched to the end for {number.formatted}: {error.message}"
    matches = [each for each in candidates if each.is_match]
    dropped = len(candidates) - len(matches)
    whom = named([each.label for each in matches]) or "nobody"
    more = f"; {dropped} more came back and {'was' if dropped == 1 else 'were'} dropped" if dropped else ""
    if not candidates:
        more = ", for the search gave no hit at all"
    return f"{number.formatted} matches {whom} in {title}{more}."


def named(names: Sequence[str]) -> str:
    """Return a list of names for people."""
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def why_not(phones: Sequence[PhoneSeen], number: PhoneNumber, forms: Sequence[str]) -> str:
    """Return why somebody who was not found is no match, from the phones that the record has."""
    searched = [each for each in phones if each.is_searched]
    if carrying := [each for each in searched if each.carries]:
        return _not_found(carrying[0], number, forms)
    if elsewhere := [each for each in phones if not each.is_searched]:
        return f"The number stands in {elsewhere[0].field}, a field that is not searched."
    best = nearest([each.stored for each in searched], number)
    if best is None:
        return "There is no phone number in the fields that are searched."
    return next(f"{_where(each)}: {best.reason}" for each in searched if each.stored == best.stored)


def _not_found(phone: PhoneSeen, number: PhoneNumber, forms: Sequence[str]) -> str:
    template = template_of(phone.stored, number)
    advice = f" The number format {template} would ask for it." if template else ""
    return (
        f"{_where(phone)} is this number, but no spelling that was asked for finds it as it is written. "
        f"Asked were {named(forms) or 'none'}.{advice}"
    )


def as_expected(candidate: Candidate) -> Candidate:
    """Return somebody whom the search gave, with the phone named that decided it."""
    decisive = [
        each
        for each in candidate.phones
        if (each.carries if candidate.is_match else each.reason == candidate.because)
    ]
    phone = f"{_where(decisive[0])}: " if decisive else ""
    return candidate.model_copy(update={"because": f"{phone}{candidate.because}"})


def _where(phone: PhoneSeen) -> str:
    return f"{phone.stored} in {phone.field}" if phone.field else phone.stored
