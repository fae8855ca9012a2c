"""Subscriptions out of what somebody types or the settings declare. Keeps none of them: that is for `bot.daily`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.answering import refusals, wording
from bot.core.errors import BotError, Problem, SettingsError, UsageError
from bot.core.scheduling.subscription import POST, THREAD, Place, State, Subscription
from bot.desk import Asker, Desk


def declared(desk: Desk, lines: Sequence[str], now: datetime) -> list[Subscription]:
    """What lines of the settings declare. Raises SettingsError for each line that is not understood."""
    found, problems = list[Subscription](), list[Problem]()
    for line in lines:
        try:
            new = _one(desk, line, now)
            if any(new.place == one.place for one in found):
                raise UsageError(Problem("this channel stands there twice", "keep one of the lines"))
            found.append(new)
        except BotError as error:
            problems += [replace(one, reason=f"daily.channels: “{line}”: {one.reason}") for one in error.problems]
    if problems:
        raise SettingsError(problems)
    return found


def _one(desk: Desk, line: str, now: datetime) -> Subscription:
    platform, _, rest = line.partition(" ")
    place, _, options = rest.strip().partition(" ")
    workspace, _, channel = place.partition("/")
    if platform not in ("slack", "discord") or not workspace or not channel:
        raise UsageError(Problem("it names no channel", "begin with slack or discord, then WORKSPACE/CHANNEL"))
    before, in_forum, after = options.partition(f"forum:{POST}")
    invocation = desk.parse(f"/{desk.prefix}daily on {before}{after}")
    settings, there = Asker(wording.THE_SETTINGS, ""), Place(platform, workspace, channel)
    new = made(desk, invocation.options, settings, there, now=now)
    return replace(placed(new, (), POST, forum=bool(in_forum)), declared=True)


def made(
    desk: Desk, options: dict[str, str], asker: Asker, place: Place, *, now: datetime, by: str = ""
) -> Subscription:
    """What the options of `/daily on` ask for. Raises UsageError for what is not understood, or could be several."""
    schedule, within = desk.schedule(options, asker), _within(desk, options)
    return Subscription(place, schedule, now, within, by=by, by_name=asker.name)


def _within(desk: Desk, options: dict[str, str]) -> str:
    """A topic's key, a summary's name or "". Raises UsageError where several topics fit."""
    scope = desk.scope(options)
    if scope.topics and len(scope.topics) > 1:
        titles = [desk.library.topics[key].title for key in sorted(scope.topics)]
        raise UsageError(refusals.unknown_value("one topic", options["topic"], titles, None))
    return scope.within


def placed(made: Subscription, here: Sequence[Subscription], wanted: str, forum: bool) -> Subscription:
    """The subscription where its lessons are to come: where they come already, or came last, unless that is to be
    changed. A date that was left out stays so while it is on.
    """
    if here and here[0].state is not State.OFF:
        made = replace(made, skip=here[0].skip)
    if here and (not forum or wanted in ("", here[0].forum)):
        made = replace(made, place=here[0].place, forum=here[0].forum)
    elif forum:
        way = wanted or POST
        before = next((one.place.thread for one in here if one.forum == THREAD), "")
        made = replace(made, place=replace(made.place, thread=POST if way == POST else before), forum=way)
    return replace(made, id=next((one.id for one in here if one.place == made.place), 0))
