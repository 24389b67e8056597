"""A package for a connector of one's own: ``appconnect new`` writes it from ``templates/``.

The template is the package of a made-up CRM, New CRM, whose code is read and works as it stands; `words` are
what is written in place of its names.
"""

from appconnect.scaffold.names import Names
from appconnect.scaffold.package import Auth, make_package

__all__ = ["Auth", "Names", "make_package"]
