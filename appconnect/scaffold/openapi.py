"""A vendor's OpenAPI document as the data that a sandbox plays: schema, operations, collections.

Versions 2 and 3 are read, https://spec.openapis.org/oas/latest.html; what a document leaves open is played as
``any``, and operations that are no plain collection are listed and not played.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import TypeAdapter, ValidationError

from appconnect.errors import InputError
from appconnect.sandbox.collections import Collection
from appconnect.sandbox.requests import Json, JsonObject

METHODS = ("get", "post", "put", "patch", "delete")
ON_ONE = ("get", "put", "patch", "delete")
LIMITS, OFFSETS = ("limit", "per_page", "page_size", "top", "count"), ("offset", "skip", "start")
TYPES = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}
DEEPEST = 6
"""Objects in objects that are described; what is deeper is played as an object of any kind."""


@dataclass(frozen=True)
class Described:
    """What of a document a sandbox plays by itself."""

    host: str
    schema: dict[str, JsonObject]
    operations: str
    collections: list[Collection]

    def files(self) -> Mapping[str, str]:
        """Return the files that stand beside a sandbox's module."""
        collections = [each.model_dump(mode="json") for each in self.collections]
        return {
            "schema.json": json.dumps(self.schema, indent=1, ensure_ascii=False) + "\n",
            "operations.txt": self.operations,
            "collections.json": json.dumps(collections, indent=1) + "\n",
        }


def read_document(path: Path) -> Described:
    """Return what a file, JSON or YAML, describes; InputError for a file that is no OpenAPI document."""
    try:
        document = TypeAdapter(JsonObject).validate_python(_parsed(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, ValidationError, ValueError):
        raise InputError(f"{path} is neither JSON nor YAML of an OpenAPI document.") from None
    if not ("openapi" in document or "swagger" in document) or not isinstance(document.get("paths"), dict):
        raise InputError(f"{path} is no OpenAPI document: it names no version, or has no paths.")
    return Document(document).described()


def _parsed(path: Path) -> object:
    text = path.read_text("utf-8")
    return json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)


class Document:
    """An OpenAPI document, and the records that were met in it."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self._paths = _objects(document.get("paths"))
        self.host, self._base = _server(document)
        self._schema: dict[str, JsonObject] = {}

    def described(self) -> Described:
        """Return what a sandbox plays of it."""
        collections = [each for path in self._paths if (each := self._collection(path))]
        return Described(self.host, self._schema, self._operations(), collections)

    # -- operations --

    def _operations(self) -> str:
        groups: dict[str, list[str]] = {}
        for path, item in self._paths.items():
            for method in METHODS:
                if operation := _object(item.get(method)):
                    tags = _list(operation.get("tags"))
                    group = str(tags[0]) if tags else "Operations"
                    groups.setdefault(group, []).append(f"{method.upper()} {self._base}{path}")
        return "".join(f"[{group}]\n" + "\n".join(lines) + "\n" for group, lines in groups.items())

    def _collection(self, path: str) -> Collection | None:
        """Return the collection at this path: its list is read, and what is in it are records."""
        item = self._paths[path]
        listed = self._answer(item.get("get"))
        if "{" in path or listed is None:
            return None
        key, row = self._rows(listed)
        if row is None:
            return None
        single, parameter = self._single(path)
        record = self._record_of(row, path)
        names = _plain_names(self._schema[record])
        known = [
            str(each.get("name"))
            for each in map(self._resolved, _list(_object(item.get("get")).get("parameters")))
        ]
        return Collection(
            path=self._base + path, record=record, id=_id_of(names, parameter), list=key,
            one=self._envelope(single.get("get"), record),
            limit=next((name for name in LIMITS if name in known), LIMITS[0]),
            offset=next((name for name in OFFSETS if name in known), OFFSETS[0]),
            methods=[
                *(method.upper() for method in ("get", "post") if method in item),
                *(f"{method.upper()} one" for method in ON_ONE if method in single),
            ],
        )  # fmt: skip

    def _single(self, path: str) -> tuple[JsonObject, str]:
        """Return what can be done with one record, and the name of its id in the path."""
        for other, item in self._paths.items():
            head, _, last = other.rpartition("/")
            if head == path and last.startswith("{") and last.endswith("}"):
                return item, last[1:-1]
        return {}, "id"

    def _answer(self, operation: Json) -> JsonObject | None:
        """Return the schema of an operation's good answer."""
        for status, answer in _objects(_object(operation).get("responses")).items():
            if status.startswith("2"):
                resolved = self._resolved(answer)
                media = _objects(resolved.get("content"))
                found = _object(next(iter(media.values()), {}).get("schema")) or _object(
                    resolved.get("schema")
                )
                return found or None
        return None

    def _rows(self, listed: JsonObject) -> tuple[str, JsonObject | None]:
        """Return the key that a list's records stand under, and the schema of one; None for no list."""
        whole = self._resolved(listed)
        if whole.get("type") == "array":
            return "", _object(whole.get("items"))
        for name, each in self._properties(whole).items():
            inner = self._resolved(each)
            items = _object(inner.get("items"))
            if inner.get("type") == "array" and self._properties(self._resolved(items)):
                return name, items
        return "", None

    def _envelope(self, operation: Json, record: str) -> str:
        """Return the key that a single record stands under in its answer."""
        answer, names = self._resolved(self._answer(operation) or {}), _plain_names(self._schema[record])
        wrapped = self._properties(answer)
        if wrapped.keys() == names:
            return ""
        same = (
            name for name, each in wrapped.items() if self._properties(self._resolved(each)).keys() == names
        )
        return next(same, "")

    # -- records --

    def _record_of(self, row: JsonObject, path: str) -> str:
        """Return the name of the record that a schema describes, which is now known."""
        name = _name_of(row) or path.strip("/").replace("/", "_")
        if name not in self._schema:
            self._schema[name] = {}
            self._schema[name] = self._fields(self._resolved(row), 0)
        return name

    def _fields(self, schema: JsonObject, depth: int) -> JsonObject:
        required = {str(each) for each in _list(self._merged(schema).get("required"))}
        return {
            f"{name}*" if name in required and not each.get("readOnly") else name: self._notation(
                each, depth + 1
            )
            for name, each in self._properties(schema).items()
        }

    def _notation(self, given: JsonObject, depth: int) -> Json:
        """Return a field's description as schema.py reads it."""
        schema = self._merged(self._resolved(given))
        type_ = _type(schema)
        if type_ == "array":
            return [self._notation(_object(schema.get("items")), depth)]
        if self._properties(schema):
            if depth > DEEPEST:
                return "object"
            if _name_of(given):
                return self._record_of(given, "")
            return self._fields(schema, depth)
        if type_ == "object":
            return "object"
        return _plain(schema, type_)

    def _properties(self, schema: JsonObject) -> dict[str, JsonObject]:
        return _objects(self._merged(schema).get("properties"))

    def _merged(self, schema: JsonObject) -> JsonObject:
        """Return a schema with all that it is made of; of alternatives the first that is not null."""
        parts = [self._resolved(_object(each)) for each in _list(schema.get("allOf"))]
        for alternatives in ("oneOf", "anyOf"):
            options = [self._resolved(_object(each)) for each in _list(schema.get(alternatives))]
            parts += [each for each in options if each.get("type") != "null"][:1]
        if not parts:
            return schema
        merged = {**schema}
        for part in map(self._merged, parts):
            properties: JsonObject = {**_object(merged.get("properties")), **_object(part.get("properties"))}
            required = [*_list(merged.get("required")), *_list(part.get("required"))]
            merged = {**part, **merged, "properties": properties, "required": required}
        return merged

    def _resolved(self, schema: Json) -> JsonObject:
        """Return what a reference means; a schema as it is. Of a circle of references, nothing."""
        found, seen = _object(schema), set[str]()
        while (reference := found.get("$ref")) and str(reference) not in seen:
            seen.add(str(reference))
            found = self._document
            for part in str(reference).removeprefix("#/").split("/"):
                found = _object(found.get(part.replace("~1", "/").replace("~0", "~")))
        return {} if "$ref" in found else found


# -- pieces of a document --


def _plain(schema: JsonObject, type_: str) -> str:
    date_like = str(schema.get("format")) if schema.get("format") in ("date", "date-time") else ""
    words = [date_like or TYPES.get(type_, "any")]
    if words == ["text"] and isinstance(longest := schema.get("maxLength"), int):
        words.append(f"≤{longest}")
    if schema.get("readOnly"):
        words.append("read-only")
    choices = [str(each) for each in _list(schema.get("enum")) if each is not None]
    sayable = choices and not any("|" in each for each in choices)
    return " ".join(words) + (f": {'|'.join(choices)}" if sayable else "")


def _type(schema: JsonObject) -> str:
    given = schema.get("type")
    return (
        next((str(each) for each in _list(given) if each != "null"), "")
        if isinstance(given, list)
        else str(given)
    )


def _name_of(schema: JsonObject) -> str:
    reference = schema.get("$ref")
    return str(reference).rpartition("/")[2] if reference else ""


def _plain_names(fields: JsonObject) -> set[str]:
    return {name.removesuffix("*") for name in fields}


def _id_of(names: set[str], parameter: str) -> str:
    for name in ("id", parameter):
        if name in names:
            return name
    return next((name for name in sorted(names) if name.lower().endswith("id")), "id")


def _server(document: JsonObject) -> tuple[str, str]:
    """Return host and base path; "" for a document that names none."""
    if "swagger" in document:
        return str(document.get("host") or ""), str(document.get("basePath") or "").rstrip("/")
    servers = _list(document.get("servers"))
    url = urlsplit(str(_object(servers[0]).get("url") or "") if servers else "")
    host = url.hostname or ""
    return ("" if "{" in host else host), url.path.rstrip("/")


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _objects(value: Json) -> dict[str, JsonObject]:
    return dict(_pairs(value))


def _pairs(value: Json) -> Iterator[tuple[str, JsonObject]]:
    for name, each in _object(value).items():
        if isinstance(each, dict):
            yield name, each


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
