"""The bot on Discord, with discord.py: slash commands, a message menu, buttons. In here `discord` is the library."""
