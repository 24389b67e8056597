"""The workbench: one flow per operation, for notebooks, panels and the command line.

::

    workbench = connect("pipedrive")            # the sandbox, unless APPCONNECT_MODE says otherwise
    await workbench.sign_in()
    matches = await workbench.find_contact("+14155550142")
"""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.auth.sign_in import FormField
    from appconnect.connector import Cost
    from appconnect.http import Exchange, OperationRun, Pace, Purpose, RateLimit, Trace
    from appconnect.workbench.consent_page import ConsentPage, ConsentRequest
    from appconnect.workbench.environment import recorded
    from appconnect.workbench.factory import connect
    from appconnect.workbench.har_import import import_har
    from appconnect.workbench.known_paths import KnownPath
    from appconnect.workbench.log_explanation import LogExplanation
    from appconnect.workbench.matching.explanation import MatchExplanation
    from appconnect.workbench.matching.spelling_table import SpellingTable
    from appconnect.workbench.requests import Answer
    from appconnect.workbench.workbench import Workbench
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            "appconnect.auth.sign_in": "FormField",
            "appconnect.connector": "Cost",
            "appconnect.http": "Exchange OperationRun Pace Purpose RateLimit Trace",
            ".consent_page": "ConsentPage ConsentRequest",
            ".environment": "recorded",
            ".factory": "connect",
            ".har_import": "import_har",
            ".known_paths": "KnownPath",
            ".log_explanation": "LogExplanation",
            ".matching.explanation": "MatchExplanation",
            ".matching.spelling_table": "SpellingTable",
            ".requests": "Answer",
            ".workbench": "Workbench",
        },
    )

__all__ = [
    "Answer",
    "ConsentPage",
    "ConsentRequest",
    "Cost",
    "Exchange",
    "FormField",
    "KnownPath",
    "LogExplanation",
    "MatchExplanation",
    "OperationRun",
    "Pace",
    "Purpose",
    "RateLimit",
    "SpellingTable",
    "Trace",
    "Workbench",
    "connect",
    "import_har",
    "recorded",
]
