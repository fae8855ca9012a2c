"""The local Discord's REST API, by requests that a well-behaved client does not make."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.fakes.local_discord import LocalDiscord

Send = Callable[..., Any]


@asynccontextmanager
async def requests(fake: LocalDiscord) -> AsyncIterator[Callable[..., Any]]:
    """A way to send a request as the bot: gives the status, the headers and the body of the answer."""
    headers = {"Authorization": f"Bot {fake.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def send(method: str, path: str, body: Any = None) -> tuple[int, Any, Any]:
            async with session.request(method, fake.api_url + path, json=body) as response:
                empty = response.status == 204
                return response.status, response.headers, None if empty else await response.json()

        yield send


def test_channels_refuse_what_discord_refuses() -> None:
    async def scenario(fake: LocalDiscord, send: Send) -> None:
        guild = fake.guild("Garden")
        ada, shy = fake.person("Ada", guild), fake.person("Shy", guild, dms=False)
        general, quiet = guild.channel("general"), guild.channel("quiet", permissions={"view_channel"})
        hidden, forum = guild.channel("hidden", permissions={"send_messages"}), guild.forum("f")
        locked = guild.thread(general, "x", archived=True, locked=True)
        sleeping = guild.thread(general, "y", archived=True)
        said, in_quiet = await ada.says(general, "hello"), await ada.says(quiet, "hello")
        reply = {"content": "x", "message_reference": {"message_id": str(in_quiet.id)}}
        quiet.permissions.add("send_messages")
        mute = guild.channel("mute", permissions={"view_channel"})
        for method, path, body, status, code in [
            ("POST", "/channels/1/messages", {"content": "x"}, 404, 10003),
            ("POST", f"/channels/{hidden.id}/messages", {"content": "x"}, 403, 50001),
            ("POST", f"/channels/{mute.id}/messages", {"content": "x"}, 403, 50013),
            ("POST", f"/channels/{quiet.id}/messages", reply, 403, 160002),
            ("POST", f"/channels/{forum.id}/messages", {"content": "x"}, 400, 50008),
            ("POST", f"/channels/{locked.id}/messages", {"content": "x"}, 400, 50083),
            ("POST", f"/channels/{fake.dm(shy).id}/messages", {"content": "x"}, 403, 50007),
            ("POST", f"/channels/{general.id}/messages", {"content": ""}, 400, 50006),
            ("POST", f"/channels/{general.id}/messages", {"content": "x" * 2001}, 400, 50035),
            ("POST", f"/channels/{general.id}/messages", reply, 400, 50035),
            ("PATCH", f"/channels/{general.id}/messages/1", {"content": "x"}, 404, 10008),
            ("PATCH", f"/channels/{general.id}/messages/{said.id}", {"content": "x"}, 403, 50005),
            ("DELETE", f"/channels/{general.id}/messages/{said.id}", None, 403, 50013),
            ("POST", f"/webhooks/{fake.bot.id}/forged", {"content": "x"}, 404, 10015),
            ("POST", "/interactions/1/forged/callback", {"type": 4, "data": {"content": "x"}}, 404, 10062),
            ("GET", "/guilds/1", None, 404, 10004),
            ("GET", "/users/1", None, 404, 10013),
            ("GET", "/nowhere", None, 404, 0),
            ("POST", f"/channels/{general.id}/messages", {"components": "x"}, 400, 50035),
        ]:
            answer = await send(method, path, body)
            assert (answer[0], answer[2]["code"]) == (status, code), path
            assert answer[1]["Content-Type"] == "application/json"
        assert len(fake.refusals) == 19
        assert (await send("POST", f"/channels/{sleeping.id}/messages", {"content": "x"}))[0] == 200
        assert not sleeping.archived, "a message wakes a thread that is not locked"

    over_http(scenario)


def test_errors_say_where_they_are() -> None:
    async def scenario(fake: LocalDiscord, send: Send) -> None:
        general = fake.guild("Garden").channel("general")
        path = f"/channels/{general.id}/messages"
        button = {"type": 2, "style": 2, "custom_id": "x", "label": "x" * 81}
        _, _, body = await send("POST", path, {"components": [{"type": 1, "components": [button]}]})
        error = {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be between 0 and 80 in length, is 81."}
        nested = {"components": {"0": {"components": {"0": {"label": {"_errors": [error]}}}}}}
        assert body == {"code": 50035, "message": "Invalid Form Body", "errors": nested}

    over_http(scenario)


def test_a_nonce_makes_a_resend_harmless() -> None:
    async def scenario(fake: LocalDiscord, send: Send) -> None:
        general = fake.guild("Garden").channel("general")
        message = {"content": "x", "nonce": "n", "enforce_nonce": True}
        ids = []
        for wait in (0, 119, 2):
            fake.clock.advance(wait)
            ids.append((await send("POST", f"/channels/{general.id}/messages", message))[2]["id"])
        assert ids[0] == ids[1] != ids[2]
        assert len(general.messages) == 2

    over_http(scenario)


def test_forums_refuse_what_discord_refuses_and_know_no_nonce() -> None:
    async def scenario(fake: LocalDiscord, send: Send) -> None:
        guild = fake.guild("Garden")
        forum, mute = guild.forum("f", tags=["Talk", "!News"]), guild.forum("mute", permissions={"view_channel"})
        strict, locked = guild.forum("strict"), guild.thread(forum, "held", locked=True)
        strict.requires_tag = True
        talk, news = ([each["id"]] for each in forum.tags)
        post = {"name": "x", "message": {"content": "x", "nonce": "n", "enforce_nonce": True}}
        for path, body, status, code in [
            (f"/channels/{forum.id}/threads", post | {"name": "x" * 101}, 400, 50035),
            (f"/channels/{forum.id}/threads", {"name": "x"}, 400, 50035),
            (f"/channels/{forum.id}/threads", post | {"applied_tags": news}, 400, 50035),
            (f"/channels/{mute.id}/threads", post, 403, 50013),
            (f"/channels/{strict.id}/threads", post, 400, 40067),
            (f"/channels/{guild.category('c').id}/messages", {"content": "x"}, 400, 50008),
            (f"/channels/{locked.id}/messages", {"content": "x"}, 400, 160005),
        ]:
            answer = await send("POST", path, body)
            assert (answer[0], answer[2]["code"]) == (status, code), path
        made = [
            (await send("POST", f"/channels/{forum.id}/threads", post | {"applied_tags": talk}))[2] for _ in range(2)
        ]
        assert [one["message"]["id"] for one in made] == [one["id"] for one in made]
        assert made[0]["id"] != made[1]["id"]
        assert made[0]["applied_tags"] == talk

    over_http(scenario)


def test_a_servers_own_permissions_of_a_command_are_those_that_are_set() -> None:
    async def scenario(fake: LocalDiscord, send: Send) -> None:
        guild, app = fake.guild("Garden"), fake.state.application
        path = f"/applications/{app}/guilds/{guild.id}/commands/{app}/permissions"
        status, _, body = await send("GET", path)
        assert (status, body["code"]) == (404, 10066)
        guild.override(app, allow=[guild.id])
        _, _, body = await send("GET", path)
        assert body["permissions"] == [{"id": str(guild.id), "type": 1, "permission": True}]

    over_http(scenario)


def test_rate_limits_hold() -> None:
    async def scenario(fake: LocalDiscord, send: Send) -> None:
        guild = fake.guild("Garden")
        one, other = guild.channel("one"), guild.channel("other")
        fake.clock.stop()
        answers = [await send("POST", f"/channels/{one.id}/messages", {"content": "x"}) for _ in range(6)]
        assert [each[0] for each in answers] == [200] * 5 + [429]
        assert [each[1]["X-RateLimit-Remaining"] for each in answers] == ["4", "3", "2", "1", "0", "0"]
        _, headers, body = answers[-1]
        assert (headers["X-RateLimit-Scope"], headers["Via"]) == ("user", "1.1 google")
        assert body == {"message": "You are being rate limited.", "retry_after": 5.0, "global": False}
        assert (await send("POST", f"/channels/{other.id}/messages", {"content": "x"}))[0] == 200
        fake.clock.advance(5)
        assert (await send("POST", f"/channels/{one.id}/messages", {"content": "x"}))[0] == 200
        answers = [await send("GET", f"/users/{fake.bot.id}") for _ in range(50)]
        assert [each[0] for each in answers] == [200] * 49 + [429]
        assert answers[-1][2]["global"]
        assert len(one.messages) == 6

    over_http(scenario, rate_limits=True)


def test_faults_come_when_asked_for() -> None:
    async def scenario(fake: LocalDiscord, send: Send) -> None:
        general = fake.guild("Garden").channel("general")
        path, route = f"/channels/{general.id}/messages", "/channels/{id}/messages"
        fake.fail("POST", route, status=500, times=2)
        fake.fail("POST", route, status=429, retry_after=0.5)
        fake.fail("POST", route, status=403, code=50013)
        answers = [await send("POST", path, {"content": "x"}) for _ in range(5)]
        assert [each[0] for each in answers] == [500, 500, 429, 403, 200]
        assert answers[2][2]["retry_after"] == 0.5
        assert len(general.messages) == 1
        for after in (False, True):
            fake.fail("POST", route, drop=True, after=after)
            with pytest.raises(aiohttp.ClientError):
                await send("POST", path, {"content": "x"})
            assert len(general.messages) == 1 + after
        fake.fail("POST", route, hang=60)
        hanging = asyncio.ensure_future(send("POST", path, {"content": "x"}))
        await fake.until(lambda: len(fake.calls("POST", route)) == 8)
        assert not hanging.done()
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)

    over_http(scenario)


def over_http(scenario: Callable[[LocalDiscord, Send], Any], *, rate_limits: bool = False) -> None:
    async def run() -> None:
        async with LocalDiscord(rate_limits=rate_limits) as fake, requests(fake) as send:
            await scenario(fake, send)

    asyncio.run(run())
