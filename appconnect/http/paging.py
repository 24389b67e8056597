"""How lists go on: one small function per paging style.

Each looks at a page and the parameters that asked for it, and returns the parameters for the next page,
or None after the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from appconnect.errors import Unavailable

Param = str | int | float | bool | None
Params = Mapping[str, Param]
NextPage = Callable[[JsonValue, Params], Params | None]


def without_circles(next_page: NextPage) -> NextPage:
    """Return the same paging for one list, which raises :class:`Unavailable` where it would never end."""
    asked: set[str] = set()

    def further(body: JsonValue, params: Params) -> Params | None:
        asked.add(repr(sorted(params.items())))
        following = next_page(body, params)
        if following is not None and repr(sorted(following.items())) in asked:
            raise Unavailable(
                "The CRM's list goes in a circle: a page names itself or an earlier one as the next."
            )
        return following

    return further


def _at(body: JsonValue, *path: str) -> JsonValue:
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def by_cursor(body: JsonValue, params: Params) -> Params | None:
    """Go on at ``additional_data.next_cursor``, null on the last page (Pipedrive v2)."""
    cursor = _at(body, "additional_data", "next_cursor")
    return {**params, "cursor": cursor} if isinstance(cursor, str) and cursor else None


def by_start(body: JsonValue, params: Params) -> Params | None:
    """Go on while ``more_items_in_collection``, beside ``start`` or below ``pagination`` (Pipedrive v1)."""
    more = _at(body, "additional_data")
    if isinstance(_at(more, "pagination"), dict):
        more = _at(more, "pagination")
    if not _at(more, "more_items_in_collection"):
        return None
    start, limit = _at(more, "start"), _at(more, "limit")
    if not isinstance(start, int) or not isinstance(limit, int):
        return None
    return {**params, "start": start + limit}


def by_offset(offset: str, size: str, rows: str = "") -> NextPage:
    """Return a paging that goes on at ``offset`` + ``size`` until a page is shorter than asked for.

    ``rows`` is where the rows are ("" when the body is the list itself). Insightly: ``skip`` and ``top``;
    Bullhorn: ``start`` and ``count`` with rows in ``data``.
    """

    def next_page(body: JsonValue, params: Params) -> Params | None:
        page = _at(body, rows) if rows else body
        asked = int(params.get(size) or 0)
        if not isinstance(page, list) or not page or len(page) < asked:
            return None
        return {**params, offset: int(params.get(offset) or 0) + len(page)}

    return next_page


def by_page_number(body: JsonValue, params: Params) -> Params | None:
    """Count ``page`` from 1 up to ``meta.total_pages`` (Redtail)."""
    page, pages = int(params.get("page") or 1), _at(body, "meta", "total_pages")
    return {**params, "page": page + 1} if isinstance(pages, int) and page < pages else None
