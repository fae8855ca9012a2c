"""Subscriptions and deliveries as rows, and the conditions that pick them. Knows no connection and no moment."""

import json
from collections.abc import Sequence
from datetime import date, time
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Text, and_, bindparam, func, select

from bot.adapters.store.tables import moment, stamp, subscriptions
from bot.core.scheduling.recurrence import Occurrence, Schedule
from bot.core.scheduling.subscription import Delivery, Outcome, Place, State, Subscription


def place_is(place: Place) -> ColumnElement[bool]:
    columns = subscriptions.c
    return and_(
        columns.platform == place.platform,
        columns.workspace == place.workspace,
        columns.channel == place.channel,
        columns.thread == place.thread,
    )


def among(dialect: str, column: Any) -> ColumnElement[bool]:
    """Whether a column is one of the numbers that are passed as `ids`, one value: no database limits how many."""
    if dialect == "postgresql":
        return column == func.any(bindparam("ids", type_=ARRAY(Integer)))  # type: ignore[no-any-return]
    return column.in_(select(func.json_each(bindparam("ids", type_=Text)).table_valued("value").c.value))  # type: ignore[no-any-return]


def listed(dialect: str, ids: Sequence[int]) -> Any:
    """Numbers as the value that `among` takes."""
    return list(ids) if dialect == "postgresql" else json.dumps(list(ids))


def upcoming_row(upcoming: Occurrence) -> dict[str, Any]:
    """The columns that say what comes next."""
    return {"next_date": upcoming.date.isoformat(), "next_due": stamp(upcoming.at)}


def subscription_row(subscription: Subscription) -> dict[str, Any]:
    """All columns but the id and what comes next."""
    place, schedule = subscription.place, subscription.schedule
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread,
        "time": schedule.time.strftime("%H:%M"),
        "zone": schedule.zone,
        "days": "".join(map(str, sorted(schedule.days))),
        "within": subscription.within,
        "state": subscription.state.value,
        "by": subscription.by,
        "by_name": subscription.by_name,
        "since": stamp(subscription.since),
        "skip": subscription.skip.isoformat() if subscription.skip else None,
        "reason": subscription.reason,
        "declared": subscription.declared,
        "forum": subscription.forum,
    }


def subscription(row: Any) -> Subscription:
    """A row of the table's columns, in their order. Raises ValueError where one holds what it may not."""
    (
        id_,
        platform,
        workspace,
        channel,
        thread,
        at,
        zone,
        days,
        within,
        state,
        by,
        by_name,
        since,
        skip,
        reason,
        declared,
        forum,
    ) = row[:_KEPT]
    return Subscription(
        Place(platform, workspace, channel, thread),
        schedule(at, zone, days),
        moment(since),
        within,
        _STATES.get(state) or State(state),
        by,
        by_name,
        date.fromisoformat(skip) if skip else None,
        reason,
        declared,
        forum,
        id_,
    )


@cache
def schedule(at: str, zone: str, days: str) -> Schedule:
    """Schedules are few and shared by many channels."""
    return Schedule(time.fromisoformat(at), zone, frozenset(map(int, days)))


def delivery(row: Any) -> Delivery:
    """A row of the table's columns, in their order. Raises ValueError where one holds what it may not."""
    subscription, day, due, outcome, entry, message, reason, first_try, settled = row[:9]
    return Delivery(
        subscription,
        date.fromisoformat(day),
        moment(due),
        Outcome(outcome),
        entry,
        message,
        reason,
        moment(first_try) if first_try is not None else None,
        moment(settled) if settled is not None else None,
    )


_KEPT = 17  # columns before those that say what comes next
_STATES = {state.value: state for state in State}
