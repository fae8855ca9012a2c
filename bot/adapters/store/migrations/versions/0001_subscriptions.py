"""Subscriptions, their deliveries, and leases."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """What `tables.py` holds."""
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("thread", sa.String(64), nullable=False),
        sa.Column("time", sa.String(5), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("days", sa.String(7), nullable=False),
        sa.Column("within", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("skip", sa.String(10)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("next_date", sa.String(10), nullable=False),
        sa.Column("next_due", sa.BigInteger, nullable=False),
    )
    place = ["platform", "workspace", "channel", "thread"]
    op.create_index("subscriptions_place", "subscriptions", place, unique=True)
    op.create_index("subscriptions_due", "subscriptions", ["state", "next_due"])
    op.create_table(
        "deliveries",
        sa.Column("subscription", sa.Integer, sa.ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("date", sa.String(10), primary_key=True),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("first_try", sa.BigInteger),
        sa.Column("settled", sa.BigInteger),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("held_until", sa.BigInteger, nullable=False),
    )
    op.create_index("deliveries_held", "deliveries", ["outcome", "held_until"])
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
