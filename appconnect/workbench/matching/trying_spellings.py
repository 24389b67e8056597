"""Trying spellings: of a number, on practice people in a sandbox of their own; or of a contact, as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from appconnect import phone
from appconnect.errors import InputError, NotSupported, UnusableNumber
from appconnect.phone import PhoneNumber
from appconnect.phone.spellings import spellings, templates
from appconnect.settings import Mode
from appconnect.text.quotation import quotation
from appconnect.workbench.contacts import Contacts
from appconnect.workbench.context import Context
from appconnect.workbench.matching.number_read import read_number
from appconnect.workbench.matching.people import People, Person
from appconnect.workbench.matching.spelling_table import SpellingTable, SpellingTried
from appconnect.workbench.matching.watched import Search

if TYPE_CHECKING:
    from appconnect.workbench.workbench import Workbench

PRACTICE: Final = "Spelling"
"""First name of practice people; the last name is which spelling is theirs."""
MAX_PHONES: Final = 5
"""Phones of a contact that are searched for, each one search."""
NOT_FOUND: Final = "The search does not find it."


# -- on practice people --


async def try_spellings(context: Context, typed: str) -> SpellingTable:
    """Store the number in many spellings in a fresh sandbox, and search for it there as a match does.

    Raises NotSupported for a platform without a sandbox, InputError for what is no number.
    """
    number, read = read_number(typed, context.connector, context.environment.settings.default_region)
    if number is None:
        raise InputError(read.problem)
    stored = spellings(number)
    practice = await _practice(context, stored)
    own = await _found(practice, number)
    more = _single(await _found(practice, number, templates(number)))
    await practice.close()
    rows = [_row(_name(place), text, own, more) for place, text in enumerate(stored, 1)]
    return SpellingTable(
        crm=context.title,
        number=number.formatted,
        rows=tuple(rows),
        asked_by_match=tuple(_forms(own)),
        requests=len(own.exchanges),
    )


async def _practice(context: Context, stored: list[str]) -> Workbench:
    """Return a workbench in a sandbox where each spelling is the number of a person of its own."""
    from appconnect.sandbox.cast import CastMember
    from appconnect.workbench.environment import environment
    from appconnect.workbench.sandboxes import make_sandbox
    from appconnect.workbench.workbench import Workbench

    platform = context.definition
    if platform.sandbox is None:
        raise NotSupported(f"{context.title} has no sandbox to try spellings in; try those of a contact.")
    sandbox = make_sandbox(platform)
    try:
        for place, text in enumerate(stored, 1):
            sandbox[platform.name].add_person(CastMember(PRACTICE, _word(place), text))
    except NotImplementedError as error:
        raise NotSupported(str(error)) from None
    own = environment(platform, Mode.SANDBOX, scenario="spellings", record=False, sandbox=sandbox)
    apart = replace(own, history=None)  # what the person did is kept, not this
    practice = Workbench(platform, apart, settings=context.account.settings, options={})
    (await practice.sign_in()).raise_for_error()
    return practice


async def _found(practice: Workbench, number: PhoneNumber, formats: str = "") -> Search:
    with Search(practice.context).watched() as search:
        result = await practice.find_contact(number.e164, overriding_format=formats)
    search.matches = result.raise_for_error()
    return search


def _word(place: int) -> str:
    return "".join(chr(ord("A") + int(figure)) for figure in f"{place:02}") + "son"


def _name(place: int) -> str:
    return f"{PRACTICE} {_word(place)}"


def _row(name: str, stored: str, own: Search, more: Search) -> SpellingTried:
    """Return what became of one practice person."""
    judged = [each for each in own.decisions.candidates.values() if each.name == name]
    is_match = name in [each.name for each in own.contacts]
    return SpellingTried(
        stored=stored,
        found_by=_found_by(name, own) | _found_by(name, more),
        is_match=is_match,
        because="" if is_match else judged[0].because if judged else NOT_FOUND,
    )


def _forms(search: Search) -> list[str]:
    """Return the texts that were searched for, each once; those of one query are one."""
    return list(dict.fromkeys(_together(each.forms) for each in search.decisions.questions))


def _single(search: Search) -> Search:
    """Forget what was asked in one query together: which of its texts found somebody is not known."""
    decisions = search.decisions
    decisions.questions = [each for each in decisions.questions if len(each.forms) == 1]
    return search


def _together(forms: tuple[str, ...]) -> str:
    return " or ".join(forms)


def _found_by(name: str, search: Search) -> dict[str, bool]:
    hits = {each.hit for each in search.decisions.candidates.values() if each.name == name}
    found = dict.fromkeys(_forms(search), False)
    for question in search.decisions.questions:
        if hits & set(question.found):
            found[_together(question.forms)] = True
    return found


# -- of a contact, as it is --


async def try_phones_of(context: Context, contacts: Contacts, whom: str) -> SpellingTable:
    """Search for each phone of a contact, by its name or id, as it stands in the CRM; nothing is written."""
    with Search(context).watched() as lookup:
        found, problem = await People(context, contacts, lookup).find(" ".join(whom.split()))
    if not found:
        return SpellingTable(crm=context.title, number="", rows=(), problem=problem)
    if len(found) > 1:
        names = ", ".join(each.label for each in found)
        problem = f"Several people are found under the name “{quotation(whom)}”: {names}. Give the id of one."
        return SpellingTable(crm=context.title, number="", rows=(), problem=problem)
    person = found[0]
    rows = [await _tried(context, contacts, person, stored) for _, stored in person.phones[:MAX_PHONES]]
    asked = dict.fromkeys(form for row in rows for form in row.found_by)
    problem = "" if rows else f"{person.label} has no phone in the fields that are searched."
    return SpellingTable(
        crm=context.title, number="", rows=tuple(rows), asked_by_match=tuple(asked), whose=person.label,
        problem=problem,
    )  # fmt: skip


async def _tried(context: Context, contacts: Contacts, person: Person, stored: str) -> SpellingTried:
    try:
        number = phone.parse(stored, region=context.environment.settings.default_region)
    except UnusableNumber as error:
        return SpellingTried(stored=stored, found_by={}, is_match=False, because=error.message)
    with Search(context).watched() as search:
        result = await contacts.find(number.e164, is_extension=False, overriding_format="")
    search.matches = result.raise_for_error()
    is_match = person.id in [each.id for each in search.contacts]
    found = dict.fromkeys(_forms(search), False)
    for question in search.decisions.questions:
        if person.hit in question.found:
            found[_together(question.forms)] = True
    return SpellingTried(
        stored=stored, found_by=found, is_match=is_match, because="" if is_match else NOT_FOUND
    )
