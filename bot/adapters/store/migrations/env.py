"""Alembic runs the migrations on the connection that it is handed; there is no alembic.ini."""

from alembic import context

from bot.adapters.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="schema_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
