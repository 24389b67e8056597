"""The layouts of message logs in HTML, Markdown and plain text, and the place where a message is added.

Adding a message changes the count ("Conversation(2 messages)") and the list of a body, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from appconnect.models import LogFormat
from appconnect.text.html import closing_tags, escape_line, escape_text, tokenize
from appconnect.text.lines import line_break

SIGNATURE = "--- Created via RingCentral App Connect"
NOT_DELIVERED = " (not delivered)"
"""Stands behind the time or link of a message that never went out."""

_RULE = "------------"
_COUNT = re.compile(r"([#\s]*+Conversation\()(\d{1,9})((?:\s|&nbsp;|&#160;)messages\)\s*+)")


class Composed(NamedTuple):
    """The subject and body of a log, in the CRM's format."""

    subject: str
    body: str


class Item(NamedTuple):
    """A message of a conversation: its sender, time and text."""

    sender: str
    time: str
    text: str


class Layout(Protocol):
    """A format that message logs are written in."""

    def conversation(self, title: str, day: str, people: Sequence[str], item: Item) -> str:
        """Return the body of a conversation with its first message."""

    def document(self, title: str, label: str, address: str) -> str:
        """Return the body of a voicemail's or fax's log."""

    def append(self, existing: str, item: Item) -> str:
        """Return the body with one more message."""


def _count_up(text: str) -> str:
    """Return the text with its count one higher; a text without a count stays."""
    match = _COUNT.fullmatch(text)
    return f"{match[1]}{int(match[2]) + 1}{match[3]}" if match else text


def _landmarks(texts: Sequence[str], rules: Sequence[int]) -> tuple[int | None, int]:
    """Return the positions of the count, right before "BEGIN", and of the rule that begins the list.

    People may be named like either. Without "BEGIN" the count is the last one above the first rule.
    """
    counts = [at for at, text in enumerate(texts) if _COUNT.fullmatch(text)]
    count = next(
        (at for at in counts if [text.strip() for text in texts[at + 1 : at + 2]] == ["BEGIN"]), None
    )
    rule = next((at for at in rules if count is None or at > count), len(texts))
    if count is None:
        count = next((at for at in reversed(counts) if at < rule), None)
    return count, rule


class HtmlLayout:
    """A layout with messages as items of a list between two rules."""

    def conversation(self, title: str, day: str, people: Sequence[str], item: Item) -> str:
        """Return the body of a conversation with its first message."""
        agent, *others = [escape_line(name) for name in people]
        participants = f"<li><b>{agent}</b><br></li>" + "".join(f"<li><b>{name}</b></li>" for name in others)
        return (
            f"<br><b>{escape_line(title)}</b><br><b>Conversation summary</b><br>{day}<br>"
            f"Participants<br><ul>{participants}</ul><br>"
            f"Conversation(1 messages)<br>BEGIN<br>{_RULE}<br><ul>{self._item(item)}</ul>{_RULE}<br>END"
            f"<br><br>{SIGNATURE}"
        )

    def document(self, title: str, label: str, address: str) -> str:
        """Return the body of a voicemail's or fax's log; the address is text, not a link."""
        return f"<br><b>{escape_line(title)}</b><br>{label}: {escape_line(address)} <br><br>{SIGNATURE}"

    def append(self, existing: str, item: Item) -> str:
        """Return the body with one more message in its list, or in a new list at the end."""
        body = tokenize(existing)
        sources = [token.source for token in body]
        places = [at for at, token in enumerate(body) if not token.name and not token.is_blank]
        texts = [sources[at] for at in places]
        rules = [at for at, text in enumerate(texts) if text.strip().startswith(_RULE)]
        count, first = _landmarks(texts, rules)
        if count is not None:
            sources[places[count]] = _count_up(texts[count])
        rule = places[first] if first < len(places) else len(body)
        closed = closing_tags(body, "ul")
        opened = next((at for at in range(rule, len(body)) if at in closed), None)
        if opened is None:
            return f"{''.join(sources)}<ul>{self._item(item)}</ul>"
        sources[closed[opened]] = self._item(item) + sources[closed[opened]]
        return "".join(sources)

    @staticmethod
    def _item(item: Item) -> str:
        return f"<li>{escape_line(item.sender)} {item.time}<br><b>{escape_text(item.text)}</b></li>"


@dataclass(frozen=True)
class LineLayout:
    """A layout with messages as lines between two rules, for Markdown and plain text.

    Texts are not escaped: a log of messages is never parsed, and new messages go before the last rule, so a
    rule in a message does no harm.
    """

    title: str
    heading: str
    subheading: str
    participant: str
    sender: str
    rule: str
    paragraph: str

    def conversation(self, title: str, day: str, people: Sequence[str], item: Item) -> str:
        """Return the body of a conversation with its first message."""
        participants = "".join(f"{self.participant}{name}\n" for name in people)
        return (
            f"\n{self.title.format(title)}\n{self.heading}Conversation summary\n{day}\n{self.paragraph}"
            f"{self.subheading}Participants\n{participants}\n"
            f"{self.subheading}Conversation(1 messages)\nBEGIN\n{self.paragraph}{self.rule}\n"
            f"{self._item(item)}{self.rule}\nEND\n\n{SIGNATURE}"
        )

    def document(self, title: str, label: str, address: str) -> str:
        """Return the body of a voicemail's or fax's log."""
        return f"\n{self.title.format(title)}\n{self.paragraph}{label}: {address}\n\n{SIGNATURE}"

    def append(self, existing: str, item: Item) -> str:
        """Return the body with one more message before its last rule, or at the end."""
        ending = line_break(existing)
        lines = existing.split(ending)
        rules = [at for at, line in enumerate(lines) if line.strip() == self.rule]
        count, first = _landmarks(lines, rules)
        if count is not None:
            lines[count] = _count_up(lines[count])
        ends = [
            at for at in rules if at > first and [line.strip() for line in lines[at + 1 : at + 2]] == ["END"]
        ]
        added = self._item(item).removesuffix("\n").split("\n")
        if not ends and lines[-1].strip():
            added = ["", *added]
        place = ends[-1] if ends else len(lines)
        return ending.join([*lines[:place], *added, *lines[place:]])

    def _item(self, item: Item) -> str:
        return f"{self.sender.format(item.sender)} {item.time}\n{item.text}\n\n"


LAYOUTS: dict[LogFormat, Layout] = {
    LogFormat.HTML: HtmlLayout(),
    LogFormat.MARKDOWN: LineLayout("**{}**", "## ", "### ", "* ", "**{}**", "---", "\n"),
    LogFormat.PLAIN: LineLayout("{}", "", "", "    ", "{}", _RULE, ""),
}
