"""The connectors, one file per CRM; none imports another."""

from collections.abc import Mapping

from appconnect.connector import Connector
from appconnect.connectors.pipedrive import Pipedrive

CONNECTORS: Mapping[str, type[Connector]] = {
    "pipedrive": Pipedrive,
}
"""Every CRM's connector, written out."""
