"""How the bodies of message logs are laid out in HTML, Markdown and plain text, and where a message is added.

A body is taken apart at its count ("Conversation(2 messages)") and its list; what is not found there is left
as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from appconnect.models import LogFormat
from appconnect.text.html import closing_tags, escaped, escaped_text, tokens
from appconnect.text.lines import line_break

SIGNATURE = "--- Created via RingCentral App Connect"

_RULE = "------------"
_COUNT = re.compile(r"([#\s]*+Conversation\()(\d{1,9})((?:\s|&nbsp;|&#160;)messages\)\s*+)")


class Composed(NamedTuple):
    """A log's subject and its body in the CRM's format."""

    subject: str
    body: str


class Item(NamedTuple):
    """A message in a conversation."""

    who: str
    time: str
    text: str


class Layout(Protocol):
    """What a format does for message logs."""

    def conversation(self, title: str, day: str, people: Sequence[str], item: Item) -> str:
        """A conversation with its first message."""

    def document(self, title: str, label: str, address: str) -> str:
        """A voicemail's or fax's log."""

    def append(self, existing: str, item: Item) -> str:
        """The body with one more message."""


def _one_more(counted: str) -> str:
    """The text with its count gone up, if it is one."""
    match = _COUNT.fullmatch(counted)
    return f"{match[1]}{int(match[2]) + 1}{match[3]}" if match else counted


def _landmarks(texts: Sequence[str], rules: Sequence[int]) -> tuple[int | None, int]:
    """Where among the texts the count is, right before "BEGIN", and the rule that the list begins with.

    People may be named like either. Where "BEGIN" is gone, the count is the last one above the first rule.
    """
    counts = [at for at, text in enumerate(texts) if _COUNT.fullmatch(text)]
    count = next(
        (at for at in counts if [text.strip() for text in texts[at + 1 : at + 2]] == ["BEGIN"]), None
    )
    rule = next((at for at in rules if count is None or at > count), len(texts))
    if count is None:
        count = next((at for at in reversed(counts) if at < rule), None)
    return count, rule


class Html:
    """Messages are items of the list between two rules."""

    def conversation(self, title: str, day: str, people: Sequence[str], item: Item) -> str:
        """A conversation with its first message."""
        agent, *others = [escaped(name) for name in people]
        participants = f"<li><b>{agent}</b><br></li>" + "".join(f"<li><b>{name}</b></li>" for name in others)
        return (
            f"<br><b>{escaped(title)}</b><br><b>Conversation summary</b><br>{day}<br>"
            f"Participants<br><ul>{participants}</ul><br>"
            f"Conversation(1 messages)<br>BEGIN<br>{_RULE}<br><ul>{self._item(item)}</ul>{_RULE}<br>END"
            f"<br><br>{SIGNATURE}"
        )

    def document(self, title: str, label: str, address: str) -> str:
        """A voicemail's or fax's log; the address is text, so it can lead nowhere unsafe."""
        return f"<br><b>{escaped(title)}</b><br>{label}: {escaped(address)} <br><br>{SIGNATURE}"

    def append(self, existing: str, item: Item) -> str:
        """The body with one more message in its list, or in a new list at the end."""
        body = tokens(existing)
        sources = [token.source for token in body]
        places = [at for at, token in enumerate(body) if not token.name and not token.blank]
        texts = [sources[at] for at in places]
        rules = [at for at, text in enumerate(texts) if text.strip().startswith(_RULE)]
        count, first = _landmarks(texts, rules)
        if count is not None:
            sources[places[count]] = _one_more(texts[count])
        rule = places[first] if first < len(places) else len(body)
        closed = closing_tags(body, "ul")
        opened = next((at for at in range(rule, len(body)) if at in closed), None)
        if opened is None:
            return f"{''.join(sources)}<ul>{self._item(item)}</ul>"
        sources[closed[opened]] = self._item(item) + sources[closed[opened]]
        return "".join(sources)

    @staticmethod
    def _item(item: Item) -> str:
        return f"<li>{escaped(item.who)} {item.time}<br><b>{escaped_text(item.text)}</b></li>"


@dataclass(frozen=True)
class Lines:
    """Messages stand between two rules; Markdown and plain text differ in their marks only.

    Texts are not escaped: a log of messages is never read back, and a message that contains a rule of its own
    stands before the last one.
    """

    title: str
    heading: str
    subheading: str
    person: str
    who: str
    rule: str
    paragraph: str

    def conversation(self, title: str, day: str, people: Sequence[str], item: Item) -> str:
        """A conversation with its first message."""
        participants = "".join(f"{self.person}{name}\n" for name in people)
        return (
            f"\n{self.title.format(title)}\n{self.heading}Conversation summary\n{day}\n{self.paragraph}"
            f"{self.subheading}Participants\n{participants}\n"
            f"{self.subheading}Conversation(1 messages)\nBEGIN\n{self.paragraph}{self.rule}\n"
            f"{self._item(item)}{self.rule}\nEND\n\n{SIGNATURE}"
        )

    def document(self, title: str, label: str, address: str) -> str:
        """A voicemail's or fax's log."""
        return f"\n{self.title.format(title)}\n{self.paragraph}{label}: {address}\n\n{SIGNATURE}"

    def append(self, existing: str, item: Item) -> str:
        """The body with one more message before its last rule, or at the end."""
        ending = line_break(existing)
        lines = existing.split(ending)
        rules = [at for at, line in enumerate(lines) if line.strip() == self.rule]
        count, first = _landmarks(lines, rules)
        if count is not None:
            lines[count] = _one_more(lines[count])
        ends = [
            at for at in rules if at > first and [line.strip() for line in lines[at + 1 : at + 2]] == ["END"]
        ]
        added = self._item(item).removesuffix("\n").split("\n")
        if not ends and lines[-1].strip():
            added = ["", *added]
        place = ends[-1] if ends else len(lines)
        return ending.join([*lines[:place], *added, *lines[place:]])

    def _item(self, item: Item) -> str:
        return f"{self.who.format(item.who)} {item.time}\n{item.text}\n\n"


LAYOUTS: dict[LogFormat, Layout] = {
    LogFormat.HTML: Html(),
    LogFormat.MARKDOWN: Lines("**{}**", "## ", "### ", "* ", "**{}**", "---", "\n"),
    LogFormat.PLAIN: Lines("{}", "", "", "    ", "{}", _RULE, ""),
}
