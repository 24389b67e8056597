"""Redtail: ``connector`` has the operations, ``writing`` what is sent, ``records`` what is answered."""

from appconnect.connectors.redtail.connector import Redtail

__all__ = ["Redtail"]
