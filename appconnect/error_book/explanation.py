"""The explanation of an answer, for people: it says how much is known, and from where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from markupsafe import Markup

from appconnect import display


class Knowledge(StrEnum):
    """Whose words an explanation is made of."""

    CRM = auto()
    """The CRM's own error book knows this answer."""
    HTTP = auto()
    """Nothing is known of this CRM's answer, only what its status means in HTTP."""
    NONE = auto()
    """Nothing is known about it."""


@dataclass(frozen=True)
class Explanation:
    """What an answer means.

    ``about`` is who answered what to which request, ``said`` the CRM's own sentence. ``documented_at`` is the
    address of the page that says so, "" where the vendor has none; ``source`` then says where it is known
    from. ``entry`` is the name of the book's entry. ``number`` is the exchange's in its trace, 0 for none.
    """

    about: str
    meaning: str
    remedy: str = ""
    documented_at: str = ""
    source: str = ""
    said: str = ""
    knowledge: Knowledge = Knowledge.NONE
    entry: str = ""
    number: int = 0

    @property
    def is_known(self) -> bool:
        """Whether more is known than what the CRM said."""
        return self.knowledge is not Knowledge.NONE

    @property
    def where(self) -> str:
        """Where it is known from, in words: the address, and what the source is."""
        return ": ".join(each for each in (self.source, self.documented_at) if each)

    @property
    def link(self) -> Markup:
        """The page that documents it, as a link; where there is none, what is the source."""
        if not self.documented_at:
            return Markup("{}").format(self.source)
        page = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(
            self.documented_at
        )
        return Markup("{}: {}").format(self.source, page) if self.source else page

    def __str__(self) -> str:
        said = f"It said: {self.said}" if self.said else ""
        where = f"Source: {self.where}" if self.where else ""
        return "\n".join(each for each in (self.about, said, self.meaning, self.remedy, where) if each)

    def __repr__(self) -> str:
        return f"<Explanation: {self.entry or 'unknown'}>"

    def _repr_html_(self) -> Markup:
        rows: dict[str, object] = {"said": self.said, "means": self.meaning, "to do": self.remedy}
        return display.facts(
            {name: text for name, text in {**rows, "documented": self.link}.items() if text},
            caption=self.about,
        )
