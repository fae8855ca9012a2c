"""`/daily` in Slack: who may change it there, and saying in the channel what was changed.

Knows Slack's channels and people; what is answered is for `bot.daily` to say.
"""

import structlog
from slack_sdk.errors import SlackApiError

from bot.adapters.slack import faults
from bot.adapters.slack.people import Person
from bot.adapters.slack.spot import Spot
from bot.core.answering.card import Card
from bot.core.answering.commands import Invocation
from bot.core.errors import StoreError
from bot.core.scheduling.subscription import Place, Subscription
from bot.daily import Daily, Manager

log = structlog.get_logger(__name__)


async def manage(spot: Spot, invocation: Invocation, person: Person, daily: Daily) -> None:
    """Answer `/daily …`. What is changed is said in the channel first: for `on` and `resume` that proves that the bot
    can post there.
    """
    place = Place("slack", spot.team, spot.channel)
    answer = await daily.answer(invocation, person.asker, place, _manager(spot, person))
    if answer.post:
        try:
            await spot.announce(answer.post)
        except SlackApiError as error:
            if answer.proof:
                raise
            log.warning("slack_announcement_unsent", error=faults.code(error), team=spot.team)
    if answer.change:
        await daily.keep(answer.change)
    await spot.answer(answer.card)


async def managed(spot: Spot, person: Person, daily: Daily) -> list[tuple[Subscription, Card]]:
    """The daily lessons that somebody set up; none while the database cannot be asked."""
    try:
        return await daily.managed("slack", spot.team, _manager(spot, person))
    except StoreError as error:
        log.warning("home_without_subscriptions", reason=str(error), team=spot.team)
        return []


def _manager(spot: Spot, person: Person) -> Manager:
    return Manager(spot.user, not person.guest)
