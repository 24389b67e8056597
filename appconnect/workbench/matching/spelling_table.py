"""Which stored spellings a CRM's search finds by which searched ones: a table of what was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from appconnect import display

if TYPE_CHECKING:
    from pandas import DataFrame


class SpellingTried(BaseModel):
    """A stored spelling: by which searched texts it is found, and whether the match finds it in total.

    ``found_by`` tells it by searched text; a CRM that is asked all texts in one query has one entry for all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    stored: str
    found_by: dict[str, bool]
    is_match: bool
    because: str = ""


class SpellingTable(BaseModel):
    """Stored spellings of a number against searched ones, in one CRM.

    ``asked_by_match`` are the searched texts that a match asks by itself; the others were tried beside them.
    ``whose`` is the contact whose phones these are, "" for practice people in a sandbox of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    crm: str
    number: str
    rows: tuple[SpellingTried, ...]
    asked_by_match: tuple[str, ...] = ()
    whose: str = ""
    requests: int = 0
    problem: str = ""

    @property
    def forms(self) -> list[str]:
        """The searched texts, those that a match asks first."""
        tried = [form for row in self.rows for form in row.found_by]
        return list(dict.fromkeys([*(each for each in self.asked_by_match if each in tried), *tried]))

    @property
    def summary(self) -> str:
        """How many of the spellings a match finds, in one sentence."""
        if self.problem:
            return self.problem
        found = sum(each.is_match for each in self.rows)
        missed = ", ".join(each.stored for each in self.rows if not each.is_match)
        whose = f"that {self.whose} has" if self.whose else f"of {self.number} in the sandbox"
        more = f"; not found: {missed}" if missed else ""
        return f"A match in {self.crm} finds {found} of {len(self.rows)} stored spellings {whose}{more}."

    def to_dataframe(self) -> DataFrame:
        """Return a row per stored spelling and a column per searched one: "found", "not", or ""."""
        rows = [
            {"stored": row.stored, **{form: word(row, form) for form in self.forms}, "match": row.is_match}
            for row in self.rows
        ]
        return display.data_frame(rows, ["stored", "match"])

    def __repr__(self) -> str:
        return f"<SpellingTable: {self.summary}>"

    def __str__(self) -> str:
        rows = [
            f"  {row.stored}: {'match' if row.is_match else row.because}; found by {_finders(row)}"
            for row in self.rows
        ]
        return "\n".join([self.summary, *rows])

    def _repr_html_(self) -> Markup:
        return html(self)


def html(table: SpellingTable) -> Markup:
    """Return the table, below a sentence that sums it up."""
    said = Markup("<p><b>{}</b></p>").format(table.summary)
    if not table.rows:
        return said
    own = set(table.asked_by_match)
    heads = [
        Markup("<code>{}</code><br><small>{}</small>").format(form, "asked" if form in own else "only tried")
        for form in table.forms
    ]
    rows = [
        (
            Markup("<code>{}</code>").format(row.stored),
            "✓ found" if row.is_match else f"✕ {row.because}",
            *(_cell(row, form) for form in table.forms),
        )
        for row in table.rows
    ]
    how = "Down: as it is stored. Across: as it is searched for; “asked” is what a match asks by itself."
    return (
        said
        + Markup("<p>{}</p>").format(how)
        + display.table("Spellings", ("Stored as", "By a match", *heads), rows)
    )


def word(row: SpellingTried, form: str) -> str:
    """Return whether a searched text finds a stored one: "found", "not", or "" where it was not tried."""
    return {True: "found", False: "not", None: ""}[row.found_by.get(form)]


def _cell(row: SpellingTried, form: str) -> str:
    return {"found": "✓ yes", "not": "– no", "": ""}[word(row, form)]


def _finders(row: SpellingTried) -> str:
    return ", ".join(form for form, is_found in row.found_by.items() if is_found) or "none"
