"""What was just done is kept as a recording, a pytest case and a cell, and is run at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from acme import REDACTION, acme
from answers import NIA, call
from workbench.test_live_recordings import PEOPLE, REMARK, NUMBER, run
from workbench.test_live_recordings import crm as live_crm  # noqa: F401
from workbench_steps import CRMS, nia, secrets_of, signed_in, walk

from appconnect import connect
from appconnect.errors import AppConnectError, RecordingError
from appconnect.replay.cassette import Cassette
from appconnect.workbench import Workbench
from appconnect.workbench.scenarios.checking import check
