"""The database: tables, migrations, repositories, and the one thread pool that runs transactions."""
