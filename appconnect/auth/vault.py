"""Secrets at rest: sealed with Fernet before the store sees them.

https://cryptography.io/en/latest/fernet/ – authenticated encryption; whoever has the store but not the key
has nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from appconnect.errors import ConfigurationError, NotSignedIn, StoreError
from appconnect.private_files import read_or_make

KEY_FILE = "vault.key"


class Vault:
    """Seals and opens the secrets of connections.

    The first key seals, every key opens: to rotate, put a new key in front, `reseal` what is stored, and
    drop the old key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys (`new_key`), newest first. Raises ValueError for anything else."""
        from cryptography.fernet import Fernet, MultiFernet

        if not keys:
            raise ValueError("A vault needs a key.")
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    @classmethod
    def in_memory(cls) -> Vault:
        """Return a vault whose key is gone with the process, for the sandbox and tests."""
        return cls([new_key()])

    @classmethod
    def at(cls, home: Path, key: SecretStr | None = None) -> Vault:
        """Return this computer's vault, of ``key`` (APPCONNECT_VAULT_KEY) or else of the file in ``home``.

        Several keys, newest first, are separated by commas in the setting and by lines in the file. The file
        is made on first use, for its owner only; one that others can read is made private, with a warning.
        """
        if key and key.get_secret_value().strip():
            try:
                return cls([each.strip() for each in key.get_secret_value().split(",")])
            except ValueError:
                raise ConfigurationError(
                    "APPCONNECT_VAULT_KEY is not a vault key: set what appconnect.auth.vault.new_key() "
                    "gives, or leave it out and a key file is made for you."
                ) from None
        return cls._from_file(home / KEY_FILE)

    def seal(self, data: Mapping[str, str]) -> str:
        """Return the data as text that only this vault opens."""
        return self._fernet.encrypt(json.dumps(dict(data)).encode()).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """Return what was sealed. Raises `NotSignedIn` when it was sealed with another key."""
        with _readable():
            return {str(key): str(value) for key, value in json.loads(self._fernet.decrypt(sealed)).items()}

    def reseal(self, sealed: str) -> str:
        """Return the same secrets, sealed with the newest key. Raises like `open`."""
        with _readable():
            return self._fernet.rotate(sealed).decode()

    def __repr__(self) -> str:
        return "<Vault>"

    @classmethod
    def _from_file(cls, path: Path) -> Vault:
        try:
            return cls(read_or_make(path, new_key()).split())
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"The vault's key file {path} cannot be read or made: {error}.") from None
        except ValueError:
            raise StoreError(
                f"The vault's key file {path} is damaged: restore a copy, or delete it and sign in again."
            ) from None


def new_key() -> str:
    """Return a new random key."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


@contextmanager
def _readable() -> Iterator[None]:
    from cryptography.fernet import InvalidToken

    try:
        yield
    except (InvalidToken, ValueError, AttributeError):
        raise NotSignedIn(
            "The stored sign-in was sealed with another vault key and cannot be opened. Sign in again."
        ) from None
