"""The form for a request of a person's own: method, path with completion, query parameters and JSON body."""

from __future__ import annotations

import json

import ipywidgets as widgets
from markupsafe import Markup
from pydantic import JsonValue

from appconnect.errors import InputError
from appconnect.panels import json_text, styling
from appconnect.panels.json_text import JsonFault
from appconnect.panels.panel import lines, row, stack
from appconnect.panels.path_field import PathField, placeholders
from appconnect.workbench.sending_again import DraftRequest, Query

WITHOUT_BODY = ("GET", "HEAD")


class RequestForm:
    """The fields; ``view`` holds them, :meth:`draft` reads them and :meth:`fill` writes them.

    What is typed is checked at once: ``about_query`` and ``about_body`` tell what is wrong. The body is
    there for methods that have one.
    """

    def __init__(self, crm: str) -> None:
        self.place = PathField(crm)
        self.method, self.path = self.place.method, self.place.path
        self.query = lines("Query", "one in a line: limit=5")
        self.body = lines("JSON body", '{"name": "Nia Holt"}', rows=5)
        self.about_query, self.about_body = widgets.HTML(), widgets.HTML()
        for each in (self.query, self.body):
            each.add_class("ac-code")
        self.view = stack(self.place.view, row(self.query), self.about_query, row(self.body), self.about_body)
        self.query.observe(lambda _: self._check_query(), "value")
        for each in (self.method, self.body):
            each.observe(lambda _: self._check_body(), "value")
        self._check_body()

    def fill(self, draft: DraftRequest) -> None:
        """Write a request into the fields."""
        self.method.value = draft.method
        self.path.value = draft.path
        self.query.value = "\n".join(f"{name}={value}" for name, value in draft.query)
        self.body.value = written(draft.body)

    def draft(self) -> DraftRequest:
        """Return what the fields say. Raises InputError for what cannot be sent."""
        path, method = self.path.value.strip(), self.method.value
        if not path:
            raise InputError("Type a path first, or a word of one to choose from those that are known.")
        if "{" in path:
            raise InputError(f"Put a value in place of {placeholders(path)} in the path, then send.")
        body = None if method in WITHOUT_BODY else body_in(self.body.value)
        return sendable(DraftRequest(method=method, path=path, query=query_in(self.query.value), body=body))

    # -- what is wrong --

    def _check_query(self) -> None:
        try:
            query_in(self.query.value)
            self.about_query.value = ""
        except InputError as error:
            self.about_query.value = styling.note("warning", error.message)

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


def sendable(draft: DraftRequest) -> DraftRequest:
    """Return a request that can be sent; InputError for one in which a secret is only masked."""
    if draft.masked:
        raise InputError(f"Put real values in place of the masked ones: {', '.join(draft.masked)}.")
    return draft


def query_in(typed: str) -> Query:
    """Return query parameters, one ``name=value`` in a line; InputError for anything else."""
    pairs = []
    for number, line in enumerate(typed.splitlines(), start=1):
        name, equals, value = line.partition("=")
        if line.strip() and not (equals and name.strip()):
            raise InputError(f"Line {number} of the query is not “name = value”.")
        if line.strip():
            pairs.append((name.strip(), value.strip()))
    return tuple(pairs)


def body_in(typed: str) -> JsonValue:
    """Return a JSON body, None for none; InputError with line and column for what is no JSON."""
    value = json_text.read(typed)
    if isinstance(value, JsonFault):
        raise InputError(f"The body is no JSON. {value}")
    return value


def written(body: JsonValue) -> str:
    """Return a body as it is edited; "" for none."""
    return "" if body is None else json.dumps(body, indent=2, ensure_ascii=False)


def _kind(value: JsonValue) -> str:
    if isinstance(value, dict):
        return f"an object with {len(value)} {'field' if len(value) == 1 else 'fields'}"
    if isinstance(value, list):
        return f"a list with {len(value)} {'entry' if len(value) == 1 else 'entries'}"
    return "a text" if isinstance(value, str) else "a value"
