"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Readme = Annotated[
    Path | None,
    typer.Option(
        help="Write the table into this file, between its two marks.",
        exists=True,
        dir_okay=False,
        writable=True,
    ),
]
