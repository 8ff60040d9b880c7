"""User, Dialog, SystemInfo and the rest as values and XML, and who may do what."""
