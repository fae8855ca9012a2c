"""The tables. Moments are whole milliseconds since 1970 in UTC, so that both databases compare them alike."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, false

VERSION = "0002"  # of the schema; the last migration

metadata = MetaData()

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("thread", String(64), nullable=False),
    Column("time", String(5), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("days", String(7), nullable=False),
    Column("within", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("by", String(64), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("skip", String(10)),
    Column("reason", Text, nullable=False),
    Column("declared", Boolean, nullable=False, server_default=false()),
    Column("forum", String(8), nullable=False, server_default=""),
    Column("next_date", String(10), nullable=False),
    Column("next_due", BigInteger, nullable=False),
    Index("subscriptions_place", "platform", "workspace", "channel", "thread", unique=True),
    Index("subscriptions_due", "state", "next_due"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("subscription", Integer, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("date", String(10), primary_key=True),
    Column("due", BigInteger, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("entry", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first_try", BigInteger),
    Column("settled", BigInteger),
    Column("holder", String(64), nullable=False),
    Column("held_until", BigInteger, nullable=False),
    Index("deliveries_held", "outcome", "held_until"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", BigInteger, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("seen", BigInteger, nullable=False),
    Index("events_seen", "seen"),
)


def stamp(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def moment(stamped: int) -> datetime:
    return datetime.fromtimestamp(stamped / 1000, UTC)
