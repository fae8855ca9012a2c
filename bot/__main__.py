"""The command line: `python -m bot VERB …`.

Exit status 0 on success, 1 when what was checked fails, 2 on bad usage or bad input. Errors go to standard error as
`file:line: what is wrong; what to do`.
"""

import argparse
import asyncio
import contextlib
import csv
import json
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

from bot import __version__, app
from bot.adapters import content
from bot.core.answering import cards, records, wording
from bot.core.answering.card import Card
from bot.core.answering.typed import nearest, plain
from bot.core.errors import BotError, Problem, UsageError
from bot.core.finding.search import Hit
from bot.desk import Desk


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BotError as error:
        _say(error, sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read the output has enough of it; nothing more can be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return status


def _look_up(options: argparse.Namespace) -> int:
    desk = _learned_desk(options)
    # A person may write filters as in a chat; what a program asks is taken as it stands.
    said = {} if options.json or options.query == ["-"] else plain(" ".join(options.query)).options
    scope = desk.scope({name: getattr(options, name) or said.get(name) for name in ("kind", "topic", "summary")})

    async def found(query: str) -> dict[str, Any]:
        limit = options.limit or desk.settings.search.results
        return records.answer(desk.library, query, await desk.find(query, limit, scope))

    if not said:
        return asyncio.run(_answered(found, options.query))
    _show(asyncio.run(desk.look_up(said["query"], scope, options.limit)))
    return 0


def _quote(options: argparse.Namespace) -> int:
    desk = _learned_desk(options)

    async def found(message: str) -> dict[str, Any]:
        hits = await desk.match(message, options.limit or 3)
        return {**records.answer(desk.library, message, hits), "fits": desk.fits(hits)}

    if options.query == ["-"] or options.json:
        return asyncio.run(_answered(found, options.query))
    for hit in asyncio.run(desk.match(" ".join(options.query), options.limit or 1)):
        if desk.fits([hit]):
            _show(desk.open(hit.entry))
    return 0


def _lesson(options: argparse.Namespace) -> int:
    desk = _desk(options)
    scope = desk.scope({"topic": options.topic, "summary": options.summary})
    lessons = desk.lessons(options.limit or 1, scope)
    if options.json:
        return _write([records.answer(desk.library, None, [Hit(lesson, 1.0) for lesson in lessons])])
    for card in [desk.open(lesson) for lesson in lessons] or [cards.note(wording.NO_LESSON)]:
        _show(card)
    return 0


def _console(options: argparse.Namespace) -> int:
    from bot import terminal  # noqa: PLC0415 - a terminal's libraries take longer to load than all the rest

    asyncio.run(terminal.run(_places(options), os.environ))
    return 0


def _run(options: argparse.Namespace) -> int:
    from bot.adapters import logs  # noqa: PLC0415 - only what runs for long writes a log

    logs.configure(human=sys.stderr.isatty())
    from bot import service  # noqa: PLC0415 - what runs for long takes long to import

    asyncio.run(service.run(_places(options), os.environ))
    return 0


def _schedule(options: argparse.Namespace) -> int:
    from bot import upkeep  # noqa: PLC0415 - likewise

    asyncio.run(_lines(upkeep.schedule(_places(options), os.environ, options.days, as_json=options.json)))
    return 0


def _db(options: argparse.Namespace) -> int:
    from bot import upkeep  # noqa: PLC0415 - likewise

    places = _places(options)
    if (options.step == "import") != bool(options.file):
        raise UsageError(Problem("a FILE goes with import, and with import alone", "see python -m bot db --help"))
    if options.step == "upgrade":
        print(asyncio.run(upkeep.upgrade(places, os.environ)))
    elif options.step == "import":
        print(asyncio.run(upkeep.bring_in(places, os.environ, options.file)))
    else:
        asyncio.run(_lines(upkeep.take_out(places, os.environ)))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from bot import doctor  # noqa: PLC0415 - likewise
    from bot.adapters.finding import Level  # noqa: PLC0415 - likewise

    found = asyncio.run(doctor.examine(_places(options), os.environ))
    if options.json:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    _say(doctor.told(found, as_json=options.json), sys.stdout)
    return 1 if any(one.level is Level.FAULT for one in found) else 0


def _manifest(options: argparse.Namespace) -> int:
    settings = asyncio.run(app.load_settings(_places(options)))
    strange = ("http", "many") if options.platform == "discord" else ("application",)
    if given := [f"--{name}" for name in strange if getattr(options, name)]:
        mend = "see python -m bot manifest --help"
        raise UsageError(Problem(f"manifest {options.platform} knows no {wording.listed(given, 'or')}", mend))
    if options.platform == "discord":
        from bot.adapters.discord import manifest as discord  # noqa: PLC0415 - a platform's libraries take long to load

        return _write([discord.manifest(options.application or "")], indent=2)
    from bot.adapters.slack.manifest import manifest  # noqa: PLC0415 - likewise

    return _write([manifest(settings.prefix, options.http or "", many=options.many)], indent=2)


def _import(options: argparse.Namespace) -> int:
    async def bring_in() -> list[str]:
        settings = await app.load_settings(_places(options))
        return await content.import_file(
            options.file,
            options.content,
            name=options.name,
            title=options.title,
            force=options.force,
            limits=settings.limits,
        )

    _say("\n".join(asyncio.run(bring_in())), sys.stdout)
    return 0


def _check(options: argparse.Namespace) -> int:
    problems = asyncio.run(app.check(_places(options)))
    for problem in problems:
        _say(problem, sys.stderr)
    if problems:
        return 1
    desk = _desk(options)
    for summary in desk.library.summaries.values():
        print(f"{summary.name}: {wording.holds(summary)}")
    print("All is well.")
    return 0


def _export(options: argparse.Namespace) -> int:
    desk = _desk(options)
    if options.format == "json":
        return _write([records.export(desk.library)], indent=2)
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    writer = csv.DictWriter(sys.stdout, records.COLUMNS)
    writer.writeheader()
    writer.writerows(records.rows(desk.library))
    return 0


# ---- what the verbs have in common


def _places(options: argparse.Namespace) -> app.Places:
    return app.Places(options.content, options.config)


def _desk(options: argparse.Namespace) -> Desk:
    return asyncio.run(app.open_desk(_places(options)))


def _learned_desk(options: argparse.Namespace) -> Desk:
    """The desk once it finds by meaning too. One answer does not wait until everything is learnt for it alone."""
    from bot.adapters import logs  # noqa: PLC0415 - only what may take a while says so

    async def learned() -> Desk:
        desk = await app.open_desk(_places(options))
        await app.learn(desk, at_length=options.query == ["-"])
        return desk

    logs.to_terminal()
    return asyncio.run(learned())


async def _answered(found: Callable[[str], Awaitable[dict[str, Any]]], words: list[str]) -> int:
    """Answer each query with a record, before the next is read."""
    for query in _queries(words):
        _write([await found(query)])
    return 0


def _show(card: Card) -> None:
    from bot.adapters.console import draw  # noqa: PLC0415 - only where a card is drawn

    draw.print_card(card)


def _say(said: object, stream: TextIO) -> None:
    """Print for a person what may hold anybody's words: nothing of them steers a terminal, or is beyond it."""
    from bot.adapters.console.legible import legible  # noqa: PLC0415 - a terminal's libraries take long to load

    print(legible(str(said), stream.encoding), file=stream)


def _queries(words: list[str]) -> Iterator[str]:
    """The query as given, or with `-` every line of standard input, blank ones included."""
    if words != ["-"]:
        yield " ".join(words)
        return
    sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr]
    for line in sys.stdin:
        yield line.removesuffix("\n").removesuffix("\r")


def _write(found: Iterable[dict[str, Any]], indent: int | None = None) -> int:
    """Print each record as JSON, at once, so that another program can talk with this one line by line."""
    # A lone surrogate, which a shell can pass in, is written as the escape that JSON has for it.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    for record in found:
        print(json.dumps(record, ensure_ascii=False, indent=indent), flush=True)
    return 0


async def _lines(found: AsyncGenerator[str, None]) -> None:
    """Print each line as it comes."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    async with contextlib.aclosing(found) as lines:
        async for line in lines:
            print(line)


# ---- the verbs and their options


class _Parser(argparse.ArgumentParser):
    """Says what was meant where a verb is misspelt, and points to the help of the verb that was given."""

    def error(self, message: str) -> NoReturn:
        wrong = message.partition("invalid choice: '")[2].partition("'")[0]
        near = nearest(wrong, _VERBS) if wrong and "VERB" in message else None
        self.exit(2, f"{self.prog}: {message}; {f'did you mean {near}?' if near else f'see {self.prog} --help'}\n")


_VERBS = tuple("console run schedule lookup quote lesson import check export manifest db doctor".split())


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m bot", description=wording.TAGLINE, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"commonplace-bot {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)

    def verb(name: str, run: Any, what: str, example: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = verbs.add_parser(
            name, help=what, description=what + ".", epilog=f"Example: python -m bot {example}", allow_abbrev=False
        )
        made.add_argument(
            "--content", type=Path, default=app.CONTENT, metavar="DIR", help="summaries (default: content)"
        )
        made.add_argument("--config", type=Path, metavar="FILE", help="settings (default: config/bot.yaml)")
        made.set_defaults(run=run)
        return made

    verb("console", _console, "The bot in a terminal", "console")
    verb("run", _run, "Answer on every platform whose token is set", "run")
    lookup = verb("lookup", _look_up, "The best entries for a query", "lookup data efficiency --limit 3")
    lookup.add_argument("query", nargs="+", metavar="QUERY", help="words, a question or an id; - reads one a line")
    lookup.add_argument("--kind", help="only idea, lesson, quote or take")
    quote = verb(
        "quote", _quote, "The entry that fits a message, if one does", 'quote "our test set leaked again" --json'
    )
    quote.add_argument("query", nargs="+", metavar="MESSAGE", help="a message; - reads one a line")
    lesson = verb("lesson", _lesson, "One lesson", "lesson --topic scaling")
    for made in (lookup, lesson):
        made.add_argument("--topic", help="only this topic")
        made.add_argument("--summary", help="only this summary")
    for made in (lookup, quote, lesson):
        made.add_argument("--json", action="store_true", help="print one JSON line")
        made.add_argument("--limit", type=_number, metavar="N", help="at most so many")
    bring_in = verb("import", _import, "A raw summary into the content folder", "import talk.txt --name garden-talk")
    bring_in.add_argument("file", metavar="FILE", type=Path, help="the summary as pasted, as a text file")
    bring_in.add_argument("--name", metavar="N", help="what its ids begin with (default: from the file's name)")
    bring_in.add_argument("--title", metavar="T", help="its title (default: the document's own)")
    bring_in.add_argument("--force", action="store_true", help="renew a summary that is there, keeping its ids")
    verb("check", _check, "Every problem in content and configuration at once", "check")
    export = verb("export", _export, "Everything the bot knows", "export --format csv")
    export.add_argument("--format", choices=("json", "csv"), default="json")
    manifest = verb("manifest", _manifest, "What a platform must be told of the app", "manifest slack")
    manifest.add_argument("platform", choices=("slack", "discord"))
    manifest.add_argument("--http", metavar="URL", help="Slack: for HTTP at this address instead of Socket Mode")
    manifest.add_argument("--application", metavar="ID", help="Discord: the app's id, for links that work")
    manifest.add_argument(
        "--many", action="store_true", help="Slack: for many workspaces, which install it through OAuth"
    )
    database = verb(
        "db", _db, "The database: bring it to this version's schema, back it up", "db export > backup.jsonl"
    )
    database.add_argument("step", choices=("upgrade", "export", "import"))
    database.add_argument("file", nargs="?", metavar="FILE", type=Path, help="import: what `db export` printed")
    doctor = verb("doctor", _doctor, "Everything that the bot stands on, each fault with its mend", "doctor")
    doctor.add_argument("--json", action="store_true", help="print one JSON line a finding")
    schedule = verb("schedule", _schedule, "What will be posted where and when", "schedule --days 3")
    schedule.add_argument("--days", type=_days, default=7, metavar="N", help="for so many days from now (default: 7)")
    schedule.add_argument("--json", action="store_true", help="print one JSON line a channel")
    return parser


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _days(text: str) -> int:
    if (number := _number(text)) > 366:
        raise argparse.ArgumentTypeError(f"{text!r} is more than a year of days (366)")
    return number


if __name__ == "__main__":
    sys.exit(main())
