"""What the bot says in Discord alone."""

from bot.core.answering.wording import ALREADY_GONE

TO_LOOK_UP = "Type what to look for, for example: why do big training runs fail?"
SEARCH = "Search"
THE_MESSAGE = "The message"
ONLY_YOU = (
    "Only you see that: this server keeps to themselves what apps say that it has not installed (Use External Apps). "
    "Ask who runs it, or copy the text."
)
OF_CHANNEL = "#{channel}: {said}"
NO_FORUM = "{channel} is no forum. Leave forum: out, or name a forum with channel:."
THIS_THREAD_ALONE = "In this thread alone: a forum as a whole, or another channel, is named with channel:."
UNFIT_CHANNELS = {
    "category": "{channel} is a category, where nobody can write. Name one of its channels, a thread or a forum.",
    "voice": "{channel} is a voice channel. Name a text channel, a thread or a forum.",
    "unseen": "You cannot see {channel}, so you cannot ask about it. Name a channel that you can see.",
}
FIND_APPLICATION_ID = (
    "for links that work give --application the application's id: it stands under General Information of your app in "
    "Discord's developer portal"
)

# Why a call failed, and how that is mended.
FAULTS = {
    "access": "I cannot see this channel. Give me View Channel here, or add me to a private thread; then try again.",
    "permission": "I may not post here. Give me Send Messages (in threads: Send Messages in Threads), then try again.",
    "history": "I may not reply here. Give me Read Message History, then try again.",
    "archived": "This thread is archived. Open it again, then try again.",
    "locked": "This thread is locked. Unlock it or give me Manage Threads, then try again.",
    "threads": "This server has as many open threads as Discord allows. Close some, then try again.",
    "no_text": "Nobody can write in that channel itself. If it is a forum, name it to /daily on with channel:.",
    "forum": "I may not open posts in this forum. Give me Create Posts (Send Messages) there, then try again.",
    "tag": "This forum wants a tag on every post. Make one named Lesson for everybody, or switch required tags off.",
    "channel": "That channel is gone.",
    "message": ALREADY_GONE,
    "closed": "Your direct messages are closed to me. Open them, or ask in a channel.",
    "twice": "That was answered already. If you see nothing of it, try again.",
    "late": "That came too late. Try again.",
    "token": "Discord does not accept my token any more. Whoever runs this bot has to set a new one.",
    "refused": "Discord refused that ({code}). Whoever runs this bot finds it in the log.",
}
