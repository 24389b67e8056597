"""A client that a generator made from Insightly's description, against the sandbox.

The description is written as OpenAPI 3.1 from the same two files that `parity.insightly_calls` checks against; the
generator (openapi-python-client) makes a module an operation of it. Every operation but those of files is called
through its module, which must make its own models of the answer.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import inspect
import json
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import httpx

from appconnect.connectors.insightly.sandbox.sign_in import RAE_KEY
from appconnect.sandbox.schema import Field, Record
from parity.clients import NotInstalledError, python_clients
from parity.insightly_calls import RECORDS, Check, NotPlayedError, Operation, operations
from parity.ledger import Ledger, is_not_played

PACKAGE = "insightly_made"
TYPES = {
    "text": {"type": "string"}, "integer": {"type": "integer"}, "number": {"type": "number"},
    "boolean": {"type": "boolean"}, "date-time": {"type": "string", "format": "date-time"}, "any": {},
}  # fmt: skip
FILES = ("file", "bytes")
REQUIRED = {"tagName": "A", "record_type": "contacts", "fieldName": "PHONE_2__c", "id": ""}
"""Query parameters that operations cannot do without."""


def description() -> dict[str, Any]:
    """Return the description as OpenAPI."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations():
        if operation.body not in FILES:
            paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    schemas = {name: _schema(record) for name, record in RECORDS.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Insightly made", "version": "3.1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _described(operation: Operation) -> dict[str, Any]:
    name, is_list = operation.answer.strip("[]"), operation.answer.startswith("[")
    ref = {"$ref": f"#/components/schemas/{name}"}
    schema = {"type": "array", "items": ref} if is_list else ref
    content = {} if name == "-" else {"content": {"application/json": {"schema": schema}}}
    where = [(each, "path", True) for each in re.findall(r"\{(\w+)\}", operation.path)]
    queries = [(_required(operation), "query", True)] if _required(operation) else []
    body = {"$ref": f"#/components/schemas/{operation.body}"}
    described: dict[str, Any] = {
        "operationId": identifier(operation),
        "tags": [operation.group],
        "parameters": [
            {"name": each, "in": place, "required": required, "schema": {"type": "string"}}
            for each, place, required in where + queries
        ],
        "responses": {status: {"description": "Done.", **content} for status in ("200", "201", "202")},
    }
    if operation.body != "-":
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return described


def identifier(operation: Operation) -> str:
    """Return the name of an operation's module."""
    return re.sub(r"\W+", "_", f"{operation.method} {operation.path}").strip("_").lower()


def _schema(record: Record) -> dict[str, Any]:
    return {"type": "object", "properties": {name: _property(known) for name, known in record.fields.items()}}


def _property(known: Field) -> dict[str, Any]:
    inner = known.record and {"$ref": f"#/components/schemas/{known.record().name}"}
    one = inner or TYPES[known.type]
    return {"anyOf": [{"type": "array", "items": one} if known.many else one, {"type": "null"}]}


async def check(ledger: Ledger, url: str) -> None:
    """Make the client and let it call; without the generator, note that."""
    with TemporaryDirectory() as folder:
        try:
            version = _make(Path(folder))
        except NotInstalledError as error:
            ledger.skip("a client made from Insightly's description", str(error))
            return
        sys.path.insert(0, folder)
        try:
            await _call(ledger, f"{url}/v3.1", version)
        finally:
            sys.path.remove(folder)


def _make(folder: Path) -> str:
    document, settings = folder / "description.json", folder / "settings.json"
    document.write_text(json.dumps(description()), "utf-8")
    settings.write_text(json.dumps({"post_hooks": [], "package_name_override": PACKAGE}), "utf-8")
    tool = [sys.executable, "-m", "openapi_python_client"]
    run = partial(subprocess.run, check=True, capture_output=True, text=True,
                  env={**os.environ, "PYTHONPATH": str(python_clients())})  # fmt: skip
    said = run([*tool, "--version"])
    options = ["--path", str(document), "--config", str(settings), "--output-path", str(folder / PACKAGE)]
    run([*tool, "generate", "--meta", "none", *options])
    return said.stdout.split()[-1]


async def _call(ledger: Ledger, url: str, version: str) -> None:
    async with httpx.AsyncClient(base_url=url, auth=(RAE_KEY, "")) as http:
        await ClientCheck(ledger, http, url, f"openapi-python-client {version}").run()


class ClientCheck(Check):
    """The calls of the made client; what they need is arranged beside it."""

    def __init__(self, ledger: Ledger, http: httpx.AsyncClient, url: str, name: str) -> None:
        super().__init__(ledger, http)
        self.client = name
        key = base64.b64encode(f"{RAE_KEY}:".encode()).decode()
        headers = {"Authorization": f"Basic {key}"}
        self._made_client = importlib.import_module(PACKAGE).Client(base_url=url, headers=headers)

    def calls(self, operation: Operation) -> dict[str, Callable[[Operation], Awaitable[str]]]:
        """Return the good call; types keep this client from bad ones, and it is made without files."""
        is_left_out = (
            operation.body in FILES or "/Image" in operation.path or "CustomObjects/" in operation.path
        )
        return {} if is_left_out else {"good": self.good}

    async def good(self, operation: Operation) -> str:
        """Call an operation through its module, which must make its own models of all that is answered."""
        group = importlib.import_module(f"{PACKAGE}.api")
        folder = next(
            each
            for each in pkgutil.iter_modules(group.__path__)
            if _folded(each.name) == _folded(operation.group)
        )
        made = importlib.import_module(f"{PACKAGE}.api.{folder.name}.{identifier(operation)}")
        arguments = await self._arguments(operation, made)
        try:
            answer = await made.asyncio_detailed(client=self._made_client, **arguments)
            while answer.status_code == 429:
                await asyncio.sleep(0.2)
                answer = await made.asyncio_detailed(client=self._made_client, **arguments)
        except Exception as error:
            return f"{type(error).__name__}: {error}"[:200]
        if is_not_played(answer.status_code, dict(answer.headers)):
            raise NotPlayedError
        return _problem(operation, answer)

    async def _arguments(self, operation: Operation, made: ModuleType) -> dict[str, Any]:
        body = (await self.body(operation)).get("json")
        path = await self.path(operation)
        arguments = dict(zip(_parameters(operation.path), _values(operation.path, path), strict=True))
        if operation.method == "DELETE" and "{" not in operation.path:
            arguments["id"] = str(await self.made(operation.path))
        elif name := _required(operation):
            arguments[_snake(name)] = REQUIRED[name]
        if body is not None:
            kind = inspect.signature(made.asyncio_detailed).parameters["body"].annotation
            arguments["body"] = kind.from_dict(body[0] if isinstance(body, list) else body)
        return arguments


def _problem(operation: Operation, answer: Any) -> str:
    if answer.status_code >= 300:
        return f"{answer.status_code} {answer.content[:100]!r}"
    if operation.answer == "-":
        return ""
    rows = answer.parsed if isinstance(answer.parsed, list) else [answer.parsed]
    return "; ".join(f"{row} is no model" for row in rows if getattr(row, "additional_properties", row) != {})


def _required(operation: Operation) -> str:
    """Return the name of the query parameter that an operation cannot do without; "" for none."""
    last = operation.path.split("/")[-1]
    if (operation.method, operation.path) == ("DELETE", f"/{last}"):
        return "id"
    names = {"SearchByTag": "tagName", "Tags": "record_type" if operation.path == "/Tags" else ""}
    return "fieldName" if operation.path.endswith("{objectName}/Search") else names.get(last, "")


def _parameters(template: str) -> list[str]:
    return [_snake(name) for name in re.findall(r"\{(\w+)\}", template)]


def _values(template: str, path: str) -> list[str]:
    pairs = zip(template.split("/"), path.split("/"), strict=True)
    return [value for part, value in pairs if part.startswith("{")]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
