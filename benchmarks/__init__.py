"""What the project measures of itself; nothing here is needed to run the bot."""
