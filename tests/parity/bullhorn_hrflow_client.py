"""Bullhorn's sandbox used by the Bullhorn connectors, old and new, of PyPI's hrflow-connectors.

The package imports the connectors of all systems and, for its old half, a pydantic of version 1. Its Bullhorn
modules are imported alone here, with the old interface that pydantic still has.
"""

from __future__ import annotations

import base64
import importlib
import importlib.util
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from unittest.mock import patch

import httpx

from appconnect.connectors.bullhorn.sandbox.sign_in import CLIENT, LOGINS
from parity.bullhorn_clients import Call, Redirected
from parity.bullhorn_sign_in import sign_in

CLIENT_NAME = "hrflow-connectors 4.28.0 (PyPI)"
PACKAGE = "hrflow_connectors"
PACKAGES = (
    "",
    ".v1",
    ".v1.connectors",
    ".v1.connectors.bullhorn",
    ".v2",
    ".v2.connectors",
    ".v2.connectors.bullhorn",
)
OLD_PYDANTIC = ("pydantic", "pydantic.fields", "pydantic.main")
SIGN_IN = {
    "client_id": CLIENT.id,
    "client_secret": CLIENT.secret,
    "username": "rae.quill",
    "password": LOGINS["rae.quill"],
}
LOG = logging.getLogger("parity")
JOB_FIELDS = "id,title,dateAdded,dateLastModified,clientCorporation,owner,address"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
FILE = {
    "externalID": "portfolio", "fileContent": base64.b64encode(b"Welds").decode(), "fileType": "SAMPLE",
    "name": "cv.txt", "description": "Resume file for candidate.", "type": "Resume", "content_type": "text/plain",
}  # fmt: skip
PERSON = {
    "id": None, "firstName": "Ida", "lastName": "Berg", "name": "Ida Berg", "email": "ida@berg.example",
    "mobile": "+47 555 0100", "experience": 3, "skillSet": "MIG,TIG", "certifications": None,
    "address": {"address1": "Kai 1", "address2": None, "city": "Oslo", "state": "Norway", "zip": "0150"},
}  # fmt: skip


def calls(url: str) -> Iterator[Call]:
    """Yield what the client does at an address on a port. Raises ImportError."""
    old, new, old_auth, new_auth = _modules()
    for module in (old, new, old_auth, new_auth):
        module.requests = Redirected(url)
    yield "Sign-in", "old", lambda: old_auth.auth(**SIGN_IN), lambda session: "refresh_token" in session
    yield "Sign-in", "new", lambda: new_auth.auth(**SIGN_IN), lambda session: "BhRestToken" in session
    yield (
        "Sign-in", "refreshed",
        lambda: new_auth.auth(**SIGN_IN, refresh_token=new_auth.auth(**SIGN_IN)["refresh_token"]),
        lambda session: session["restUrl"].endswith("/"),
    )  # fmt: skip
    job = _job(url)
    yield from _new_calls(new)
    yield from _old_calls(old, job)


def _old_calls(old: Any, job: str) -> Iterator[Call]:
    def read(function: Any, fields: str, query: str) -> list[Any]:
        asked = {
            **SIGN_IN,
            "last_modified_date": "1577836800000",
            "fields": fields,
            "query": query,
            "count": 500,
        }
        return list(function(LOG, old.ReadParameters(**asked), old.ReadMode.sync))

    def write() -> Any:
        education = {"id": "0", "candidate": {"id": None}, "school": "TU Oslo", "degree": "MSc", "city": "Oslo",
                     "comments": "", "startDate": 1400000000000, "endDate": None}  # fmt: skip
        work = {
            "id": "0",
            "candidate": {"id": None},
            "companyName": "Roth & Co",
            "title": "Welder",
            "startDate": 1,
        }
        profile = {"create_profile_body": PERSON, "enrich_profile_education": [education],
                   "enrich_profile_experience": [work], "enrich_profile_attachment": [FILE]}  # fmt: skip
        return old.write(LOG, old.WriteProfilesParameters(**SIGN_IN), [profile])

    def apply(**more: Any) -> Any:
        parameters = old.WriteApplicationsParameters(
            **SIGN_IN, job_id=job, status_when_created="New Lead", source="Web", **more
        )
        person = {"firstName": "Ida", "lastName": "Berg", "name": "Ida Berg", "email": "ida@berg.example"}
        return old.write_application(LOG, parameters, [{**person, "attachment": FILE, "comment": "Hired?"}])

    # Before there is an education, of which it asks all fields: Bullhorn refuses that today.
    yield (
        "Profiles", "read my candidates", lambda: list(old.read_profiles(LOG, old.ReadProfileParameters(**SIGN_IN))),
        lambda people: [each["id"] for each in people] == [105, 108, 111],
    )  # fmt: skip
    yield "Profiles", "write", write, lambda failed: failed == []
    yield (
        "Profiles", "read with résumés",
        lambda: read(old.read_profiles_parsing, "id,name,dateLastModified", "isDeleted:0"),
        lambda people: people[-1]["cvFile"].read() == b"Welds",
    )  # fmt: skip
    yield "Applications", "of somebody known", apply, lambda failed: failed == []
    yield "Applications", "once more", lambda: apply(candidate_id="105"), lambda failed: failed == []
    yield (
        "Jobs", "read", lambda: read(old.read_jobs, JOB_FIELDS, "isDeleted:0"),
        lambda jobs: [str(each["id"]) for each in jobs] == [job],
    )  # fmt: skip


def _new_calls(new: Any) -> Iterator[Call]:
    jobs, profiles = new.generic_job_pulling, new.generic_profile_pulling
    wanted: list[tuple[str, Any, Any, Any, str]] = [
        ("created jobs", jobs, new.Mode.create, new.ReadCreatedJobsCriterias, "created_date"),
        ("changed jobs", jobs, new.Mode.update, new.ReadUpdatedJobsCriterias, "last_modified_date"),
        ("archived jobs", jobs, new.Mode.archive, new.ReadArchivedJobsCriterias, "last_modified_date"),
        ("created profiles", profiles, new.Mode.create, new.ReadCreatedProfilesCriterias, "created_date"),
        (
            "changed profiles",
            profiles,
            new.Mode.update,
            new.ReadUpdatedProfilesCriterias,
            "last_modified_date",
        ),
        (
            "archived profiles",
            profiles,
            new.Mode.archive,
            new.ReadArchivedProfilesCriterias,
            "last_modified_date",
        ),
    ]
    for name, pulling, mode, criterias, date in wanted:
        pull, asked = pulling(mode), criterias(**{date: SINCE})
        yield (
            name.split()[1].title(), f"new: {name}",
            partial(pull, LOG, new.AuthParameters(**SIGN_IN), asked, False, None),
            lambda rows: isinstance(list(rows), list),
        )  # fmt: skip


def _job(url: str) -> str:
    """Make a job, which the client can only read."""
    session = sign_in(url)
    body = {"title": "Welder", "isOpen": True, "isDeleted": False, "clientCorporation": {"id": 801}}
    headers = {"BhRestToken": session["BhRestToken"]}
    made = httpx.put(f"{session['restUrl']}entity/JobOrder", headers=headers, json=body)
    return str(made.json()["changedEntityId"])


def _modules() -> tuple[Any, Any, Any, Any]:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ImportError(f"No module named {PACKAGE!r}")
    root = found.submodule_search_locations[0]
    bare = {PACKAGE + name: _package(PACKAGE + name, root + name.replace(".", "/")) for name in PACKAGES}
    old = {name: importlib.import_module(name.replace("pydantic", "pydantic.v1", 1)) for name in OLD_PYDANTIC}
    with patch.dict(sys.modules, bare):
        with patch.dict(sys.modules, old):
            first = [_part("v1", "warehouse"), _part("v1", "utils.authentication")]
        second = [_part("v2", "aisles"), _part("v2", "utils.authentication")]
    return first[0], second[0], first[1], second[1]


def _part(version: str, name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.{version}.connectors.bullhorn.{name}")


def _package(name: str, folder: str) -> ModuleType:
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [folder]
    return importlib.util.module_from_spec(spec)
