"""Libraries by others that browsers load: from npm, when the package is built, and never in the repository."""
