"""Bullhorn: ``connector`` has the operations, ``kinds`` whom a call can be logged against.

``discovery``, ``finding`` and ``queries`` find, ``writing``, ``comments``, ``companies``, ``statuses`` and
``note_actions`` say what is sent, ``records`` and ``time_zone`` what is answered.
"""

from appconnect.connectors.bullhorn.connector import Bullhorn

__all__ = ["Bullhorn"]
