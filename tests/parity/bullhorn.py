"""Bullhorn's sandbox against the metadata of the vendor's test corporation, its documented requests, and clients.

``bullhorn_fields.json`` has, by entity, what ``meta`` and the search index tell: a description (kind, data type,
length, entity, options, flags) and the names it fits; the sandbox has its own data. Every operation is asked once
well and once badly: for a record that is not there, a field that is not, or a body that is none. The entities of
which the sandbox knows the fields alone are asked once each; those that it knows by name alone are not played.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from appconnect.connectors.bullhorn.sandbox import COUNTED, BullhornSandbox
from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, HISTORIES, OTHERS, VENDOR_ENTITIES
from appconnect.sandbox.clock import RealClock
from parity import bullhorn_clients
from parity.bullhorn_sign_in import sign_in
from parity.ledger import Ledger, is_not_played

FIELDS: Mapping[str, Any] = json.loads(Path(__file__).with_name("bullhorn_fields.json").read_text("utf-8"))
META, REQUESTS = "vendor's metadata", "documented requests"
NOWHERE = "987654"
FLAGS = (("!", "required"), ("-", "readOnly"), ("+", "multiValue"), ("?", "confidential"))
BODIES: Mapping[str, dict[str, Any]] = {
    "AppointmentAttendee": {"appointment": {"id": 1}, "attendee": {"id": 105}},
    "ClientContact": {"name": "Ann Two", "clientCorporation": {"id": 801}},
    "ClientCorporation": {"name": "Two Ltd"},
    "JobSubmission": {"candidate": {"id": 105}, "jobOrder": {"id": 1}},
    "Note": {"comments": "Called", "personReference": {"id": 105}},
    "NoteEntity": {"note": {"id": 9301}, "targetEntityID": 108, "targetEntityName": "User"},
    "Placement": {"candidate": {"id": 105}, "jobOrder": {"id": 1}},
    "Tearsheet": {"name": "Welders"},
}
LISTS: Mapping[str, tuple[str, int]] = {
    "Candidate": ("categories", 1), "ClientContact": ("skills", 1), "Lead": ("categories", 1),
    "ClientCorporation": ("clientContacts", 109), "CorporateUser": ("departments", 1), "Note": ("leads", 107),
    "JobOrder": ("categories", 1), "JobSubmission": ("owners", 101), "Placement": ("owners", 101),
    "Opportunity": ("categories", 1), "Task": ("childTaskOwners", 102), "Tearsheet": ("candidates", 105),
    "Category": ("skills", 2), "Skill": ("categories", 2),
}  # fmt: skip
"""A to-many field of each entity, and what it can lead to."""
KEPT = ("BusinessSector", "Category", "ClientCorporation", "Country", "Skill")
"""Entities that the vendor lets nobody delete."""
FILE = {"externalID": "cv", "fileType": "SAMPLE", "name": "cv.txt", "fileContent": "QQ=="}


@dataclass(frozen=True)
class Ask:
    """A request below the corporation's address."""

    method: str
    path: str
    params: Mapping[str, str] | None = None
    body: Any = None


async def check(ledger: Ledger, url: str, *, entities: Sequence[str] = ()) -> None:
    """Check the sandbox at an address on a port: those entities, or all with a client as well."""
    if not entities:
        await bullhorn_clients.check(ledger, url)
    session = await asyncio.to_thread(sign_in, url)
    async with httpx.AsyncClient(timeout=30) as http:
        http.headers["BhRestToken"] = session["BhRestToken"]
        run = Check(ledger, http, session["restUrl"])
        for entity in entities or FIELDS:
            await run.metadata(entity)
        for entity in entities or ("JobOrder", "Appointment", *FIELDS):
            await run.entity(entity)
        await run.rest(everything=not entities)


class Check:
    """A run against a signed-in sandbox."""

    def __init__(self, ledger: Ledger, http: httpx.AsyncClient, rest_url: str) -> None:
        self._ledger, self._http, self._rest_url = ledger, http, rest_url

    async def metadata(self, entity: str) -> None:
        """Compare every field of an entity, and of its search index, with the vendor's."""
        meta = (await self._send(Ask("GET", f"meta/{entity}", {"fields": "*", "meta": "full"}))).json()
        told = {field["name"]: _code(field) for field in meta["fields"]}
        for name, wanted in names_of(FIELDS[entity]["meta"]):
            problem = "" if told.get(name) == wanted else f"{told.get(name)} is not {wanted}"
            self._ledger.add("bullhorn", META, entity, f"{entity}.{name}", problem=problem)
        if not FIELDS[entity]["index"]:
            return
        listed = {each["name"]: each for each in (await self._send(Ask("GET", f"search/{entity}"))).json()}
        for name, wanted in names_of(FIELDS[entity]["index"]):
            each = listed.get(name, {"type": "nothing", "isSortable": True})
            type_ = each["type"] + (" unsortable" if not each["isSortable"] else "")
            fits = name in listed and (type_ == wanted or wanted in ("", "? unsortable"))
            problem = "" if fits else f"{type_} is not {wanted}"
            self._ledger.add("bullhorn", META, f"{entity} index", f"{entity}:{name}", problem=problem)

    async def entity(self, entity: str) -> None:
        """Make, read, change, find, associate and delete a record; each once well and once badly."""
        body = BODIES.get(entity, {})
        made = await self._good("Records", Ask("PUT", f"entity/{entity}", body=body), "changedEntityId")
        await self._bad("Records", Ask("PUT", f"entity/{entity}", body={**body, "nope": 1}))
        number = made.get("changedEntityId", NOWHERE)
        path, group = f"entity/{entity}", "Records"
        await self._good(group, Ask("GET", f"{path}/{number}", {"fields": "id"}), "data")
        await self._bad(group, Ask("GET", f"{path}/{NOWHERE}", {"fields": "id"}))
        await self._bad(group, Ask("GET", f"{path}/{number}", {"fields": "nope"}))
        await self._good(group, Ask("POST", f"{path}/{number}", body={}), "changeType")
        await self._bad(group, Ask("POST", f"{path}/{number}", body={"id": int(NOWHERE)}))
        await self._every_field(entity, number)
        await self._finding(entity)
        if entity in LISTS:
            await self._association(entity, number, *LISTS[entity])
        delete = Ask("DELETE", f"entity/{entity}/{number}")
        if entity in KEPT:
            await self._bad("Records", delete)
        elif entity not in ("JobOrder", "Appointment"):
            await self._good("Records", delete, "changeType")
        await self._bad("Records", Ask("DELETE", f"entity/{entity}/{NOWHERE}"))
        await self._good("Description", Ask("GET", f"entitlements/{entity}"))

    async def rest(self, *, everything: bool) -> None:
        """Ask what concerns no single entity, and what the sandbox says that it does not play."""
        for group, ask in _others():
            await self._good(group, ask)
        await self._files()
        for ask in (Ask("GET", "settings/nope"), Ask("GET", "options/Unicorn"), Ask("GET", "find")):
            await self._bad("Description", ask)
        if everything:
            for entity in sorted(set(COUNTED) & set(OTHERS)):
                await self._other(entity)
            for entity in sorted(set(VENDOR_ENTITIES) - set(ENTITIES)):
                await self._good("Entities known by name", Ask("GET", f"meta/{entity}"))
            coverage = BullhornSandbox(RealClock()).coverage
            groups = [group for group in coverage.groups if not group.group.endswith("other entities")]
            missing = [(group.group, each) for group in groups for each in group.missing]
            for group, operation in missing:
                if any(entity in operation.path for entity in set(VENDOR_ENTITIES) - set(ENTITIES)):
                    continue
                path = re.sub(r"\{[^}]*\}", "1", operation.path.partition("{corporation}/")[2])
                await self._good(
                    group, Ask(operation.method, path, body={} if operation.method != "GET" else None)
                )

    # -- the steps --

    async def _files(self) -> None:
        made = await self._good("Files", Ask("PUT", "file/Candidate/108", body=FILE), "fileId")
        file = f"file/Candidate/108/{made.get('fileId')}"
        await self._good("Files", Ask("GET", "entityFiles/Candidate/108"), "EntityFiles")
        await self._good(
            "Files", Ask("GET", "entity/Candidate/108/fileAttachments", {"fields": "id,name,fileSize"})
        )
        await self._good("Files", Ask("GET", file), "fileContent")
        await self._good("Files", Ask("POST", file, body=FILE))
        await self._good("Files", Ask("DELETE", file), "changeType")
        await self._bad("Files", Ask("GET", file))

    async def _other(self, entity: str) -> None:
        group, path = "Other entities", f"entity/{entity}"
        if entity.endswith(HISTORIES):
            await self._bad(group, Ask("PUT", path, body={}))
        else:
            made = await self._good(group, Ask("PUT", path, body={}), "changedEntityId")
            one, names = f"{path}/{made.get('changedEntityId', NOWHERE)}", ",".join(ENTITIES[entity])
            await self._good(group, Ask("GET", one, {"fields": names}), *ENTITIES[entity])
            await self._bad(group, Ask("GET", one, {"fields": "nope"}))
        await self._good(group, Ask("GET", f"query/{entity}", {"where": "id > 0", "fields": "id"}), "data")
        await self._good(group, Ask("GET", f"meta/{entity}", {"fields": "*"}), *ENTITIES[entity])

    async def _every_field(self, entity: str, number: object) -> None:
        names = [name for name, _ in names_of(FIELDS[entity]["meta"])]
        ask = Ask("GET", f"entity/{entity}/{number}", {"fields": ",".join(names)})
        answer = await self._send(ask)
        row = answer.json().get("data", {})
        wrong = [
            name
            for name, code in names_of(FIELDS[entity]["meta"])
            if name not in row or not _fits(row[name], code)
        ]
        problem = f"{wrong or answer.text[:200]}" if wrong or answer.status_code != 200 else ""
        self._ledger.add("bullhorn", REQUESTS, "Fields", f"all fields of {entity}", problem=problem)

    async def _finding(self, entity: str) -> None:
        if FIELDS[entity]["index"]:
            asked = {"query": "id:[1 TO *]", "fields": "id", "sort": "-id"}
            for method, body in (("GET", None), ("POST", {"query": "id:1"})):
                await self._good("Search", Ask(method, f"search/{entity}", asked, body), "total")
            await self._bad("Search", Ask("GET", f"search/{entity}", {"query": "id:[1", "fields": "id"}))
        where = {"where": "id > 0 AND id IS NOT NULL", "fields": "id", "orderBy": "-id"}
        if entity in ("Candidate", "Note"):
            await self._bad("Query", Ask("GET", f"query/{entity}", where))
            return
        for method, sent in (("GET", None), ("POST", {"where": "id > 0"})):
            await self._good("Query", Ask(method, f"query/{entity}", where, sent), "count")
        await self._bad("Query", Ask("GET", f"query/{entity}", {"where": "nope = 1", "fields": "id"}))

    async def _association(self, entity: str, number: object, name: str, other: int) -> None:
        path, group = f"entity/{entity}/{number}/{name}", "Associations"
        await self._good(group, Ask("PUT", f"{path}/{other}"), "changeType")
        await self._bad(group, Ask("PUT", f"{path}/{other}"))
        await self._good(group, Ask("GET", path, {"fields": "id"}), "data")
        await self._bad(group, Ask("GET", f"entity/{entity}/{number}/nope", {"fields": "id"}))
        await self._good(group, Ask("DELETE", f"{path}/{other}"), "changeType")

    async def _good(self, group: str, ask: Ask, *keys: str) -> dict[str, Any]:
        answer = await self._send(ask)
        missing = is_not_played(answer.status_code, dict(answer.headers))
        absent = [key for key in keys if f'"{key}"' not in answer.text]
        problem = ""
        if answer.status_code != 200 or absent:
            problem = f"{answer.status_code} {answer.text[:150]}, without {absent}"
        self._ledger.add(
            "bullhorn", REQUESTS, group, f"{ask.method} {ask.path}", problem=problem, missing=missing
        )
        body = answer.json() if answer.content and "json" in answer.headers["content-type"] else {}
        return body if isinstance(body, dict) else {}

    async def _bad(self, group: str, ask: Ask) -> None:
        answer = await self._send(ask)
        refused = 400 <= answer.status_code < 500 and "errorMessageKey" in answer.text
        problem = "" if refused else f"{answer.status_code} {answer.text[:150]}"
        self._ledger.add("bullhorn", REQUESTS, group, f"bad {ask.method} {ask.path}", problem=problem)

    async def _send(self, ask: Ask) -> httpx.Response:
        request = self._http.build_request(
            ask.method, self._rest_url + ask.path, params=ask.params, json=ask.body
        )
        answer = await self._http.send(request)
        while answer.status_code == 429:
            await asyncio.sleep(float(answer.headers.get("ratelimit-reset", 1)))
            answer = await self._http.send(request)
        return answer


def _others() -> Iterator[tuple[str, Ask]]:
    for path in ("ping", "settings", "settings/userId,commentActionList", "meta", "options", "options/Skill"):
        yield "Description", Ask("GET", path)
    yield "Description", Ask("GET", "options/Country/1")
    yield "Search", Ask("GET", "find", {"query": "holt", "countPerEntity": "3"})
    yield "Search", Ask("POST", "find", {"countPerEntity": "3"}, {"query": "holt"})
    for entity in ("Candidate", "ClientContact", "ClientCorporation", "JobOrder", "Placement", "Note"):
        for kind in ("my", "department"):
            yield "Search", Ask("GET", f"{kind}{entity}s", {"fields": "id"})
    asked = {"type": "entity", "names": "Candidate", "eventTypes": "INSERTED,UPDATED,DELETED"}
    yield "Events", Ask("PUT", "event/subscription/parity", asked)
    yield "Events", Ask("POST", "entity/Candidate/108", body={"occupation": "Fitter"})
    yield "Events", Ask("GET", "event/subscription/parity", {"maxEvents": "5"})
    yield "Events", Ask("GET", "event/subscription/parity/lastRequestId")
    yield "Events", Ask("DELETE", "event/subscription/parity")


def names_of(groups: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the names of fields, each with its description."""
    for code, names in groups.items():
        yield from ((name, code) for name in names.split())


def _code(field: Mapping[str, Any]) -> str:
    """Return a field of an answer as the data describes it."""
    flags = "".join(letter for letter, name in FLAGS if field.get(name))
    entity = field.get("associatedEntity", {}).get("entity", "")
    parts = [field["type"], field.get("dataType", ""), str(field.get("maxLength", "")), entity]
    return "/".join([*parts, field.get("optionsType", ""), flags]).rstrip("/")


def _fits(value: Any, code: str) -> bool:
    """Return True for a value of the described type, or none."""
    kind, data_type = [*code.split("/"), ""][:2]
    if value is None:
        return kind != "TO_MANY"
    if kind == "TO_MANY":
        return isinstance(value, dict) and {"total", "data"} <= set(value)
    if kind in ("TO_ONE", "COMPOSITE"):
        return isinstance(value, dict)
    types: dict[str, tuple[type, ...]] = {
        "String": (str, list), "Boolean": (bool,), "Integer": (int,), "Timestamp": (int,),
    }  # fmt: skip
    return isinstance(value, types.get(data_type, (int, float, str)))
