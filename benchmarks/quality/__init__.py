"""How well the right entry is found: the bot, and other engines alone, over the labelled queries of tests/quality."""
