"""The schemas of an OpenAPI document, as the records that a sandbox plays (see sandbox/schema.py).

What a schema leaves open, or says in a way that the notation has no words for, is played as ``any``.
"""

from __future__ import annotations

from appconnect.sandbox.requests import Json, JsonObject
from appconnect.scaffold.document import as_list, as_object, pairs

TYPES = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}
DATES = {"date": "date", "date-time": "date-time", "uuid": "uuid"}
WORDS = ("description", "summary", "title")
"""What may stand beside a reference and changes nothing."""
DEEPEST = 6
"""Objects in objects that are described; what is deeper is played as an object of any kind."""


class DescribedRecords:
    """The schemas of a document, and the records that were met in it."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self.schema: dict[str, JsonObject] = {}
        """Record → its fields, in the notation of the kit."""

    def record_of(self, row: JsonObject, path: str) -> str:
        """Return the name of the record that a schema describes, which is now known."""
        name = _name_of(row) or path.strip("/").replace("/", "_")
        if name not in self.schema:
            self.schema[name] = {}
            self.schema[name] = self._fields(self.resolved(row), 0)
        return name

    def names_of(self, record: str) -> list[str]:
        """Return the names of a record's fields, in the document's order."""
        return [name.removesuffix("*") for name in self.schema[record]]

    def properties(self, schema: Json) -> dict[str, JsonObject]:
        """Return the properties of a schema with those of all that it is made of."""
        return dict(pairs(self.merged(schema).get("properties")))

    def resolved(self, schema: Json) -> JsonObject:
        """Return what a reference means, with what stands beside it; a schema as it is.

        Of a circle of references, and of one that leads out of the document, nothing is returned.
        """
        found, beside, seen = as_object(schema), dict[str, Json](), set[str]()
        while (reference := found.get("$ref")) and str(reference) not in seen:
            seen.add(str(reference))
            beside = {**{name: value for name, value in found.items() if name != "$ref"}, **beside}
            found = self._at(str(reference))
        if "$ref" in found:
            return {}
        shown = {name: value for name, value in beside.items() if name not in WORDS}
        return {"allOf": [found, shown]} if shown else found

    def _at(self, reference: str) -> JsonObject:
        if not reference.startswith("#/"):
            return {}
        found = self._document
        for part in reference.removeprefix("#/").split("/"):
            found = as_object(found.get(part.replace("~1", "/").replace("~0", "~")))
        return found

    def _fields(self, schema: JsonObject, depth: int) -> JsonObject:
        required = {str(each) for each in as_list(self.merged(schema).get("required"))}
        return {
            f"{name}*" if name in required and not each.get("readOnly") else name: self._notation(
                each, depth + 1
            )
            for name, each in self.properties(schema).items()
        }

    def _notation(self, given: JsonObject, depth: int) -> Json:
        """Return a field's description as the kit reads it."""
        schema = self.merged(given)
        type_ = _type(schema)
        if type_ == "array":
            return [self._notation(as_object(schema.get("items")), depth)]
        if self.properties(schema):
            if depth > DEEPEST:
                return "object"
            return self.record_of(given, "") if _name_of(given) else self._fields(schema, depth)
        return "object" if type_ == "object" else _plain(schema, type_)

    def merged(self, given: Json, depth: int = 0) -> JsonObject:
        """Return a schema with all that it is made of; a circle ends at some depth."""
        if depth > DEEPEST:
            return {}
        schema = self.resolved(given)
        parts: list[Json] = [*as_list(schema.get("allOf"))]
        for alternatives in ("oneOf", "anyOf"):
            options = [self.merged(each, depth + 1) for each in as_list(schema.get(alternatives))]
            real = [each for each in options if each.get("type") != "null"]
            parts += real if len(real) < 2 else [_either(real)]
        merged = {**schema}
        for part in (self.merged(each, depth + 1) for each in parts):
            properties = {**as_object(merged.get("properties")), **as_object(part.get("properties"))}
            required = [*as_list(merged.get("required")), *as_list(part.get("required"))]
            merged = {**part, **merged, "properties": properties, "required": required}
        return merged


def _either(options: list[JsonObject]) -> JsonObject:
    """Return a schema that allows what any of the options has: all fields of objects, else anything."""
    if not all(as_object(each.get("properties")) for each in options):
        return {}
    properties: JsonObject = {}
    for each in options:
        properties = {**as_object(each.get("properties")), **properties}
    return {"type": "object", "properties": properties}


def _plain(schema: JsonObject, type_: str) -> str:
    given = [schema["const"]] if "const" in schema else as_list(schema.get("enum"))
    if not type_ and given and all(isinstance(each, str) for each in given):
        type_ = "string"
    words = [DATES.get(str(schema.get("format")), "text") if type_ == "string" else TYPES.get(type_, "any")]
    if words == ["text"] and isinstance(longest := schema.get("maxLength"), int):
        words.append(f"≤{longest}")
    if schema.get("readOnly"):
        words.append("read-only")
    choices = [str(each) for each in given if each is not None]
    sayable = choices and not any("|" in each for each in choices)
    return " ".join(words) + (f": {'|'.join(choices)}" if sayable else "")


def _type(schema: JsonObject) -> str:
    """Return the one type that a value may have besides null; "" for more than one."""
    given = schema.get("type")
    types = [
        str(each) for each in (given if isinstance(given, list) else [given]) if each not in (None, "null")
    ]
    return types[0] if len(types) == 1 else ""


def _name_of(schema: JsonObject) -> str:
    reference = schema.get("$ref")
    return str(reference).rpartition("/")[2] if reference and not schema.keys() - {"$ref", *WORDS} else ""
