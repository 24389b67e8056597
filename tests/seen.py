"""All that can be seen of an exchange."""

from __future__ import annotations

import json
import pickle

from appconnect.http import Exchange


def shown(exchange: Exchange) -> str:
    """All that can be seen of an exchange, as people, files and pickles would."""
    whole = exchange.model_dump(mode="json")
    public = [
        getattr(exchange, name) for name in dir(Exchange) if name[0] != "_" and not name.startswith("model")
    ]
    pickled = pickle.dumps(exchange).decode("utf-8", "replace")
    parts = [
        repr(exchange),
        exchange.as_curl(),
        repr(public),
        repr(whole),
        json.dumps(whole),
        repr(vars(exchange)),
    ]
    return "\n".join([*parts, pickled])
