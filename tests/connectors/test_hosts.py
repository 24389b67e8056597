"""The hosts that the doctor tries are hosts that the connector may speak with."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from platforms import CRMS

from appconnect.connectors import registry


@pytest.mark.parametrize("crm", CRMS)
def test_what_is_tried_is_a_host_of_the_connector(crm: str) -> None:
    platform = registry.platform(crm)
    assert platform.reachable_at
    foreign = [
        host
        for host in platform.reachable_at
        if not any(fnmatchcase(host, allowed) for allowed in platform.connector.rules.hosts)
    ]
    assert [] == foreign
