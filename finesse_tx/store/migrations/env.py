"""alembic runs this module to learn how to migrate: on the connection, and in the transaction, it is handed."""

from alembic import context

from finesse_tx.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot change a table; alembic makes a new one and moves the rows
)
context.run_migrations()
