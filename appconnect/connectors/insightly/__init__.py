"""Insightly: ``connector`` has the operations, ``people`` and ``extra_phones`` the search.

``events`` and ``links`` are what is sent, ``records`` what is answered.
"""

from appconnect.connectors.insightly.connector import Insightly

__all__ = ["Insightly"]
