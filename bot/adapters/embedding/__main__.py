"""Learns what people say where they work, so that no bot has to: puts its vectors by the bot's own model beside it."""

import asyncio

from bot.adapters.embedding import HERE, read_talk, vectors
from bot.adapters.embedding.minilm import MiniLM

if __name__ == "__main__":
    talk = read_talk()
    asyncio.run(vectors.embed(MiniLM(), [*talk.discussion, *talk.chatter], HERE))
