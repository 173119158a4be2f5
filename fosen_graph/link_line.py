"""The words of a language in; the parser of `fosen-graph link` out."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

from fosen_graph.arguments import Commands, Say, add_lang, add_register, port, subcommand
from fosen_graph.iris import REGISTER_API
from fosen_graph.settings import Environment


def add_link(commands: Commands, say: Say, environment: Environment) -> None:
    about = say(
        "Finn planens virksomheter i Enhetsregisteret.", "Find the plan's organisations in Norway's register of units."
    )
    parser = subcommand(commands, "link", about)
    actions = parser.add_subparsers(
        title=say("handlinger", "actions"), required=True, dest="action", metavar=say("handling", "action")
    )
    _add_propose(actions, say, environment)
    _add_review(actions, say, environment)
    _add_check(actions, say, environment)


def _add_propose(actions: Commands, say: Say, environment: Environment) -> None:
    about = say(
        "Foreslå enheter for hver virksomhet, med grunner.", "Propose units for every organisation, with reasons."
    )
    parser = subcommand(actions, "propose", about)
    _add_places(parser, say, environment)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_lang(parser, say)


def _add_review(actions: Commands, say: Say, environment: Environment) -> None:
    about = say(
        "Godta eller avvis forslagene, med begrunnelse; hvert svar skrives med en gang.",
        "Accept or refuse the proposals, with a reason; each answer is written at once.",
    )
    parser = subcommand(actions, "review", about)
    _add_places(parser, say, environment)
    parser.add_argument(
        "--av",
        "--by",
        dest="by",
        metavar=say("ROLLE", "ROLE"),
        help=say("rollen du avgjør i, aldri et personnavn", "the role in which you decide, never a person's name"),
    )
    _add_date(parser, say)
    parser.add_argument(
        "--page",
        action="store_true",
        help=say("en side i nettleseren på denne maskinen", "a page in the browser of this machine"),
    )
    parser.add_argument(
        "--port", type=port, default=0, help=say("sidens port (en ledig)", "the page's port (a free one)")
    )
    add_lang(parser, say)


def _add_check(actions: Commands, say: Say, environment: Environment) -> None:
    about = say(
        "Se etter om godtatte lenker fortsatt stemmer (0 alle stemmer, 1 noe er funnet, 2 kunne ikke kjøres).",
        "See whether accepted links still hold (0 all do, 1 something was found, 2 could not run).",
    )
    parser = subcommand(actions, "check", about)
    _add_places(parser, say, environment)
    parser.add_argument(
        "--api",
        nargs="?",
        const=REGISTER_API.removesuffix("/enheter/"),
        metavar="URL",
        help=say("spør registeret selv, ikke kopien", "ask the register itself, not the copy"),
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help=say("før det registeret sier nå, inn i dataene", "enter in the data what the register says now"),
    )
    parser.add_argument(
        "--max-age",
        type=int,
        default=31,
        metavar=say("DAGER", "DAYS"),
        help=say(
            "si fra når kopien er eldre (%(default)s; 0: aldri)", "tell when the copy is older (%(default)s; 0: never)"
        ),
    )
    _add_date(parser, say)
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    add_lang(parser, say)


def _add_places(parser: argparse.ArgumentParser, say: Say, environment: Environment) -> None:
    parser.add_argument("--data", type=Path, default=Path("data"), metavar=say("MAPPE", "DIR"))
    add_register(parser, say, environment)


def _add_date(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument(
        "--date",
        type=datetime.date.fromisoformat,
        metavar=say("ÅÅÅÅ-MM-DD", "YYYY-MM-DD"),
        help=say("dagen det gjøres (i dag)", "the day it is done (today)"),
    )
