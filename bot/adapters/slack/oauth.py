"""Many workspaces: they install the app through OAuth v2, their tokens are kept, renewed and forgotten.

Installations lie in slack_sdk's own SQLAlchemy store. Acknowledgements never come here; only calls do.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.slack.manifest import SCOPES
from bot.core.errors import BotError, Problem
from bot.settings import Slack

log = structlog.get_logger(__name__)

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
_STATE_S = 600
_RENEWED_MINUTES = 120  # before a token expires; Slack's last 12 hours


class Workspaces:
    """The workspaces that installed the app, and a client for each."""

    def __init__(self, settings: Slack, client: AsyncWebClient, engine: AsyncEngine) -> None:
        self._client = client
        self._turns: dict[tuple[str | None, str | None], asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.installations = AsyncSQLAlchemyInstallationStore(client_id=settings.client_id, engine=engine)
        self._states = _States(expiration_seconds=_STATE_S, engine=engine)
        self._engine = engine
        self._rotator = AsyncTokenRotator(
            client_id=settings.client_id, client_secret=settings.client_secret, client=client
        )
        self.flow = AsyncOAuthFlow(
            client=client,
            settings=AsyncOAuthSettings(
                client_id=settings.client_id,
                client_secret=settings.client_secret,
                scopes=list(SCOPES),
                user_scopes=[],
                install_path=INSTALL,
                redirect_uri_path=REDIRECT,
                installation_store=self.installations,
                state_store=self._states,
                # The page lies beside the API: GovSlack, a proxy and a local Slack have their own.
                authorization_url=settings.api_url.removesuffix("/").removesuffix("/api") + "/oauth/v2/authorize",
            ),
        )

    async def prepare(self) -> None:
        """Make the tables where they are missing."""
        async with self._engine.begin() as connection:
            for metadata in (self.installations.metadata, self._states.metadata):
                await connection.run_sync(metadata.create_all)

    async def client_of(self, context: AsyncBoltContext) -> AsyncWebClient:
        """The client of the workspace that sent something. Raises BotError where the app is not installed there."""
        return await self.client_for(context.team_id, context.enterprise_id, whole=bool(context.is_enterprise_install))

    async def client_for(
        self, team: str | None, enterprise: str | None = None, *, whole: bool = False
    ) -> AsyncWebClient:
        """The client of a workspace, or of a `whole` organisation, its token renewed where it expires soon.

        Raises BotError where the app is not installed there.
        """
        # A refresh token can be used once, so the calls of a workspace take turns.
        async with self._turns.setdefault((enterprise, team), asyncio.Lock()):
            bot = await self.installations.async_find_bot(
                enterprise_id=enterprise, team_id=team, is_enterprise_install=whole
            )
            if bot and bot.bot_refresh_token:
                bot = await self._renewed(bot)
        if not bot:
            raise BotError(Problem("the app is not installed in this workspace", "install it anew"))
        return AsyncWebClient(
            token=bot.bot_token,
            base_url=self._client.base_url,
            timeout=self._client.timeout,
            session=self._client.session,
            retry_handlers=self._client.retry_handlers,
        )

    async def client_in(self, team: str) -> AsyncWebClient:
        """The client of a workspace of which the id alone is known, and not the organisation that it may belong to."""
        bots = self.installations.bots.c
        found = select(bots.enterprise_id).where(bots.client_id == self.installations.client_id, bots.team_id == team)
        async with self._engine.connect() as connection:
            enterprise = await connection.scalar(found.order_by(bots.installed_at.desc()).limit(1))
        return await self.client_for(team, enterprise)

    async def every(self) -> list[Bot]:
        """Of each workspace that installed the app what was kept last; none where nothing ever was."""
        bots = self.installations.bots
        query = select(bots.c.enterprise_id, bots.c.team_id).where(bots.c.client_id == self.installations.client_id)
        async with self._engine.connect() as connection:
            if not await connection.run_sync(lambda sync: inspect(sync).has_table(bots.name)):
                return []
            keys = (await connection.execute(query.distinct().order_by(bots.c.team_id))).all()
        found = [await self.installations.async_find_bot(enterprise_id=one, team_id=team) for one, team in keys]
        return [bot for bot in found if bot]

    async def _renewed(self, bot: Bot) -> Bot:
        """The bot with a token that lasts. Where Slack does not renew it, the old one serves as long as it does."""
        try:
            renewed = await self._rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=_RENEWED_MINUTES
            )
        except (SlackClientError, aiohttp.ClientError, OSError) as error:
            if bot.bot_token_expires_at is None or bot.bot_token_expires_at <= time.time():
                raise
            log.warning("slack_token_not_renewed", error=type(error).__name__, team=bot.team_id)
            return bot
        if renewed:
            await self.installations.async_save_bot(renewed)
        return renewed or bot

    def register(self, app: AsyncApp, forgotten: Callable[[str], Awaitable[None]]) -> None:
        """Forget a workspace that uninstalls the app or revokes its tokens; `forgotten` is told which."""

        def forget(context: AsyncBoltContext, at: float) -> None:
            """In a task of its own: a database that stalls delays no acknowledgement."""
            task = asyncio.create_task(forgetting(context, at))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        async def forgetting(context: AsyncBoltContext, at: float) -> None:
            whose: dict[str, Any] = {"enterprise_id": context.enterprise_id, "team_id": context.team_id or None}
            bot = await self.installations.async_find_bot(**whose)
            if bot and bot.installed_at > at + 1:  # whole seconds, of an event that Slack brings again for 5 minutes
                log.info("slack_installed_anew", team=context.team_id)
                return
            await self.installations.async_delete_all(**whose)
            if context.team_id:
                await forgotten(context.team_id)

        async def uninstalled(body: dict[str, Any], context: AsyncBoltContext) -> None:
            forget(context, body["event_time"])

        async def revoked(body: dict[str, Any], context: AsyncBoltContext) -> None:
            if body["event"].get("tokens", {}).get("bot"):
                forget(context, body["event_time"])

        app.event("app_uninstalled")(uninstalled)
        app.event("tokens_revoked")(revoked)

    def routes(self) -> tuple[web.RouteDef, ...]:
        """The pages that install the app."""

        async def install(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await self.flow.handle_installation(_asked(request)))

        async def redirect(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await self.flow.handle_callback(_asked(request)))

        return (web.get(INSTALL, install), web.get(REDIRECT, redirect))


def _asked(request: web.Request) -> AsyncBoltRequest:
    """A request as bolt's pages take it, without a body, which anybody could fill with anything."""
    return AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers))


class _States(AsyncSQLAlchemyOAuthStateStore):
    """States of installations that were begun. Anybody may begin one: those that were never ended are forgotten."""

    _pruned = 0.0

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        if time.time() - self._pruned > _STATE_S:
            self._pruned = time.time()
            old = self.oauth_states.c.expire_at < datetime.now(UTC).replace(tzinfo=None)
            async with self.engine.begin() as connection:
                await connection.execute(self.oauth_states.delete().where(old))
        return await super().async_issue(*args, **kwargs)
