"""Takes secrets and people out of traces, recordings and results, by rules that a platform extends."""

from typing import TYPE_CHECKING

from appconnect import lazily
from appconnect.redaction.redact import Redactor
from appconnect.redaction.rules import PeopleFields, RedactionRules
from appconnect.redaction.secret_values import ConnectionSecrets

if TYPE_CHECKING:
    from appconnect.redaction.people import Pseudonymizer
else:  # only recordings of a live CRM need it
    __getattr__ = lazily.exported(__name__, {".people": "Pseudonymizer"})

__all__ = ["ConnectionSecrets", "PeopleFields", "Pseudonymizer", "RedactionRules", "Redactor"]
