"""The names of a new connector: checked, and derived from one another."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from appconnect.connectors import registry
from appconnect.errors import InputError

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
TITLE = re.compile(r"\w[\w .-]{0,39}")
"""No quotes, markup or line breaks: a title stands in code, HTML and Markdown."""
MAX_SHOWN = 60
SETTINGS = ("appconnect", "app_server", "database")
"""Names whose settings would be taken for ours."""
CLASSES = ("crm", "api_key", "user_key", "authorization_code", "guarded", "sign_in")
"""Names whose classes would be called like those that they extend: ``ApiKeySignIn``."""


@dataclass(frozen=True)
class Names:
    """What a connector's package is called. ``name`` is the platform's: ``"acme"``."""

    name: str
    title: str
    """For people: ``"Acme CRM"``."""

    @property
    def project(self) -> str:
        """The distribution, and its folder: ``appconnect-acme``."""
        return f"appconnect-{self.dashed}"

    @property
    def module(self) -> str:
        """The package that is imported: ``acme_connector``."""
        return f"{self.name}_connector"

    @property
    def dashed(self) -> str:
        """The name in a host's and a project's name, which may have no underscore."""
        return re.sub("_+", "-", self.name).strip("-")

    def words(self) -> Mapping[str, str]:
        """Return what takes the place of the template's words, the longest first."""
        return {
            "appconnect-newcrm": self.project,
            "newcrm.example": f"{self.dashed}.example",
            "New CRM": self.title,
            "X-Newcrm-": f"X-{self.dashed.title()}-",
            "x-newcrm-": f"x-{self.dashed}-",
            "NEWCRM": self.name.upper(),
            "Newcrm": "".join(part.title() for part in self.name.split("_")),
            "newcrm": self.name,
        }


def checked_names(name: str, title: str = "") -> Names:
    """Return the names for a new connector; the title is by default the name with capitals.

    Raises InputError for a name that cannot be used or is taken, and for a title that cannot stand in code.
    """
    if not NAME.fullmatch(name) or keyword.iskeyword(name) or not name.strip("_"):
        raise InputError(
            f"{name[:MAX_SHOWN]!r} cannot be the name of a connector; "
            "use up to 40 lower-case letters, digits and _, beginning with a letter, such as acme."
        )
    names = Names(name, title or name.replace("_", " ").strip().title())
    if not TITLE.fullmatch(names.title):
        raise InputError(
            f"{title!r} cannot be a title; use up to 40 letters, digits, spaces, dots, hyphens and _."
        )
    if name in registry.names():
        raise InputError(f"There is a connector {name!r} already; choose another name.")
    if name in (*SETTINGS, *CLASSES):
        raise InputError(f"The name {name!r} is in use by appconnect already; choose another name.")
    if find_spec(names.module) is not None:
        raise InputError(f"There is a Python package {names.module!r} already; choose another name.")
    return names
