"""All tables together: whoever compares them with a database must not miss one that nobody has imported."""

from finesse_tx.store import (
    administration_tables,
    axl_tables,
    outbound_tables,
    task_tables,
    team_message_tables,
)
from finesse_tx.store.tables import Base

__all__ = ["METADATA", "MODULES"]

MODULES = (administration_tables, axl_tables, outbound_tables, task_tables, team_message_tables)
"""Those with tables of their own."""

METADATA = Base.metadata
"""What the code expects of the database."""
