"""The same cases for every operation on every CRM.

A CRM states its answers in a subclass of `ConnectorContract` (see ``answers.py``) and gets all cases. They speak
to the workbench; README's table of CRMs and operations is made from them (``contract_table.py``).
"""

from __future__ import annotations

from cases.calls import CallCases
from cases.contacts import ContactCases, WhoCases
from cases.messages import MessageCases


class ConnectorContract(WhoCases, ContactCases, CallCases, MessageCases):
    """All cases. A subclass named ``Test…`` states the answers."""
