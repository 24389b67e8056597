"""What is read of a vendor's document, case by case: fields, lists, single records, parameters, operations."""

from __future__ import annotations

import json
import locale
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from appconnect.sandbox.collections import Collection
from appconnect.scaffold import Described, read_document

Read = Callable[..., Described]
TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
NULL = {"type": "null"}


def object_of(**properties: object) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def array_of(items: object) -> dict[str, Any]:
    return {"type": "array", "items": items}


def sent(schema: object, media: str = "application/json") -> dict[str, Any]:
    return {"content": {media: {"schema": schema}}}


def answers(schema: object, **operation: object) -> dict[str, Any]:
    return {"responses": {"200": sent(schema)}, **operation}


ROW = object_of(id=NUMBER, name=TEXT)
ROWS = answers(array_of(ref("Row")))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a document with these paths and schemas."""

    def read(paths: Mapping[str, object], schemas: Mapping[str, object] = {}, **more: object) -> Described:
        document = {
            "openapi": "3.1.0", "servers": [{"url": "https://desk.vendor.example/v1"}], "paths": paths,
            "components": {"schemas": {"Row": ROW, **schemas}}, **more,
        }  # fmt: skip
        (tmp_path / "vendor.json").write_text(json.dumps(document), "utf-8")
        return read_document(tmp_path / "vendor.json")

    return read


@pytest.fixture
def collection(read: Read) -> Callable[..., Collection]:
    """The only collection of a document."""

    def collection(*of: Any, **more: object) -> Collection:
        [found] = read(*of, **more).collections
        return found

    return collection


# -- fields --

FIELDS = {
    "a date": ({"type": "string", "format": "date"}, "date"),
    "a moment": ({"type": "string", "format": "date-time"}, "date-time"),
    "a uuid": ({"type": "string", "format": "uuid"}, "uuid"),
    "a text of another format": ({"type": "string", "format": "email"}, "text"),
    "a number that is called a date": ({"type": "integer", "format": "date"}, "integer"),
    "a decimal number": ({"type": "number"}, "number"),
    "yes or no": ({"type": "boolean"}, "boolean"),
    "a type that JSON has not": ({"type": "file"}, "any"),
    "no type": ({}, "any"),
    "a text or null": ({"type": ["string", "null"]}, "text"),
    "one of two types": ({"type": ["string", "integer"]}, "any"),
    "only null": ({"type": ["null"]}, "any"),
    "a text of some length": ({"type": "string", "maxLength": 20}, "text ≤20"),
    "a date of some length": ({"type": "string", "format": "date", "maxLength": 20}, "date"),
    "a number of some length": ({"type": "integer", "maxLength": 20}, "integer"),
    "a length that is no number": ({"type": "string", "maxLength": "20"}, "text"),
    "read only": ({"type": "integer", "readOnly": True}, "integer read-only"),
    "a read-only text of some length": ({"type": "string", "maxLength": 20, "readOnly": True}, "text ≤20 read-only"),
    "choices": ({"type": "string", "enum": ["a", "on hold"]}, "text: a|on hold"),
    "choices or null": ({"type": ["string", "null"], "enum": ["a", "b", None]}, "text: a|b"),
    "no choice but null": ({"type": "string", "enum": [None]}, "text"),
    "no choice": ({"type": "string", "enum": []}, "text"),
    "choices of numbers": ({"type": "integer", "enum": [0, 1]}, "integer: 0|1"),
    "texts to choose from, of no type": ({"enum": ["a", "b"]}, "text: a|b"),
    "numbers to choose from, of no type": ({"enum": [1, 2]}, "any: 1|2"),
    "texts and numbers to choose from": ({"enum": ["a", 2]}, "any: a|2"),
    "choices that the notation cannot say": ({"type": "string", "enum": ["a", "b|c"]}, "text"),
    "one text": ({"const": "a"}, "text: a"),
    "one number": ({"type": "integer", "const": 7}, "integer: 7"),
    "one text, and choices": ({"const": "a", "enum": ["a", "b"]}, "text: a"),
    "texts": (array_of(TEXT), ["text"]),
    "anything, any number of times": ({"type": "array"}, ["any"]),
    "lists of lists": (array_of(array_of(NUMBER)), [["integer"]]),
    "objects": (array_of(object_of(code=TEXT)), [{"code": "text"}]),
    "records": (array_of(ref("Part")), ["Part"]),
    "a record": (ref("Part"), "Part"),
    "a record with words on it": ({**ref("Part"), "description": "a", "summary": "b", "title": "c"}, "Part"),
    "a record that is null too": ({**ref("Part"), "nullable": True}, {"name": "text"}),
    "no record but a text": (ref("Short"), "text"),
    "nothing that is there": (ref("None"), "any"),
    "in another file": ({"$ref": "./far.json"}, "any"),
    "a circle of names": (ref("Circle"), "any"),
    "a name of a name": (ref("Nickname"), "Nickname"),
    "an object of any kind": ({"type": "object"}, "object"),
    "an object of no type": ({"properties": {"code": TEXT}}, {"code": "text"}),
    "what must be sent in it": ({**object_of(code=TEXT, count=NUMBER), "required": ["count"]},
                                {"code": "text", "count*": "integer"}),
    "what must be sent and cannot": ({**object_of(code={**TEXT, "readOnly": True}), "required": ["code"]},
                                     {"code": "text read-only"}),
    "what a part must have": ({"allOf": [{"required": ["code"]}, object_of(code=TEXT)]}, {"code*": "text"}),
    "parts that both must have something": (
        {"allOf": [{**object_of(a=TEXT), "required": ["a"]}, {**object_of(b=TEXT), "required": ["b"]}]},
        {"a*": "text", "b*": "text"}),
    "a field of two parts": ({"allOf": [object_of(a=TEXT), object_of(a=NUMBER)]}, {"a": "integer"}),
    "a type of its own and a part's": ({"type": "integer", "allOf": [TEXT]}, "integer"),
    "parts of parts": ({"allOf": [{"allOf": [object_of(a=TEXT)]}, ref("Part")]}, {"a": "text", "name": "text"}),
    "an object or null": ({"oneOf": [NULL, object_of(code=TEXT)]}, {"code": "text"}),
    "an object or a text": ({"oneOf": [object_of(code=TEXT), TEXT]}, "any"),
    "one of two objects with a field in common": (
        {"anyOf": [object_of(a=TEXT, b=TEXT), object_of(c=TEXT, a=NUMBER)]}, {"a": "text", "b": "text", "c": "text"}),
    "a text with choices beside its name": ({**ref("Short"), "enum": ["a"]}, "text: a"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_is_played_as_it_is_described(read: Read, kind: str) -> None:
    field, expected = FIELDS[kind]
    schemas = {
        "Row": object_of(field=field), "Part": object_of(name=TEXT), "Short": TEXT, "Circle": ref("Circle"),
        "Nickname": ref("Part"),
    }  # fmt: skip
    described = read({"/rows": {"get": ROWS}}, schemas)
    assert {"field": expected} == described.schema["Row"]
    if expected == "Part":
        assert {"name": "text"} == described.schema["Part"]


def test_names_may_have_slashes_and_tildes_in_them(read: Read) -> None:
    row = {"$ref": "#/components/schemas/a~1b~01c"}
    described = read({"/rows": {"get": answers(array_of(row))}}, {"a/b~1c": ROW})
    assert [{"id": "integer", "name": "text"}] == list(described.schema.values())


def test_a_record_without_a_name_is_called_like_its_path(read: Read) -> None:
    described = read({"/crm/rows/": {"get": answers(array_of(ROW))}})
    assert (["crm_rows"], "crm_rows") == (list(described.schema), described.collections[0].record)


# -- where records are found --

BARE, NONE = array_of(ROW), object_of(id=NUMBER)
LISTS = {
    "a bare list": (BARE, ""),
    "under an unusual name": (object_of(total=NUMBER, stuff=BARE), "stuff"),
    "called like the path": (object_of(other=BARE, rows=BARE), "rows"),
    "under a usual name rather than the path's": (object_of(rows=BARE, value=BARE), "value"),
    "beside a list of words": (object_of(data=array_of(TEXT), stuff=BARE), "stuff"),
    "under the more usual of two names": (object_of(entries=BARE, results=BARE), "results"),
    **{
        f"under {name}": (object_of(**{"other": BARE, name: BARE}), name)
        for name in ("data", "results", "items", "records", "value", "entries")
    },
}


@pytest.mark.parametrize("where", LISTS)
def test_a_lists_records_are_found(collection: Callable[..., Collection], where: str) -> None:
    schema, key = LISTS[where]
    found = collection({"/crm/rows.json": {"get": answers(schema)}})
    assert (key, "crm_rows.json") == (found.list, found.record)


@pytest.mark.parametrize("schema", [array_of(TEXT), NONE, object_of(data=array_of(TEXT)), {"type": "array"}])
def test_what_lists_no_records_is_no_collection(read: Read, schema: object) -> None:
    assert [] == read({"/rows": {"get": answers(schema)}}).collections


@pytest.mark.parametrize("single", [ROW, object_of(row=ROW), object_of(status=TEXT, row=ROW)])
def test_of_several_lists_it_is_that_whose_records_are_answered_alone(
    collection: Callable[..., Collection], single: object
) -> None:
    lists = object_of(data=array_of(object_of(code=TEXT)), found=array_of(ROW))
    found = collection({"/rows": {"get": answers(lists)}, "/rows/{id}": {"get": answers(single)}})
    assert "found" == found.list


@pytest.mark.parametrize(
    ("status", "media", "is_found"),
    [
        ("200", "application/json", True), ("206", "application/vnd.api+json; charset=utf-8", True), ("2XX", "*/*", True),
        ("200", "text/csv", False), ("default", "application/json", False), ("400", "application/json", False),
    ],
)  # fmt: skip
def test_only_a_good_answer_in_json_has_records(read: Read, status: str, media: str, is_found: bool) -> None:
    responses = {"400": sent(TEXT), status: sent(array_of(ref("Row")), media)}
    found = read({"/rows": {"get": {"responses": responses}}}).collections
    assert is_found == bool(found)


def test_of_several_answers_the_first_good_one_counts_and_of_it_the_json(read: Read) -> None:
    first = {"content": {"text/csv": {"schema": TEXT}, "application/json": {"schema": array_of(ref("Row"))}}}
    responses = {"404": sent(TEXT), "200": first, "202": sent(TEXT)}
    assert ["Row"] == [each.record for each in read({"/rows": {"get": {"responses": responses}}}).collections]


# -- one record --

SINGLE = {
    "get": answers(ref("Row")),
    "put": {},
    "patch": {},
    "delete": {},
    "post": {},
    "parameters": [],
}


@pytest.mark.parametrize(
    ("path", "one", "is_found"),
    [
        ("/rows", "/rows/{rowId}", True),
        ("/rows/", "/rows/{rowId}", True),
        ("/rows.json", "/rows/{rowId}.json", True),
        ("/Rows", "/Rows({rowId})", True),
        ("/rows", "/rows/{group}/{rowId}", False),
        ("/rows", "/rows/{rowId}/parts", False),
        ("/rows", "/others/{rowId}", False),
    ],
)
def test_the_path_of_one_record_is_that_of_the_list_and_its_id(
    collection: Callable[..., Collection], path: str, one: str, is_found: bool
) -> None:
    found = collection({one: SINGLE, path: {"get": ROWS, "post": {}, "delete": {}}})
    assert f"/v1{path}" == found.path
    assert (f"/v1{one}" if is_found else "") == found.one_path
    assert ["GET", "POST", *(["GET one", "PUT one", "PATCH one", "DELETE one"] if is_found else [])] == [
        *found.methods
    ]


@pytest.mark.parametrize(
    ("fields", "one", "key"),
    [
        (("name", "ID", "rowKey"), "/rows/{rowKey}", "ID"),
        (("name", "row_key"), "/rows/{rowKey}", "row_key"),
        (("RowKey", "otherId"), "/rows({row-key})", "RowKey"),
        (("otherId", "Row_Id"), "/rows/{number}", "Row_Id"),
        (("name", "otherId", "thirdId"), "/rows/{number}", "otherId"),
        (("name",), "/rows/{number}", "id"),
        (("name", "rowId"), "/others", "rowId"),
    ],
)
def test_the_id_of_a_record_is_its_likeliest_field(
    collection: Callable[..., Collection], fields: tuple[str, ...], one: str, key: str
) -> None:
    row = object_of(**dict.fromkeys(fields, TEXT))
    paths = {"/rows": {"get": answers(array_of(ref("Row")))}, one: {"get": answers(object_of(a=TEXT))}}
    assert key == collection(paths, {"Row": row}).id


@pytest.mark.parametrize(
    ("schema", "envelope"),
    [
        (ref("Row"), ""),
        (object_of(row=ref("Row")), "row"),
        (object_of(meta=object_of(page=NUMBER), row=object_of(name=TEXT)), "row"),
        (object_of(status=TEXT, row=ref("Row")), "row"),
        (object_of(row=object_of(name=TEXT, unknown=TEXT)), ""),
        (object_of(name=object_of(id=NUMBER)), ""),
        (object_of(row={"type": "object"}), ""),
        (TEXT, ""),
    ],
)
def test_an_envelope_is_what_holds_the_records_fields_and_is_none_of_them(
    collection: Callable[..., Collection], schema: object, envelope: str
) -> None:
    found = collection({
        "/rows": {"get": ROWS, "post": {"requestBody": sent(schema)}},
        "/rows/{id}": {"get": answers(schema)},
    })  # fmt: skip
    assert (envelope, envelope) == (found.one, found.sent)


def test_what_must_be_sent_is_known_by_its_name_all_the_same(collection: Callable[..., Collection]) -> None:
    row = {**object_of(rowKey=TEXT, name=TEXT), "required": ["rowKey", "name"]}
    found = collection(
        {"/rows": {"get": ROWS}, "/rows/{rowKey}": {"get": answers(object_of(row=ref("Row")))}}, {"Row": row}
    )
    assert ("rowKey", "row") == (found.id, found.one)


@pytest.mark.parametrize(("place", "envelope"), [("body", "row"), ("query", "")])
def test_version_2_has_its_body_among_the_parameters(read: Read, place: str, envelope: str) -> None:
    body = {"in": place, "name": "row", "schema": object_of(row=object_of(name=TEXT))}
    post = {"parameters": [{"in": "header", "name": "x", "schema": object_of(x=object_of(name=TEXT))}, body]}
    described = read({"/rows": {"get": ROWS, "post": post}})
    assert [("", envelope)] == [(each.one, each.sent) for each in described.collections]


# -- parameters --


@pytest.mark.parametrize(
    ("kind", "names", "default"),
    [
        ("limit", ("limit", "per_page", "perPage", "page_size", "pageSize", "top", "$top", "count", "size", "maxResults"),
         "limit"),
        ("offset", ("offset", "skip", "$skip", "start", "startAt"), "offset"),
        ("page", ("page", "page_number", "pageNumber"), ""),
    ],
)  # fmt: skip
def test_pages_are_asked_for_by_the_names_that_vendors_use(
    collection: Callable[..., Collection], kind: str, names: tuple[str, ...], default: str
) -> None:
    def found(*given: str) -> object:
        get = {**ROWS, "parameters": [{"in": "query", "name": each} for each in given]}
        return getattr(collection({"/rows": {"get": get}}), kind)

    assert default == found("state")
    assert list(names) == [found("state", each) for each in names]
    assert names[0] == found(*reversed(names))


def test_parameters_are_those_of_the_path_too_and_of_what_they_refer_to(
    collection: Callable[..., Collection],
) -> None:
    get = {**ROWS, "parameters": [{"$ref": "#/components/parameters/size"}]}
    of_path = [{"in": "query", "name": "start"}]
    parameters = {"parameters": {"size": {"in": "query", "name": "pageSize"}}, "schemas": {"Row": ROW}}
    found = collection({"/rows": {"parameters": of_path, "get": get}}, components=parameters)
    assert ("pageSize", "start") == (found.limit, found.offset)


# -- operations and remarks --


def test_operations_are_listed_by_their_first_group_in_the_order_of_the_document(read: Read) -> None:
    described = read({
        "/rows": {
            "delete": {"tags": ["Rows"]}, "get": {**ROWS, "tags": ["Rows", "Lists"]}, "post": {"summary": "Add"},
            "summary": {"get": 1}, "head": {"tags": ["Rows"]},
        },
        "/rows/{rowId}": {"patch": {"tags": ["Rows"]}, "put": {"tags": []}, "get": {}},
    })  # fmt: skip
    assert [
        "[Rows]", "GET /v1/rows", "DELETE /v1/rows", "PATCH /v1/rows/{rowId}",
        "[Operations]", "POST /v1/rows", "PUT /v1/rows/{rowId}",
    ] == [*described.operations]  # fmt: skip


def test_what_is_played_and_what_is_not(read: Read) -> None:
    told = {"tags": ["Rows"]}
    described = read({
        "/rows": {"get": {**ROWS, **told}, "post": told, "delete": told},
        "/rows/{rowId}": {"get": answers(ref("Row")), "put": told, "post": told},
    })  # fmt: skip
    assert ["GET /v1/rows", "POST /v1/rows", "GET /v1/rows/{rowId}", "PUT /v1/rows/{rowId}"] == (
        described.played
    )
    assert ["DELETE /v1/rows", "POST /v1/rows/{rowId}"] == sorted(described.not_played)


def test_a_list_of_one_record_is_no_collection(read: Read) -> None:
    described = read({"/accounts/{id}/rows": {"get": ROWS}, "/rows": {"post": {"summary": "Add"}}})
    assert ([], ["GET /v1/accounts/{id}/rows", "POST /v1/rows"]) == (described.played, described.not_played)


def test_a_view_of_another_collection_is_not_played(read: Read) -> None:
    paths = ("/rows", "/rows/archived", "/rows_of_old", "/others/rows")
    described = read({path: {"get": ROWS} for path in paths})
    assert ["/v1/rows", "/v1/rows_of_old", "/v1/others/rows"] == [each.path for each in described.collections]


def test_a_collection_within_another_whose_records_are_read_alone_is_one_of_its_own(read: Read) -> None:
    described = read({"/rows/": {"get": ROWS}, "/rows/parts": {"get": ROWS}, "/rows/parts/{id}": SINGLE})
    assert ["/v1/rows/", "/v1/rows/parts"] == [each.path for each in described.collections]


@pytest.mark.parametrize(
    "name", ["cursor", "after", "page_token", "pageToken", "next_token", "starting_after"]
)
def test_a_cursor_is_said_not_to_be_played(read: Read, name: str) -> None:
    get = {**ROWS, "parameters": [{"in": "query", "name": each} for each in ("limit", name)]}
    assert [f"/v1/rows is paged with {name}, which is not played."] == [
        *read({"/rows": {"get": get}}).remarks
    ]


def test_what_was_not_understood_is_said_in_sentences(read: Read) -> None:
    row = object_of(id=NUMBER, rank={}, name=TEXT, value={"oneOf": [TEXT, NUMBER]})
    described = read(
        {"/far": {"$ref": "./far.json"}, "/near": {}, "/rows": {"get": ROWS}, "/none": None}, {"Row": row}
    )
    assert [
        "/far is described in another file, which was not read.",
        "Row takes any value for rank, value.",
    ] == [*described.remarks]


def test_a_path_may_be_described_elsewhere_in_the_document(read: Read) -> None:
    described = read({"/rows": {"$ref": "#/x-paths/rows"}}, **{"x-paths": {"rows": {"get": ROWS}}})
    assert (["GET /v1/rows"], []) == (described.played, [*described.remarks])


def test_the_files_of_a_sandbox_are_what_was_read(read: Read) -> None:
    row = object_of(id=NUMBER, größe={"enum": ["klein", "groß"]})
    described = read({"/rows": {"get": ROWS}}, {"Row": row})
    files = described.files()
    assert ["schema.json", "operations.txt", "collections.json"] == list(files)
    assert '{\n "Row": {\n  "id": "integer",\n  "größe": "text: klein|groß"\n }\n}\n' == files["schema.json"]
    assert "[Operations]\nGET /v1/rows\n" == files["operations.txt"]
    assert files["collections.json"].startswith('[\n {\n  "path": "/v1/rows",\n')
    assert files["collections.json"].endswith("]\n")
    assert described.collections == [
        Collection.model_validate(each) for each in json.loads(files["collections.json"])
    ]


# -- the document itself --


@pytest.mark.parametrize(
    ("servers", "host", "base"),
    [
        ([{"url": "https://API.vendor.example/v2/"}], "api.vendor.example", "/v2"),
        ([{"url": "https://api.vendor.example:8443"}, {"url": "https://other.example"}], "api.vendor.example", ""),
        ([{"url": "/api"}], "", "/api"),
        ([], "", ""),
        (None, "", ""),
        ([{"description": "none"}], "", ""),
        ([{"url": "https://{company}.{zone}/v{major}", "variables": {
            "company": {"default": "acme"}, "zone": {"default": "vendor.example"}, "major": {"default": "3"}}}],
         "acme.vendor.example", "/v3"),
        ([{"url": "https://{company}.vendor.example/v1"}], "", "/v1"),
        ([{"url": "https://vendor.example/{part}", "variables": {"part": {}}}], "vendor.example", ""),
    ],
)  # fmt: skip
def test_the_first_server_is_where_the_interface_is(
    read: Read, servers: object, host: str, base: str
) -> None:
    described = read({"/rows": {"get": ROWS}}, servers=servers)
    assert (host, f"{base}/rows") == (described.host, described.collections[0].path)


@pytest.mark.parametrize(
    ("facts", "host", "path"),
    [
        ({"host": "Api.vendor.example:443", "basePath": "/v1/"}, "api.vendor.example", "/v1/rows"),
        ({"basePath": "/v1"}, "", "/v1/rows"),
        ({"host": "api.vendor.example"}, "api.vendor.example", "/rows"),
    ],
)
def test_version_2_names_host_and_path(tmp_path: Path, facts: dict[str, str], host: str, path: str) -> None:
    rows = {"get": {"responses": {"200": {"schema": array_of(ROW)}}}}
    document = {
        "swagger": "2.0",
        "paths": {"/rows": rows},
        "servers": [{"url": "https://no.example"}],
        **facts,
    }
    (tmp_path / "old.json").write_text(json.dumps(document), "utf-8")
    described = read_document(tmp_path / "old.json")
    assert (host, path) == (described.host, described.collections[0].path)


def choices(path: Path) -> object:
    return read_document(path).schema["rows"]["field"]


WRITTEN = """\
openapi: 3.0.0
paths:
  /rows:
    get:
      responses:
        200:
          content:
            application/json:
              schema: {type: array, items: {properties: {field: {enum: [%s]}}}}
"""


@pytest.mark.parametrize(
    "choice", ["no", "on", "yes", "True", "2026-01-02", "2026-01-02T12:00:00Z", "falsehood", "trueish"]
)
def test_a_word_of_yaml_is_a_word(tmp_path: Path, choice: str) -> None:
    (tmp_path / "vendor.yaml").write_text(WRITTEN % choice, "utf-8")
    assert f"text: {choice}" == choices(tmp_path / "vendor.yaml")


@pytest.mark.parametrize("choice", ["true", "false", "12", "1.5"])
def test_what_json_has_is_no_word(tmp_path: Path, choice: str) -> None:
    (tmp_path / "vendor.yaml").write_text(WRITTEN % choice, "utf-8")
    assert f"any: {choice.title()}" == choices(tmp_path / "vendor.yaml")


def test_a_document_is_in_utf_8_whatever_the_computer_writes(tmp_path: Path) -> None:
    (tmp_path / "vendor.yaml").write_text(WRITTEN % "größe", "utf-8")
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        assert "text: größe" == choices(tmp_path / "vendor.yaml")
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def test_json_may_begin_with_spaces_and_is_read_as_json(tmp_path: Path) -> None:
    paths = {"/rows": {"get": answers(array_of(object_of(field={"enum": ["a/b"]})))}}
    text = json.dumps({"openapi": "3.1.0", "paths": paths}, indent="\t").replace("/", "\\/")
    (tmp_path / "vendor.json").write_text(f"\n\t {text}", "utf-8")
    assert "text: a/b" == choices(tmp_path / "vendor.json")
