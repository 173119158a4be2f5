"""What plan.yaml says of the words around the table in; what those words say otherwise, out."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date

from rdflib import DCAT, DCTERMS, SKOS, URIRef
from rdflib.term import IdentifiedNode

from fosen_graph.findings import Finding, Place, Words, violation, warning
from fosen_graph.iris import EDITING, FG
from fosen_graph.reading import misreadings
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.laying import letters
from fosen_graph.reading.layout import written_date
from fosen_graph.reading.plan_words import Mention, Reading
from fosen_graph.reading.source import Source

_YEARS = re.compile(r"(?<!\w)(\d{4})\s*[-–—/]\s*(\d{4}|\d{2})(?!\w)")


def title_disagreements(
    facts: Facts, region: Facts, source: Source, reading: Reading, plan: URIRef
) -> Iterator[Finding]:
    """Bodies, names, dates, years and case references, each against the words that mention its own thing."""
    mentions = _Mentions(reading, source)
    subjects = dict.fromkeys(subject for subject, _, _ in facts.pairs(EDITING.mentioned))
    documents = [document for document, _ in facts.things(plan, FG.basedOn)]
    yield from _values(facts, source, mentions, reading.shadowed)
    for subject in subjects:
        names = facts.texts(subject, SKOS.prefLabel)
        if not names:
            yield from _bodies(subject, facts, region, mentions)
        elif subject in documents:
            yield from _documents(names, mentions.words[subject])
        else:
            yield from _composed(names, source)


class _Mentions:
    """words: of each thing, as they stand. about: the same, each with what follows it up to the next mention."""

    def __init__(self, reading: Reading, source: Source) -> None:
        self.words: dict[IdentifiedNode, list[str]] = defaultdict(list)
        self.about: dict[IdentifiedNode, list[str]] = defaultdict(list)
        lines: dict[int, list[Mention]] = defaultdict(list)
        for mention in reading.mentions:
            if mention.cell.column is None:
                lines[mention.cell.line].append(mention)
        for _, of_line in sorted(lines.items()):
            of_line.sort(key=lambda mention: mention.start)
            ends = [*(mention.start for mention in of_line[1:]), len(of_line[0].cell.text)]
            for mention, end in zip(of_line, ends, strict=True):
                self.words[mention.body].append(mention.text)
                self.about[mention.body].append(mention.cell.text[mention.start : end])


def _values(facts: Facts, source: Source, mentions: _Mentions, told: Container[URIRef]) -> Iterator[Finding]:
    """told: things whose words do not fit, which was said where they stand."""
    for subject, predicate, value, place in facts.statements:
        form = _written(predicate, str(value), source)
        if form is None or not isinstance(subject, URIRef) or subject in told:
            continue
        if _holds(mentions.about[subject], predicate, form):
            continue
        what = Words(
            nb=f"«{form}» står ikke ved ordene som omtaler dette.",
            en=f"“{form}” does not stand at the words that mention this.",
        )
        remedy = Words(
            nb="Rett verdien, eller legg ordene til under «omtalt».",
            en="Mend the value, or add the words under “omtalt”.",
        )
        yield violation(place, "not-in-title", what, remedy)


def _written(predicate: URIRef, value: str, source: Source) -> str | None:
    if predicate == DCTERMS.date:
        return written_date(date.fromisoformat(value), source.layout.date_form, source.layout.language)
    if predicate in (FG.caseReference, DCTERMS.dateAccepted, DCAT.startDate, DCAT.endDate):
        return value
    return None


def _holds(texts: Iterable[str], predicate: URIRef, form: str) -> bool:
    """Of a stretch of years, the first one begins and the second one ends: «2025-28» ends in 2028."""
    texts = list(texts)
    stretches = [stretch for text in texts for stretch in _YEARS.findall(text)]
    if predicate == DCAT.startDate and stretches:
        return any(first == form for first, _ in stretches)
    if predicate == DCAT.endDate and stretches:
        return any(f"{first[: 4 - len(last)]}{last}" == form for first, last in stretches)
    return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) for text in texts)


def _bodies(subject: IdentifiedNode, facts: Facts, region: Facts, mentions: _Mentions) -> Iterator[Finding]:
    """An actor that the title block mentions is called so there."""
    written = mentions.words[subject]
    names = _names(region)
    if not written or subject not in names or _spell(names[subject], written):
        return
    for name, place in region.texts(subject, SKOS.prefLabel):
        if _near(name, written):
            yield misreadings.name_differs(name, " … ".join(dict.fromkeys(written)), place)
            return
    place = next(s.place for s in facts.statements if s.object == subject and s.predicate != EDITING.mentioned)
    slug = subject.rpartition("/")[2]
    shown = " … ".join(dict.fromkeys(written))
    guess = next((other.rpartition("/")[2] for other, called in names.items() if _spell(called, written)), None)
    what = Words(
        nb=f"«{slug}» heter ikke det som står der: «{shown}».",
        en=f"“{slug}” is not called what stands there: “{shown}”.",
    )
    if guess:
        remedy = Words(nb=f"Mente du «{guess}»?", en=f"Did you mean “{guess}”?")
    else:
        remedy = Words(
            nb="Rett id-en, eller legg skrivemåten til under «skrevet» i aktoerer.yaml.",
            en="Mend the id, or add the form under “skrevet” in aktoerer.yaml.",
        )
    yield violation(place, "other-body", what, remedy)


def _names(region: Facts) -> Mapping[IdentifiedNode, Sequence[str]]:
    return {
        actor: [name for key in (SKOS.prefLabel, SKOS.altLabel) for name, _ in region.texts(actor, key)]
        for actor, _ in region.listed(EDITING.actor)
    }


def _spell(names: Iterable[str], written: Iterable[str]) -> bool:
    """Whether words, taken together, say one of these names or several of them, and nothing else."""
    known = [re.escape(letters(name)) for name in sorted(names, key=len, reverse=True) if letters(name)]
    return bool(known) and re.fullmatch(f"(?:{'|'.join(known)})+", "".join(map(letters, written))) is not None


def _near(name: str, written: Iterable[str]) -> bool:
    """A slip in the name, rather than another's name."""
    said = "".join(dict.fromkeys(map(letters, written)))
    return difflib.SequenceMatcher(None, letters(name), said).ratio() > 0.85


def _documents(names: Iterable[tuple[str, Place]], written: Sequence[str]) -> Iterator[Finding]:
    for name, place in names:
        if written and not _spell([name], written):
            yield misreadings.name_differs(name, " … ".join(dict.fromkeys(written)), place)


def _composed(names: Iterable[tuple[str, Place]], source: Source) -> Iterator[Finding]:
    """A name that is put together of what the title block says: each of its words stands there, in any case."""
    block = " ".join(cell.text for cell in source.cells.values() if cell.column is None)
    known = {word.casefold() for word in _words(block)}
    for name, place in names:
        strange = [word for word in _words(name) if word.casefold() not in known]
        if strange:
            what = Words(
                nb=f"«{strange[0]}» i «{name}» står ikke i kildens tittel.",
                en=f"“{strange[0]}” of “{name}” is not in the source's title.",
            )
            remedy = Words(nb="Skriv navnet som kilden.", en="Write the name as the source does.")
            yield warning(place, "name-differs", what, remedy)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w/-]+", text)
