"""Where somebody acted in Slack, and the ways to answer them there: privately, in place, openly, in a window.

Knows Slack's calls; decides nothing about what is said.
"""

from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.adapters.slack import blocks, faults, views
from bot.core.answering import wording
from bot.core.answering.card import Accent, Action, Card, Verb

log = structlog.get_logger(__name__)

TIMEOUT_S = 10  # of one call: longer than Slack takes, shorter than a person waits


@dataclass(frozen=True, slots=True)
class Spot:
    """Where and by whom something was done. `thread` is the thread's first message, "" outside threads.

    `private`: the message acted on is seen by that person alone, so that it may be changed in place. `view` is the
    window acted in. `trigger` opens a window within 3 s, `response_url` answers 5 times within 30 minutes (Slack).
    """

    client: AsyncWebClient
    team: str
    user: str
    name: str = ""
    channel: str = ""
    thread: str = ""
    private: bool = True
    response_url: str = ""
    trigger: str = ""
    view: str = ""

    # ---- to whoever acted

    async def answer(self, card: Card, *, in_place: bool = False) -> None:
        """Answer privately: in the window acted in, in place of the message acted on, or beside it."""
        if self.view:
            await self.client.views_update(view_id=self.view, view=views.window(card))
        elif self.trigger and not self.response_url:
            await self.open(views.window(card))
        elif self.response_url:
            await self.respond(card, replace_original=in_place and self.private)
        else:
            await self.whisper(card)

    async def whisper(self, card: Card) -> None:
        """Answer where only that person reads it: in the channel, or in their own conversation with the bot."""
        message = blocks.message(card)
        if self.channel:
            try:
                await self.client.chat_postEphemeral(
                    channel=self.channel, user=self.user, thread_ts=self.thread or None, **message
                )
            except SlackApiError as error:
                log.info("slack_whisper_refused", error=faults.code(error), team=self.team, channel=self.channel)
            else:
                return
        await self.client.chat_postMessage(channel=self.user, **message, **blocks.QUIET)

    async def respond(self, card: Card, **options: Any) -> None:
        """Answer through the response_url. Raises RespondError where it is used up or too old."""
        thread = {"thread_ts": self.thread} if self.thread and not options.get("replace_original") else {}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        await self._send({"response_type": "ephemeral", **blocks.message(card), **quiet, **thread, **options})

    async def delete_original(self) -> None:
        """Delete the message that was acted on. Raises RespondError."""
        await self._send({"delete_original": True})

    async def _send(self, body: dict[str, Any]) -> None:
        client = AsyncWebhookClient(self.response_url, timeout=TIMEOUT_S, session=self.client.session)
        response = await client.send_dict(body)
        if response.status_code != 200:
            raise faults.RespondError(response)

    async def open(self, view: views.View) -> None:
        """Open a window. Raises SlackApiError where that comes later than 3 s after the act."""
        await self.client.views_open(trigger_id=self.trigger, view=view)

    # ---- to everybody

    async def post(self, card: Card) -> tuple[str, ...]:
        """Post openly where it was acted, and give what UNDO takes to remove it.

        Where the bot is no member the post goes through the response_url, which needs no membership but tells no
        message id: the post then carries its own Undo, for whoever posted it. Raises what the first try raised.
        """
        try:
            sent = await self.client.chat_postMessage(
                channel=self.channel, thread_ts=self.thread or None, **blocks.message(card), **blocks.QUIET
            )
        except SlackApiError as error:
            if faults.code(error) not in faults.UNREACHED or not self.response_url:
                raise
            return await self._post_as_guest(card, error)
        return (self.channel, str(sent["ts"]), self.user)

    async def announce(self, card: Card) -> None:
        """Post openly as a member of the channel. Raises SlackApiError where the bot is none."""
        await self.client.chat_postMessage(channel=self.channel, **blocks.message(card), **blocks.QUIET)

    async def _post_as_guest(self, card: Card, error: SlackApiError) -> tuple[str, ...]:
        undo = Action(wording.UNDO, Verb.UNDO, ("", self.user))
        try:
            openly = {"response_type": "in_channel", "replace_original": False}
            await self.respond(replace(card, actions=(*card.actions, undo)), **openly)
        except faults.RespondError as second:
            log.warning("slack_response_url_refused", error=faults.code(second), team=self.team, channel=self.channel)
            raise error from second
        return ()

    async def tell(self, error: BaseException, kept: str = "") -> None:
        """Say what went wrong to whoever acted; `kept` is what they had written. Never raises."""
        body = (faults.sentence(error), *((wording.NOT_KEPT.format(text=kept),) if kept else ()))
        card = Card(body=body, accent=Accent.WARNING)
        log.warning(
            "slack_call_failed",
            error=faults.code(error),
            team=self.team,
            channel=self.channel,
            user=self.user,
            exc_info=error if faults.sentence(error) == wording.OWN_FAULT else None,
        )
        for way in (self.answer, self.whisper):
            try:
                await way(card)
            except Exception as second:
                log.warning("slack_fault_untold", error=faults.code(second), team=self.team, way=way.__name__)
            else:
                return
