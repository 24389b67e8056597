"""What every command says of itself and does unasked, whatever the command: nothing that surprises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from appconnect.cli import app

KNOWN = {"CRM", "CSV", "HAR", "JSON", "OAuth", "OpenAPI", "UTC", "ISO", "JupyterLab", "README",
         "RingCentral"}  # fmt: skip
"""Words in capitals that people know, or meet on the same screen."""
PLACEHOLDERS = {"CRM", "FILE", "NAME", "PLAN"}
"""What somebody puts something of their own for."""
NUMBERS = {"sandbox --port": 8700, "history --limit": 40}
"""Numbers that are not 0 unless told otherwise."""
CHOICES = {"new --auth": "key"}
README = Path(__file__).parent.parent / "README.md"


def commands(command: click.Command | None = None, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command and group by its name, "batch log"; the whole is ""."""
    command = command or typer.main.get_command(app)
    yield name, command
    for each, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name} {each}".strip())


COMMANDS = dict(commands())
PARAMETERS = {
    f"{name} {min(each.opts, key=len) if len(each.opts) > 1 else each.opts[0]}": each
    for name, command in COMMANDS.items()
    for each in command.params
    if not getattr(each, "hidden", False)
}
HELP = {name: command.help for name, command in COMMANDS.items()} | {
    name: getattr(each, "help", None) for name, each in PARAMETERS.items()
}


@pytest.mark.parametrize("name", HELP)
def test_each_help_is_whole_sentences_or_ends_with_a_command_to_type(name: str) -> None:
    text = HELP[name]
    assert text, "it says nothing of itself"
    assert text.endswith((".", "!")) or text.rpartition(": ")[2].startswith("appconnect "), text


@pytest.mark.parametrize("name", HELP)
def test_no_help_has_words_that_nobody_knows(name: str) -> None:
    words = set(re.findall(r"\b\w*[A-Z]\w*[A-Z]\w*\b", HELP[name] or ""))
    settings = {word for word in words if word.startswith("APPCONNECT_")}
    assert {word.removesuffix("s") for word in words - settings} <= KNOWN | PLACEHOLDERS
    assert settings <= set(re.findall(r"APPCONNECT_\w+", README.read_text("utf-8")))


@pytest.mark.parametrize("name", HELP)
def test_what_a_help_names_is_there(name: str) -> None:
    text = HELP[name] or ""
    named = re.findall(r"appconnect ([a-z][\w-]*)", text)
    assert set(named) <= set(COMMANDS)
    if name in COMMANDS and COMMANDS[name].params:
        options = {option for each in COMMANDS[name].params for option in each.opts}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", text)) <= options


@pytest.mark.parametrize("name", [name for name, each in PARAMETERS.items() if not each.required])
def test_what_is_not_asked_for_is_not_done(name: str) -> None:
    """Flags are off, texts and lists empty, numbers 0; what is otherwise stands above."""
    default = PARAMETERS[name].get_default(click.Context(COMMANDS[""]))
    expected = NUMBERS.get(name, CHOICES.get(name))
    if expected is None:
        assert not default, name
    else:
        assert expected == default
