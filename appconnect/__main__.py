"""``python -m appconnect`` is the command line."""

from appconnect.cli import app

app(prog_name="appconnect")
