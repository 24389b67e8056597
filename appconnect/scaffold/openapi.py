"""A vendor's OpenAPI document as the data that a sandbox plays: schema, operations, collections.

Versions 2 and 3 are read, https://spec.openapis.org/oas/latest.html. Operations that are no plain collection
are listed and not played, and what was not understood is said in remarks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from appconnect.sandbox.collections import Collection
from appconnect.sandbox.requests import Json, JsonObject
from appconnect.scaffold.described_records import DescribedRecords
from appconnect.scaffold.document import as_list, as_object, pairs, parse, server

METHODS = ("get", "post", "put", "patch", "delete")
ON_ONE = ("get", "put", "patch", "delete")
LIMITS = (
    "limit",
    "per_page",
    "perPage",
    "page_size",
    "pageSize",
    "top",
    "$top",
    "count",
    "size",
    "maxResults",
)
OFFSETS = ("offset", "skip", "$skip", "start", "startAt")
PAGES = ("page", "page_number", "pageNumber")
CURSORS = ("cursor", "after", "page_token", "pageToken", "next_token", "starting_after")
LISTS = ("data", "results", "items", "records", "value", "entries")
"""Under which a list's records stand in most vendors' answers."""
ONE = re.compile(r"/\{(?P<plain>[^{}/]+)\}|\(\{(?P<odata>[^{}/]+)\}\)")
"""What makes the path of one record from that of its collection."""


@dataclass(frozen=True)
class Described:
    """What of a document a sandbox plays by itself."""

    host: str
    schema: dict[str, JsonObject]
    operations: Sequence[str]
    """ "[Group]" and "GET /v1/deals", a line each."""
    collections: list[Collection]
    remarks: Sequence[str]
    """Sentences about what was not understood."""

    @property
    def played(self) -> list[str]:
        """The operations that are played."""
        shown = [(each.path, each.one_path, each.methods) for each in self.collections]
        return [
            f"{verb} {one if kind else path}"
            for path, one, methods in shown
            for verb, _, kind in (method.partition(" ") for method in methods)
        ]

    @property
    def not_played(self) -> list[str]:
        """The operations that the sandbox answers with 501."""
        played = {re.sub(r"\{[^}]*\}", "{}", each) for each in self.played}
        listed = [line for line in self.operations if not line.startswith("[")]
        return [line for line in listed if re.sub(r"\{[^}]*\}", "{}", line) not in played]

    def files(self) -> Mapping[str, str]:
        """Return the files that stand beside a sandbox's module."""
        collections = [each.model_dump(mode="json") for each in self.collections]
        return {
            "schema.json": json.dumps(self.schema, indent=1, ensure_ascii=False) + "\n",
            "operations.txt": "".join(f"{line}\n" for line in self.operations),
            "collections.json": json.dumps(collections, indent=1) + "\n",
        }


def read_document(path: Path) -> Described:
    """Return what a file, JSON or YAML, describes; InputError for a file that is no OpenAPI document."""
    return Document(parse(path)).described()


class Document:
    """An OpenAPI document, as collections of records."""

    def __init__(self, document: JsonObject) -> None:
        self._records = DescribedRecords(document)
        self._paths = {path: self._records.resolved(item) for path, item in pairs(document.get("paths"))}
        self._elsewhere = [
            path for path, item in pairs(document.get("paths")) if item and not self._paths[path]
        ]
        self.host, self._base = server(document)

    def described(self) -> Described:
        """Return what a sandbox plays of it."""
        found = [each for path in self._paths if (each := self._collection(path))]
        collections = [each for each in found if each.one_path or not _is_within(each, found)]
        operations, remarks = [*self._operations()], [*self._remarks(collections)]
        return Described(self.host, self._records.schema, operations, collections, remarks)

    # -- operations --

    def _operations(self) -> Iterator[str]:
        groups: dict[str, list[str]] = {}
        for path, item in self._paths.items():
            for method in METHODS:
                if operation := as_object(item.get(method)):
                    tags = as_list(operation.get("tags"))
                    group = str(tags[0]) if tags else "Operations"
                    groups.setdefault(group, []).append(f"{method.upper()} {self._base}{path}")
        for group, lines in groups.items():
            yield from (f"[{group}]", *lines)

    def _remarks(self, collections: Sequence[Collection]) -> Iterator[str]:
        for path in self._elsewhere:
            yield f"{path} is described in another file, which was not read."
        for each in collections:
            known = self._parameters(each.path.removeprefix(self._base))
            if cursor := next((name for name in CURSORS if name in known), ""):
                yield f"{each.path} is paged with {cursor}, which is not played."
            opened = [name for name, what in self._records.schema[each.record].items() if what == "any"]
            if opened:
                yield f"{each.record} takes any value for {', '.join(opened)}."

    def _collection(self, path: str) -> Collection | None:
        """Return the collection at this path: its list is read, and what is in it are records."""
        item = self._paths[path]
        listed = self._answer(item.get("get"))
        if "{" in path or listed is None:
            return None
        one_path, single, parameter = self._single(path)
        key, row = self._rows(listed, path, self._records.properties(self._answer(single.get("get"))))
        if row is None:
            return None
        record = self._records.record_of(row, path)
        known, names = self._parameters(path), self._records.names_of(record)
        return Collection(
            path=self._base + path, one_path=self._base + one_path if single else "", record=record,
            id=_id_of(names, parameter, f"{record}_id"), list=key,
            one=self._envelope(self._answer(single.get("get")), record),
            sent=self._envelope(self._body(item.get("post")), record),
            limit=next((name for name in LIMITS if name in known), LIMITS[0]),
            offset=next((name for name in OFFSETS if name in known), OFFSETS[0]),
            page=next((name for name in PAGES if name in known), ""),
            methods=[
                *(method.upper() for method in ("get", "post") if method in item),
                *(f"{method.upper()} one" for method in ON_ONE if method in single),
            ],
        )  # fmt: skip

    def _parameters(self, path: str) -> set[str]:
        """Return the names of the parameters that a list takes."""
        item = self._paths[path]
        listed = [*as_list(item.get("parameters")), *as_list(as_object(item.get("get")).get("parameters"))]
        return {str(self._records.resolved(each).get("name")) for each in listed}

    def _single(self, path: str) -> tuple[str, JsonObject, str]:
        """Return where one record is, what can be done with it, and the name of its id in the path."""
        for other, item in self._paths.items():
            found = ONE.search(other)
            if found and ONE.sub("", other, count=1) in (path, path.rstrip("/")):
                return other, item, found["plain"] or found["odata"]
        return "", {}, "id"

    def _answer(self, operation: Json) -> JsonObject | None:
        """Return the schema of an operation's good answer; None for one without JSON."""
        for status, answer in pairs(as_object(operation).get("responses")):
            if status.startswith("2"):
                return self._sent(self._records.resolved(answer))
        return None

    def _body(self, operation: Json) -> JsonObject | None:
        """Return the schema of what is sent; None for an operation that takes no JSON."""
        given = [self._records.resolved(each) for each in as_list(as_object(operation).get("parameters"))]
        old = next((each for each in given if each.get("in") == "body"), {})
        return self._sent(self._records.resolved(as_object(operation).get("requestBody")) or old)

    def _sent(self, message: JsonObject) -> JsonObject | None:
        media = {
            name: each for name, each in pairs(message.get("content")) if "json" in name or name == "*/*"
        }
        found = next(iter(media.values()), message)
        return as_object(found.get("schema")) or None

    def _rows(
        self, listed: JsonObject, path: str, single: Mapping[str, Json]
    ) -> tuple[str, JsonObject | None]:
        """Return the key that a list's records stand under, and the schema of one; None for no records.

        Of several lists it is that whose records are answered alone too, or that has a usual name.
        """
        whole = self._records.merged(listed)
        if whole.get("type") == "array":
            items = as_object(whole.get("items"))
            return "", items if self._records.properties(items) else None
        found: dict[str, JsonObject] = {}
        for name, each in self._records.properties(whole).items():
            inner = self._records.merged(each)
            if inner.get("type") == "array" and self._records.properties(inner.get("items")):
                found[name] = as_object(inner.get("items"))
        word = re.sub(r"\.\w+$", "", path.rstrip("/")).rpartition("/")[2]
        wrapped = [each.keys() for each in (single, *map(self._records.properties, single.values())) if each]
        for name, row in found.items():
            if self._records.properties(row).keys() in wrapped:
                return name, row
        for name in (*LISTS, word, *found):
            if name in found:
                return name, found[name]
        return "", None

    def _envelope(self, schema: JsonObject | None, record: str) -> str:
        """Return the key that a single record stands under where it is answered or sent; "" for none."""
        wrapped, names = self._records.properties(schema or {}), self._records.names_of(record)
        inner = {
            name: self._records.properties(each).keys() for name, each in wrapped.items() if name not in names
        }
        return next((name for name, fields in inner.items() if fields and fields <= set(names)), "")


def _is_within(collection: Collection, others: Sequence[Collection]) -> bool:
    """Return True for a view of another collection, such as a search, which would always be empty here."""
    path = collection.path.rstrip("/")
    return any(path.startswith(f"{each.path.rstrip('/')}/") for each in others)


def _id_of(names: Iterable[str], *likely: str) -> str:
    """Return the name of a record's id: a likely one, in whatever case, else the first that fits."""
    folded = {_folded(name): name for name in names}
    for name in ("id", *map(_folded, likely)):
        if name in folded:
            return folded[name]
    return next((name for fold, name in folded.items() if fold.endswith("id")), "id")


def _folded(name: str) -> str:
    return re.sub(r"\W|_", "", name).lower()
