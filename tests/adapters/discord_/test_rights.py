"""Whom a server's own permissions allow a command: those to whom Discord offers one that is for nobody by itself."""

from typing import Any

import pytest
from discord import Permissions
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord.forum import _Once, name
from bot.adapters.discord.managing import Where
from bot.adapters.discord.rights import allows
from bot.core.answering.card import Card
from bot.ports import UnsureError
from tests.fakes.local_discord import LocalDiscord, commands

FAKE = LocalDiscord()
GUILD = FAKE.guild("Garden")
ADA, GENERAL = FAKE.person("Ada", GUILD), GUILD.channel("general")
THREAD = GUILD.thread(GENERAL, "mulch")
HELD, OTHER = [11, 12], 13  # roles
COMMAND: dict[str, Any] = {"id": "21", "type": 1, "name": "daily", "default_member_permissions": "0"}
COMMAND |= {"contexts": None, "integration_types": [0]}

ids = {
    1: st.sampled_from([*HELD, OTHER, GUILD.id]),
    2: st.sampled_from([ADA.id, 31]),
    3: st.sampled_from([GENERAL.id, THREAD.id, GUILD.id - 1, 41]),
}
override = st.one_of([st.tuples(st.just(kind), each, st.booleans()) for kind, each in ids.items()])
overrides = st.lists(override, max_size=6, unique_by=lambda one: one[:2])


@given(overrides, st.sampled_from([GENERAL, THREAD]))
def test_explicitly_allowed_is_who_is_offered_what_is_for_nobody(found: list[Any], place: Any) -> None:
    said = [{"type": kind, "id": str(id_), "permission": permission} for kind, id_, permission in found]
    FAKE.state.commands[None], GUILD.overrides = [COMMAND], {21: said}
    ADA.user.roles[GUILD.id] = HELD
    where = [each.id for each in (place, place.parent) if each]
    assert allows(said, GUILD.id, ADA.id, HELD, where) == bool(commands.offered(ADA.user, place))


@given(st.text(max_size=300))
def test_a_post_has_a_name_that_discord_takes(title: str) -> None:
    assert 1 <= len(name(Card(title))) <= 100
    assert len(name(Card(title)).encode("utf-16-le")) <= 200


def test_a_request_goes_out_again_only_where_it_has_done_nothing() -> None:
    once = _Once()
    once.reset(seek=0)
    with pytest.raises(UnsureError):  # a connection that is reset, after which discord.py tries again
        once.reset(seek=1)


@pytest.mark.parametrize(("kind", "why"), [(4, "category"), (2, "voice channel"), (13, "voice channel"), (0, "")])
def test_what_the_client_does_not_offer_is_refused_where_it_comes_all_the_same(kind: int, why: str) -> None:
    assert why in Where(1, kind, Permissions.all(), name="rooms").unfit(forum=False)
    assert bool(why) == bool(Where(1, kind, Permissions.all(), name="rooms").unfit(forum=False))
