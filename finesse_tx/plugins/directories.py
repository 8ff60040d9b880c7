"""``directory.provider = "local"`` and ``"axl"``."""

from finesse_tx.directory.axl.provider import AXLDirectory
from finesse_tx.directory.local import LocalDirectory

local = LocalDirectory()
axl = AXLDirectory()
