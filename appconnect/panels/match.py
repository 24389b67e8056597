"""Why did this number match, or not? Type it and whom you expected; see what was asked and decided."""

from __future__ import annotations

import ipywidgets as widgets
from markupsafe import Markup

from appconnect.display import NOTHING
from appconnect.errors import InputError
from appconnect.panels import styling
from appconnect.panels.panel import Panel, button, folded, row, text, toolbar
from appconnect.workbench import MatchExplanation, SpellingTable, Workbench
from appconnect.workbench.matching import told
from appconnect.workbench.matching.explanation import Candidate, NumberRead

EMPTY = "Nothing has been searched for yet. Type a number and press Enter."
NOT_TRIED = "No spelling has been tried."
NUMBERED = "Requests have the numbers of the traffic"
MAX_SHOWN = 20
"""Candidates that are listed; a common search has hundreds."""


class MatchPanel(Panel):
    """Explain a match. ``explained`` is what was told last, ``spellings`` the table that was tried last.

    ``number`` and ``expected`` are typed into the fields to begin with.
    """

    title = "Match"
    lead = "Why did this number match, or not? Type it and, if you like, whom you expected: a name or an id."

    def __init__(self, workbench: Workbench, number: str = "", expected: str = "") -> None:
        super().__init__(workbench)
        self.explained: MatchExplanation | None = None
        self.spellings: SpellingTable | None = None
        self.number = text("Number", "+1 415 555 0142", number, wide=True)
        self.expected = text("Expected", "Lena, or 504", expected, wide=True)
        self.formats = text("Number formats", "(***) ***-****", wide=True)
        self.formats.tooltip = "How numbers may be written in the CRM; * is a digit, commas separate"
        self.explain_button = button("Explain", main=True, hint="Search for the number and explain (Enter)")
        self.result = widgets.HTML(styling.empty(EMPTY))
        self.spellings_button = button("Try this number", hint="In a fresh sandbox with practice people")
        self.phones_button = button(
            "Try whom I expected", hint="Each phone as it stands in the CRM; read only"
        )
        self.table = widgets.HTML(styling.empty(NOT_TRIED))
        self.folded = folded(
            f"Which spellings does {workbench.title} find?",
            toolbar(self.spellings_button, self.phones_button),
            self.table,
        )
        self.on_click(self.explain_button, self.explain)
        self.on_click(self.spellings_button, self.try_spellings)
        self.on_click(self.phones_button, self.try_expected)
        for field in (self.number, self.expected, self.formats):
            self.on_enter(field, self.explain)
        self.show(
            row(self.number, self.expected),
            row(self.formats),
            toolbar(self.explain_button),
            self.status,
            self.result,
            self.folded,
        )

    async def explain(self) -> MatchExplanation | None:
        """Search for the number in the field, and show why it matched or not."""
        self.result.value, self.explained = NOTHING, None
        self.table.value, self.spellings = styling.empty(NOT_TRIED), None
        async with self.working("Searching…"):
            typed = self.number.value.strip()
            if not typed:
                self.result.value = styling.empty(EMPTY)
                raise InputError("Type a phone number first.")
            self.explained = explained = await self.workbench.explain_match(
                typed, expected=self.expected.value, overriding_format=self.formats.value
            )
            self.result.value = _explanation(explained)
            self._sum_up()
            return explained
        return None

    async def try_spellings(self) -> SpellingTable | None:
        """Store the number in ten spellings in a fresh sandbox, and show which are found."""
        return await self._try(number=self.number.value.strip())

    async def try_expected(self) -> SpellingTable | None:
        """Search for each phone of whom was expected, and show which is found."""
        if not (whom := self.expected.value.strip()):
            self.say("warning", "Type whom you expected first: a name or an id.")
            return None
        return await self._try(contact=whom)

    async def _try(self, *, number: str = "", contact: str = "") -> SpellingTable | None:
        self.table.value = NOTHING
        async with self.working("Trying spellings…"):
            self.spellings = table = await self.workbench.try_spellings(number, contact=contact)
            self.table.value = Markup('<div class="ac-spellings">{}</div>').format(table._repr_html_())
            self._sum_up()
            return table
        self.table.value = styling.empty(NOT_TRIED)
        return None

    def _sum_up(self) -> None:
        """Say what the explanation that is shown comes to."""
        if self.explained is None:
            self.status.value = NOTHING
        else:
            note = styling.note(_level(self.explained), self.explained.summary)
            self.status.value = note + styling.explained(self.explained.error_means)

    def about(self) -> str:
        """Return what the last explanation says."""
        return self.explained.summary if self.explained else "nothing explained yet"


def _level(explained: MatchExplanation) -> str:
    expected_is_missing = explained.expected_problem or not all(each.is_match for each in explained.expected)
    if explained.error or not explained.matches or expected_is_missing:
        return "warning"
    return "success"


# -- what is shown --


def _explanation(explained: MatchExplanation) -> Markup:
    """Return everything that is told, each part under a heading that opens and closes."""
    if not explained.number.e164:
        return told.number_table(explained.number)
    expected = {each.hit for each in explained.expected}
    others = [each for each in explained.candidates if each.hit not in expected]
    parts = [
        _people("Whom you expected", explained.expected, explained),
        _people("Who came back", others, explained),
        _part("How the number was read", told.number_table(explained.number, "")),
        _part(f"What {explained.crm} was asked", told.forms_table(explained, NUMBERED)),
        _part(f"What it took: {explained.cost}", told.cost_table(explained, "")),
    ]
    return Markup('<div class="ac-match">{}</div>').format(Markup("").join(parts))


def _people(heading: str, people: tuple[Candidate, ...] | list[Candidate], of: MatchExplanation) -> Markup:
    if not people:
        return NOTHING
    more = f", the first {MAX_SHOWN} of them" if len(people) > MAX_SHOWN else ""
    cards = Markup("").join(_card(each, of.number) for each in people[:MAX_SHOWN])
    return _part(f"{heading}: {len(people)}{more}", cards, is_open=True)


def _part(heading: str, body: Markup, *, is_open: bool = False) -> Markup:
    if not body:
        return NOTHING
    return Markup("<details{}><summary><b>{}</b></summary>{}</details>").format(
        Markup(" open") if is_open else NOTHING, heading, body
    )


def _card(candidate: Candidate, number: NumberRead) -> Markup:
    """Return one person: the verdict, why, and each phone beside the number."""
    facts = [candidate.because, *candidate.remarks]
    if candidate.found_by:
        facts.append(f"Found by {', '.join(candidate.found_by)}.")
    if candidate.links:
        facts.append(f"The log form offers {', '.join(candidate.links)}.")
    phones = [told.phone(each, number, candidate.because) for each in candidate.phones]
    return Markup(
        '<section class="ac-who {}"><div class="ac-verdict">{}</div><div><b>{}</b> '
        '<span class="ac-dim">{}</span>{}<ul>{}</ul></div></section>'
    ).format(
        "match" if candidate.is_match else "dropped",
        told.verdict(candidate),
        candidate.name or "without a name",
        candidate.hit,
        styling.lines(facts),
        Markup("").join(Markup("<li>{}</li>").format(each) for each in phones),
    )
