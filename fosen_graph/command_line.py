"""The environment's language and defaults in; the parser of the command line, with its help, out."""

from __future__ import annotations

import argparse
import datetime
import re
from pathlib import Path
from typing import NoReturn

from fosen_graph import __version__
from fosen_graph.arguments import Commands, Say, add_lang, port, subcommand
from fosen_graph.link_line import add_link
from fosen_graph.registry_line import add_registry
from fosen_graph.settings import Environment


def command_line(environment: Environment) -> argparse.ArgumentParser:
    """The parser of all commands, in the language of the environment; the name of the command is in `command`."""
    say = Say(environment.lang)
    parser = (_NorwegianParser if environment.lang == "nb" else argparse.ArgumentParser)(
        prog="fosen-graph",
        description=say(
            "Handlingsplaner som kontrollerte, åpne lenkede data.", "Action plans as checked, linked open data."
        ),
    )
    parser.add_argument("--version", action="version", version=f"fosen-graph {__version__}")
    commands = parser.add_subparsers(
        title=say("kommandoer", "commands"), required=True, dest="command", metavar=say("kommando", "command")
    )
    _add_check(commands, say)
    _add_build(commands, say, environment)
    _add_serve(commands, say, environment)
    _add_export(commands, say, environment)
    _add_publish(commands, say, environment)
    _add_query(commands, say, environment)
    _add_validate(commands, say)
    _add_draft(commands, say)
    _add_mint(commands, say)
    add_registry(commands, say, environment)
    add_link(commands, say, environment)
    return parser


class _NorwegianParser(argparse.ArgumentParser):
    """argparse's complaints in Bokmål; what is not known here stays as it is."""

    _SAID = (
        (r"the following arguments are required: (.+)", r"dette mangler: \1"),
        (r"argument (\S+): invalid choice: (.+) \(choose from (.+)\)", r"\1 kan ikke være \2; velg blant \3"),
        (r"argument (\S+): invalid \S+ value: (.+)", r"\1 kan ikke være \2"),
        (r"argument (\S+): expected one argument", r"\1 trenger en verdi"),
        (r"unrecognized arguments: (.+)", r"ukjent: \1"),
        (r"ambiguous option: (\S+) could match (.+)", r"\1 kan bety \2"),
    )

    def error(self, message: str) -> NoReturn:
        for pattern, words in self._SAID:
            if match := re.fullmatch(pattern, message):
                message = match.expand(words)
        super().error(message)


def _add_data(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("data"),
        metavar=say("MAPPE", "DIR"),
        help=say("mappen med site.toml og regionene (data)", "the folder with site.toml and the regions (data)"),
    )


def _add_check(commands: Commands, say: Say) -> None:
    about = say(
        "Kontroller filene, og vis alle feil med fil og linje.",
        "Check the files, and show every fault with file and line.",
    )
    parser = subcommand(commands, "check", about)
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar=say("FIL", "PATH"),
        help=say("bare feil i disse filene eller mappene", "only faults in these files or folders"),
    )
    _add_data(parser, say)
    add_lang(parser, say)
    parser.add_argument("--format", choices=("text", "json", "sarif", "ttl"), default="text")


def _add_build(commands: Commands, say: Say, environment: Environment) -> None:
    about = say(
        "Kontroller, og bygg en utgivelse med alle grafer og dumper.",
        "Check, and build a release with all graphs and dumps.",
    )
    parser = subcommand(commands, "build", about)
    _add_data(parser, say)
    add_lang(parser, say)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(environment.out),
        metavar=say("MAPPE", "DIR"),
        help=say("der utgivelsene legges", "where the releases go"),
    )
    parser.add_argument(
        "--disk-triples",
        type=int,
        default=environment.disk_triples,
        metavar=say("TALL", "NUMBER"),
        help=say(
            "en større utgivelse får et lager på disk, som tjeneren leser (%(default)s)",
            "a larger release gets a store on disk, which the server reads (%(default)s)",
        ),
    )


def _add_serve(commands: Commands, say: Say, environment: Environment) -> None:
    about = say("Vis en utgivelse som nettsted og SPARQL-endepunkt.", "Serve a release as pages and a SPARQL endpoint.")
    parser = subcommand(commands, "serve", about)
    parser.add_argument("--host", default=environment.host)
    parser.add_argument("--port", type=port, default=environment.port, help="0-65535")
    _add_release(parser, say, environment)
    parser.add_argument(
        "--remote",
        metavar="URL",
        help=say(
            "en annen SPARQL-tjener svarer på spørringene; utgivelsen er lagt der med publish",
            "another SPARQL server answers the queries; publish has put the release there",
        ),
    )
    _add_auth(parser, say)
    parser.add_argument(
        "--register",
        type=Path,
        default=Path(environment.register) if environment.register else None,
        metavar=say("FIL", "FILE"),
        help=say(
            "kopien av Enhetsregisteret som /reconcile svarer fra (register/enhetsregisteret.sqlite, hvis den er der)",
            "the copy of Enhetsregisteret that /reconcile answers from (register/enhetsregisteret.sqlite, if there)",
        ),
    )
    parser.add_argument(
        "--proxies",
        type=int,
        default=0,
        metavar=say("ANTALL", "NUMBER"),
        help=say(
            "så mange står foran, og X-Forwarded-* fra dem blir trodd (0)",
            "so many stand in front, and their X-Forwarded-* are believed (0)",
        ),
    )
    parser.add_argument(
        "--access-log",
        default="-",
        metavar=say("FIL", "FILE"),
        help=say(
            "en linje JSON for hvert oppslag, uten spørringen; - er standard feil (-), tomt er ingen",
            "a line of JSON a request, without its query; - is standard error (-), empty is none",
        ),
    )
    parser.add_argument(
        "--no-client-limits",
        action="store_true",
        help=say(
            "en klient kan bruke hele tjeneren; bare for målinger og lukkede nett",
            "one client may use the whole server; only to measure, or in a closed network",
        ),
    )
    parser.add_argument(
        "--metrics-port", type=int, metavar="PORT", help=say("tall for Prometheus", "figures for Prometheus")
    )
    add_lang(parser, say)


def _add_release(parser: argparse.ArgumentParser, say: Say, environment: Environment) -> None:
    parser.add_argument(
        "--release",
        type=Path,
        default=Path(environment.out) / "current",
        metavar=say("MAPPE", "DIR"),
        help=say("utgivelsen (den siste)", "the release (the latest)"),
    )


def _add_export(commands: Commands, say: Say, environment: Environment) -> None:
    about = say("Skriv hele nettstedet som filer.", "Write the whole site as files.")
    parser = subcommand(commands, "export-site", about)
    parser.add_argument("folder", type=Path, metavar=say("MAPPE", "DIR"))
    _add_release(parser, say, environment)
    add_lang(parser, say)


def _add_publish(commands: Commands, say: Say, environment: Environment) -> None:
    about = say("Legg en utgivelse på en annen SPARQL-tjener.", "Put a release on another SPARQL server.")
    parser = subcommand(commands, "publish", about)
    parser.add_argument(
        "--to",
        required=True,
        metavar="URL",
        help=say(
            "tjenerens adresse for Graph Store HTTP Protocol", "the server's address for the Graph Store HTTP Protocol"
        ),
    )
    for name in ("query", "update"):
        parser.add_argument(
            f"--{name}",
            metavar="URL",
            help=say(
                f"adressen for {name}; ellers «{name}» ved siden av --to", f"that of {name}; else “{name}” beside --to"
            ),
        )
    parser.add_argument(
        "--one-by-one",
        action="store_true",
        help=say(
            "tjeneren tar ikke imot oppdateringer: bytt graf for graf", "the server takes no updates: graph by graph"
        ),
    )
    _add_auth(parser, say)
    _add_release(parser, say, environment)
    add_lang(parser, say)


def _add_auth(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument(
        "--auth",
        metavar=say("HVEM", "WHO"),
        help=say(
            "bruker:passord, «Bearer TOKEN», eller @FIL som holder en av dem",
            "user:password, “Bearer TOKEN”, or @FILE that holds one of them",
        ),
    )


def _add_query(commands: Commands, say: Say, environment: Environment) -> None:
    about = say(
        "Still et SPARQL-spørsmål til utgivelsen, eller til RDF-filer.", "Ask SPARQL of the release, or of RDF files."
    )
    parser = subcommand(commands, "query", about)
    parser.add_argument("text", nargs="?", metavar=say("TEKST", "TEXT"), help=say("spørringen", "the query"))
    parser.add_argument(
        "--query",
        type=Path,
        metavar=say("FIL", "FILE"),
        help=say("en fil med spørringen (- er standard inn)", "a file with the query (- is standard input)"),
    )
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        metavar=say("FIL", "FILE"),
        help=say(
            "en RDF-fil i stedet for utgivelsen; kan gjentas", "an RDF file instead of the release; may be repeated"
        ),
    )
    parser.add_argument(
        "--named-data",
        action="append",
        default=[],
        metavar=say("IRI=FIL", "IRI=FILE"),
        help=say("en RDF-fil som navngitt graf", "an RDF file as a named graph"),
    )
    parser.add_argument(
        "--format", default=None, metavar="F", help="json, xml, csv, tsv; turtle, ntriples, jsonld, rdfxml"
    )
    parser.add_argument(
        "--out", type=Path, metavar=say("FIL", "FILE"), help=say("der svaret legges", "where the answer goes")
    )
    _add_release(parser, say, environment)
    add_lang(parser, say)


def _add_validate(commands: Commands, say: Say) -> None:
    about = say("Kontroller RDF-filer mot SHACL-filer.", "Validate RDF files against SHACL files.")
    parser = subcommand(commands, "validate", about)
    parser.add_argument("--data", type=Path, action="append", required=True, metavar=say("FIL", "FILE"))
    parser.add_argument("--shapes", type=Path, action="append", required=True, metavar=say("FIL", "FILE"))
    parser.add_argument(
        "--out", type=Path, metavar=say("FIL", "FILE"), help=say("rapporten som Turtle", "the report as Turtle")
    )
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    add_lang(parser, say)


def _add_draft(commands: Commands, say: Say) -> None:
    about = say(
        "Gjør en tabell om til et utkast i YAML som mennesker går gjennom.",
        "Turn a table into draft YAML for people to review.",
    )
    parser = subcommand(commands, "draft", about)
    parser.add_argument(
        "source",
        type=Path,
        metavar=say("KILDE", "SOURCE"),
        help=say("tabellen som tekst med tabulatorer", "the table as tab-separated text"),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar=say("FIL", "FILE"),
        help=say("plan.yaml eller en mappe; ellers skjermen", "plan.yaml or a folder; else the screen"),
    )
    parser.add_argument(
        "--mapping",
        type=Path,
        metavar=say("FIL", "FILE"),
        help=say(
            "hva kolonnene heter og inneholder, som i kilde.yaml",
            "what the columns are called and hold, as in kilde.yaml",
        ),
    )
    parser.add_argument(
        "--actors",
        type=Path,
        metavar=say("FIL", "FILE"),
        help=say(
            "kjente aktører: en aktoerer.yaml eller en liste med navn",
            "known actors: an aktoerer.yaml or a list of names",
        ),
    )
    add_lang(parser, say)


def _add_mint(commands: Commands, say: Say) -> None:
    about = say("Før nye IRI-er inn i iris.csv.", "Enter new IRIs in iris.csv.")
    parser = subcommand(commands, "mint", about)
    _add_data(parser, say)
    parser.add_argument(
        "--date",
        type=datetime.date.fromisoformat,
        metavar=say("ÅÅÅÅ-MM-DD", "YYYY-MM-DD"),
        help=say("dagen de ble laget (i dag)", "the day they were made (today)"),
    )
    add_lang(parser, say)
