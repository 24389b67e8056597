"""The workbench: one flow per operation, for notebooks, panels and the command line.

::

    bench = connect("pipedrive")            # the sandbox, unless APPCONNECT_MODE says otherwise
    await bench.sign_in()
    matches = await bench.find_contact("+14155550142")
"""

from appconnect.workbench.workbench import Workbench, connect

__all__ = ["Workbench", "connect"]
