"""Takes secrets and people out of traces, recordings and results, by rules that a platform extends."""

from typing import TYPE_CHECKING

from appconnect.redaction.redact import Redactor
from appconnect.redaction.rules import PeopleFields, RedactionRules
from appconnect.redaction.secret_values import ConnectionSecrets

if TYPE_CHECKING:
    from appconnect.redaction.people import Pseudonymizer

__all__ = ["ConnectionSecrets", "PeopleFields", "Pseudonymizer", "RedactionRules", "Redactor"]


def __getattr__(name: str) -> object:
    """Load what replaces people when it is first used: only recordings of a live CRM need it."""
    if name != "Pseudonymizer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from appconnect.redaction.people import Pseudonymizer

    return Pseudonymizer
