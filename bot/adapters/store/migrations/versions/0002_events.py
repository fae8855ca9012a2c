"""Subscriptions that are declared or live in a forum, and the events that were seen."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Existing subscriptions were made in a chat, in no forum."""
    op.add_column("subscriptions", sa.Column("declared", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("subscriptions", sa.Column("forum", sa.String(8), nullable=False, server_default=""))
    op.create_table(
        "events",
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("seen", sa.BigInteger, nullable=False),
    )
    op.create_index("events_seen", "events", ["seen"])
