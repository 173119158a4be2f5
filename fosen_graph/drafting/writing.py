"""Write an outline as the YAML files that people review, with «# forslag» where they should look."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fosen_graph.drafting.actors import Actors, Minter
from fosen_graph.drafting.lexicon import mend_hyphens
from fosen_graph.drafting.outline import Element, Kind, Outline
from fosen_graph.drafting.splitting import REASONS, Certainty, Segment
from fosen_graph.drafting.table import Cell, Level, Table
from fosen_graph.drafting.vocabulary import Vocabulary

_PLAIN = re.compile(r"[^\W\d_][\w «»–,./()+-]*(?:: ?(?=\w)[\w «»–./()+-]*)?")
_UNSAFE = re.compile(r": |:$| #|\s$")
_NOT_TEXT = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"}
_NUMBER = re.compile("[0-9]+|[A-ZÆØÅ]|[IVXLC]+")  # as kilde.yaml's {nummer} takes it
_PERIOD = re.compile(r"\b((?:19|20)\d\d)\s*[-–—/]\s*((?:19|20)?\d\d)\b")


def scalar(text: str, flow: bool = False) -> str:
    """A text as YAML writes it, plain where that is safe; flow: inside [ ] or { }."""
    if any(not char.isprintable() for char in text):
        escaped = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
        return f'"{"".join(escaped)}"'
    plain = _PLAIN.fullmatch(text) and not _UNSAFE.search(text) and text.casefold() not in _NOT_TEXT
    if plain and not (flow and re.search(r"[,\[\]{}:]", text)):
        return text
    return "'" + text.replace("'", "''") + "'"


def comment(text: str) -> str:
    """A text on one line, fit to stand after «# »."""
    return "".join(char if char.isprintable() else "·" for char in " ".join(text.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the files are written from."""

    text: str
    file: str
    table: Table
    outline: Outline
    language: str
    separator: str
    vocabulary: Vocabulary


def write_documents(material: Material) -> dict[str, str]:
    """File name -> text: plan.yaml, aktoerer.yaml, kilde.yaml, and ordninger.yaml if the table lists any."""
    writer = _Writer(material)
    documents = {"plan.yaml": "".join(f"{line}\n" for line in writer.plan())}
    documents["aktoerer.yaml"] = "".join(f"{line}\n" for line in writer.actor_lines())
    if writer.arrangements:
        documents["ordninger.yaml"] = "".join(f"{line}\n" for line in writer.arrangement_lines())
    documents["kilde.yaml"] = "".join(f"{line}\n" for line in _source_lines(material))
    return documents


class _Writer:
    def __init__(self, material: Material) -> None:
        self.material, self.outline = material, material.outline
        self.actors, self.minter = Actors(material.vocabulary), Minter(material.vocabulary)
        self.arrangements: dict[str, str] = {}

    def plan(self) -> Iterator[str]:
        yield f"# Utkast fra {comment(self.material.file)}. Et forslag fra et program: les det mot dokumentet."
        yield "# «# forslag» står der programmet har valgt etter en regel. Se docs/drafting.md."
        yield from self._title_block()
        strategies = list(self.outline.strategies)
        yield "strategier:" if strategies else "strategier: []"
        for strategy in strategies:
            yield from self._strategy(strategy)
        yield from _left_over("Linjer i og etter tabellen som ikke er plassert", self.material.table.loose)

    def _title_block(self) -> Iterator[str]:
        """The plan's name and period as the running text before the table seems to give them."""
        before = self.material.table.before
        yield f"navn: {scalar(_plan_name(before))} # forslag"
        found = next(((cell, match) for cell in before if (match := _PERIOD.search(cell.text))), None)
        if found:
            cell, match = found
            end = match[2] if len(match[2]) == 4 else match[1][:2] + match[2]
            yield "periode: # forslag"
            yield f"  fra: {match[1]}"
            yield f"  til: {end}"
            yield "  omtalt:"
            yield f"  - {{linje: {cell.line}, ordlyd: {scalar(match[0], flow=True)}}}"
        yield from _left_over("Fyll inn utgiver, vedtak og grunnlag etter disse linjene", before)

    def _strategy(self, strategy: Element) -> Iterator[str]:
        own = self.minter.mint("strategi", strategy.name)
        yield from self._head(strategy, own, "")
        if _NUMBER.fullmatch(strategy.number):
            yield f"  nummer: {strategy.number}"
        if strategy.lines:
            yield f"  linje: {strategy.lines[0]}"
        yield from _wording(strategy, "")
        if strategy.children:
            yield "  innsatsområder:"
        for area in strategy.children:
            yield from self._area(area, own)

    def _area(self, area: Element, strategy: str) -> Iterator[str]:
        own = self.minter.mint("innsatsomraade", area.name, prefix=strategy)
        yield from self._head(area, own, "  ")
        if area.own_line:
            yield f"    linje: {area.lines[0]}"
        yield from _wording(area, "  ")
        items = [child for child in area.children if child.kind is Kind.ITEM]
        listings = [child for child in area.children if child.kind is Kind.LISTING]
        if items:
            yield "    punkter:"
        for item in items:
            yield from self._item(item, own)
        if listings:
            yield "    oppføringer:"
        for listing in listings:
            yield from self._listing(listing, own)

    def _item(self, item: Element, area: str) -> Iterator[str]:
        own = self.minter.mint("punkt", item.name, parent=area)
        yield from self._head(item, own, "    ")
        yield from _wording(item, "    ")
        if item.own_line:
            yield f"      linje: {item.lines[0]}"
        yield "      tiltak:"
        for measure in item.children:
            yield from self._measure(measure, own)

    def _measure(self, measure: Element, item: str) -> Iterator[str]:
        yield from self._head(measure, self.minter.mint("tiltak", measure.name, parent=item), "      ")
        yield from _wording(measure, "      ")
        yield f"        linje: {_one_or_list([str(line) for line in measure.lines])}"
        for level, key in ((Level.RESPONSIBLE, "ansvarlig"), (Level.PARTNER, "partnere")):
            if segments := measure.actors.get(level):
                ids = list(dict.fromkeys(self.actors.id_of(segment) for segment in segments))
                yield f"        {key}: {_one_or_list(ids)}{_rule_comment(segments)}"
        yield from _uncertain([s for segments in measure.actors.values() for s in segments])

    def _listing(self, listing: Element, area: str) -> Iterator[str]:
        own = self.minter.mint("oppfoering", listing.name, parent=area)
        arrangement = self.minter.mint("ordning", listing.name, parent=area)
        self.arrangements[arrangement] = listing.name
        wording = "".join(f", {line.strip()}" for line in _wording(listing, "", flow=True))
        doubts = f" # forslag: {comment(' '.join(listing.doubts))}" if listing.doubts else ""
        yield f"    - {{id: {own}, ordning: {arrangement}, linje: {listing.lines[0]}{wording}}}{doubts}"

    def _head(self, element: Element, own: str, indent: str) -> Iterator[str]:
        yield f"{indent}- id: {own}"
        doubts = f" # forslag: {comment(' '.join(element.doubts))}" if element.doubts else ""
        yield f"{indent}  navn: {scalar(element.name)}{doubts}"

    def actor_lines(self) -> Iterator[str]:
        yield "# Aktørene som utkastet nevner. # forslag: «slag» er gjettet av navnets form."
        actors = list(self.actors)
        yield "aktører:" if actors else "aktører: []"
        for actor in actors:
            forms = [scalar(form, flow=True) for form in actor.written]
            written = f", skrevet: {_one_or_list(forms)}" if forms else ""
            yield f"- {{id: {actor.id}, slag: {actor.kind}, navn: {scalar(actor.name, flow=True)}{written}}}"

    def arrangement_lines(self) -> Iterator[str]:
        yield "# Samarbeidsordningene som utkastet fører opp. «form» bare der kilden selv sier den."
        yield "ordninger:"
        for own, name in self.arrangements.items():
            yield f"- {{id: {own}, navn: {scalar(name, flow=True)}}}"


def _plan_name(before: Sequence[Cell]) -> str:
    """The first line with «plan» or «program» in it, else the first line."""
    titles = [cell.text for cell in before]
    named = (title for title in titles if re.search(r"plan|program", title, re.IGNORECASE))
    return next(named, titles[0] if titles else "Plan uten navn")


def _one_or_list(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"


def _wording(element: Element, indent: str, flow: bool = False) -> Iterator[str]:
    if element.pieces:
        yield f"{indent}  ordlyd: {_one_or_list([scalar(piece, flow=True) for piece in element.pieces])}"
    elif element.wording and element.wording != element.name:
        yield f"{indent}  ordlyd: {scalar(element.wording, flow)}"


def _rule_comment(segments: Sequence[Segment]) -> str:
    """The rules that cut, where they are likely only; what is uncertain stands under usikkert."""
    rules = dict.fromkeys(segment.rule for segment in segments if segment.certainty is Certainty.LIKELY)
    return f" # forslag: {' '.join(REASONS[rule] for rule in rules)}" if rules and len(segments) > 1 else ""


def _uncertain(segments: Sequence[Segment]) -> Iterator[str]:
    doubtful = {s.text: s for s in segments if s.certainty is Certainty.UNCERTAIN}
    if doubtful:
        yield "        usikkert:"
    for text, segment in doubtful.items():
        yield f"          {scalar(text)}: {{fordi: {scalar(REASONS[segment.rule], flow=True)}, grad: usikker}}"


def _left_over(what: str, cells: Sequence[Cell]) -> Iterator[str]:
    if cells:
        yield f"# forslag: {what}:"
    for cell in cells:
        yield f"#   {cell.line}: {comment(cell.text)}"


def _source_lines(material: Material) -> Iterator[str]:
    """What the source is and how its table is built, in the form that --mapping takes as well."""
    yield "# Dokumentet slik det ble mottatt, og hvordan tabellen i det er bygd opp."
    yield "# Fyll inn «adresse» og «hentet» når de er kjent."
    yield f"sha256: {hashlib.sha256(material.text.encode()).hexdigest()}"
    yield f"språk: {material.language}"
    yield f"hoderad: {_one_or_list([str(line) for line in material.table.title_lines])}"
    yield "kolonner:"
    for column, (title, level) in sorted(material.table.titles.items()):
        content = f", innhold: {level}" if level else ""
        missing = "" if level else " # forslag: ikke med i utkastet"
        yield f"- {{tittel: {scalar(title or f'kolonne {column}', flow=True)}{content}}}{missing}"
    template = _heading_template(material.outline.strategies)
    if template:
        yield f"strategioverskrift: {scalar(template)} # forslag"
    if material.separator != "\t":
        yield f"skilletegn: {json.dumps(material.separator)}"


def _heading_template(strategies: Sequence[Element]) -> str:
    """How the headings look, if they all look alike: the words around their number and name."""
    templates = {
        re.sub(rf"\b{re.escape(s.number)}\b", "{nummer}", s.wording[: -len(s.name)], count=1) + "{navn}"
        for s in strategies
        if s.number and mend_hyphens(s.wording).casefold().endswith(s.name.casefold())
    }
    return templates.pop() if len(templates) == 1 else ""
