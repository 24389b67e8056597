"""Explaining a match: the search itself is run, and tells what it asks and decides."""

from __future__ import annotations

from collections.abc import Sequence

from appconnect import hits
from appconnect.models import Contact
from appconnect.phone import PhoneNumber
from appconnect.workbench.contacts import Contacts
from appconnect.workbench.context import Context
from appconnect.workbench.matching import summaries
from appconnect.workbench.matching.expected import Expectation
from appconnect.workbench.matching.explanation import (
    Candidate,
    FieldSearch,
    FormAsked,
    MatchExplanation,
    PhoneSeen,
    RequestMade,
)
from appconnect.workbench.matching.number_read import read_number
from appconnect.workbench.matching.people import People
from appconnect.workbench.matching.records import forms_in, phones_elsewhere
from appconnect.workbench.matching.watched import Search, is_same_kind, kind_and_id


async def explain_match(
    context: Context, contacts: Contacts, typed: str, *, expected: str, overriding_format: str | Sequence[str]
) -> MatchExplanation:
    """Search for the number as `find_contact` does, and return what was asked, found and decided, and why."""
    region = context.environment.settings.default_region
    number, read = read_number(typed, context.connector, region)
    if number is None:
        return MatchExplanation(crm=context.title, number=read, summary=read.problem, error=read.problem)
    with Search(context).watched() as search:
        search.matches = await contacts.find(
            number.e164, is_extension=False, overriding_format=overriding_format
        )
    result = search.matches
    candidates = _candidates(search, number)
    lines = result.return_message.lines if result.return_message else []
    explained = MatchExplanation(
        crm=context.title,
        number=read,
        summary=summaries.of_match(context.title, read, candidates, result.error),
        forms=_forms(search, number),
        candidates=candidates,
        other_requests=_others(search),
        cost=search.cost("find_contact"),
        warnings=tuple(lines) if result.successful else (),
        error="" if result.successful else result.message,
        error_means=result.error.explanation if result.error else None,
    )
    if not expected.strip():
        return explained
    with Search(context).watched() as lookup:
        people = People(context, contacts, lookup)
        told, problem = await Expectation(people, number, explained, lookup).told(expected)
    updates = {"expected": told, "expected_problem": problem, "expected_cost": lookup.cost()}
    summary = " ".join([explained.summary, *(each.sentence for each in told[:1]), problem]).strip()
    return explained.model_copy(update={**updates, "summary": summary})


# -- what was asked --


def _forms(search: Search, number: PhoneNumber) -> tuple[FormAsked, ...]:
    """Return the spellings that were asked; where no connector tells them, they are read off the requests."""
    grouped: dict[tuple[tuple[str, ...], str], list[FieldSearch]] = {}
    for question in search.decisions.questions:
        seen = FieldSearch(
            fields=question.fields,
            requests=search.requests(question.requests),
            found=tuple(question.found),
            error=question.error,
            unasked=question.unasked,
        )
        grouped.setdefault((question.forms, question.kind), []).append(seen)
    told = [
        FormAsked(forms=forms, kind=kind, searches=tuple(searches))
        for (forms, kind), searches in grouped.items()
    ]
    return tuple(told) or tuple(
        FormAsked(
            forms=(form,),
            searches=(FieldSearch(fields=(name,), requests=(RequestMade.of(each),)),),
            is_told=False,
        )
        for each in search.exchanges
        for name, form in forms_in(each, number)
    )


def _others(search: Search) -> tuple[RequestMade, ...]:
    asked = {number for question in search.decisions.questions for number in question.requests}
    return search.requests([number for number in sorted(search.decisions.requests) if number not in asked])


# -- what came back --


def _candidates(search: Search, number: PhoneNumber) -> tuple[Candidate, ...]:
    """Return everybody who came back, matches first."""
    judged = [_judged(each, search, number) for each in search.decisions.candidates.values()]
    known = {each.id for each in judged if each.is_match}
    untold = [_untold(each, search, number) for each in search.contacts if each.id not in known]
    return tuple(sorted([*judged, *untold], key=lambda each: not each.is_match))


def _judged(candidate: hits.Candidate, search: Search, number: PhoneNumber) -> Candidate:
    contact = _contact_of(candidate.hit, search)
    is_match, because = bool(candidate.is_kept), candidate.because
    if is_match and contact is None:
        is_match, because = False, f"{because} But the connector did not return it."
    phones = tuple(PhoneSeen.of(each.field, each.comparison.stored, number) for each in candidate.phones)
    elsewhere = phones_elsewhere(search.answers, candidate.hit, candidate.name, phones, number)
    remarks = [f"The number also stands in {each.field}, which is not searched." for each in elsewhere]
    by = [question for question in search.decisions.questions if candidate.hit in question.found]
    if len(by) > 1:
        remarks.append(f"{len(by)} searches found it; it counts once.")
    return Candidate(
        hit=candidate.hit,
        id=kind_and_id(candidate.hit)[1],
        type=contact.type if contact else "",
        name=candidate.name or (contact.name if contact else ""),
        is_match=is_match,
        because=because,
        phones=(*phones, *elsewhere),
        found_by=tuple(dict.fromkeys(form for question in by for form in question.forms)),
        links=_links(contact) if contact else (),
        remarks=tuple(remarks),
    )


def _untold(contact: Contact, search: Search, number: PhoneNumber) -> Candidate:
    """Return a contact that the connector gave without telling why."""
    seen = PhoneSeen.of("", contact.phone, number)
    why = f"Its phone {contact.phone}: {seen.reason}" if contact.phone else "It came without a phone."
    return Candidate(
        hit=f"{contact.type or 'contact'} {contact.id}".lower(),
        id=contact.id,
        type=contact.type,
        name=contact.name,
        is_match=True,
        because=f"The connector returned it and does not tell why. {why}",
        phones=(seen,) if contact.phone else (),
        links=_links(contact),
    )


def _contact_of(hit: str, search: Search) -> Contact | None:
    """Return the contact that a hit became."""
    kind, number = kind_and_id(hit)
    same = (each for each in search.contacts if each.id == number)
    return next((each for each in same if is_same_kind(kind, each.type, search.contact_types)), None)


def _links(contact: Contact) -> tuple[str, ...]:
    """Return what the log form offers for a contact, counted by field."""
    return tuple(f"{field}: {len(choices)}" for field, choices in contact.choices.items())
