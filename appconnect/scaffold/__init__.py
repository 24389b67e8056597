"""A package for a connector of one's own: ``appconnect new`` writes it from ``templates/``.

The template is the package of a made-up CRM, New CRM, whose code reads as it stands; `names` says what is
written in place of its names, `package` how the files are made, `openapi` what a vendor's document describes.
"""

from appconnect.scaffold.names import Names, checked_names
from appconnect.scaffold.openapi import Described, read_document
from appconnect.scaffold.package import Auth, make_package, place

__all__ = ["Auth", "Described", "Names", "checked_names", "make_package", "place", "read_document"]
