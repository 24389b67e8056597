"""How the steps of a sign-in look in the panel: what was asked, what came back, what it allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from markupsafe import Markup
from pydantic import JsonValue

from appconnect import display
from appconnect.panels import styling

if TYPE_CHECKING:
    from appconnect.workbench import ConsentPage, ConsentRequest, Exchange

PARTS = {
    "address": "the CRM's sign-in server",
    "response_type": "we ask for a code, not for a token",
    "client_id": "the app that is registered with the CRM",
    "redirect_uri": "where the browser comes back to",
    "state": "comes back unchanged, which proves that the answer is ours",
    "action": "skips the login form",
}
"""What the parameters of an authorize address are for."""
LABELS_OF_CONNECTION = {
    "scope": "may use",
    "expiresAt": "until",
    "apiDomain": "the API is at",
    "apiUrl": "the API is at",
    "userId": "user",
    "databaseId": "database",
    "username": "user name",
    "dataCentre": "data centre",
}


def in_order(steps: list[Markup]) -> Markup:
    """Return steps as a numbered list."""
    items = Markup("").join(Markup("<li>{}</li>").format(step) for step in steps)
    return Markup('<ol class="ac-steps">{}</ol>').format(items)


def folded_requests(body: Markup) -> Markup:
    """Return requests that are out of the way until somebody opens them."""
    return Markup("<details><summary>Show the requests</summary>{}</details>").format(body)


def where_to(request: ConsentRequest) -> Markup:
    """Return where the browser is sent, taken apart."""
    rows = [(name, value, PARTS.get(name, "")) for name, value in request.parts.items()]
    table = display.table("the authorize address, taken apart", ("Part", "Value", "What for"), rows)
    return Markup("<b>The browser goes to the CRM</b>{}").format(table)


def page_to_open(page: ConsentPage, crm: str) -> Markup:
    """Return the link to the consent page, and what happens then."""
    problem = styling.note("warning", page.problem) if page.problem else display.NOTHING
    return Markup(
        '<b>A person approves</b><p><a class="ac-button" href="{}" target="_blank" rel="noopener noreferrer">'
        "Open {}’s consent page</a></p>{}<p class='ac-dim'>This panel hears the answer by itself when the "
        "browser runs on this computer. From elsewhere, paste the address that the browser ended at.</p>"
    ).format(page.address, crm, problem)


def came_back(redirected: str) -> Markup:
    """Return the address that the browser came back to, taken apart; no code in it."""
    url = urlsplit(redirected)
    rows = [
        (name, "<code>, good once" if name == "code" else value)
        for name, value in parse_qsl(url.query)
        if name != "client_id"  # our own, which Bullhorn repeats
    ]
    table = display.table(
        f"the browser came back to {url.scheme}://{url.netloc}{url.path}", ("Part", "Value"), rows
    )
    return Markup("<b>The CRM sends the browser back</b>{}").format(table)


def exchanged(exchanges: Iterable[Exchange]) -> Markup:
    """Return what was sent and what came back."""
    requests = folded_requests(styling.sent_and_received(exchanges))
    return Markup("<b>What was exchanged</b>, secrets masked{}").format(requests)


def allowed(session: Mapping[str, JsonValue]) -> Markup:
    """Return what a connection allows, as far as it may be shown."""
    shown = {
        LABELS_OF_CONNECTION.get(name, name): _readable(name, value)
        for name, value in session.items()
        if value
    }
    return Markup("<b>What the connection allows</b>{}").format(display.facts(shown))


def _readable(name: str, value: object) -> Markup:
    if name == "scope":
        words = str(value).replace(",", " ").split()
        return Markup(" ").join(Markup("<code>{}</code>").format(word) for word in words)
    return Markup("<code>{}</code>").format(value)
