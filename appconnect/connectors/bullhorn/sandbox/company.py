"""The made-up company's records, and what writing to them does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, PEOPLE, PERSON, REQUIRED, Field
from appconnect.sandbox.base import Ids, Json, JsonObject
from appconnect.sandbox.cast import ALONE, INES, KIT, LOOKALIKE, NIA, OLU, OMAR, RAE, SINEAD, ZOE, CastMember

LOGINS = {"rae.quill": "Sandbox-0110", "kit.moss": "Sandbox-0205", "api.logger": "Sandbox-0999"}
"""User name → password, all made up."""


class RefusedWriteError(Exception):
    """The body is not acceptable; the message is Bullhorn's."""


class Company:
    """All records by entity and id; the four kinds of people share one row of ids."""

    def __init__(self, now: Callable[[], datetime], ids: Ids) -> None:
        self._now, self._ids = now, ids
        self.records: dict[str, dict[int, JsonObject]] = {entity: {} for entity in ENTITIES}
        self.searchable_from: dict[tuple[str, int], datetime] = {}
        """When the index came to know of a record; what is not here was always there."""
        self._move_in()

    def millis(self) -> int:
        """Now, in milliseconds since 1970."""
        return int(self._now().timestamp() * 1000)

    def record(self, entity: str, number: int) -> JsonObject | None:
        """A record; PERSON looks through everybody."""
        kinds = PEOPLE if entity == PERSON else (entity,)
        return next((self.records[kind][number] for kind in kinds if number in self.records[kind]), None)

    def subtype(self, number: int) -> str:
        """Which kind of person an id belongs to; "" for nobody."""
        return next((kind for kind in PEOPLE if number in self.records[kind]), "")

    def linked(self, note: int, entity: str) -> list[int]:
        """The people of one kind that a note is about."""
        rows = self.records["NoteEntity"].values()
        about = [row["targetEntityID"] for row in rows if row["note"] == note]
        return [n for n in dict.fromkeys(about) if isinstance(n, int) and n in self.records[entity]]

    def notes_about(self, person: int) -> list[int]:
        """The notes of a person, newest first."""
        rows = self.records["NoteEntity"].values()
        found = [row["note"] for row in rows if row["targetEntityID"] == person]
        return sorted({n for n in found if isinstance(n, int)}, reverse=True)

    # -- writing --

    def create(self, entity: str, body: JsonObject, by: int, *, link_leads: bool = True) -> int:
        """A new record's id. Raises RefusedWriteError."""
        fields = self._checked(entity, body)
        missing = [name for name in REQUIRED.get(entity, ()) if fields.get(name) is None]
        if missing:
            raise RefusedWriteError(f"Missing required property: {', '.join(missing)}")
        number = self._add(entity, {**self._defaults(entity, by), **fields})
        if entity == "Note":
            self._link(number, link_leads)
        if entity == "ClientCorporation":  # Bullhorn makes an archived contact that owns the company
            owner: JsonObject = {"name": "Default Contact", "status": "Archive", "clientCorporation": number}
            self._add("ClientContact", {**self._defaults("ClientContact", by), **owner})
        return number

    def update(self, entity: str, number: int, body: JsonObject) -> None:
        """Change what the body says. Raises RefusedWriteError."""
        fields = self._checked(entity, body)
        if "dateLastModified" in ENTITIES[entity]:
            fields["dateLastModified"] = self.millis()
        self.records[entity][number] |= fields

    def _checked(self, entity: str, body: JsonObject) -> JsonObject:
        """The body as it is stored; references become ids."""
        stored: JsonObject = {}
        for name, value in body.items():
            field = ENTITIES[entity].get(name)
            if field is None:
                raise RefusedWriteError(f"Invalid field '{name}'")
            if field.read_only:
                raise RefusedWriteError(f"Property '{name}' is read-only")
            stored[name] = None if value is None else self._value(name, field, value)
        return stored

    def _value(self, name: str, field: Field, value: Json) -> Json:
        if field.kind == "to-one":
            return self._reference(name, field, value)
        kinds = {"String": str, "Boolean": bool, "Integer": int, "Timestamp": int}
        if type(value) is not kinds[field.kind]:
            raise RefusedWriteError(f"Invalid value for '{name}': {field.kind} expected")
        if isinstance(value, str) and len(value) > field.longest:
            raise RefusedWriteError(f"'{name}' is longer than {field.longest} characters")
        return value

    def _reference(self, name: str, field: Field, value: Json) -> int:
        number = value.get("id") if isinstance(value, dict) else None
        if type(number) is not int or self.record(field.target, number) is None:
            raise RefusedWriteError(f"'{name}' does not name a {field.target}")
        return number

    def _defaults(self, entity: str, by: int) -> JsonObject:
        known: JsonObject = {
            "isDeleted": False,
            "dateAdded": self.millis(),
            "dateLastModified": self.millis(),
            "owner": by,
            "commentingPerson": by,
        }
        return {name: value for name, value in known.items() if name in ENTITIES[entity]}

    def _add(self, entity: str, fields: JsonObject) -> int:
        pool, first = (PERSON, 101) if entity in PEOPLE else (entity, FIRST_IDS.get(entity, 1))
        number = self._ids.next(pool, first)
        self.records[entity][number] = {**fields, "id": number}
        self.searchable_from[entity, number] = self._now()
        return number

    def _link(self, note: int, link_leads: bool) -> None:
        person = self.records["Note"][note]["personReference"]
        assert isinstance(person, int)
        if link_leads or person not in self.records["Lead"]:
            self._add("NoteEntity", {"note": note, "targetEntityID": person, "targetEntityName": "User"})

    # -- who works here, and whom they know --

    def _move_in(self) -> None:
        for number, (somebody, username, offset) in enumerate(STAFF, 1):
            self._employ(number, somebody, username, offset)
        rae = next(n for n, user in self.records["CorporateUser"].items() if user["firstName"] == "Rae")
        for name in (OMAR.company or "Vance Partners", "O'Neil & Daughters"):
            self._add("ClientCorporation", {**self._defaults("ClientCorporation", rae), "name": name})
        for entity, somebody, more in PEOPLE_KNOWN:
            self._know(entity, somebody, more, rae)
        nia = next(n for n, who in self.records["Candidate"].items() if who["lastName"] == NIA.last_name)
        self.create(
            "Note", {"action": "Email", "comments": "Sent her CV.", "personReference": {"id": nia}}, rae
        )
        self.searchable_from.clear()

    def _employ(self, number: int, somebody: CastMember, username: str, offset: int) -> None:
        self._add(
            "CorporateUser",
            {
                "firstName": somebody.first_name,
                "lastName": somebody.last_name,
                "name": somebody.name,
                "email": somebody.email,
                "username": username,
                "masterUserID": 9000 + number,
                "timeZoneOffsetEST": offset,
                "enabled": somebody is not OLU,
                "isDeleted": False,
            },
        )

    def _know(self, entity: str, somebody: CastMember, more: JsonObject, owner: int) -> int:
        person: JsonObject = {
            "firstName": somebody.first_name,
            "lastName": somebody.last_name,
            "name": somebody.name,
            "email": somebody.email or None,
            "status": "Active" if entity != "Lead" else "New Lead",
            "comments": "",
        }
        if entity != "ClientContact":
            person["companyName"] = somebody.company or None
        return self._add(entity, {**self._defaults(entity, owner), **person, **more})

    def crowd(self, entity: str, count: int, phone: str = "+1 702-555-0190") -> None:
        """``count`` more people of one kind who share a phone, to fill more than one page."""
        owner = next(iter(self.records["CorporateUser"]))
        for number in range(1, count + 1):
            somebody = CastMember("Crowd", f"Member {number:04}")
            if entity == "CorporateUser":
                self._employ(1000 + number, somebody, f"crowd.{number}", 0)
            else:
                self._know(entity, somebody, {"phone": phone}, owner)

    def shown_to_search(self, entity: str, lag: timedelta) -> Iterable[JsonObject]:
        """The records that the index knows of, ``lag`` after they were made."""
        for number, record in self.records[entity].items():
            since = self.searchable_from.get((entity, number))
            if since is None or since + lag <= self._now():
                yield record


FIRST_IDS = {"ClientCorporation": 801, "Note": 9301}
LOGGER = CastMember("Api", "Logger", "", "api.logger@acme.example")
OLD_NIA = CastMember("Nina", "Deleted")
CONVERTED = CastMember("Cora", "Converted")
ARCHIVED = CastMember("Arno", "Archived")

STAFF = (
    (RAE, "rae.quill", -180),
    (KIT, "kit.moss", 0),
    (OLU, "olu.gone", -60),
    (LOGGER, "api.logger", 0),
)
"""Who, under which name, and how many minutes from US Eastern."""

PEOPLE_KNOWN: tuple[tuple[str, CastMember, JsonObject], ...] = (
    ("Candidate", NIA, {"mobile": NIA.phone, "occupation": "Welder", "comments": "Prefers mornings."}),
    ("ClientContact", OMAR, {"phone": OMAR.phone, "clientCorporation": 801, "occupation": "Buyer"}),
    ("Lead", INES, {"phone": INES.phone, "companyName": "Roth & Co"}),
    ("Candidate", LOOKALIKE, {"phone": LOOKALIKE.phone, "workPhone": "+49 30 415 555 0142"}),
    ("ClientContact", SINEAD, {"mobile": SINEAD.phone, "clientCorporation": 802}),
    ("Lead", ZOE, {"phone2": ZOE.phone}),
    ("Candidate", ALONE, {"phone": ALONE.phone}),
    ("Candidate", OLD_NIA, {"phone": NIA.phone, "isDeleted": True}),
    ("Lead", CONVERTED, {"phone": OMAR.phone, "status": "Converted"}),
    ("ClientContact", ARCHIVED, {"phone": OMAR.phone, "status": "Archive", "clientCorporation": 801}),
)
