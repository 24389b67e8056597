"""The workbench: one flow per operation, for notebooks, panels and the command line.

::

    bench = connect("pipedrive")            # the sandbox, unless APPCONNECT_MODE says otherwise
    await bench.sign_in()
    matches = await bench.find_contact("+14155550142")
"""

from appconnect.http import Exchange, RateLimit, Trace
from appconnect.workbench.signing_in import ConsentRequest
from appconnect.workbench.workbench import Workbench, connect

__all__ = ["ConsentRequest", "Exchange", "RateLimit", "Trace", "Workbench", "connect"]
