"""The records of a sandbox: tables of JSON objects, found by id, key and text without reading all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

from appconnect.sandbox.requests import Json, JsonObject
from appconnect.sandbox.text_index import TextIndex

Id = int | str


def _none(_: JsonObject) -> Iterable[str]:
    return ()


def _no_keys(_: JsonObject) -> Iterable[Hashable]:
    return ()


class Table(Mapping[Id, JsonObject]):
    """Records of one type by their id, in the order in which they were added.

    ``id_field`` is where a record has its id. ``texts`` names what it is searched by, folded as the CRM folds
    it; ``keys`` yields what it is looked up by as a whole, such as a field and its value.
    A record is changed with :meth:`change`, never in place: the index would not know.
    """

    def __init__(
        self,
        id_field: str = "id",
        *,
        texts: Callable[[JsonObject], Iterable[str]] = _none,
        keys: Callable[[JsonObject], Iterable[Hashable]] = _no_keys,
    ) -> None:
        self._id_field, self._texts, self._keys = id_field, texts, keys
        self._rows: dict[Id, JsonObject] = {}
        self._order: dict[Id, int] = {}
        self._index: TextIndex[Id] = TextIndex()
        self._holders: defaultdict[Hashable, set[Id]] = defaultdict(set)
        self._held: dict[Id, frozenset[Hashable]] = {}

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
        self._hold(key, frozenset(self._keys(row)))
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
        self._hold(key, frozenset())
        return row

    def containing(self, *texts: str) -> list[JsonObject]:
        """Return the records whose texts may contain all of these, in order; compare before you answer."""
        return self._in_order(self._index.candidates(*texts))

    def having(self, key: Hashable) -> list[JsonObject]:
        """Return the records with this key, in order."""
        return self._in_order(self._holders.get(key, ()))

    def dump(self) -> list[JsonObject]:
        """Return all records, as :meth:`load` takes them."""
        return list(self._rows.values())

    def load(self, rows: Iterable[JsonObject]) -> None:
        """Replace all records by dumped ones; ValueError for one without an id."""
        for key in list(self):
            self.remove(key)
        for row in rows:
            self.put(row)

    def _in_order(self, found: Iterable[Id]) -> list[JsonObject]:
        return [self._rows[key] for key in sorted(found, key=self._order.__getitem__)]

    def _hold(self, key: Id, keys: frozenset[Hashable]) -> None:
        before = self._held.pop(key, frozenset())
        for gone in before - keys:
            self._holders[gone].discard(key)
            if not self._holders[gone]:
                del self._holders[gone]
        for new in keys - before:
            self._holders[new].add(key)
        if keys:
            self._held[key] = keys
