"""What a message is by its type and attachments, and the links to those. Only http(s) addresses are links."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Sequence

from appconnect.logs.calls.facts import PENDING
from appconnect.models import Attachment, LogKind, Message, MessageType
from appconnect.text.html import is_link

_RECORDING, _DOCUMENT, _MMS = "audiorecording", "rendereddocument", "mmsattachment"
_WITHOUT_LABEL = ("text/plain", "application/smil")
_LABELS = {"image": "Picture link", "video": "Video link", "audio": "Audio link"}


def kind_of(message: Message) -> LogKind:
    """Return what a message is logged as: a voicemail or fax by its type or attachment, else an SMS."""
    types = {_type(each) for each in message.attachments}
    if message.type is MessageType.VOICEMAIL:
        return LogKind.VOICEMAIL
    if message.type is MessageType.FAX:
        return LogKind.FAX
    if _RECORDING in types:
        return LogKind.VOICEMAIL
    return LogKind.FAX if _DOCUMENT in types else LogKind.SMS


def recording_link(message: Message) -> str:
    """Return the address of a voicemail's recording; "" when there is none (yet)."""
    return _links(message.attachments, _RECORDING, ("audio/",))


def document_link(message: Message) -> str:
    """Return the address of a fax's document, several with commas between; "" when there is none (yet)."""
    return _links(message.attachments, _DOCUMENT, ("application/", "image/"))


def with_media(text: str, attachments: Sequence[Attachment]) -> str:
    """Return the text of a message with a line for each picture, video and other file that came with it."""
    lines = [f"{label}: {_address(each) or PENDING}" for each in attachments if (label := _label(each))]
    return "\n".join([text, *lines] if text or not lines else lines)


def has_media(attachments: Iterable[Attachment]) -> bool:
    """Return True when a picture, video or other file is among the attachments."""
    return any(_label(each) for each in attachments)


def _links(attachments: Sequence[Attachment], wanted: str, content_types: tuple[str, ...]) -> str:
    """Return the addresses of the attachments of the wanted type, or else of these content types."""
    by_type = [each for each in attachments if _type(each) == wanted]
    by_content = [each for each in attachments if _content_type(each).startswith(content_types)]
    addresses = dict.fromkeys(_address(each) for each in by_type or by_content)
    return ", ".join(address for address in addresses if address)


def _label(attachment: Attachment) -> str:
    """Return what stands before the link of a file of an MMS; "" for any other attachment."""
    content_type = _content_type(attachment)
    label = _LABELS.get(content_type.partition("/")[0], "")
    if label or _type(attachment) != _MMS or content_type in _WITHOUT_LABEL:
        return label
    return "Attachment link"


def _type(attachment: Attachment) -> str:
    return attachment.type.strip().casefold()


def _content_type(attachment: Attachment) -> str:
    told = attachment.content_type.partition(";")[0].strip().casefold()
    return told or mimetypes.guess_type(attachment.file_name)[0] or ""


def _address(attachment: Attachment) -> str:
    told = (attachment.link.strip(), attachment.uri.strip())
    return next((address for address in told if is_link(address)), "")
