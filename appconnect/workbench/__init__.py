"""The workbench: one flow per operation, for notebooks, panels and the command line.

::

    workbench = connect("pipedrive")            # the sandbox, unless APPCONNECT_MODE says otherwise
    await workbench.sign_in()
    matches = await workbench.find_contact("+14155550142")
"""

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
