"""What is told of a match: the number as it was read, the searches, every hit with its reason, the cost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field

from appconnect.error_book import Explanation
from appconnect.http import Exchange
from appconnect.http.departures import Wait
from appconnect.phone import PhoneNumber, compare

if TYPE_CHECKING:
    from markupsafe import Markup


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class NumberRead(_Part):
    """A number as it was typed, and what it was understood as; ``problem`` says why it cannot be searched.

    ``region_from`` names the setting whose country was assumed, "" where the number says its country itself.
    ``extension`` is dialled after the number and is not searched for; ``remark`` is anything to know beside.
    """

    typed: str
    e164: str = ""
    formatted: str = ""
    country_code: str = ""
    region: str = ""
    national: str = ""
    extension: str = ""
    region_from: str = ""
    problem: str = ""
    remark: str = ""


class RequestMade(_Part):
    """A request of a search; ``shared_by`` is how many asked the same at once and were given its answer."""

    number: int
    method: str
    path: str
    status: int | None = None
    error: str = ""
    shared_by: int = 1
    tries: int = 1
    waits: tuple[Wait, ...] = ()

    @classmethod
    def of(cls, exchange: Exchange) -> Self:
        """Return an exchange as it is told."""
        return cls(
            number=exchange.number,
            method=exchange.method,
            path=exchange.path,
            status=exchange.status,
            error=exchange.error,
            shared_by=exchange.shared_by,
            tries=exchange.tries,
            waits=exchange.waits,
        )

    @property
    def outcome(self) -> str:
        """The status, or why no answer came."""
        shared = f", shared by {self.shared_by}" if self.shared_by > 1 else ""
        again = f", try {self.tries}" if self.tries > 1 else ""
        return f"{self.status or self.error}{again}{shared}"


class FieldSearch(_Part):
    """One search: the fields, the requests that it took, and the hits that it found, by kind and id.

    ``unasked`` says why it needed no request, "" for one that was sent.
    """

    fields: tuple[str, ...] = ()
    requests: tuple[RequestMade, ...] = ()
    found: tuple[str, ...] = ()
    error: str = ""
    unasked: str = ""


class FormAsked(_Part):
    """A spelling that was searched for among one kind of record; several where one query held them all.

    ``is_told`` is False where the connector does not tell what it asks, so that it was read off its
    what each of them found is not known then.
    """

    forms: tuple[str, ...]
    kind: str = ""
    searches: tuple[FieldSearch, ...] = ()
    is_told: bool = True

    @property
    def fields(self) -> list[str]:
        """The fields that were searched, each once."""
        return list(dict.fromkeys(name for search in self.searches for name in search.fields))

    @property
    def found(self) -> list[str]:
        """The hits, each once."""
        return list(dict.fromkeys(hit for search in self.searches for hit in search.found))

    @property
    def requests(self) -> list[RequestMade]:
        """The requests, in order."""
        return [request for search in self.searches for request in search.requests]

    @property
    def unasked(self) -> dict[str, list[str]]:
        """The fields that needed no request, by the reason."""
        why: dict[str, list[str]] = {}
        for search in self.searches:
            if search.unasked:
                why.setdefault(search.unasked, []).extend(search.fields)
        return why

    @property
    def errors(self) -> list[str]:
        """Why it was not answered whole, each reason once."""
        return list(dict.fromkeys(search.error for search in self.searches if search.error))


class PhoneSeen(_Part):
    """A phone of somebody beside the number: whether it is the same, and why or why not."""

    stored: str
    field: str = ""
    carries: bool = False
    reason: str = ""
    digits: str = ""
    extension: str = ""
    is_searched: bool = True

    @classmethod
    def of(cls, field: str, stored: str, number: PhoneNumber, *, is_searched: bool = True) -> Self:
        """Return a phone beside the number."""
        compared = compare(stored, number)
        return cls(
            stored=stored,
            field=field,
            carries=compared.carries,
            reason=compared.reason,
            digits=compared.number,
            extension=compared.extension,
            is_searched=is_searched,
        )


class Candidate(_Part):
    """Somebody whom the CRM returned: ``is_match`` because of ``because``.

    ``hit`` is the kind and id, ``type`` App Connect's word for the kind, ``found_by`` the spellings that
    found it, ``links`` what the log form offers for it, ``remarks`` anything else.
    """

    hit: str
    id: str = ""
    type: str = ""
    name: str = ""
    is_match: bool = False
    because: str = ""
    phones: tuple[PhoneSeen, ...] = ()
    found_by: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name with the kind and id behind it."""
        return f"{self.name} ({self.hit})" if self.name else self.hit

    @property
    def sentence(self) -> str:
        """The verdict with its reason."""
        return f"{self.label} is {'a' if self.is_match else 'no'} match. {self.because}"


class Cost(_Part):
    """What it took: requests, units of the CRM's budget, seconds by the workbench's clock, and each wait.

    ``units_from`` says whether the CRM told the units or its documentation does; None where nobody does.
    """

    requests: int = 0
    units: int | None = None
    units_from: str = ""
    seconds: float = 0.0
    waits: tuple[Wait, ...] = ()

    @property
    def waited_for(self) -> list[str]:
        """The waits, each kind once: "8 × 1 s: the limit of 10 requests in 1 s"."""
        counted = Counter((each.seconds, each.reason) for each in self.waits)
        return [f"{count} × {seconds:g} s: {reason}" for (seconds, reason), count in counted.items()]

    def __str__(self) -> str:
        requests = "1 request" if self.requests == 1 else f"{self.requests} requests"
        units = f", {self.units} units ({self.units_from})" if self.units is not None else ""
        waited = f", {self.seconds:.1f} s with {len(self.waits)} waits" if self.waits else ""
        return requests + units + waited


class MatchExplanation(_Part):
    """Why a number matched, or did not; ``print`` it, or end a cell with it.

    ``other_requests`` read what a search does not tell, such as deals. ``warnings`` are the operation's own.
    ``expected`` are those who were expected to match, with why each does or does not; ``expected_problem``
    says why nobody could be looked up. ``error`` is the sentence of a search that failed, ``error_means``
    what is known of that error.
    """

    crm: str
    number: NumberRead
    summary: str
    forms: tuple[FormAsked, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    other_requests: tuple[RequestMade, ...] = ()
    cost: Cost = Field(default_factory=Cost)
    warnings: tuple[str, ...] = ()
    error: str = ""
    error_means: Explanation | None = None
    expected: tuple[Candidate, ...] = ()
    expected_problem: str = ""
    expected_cost: Cost = Field(default_factory=Cost)

    @property
    def matches(self) -> list[Candidate]:
        """Who carries the number."""
        return [each for each in self.candidates if each.is_match]

    @property
    def dropped(self) -> list[Candidate]:
        """Whom the CRM returned and who is no match."""
        return [each for each in self.candidates if not each.is_match]

    def __repr__(self) -> str:
        return f"<MatchExplanation: {self.summary}>"

    def __str__(self) -> str:
        from appconnect.workbench.matching.told import lines

        return "\n".join(lines(self))

    def _repr_html_(self) -> Markup:
        from appconnect.workbench.matching.told import html

        return html(self)
