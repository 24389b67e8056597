"""Bullhorn's sandbox used by PyPI's pyhorn-flow."""

from __future__ import annotations

import contextlib
import importlib
import tempfile
from collections.abc import Iterator
from typing import Any

from appconnect.connectors.bullhorn.sandbox.sign_in import CLIENT, LOGINS
from parity.bullhorn_clients import Call, Redirected

CLIENT_NAME = "pyhorn-flow 1.3.1 (PyPI)"


def calls(url: str) -> Iterator[Call]:
    """Yield what the client does at an address on a port. Raises ImportError."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # it writes a log where it is
        auth, module = importlib.import_module("pyhorn.auth"), importlib.import_module("pyhorn.client")
        auth.requests = module.requests = Redirected(url)  # type: ignore[attr-defined]
        credentials = auth.Credentials("credentials.json")
        credentials.client_id, credentials.client_secret = CLIENT.id, CLIENT.secret
        credentials.username, credentials.password = "rae.quill", LOGINS["rae.quill"]
        yield from _calls(module.RESTClient(credentials), credentials)


def _calls(client: Any, credentials: Any) -> Iterator[Call]:
    made: dict[str, int] = {}

    def create() -> Any:
        body = {"firstName": "Ann", "lastName": "Two", "name": "Ann Two", "status": "Active"}
        answer = client.create_entity("Candidate", body)
        made["id"] = answer["changedEntityId"]
        return answer

    def ids(answer: Any) -> list[int]:
        return [row["id"] for row in answer["data"]]

    yield "Sign-in", "renew", credentials.renew, lambda _: bool(credentials.BhRestToken)
    yield "Sign-in", "renew again", credentials.renew, lambda _: bool(credentials.refresh_token)
    yield "Sign-in", "ping", client.ping, lambda ends: ends.year > 2000
    yield (
        "Records",
        "one",
        lambda: client.get_entity("Candidate", 105, fields="id,name"),
        lambda a: a["data"]["name"] == "Nia Holt",
    )
    yield (
        "Records",
        "two",
        lambda: client.get_entity("Candidate", [105, 108], fields="id"),
        lambda a: ids(a) == [105, 108],
    )
    yield "Records", "create", create, lambda a: a["changeType"] == "INSERT"
    yield (
        "Records", "update", lambda: client.update_entity("Candidate", {"id": made["id"], "occupation": "Fitter"}),
        lambda a: a["changeType"] == "UPDATE",
    )  # fmt: skip
    yield (
        "Records", "edit history",
        lambda: client.entity_edit_history("User", f"targetEntity.id = {made['id']}", fields="id,modifyingPerson"),
        lambda a: len(a["data"]) == 1,
    )  # fmt: skip
    yield (
        "Records", "changed fields",
        lambda: client.entity_edit_history_field_change(
            "User", f"editHistory.targetEntity.id = {made['id']}", fields="columnName,oldValue,newValue"),
        lambda a: [row["newValue"] for row in a["data"]] == ["Fitter"],
    )  # fmt: skip
    yield (
        "Associations", "associate", lambda: client.create_tomany("Candidate", made["id"], "primarySkills", [1, 2]),
        lambda a: a["changeType"] == "ASSOCIATE",
    )  # fmt: skip
    yield (
        "Associations", "read", lambda: client.get_tomany("Candidate", made["id"], "primarySkills", fields="id,name"),
        lambda a: ids(a) == [1, 2],
    )  # fmt: skip
    yield (
        "Associations", "disassociate",
        lambda: client.delete_tomany("Candidate", str(made["id"]), "primarySkills", 1),
        lambda a: a["changeType"] == "DISASSOCIATE",
    )  # fmt: skip
    yield (
        "Records",
        "delete",
        lambda: client.delete_entity("Candidate", str(made["id"])),
        lambda a: a["changeType"] == "DELETE",
    )
    yield (
        "Files",
        "attachments",
        lambda: client.entity_file_attachment("Candidate", 105, fields="id,name"),
        lambda a: a["data"] == [],
    )
    yield (
        "Search",
        "short",
        lambda: client.search("Candidate", "lastName:Holt", fields="id"),
        lambda a: ids(a) == [105],
    )
    text = " OR ".join(["lastName:Holt"] * 600)
    yield (
        "Search",
        "long",
        lambda: client.search("Candidate", text, fields="id,name"),
        lambda a: ids(a) == [105],
    )
    yield (
        "Query",
        "short",
        lambda: client.query("ClientContact", "id=106", fields="id,name"),
        lambda a: ids(a) == [106],
    )
    where = " OR ".join(["lastName='Vance'"] * 600)
    yield (
        "Query",
        "long",
        lambda: client.query("ClientContact", where, fields="id,name"),
        lambda a: ids(a) == [106],
    )
