"""The form in which a request is changed before it is sent again: method, path, query and JSON, checked."""

from __future__ import annotations

import ipywidgets as widgets

from appconnect.errors import InputError
from appconnect.panels import styling
from appconnect.panels.panel import button, lines, row, stack, toolbar
from appconnect.panels.path_field import PathField
from appconnect.panels.request_form import body_in, query_in, sendable, written
from appconnect.workbench import Workbench
from appconnect.workbench.sending_again import DraftRequest


class RequestEditor:
    """Fields for one request. ``draft`` is what they hold; ``check()`` says what is wrong beside them."""

    def __init__(self) -> None:
        self.place = PathField()
        self.method, self.path = self.place.method, self.place.path
        self.query = lines("Query", "one a line: name = value", rows=3)
        self.body = lines("JSON body", '{"subject": "Call"}', rows=8)
        self.send_button = button("Send", main=True, hint="Send the request as it stands here")
        self.cancel_button = button("Close the form")
        self.said = widgets.HTML()
        self.view = stack(
            self.place.view, row(self.query), row(self.body),
            self.said, toolbar(self.send_button, self.cancel_button),
        )  # fmt: skip
        self.hide()

    @property
    def fields(self) -> list[widgets.Widget]:
        """Everything that is typed into."""
        return [self.method, self.path, self.query, self.body]

    @property
    def is_open(self) -> bool:
        """Whether the form is seen."""
        return bool(self.view.layout.display != "none")

    def hide(self) -> None:
        """Put the form away."""
        self.view.layout.display = "none"

    def fill(self, draft: DraftRequest, workbench: Workbench) -> None:
        """Show the form with this request in it, and offer the paths that the CRM is known to have."""
        self.place.know(workbench.known_paths(), workbench.title)
        self.method.value, self.path.value = draft.method, draft.path
        self.query.value = "\n".join(f"{name} = {value}" for name, value in draft.query)
        self.body.value = written(draft.body)
        self.view.layout.display = ""
        self.check()

    @property
    def draft(self) -> DraftRequest:
        """The request as it stands in the fields. Raises InputError for what cannot be sent."""
        path = self.path.value.strip()
        if not path:
            raise InputError("The path is missing: what stands after the CRM's address, such as /users/me.")
        query, body = query_in(self.query.value), body_in(self.body.value)
        return sendable(DraftRequest(method=self.method.value, path=path, query=query, body=body))

    def check(self) -> None:
        """Say whether the request can be sent, and why not."""
        try:
            draft = self.draft
        except InputError as error:
            self.said.value = styling.note("warning", error.message)
            self.send_button.disabled = True
            return
        self.send_button.disabled = False
        with_body = "with a JSON body" if draft.body is not None else "without a body"
        self.said.value = styling.note("success", f"Ready: {draft.method} {draft.address}, {with_body}.")
