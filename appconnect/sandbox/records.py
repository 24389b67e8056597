"""The records of a sandbox: tables of JSON objects, found by id, and by text without reading them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from appconnect.sandbox.requests import Json, JsonObject
from appconnect.sandbox.text_index import TextIndex

Id = int | str


def _none(_: JsonObject) -> Iterable[str]:
    return ()


class Table(Mapping[Id, JsonObject]):
    """Records of one type by their id, in the order in which they were added.

    ``id_field`` is where a record has its id. ``texts`` names what it is searched by, folded as the CRM folds
    it. A record is changed with :meth:`change`, never in place: the index would not know.
    """

    def __init__(self, id_field: str = "id", *, texts: Callable[[JsonObject], Iterable[str]] = _none) -> None:
        self._id_field, self._texts = id_field, texts
        self._rows: dict[Id, JsonObject] = {}
        self._order: dict[Id, int] = {}
        self._index: TextIndex[Id] = TextIndex()

    def __getitem__(self, key: Id) -> JsonObject:
        return self._rows[key]

    def __iter__(self) -> Iterator[Id]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"<Table: {len(self)} records>"

    def put(self, row: JsonObject) -> JsonObject:
        """Add a record, or replace the one with its id; return it. ValueError for one without an id."""
        key = row.get(self._id_field)
        if not isinstance(key, int | str):
            raise ValueError(f"A record needs an id in {self._id_field}.")
        self._order.setdefault(key, len(self._order))
        self._rows[key] = row
        self._index.put(key, self._texts(row))
        return row

    def change(self, key: Id, fields: Mapping[str, Json]) -> JsonObject:
        """Change fields of a record and return it; KeyError when there is none."""
        row = self._rows[key]
        row.update(fields)
        return self.put(row)

    def remove(self, key: Id) -> JsonObject:
        """Remove a record and return it; KeyError when there is none."""
        row = self._rows.pop(key)
        self._index.remove(key)
        return row

    def containing(self, text: str) -> list[JsonObject]:
        """Return the records whose texts may contain ``text``, in order; compare before you answer."""
        found = self._index.candidates(text)
        return [self._rows[key] for key in sorted(found, key=self._order.__getitem__)]

    def dump(self) -> list[JsonObject]:
        """Return all records, as :meth:`load` takes them."""
        return list(self._rows.values())

    def load(self, rows: Iterable[JsonObject]) -> None:
        """Replace all records by dumped ones; ValueError for one without an id."""
        for key in list(self):
            self.remove(key)
        for row in rows:
            self.put(row)
