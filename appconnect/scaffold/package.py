"""Write the package of a new connector from the template.

``templates/common`` is what every package has, ``templates/<auth>`` what the kind of sign-in adds. In a file,
the template's words are replaced (`Names.words`), and what stands between two such lines is kept for the
named kinds only::

    # only for oauth
    ...
    # until here

A file name that begins with ``dot-`` gets a dot: ``dot-gitignore``.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from appconnect.errors import ConfigurationError, InputError
from appconnect.paths import current_folder, looked_up
from appconnect.scaffold.names import Names
from appconnect.scaffold.openapi import Described

TEMPLATES = Path(__file__).parent / "templates"
VERSION = "0.0.0"
"""In the template: the release of appconnect that the package is made with."""
HOST = "api.newcrm.example"
"""In the template: the host of the CRM's interface."""
ONLY_FOR = re.compile(
    r"^[ \t]*(?:#|<!--) only for (?P<kinds>[a-z, -]+?)(?: -->)?\n(?P<block>.*?)"
    r"^[ \t]*(?:#|<!--) until here(?: -->)?\n",
    re.MULTILINE | re.DOTALL,
)


class Auth(StrEnum):
    """How the new connector's CRM is signed in to."""

    KEY = "key"
    OAUTH = "oauth"
    USER_KEY = "user-key"


def place(into: Path | None) -> Path:
    """Return the folder that a package's folder goes into: ``into``, else the current one.

    A connector is a package of its own: in a checkout of appconnect, the default is the folder beside it, and
    InputError is raised for a folder inside.
    """
    checkout = TEMPLATES.parents[2]
    chosen = looked_up(into or current_folder()).resolve()
    if not chosen.is_relative_to(checkout) or not (checkout / "pyproject.toml").is_file():
        return chosen
    if into is None:
        return checkout.parent
    raise InputError(f"{chosen} is inside the checkout of appconnect; choose a folder beside it with --into.")


def make_package(names: Names, auth: Auth, into: Path, described: Described | None = None) -> Path:
    """Write the package into a new folder of ``into`` and return it. Nothing is left behind on an error.

    What an OpenAPI document describes, the package's sandbox plays beside its own routes.

    Raises InputError when the folder exists already, ConfigurationError when it cannot be written.
    """
    target = into / names.project
    if target.exists() or target.is_symlink():
        raise InputError(f"{target} exists already; choose another name, or another folder with --into.")
    try:
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=into, prefix=".appconnect-new-") as scratch:
            package = Path(scratch) / names.project
            for path, text in files(names, auth, described):
                (package / path).parent.mkdir(parents=True, exist_ok=True)
                (package / path).write_bytes(text.encode())
            package.rename(target)
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written: {error.strerror or error}.") from None
    return target


def files(names: Names, auth: Auth, described: Described | None = None) -> Iterator[tuple[Path, str]]:
    """Iterate over the files of a package: path below its folder, and text."""
    words = {**names.words(), VERSION: version("appconnect")}
    if described is not None:
        if described.host:
            words[HOST] = described.host
        for name, text in described.files().items():
            yield Path("src", names.module, "sandbox", name), text
    for root in (TEMPLATES / "common", TEMPLATES / auth.value):
        for path in sorted(each for each in root.rglob("*") if each.is_file() and each.suffix != ".pyc"):
            dotted = [re.sub("^dot-", ".", part) for part in path.relative_to(root).parts]
            yield Path(replaced(str(Path(*dotted)), words)), rendered(path.read_text("utf-8"), words, auth)


def rendered(text: str, words: Mapping[str, str], auth: Auth) -> str:
    """Return a template's text for this kind of sign-in, with the new names."""

    def block(found: re.Match[str]) -> str:
        kinds = [kind.strip() for kind in found["kinds"].split(",")]
        return found["block"] if auth.value in kinds else ""

    return replaced(ONLY_FOR.sub(block, text), words)


def replaced(text: str, words: Mapping[str, str]) -> str:
    """Return the text with each of the template's words replaced, all at once."""
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(pattern, lambda found: words[found[0]], text)
