"""The routes of the configuration APIs, for administrators."""
