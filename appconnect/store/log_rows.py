"""The rows of a log, one for each of its names: read with one statement, and written with one or two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sql
from sqlalchemy import orm

from appconnect.store.records import LogReference
from appconnect.store.tables import LogRow


@dataclass(frozen=True)
class LogState:
    """How far a log is under one of its names: reserved while ``log_id`` is None."""

    log_id: str | None = None
    contact_id: str = ""
    sealed_draft: str = ""
    owner: str = ""
    expires: float = 0.0


def read(session: orm.Session, names: Sequence[LogReference]) -> dict[LogReference, LogState]:
    """Return what is known under these names of one account and kind, and keep others from changing it."""
    wanted = {**siblings(names[0]), "names": [each.reference for each in names]}
    found = {row.reference: row for row in session.connection().execute(_READ, wanted)}
    return {
        name: LogState(row.log_id, row.contact_id, row.digest, row.owner, row.expires)
        for name in names
        if (row := found.get(name.reference))
    }


def write(
    session: orm.Session, before: Mapping[LogReference, LogState], after: Mapping[LogReference, LogState]
) -> None:
    """Write what is other than it was."""
    connection = session.connection()
    new = [_values(name, state) for name, state in after.items() if name not in before]
    changed = [
        _values(name, state, prefix="my_")
        for name, state in after.items()
        if name in before and state != before[name]
    ]
    if new:
        connection.execute(_INSERT, new)
    if changed:
        connection.execute(_UPDATE, changed)


def claimed_by(token: str, names: Sequence[LogReference]) -> sql.ColumnElement[bool]:
    """Return the condition for the rows of these names that a claim holds."""
    mine = [_ROW.c[name] == value for name, value in siblings(names[0]).items()]
    references = [each.reference for each in names]
    return sql.and_(*mine, _ROW.c.reference.in_(references), _ROW.c.owner == token, _ROW.c.log_id.is_(None))


def siblings(reference: LogReference) -> dict[str, str]:
    """Return what all logs of an account and kind have in common."""
    return {"platform": reference.platform, "account": reference.account, "kind": reference.kind.value}


def _values(name: LogReference, state: LogState, prefix: str = "") -> dict[str, object]:
    key = {f"{prefix}{part}": value for part, value in siblings(name).items()}
    return {
        **key,
        f"{prefix}reference": name.reference,
        "log_id": state.log_id,
        "contact_id": state.contact_id,
        "digest": state.sealed_draft,
        "owner": state.owner,
        "expires": state.expires,
    }


def _are(columns: Iterable[str], prefix: str = "") -> list[sql.ColumnElement[bool]]:
    return [_ROW.c[each] == sql.bindparam(f"{prefix}{each}") for each in columns]


_ROW: Final = LogRow.metadata.tables[LogRow.__tablename__]
_KEY: Final = ("platform", "account", "kind")
_READ: Final = (
    sql.select(_ROW)
    .where(*_are(_KEY), _ROW.c.reference.in_(sql.bindparam("names", expanding=True)))
    .order_by(_ROW.c.reference)  # so that two who want the same rows do not wait for each other
    .with_for_update()
)
_INSERT: Final = sql.insert(_ROW)
_UPDATE: Final = sql.update(_ROW).where(*_are((*_KEY, "reference"), "my_"))
