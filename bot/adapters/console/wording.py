"""What the bot says in a terminal alone."""

PROMPT = "commonplace> "
TOOLBAR = " /commonplace help tells what can be typed · a number presses a button · /quit leaves "
LEAVING = ("/quit", "/exit", "quit", "exit")
OPENLY = "everybody in the channel sees this"
NOT_TAKEN_UP = "A change of the content is not taken up, and answers come from before it, until this is mended:"
NO_DATABASE = "The daily lesson is kept in a database that cannot be used now. Everything else works without it."


def no_such_number(number: str, most: int) -> str:
    return f"There is no [{number}]; there is {'[1]' if most == 1 else f'[1] to [{most}]'}."
