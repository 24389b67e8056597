"""What the played Insightly remembers: records by kind and id, their links, and the limits."""

from __future__ import annotations

from appconnect.connectors.insightly.sandbox.schema import BODY_DATE, KINDS, USER, Kind
from appconnect.sandbox.base import Budget, Ids, JsonObject, Window
from appconnect.sandbox.clock import Clock

PER_SECOND = {"tiny": 5}
"""Requests a second, where it is not ten."""
PER_DAY = {
    "professional": 60_000,
    "plus": 40_000,
    "enterprise": 100_000,
    "legacy": 20_000,
    "free": 1_000,
    "tiny": 50,
}
"""Requests a day per plan."""


class Database:
    """All records, and how much of the limits is used."""

    def __init__(self, clock: Clock, ids: Ids, plan: str) -> None:
        self._clock, self._ids = clock, ids
        self.records: dict[str, dict[int, JsonObject]] = {kind.name: {} for kind in (*KINDS, USER)}
        self.custom_fields: dict[str, list[JsonObject]] = {}
        self.hidden: set[tuple[str, int]] = set()
        """Records that exist and that nobody here may read."""
        self._plan = ""
        self.live_on(plan)

    def live_on(self, plan: str) -> None:
        """The limits of a plan, fresh when it has just been changed."""
        if plan != self._plan:
            self._plan = plan
            self.second = Window(self._clock, PER_SECOND.get(plan, 10), 1)
            self.day = Budget(self._clock, PER_DAY[plan])

    def add(self, kind: Kind, said: JsonObject) -> int:
        """A new record; gives its id."""
        number = self._ids.next(kind.name, kind.first_id)
        now = self.stamp()
        self.records[kind.name][number] = {
            **kind.blank(), **said,
            kind.id_field: number, "DATE_CREATED_UTC": now, "DATE_UPDATED_UTC": now,
        }  # fmt: skip
        return number

    def change(self, kind: Kind, number: int, said: JsonObject) -> None:
        """Only the fields that were sent change; null clears."""
        self.records[kind.name][number] |= {**said, "DATE_UPDATED_UTC": self.stamp()}

    def links(self, kind: Kind, number: int) -> list[JsonObject]:
        """The links of a record, oldest first."""
        links = self.records[kind.name][number]["LINKS"]
        assert isinstance(links, list)
        return [link for link in links if isinstance(link, dict)]

    def link(
        self, kind: Kind, number: int, to: Kind, to_number: int, *, spelled: str = "", role: str | None = None
    ) -> JsonObject:
        """A new link from one record to another."""
        link: JsonObject = {
            "LINK_ID": self._ids.next("Link", 801),
            "OBJECT_NAME": kind.name,
            "OBJECT_ID": number,
            "LINK_OBJECT_NAME": spelled or to.name,
            "LINK_OBJECT_ID": to_number,
            "ROLE": role,
            "DETAILS": None,
            "RELATIONSHIP_ID": None,
            "IS_FORWARD": None,
        }
        self.records[kind.name][number]["LINKS"] = [*self.links(kind, number), link]
        return link

    def unlink(self, kind: Kind, number: int, link_id: int) -> bool:
        """Whether there was such a link; it is gone now."""
        before = self.links(kind, number)
        self.records[kind.name][number]["LINKS"] = [link for link in before if link["LINK_ID"] != link_id]
        return len(before) > len(self.links(kind, number))

    def stamp(self) -> str:
        """The present moment as it stands in records."""
        return f"{self._clock.now():{BODY_DATE}}"
