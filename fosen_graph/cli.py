"""Command lines in, the program's work out: one short function a command."""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fosen_graph import __version__
from fosen_graph.command_line import command_line
from fosen_graph.console import Progress, ask_line, put, read_file, read_text, say_line
from fosen_graph.findings import (
    CannotRun,
    DataError,
    Finding,
    FosenGraphError,
    Lang,
    Report,
    Severity,
    Words,
)
from fosen_graph.settings import REGISTER, Environment, read_environment

if TYPE_CHECKING:
    from fosen_graph.registries.indexing import Counts

CONFORMS, VIOLATIONS, COULD_NOT_RUN = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code tells 0 conforms, 1 violations, 2 could not run."""
    environment = Environment()
    try:
        environment = read_environment(os.environ)
        asked = command_line(environment).parse_args(arguments)
        lang: Lang = getattr(asked, "lang", None) or environment.lang
        return _run(_COMMANDS[asked.command], asked, lang)
    except FosenGraphError as error:
        return _told(error, environment.lang)


def _run(command: Callable[[argparse.Namespace, Lang], int], asked: argparse.Namespace, lang: Lang) -> int:
    try:
        code = command(asked, lang)
        sys.stdout.flush()
        return code
    except FosenGraphError as error:
        return _told(error, lang)
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CONFORMS
    except OSError as error:  # a full disk behind the output, or what no room has translated
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        reason = error.strerror or str(error)
        stopped = Words(nb=f"Systemet stanset arbeidet: {reason}.", en=f"The system stopped the work: {reason}.")
        remedy = Words(nb="Se etter om disken er full.", en="See whether the disk is full.")
        return _told(CannotRun(stopped, remedy), lang)
    except KeyboardInterrupt:
        return COULD_NOT_RUN
    except MemoryError:
        nothing_left = Words(nb="Minnet tok slutt.", en="The memory ran out.")
        return _told(
            CannotRun(
                nothing_left,
                Words(nb="Gi mer minne, eller del opp dataene.", en="Give more memory, or split the data."),
            ),
            lang,
        )


def _told(error: FosenGraphError, lang: Lang) -> int:
    if isinstance(error, DataError):
        sys.stderr.write(error.report.text(lang))
        return VIOLATIONS
    text = error.text(lang) if isinstance(error, CannotRun) else str(error)
    sys.stderr.write(f"{text}\n")
    return COULD_NOT_RUN


def check(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.release.line import check_data

    with Progress(lang) as progress:
        report = check_data(asked.data, asked.paths, progress=progress)
    sys.stdout.write(_printed(report, asked.format, lang))
    return CONFORMS if report.conforms else VIOLATIONS


def _printed(report: Report, form: str, lang: Lang) -> str:
    if form == "json":
        return report.json()
    if form == "sarif":
        return report.sarif(__version__, lang)
    if form == "ttl":
        from fosen_graph.checking.reports import report_turtle

        return report_turtle(report).decode()
    return report.text(lang)


def build(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.release.line import build as build_release

    with Progress(lang) as progress:
        try:
            release = build_release(asked.data, asked.out, progress=progress, disk_triples=asked.disk_triples)
        except DataError as error:
            raise DataError(_without_notes(error.report)) from error
    sys.stdout.write(f"{release.folder}\n")
    return CONFORMS


def _without_notes(report: Report) -> list[Finding]:
    """What stops a build, or may; `check` tells the rest."""
    return [finding for finding in report if finding.severity is not Severity.INFO]


def serve(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.asking import Limits
    from fosen_graph.asking.elsewhere import Address, authorization
    from fosen_graph.registries.index import open_register
    from fosen_graph.web.server import serve as serve_release

    if asked.register:  # named, so it is to be there
        open_register(asked.register).close()
    serve_release(
        asked.host,
        asked.port,
        asked.release,
        lang,
        Limits(per_client=not asked.no_client_limits),
        remote=Address(asked.remote, authorization(asked.auth)) if asked.remote else None,
        proxies=asked.proxies,
        register=asked.register or Path(REGISTER),
        access_log=asked.access_log,
        metrics_port=asked.metrics_port,
    )
    return CONFORMS


def export_site(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.web.export.site import export_site as export

    done = export(asked.release, asked.folder)
    told = Words(
        nb=f"{done.pages} sider og {done.files} filer i {asked.folder}",
        en=f"{done.pages} pages and {done.files} files in {asked.folder}",
    )
    sys.stdout.write(f"{told.in_language(lang)}\n")
    sys.stdout.writelines(f"{link}\n" for link in done.dead)
    return VIOLATIONS if done.dead else CONFORMS


def publish(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.asking.elsewhere import Address, authorization
    from fosen_graph.asking.published import read_release
    from fosen_graph.asking.publishing import Target
    from fosen_graph.asking.publishing import publish as publish_release

    store = Address(asked.to, authorization(asked.auth))
    given = {name: Address(url, store.authorization) for name in ("query", "update") if (url := getattr(asked, name))}
    update = None if asked.one_by_one else given.get("update") or store.sibling("update")
    target = Target(graphs=store, query=given.get("query") or store.sibling("query"), update=update)
    with Progress(lang) as progress:
        done = publish_release(read_release(asked.release), target, progress)
    told = Words(
        nb=f"Utgave {done.release}: {done.triples} tripler på plass, {done.sent} sendt nå.",
        en=f"Release {done.release}: {done.triples} triples in place, {done.sent} sent now.",
    )
    sys.stdout.write(f"{told.in_language(lang)}\n")
    return CONFORMS


def query(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.asking.questioning import answer_files, answer_release

    text = _query_text(asked)
    named = [_pair(pair) for pair in asked.named_data]
    if asked.data or named:
        answer = answer_files(text, asked.data, named, asked.format)
    else:
        answer = answer_release(text, asked.release, asked.format)
    put(answer, asked.out)
    return CONFORMS


def _query_text(asked: argparse.Namespace) -> str:
    if (asked.text is None) == (asked.query is None):
        raise CannotRun(
            Words(
                nb="Gi spørringen enten som tekst eller med --query FIL.",
                en="Give the query either as text or with --query FILE.",
            ),
            Words(nb="Se «fosen-graph query --help».", en="See “fosen-graph query --help”."),
        )
    return asked.text if asked.text is not None else read_text(asked.query)


def _pair(text: str) -> tuple[str, Path]:
    iri, equals, file = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", iri):
        raise CannotRun(
            Words(nb=f"«{text}» er ikke IRI=FIL.", en=f"“{text}” is not IRI=FILE."),
            Words(
                nb="Skriv for eksempel https://example.org/g=data.ttl.",
                en="Write for instance https://example.org/g=data.ttl.",
            ),
        )
    return iri, Path(file)


def validate(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.checking.validation import validate_files

    validation = validate_files(
        {str(path): read_file(path) for path in asked.data}, {str(path): read_file(path) for path in asked.shapes}
    )
    if asked.out:
        put(validation.turtle, asked.out)
    sys.stdout.write(_printed(validation.report, asked.format, lang))
    return CONFORMS if validation.report.conforms else VIOLATIONS


def draft(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.drafting.command import draft_command, printed

    written = draft_command(asked.source, asked.out, asked.mapping, asked.actors)
    sys.stderr.write(Report(written.draft.findings).text(lang))
    for file in written.files:
        sys.stdout.write(f"{file}\n")
    if not written.files:
        sys.stdout.write(printed(written.draft))
    return CONFORMS


def mint(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.release.minting import mint_new

    today = asked.date or datetime.date.today()
    for iri in mint_new(asked.data, today):
        sys.stdout.write(f"{iri}\n")
    return CONFORMS


def registry(asked: argparse.Namespace, lang: Lang) -> int:
    return _REGISTRY[asked.action](asked, lang)


def _registry_fetch(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.registries import command

    with Progress(lang) as progress:
        counts = command.fetch_and_load(asked.api, asked.format, asked.register, progress)
    if counts is None:
        unchanged = Words(nb="Registeret har ikke nye filer.", en="The register has no new files.")
        sys.stdout.write(f"{unchanged.in_language(lang)}\n")
        return CONFORMS
    return _loaded(counts, asked.register, lang)


def _registry_load(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.registries import command

    with Progress(lang) as progress:
        day = asked.date.isoformat() if asked.date else None
        counts = command.load(asked.files, asked.register, day, progress)
    return _loaded(counts, asked.register, lang)


def _loaded(counts: Counts, register: Path, lang: Lang) -> int:
    from fosen_graph.registries.command import told_counts
    from fosen_graph.registries.index import open_register

    with open_register(register) as local:
        sys.stdout.write(f"{register}: {told_counts(counts, local.date, lang)}\n")
    return CONFORMS


def _registry_lookup(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.registries import command

    found, outcome, date = command.look_up(asked.unit, asked.register, asked.api if asked.live else None)
    if asked.format == "json":
        sys.stdout.write(command.told_json(found, date))
    else:
        sys.stdout.writelines(f"{command.told_unit(unit, lang)}\n" for unit in found)
        if not found:
            sys.stdout.write(f"{command.told_nothing(asked.unit, outcome, date).in_language(lang)}\n")
    return CONFORMS if found else VIOLATIONS


def _registry_update(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.registries import command

    with Progress(lang) as progress:
        done = command.follow(asked.api, asked.register, progress)
    told = Words(
        nb=f"{done.read} endringer lest, {done.changed} enheter endret, {len(done.dissolved)} slettet eller fjernet.",
        en=f"{done.read} changes read, {done.changed} units changed, {len(done.dissolved)} deleted or removed.",
    )
    sys.stdout.write(f"{told.in_language(lang)}\n")
    if done.dissolved:
        sys.stdout.write(f"{command.told_dissolved(done.dissolved).in_language(lang)}\n")
    return CONFORMS


def _registry_generate(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.registries import command

    for file in command.generate(asked.folder, asked.size, asked.seed, asked.format, asked.date.isoformat()):
        sys.stdout.write(f"{file}\n")
    return CONFORMS


def link(asked: argparse.Namespace, lang: Lang) -> int:
    return _LINK[asked.action](asked, lang)


def _link_propose(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.linking import command

    found = command.propose(asked.data, asked.register)
    sys.stdout.write(command.told_json(found) if asked.format == "json" else command.told_text(found, lang))
    return CONFORMS


def _link_review(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.linking.command import review
    from fosen_graph.linking.dialogue import Dialogue
    from fosen_graph.linking.review import given_role

    by = given_role(asked.by) if asked.by is not None else None
    found = review(asked.data, asked.register, asked.date or datetime.date.today())
    if asked.page:
        from fosen_graph.web.deciding.serving import serve_page

        serve_page(found, asked.port, lang, by, say_line)
        return CONFORMS
    return CONFORMS if Dialogue(found, ask_line, say_line, lang, by).run() else COULD_NOT_RUN


def _link_check(asked: argparse.Namespace, lang: Lang) -> int:
    from fosen_graph.linking import command

    today = asked.date or datetime.date.today()
    done = command.check(asked.data, asked.register, asked.api, today=today, most_days=asked.max_age, write=asked.write)
    sys.stderr.writelines(f"{file}\n" for file in done.written)
    sys.stdout.write(_printed(done.report, asked.format, lang))
    return VIOLATIONS if len(done.report) else CONFORMS


_LINK: Mapping[str, Callable[[argparse.Namespace, Lang], int]] = {
    "propose": _link_propose,
    "review": _link_review,
    "check": _link_check,
}
_REGISTRY: Mapping[str, Callable[[argparse.Namespace, Lang], int]] = {
    "fetch": _registry_fetch,
    "load": _registry_load,
    "lookup": _registry_lookup,
    "update": _registry_update,
    "generate": _registry_generate,
}
_COMMANDS: Mapping[str, Callable[[argparse.Namespace, Lang], int]] = {
    "check": check,
    "build": build,
    "serve": serve,
    "export-site": export_site,
    "publish": publish,
    "query": query,
    "validate": validate,
    "draft": draft,
    "mint": mint,
    "registry": registry,
    "link": link,
}

if __name__ == "__main__":
    sys.exit(main())
