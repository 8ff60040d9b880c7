"""The whole Finesse contact-centre architecture in one Twisted process."""

__version__ = "0.1.0.dev0"
