"""What a run of the contract came to: operation by platform, the first failure, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from appconnect.errors import ConfigurationError
from appconnect.operations import AS_CALLS, NOT_YET
from appconnect.testing.operations import ADDS, GUIDE_NAMES, LEVELS, OPERATIONS, Level, claimed, level_of

LEGEND = "✓ cases that pass, ✗ cases that are red, – unsupported, level: claimed from that level on"
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Failure:
    """A case that is red: ``expected`` and ``found`` are both sides of the comparison that failed, if any."""

    platform: str
    operation: str
    case: str
    place: str
    message: str
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        sides = [f"  expected: {self.expected}", f"  found:    {self.found}"]
        told = sides if self.expected or self.found else [f"  {line}" for line in self.message.splitlines()]
        return "\n".join([f"{self.title}: {self.operation or 'the contract itself'}", *told])

    @property
    def title(self) -> str:
        """The case as a sentence: ``a duration is kept [61]``."""
        return _as_sentence(self.case)


def _as_sentence(case: str) -> str:
    return case.removeprefix("test_").replace("_", " ").replace("[", " [")


@dataclass
class PlatformReport:
    """One platform: its level, and per operation how many cases there were and how many passed."""

    name: str
    title: str
    level: Level = "everything"
    unsupported: Mapping[str, str] = field(default_factory=dict)
    cases: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, str] = field(default_factory=dict)
    """Operations of which a case was left out, with the reason."""
    not_asked: dict[str, str] = field(default_factory=dict)
    """Cases that skipped themselves, with the reason."""

    def leave_out(self, operation: str, case: str, reason: str) -> None:
        """Count a case no longer that skipped itself."""
        self.cases[operation] -= 1
        self.left_out.setdefault(operation, reason)
        self.not_asked[case] = reason

    def why_not(self, operation: str) -> str:
        """Return why the operation is not supported, or not shown by any case; "" when it is."""
        if operation in self.unsupported:
            return self.unsupported[operation]
        return "" if self.cases[operation] else self.left_out.get(operation, "")

    def next_step(self) -> str:
        """Return what there is to do once everything is green."""
        later = LEVELS[LEVELS.index(self.level) + 1 :]
        if unwritten := self._unwritten():
            return f"{self.title}: {_to_write(unwritten)}"
        if later:
            added = ", ".join(ADDS[later[0]])
            return f'{self.title}: set level = "{later[0]}" in its contract; that adds {added}.'
        if self.unsupported:
            names = ", ".join(self.unsupported)
            return f"{self.title}: everything that it supports is shown; unsupported: {names}."
        return f"{self.title}: all fifteen operations are shown."

    def _unwritten(self) -> list[str]:
        """What the level claims and NOT_YET is said of, by the names in Python."""
        python_names = {guide_name: name for name, guide_name in GUIDE_NAMES.items()}
        return [
            python_names[name]
            for name in claimed(self.level)
            if self.unsupported.get(name, "").startswith(NOT_YET)
        ]


def _to_write(operations: Sequence[str]) -> str:
    """Return what to do about operations that are not written, inherited ones last."""
    first, *others = [f"`{name}`" for name in operations if name not in AS_CALLS] or [""]
    if first:
        after = f" After it: {', '.join(others)}." if others else ""
        return f"write {first} in connector.py and delete its line in `unsupported`.{after}"
    names = " and ".join(f"`{name}`" for name in operations)
    are = "they are kept as calls are, unless you write them"
    if len(operations) == 1:
        are = "it is kept as calls are, unless you write it"
    return f"take {names} out of `unsupported`: {are}."


@dataclass
class ContractReport:
    """A run of the contract for some platforms."""

    platforms: Sequence[PlatformReport]
    failures: Sequence[Failure]
    problems: Sequence[str]
    """Why test files could not be run at all."""

    @property
    def passed(self) -> bool:
        """Whether there were cases and all of them passed."""
        cases = sum(platform.cases.total() for platform in self.platforms)
        return cases > 0 and not self.failures and not self.problems

    def __str__(self) -> str:
        steps = (f"  {each}" for each in self.next_steps())
        told = [*self._not_asked(), "", *self._first_failure(), "What to do next:", *steps]
        return "\n".join([self.table(), *told])

    def next_steps(self) -> list[str]:
        """What to do, in sentences."""
        if self.problems:
            return ["Mend what keeps the tests from running, and run this again."]
        if self.failures:
            first, more = self.failures[0], len(self.failures) - 1
            also = f" {more} more are red; mend this one first." if more else ""
            return [f"Run this case by itself: pytest '{first.place}'.{also}"]
        return [platform.next_step() for platform in self.platforms]

    # -- tables --

    def table(self) -> str:
        """The results for a terminal: operations down, platforms across, reasons below."""
        rows = [["", *(platform.title for platform in self.platforms)], *self._rows()]
        widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
        ]
        return "\n".join([*(line.rstrip() for line in lines), LEGEND, *self._footnotes()])

    def markdown(self) -> str:
        """The results for a README, with footnotes."""
        lines = [f"| operation | {' | '.join(platform.title for platform in self.platforms)} |"]
        lines.append(f"|---|{'---|' * len(self.platforms)}")
        lines += [f"| `{operation}` | {' | '.join(cells)} |" for operation, *cells in self._rows()]
        notes = self._footnotes()
        return "\n".join([*lines, *(["", "<br>\n".join(notes)] if notes else [])])

    def written_into(self, text: str) -> str:
        """Return a README's text with the table between its marks; ConfigurationError without them."""
        return written_between(text, "contract", self.markdown())

    def _rows(self) -> Iterator[list[str]]:
        for operation in OPERATIONS:
            yield [operation, *(self._cell(platform, operation) for platform in self.platforms)]

    def _cell(self, platform: PlatformReport, operation: str) -> str:
        cases, passed = platform.cases[operation], platform.passed[operation]
        if operation not in claimed(platform.level):
            return f'level "{level_of(operation)}"'
        if reason := platform.why_not(operation):
            return f"–{self._mark(reason)}"
        if not cases:
            return "not run"
        return f"✓ {cases}" if passed == cases else f"✗ {cases - passed} red, {passed} ✓"

    def _reasons(self) -> list[str]:
        reasons = [
            platform.why_not(operation)
            for operation in OPERATIONS
            for platform in self.platforms
            if operation in claimed(platform.level)
        ]
        return [reason for reason in dict.fromkeys(reasons) if reason]

    def _mark(self, reason: str) -> str:
        return str(self._reasons().index(reason) + 1).translate(SUPERSCRIPT)

    def _footnotes(self) -> list[str]:
        return [f"{self._mark(reason)} {reason}" for reason in self._reasons()]

    def _not_asked(self) -> list[str]:
        return [
            f"Not asked of {platform.title}: {_as_sentence(case.rpartition('::')[2])}. {reason}"
            for platform in self.platforms
            for case, reason in platform.not_asked.items()
        ]

    def _first_failure(self) -> list[str]:
        if self.problems:
            return ["This could not be run:", *self.problems, ""]
        if self.failures:
            first = self.failures[0]
            name = next((each.title for each in self.platforms if each.name == first.platform), "")
            return [f"First failure, {name}: {first}", ""]
        return []


def written_between(text: str, name: str, table: str) -> str:
    """Return a README's text with a table between the marks of its name; ConfigurationError without them."""
    opening, closing = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = text.partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end:
        raise ConfigurationError(f"The table needs its place, between the lines {opening} and {closing}.")
    return f"{before}{opening}\n{table}\n{closing}{after}"
