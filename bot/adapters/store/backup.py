"""Everything that is kept, as records that any database of this bot can take in: one JSON object each.

The first record names the schema; each further one is a row of the table that it names. Left out is what only matters
at the moment: leases, events that were seen, who holds a delivery. What was under way lapses where it is taken in.
Installations are another matter: they are tokens.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import rows
from bot.adapters.store.tables import VERSION, deliveries, subscriptions
from bot.core.errors import Problem, StoreError
from bot.core.scheduling.recurrence import next_occurrence

_TABLES = {table.name: table for table in (subscriptions, deliveries)}
_MOMENTARY = {"holder": "", "held_until": 0}
_ADDED = {"declared": False, "forum": ""}  # since the first schema: older records lack them
_BATCH = 500


async def records(connection: AsyncConnection) -> AsyncGenerator[dict[str, Any], None]:
    """All records of one moment, in an order in which they can be taken in."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    yield {"commonplace": "backup", "schema": VERSION}
    for name, table in _TABLES.items():
        async with connection.stream(select(table).order_by(*table.primary_key)) as found:
            async for row in found.mappings():
                yield {"table": name} | {key: value for key, value in row.items() if key not in _MOMENTARY}


async def restore(connection: AsyncConnection, given: Iterable[Mapping[str, Any]]) -> int:
    """Take records into an empty database, all or none, and give how many. Raises StoreError for what is wrong."""
    if (await connection.execute(select(func.count()).select_from(subscriptions))).scalar_one():
        raise StoreError(Problem("the database holds subscriptions already", "import into an empty one"))
    checked, number = _checked(given), 0
    while batch := list(islice(checked, _BATCH)):
        for table in _TABLES.values():
            if found := [row for owner, row in batch if owner is table]:
                await connection.execute(insert(table), found)
        number += len(batch)
    if connection.dialect.name == "postgresql":  # whose ids come from a sequence, which must go on from here
        last = select(func.max(subscriptions.c.id)).scalar_subquery()
        await connection.execute(select(func.setval(func.pg_get_serial_sequence("subscriptions", "id"), last)))
    return number


def _checked(given: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Table, dict[str, Any]]]:
    """Each row and its table. Raises StoreError, with the line, where a record is none that the bot wrote."""
    lines = iter(given)
    first = next(lines, {})
    if not isinstance(first, Mapping) or first.get("commonplace") != "backup":
        raise StoreError(Problem("this is no backup of Commonplace", "give a file that `db export` wrote", line=1))
    if str(first.get("schema")) > VERSION:
        reason = f"the backup is of a newer version ({first.get('schema')}) than this bot ({VERSION})"
        raise StoreError(Problem(reason, "install the newer version of the bot", line=1))
    known: set[int] = set()
    for line, record in enumerate(lines, 2):
        try:
            yield _row(record, known)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            reason = f"this is no record of a backup: {error}"
            raise StoreError(Problem(reason, "give the file as `db export` wrote it", line=line)) from None


def _row(record: Mapping[str, Any], known: set[int]) -> tuple[Table, dict[str, Any]]:
    """One row, with everything in it looked at: what is wrong here would hold up every channel later."""
    table = _TABLES[record["table"]]
    values = dict(chain(_ADDED.items(), _MOMENTARY.items(), record.items()))
    row = {column.name: values[column.name] for column in table.columns}
    if table is subscriptions:
        found = rows.subscription(list(row.values()))
        next_occurrence(found.schedule, found.since)
        known.add(found.id)
    elif rows.delivery(list(row.values())).subscription not in known:
        raise ValueError(f"there is no subscription {row['subscription']}")
    return table, row
