"""The database: SQLite by default, PostgreSQL for several replicas."""
