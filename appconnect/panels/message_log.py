"""Log an SMS, a voicemail, a fax or a shared conversation, as the CRM gets it."""

from __future__ import annotations

import json
import math
from typing import TypedDict

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import operation_warnings
from appconnect.errors import AppConnectError, InputError
from appconnect.models import Contact, Direction, JsonObject, LogFormat, Logged, Message, MessageType, Party
from appconnect.panels import styling
from appconnect.panels.call_form import NOBODY
from appconnect.panels.contacts import ContactsPanel
from appconnect.panels.log_form import LogForm
from appconnect.panels.panel import button, choice, lines, options, row, text, toolbar
from appconnect.workbench import Workbench

SMS, VOICEMAIL, FAX, SHARED = "SMS", "Voicemail", "Fax", "Shared SMS"
TYPES = {SMS: MessageType.SMS, VOICEMAIL: MessageType.VOICEMAIL, FAX: MessageType.FAX}
LINKS = {VOICEMAIL: "https://media.example/voicemail/1", FAX: "https://media.example/fax/1"}
SHARED_EXAMPLE = """{
  "creationTime": "2026-01-02T09:00:00Z",
  "owner": {"name": "Orders", "extensionType": "Department"},
  "entities": [
    {"recordType": "AliveMessage", "direction": "Inbound", "creationTime": "2026-01-02T09:00:00Z",
     "from": {"name": "Nia Holt"}, "text": "Is the order ready?"},
    {"recordType": "AliveNote", "creationTime": "2026-01-02T09:05:00Z",
     "author": {"name": "Kit Moss"}, "text": "Key account"},
    {"recordType": "AliveMessage", "direction": "Outbound", "creationTime": "2026-01-02T09:10:00Z",
     "author": {"name": "Rae Quill"}, "text": "Yes, today."}
  ]
}"""


class Links(TypedDict):
    """The links of a voicemail or fax, as operations take them; "" for none."""

    recording_link: str
    fax_link: str


class MessageLogPanel(LogForm):
    """Log a message; a further SMS of the same conversation and day is added to the log of the first.

    ``contact`` is whom to log against, or a contacts panel whose choice is followed. ``log_id`` is the CRM's
    id of the newest log.
    """

    title = "Message log"
    lead = "Log an SMS, a voicemail, a fax or a shared conversation, and see what the CRM gets."

    def __init__(
        self, workbench: Workbench, contact: Contact | ContactsPanel | None = None, words: str = ""
    ) -> None:
        super().__init__(workbench, contact)
        self.log_id: str | None = None
        self._sent = 0
        self.kind = options("Kind", (SMS, VOICEMAIL, FAX, SHARED))
        self.direction = choice("Direction", list(Direction), value=Direction.INBOUND)
        self.conversation = text("Conversation", "what belongs together", "conversation-1")
        self.words = lines("Text", "What the message says", words)
        self.link = text("Link", "https://…", wide=True)
        self.shared = lines("Conversation", "As RingCentral reports it, in JSON", SHARED_EXAMPLE, rows=9)
        self.log_button = button("Log message", main=True, hint="Write the message into the CRM, once")
        self.on_click(self.log_button, self.log)
        self.preview, self.wire = widgets.HTML(), self.answer()
        self._rows = {
            "words": row(self.words),
            "link": row(self.link),
            "shared": row(self.shared),
        }
        self.show(
            self.whom,
            self.kind,
            row(self.direction, self.conversation),
            *self._rows.values(),
            *([row(*self.links.values()), self.one_of] if self.links else []),
            toolbar(self.log_button),
            self.status,
            self.preview,
            self.wire,
        )
        self.follow_contact()
        self.on_change([self.kind], self._choose_kind)
        self.on_change([self.direction, self.words, self.link, self.shared], self._compose)
        self._choose_kind()
        self.refresh()

    async def log(self) -> Logged | None:
        """Log the message of the form; each time a new message, as if it had just come in."""
        async with self.working("Logging the message…"):
            first = self.next_exchange
            logged = await self._log(self.chosen_contact())
            self.log_id = logged.log_id or self.log_id
            self.tell(logged)
            self.wire.value = styling.sent_and_received(
                each for each in self.traffic_of(first) if each.method != "GET"
            )
            return logged
        return None

    async def _log(self, contact: Contact) -> Logged:
        if self.is_shared:
            return await self.workbench.log_shared_sms(
                self._shared(),
                contact,
                conversation_id=self.conversation.value,
                additional_submission=self.submission(),
            )
        self._must_have_content()
        message = self.message()
        self._sent += 1
        return await self.workbench.log_message(
            message, contact, additional_submission=self.submission(), **self.attached()
        )

    # -- the form --

    @property
    def is_shared(self) -> bool:
        """Whether the form has a shared conversation instead of one message."""
        return bool(self.kind.value == SHARED)

    def message(self) -> Message:
        """Return the message as the form has it, which is the next one that is logged."""
        contact = self.contact or NOBODY
        user = self.workbench.user
        ours = Party(phone_number="+16505550110", extension_number="204", name=user.name if user else "")
        theirs = Party(phone_number=contact.phone, name=contact.name)
        inbound = self.direction.value is Direction.INBOUND
        now = self.workbench.now()
        return Message.model_validate(
            {
                "id": f"panel-{now:%Y%m%d%H%M%S}-{self._sent + 1}",
                "conversation": {"id": self.conversation.value},
                "direction": self.direction.value,
                "type": TYPES[self.kind.value],
                "subject": self.words.value,
                "creation_time": now,
                "from": theirs if inbound else ours,
                "to": [ours if inbound else theirs],
            }
        )

    def attached(self) -> Links:
        """Return the links of a voicemail or fax, as operations take them."""
        link = self.link.value.strip()
        return {
            "recording_link": link if self.kind.value == VOICEMAIL else "",
            "fax_link": link if self.kind.value == FAX else "",
        }

    def _shared(self) -> JsonObject:
        try:
            conversation = json.loads(self.shared.value, parse_float=_finite, parse_constant=_finite)
        except ValueError as error:
            raise InputError(f"The conversation is not JSON: {error}.") from None
        except RecursionError:
            raise InputError(
                "The conversation is not what RingCentral reports: it is nested too deep."
            ) from None
        if not isinstance(conversation, dict):
            raise InputError("The conversation must be a JSON object, as RingCentral reports it.")
        return conversation

    def _must_have_content(self) -> None:
        if self.kind.value == SMS and not self.words.value.strip():
            raise InputError("Type what the SMS says.")

    # -- what is shown --

    def _choose_kind(self) -> None:
        kind = self.kind.value
        visible = {"words": kind == SMS, "link": kind in LINKS, "shared": kind == SHARED}
        for name, part in self._rows.items():
            part.layout.display = "" if visible[name] else "none"
        self.direction.disabled = kind == SHARED
        self.link.value = LINKS.get(kind, "")
        self._compose()

    def refresh(self) -> None:
        """Keep the contact and the preview in line."""
        super().refresh()
        self._compose()

    def _compose(self) -> None:
        """Show subject and body as a first message would be written; nothing is sent."""
        contact = self.contact or NOBODY
        try:
            with operation_warnings.collect() as warnings:
                if self.is_shared:
                    composed = self.workbench.compose_shared_sms(self._shared(), contact)
                else:
                    composed = self.workbench.compose_message(self.message(), contact, **self.attached())
        except AppConnectError as error:
            self.preview.value = self.unless_shown(error)
            return
        heading = Markup("<h4>Preview: {}</h4>").format(composed.subject)
        self.preview.value = (
            styling.warnings(warnings)
            + heading
            + styling.both(composed.body, self.workbench.log_format is LogFormat.HTML)
        )

    def about(self) -> str:
        """Return whom it logs against, and the newest log's id."""
        whom = self.contact.name if self.contact else "no contact chosen"
        return f"{whom}, logged as {self.log_id}" if self.log_id else f"{whom}, nothing logged yet"


def _finite(number: str) -> float:
    """Return a number of JSON; ValueError for ``1e400`` and ``NaN``, with which nobody can work."""
    if not math.isfinite(value := float(number)):
        raise ValueError(f"{number} is no number that can be used")
    return value
