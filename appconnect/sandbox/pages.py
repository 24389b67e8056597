"""The sandbox's HTML pages: no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --accent: #0a66c2; }
@media (prefers-color-scheme: dark) { :root { --accent: #1f7fe0; } a { color: #8ab8ff; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
code { background: #8882; border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; } td, th { text-align: left;
  vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td, th { overflow-wrap: anywhere; }
summary { cursor: pointer; padding: .2rem 0; } td summary { padding: 0; } ul { padding-left: 1.2rem; }
.wide { overflow-x: auto; } .wide :is(td, th) { overflow-wrap: normal; }
.wide td > code:only-child { white-space: nowrap; } code { font-size: .9em; }
.card { border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem 2rem; }
.error { color: #c5221f; } label { display: block; margin: .8rem 0; }
button { font: inherit; padding: .5rem 1.4rem; border-radius: 8px; border: 1px solid var(--line);
  cursor: pointer; margin-right: .6rem; } button.go { background: var(--accent); color: white; }
@media (max-width: 40rem) { body { margin: 1rem auto; } .card { padding: 1rem; } }
"""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """Return a page; ``title`` is escaped here, ``body`` is HTML whose values the caller has escaped."""
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>",
        status,
        headers=_HEADERS,
    )


def code(text: str) -> str:
    """Return a text as code, escaped here."""
    return f"<code>{escape(text)}</code>"


def rows(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Return a table with a head; the cells are HTML whose values the caller has escaped."""
    top = "".join(f"<th>{escape(each)}</th>" for each in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in body)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>'


def table(rows: dict[str, str]) -> str:
    """Return a table of labels and values, both escaped here."""
    cells = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in rows.items())
    return f"<table>{cells}</table>"
