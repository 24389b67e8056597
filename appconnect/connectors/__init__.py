"""The connectors, one folder per CRM; none imports another."""

from collections.abc import Mapping

from appconnect.connector import Connector
from appconnect.connectors.bullhorn import Bullhorn
from appconnect.connectors.insightly import Insightly
from appconnect.connectors.pipedrive import Pipedrive
from appconnect.connectors.redtail import Redtail

CONNECTORS: Mapping[str, type[Connector]] = {
    "pipedrive": Pipedrive,
    "bullhorn": Bullhorn,
    "insightly": Insightly,
    "redtail": Redtail,
}
"""Every CRM's connector, written out."""
