"""Bullhorn's sandbox used by PyPI's bullhorn-interface.

Its pins need a database's client library that does not build everywhere; nothing that is asked here uses it.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

from appconnect.connectors.bullhorn.sandbox.sign_in import CLIENT, LOGINS
from parity.bullhorn_clients import Call, Redirected

CLIENT_NAME = "bullhorn-interface 2.0.14.dev0 (PyPI)"
SETTINGS = {
    "TOKEN_HANDLER": "live", "CLIENT_ID": CLIENT.id, "CLIENT_SECRET": CLIENT.secret, "BULLHORN_USERNAME": "rae.quill",
    "BULLHORN_PASSWORD": LOGINS["rae.quill"], "EMAIL_ADDRESS": "", "EMAIL_PASSWORD": "", "DB_NAME": "", "DB_HOST": "",
    "DB_USER": "", "DB_PASSWORD": "",
}  # fmt: skip


def calls(url: str) -> Iterator[Call]:
    """Yield what the client does at an address on a port. Raises ImportError."""
    yield from _calls(_client(url).LiveInterface(), {})


def _calls(interface: Any, state: dict[str, Any]) -> list[Call]:
    def ids(answer: Any) -> list[int]:
        return [row["id"] for row in answer["data"]]

    def search(**asked: Any) -> Any:
        return interface.api_search(select_fields=asked.pop("fields", "id,name"), **asked)

    def query(**asked: Any) -> Any:
        return interface.api_query(select_fields=asked.pop("fields", "id,lastName"), **asked)

    def create() -> Any:
        made = interface.api_create(entity="Candidate", firstName="Ann", lastName="Two", name="Ann Two")
        state["id"] = made["changedEntityId"]
        return made

    return [
        ("Sign-in", "login", interface.login, lambda _: "access_token" in interface.login_token),
        ("Sign-in", "get_api_token", interface.get_api_token, lambda _: "rest_url" in interface.access_token),
        ("Sign-in", "refresh_token", interface.refresh_token, lambda _: "access_token" in interface.login_token),
        ("Sign-in", "get_api_token again", interface.get_api_token, lambda _: bool(interface.access_token)),
        ("Search", "by id", lambda: search(entity="Candidate", entity_id=105), lambda a: ids(a) == [105]),
        ("Search", "by a company's id", lambda: search(entity="ClientContact", query="clientCorporation.id:801"),
         lambda a: ids(a) == [106, 114]),
        ("Search", "by keywords", lambda: search(entity="Candidate", lastName="Holt", isDeleted=0),
         lambda a: ids(a) == [105]),
        ("Search", "a range", lambda: search(entity="Candidate", id__to=[100, 110]), lambda a: ids(a) == [105, 108]),
        ("Search", "sorted", lambda: search(entity="Candidate", query="*:*", sort="-id"),
         lambda a: ids(a) == [112, 111, 108, 105]),
        ("Search", "paged", lambda: search(entity="Candidate", query="*:*", count=2, start=1),
         lambda a: ids(a) == [108, 111]),
        ("Search", "references", lambda: search(entity="ClientContact", entity_id=106, fields="id,clientCorporation,owner"),
         lambda a: a["data"][0]["clientCorporation"] == {"id": 801, "name": "Vance Partners"}),
        ("Query", "the first example", lambda: query(entity="ClientContact", where="lastName='Vance'"),
         lambda a: ids(a) == [106]),
        ("Query", "ordered", lambda: query(entity="CorporateUser", where="id>0", orderBy="-id"),
         lambda a: ids(a) == [104, 103, 102, 101]),
        ("Query", "of jobs", lambda: query(entity="JobOrder", where="isDeleted=false", fields=["id", "title"]),
         lambda a: a["data"] is not None),
        ("Query", "by a date", lambda: query(entity="Lead", where="dateAdded>'2014-01-01 00:00:00.000'"),
         lambda a: len(a["data"]) > 0),
        ("Records", "create", create, lambda a: a["changeType"] == "INSERT"),
        ("Records", "read", lambda: interface.api_call(
            command="entity", method="GET", entity="Candidate", entity_id=state["id"], select_fields="firstName"),
         lambda a: a["data"]["firstName"] == "Ann"),
        ("Records", "update", lambda: interface.api_update(
            entity="Candidate", entity_id=state["id"], skillSet="MIG", address={"city": "Oslo"}),
         lambda a: a["changeType"] == "UPDATE"),
        ("Records", "notes of a candidate", lambda: interface.api_call(
            command="entity", method="GET", entity="Candidate", entity_id="105/notes", select_fields="id,action"),
         lambda a: 9301 in ids(a)),
        ("Records", "metadata", lambda: interface.api_call(
            command="meta", method="GET", entity="Candidate", select_fields="*"),
         lambda a: len(a["fields"]) > 150),
        ("Records", "delete", lambda: interface.api_delete(entity="Candidate", entity_id=state["id"]),
         lambda a: a["changeType"] == "DELETE"),
        ("Files", "file info", lambda: interface.get_file_info(entity="Candidate", entity_id=105),
         lambda a: a["EntityFiles"] == []),
    ]  # fmt: skip


def _client(url: str) -> ModuleType:
    """Return the client's module, its settings in a file, its requests sent to the port. Raises ImportError."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "settings.conf")
        lines = [f"{name} = {value}" for name, value in SETTINGS.items()]
        settings.write_text("\n".join(["[bullhorn_interface]", *lines]), "utf-8")
        without_database = {"tokenbox": SimpleNamespace(TokenBox=MagicMock())}
        with (
            patch.dict(os.environ, INTERFACE_CONF_FILE=str(settings)),
            patch.dict(sys.modules, without_database),
        ):
            api = importlib.import_module("bullhorn_interface.api")
    api.requests = Redirected(url)  # type: ignore[attr-defined]
    return api
