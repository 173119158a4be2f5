"""What every command's parser is made with: its words in one language, its name, the choice of language."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

from fosen_graph.findings import Lang, Words
from fosen_graph.settings import REGISTER, Environment


class Say:
    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def __call__(self, nb: str, en: str) -> str:
        return Words(nb=nb, en=en).in_language(self.lang)


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def subcommand(commands: Commands, name: str, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    return parser


def add_lang(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("--lang", choices=("nb", "en"), help=say("språket i meldingene", "language of the messages"))


def port(text: str) -> int:
    """For argparse, which turns the error into its own."""
    number = int(text)
    if not 0 <= number < 65536:
        raise ValueError(text)
    return number


def add_register(parser: argparse.ArgumentParser, say: Say, environment: Environment) -> None:
    """Where the copy of the register of units is."""
    parser.add_argument(
        "--register",
        type=Path,
        default=Path(environment.register or REGISTER),
        metavar=say("FIL", "FILE"),
        help=say("kopien (%(default)s)", "the copy (%(default)s)"),
    )
