"""Takes secrets and people out of traces, recordings and results, by rules that a platform extends."""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.redaction.people import Pseudonymizer
    from appconnect.redaction.redact import Redactor
    from appconnect.redaction.rules import PeopleFields, RedactionRules
    from appconnect.redaction.secret_values import ConnectionSecrets
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            ".people": "Pseudonymizer",
            ".redact": "Redactor",
            ".rules": "PeopleFields RedactionRules",
            ".secret_values": "ConnectionSecrets",
        },
    )

__all__ = ["ConnectionSecrets", "PeopleFields", "Pseudonymizer", "RedactionRules", "Redactor"]
