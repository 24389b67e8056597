"""How panels look: one style sheet, and small pieces of HTML in which all foreign text is escaped.

===========================  ==========================================================================
``note(level, text)``        a sentence for the person with its sign: success, warning, danger, busy
``empty(text)``              what stands where there is nothing yet, and what to do about it
``display.facts(pairs)``     names and values; ``display.table(caption, columns, rows)`` rows of many
``heading(title)``           a small heading inside a panel
``data(json)``, ``source``   JSON or text exactly as it is; ``both`` a body as written and as it looks
``sent_and_received``        requests that open to what was sent and what came back
===========================  ==========================================================================

``Markup("…").format(…)`` escapes whatever is put in (https://markupsafe.palletsprojects.com); colours are
JupyterLab's own, so that panels follow its light and dark themes. Whatever a colour says, a word or a sign
says too. In ``panels.css``, ``@container ac-panel (max-width: 36rem)`` is a narrow panel.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from pydantic import JsonValue

from appconnect import display
from appconnect.display import NOTHING

if TYPE_CHECKING:
    from appconnect.error_book import Explanation
    from appconnect.models import ReturnMessage
    from appconnect.workbench import Exchange

BUSY = "busy"
GUARD = (
    "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
"""What keeps a frame from loading anything."""
KNOWN_FROM = {
    "crm": "Documented at",
    "http": "Documented for HTTP at",
    "none": "Known from",
}
"""What stands before an explanation's source, by whose words it is made of."""
SIGNS = {"success": "✓", "warning": "!", "danger": "✕", "error": "✕", BUSY: "…"}
"""What stands before a sentence, by its level."""

LINE, LETTERS = 1.25, 58
"""Of a rendered body: the height of a line in rem, and how many letters stand in one."""
BREAKS = re.compile(r"<(?:br|li|/?p|/?div|/?ul|/?ol|tr|h[1-6])\b[^<>]*>", re.IGNORECASE)
"""Tags that begin a line."""
TAG = re.compile(r"<[^<>]*>")

STYLE = f"<style>{Path(__file__).with_name('panels.css').read_text('utf-8')}</style>"

STYLE_OF_SAVED = Path(__file__).with_name("saved.css").read_text("utf-8")
"""The few rules that a saved panel carries with it. Notebooks store them: change them seldom."""

# -- pieces --


def head(title: str, lead: str, chip: str) -> str:
    """Return the top of a panel: what it is, whose CRM it speaks to, and one sentence."""
    top = Markup(
        '<div class="ac-head"><h3>{}</h3><span class="ac-chip">{}</span></div><p class="ac-lead">{}</p>'
    )
    return STYLE + str(top.format(title, chip, lead))


def saved(snapshot: str) -> str:
    """Return a panel as a notebook keeps it: with its style, and a line on how to get the panel itself.

    It hides where the panel is alive below it, and shows instead of the panel where its kernel is gone.
    """
    run = '<p class="ac-run">▶ Run this cell to use the panel.</p>'
    return f'<style>{STYLE_OF_SAVED}</style><div class="ac-saved">{run}{snapshot}</div>'


def heading(title: str) -> Markup:
    """Return a small heading."""
    return Markup("<h4>{}</h4>").format(title)


def warnings(sentences: Iterable[str]) -> Markup:
    """Return a note for each warning of an operation."""
    return Markup("").join(note("warning", each) for each in sentences)


def note(level: str, text: str, lines: Iterable[str] = ()) -> Markup:
    """Return a sentence for the person, with a sign and a colour; announced by screen readers."""
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    more = Markup("<ul>{}</ul>").format(items) if items else NOTHING
    return Markup(
        '<div class="ac-note {}" role="status"><b aria-hidden="true">{}</b><div><b>{}</b>{}</div></div>'
    ).format(level, SIGNS.get(level, "·"), text, more)


def chosen_instead(crm: str, other: str) -> Markup:
    """Return the note of a panel whose CRM is no longer the one that is chosen."""
    again = f"For {other}, run the cells below the choice again; to stay, choose {crm} again."
    return note("warning", f"{other} is chosen now, but this panel still works with {crm}.", [again])


def returned(message: ReturnMessage | None) -> Markup:
    """Return what App Connect tells the person."""
    if message is None:
        return NOTHING
    return note(message.message_type.value, message.message, message.lines)


def explained(explanation: Explanation | None) -> Markup:
    """Return what a refused answer means in one line; it opens to what to do and where that is documented."""
    if explanation is None:
        return NOTHING
    more = {
        "What to do": explanation.remedy,
        KNOWN_FROM[explanation.knowledge]: explanation.link,
        "It said": explanation.said,
    }
    return Markup(
        '<details class="ac-explained"><summary><b>What it means:</b> {}</summary>{}</details>'
    ).format(explanation.meaning, display.facts({name: told for name, told in more.items() if told}))


def lines(texts: Iterable[str]) -> Markup:
    """Return sentences, each in a line of its own."""
    return Markup("").join(Markup("<div>{}</div>").format(each) for each in texts)


def empty(text: str) -> Markup:
    """Return what stands where there is nothing yet, and what to do about it."""
    return Markup('<div class="ac-empty">{}</div>').format(text)


def source(text: str) -> Markup:
    """Return text exactly as it is."""
    return Markup("<pre>{}</pre>").format(text)


def data(value: JsonValue) -> Markup:
    """Return JSON, indented; what is text already stays text."""
    if value is None:
        return Markup('<p class="ac-dim">no body</p>')
    return source(value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False))


def rendered(html: str, title: str) -> Markup:
    """Return foreign HTML as a browser shows it, in a frame that runs no script and loads nothing.

    The frame is as high as the text needs, up to most of the window; it scrolls, and can be pulled higher.
    """
    page = f"{GUARD}<body style='font: 13px/1.5 system-ui, sans-serif; margin: 8px'>{html}"
    return Markup(
        '<div class="ac-body" style="--ac-lines: {:.1f}rem">'
        '<iframe sandbox="" title="{}" srcdoc="{}"></iframe></div>'
    ).format(_height(html), title, page)


def _height(html: str) -> float:
    """Return about how many rem a body takes, by its lines and where they wrap: its frame cannot be asked."""
    lines = (TAG.sub("", each).strip() for each in BREAKS.split(html))
    return 2 + LINE * sum(1 + len(each) // LETTERS if each else 0.4 for each in lines)


def html_source(html: str) -> Markup:
    """Return HTML exactly as it is; its lines break between tags rather than inside words."""
    parts = [part for part in re.split(r"(?=<)|(?<=>)", html) if part]
    return Markup("<pre>{}</pre>").format(Markup("<wbr>").join(parts))


def both(body: str, html: bool) -> Markup:
    """Return a log's body as it is written and, where it is HTML, as it looks."""
    if not html:
        return Markup("<div>source{}</div>").format(source(body))
    seen = rendered(body, "The body as the CRM shows it")
    return Markup('<div class="ac-two"><div>rendered{}</div><div>source{}</div></div>').format(
        seen, html_source(body)
    )


def before_and_after(before: str, after: str, html: bool) -> Markup:
    """Return which lines of a body change, and the body before and after."""
    if before == after:
        return empty("Nothing: the log says all of this already.")
    changes = list(_changed_lines(_lines(before, html), _lines(after, html)))
    rows = Markup("").join(
        Markup('<li class="{}"><b>{}</b> {}</li>').format(kind, sign, line) for kind, sign, line in changes
    )
    if html:
        bodies = (rendered(before, "The body before"), rendered(after, "The body after"))
    else:
        bodies = (source(before), source(after))
    return Markup(
        '<ul class="ac-changes">{}</ul><div class="ac-two"><div>before{}</div><div>after{}</div></div>'
    ).format(rows, *bodies)


def _lines(body: str, html: bool) -> list[str]:
    """Return the lines that a person sees of a body."""
    parts = (unescape(TAG.sub("", each)) for each in BREAKS.split(body)) if html else body.splitlines()
    return [each.strip() for each in parts if each.strip()]


def _changed_lines(before: list[str], after: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield a class, a word and the line itself, for each line that goes or comes."""
    from difflib import ndiff

    for each in ndiff(before, after):
        if each.startswith("- "):
            yield "gone", "− before", each[2:]
        elif each.startswith("+ "):
            yield "new", "+ after", each[2:]


# -- requests --


def sent_and_received(exchanges: Iterable[Exchange]) -> Markup:
    """Return what an operation sent and what came back, request by request; writes are open."""
    return Markup("").join(
        Markup(
            "<details{}><summary><b>{}</b> <code>{}</code> → {}</summary>"
            '<div class="ac-two"><div>sent{}</div><div>came back{}</div></div></details>'
        ).format(
            Markup(" open") if each.method != "GET" else NOTHING,
            each.method, each.path, status(each), data(each.request_body), data(each.response_body),
        )
        for each in exchanges
    )  # fmt: skip


def status(exchange: Exchange) -> Markup:
    """Return the status, in words where there is none; marked where it is no success."""
    text = exchange.outcome or "no answer"
    return escape(text) if is_good(exchange) else Markup('<span class="ac-bad">{}</span>').format(text)


def is_good(exchange: Exchange) -> bool:
    """Return whether an answer came that is no error."""
    return exchange.status is not None and exchange.status < 400


def left(exchange: Exchange) -> str:
    """Return what an answer tells is left of the limits; "" when it tells nothing."""
    limits = exchange.limits
    if limits.remaining is None:
        return ""
    return f"{limits.remaining} of {limits.amount} left" if limits.amount else f"{limits.remaining} left"
