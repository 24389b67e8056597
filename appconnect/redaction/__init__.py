"""Takes secrets and people out of traces, recordings and results, by rules that a platform extends."""

from appconnect.redaction.people import Pseudonymizer
from appconnect.redaction.redact import Redactor
from appconnect.redaction.rules import PeopleFields, RedactionRules
from appconnect.redaction.secret_values import ConnectionSecrets

__all__ = ["ConnectionSecrets", "PeopleFields", "Pseudonymizer", "RedactionRules", "Redactor"]
