"""The form for a request of a person's own: method, path with completion, query parameters and JSON body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import ipywidgets as widgets
from markupsafe import Markup
from pydantic import JsonValue

from appconnect.errors import InputError
from appconnect.panels import json_text, styling
from appconnect.panels.json_text import JsonFault
from appconnect.panels.panel import lines, row, stack
from appconnect.panels.path_field import PathField, placeholders

WITHOUT_BODY = ("GET", "HEAD")


@dataclass(frozen=True)
class Draft:
    """A request to send: ``path`` as it is typed, ``body`` None for none."""

    method: str = "GET"
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    body: JsonValue = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class RequestForm:
    """The fields; ``view`` holds them, :meth:`draft` reads them and :meth:`fill` writes them.

    What is typed is checked at once: ``about_params`` and ``about_body`` tell what is wrong. The body is
    there for methods that have one.
    """

    def __init__(self, crm: str) -> None:
        self.place = PathField(crm)
        self.method, self.path = self.place.method, self.place.path
        self.params = lines("Query", "one in a line: limit=5")
        self.body = lines("JSON body", '{"name": "Nia Holt"}', rows=5)
        self.about_params, self.about_body = widgets.HTML(), widgets.HTML()
        for each in (self.params, self.body):
            each.add_class("ac-code")
        self.view = stack(
            self.place.view, row(self.params), self.about_params, row(self.body), self.about_body
        )
        self.params.observe(lambda _: self._check_params(), "value")
        for each in (self.method, self.body):
            each.observe(lambda _: self._check_body(), "value")
        self._check_body()

    def fill(self, draft: Draft) -> None:
        """Write a request into the fields."""
        self.method.value = draft.method
        self.path.value = draft.path
        self.params.value = "\n".join(f"{name}={value}" for name, value in draft.params.items())
        has_body = draft.body is not None
        self.body.value = json.dumps(draft.body, indent=2, ensure_ascii=False) if has_body else ""

    def draft(self) -> Draft:
        """Return what the fields say. Raises InputError for what cannot be sent."""
        path = self.path.value.strip()
        if not path:
            raise InputError("Type a path first, or a word of one to choose from those that are known.")
        if "{" in path:
            raise InputError(f"Put a value in place of {placeholders(path)} in the path, then send.")
        params, method = parameters(self.params.value), self.method.value
        if method in WITHOUT_BODY:
            return Draft(method, path, params)
        body = json_text.read(self.body.value)
        if isinstance(body, JsonFault):
            raise InputError(f"Nothing was sent, for the body is no JSON. {body}")
        return Draft(method, path, params, body)

    # -- what is wrong --

    def _check_params(self) -> None:
        try:
            parameters(self.params.value)
            self.about_params.value = ""
        except InputError as error:
            self.about_params.value = styling.note("warning", error.message)

    def _check_body(self) -> None:
        has_body = self.method.value not in WITHOUT_BODY
        self.body.layout.display = None if has_body else "none"
        body = json_text.read(self.body.value) if has_body else None
        if isinstance(body, JsonFault):
            told = styling.note("warning", f"This is no JSON yet. {body}")
            self.about_body.value = told + Markup('<pre class="ac-fault">{}</pre>').format(body.excerpt)
        else:
            sentence = Markup('<p class="ac-dim" role="status">✓ JSON: {}</p>').format(_kind(body))
            self.about_body.value = sentence if body is not None else ""


def parameters(text: str) -> dict[str, str]:
    """Return query parameters, one ``name=value`` in a line. Raises InputError for anything else."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, sign, value = (each.strip() for each in line.partition("="))
        if not (name or sign or value):
            continue
        if not name or not sign:
            raise InputError(f"Query, line {number}: write name=value.")
        if name in found:
            raise InputError(
                f"Query, line {number}: {name} stands there twice. To send both, write them into the path: "
                f"?{name}=1&{name}=2."
            )
        found[name] = value
    return found


def _kind(value: JsonValue) -> str:
    if isinstance(value, dict):
        return f"an object with {len(value)} {'field' if len(value) == 1 else 'fields'}"
    if isinstance(value, list):
        return f"a list with {len(value)} {'entry' if len(value) == 1 else 'entries'}"
    return "a text" if isinstance(value, str) else "a value"
