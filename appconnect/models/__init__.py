"""The words of App Connect: calls, messages, contacts, drafts, users and results.

Attributes are snake_case; ``to_wire()`` gives the exact camelCase JSON that App Connect exchanges, and
every model reads that JSON back.
"""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.models.crm import (
        AuthType,
        Choice,
        Choices,
        Contact,
        CrmUser,
        LogDraft,
        LogFormat,
        LogKind,
        LogRecord,
        NewContact,
        OAuthInfo,
        User,
    )
    from appconnect.models.direction import Direction, direction_told
    from appconnect.models.phone_system import (
        UNDELIVERED,
        Attachment,
        Call,
        Conversation,
        Leg,
        Listed,
        Message,
        MessageType,
        OptionalMoment,
        Party,
        Recipient,
        Recording,
        Threaded,
    )
    from appconnect.models.results import (
        CallLogInfo,
        CallLogRead,
        ContactCreated,
        ContactMatches,
        Detail,
        DetailItem,
        Logged,
        LogUpdated,
        MessageLevel,
        RateLimitStatus,
        Result,
        ReturnMessage,
        SignedIn,
        SignedOut,
        Tracking,
        UserList,
    )
    from appconnect.models.settings import AdminConfiguration, UserMapping, UserSettings, setting
    from appconnect.models.wire import AnyMoment, Json, JsonObject, Model, Moment, Wire, first_fault
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            ".crm": (
                "AuthType Choice Choices Contact CrmUser LogDraft LogFormat LogKind LogRecord "
                "NewContact OAuthInfo User"
            ),
            ".direction": "Direction direction_told",
            ".phone_system": (
                "UNDELIVERED Attachment Call Conversation Leg Listed Message MessageType "
                "OptionalMoment Party Recipient Recording Threaded"
            ),
            ".results": (
                "CallLogInfo CallLogRead ContactCreated ContactMatches Detail DetailItem Logged "
                "LogUpdated MessageLevel RateLimitStatus Result ReturnMessage SignedIn SignedOut "
                "Tracking UserList"
            ),
            ".settings": "AdminConfiguration UserMapping UserSettings setting",
            ".wire": "AnyMoment Json JsonObject Model Moment Wire first_fault",
        },
    )

__all__ = [
    "UNDELIVERED",
    "AdminConfiguration",
    "AnyMoment",
    "Attachment",
    "AuthType",
    "Call",
    "CallLogInfo",
    "CallLogRead",
    "Choice",
    "Choices",
    "Contact",
    "ContactCreated",
    "ContactMatches",
    "Conversation",
    "CrmUser",
    "Detail",
    "DetailItem",
    "Direction",
    "Json",
    "JsonObject",
    "Leg",
    "Listed",
    "LogDraft",
    "LogFormat",
    "LogKind",
    "LogRecord",
    "LogUpdated",
    "Logged",
    "Message",
    "MessageLevel",
    "MessageType",
    "Model",
    "Moment",
    "NewContact",
    "OAuthInfo",
    "OptionalMoment",
    "Party",
    "RateLimitStatus",
    "Recipient",
    "Recording",
    "Result",
    "ReturnMessage",
    "SignedIn",
    "SignedOut",
    "Threaded",
    "Tracking",
    "User",
    "UserList",
    "UserMapping",
    "UserSettings",
    "Wire",
    "direction_told",
    "first_fault",
    "setting",
]
