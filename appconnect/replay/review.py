"""What a person reads of a live recording before it is saved where others see it.

What was replaced is counted with some of the pseudonyms; what was kept is named, with the reason, and shown,
for only a person can tell that "Weekly call with the mayor" says too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import JsonValue

from appconnect.redaction import Pseudonymizer, RedactionRules
from appconnect.redaction.known_people import is_id_name
from appconnect.redaction.pseudonyms import is_pseudonym
from appconnect.replay.cassette import Cassette
from appconnect.text.quotation import quotation

SAMPLES = 3
MAX_SAMPLE = 60
_KINDS = {
    "word": "words of names, places and texts",
    "number": "phone numbers and other numbers of people",
    "identifier": "numbers with letters, such as of a passport",
    "email": "e-mail addresses",
    "iban": "account numbers",
    "ip": "IP addresses",
    "birth": "dates of birth",
    "date": "dates of birth",
}
_PLACEHOLDER = re.compile("<[0-9A-Za-z_-]{1,64}>")


@dataclass
class Finding:
    """What was found of one kind, or in fields of one name: how often, and some of it."""

    count: int = 0
    samples: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Count a text, and keep it as a sample if there are few."""
        self.count += 1
        sample = quotation(text, MAX_SAMPLE)
        if len(self.samples) < SAMPLES and sample not in self.samples:
            self.samples.append(sample)

    def __str__(self) -> str:
        return f"{self.count}: {', '.join(self.samples)}"


class Review:
    """The summary of a recording: what was replaced, what was kept and why, which texts remain."""

    def __init__(self, cassette: Cassette, rules: RedactionRules) -> None:
        self.replaced: dict[str, Finding] = {}
        self.kept: dict[str, dict[str, Finding]] = {}
        self.texts: dict[str, Finding] = {}
        self._settings_paths = re.compile(rules.people.settings_paths)
        self._pseudonymizer = Pseudonymizer(rules)
        self._about = cassette.header
        self._count = len(cassette.exchanges)
        for each in cassette.exchanges:
            is_settings = self._settings_paths.search(each.request.url) is not None
            for message in (each.request, each.response):
                shown = message.model_dump(exclude={"method", "status"})
                for name, value in _leaves("", shown):
                    self._look_at(name, value, is_settings=is_settings)
        done = [each.model_dump(include={"arguments", "result"}) for each in cassette.operations]
        for name, value in _leaves("", [cassette.setup.model_dump(), *done]):
            self._look_at(name, value, is_settings=False)

    def lines(self) -> Iterator[str]:
        """Iterate over the lines of the summary."""
        about = self._about
        when = f"{about.recorded_at:%Y-%m-%d %H:%M}"
        yield f"{about.crm}/{about.scenario}: {self._count} requests, recorded {when}"
        yield "Replaced by pseudonyms:"
        yield from (f"  {kind}, {found}" for kind, found in self.replaced.items())
        yield from () if self.replaced else ["  nothing"]
        for reason, fields in self.kept.items():
            yield f"Kept, {reason}:"
            yield from (f"  {name}, {found}" for name, found in sorted(fields.items()))
        yield "Texts that remain; read these:"
        yield from (f"  {name}, {found}" for name, found in sorted(self.texts.items()))
        yield from () if self.texts else ["  none"]

    # -- how --

    def _look_at(self, name: str, value: str, *, is_settings: bool) -> None:
        rest = value
        for part in reversed(list(self._pseudonymizer.parts(value))):
            kind = _KINDS.get(str(part.lastgroup), "")
            if kind and is_pseudonym(str(part.lastgroup), part[0]):
                self.replaced.setdefault(kind, Finding()).add(part[0])
                rest = rest[: part.start()] + rest[part.end() :]
        rest = _PLACEHOLDER.sub("", rest)
        if not re.search(r"\w", rest):
            return
        reason = _reason(name, rest, is_settings=is_settings)
        found = self.kept.setdefault(reason, {}) if reason else self.texts
        found.setdefault(name, Finding()).add(value)


def _reason(name: str, rest: str, *, is_settings: bool) -> str:
    """Return why a value was kept; "" for a text that a person should read."""
    if is_id_name(name):
        return "for they are ids of the CRM"
    if not re.search(r"[^\W\d_]", re.sub(r"\dT\d|\dZ\b", "", rest)):
        return "for they are numbers or dates"
    if is_settings:
        return "for they are settings of the CRM and nobody's"
    if name == "url" or name.startswith("headers."):
        return "for the connector reads them in addresses and headers"
    return ""


def _leaves(name: str, value: JsonValue) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(f"headers.{key}" if name == "headers" else key, each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(name, each)
    elif isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield name, str(value)
