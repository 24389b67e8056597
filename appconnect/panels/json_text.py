"""JSON that a person types: read it, or say in which line and column what is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, NoReturn

from pydantic import JsonValue

WORDS: Final = {"True": "true", "False": "false", "None": "null"}
"""What Python writes, and JSON."""
BETWEEN: Final = ("Expecting", "Extra", "Illegal trailing")
"""Faults at the next sign, not at the white space before it."""
AROUND: Final = 40
"""How many characters of a line are shown before and after a fault."""
MESSAGES: Final = {
    "Expecting property name": "a name in double quotes belongs here",
    "Expecting value": "a value belongs here: text in double quotes, a number, true, false, null, [ or {",
    "Expecting ':'": "a colon belongs here, between a name and its value",
    "Expecting ','": "a comma belongs here, or the closing bracket",
    "Extra data": "the JSON ends before this, so it is too much",
    "Unterminated string": "this text has no closing double quote",
    "Invalid control character": "a line break or tab stands inside a text: write \\n or \\t",
    "Invalid \\escape": "a backslash stands for itself only when it is doubled: \\\\",
    "Invalid \\uXXXX": "four digits belong after \\u",
}


@dataclass(frozen=True)
class JsonFault:
    """What is wrong with JSON; ``line`` and ``column`` count from 1, ``excerpt`` is what stands around it."""

    line: int
    column: int
    message: str
    excerpt: str

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.message}."


def read(text: str) -> JsonValue | JsonFault:
    """Return what the JSON means, None for no text, or the first fault in it."""
    if not text.strip():
        return None
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as error:
        place = _first_sign(text, error.pos) if error.msg.startswith(BETWEEN) else error.pos
        return _fault(text, place, _in_words(text, place, error.msg))
    except RecursionError:
        return _fault(text, 0, "this is nested too deep")
    except _NoJsonError as error:
        return _fault(text, _last_of_two(text, error.found), error.message)
    return value


class _NoJsonError(Exception):
    """Something that Python reads and that is no JSON, or that loses a value."""

    def __init__(self, found: str, message: str) -> None:
        super().__init__(message)
        self.found, self.message = found, message


def _refuse(constant: str) -> NoReturn:
    raise _NoJsonError(constant, f"{constant} is no number in JSON")


def _without_doubles(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """Return an object; one with a name twice would lose a value unseen."""
    found: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in found:
            raise _NoJsonError(json.dumps(name, ensure_ascii=False), f"the name {name!r} stands there twice")
        found[name] = value
    return found


def _last_of_two(text: str, found: str) -> int:
    first = max(0, text.find(found))
    return max(first, text.find(found, first + 1))


def _first_sign(text: str, place: int) -> int:
    """Return where the first sign from here on stands; the end of the text if there is none."""
    following = re.compile(r"\S").search(text, place)
    return following.start() if following else len(text.rstrip())


def _in_words(text: str, place: int, message: str) -> str:
    rest = text[place:].strip()
    told = next((words for start, words in MESSAGES.items() if message.startswith(start)), message.lower())
    if not rest:
        return f"the text ends here, but {told}"
    if rest[0] in "]}" and text[:place].rstrip().endswith(","):
        return f"the comma before {rest[0]} is one too many"
    return _habit(rest, message) or told


def _habit(rest: str, message: str) -> str:
    """Return what to write in place of what other languages have; "" for anything else."""
    word = re.match(r"[A-Za-z]\w*", rest)
    if rest.startswith("'"):
        return "text stands in double quotes: \" in place of '"
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments"
    if word and word[0] in WORDS:
        return f"JSON writes {WORDS[word[0]]} for {word[0]}"
    is_bare = word and message.startswith(("Expecting value", "Expecting property name"))
    return f'text stands in double quotes: "{word[0]}"' if word and is_bare else ""


def _fault(text: str, place: int, message: str) -> JsonFault:
    begin = text.rfind("\n", 0, place) + 1
    line, column = text.count("\n", 0, place) + 1, place - begin
    written = text[begin:].partition("\n")[0]
    first = max(0, column - AROUND)
    shown = written[first : column + AROUND].replace("\t", " ")
    return JsonFault(line, column + 1, message, f"{shown}\n{' ' * (column - first)}^")
