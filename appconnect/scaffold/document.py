"""Read an OpenAPI document: JSON or YAML, and the pieces of it as what they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import TypeAdapter

from appconnect.errors import InputError
from appconnect.sandbox.requests import Json, JsonObject


class _JsonLoader(yaml.SafeLoader):
    """YAML with JSON's types only: no dates, and "no" is a word."""


DATE, BOOLEAN = "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"
_JsonLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in (DATE, BOOLEAN)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_JsonLoader.add_implicit_resolver(BOOLEAN, re.compile("(?:true|false)$"), ["t", "f"])


def parse(path: Path) -> JsonObject:
    """Return the document that a file has; InputError for a file that is none."""
    try:
        document = TypeAdapter(JsonObject).validate_python(_parsed(path.read_text("utf-8")))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    except Exception:  # the parsers raise much for odd tags and depths
        raise InputError(f"{path} is neither JSON nor YAML of an OpenAPI document.") from None
    if not ("openapi" in document or "swagger" in document) or not isinstance(document.get("paths"), dict):
        raise InputError(f"{path} is no OpenAPI document: it names no version, or has no paths.")
    return document


def _parsed(text: str) -> object:
    if text.lstrip().startswith("{"):
        return json.loads(text)
    return json.loads(json.dumps(yaml.load(text, _JsonLoader)))  # noqa: S506 – it is a SafeLoader


def server(document: JsonObject) -> tuple[str, str]:
    """Return host and base path; "" for a document that names none."""
    if "swagger" in document:
        host = urlsplit(f"//{document.get('host') or ''}").hostname
        return host or "", str(document.get("basePath") or "").rstrip("/")
    servers = as_list(document.get("servers"))
    first = as_object(servers[0]) if servers else {}
    address = str(first.get("url") or "")
    for name, variable in pairs(first.get("variables")):
        address = address.replace(f"{{{name}}}", str(variable.get("default") or ""))
    url = urlsplit(address)
    host = url.hostname or ""
    return ("" if "{" in host else host), url.path.rstrip("/")


def as_object(value: Json) -> JsonObject:
    """Return an object as it is, and nothing for anything else."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """Return a list as it is, and nothing for anything else."""
    return value if isinstance(value, list) else []


def pairs(value: Json) -> Iterator[tuple[str, JsonObject]]:
    """Yield the members of an object that are objects."""
    for name, each in as_object(value).items():
        if isinstance(each, dict):
            yield name, each
