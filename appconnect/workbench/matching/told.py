"""An explanation for people: lines of text, and HTML in which all foreign text is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from appconnect import display
from appconnect.display import NOTHING
from appconnect.text.quotation import shortened
from appconnect.workbench.matching.explanation import (
    Candidate,
    FormAsked,
    MatchExplanation,
    NumberRead,
    PhoneSeen,
    RequestMade,
)

MAX_ROWS = 10
COLUMNS_OF_FORMS = ("Searched for", "Among", "Fields", "Requests", "Found")
COLUMNS_OF_CANDIDATES = ("Who", "Verdict", "Because", "Phones", "Found by")


def lines(explained: MatchExplanation) -> Iterator[str]:
    """Yield the explanation as lines of text."""
    yield explained.summary
    for name, value in number_facts(explained.number).items():
        yield f"  {name}: {value}"
    for form in explained.forms:
        among = f"{form.kind} for" if form.kind else "for"
        yield f"  searched {among} {', '.join(form.forms)}: {found(form)}"
    for each in explained.candidates:
        yield f"  {verdict(each)} {each.label}: {each.because}"
    for each in explained.expected:
        yield f"  expected: {each.sentence}"
    yield f"  cost: {explained.cost}"


def html(explained: MatchExplanation) -> Markup:
    """Return the explanation as it stands below a cell."""
    parts = [Markup("<p><b>{}</b></p>").format(explained.summary), number_table(explained.number)]
    parts += [forms_table(explained), candidates_table(explained), cost_table(explained)]
    return Markup("").join(parts)


# -- the number --


def number_facts(number: NumberRead) -> dict[str, str]:
    """Return what the number was understood as, by name, without what does not apply."""
    region = f"{number.region or 'none'}, +{number.country_code}" if number.country_code else ""
    if number.region_from:
        region += f", assumed from {number.region_from}, for the number does not say its country"
    facts = {
        "typed": number.typed,
        "read as": number.formatted,
        "country": region,
        "national number": number.national,
        "extension": f"{number.extension}, which is not searched for" if number.extension else "",
        "cannot be used": number.problem,
        "note": number.remark,
    }
    return {name: value for name, value in facts.items() if value}


def number_table(number: NumberRead, caption: str = "The number") -> Markup:
    """Return what the number was understood as."""
    return display.facts(number_facts(number), caption)


# -- what was asked --


def forms_table(explained: MatchExplanation, caption: str = "What the CRM was searched for") -> Markup:
    """Return every spelling that was asked, with its requests and what these found."""
    rows = [
        (_codes(each.forms), each.kind, _fields(each), requests_of(each), found(each))
        for each in explained.forms
    ]
    if not rows:
        return NOTHING
    note = "" if all(each.is_told for each in explained.forms) else ", read off the requests"
    return _table(caption + note, COLUMNS_OF_FORMS, rows)


def requests_of(form: FormAsked) -> str:
    """Return the requests that a spelling took in few words, and why some fields needed none."""
    unasked = [f"{_in_fields(names)}: {why}" for why, names in form.unasked.items()]
    is_sent = not form.searches or any(not each.unasked for each in form.searches)
    return "; ".join([*([requests(form.requests)] if is_sent else []), *unasked])


def _in_fields(names: list[str]) -> str:
    return "none for one field" if len(names) == 1 else f"none for {len(names)} fields"


def requests(made: list[RequestMade]) -> str:
    """Return requests in few words: "No. 3 → 200"; many together."""
    if not made:
        return "none of its own; another request's answer was shared"
    outcomes = dict.fromkeys(each.outcome for each in made)
    numbers = str(made[0].number) if len(made) == 1 else f"{made[0].number}–{made[-1].number}"
    count = "No." if len(made) == 1 else f"{len(made)}, No."
    return f"{count} {numbers} → {', '.join(outcomes)}"


def found(form: FormAsked) -> str:
    """Return how many hits a spelling found, and which."""
    if not form.is_told:
        return "not told"
    hits = form.found
    shown = ", ".join(hits[:5]) + (f" and {len(hits) - 5} more" if len(hits) > 5 else "")
    told = [f"{len(hits)}: {shown}" if hits else "nobody", *form.errors]
    return "; ".join(told)


def _fields(form: FormAsked) -> str:
    return ", ".join(form.fields) or "not told"


def _codes(texts: tuple[str, ...]) -> Markup:
    shown = Markup(", ").join(Markup("<code>{}</code>").format(each) for each in texts)
    return Markup("{} <small>in one query</small>").format(shown) if len(texts) > 1 else shown


# -- what came back --


def candidates_table(explained: MatchExplanation) -> Markup:
    """Return everybody who came back and whoever was expected, with the verdict and why."""
    expected = {each.hit for each in explained.expected}
    rows = [candidate_row(each, explained.number) for each in explained.expected]
    rows += [
        candidate_row(each, explained.number) for each in explained.candidates if each.hit not in expected
    ]
    return _table("Who came back, and what became of them", COLUMNS_OF_CANDIDATES, rows) if rows else NOTHING


def verdict(candidate: Candidate) -> str:
    """Return the verdict with a sign before it."""
    return "✓ match" if candidate.is_match else "✕ no match"


def candidate_row(candidate: Candidate, number: NumberRead) -> tuple[object, ...]:
    """Return a row of `COLUMNS_OF_CANDIDATES`."""
    who = Markup("<b>{}</b> {}").format(candidate.name or "without a name", candidate.hit)
    because = Markup("<br>").join([candidate.because, *candidate.remarks, *_linked(candidate)])
    phones = (
        Markup("<br>").join(phone(each, number, candidate.because) for each in candidate.phones) or "none"
    )
    return who, verdict(candidate), because, phones, _codes(candidate.found_by) or "not found by number"


def _linked(candidate: Candidate) -> list[str]:
    return [f"The log form offers {', '.join(candidate.links)}."] if candidate.links else []


def phone(seen: PhoneSeen, number: NumberRead, because: str = "") -> Markup:
    """Return a phone with its field and the reason, its digits marked where they are not the number's.

    ``because`` was told already.
    """
    field = f" in {seen.field}" if seen.field else ""
    searched = "" if seen.is_searched else ", which is not searched"
    extension = f", extension {seen.extension}" if seen.extension else ""
    reason = "" if seen.reason in because else f": {seen.reason}"
    about = Markup("{} <code>{}</code>{}{}{}{}").format(
        "=" if seen.carries else "≠", shortened(seen.stored), field, extension, searched, reason
    )
    return about if seen.carries or not seen.digits else about + differing(seen.digits, number)


def differing(digits: str, number: NumberRead) -> Markup:
    """Return the digits below the number's, those that differ marked.

    They stand where the number is in them, or else end together.
    """
    own, sought = digits.lstrip("+"), number.e164.lstrip("+")
    if number.national in own:
        sought = number.national
        place = own.index(sought)
    else:
        place = len(own) - len(sought)
    above, below = " " * place + sought, " " * -place + own
    width = max(len(above), len(below))
    signs = [
        Markup("{}").format(mine) if mine == theirs else Markup("<mark>{}</mark>").format(mine)
        for mine, theirs in zip(below.ljust(width), above.ljust(width), strict=True)
    ]
    return Markup('<pre class="ac-digits">{} the number\n{} this phone</pre>').format(
        above.ljust(width), Markup("").join(signs)
    )


# -- what it took --


def cost_table(explained: MatchExplanation, caption: str = "What it took") -> Markup:
    """Return what the search took, what else was read, and what went wrong."""
    facts: dict[str, object] = {"the search": explained.cost}
    if explained.other_requests:
        facts["also read"] = Markup("<br>").join(
            Markup("<code>{} {}</code> → {}").format(each.method, shortened(each.path), each.outcome)
            for each in explained.other_requests[:MAX_ROWS]
        )
    if explained.cost.waits:
        facts["waits"] = "; ".join(explained.cost.waited_for[:MAX_ROWS])
    if explained.warnings:
        facts["the search adds"] = " ".join(explained.warnings)
    if explained.expected or explained.expected_problem:
        facts["looking up who was expected"] = explained.expected_cost
    return display.facts(facts, caption)


def _table(caption: str, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> Markup:
    more = f", the first {MAX_ROWS} of {len(rows)}" if len(rows) > MAX_ROWS else ""
    return display.table(caption + more, columns, rows[:MAX_ROWS])
