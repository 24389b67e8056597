"""The key of the pseudonyms in recordings of live accounts: beside the vault's key, never in a project.

Whoever has it can check a guess of whom a pseudonym stands for. A recording that was made with another key
replays all the same.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import SecretStr

from appconnect.errors import ConfigurationError, StoreError
from appconnect.private_files import keep_private, read_or_make

KEY_FILE = "pseudonym.key"
MIN_LENGTH = 32
_DAMAGED = (
    "The key of pseudonyms {} is damaged: restore a copy, or delete it, "
    "and live recordings get new pseudonyms."
)


def pseudonym_key(home: Path, key: SecretStr | None = None) -> bytes:
    """Return ``key`` (APPCONNECT_PSEUDONYM_KEY), else that of the file in ``home``, made on first use."""
    return _of_setting(key) or _of_file(home / KEY_FILE, make=True)


def known_pseudonym_key(home: Path, key: SecretStr | None = None) -> bytes:
    """Return the key if there is one, b"" if there is none yet: a replay makes none."""
    return _of_setting(key) or _of_file(home / KEY_FILE, make=False)


def _of_setting(key: SecretStr | None) -> bytes:
    text = key.get_secret_value().strip() if key else ""
    if text and len(text) < MIN_LENGTH:
        raise ConfigurationError(
            f"APPCONNECT_PSEUDONYM_KEY is too short to be kept secret: set {MIN_LENGTH} random characters or "
            "more, or leave it out and a key file is made for you."
        )
    return text.encode("utf-8", "surrogatepass")


def _of_file(path: Path, *, make: bool) -> bytes:
    try:
        if make:
            text = read_or_make(path, secrets.token_hex(32)).strip()
        elif path.exists():
            keep_private(path)
            text = path.read_text().strip()
        else:
            return b""
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(f"The key of pseudonyms {path} cannot be read or made ({reason}).") from None
    if len(text) < MIN_LENGTH:
        raise StoreError(_DAMAGED.format(path))
    return text.encode()
