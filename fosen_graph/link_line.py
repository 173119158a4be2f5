"""The words of a language in; the parser of `fosen-graph link` out."""

from __future__ import annotations

from pathlib import Path

from fosen_graph.arguments import Commands, Say, add_lang, subcommand

_REGISTER = Path("register/enhetsregisteret.sqlite")


def add_link(commands: Commands, say: Say) -> None:
    about = say(
        "Finn planens virksomheter i Enhetsregisteret.", "Find the plan's organisations in Norway's register of units."
    )
    parser = subcommand(commands, "link", about)
    actions = parser.add_subparsers(
        title=say("handlinger", "actions"), required=True, dest="action", metavar=say("handling", "action")
    )
    propose = subcommand(
        actions,
        "propose",
        say("Foreslå enheter for hver virksomhet, med grunner.", "Propose units for every organisation, with reasons."),
    )
    propose.add_argument("--data", type=Path, default=Path("data"), metavar=say("MAPPE", "DIR"))
    propose.add_argument(
        "--register",
        type=Path,
        default=_REGISTER,
        metavar=say("FIL", "FILE"),
        help=say("kopien (%(default)s)", "the copy (%(default)s)"),
    )
    propose.add_argument("--format", choices=("text", "json"), default="text")
    add_lang(propose, say)
