"""Insightly's search: the records of a kind that have this very text in one field.

https://api.na1.insightly.com/v3.1/#!/Contacts (``/Search`` with ``field_name`` and ``field_value``). Whether
case counts is not documented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from appconnect import hits
from appconnect.connectors.insightly.schemas import COLLECTIONS, MAX_PAGE, LeadRow, Person
from appconnect.errors import Forbidden, RecordingError, Rejected
from appconnect.http import CrmClient
from appconnect.http.paging import by_offset
from appconnect.operation_warnings import not_searched

NO_LEADS: Final = "Insightly does not let this user search its leads."


@dataclass(frozen=True)
class Question:
    """One exact search: the records of a kind that have this very value in a field."""

    kind: type[Person]
    field: str
    value: str

    @property
    def records(self) -> str:
        """What its records are called: "contacts"."""
        return COLLECTIONS[self.kind.kind].lower()


Answers = Mapping[Question, "list[Person] | Rejected | RecordingError"]
"""Who answers each question, or why Insightly refused it, or that a recording does not have it."""


async def ask(crm: CrmClient, questions: Sequence[Question]) -> Answers:
    """Ask the questions, all together."""
    answers = await crm.gather(_ask(crm, question) for question in questions)
    return dict(zip(questions, answers, strict=True))


def everybody(answers: Answers) -> list[Person]:
    """Return whoever answers the questions; a field that Insightly refuses to search is told.

    Raises the refusal when there is no other answer. An imported recording has what was asked alone.
    """
    refused = {
        (question.kind.kind, question.field): answer
        for question, answer in answers.items()
        if isinstance(answer, Rejected)
    }
    read = [each for each in answers.values() if isinstance(each, list)]
    errors = [each for each in answers.values() if not isinstance(each, list)]
    if errors and not read:
        raise errors[0]
    for (kind, field), error in refused.items():
        why = error.crm_message or error.message
        not_searched(kind, f"Insightly did not search the {field} of its {kind}s: {why}")
    return [each for answer in read for each in answer]


async def _ask(crm: CrmClient, question: Question) -> list[Person] | Rejected | RecordingError:
    rows = crm.rows(
        f"/{COLLECTIONS[question.kind.kind]}/Search", by_offset("skip", "top"), into=question.kind, at="",
        field_name=question.field, field_value=question.value, top=MAX_PAGE,
    )  # fmt: skip
    asked = hits.asked(
        rows, question.value, lambda row: row.label, fields=question.field, kind=question.records
    )
    try:
        return [row async for row in asked]
    except Rejected as error:
        return error
    except RecordingError as error:
        if crm.replaces_people:
            return error
        raise
    except Forbidden:
        if question.kind is LeadRow:  # accounts without Lead Management
            not_searched(LeadRow.kind, NO_LEADS, is_lasting=True)
            return []
        raise
