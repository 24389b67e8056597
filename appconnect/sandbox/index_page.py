"""The first page on the port: how to reach each CRM, with which credentials, and what there is to find."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape

from starlette.responses import Response

from appconnect.sandbox import coverage_page, fault_page
from appconnect.sandbox.base import CrmSandbox
from appconnect.sandbox.pages import code, page, rows, table


def index_page(crms: Mapping[str, CrmSandbox], url: str, now: datetime) -> Response:
    """Return the page; ``url`` is the port's address, ``now`` the sandbox's time."""
    body = _intro(url, now) + _overview(crms, url)
    return page(
        "App Connect sandbox", body + "".join(_section(crm, f"{url}/{crm.name}") for crm in crms.values())
    )


def _intro(url: str, now: datetime) -> str:
    faults, played = f"{escape(url)}/{fault_page.PATH}", f"{escape(url)}{coverage_page.PATH}"
    return (
        "<p>These CRMs are played on this computer, with made-up people, for trying out and testing "
        "connectors. Send requests to an address below instead of the CRM’s own; the rest of the path stays. "
        "The credentials are no secrets and work nowhere else.</p>"
        f'<p>What goes wrong in real life can be played too: <a href="{faults}">faults</a>. What a CRM has '
        f'and the sandbox does not play is answered 501 and says so: <a href="{played}">what is played</a>. '
        f"It is {now:%Y-%m-%d %H:%M} UTC here.</p>"
    )


def _overview(crms: Mapping[str, CrmSandbox], url: str) -> str:
    return rows(
        ("CRM", "played", "address"),
        [
            (
                f'<a href="#{escape(crm.name)}">{escape(crm.title)}</a>',
                escape(crm.coverage.told),
                code(f"{url}/{crm.name}"),
            )
            for crm in crms.values()
        ],
    )


def _section(crm: CrmSandbox, base: str) -> str:
    guide = crm.guide()
    links = [f'<a href="{escape(base + path)}">{code(base + path)}</a>' for path in guide.links]
    tries = links + [code(base + path) for path in guide.try_it]
    toggles = {each.name: f"{_position(crm, each.name)} – {each.meaning}" for each in crm.known_toggles}
    parts = {
        "Credentials": table(dict(guide.credentials)),
        "Try": f"<ul>{''.join(f'<li>{each}</li>' for each in tries)}</ul>",
        "People": table(dict(guide.people)),
        f"Plans (now: {escape(crm.plan)})": table(dict(guide.plans)),
        "Toggles, for what the vendor does not document": table(toggles),
    }
    details = "".join(f"<details><summary>{title}</summary>{body}</details>" for title, body in parts.items())
    hosts = ", ".join(code(f"https://{host}") for host in crm.hosts)
    return (
        f'<h2 id="{escape(crm.name)}">{escape(guide.title)}</h2>'
        f"<p>{code(base)} is there in place of {hosts}.</p>"
        f"<p><strong>To sign in:</strong> {escape(guide.sign_in)} "
        f'<a href="{escape(guide.docs)}" rel="noreferrer">The vendor’s documentation</a>.</p>'
        f"{details.replace('<details>', '<details open>', 2)}"
    )


def _position(crm: CrmSandbox, toggle: str) -> str:
    return "on" if crm.toggles[toggle] else "off"
