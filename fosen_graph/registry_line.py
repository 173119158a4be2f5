"""The words of a language in; the parser of `fosen-graph registry` out."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

from fosen_graph.arguments import Commands, Say, add_lang, add_register, subcommand
from fosen_graph.iris import REGISTER_API
from fosen_graph.settings import Environment

Option: TypeAlias = Callable[[argparse.ArgumentParser, Say], None]


def add_registry(commands: Commands, say: Say, environment: Environment) -> None:
    about = say(
        "Hold en lokal, datert kopi av Enhetsregisteret.", "Keep a dated local copy of Norway's register of units."
    )
    parser = subcommand(commands, "registry", about)
    actions = parser.add_subparsers(
        title=say("handlinger", "actions"), required=True, dest="action", metavar=say("handling", "action")
    )
    for name, help_, options in _actions(say, environment):
        action = subcommand(actions, name, help_)
        for add in options:
            add(action, say)
        add_lang(action, say)


def _actions(say: Say, environment: Environment) -> tuple[tuple[str, str, tuple[Option, ...]], ...]:
    """Name, help and options of each."""
    register = partial(add_register, environment=environment)
    return (
        (
            "fetch",
            say(
                "Hent filene med alle enheter og underenheter, hvis de er nye, og lag kopien.",
                "Fetch the files of all units and sub-units, if they are new, and make the copy.",
            ),
            (_form, register, _api),
        ),
        (
            "load",
            say("Lag kopien av filer som er lastet ned.", "Make the copy of files that were downloaded."),
            (_files, register),
        ),
        (
            "lookup",
            say("Finn en enhet etter nummer eller navn.", "Find a unit by number or name."),
            (_unit, register, _api),
        ),
        (
            "update",
            say("Før inn det som er endret siden sist.", "Enter what has changed since last time."),
            (register, _api),
        ),
        (
            "generate",
            say(
                "Lag et oppdiktet register til prøver og målinger.",
                "Make a synthetic register for tests and measuring.",
            ),
            (_synthetic, _form),
        ),
    )


def _files(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar=say("FIL", "FILE"),
        help=say("enheter og underenheter, JSON eller CSV, pakket eller ikke", "units and sub-units, JSON or CSV"),
    )
    parser.add_argument(
        "--date",
        type=datetime.date.fromisoformat,
        metavar=say("ÅÅÅÅ-MM-DD", "YYYY-MM-DD"),
        help=say("dagen filene gjelder (som navnet sier)", "the day of their content (as the name tells)"),
    )


def _unit(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("unit", metavar=say("NUMMER|NAVN", "NUMBER|NAME"))
    parser.add_argument(
        "--live", action="store_true", help=say("spør registeret, ikke kopien", "ask the register, not the copy")
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _synthetic(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("folder", type=Path, metavar=say("MAPPE", "DIR"))
    parser.add_argument(
        "--size", type=int, default=10_000, help=say("enheter og underenheter (10000)", "units and sub-units (10000)")
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--date", type=datetime.date.fromisoformat, default=datetime.date(2026, 1, 1), metavar=say("DAG", "DAY")
    )


def _form(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("--format", choices=("json", "csv"), default="json")


def _api(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument(
        "--api",
        default=REGISTER_API.removesuffix("/enheter/"),
        metavar="URL",
        help=say("adressen til registeret (%(default)s)", "the register's address (%(default)s)"),
    )
