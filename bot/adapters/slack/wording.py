"""What the bot says in Slack alone."""

from bot.core.answering.wording import ALREADY_GONE

PRIVATE_FIRST = "Answers are private until you share them, and whoever shared one can take it back."
QUOTE_SHORTCUT = "Answer this message with the idea or lesson that fits it"
LOOK_UP_AN_IDEA = "Look up an idea"
LOOK_UP_SHORTCUT = "Find an idea or a lesson, and share it where you like"
SOMEBODY = "Somebody"
OR_ANOTHER = "Or find another"
QUOTE_IT = "Quote"
CHOOSE_ONE = "Choose one of these, or find another."
SHARE_WHERE = "Share it in"
MORE_SUMMARIES = "More summaries"
FIRST_SUMMARIES = "Back to the first"
CLOSE = "Close"
DAILY_LESSONS = "Daily lessons"

# Why a call failed, by Slack's word for it, and how that is mended.
FAULTS = {
    "not_in_channel": "I am not in this channel. Type /invite @Commonplace here, then try again.",
    "channel_not_found": "I cannot see this channel. Type /invite @Commonplace there, then try again.",
    "is_archived": "This channel is archived. Unarchive it or use another one.",
    "restricted_action": "This workspace does not let me post here. Ask an admin of the workspace.",
    "missing_scope": "I lack a permission for that. An admin has to install the app anew from its current manifest.",
    "invalid_auth": "Slack does not accept my token any more. Whoever runs this bot has to install the app anew.",
    "expired_trigger_id": "That took too long for Slack to open a window. Try again.",
    "expired_url": "Too much time has passed for this message to be changed. Give the command again.",
    "message_not_found": ALREADY_GONE,
    "thread_not_found": "The message that I was to answer is gone.",
    "view_closed": "That window is closed already. Open it again.",
    "refused": "Slack refused that ({code}). Whoever runs this bot finds it in the log.",
}
