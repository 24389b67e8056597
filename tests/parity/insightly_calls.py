"""Insightly's sandbox against the vendor's description of v3.1: every operation once good and once bad.

``insightly_operations.txt`` has an operation a line (method, path, body, answer; "-" for none), groups in
brackets; ``insightly_records.json`` the records, in the notation of appconnect/sandbox/schema.py. The good call
sends every field that can be written and expects it back; every answer must have the described fields, all of
them, with values of their types. The bad call names a record that does not exist, or sends a value of the wrong
type, or a wrong key.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from appconnect.sandbox.schema import CHECKS, Field, Record, read_schema
from parity.ledger import Ledger, is_not_played

HERE = Path(__file__).parent
RECORDS = read_schema(json.loads((HERE / "insightly_records.json").read_text("utf-8")))
CLIENT = "v3.1 description"
NOWHERE = "987654"
NAMED = {
    "OWNER_USER_ID": "Users", "RESPONSIBLE_USER_ID": "Users", "RESPONSIBLE_USER": "Users",
    "MEMBER_USER_ID": "Users", "ORGANISATION_ID": "Organisations", "OPPORTUNITY_ID": "Opportunities",
    "PROJECT_ID": "Projects", "MILESTONE_ID": "Milestones", "EMAIL_ID": "Emails", "PARENT_TASK_ID": "Tasks",
    "TEAM_ID": "Teams", "ASSIGNED_TEAM_ID": "Teams", "PIPELINE_ID": "Pipelines", "STAGE_ID": "PipelineStages",
    "ACTIVITYSET_ID": "ActivitySets", "STATE_REASON_ID": "OpportunityStateReasons",
    "LEAD_SOURCE_ID": "LeadSources", "LEAD_STATUS_ID": "LeadStatuses", "RELATIONSHIP_ID": "Relationships",
    "FILE_CATEGORY_ID": "FileCategories", "LINK_OBJECT_ID": "Organisations", "CONTACT_ID": "Contacts",
    "PRODUCT_ID": "Product", "PRICEBOOK_ID": "Pricebook", "FOLDER_ID": "KnowledgeArticleFolder",
}  # fmt: skip
"""Field → the collection whose first record it may name."""
CATEGORIES = {
    "Opportunities": "OpportunityCategories", "Projects": "ProjectCategories", "Tasks": "TaskCategories",
    "KnowledgeArticle": "KnowledgeArticleCategory", "KnowledgeArticleFolder": "KnowledgeArticleCategory",
}  # fmt: skip
"""Group → the collection that CATEGORY_ID names."""
SAMPLES = {
    "text": "A", "integer": 1, "number": 1.5, "boolean": True, "date-time": "2026-03-01 10:00:00",
    "LINK_OBJECT_NAME": "Organisation", "FOR_OPPORTUNITY_STATE": "WON", "FIELD_NAME": "PHONE_2__c",
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """A line of the description."""

    group: str
    method: str
    path: str
    body: str
    answer: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def order(self) -> tuple[int, bool, int]:
        """What is made is made first and deleted last, below a record before the record, emails at the end."""
        step = ("POST", "PUT", "GET", "DELETE").index(self.method)
        return step, self.path == "/Emails/{id}", -self.path.count("/")


def operations() -> Iterator[Operation]:
    """Yield the described operations."""
    group = ""
    for line in (HERE / "insightly_operations.txt").read_text("utf-8").split("\n"):
        if line.startswith("["):
            group = line[1:-1]
        elif line:
            method, path, body, answer = line.split(" ")
            yield Operation(group, method, path, body, answer)


class Check:
    """The calls of one run."""

    client = CLIENT
    """Who calls."""

    def __init__(self, ledger: Ledger, http: httpx.AsyncClient) -> None:
        self._ledger, self._http = ledger, http
        self._known: dict[str, int] = {}

    async def run(self) -> None:
        """Make all calls, good and bad, and note how they went."""
        for operation in sorted(operations(), key=lambda each: each.order):
            for name, call in self.calls(operation).items():
                try:
                    problem = await call(operation)
                except NotPlayedError:
                    self._note(operation, name, missing=True)
                else:
                    self._note(operation, name, problem=problem)

    def calls(self, operation: Operation) -> dict[str, Callable[[Operation], Awaitable[str]]]:
        """Return the calls of an operation; each returns what was wrong with its answer, "" for nothing."""
        return {"good": self.good, "bad": self.bad}

    def _note(self, operation: Operation, name: str, *, problem: str = "", missing: bool = False) -> None:
        said = f"{operation} ({name})"
        self._ledger.add("insightly", self.client, operation.group, said, problem=problem, missing=missing)

    async def _send(self, method: str, path: str, **parts: Any) -> httpx.Response:
        answer = await self._http.request(method, path, **parts)
        while answer.status_code == 429:
            await asyncio.sleep(0.2)
            answer = await self._http.request(method, path, **parts)
        if is_not_played(answer.status_code, dict(answer.headers)):
            raise NotPlayedError
        return answer

    # -- a good call --

    async def good(self, operation: Operation) -> str:
        """Send what is right, and look at the answer."""
        if operation.path == "/CustomObjects/{customObjectName}":
            return await self._expected([404], "GET", "/CustomObjects/None__c")  # the account has none
        sent = await self.body(operation)
        path = await self.path(operation)
        query = {"tagName": "A", "record_type": "contacts", "fieldName": "PHONE_2__c"}
        if operation.method == "DELETE" and operation.path in ("/LeadSources", "/LeadStatuses"):
            query = {"id": str(await self.made(operation.path))}
        answer = await self._send(operation.method, path, params=query, **sent)
        wanted = {"POST": [201, 200], "PUT": [200, 201], "GET": [200], "DELETE": [202]}[operation.method]
        if answer.status_code not in wanted:
            return f"{answer.status_code} {answer.text[:200]}"
        return "; ".join(faults(operation, answer, sent.get("json")))

    async def body(self, operation: Operation) -> dict[str, Any]:
        """Return what a good call sends: every field that can be written."""
        if operation.body == "file":
            return {"files": {"file": ("a.txt", b"A", "text/plain")}}
        if operation.body == "bytes":
            return {"content": b"\x89PNG"}
        if operation.body == "-":
            return {}
        body = await self._sample(RECORDS[operation.body], operation.group)
        if operation.method == "PUT":
            body |= await self._id_of(operation)
        is_list = operation.answer == f"[{operation.body}]" and operation.body in (
            "Date",
            "Tag",
            "EmailDomain",
        )
        return {"json": [body] if is_list else body}

    async def _sample(self, record: Record, group: str) -> dict[str, Any]:
        """Return a record with every field that can be written."""
        sample: dict[str, Any] = {}
        for name, known in record.fields.items():
            if known.read_only or name in ("DATE_ID", "EMAIL_DOMAIN_ID"):
                continue
            if known.record is not None:
                inner = (
                    await self._sample(known.record(), group) if name != "ACTIVITYSET_ASSIGNMENT" else None
                )
                sample[name] = [inner] if known.many and name == "CUSTOMFIELDS" and group in CUSTOMISED else (
                    [] if known.many else inner
                )  # fmt: skip
            elif name == "CATEGORY_ID":
                sample[name] = await self._first(CATEGORIES[group])
            elif name == "TARGET_TICKET_NUMBER":
                path = f"/Ticket/{await self._first('Ticket')}"
                sample[name] = int((await self._send("GET", path)).json()["TICKET_NUMBER"])
            else:
                named = NAMED.get(name)
                sample[name] = (
                    await self._first(named) if named else SAMPLES.get(name, SAMPLES.get(known.type, "A"))
                )
        return sample

    async def _id_of(self, operation: Operation) -> dict[str, Any]:
        """Return the id that a PUT has in its body, and for a link what it leads to, which stays."""
        field = next(iter(RECORDS[operation.body].fields))
        last = operation.path.split("/")[-1]
        if not RECORDS[operation.body].fields[field].read_only:
            return {}
        if operation.body == "Comment":
            rows = [await self._new("/Notes/{id}/Comments", {"BODY": "A"})]
        elif "{id}" in operation.path:
            rows = (await self._send("GET", await self.path(operation))).json()
        else:
            return {field: await self._first(last)}
        if not isinstance(rows, list):
            return {}
        return {
            name: rows[0][name] for name in (field, "LINK_OBJECT_NAME", "LINK_OBJECT_ID") if name in rows[0]
        }

    # -- where to --

    async def path(self, operation: Operation) -> str:
        """Return the address of a good call, with ids of records that exist."""
        collection = operation.path.split("/")[1]
        path = operation.path.replace("{objectName}", "Contact")
        path = re.sub(r"\{file[nN]ame\}", "a.png", path).replace("{fieldName}", "PHOTO__c")
        path = path.replace("{language}", "de")
        is_deleted = str(operation) in (f"DELETE /{collection}/{{id}}", "POST /Ticket/{id}/Merge")
        if "{id}" in path:
            number = await (self.made(f"/{collection}") if is_deleted else self._first(collection))
            path = path.replace("{id}", str(number))
        if "{" in path:
            path = path[: path.index("{")] + str(await self._below(path[: path.index("/{")]))
        return path

    async def _below(self, parent: str) -> int:
        """Return the id of what hangs on a record: a link, a milestone, a member of a team; made if need be."""
        last = parent.split("/")[-1]
        if last == "QuotationDocument":  # which only Insightly makes
            rows = (await self._send("GET", parent)).json()
            return next(iter(rows[0].values()))
        body = await self._sample(RECORDS[last.removesuffix("s")], last)
        made = (await self._send("POST", parent, json=body)).json()
        return next(iter(made[-1].values() if isinstance(made, list) else made.values()))

    async def _first(self, collection: str) -> int:
        """Return the id of the first record of a collection, made if there is none."""
        if collection in ("Comments", "FileAttachments", "TeamMembers"):
            return await self.made(f"/{collection}")
        if collection not in self._known:
            rows = (await self._send("GET", f"/{collection}", params={"top": "1"})).json()
            self._known[collection] = next(iter(rows[0].values()))
        return self._known[collection]

    async def made(self, collection: str) -> int:
        """Return the id of a new record of a collection; of the last one where they cannot be made."""
        name = collection.removeprefix("/")
        if name == "Comments":
            made = await self._new("/Notes/{id}/Comments", {"BODY": "A"})
        elif name == "FileAttachments":
            path = f"/Contacts/{await self._first('Contacts')}/FileAttachments"
            made = (await self._send("POST", path, files={"file": ("a.txt", b"A", "text/plain")})).json()
        elif name == "Notes":
            made = await self._new("/Contacts/{id}/Notes", {"TITLE": "A"})
        elif name == "Emails":
            return await self._first(name)
        else:
            posted = next(each for each in operations() if str(each) == f"POST {collection}")
            body = await self._sample(RECORDS[posted.body], posted.group)
            made = (await self._send("POST", collection, json=body)).json()
        return next(iter(made.values()))

    async def _new(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        parent = path.split("/")[1]
        made = (
            await self._send("POST", path.replace("{id}", str(await self._first(parent))), json=body)
        ).json()
        new: dict[str, Any] = made[0] if isinstance(made, list) else made
        return new

    # -- a bad call --

    async def bad(self, operation: Operation) -> str:
        """Send what is wrong, and look at the refusal."""
        path = re.sub(r"\{[^}]*\}", NOWHERE, operation.path)
        sent = await self.body(operation) if "{id}" not in operation.path else {}
        if "{id}" in operation.path:
            return await self._expected([404], operation.method, path, **sent)
        if isinstance(sent.get("json"), dict):
            first = next(name for name, known in RECORDS[operation.body].fields.items() if name in sent["json"]
                         and not known.read_only)  # fmt: skip
            sent["json"] = {**sent["json"], first: {"a": [1]}}
            return await self._expected([400], operation.method, path, **sent)
        return await self._expected([401], operation.method, path, auth=("no key", ""), **sent)

    async def _expected(self, statuses: Sequence[int], method: str, path: str, **parts: Any) -> str:
        answer = await self._send(method, path, **parts)
        if answer.status_code not in statuses:
            return f"{answer.status_code} instead of {statuses[0]}: {answer.text[:100]}"
        return "" if "Message" in answer.json() else f"no Message in {answer.text[:100]}"


CUSTOMISED = ("Contacts",)
"""The collections in which the account has the custom field of the samples."""


class NotPlayedError(Exception):
    """Raised when the sandbox says that it does not play an operation."""


def faults(operation: Operation, answer: httpx.Response, sent: Any) -> Iterator[str]:
    """Yield what is not as described in a good answer."""
    name = operation.answer.strip("[]")
    if name == "-":
        return
    body = answer.json()
    if isinstance(body, list) != operation.answer.startswith("["):
        yield f"{operation.answer} expected"
        return
    for row in body if isinstance(body, list) else [body]:
        yield from _not_described(RECORDS[name], row)
    if isinstance(sent, dict) and isinstance(body, dict) and operation.body == name:
        for field, value in sent.items():
            if not isinstance(value, list | dict) and body.get(field) != value:
                yield f"{field} was sent as {value!r} and is {body.get(field)!r}"


def _not_described(record: Record, row: dict[str, Any]) -> Iterator[str]:
    for name in row.keys() ^ record.fields.keys():
        yield f"{name} is {'not described' if name in row else 'missing'}"
    for name, known in record.fields.items():
        values = row.get(name) if known.many and isinstance(row.get(name), list) else [row.get(name)]
        for value in values or []:
            yield from _wrong(known, value)


def _wrong(known: Field, value: Any) -> Iterator[str]:
    if value is None:
        return
    if known.record is not None and isinstance(value, dict):
        yield from (f"{known.name}: {each}" for each in _not_described(known.record(), value))
    elif not CHECKS[known.type](value):
        yield f"{known.name} is {value!r}, which is no {known.type}"
    elif known.max_length is not None and len(value) > known.max_length:
        yield f"{known.name} is longer than {known.max_length}"
