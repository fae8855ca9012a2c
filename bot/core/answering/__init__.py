"""From what somebody typed to what the bot answers: commands in, Cards out."""
