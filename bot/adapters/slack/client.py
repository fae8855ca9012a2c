"""The connection to Slack: over Socket Mode or signed HTTP, for one workspace or for all that install the app."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from functools import partial
from typing import TYPE_CHECKING

import structlog
from aiohttp import ClientSession, ClientTimeout, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import faults
from bot.adapters.slack.listeners import Listeners
from bot.adapters.slack.messenger import SlackMessenger
from bot.adapters.slack.people import People
from bot.adapters.slack.spot import TIMEOUT_S
from bot.core.errors import Problem, SettingsError
from bot.daily import Daily
from bot.desk import Desk
from bot.ports import Messenger
from bot.settings import Slack

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.adapters.slack.oauth import Workspaces

log = structlog.get_logger(__name__)

EVENTS = "/slack/events"
PING_S = 3  # a socket that was cut is noticed and replaced within this time
_LOOK_S = 1  # between two looks at whether the socket stands
SENT_S = 10  # a request's body is sent within so long; Slack itself waits 3 s for the answer
FINISH_S = 8  # what is under way when the bot stops gets so long
_REFUSED = frozenset(
    "invalid_auth token_revoked token_expired account_inactive not_authed not_allowed_token_type".split()
)


@contextlib.asynccontextmanager
async def web_client(settings: Slack) -> AsyncIterator[AsyncWebClient]:
    """A client with one session for all its calls; it waits out a 429 once, and retries nothing else.

    A call whose answer was lost may have had its effect (Slack has no idempotency key), so only whoever acted decides.
    """
    # Connecting is given up before the whole call is: then it is known that nothing was sent.
    async with ClientSession(timeout=ClientTimeout(total=TIMEOUT_S, connect=TIMEOUT_S / 2)) as session:
        yield AsyncWebClient(
            token=settings.bot_token or None,
            base_url=settings.api_url,
            timeout=TIMEOUT_S,
            session=session,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)],
        )


def bolt_app(settings: Slack, client: AsyncWebClient) -> AsyncApp:
    """A bolt app that acknowledges without any call of its own: whose token it is matters to later calls alone."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=settings.bot_token or "-")

    logging.getLogger("slack_bolt.AsyncApp").addFilter(_matters)
    return AsyncApp(
        client=client,
        signing_secret=settings.signing_secret or "-",
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # Socket Mode signs nothing, and `http` lets in only what is signed
    )


def _matters(record: logging.LogRecord) -> bool:
    """Whether a line of bolt's is true of this bot: not that it keeps tokens in files, or leaves one alone."""
    return record.levelno >= logging.WARNING and "`token`" not in record.getMessage()


async def serve(
    desk: Desk,
    settings: Slack,
    connected: asyncio.Event,
    *,
    daily: Daily,
    messengers: MutableMapping[str, Messenger],
    engine: "AsyncEngine",
) -> None:
    """Answer in Slack until cancelled; `connected` is set, and `messengers` has an entry, while it can be reached.

    `engine` is the database that keeps installations, where many workspaces install the app. Raises SettingsError
    where Slack refuses a token.
    """
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(web_client(settings))
        app = bolt_app(settings, client)
        client_of: Callable[..., Awaitable[AsyncWebClient]] = _always(client)
        client_for, pages = client_of, tuple[web.RouteDef, ...]()
        if settings.client_id:
            workspaces = await _workspaces(app, settings, client, engine, daily)
            client_of, client_for, pages = workspaces.client_of, workspaces.client_in, workspaces.routes()
        else:
            await _known(client)
        listeners = Listeners(desk, client_of, People(desk.settings.daily.timezone), daily)
        listeners.register(app)
        stack.push_async_callback(listeners.finish, FINISH_S)
        receiver = await stack.enter_async_context(socket_mode(app, settings, client)) if settings.app_token else None
        if pages or not settings.app_token:
            await stack.enter_async_context(http(app, settings, *pages))
        connected.set()
        log.info("slack_connected", mode="socket" if settings.app_token else "http")
        messengers["slack"] = SlackMessenger(_hasty(client_for))
        try:
            await (_followed(receiver, connected) if receiver else asyncio.Event().wait())
        finally:
            connected.clear()
            messengers.pop("slack", None)


async def _followed(receiver: SocketModeClient, connected: asyncio.Event) -> None:
    """Keep `connected` true to the socket, which the SDK replaces without a word."""
    known = receiver.current_session
    while True:
        await asyncio.sleep(_LOOK_S)
        up = await receiver.is_connected()
        if not up or receiver.current_session is not known:
            connected.clear()
        if up:
            known = receiver.current_session
            connected.set()


def _always(client: AsyncWebClient) -> Callable[..., Awaitable[AsyncWebClient]]:
    async def client_of(*_: object) -> AsyncWebClient:
        return client

    return client_of


def _hasty(client_for: Callable[..., Awaitable[AsyncWebClient]]) -> Callable[[str], Awaitable[AsyncWebClient]]:
    """Clients that say at once that Slack asks for a pause, so that whoever posts to many channels can use the time."""

    async def client_of(team: str) -> AsyncWebClient:
        client = await client_for(team)
        return AsyncWebClient(
            token=client.token, base_url=client.base_url, timeout=client.timeout, session=client.session,
            retry_handlers=[],
        )  # fmt: skip

    return client_of


async def _workspaces(
    app: AsyncApp, settings: Slack, client: AsyncWebClient, engine: "AsyncEngine", daily: Daily
) -> "Workspaces":
    from bot.adapters.slack.oauth import Workspaces  # noqa: PLC0415 - it needs the database, and one workspace none

    workspaces = Workspaces(settings, client, engine)
    await workspaces.prepare()
    workspaces.register(app, partial(daily.forget, "slack"))
    return workspaces


async def _known(client: AsyncWebClient) -> None:
    """Ask Slack who the token belongs to. Raises SettingsError where it belongs to nobody."""
    try:
        who = await client.auth_test()
    except SlackApiError as error:
        raise _refused(error, "SLACK_BOT_TOKEN") from error
    log.info("slack_workspace", team=who.get("team"), bot=who.get("user"))


def _refused(error: SlackApiError, variable: str) -> Exception:
    word = faults.code(error)
    if word not in _REFUSED:
        return error
    return SettingsError(Problem(f"Slack refuses {variable} ({word})", "copy it anew from the app's page at Slack"))


@contextlib.asynccontextmanager
async def socket_mode(app: AsyncApp, settings: Slack, client: AsyncWebClient) -> AsyncIterator[SocketModeClient]:
    """Receive over a websocket that the bot opens itself; the SDK reconnects when it drops."""
    handler = AsyncSocketModeHandler(app, settings.app_token, web_client=client, ping_interval=PING_S)
    try:
        try:
            # The handler would try a refused token again for ever, so it is tried once before.
            await client.apps_connections_open(app_token=settings.app_token)
        except SlackApiError as error:
            raise _refused(error, "SLACK_APP_TOKEN") from error
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield handler.client
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def http(app: AsyncApp, settings: Slack, *more: web.RouteDef) -> AsyncIterator[None]:
    """Serve pages and, unless events come over Socket Mode, receive signed requests at /slack/events.

    Nothing of a request is read as anything before its signature is found to be right.
    """

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if not _signed(request, body, settings.signing_secret):
            if b"ssl_check=1" in body:
                return web.Response()  # Slack looks at the certificate, and signs that not
            if "X-Slack-Signature" in request.headers:
                log.warning(
                    "slack_request_refused",
                    reason="its signature is wrong or older than five minutes",
                    mend="compare SLACK_SIGNING_SECRET with Basic Information, and the clock with the time",
                )
            return web.Response(status=401)
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application(middlewares=[_prompt])
    server.add_routes([*([] if settings.app_token else [web.post(EVENTS, receive)]), *more])
    runner = web.AppRunner(server, access_log=None, lingering_time=0)  # what is refused is not read to its end
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, port=settings.port).start()
        except OSError as error:
            raise OSError(f"{error}; set PORT to a free one") from error
        yield
    finally:
        await runner.cleanup()


@web.middleware
async def _prompt(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer only what is sent whole within a few seconds: whoever dawdles holds a connection for nothing."""
    try:
        async with asyncio.timeout(SENT_S):
            await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return await handler(request)


def _signed(request: web.Request, body: bytes, secret: str) -> bool:
    try:
        return SignatureVerifier(secret).is_valid_request(body, dict(request.headers))
    except (ValueError, TypeError, OverflowError):  # a moment or a signature that is none, a body that is no text
        return False
