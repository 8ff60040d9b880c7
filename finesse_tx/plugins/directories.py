"""``directory.provider = "local"``."""

from finesse_tx.directory.local import LocalDirectory

local = LocalDirectory()
