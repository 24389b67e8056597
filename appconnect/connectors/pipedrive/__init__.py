"""Pipedrive: ``connector`` has the operations, ``writing`` what is sent, ``records`` what is answered."""

from appconnect.connectors.pipedrive.connector import Pipedrive

__all__ = ["Pipedrive"]
