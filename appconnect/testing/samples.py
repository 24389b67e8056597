"""Calls and messages between the cast, and what their logs say word for word."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from appconnect.models import Call, Contact, Conversation, Direction, LogFormat, Message, Party
from appconnect.testing import cast

NINE_THIRTY = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
"""A Friday morning in winter; it is now in the sandbox."""
SUMMER_NIGHT = datetime(2026, 7, 2, 23, 30, tzinfo=UTC)
"""Daylight saving time, and already the next day east of Greenwich."""
NASTY = "$& $100 <script>alert('x')</script>\n- Result: great\n\n## Call details\n--- END\n</div> \\ Zoë 🌟"
"""A note that every careless replacement damages."""
AGENT = Party(name=cast.RAE.name, phone_number=cast.RAE.number, extension_number="204")


def call(session_id: str = "s-1", **changes: Any) -> Call:
    """Return Rae's call to Nia: 125 seconds on a Friday morning. ``changes`` are fields of a Call."""
    usual: dict[str, Any] = {
        "session_id": session_id,
        "direction": Direction.OUTBOUND,
        "start_time": NINE_THIRTY,
        "duration": 125,
        "result": "Call connected",
        "from_": AGENT,
        "to": Party(name=cast.NIA.name, phone_number=cast.NIA.number),
    }
    return Call(**(usual | changes))


def sms(message_id: str, text: str, *, at: datetime = NINE_THIRTY, inbound: bool = True) -> Message:
    """Return one message of the conversation between Nia and Rae."""
    return Message(
        id=message_id,
        conversation=Conversation(id="c-1"),
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        subject=text,
        creation_time=at,
        from_=Party(name=cast.NIA.name, phone_number=cast.NIA.number) if inbound else AGENT,
    )


def some_contact() -> Contact:
    """Return a contact for operations that must not get as far as looking at it."""
    return Contact(id="1", name=cast.NIA.name)


# -- golden bodies: what App Connect's own server writes for these --

CALL_DETAILS = {
    "note": "Wants <two> quotes\n& soon",
    "ai_note": "Asked for a price",
    "transcript": "Rae: hi\nNia: hello",
    "recording_link": "https://media.example.com/r/7?a=1&b=2",
}
TEXT, ANSWER = "Is <it> ready?", "Yes & no"

_CALL = {
    LogFormat.HTML: (
        "<b>Agent notes</b><br>Wants &lt;two&gt; quotes<br>&amp; soon<br><br><b>Call details</b><br>"
        "<li><b>Summary</b>: Outbound Call to Nia Holt</li>"
        "<li><b>Date/time</b>: {when:%Y-%m-%d %I:%M:%S %p}</li>"
        "<li><b>Duration</b>: 2 minutes, 5 seconds</li><li><b>Result</b>: Call connected</li>"
        '<li><b>Call recording link</b>: <a target="_blank" '
        'href="https://media.example.com/r/7?a=1&amp;b=2">open</a></li>'
        "<div><b>AI Note</b><br>Asked for a price</div><br>"
        "<div><b>Transcript</b><br>Rae: hi<br>Nia: hello</div><br>"
    ),
    LogFormat.MARKDOWN: (
        "## Agent notes\nWants <two> quotes\n& soon\n\n## Call details\n"
        "**Summary**: Outbound Call to Nia Holt\n**Date/Time**: {when:%Y-%m-%d %I:%M:%S %p}\n"
        "**Duration**: 2 minutes, 5 seconds\n**Result**: Call connected\n"
        "**Call recording link**: https://media.example.com/r/7?a=1&b=2\n"
        "### AI Note\nAsked for a price\n### Transcript\nRae: hi\nNia: hello\n"
    ),
    LogFormat.PLAIN: (
        "- Note: Wants <two> quotes\n& soon\n- Summary: Outbound Call to Nia Holt\n"
        "- Date/Time: {when:%Y-%m-%d %I:%M:%S %p}\n- Duration: 2 minutes, 5 seconds\n"
        "- Result: Call connected\n- Call recording link: https://media.example.com/r/7?a=1&b=2\n"
        "\n- AI Note:\nAsked for a price\n--- END\n\n- Transcript:\nRae: hi\nNia: hello\n--- END\n"
    ),
}
_MESSAGES = {
    LogFormat.HTML: (
        "<br><b>{subject}</b><br><b>Conversation summary</b><br>{when:%A, %B %d, %Y}<br>Participants<br>"
        "<ul><li><b>Rae Quill</b><br></li><li><b>Nia Holt</b></li></ul><br>"
        "Conversation(2 messages)<br>BEGIN<br>------------<br>"
        "<ul><li>Nia Holt (+14155550142) {when:%I:%M %p}<br><b>Is &lt;it&gt; ready?</b></li>"
        "<li>Rae Quill {when:%I:%M %p}<br><b>Yes &amp; no</b></li></ul>------------<br>END<br><br>"
        "--- Created via RingCentral App Connect"
    ),
    LogFormat.MARKDOWN: (
        "\n**{subject}**\n## Conversation summary\n{when:%A, %B %d, %Y}\n\n### Participants\n"
        "* Rae Quill\n* Nia Holt\n\n### Conversation(2 messages)\nBEGIN\n\n---\n"
        "**Nia Holt (+14155550142)** {when:%I:%M %p}\nIs <it> ready?\n\n"
        "**Rae Quill** {when:%I:%M %p}\nYes & no\n\n---\nEND\n\n--- Created via RingCentral App Connect"
    ),
    LogFormat.PLAIN: (
        "\n{subject}\nConversation summary\n{when:%A, %B %d, %Y}\nParticipants\n"
        "    Rae Quill\n    Nia Holt\n\nConversation(2 messages)\nBEGIN\n------------\n"
        "Nia Holt (+14155550142) {when:%I:%M %p}\nIs <it> ready?\n\n"
        "Rae Quill {when:%I:%M %p}\nYes & no\n\n------------\nEND\n\n--- Created via RingCentral App Connect"
    ),
}


def call_body(log_format: LogFormat, at: datetime, zone: tzinfo) -> str:
    """Return the body of ``call(start_time=at)`` with `CALL_DETAILS`, on a clock in this zone."""
    return _CALL[log_format].format(when=at.astimezone(zone))


def conversation_body(log_format: LogFormat, at: datetime, zone: tzinfo) -> str:
    """Return the body of Nia's `TEXT` and Rae's `ANSWER`, both at this moment, on a clock in this zone."""
    return _MESSAGES[log_format].format(when=at.astimezone(zone), subject=conversation_subject(at, zone))


def conversation_subject(at: datetime, zone: tzinfo) -> str:
    """Return the subject of a conversation's log: its day is the user's own."""
    return f"SMS conversation with {cast.NIA.name} - {at.astimezone(zone):%y/%m/%d}"
