"""Where the Insightly sandbox holds people."""

from __future__ import annotations

from appconnect.sandbox.people_tables import flat

PEOPLE = (
    flat(
        "Contact",
        names=("FIRST_NAME", "LAST_NAME"),
        phones=("PHONE", "PHONE_MOBILE", "PHONE_HOME", "PHONE_OTHER", "PHONE_ASSISTANT"),
    ),
    flat("Lead", names=("FIRST_NAME", "LAST_NAME"), phones=("PHONE", "MOBILE")),
)
