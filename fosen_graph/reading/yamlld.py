"""Reviewed YAML and the editing context in, statements that know their places out: a JSON-LD expander with lines."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin

from rdflib import DCTERMS, RDF, XSD, BNode, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import DataError, Finding, Place, Words, shown, violation
from fosen_graph.iris import DEFAULT_BASE, SLUG, rebase
from fosen_graph.reading import yamltree
from fosen_graph.reading.context import Scope, Term


class Statement(NamedTuple):
    """One triple and the place of the value that it was read from."""

    subject: IdentifiedNode
    predicate: URIRef
    object: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says. minted: the IRIs that it gives an `id:`; owners: where each subject is introduced."""

    file: str
    statements: tuple[Statement, ...]
    minted: Mapping[URIRef, Place]
    owners: Mapping[IdentifiedNode, Place]
    comments: Mapping[Place, str]


def read_document(
    data: bytes,
    file: str,
    context: Scope,
    base: str,
    language: str,
    wrapped: tuple[str, URIRef] | None = None,
    root: str = DEFAULT_BASE,
) -> Document:
    """
    Read one reviewed file.

    data, file: its bytes, and its path for messages. context: read_context's scope. base: the IRI that slugs are
    resolved against. language: of texts whose key names none. wrapped: the key of the context that the whole file is
    the value of, and the IRI of the thing that it describes (kilde.yaml, plan.yaml). root: the base of all data, for
    addresses that are written with the default one.
    Scalars stay text; the context gives them their datatype.
    Raises DataError with all findings of the file. Format: docs/data-format.md.
    """
    tree = yamltree.read_tree(data, file)
    expander = _Expander(file, language, root)
    if wrapped:
        key, iri = wrapped
        expander.describe(iri, tree, context.terms[key].scope, base)
    else:
        expander.describe(BNode(f"{file}#"), tree, context, base)
    if expander.findings:
        raise DataError(expander.findings)
    return Document(file, tuple(expander.statements), expander.minted, expander.owners, expander.comments)


class _Expander:
    def __init__(self, file: str, language: str, root: str) -> None:
        self.file, self.language, self.root = file, language, root
        self.statements: list[Statement] = []
        self.minted: dict[URIRef, Place] = {}
        self.owners: dict[IdentifiedNode, Place] = {}
        self.comments: dict[Place, str] = {}
        self.findings: list[Finding] = []

    def describe(self, subject: IdentifiedNode, node: yamltree.Mapping, scope: Scope, base: str) -> None:
        """The statements of one mapping about its subject."""
        self.owners.setdefault(subject, node.place)
        for key, value in node.entries:
            if scope.keywords.get(key.text) == "@id":
                continue
            if scope.keywords.get(key.text) == "@type":
                self._types(subject, value, scope)
            elif term := scope.terms.get(key.text):
                self._values(subject, term, key, value, base)
            else:
                self.findings.append(_unknown_key(key, scope))

    def _types(self, subject: IdentifiedNode, node: yamltree.Node, scope: Scope) -> None:
        for value in _each(node):
            if isinstance(value, yamltree.Scalar) and value.text in scope.values:
                self.statements.append(Statement(subject, RDF.type, scope.values[value.text], value.place))
            else:
                self.findings.append(_unknown_word(value, scope))

    def _values(
        self, subject: IdentifiedNode, term: Term, key: yamltree.Scalar, node: yamltree.Node, base: str
    ) -> None:
        inner = _resolve(base, term.scope.base) if term.scope.base else base
        if term.container == "@index":
            self._indexed(subject, term, node, inner)
        elif term.container == "@list":
            self._list(subject, term, node, inner)
        else:
            for value in _each(node):
                self._value(subject, term, key, value, inner)

    def _value(self, subject: IdentifiedNode, term: Term, key: yamltree.Scalar, node: yamltree.Node, base: str) -> None:
        value = self._object(term, key, node, base)
        if value is None:
            return
        if not term.reverse:
            self.statements.append(Statement(subject, term.predicate, value, node.place))
        elif isinstance(value, IdentifiedNode):
            self.statements.append(Statement(value, term.predicate, subject, self.owners[value]))

    def _object(self, term: Term, key: yamltree.Scalar, node: yamltree.Node, base: str) -> Node | None:
        if isinstance(node, yamltree.Mapping):
            if not term.scope.terms:
                wanted = (
                    ("id-er, ikke nøkler", "ids, not keys")
                    if term.type == "@id"
                    else ("tekst, ikke nøkler", "text, not keys")
                )
                self.findings.append(_wrong_shape(node.place, key.text, *wanted))
                return None
            return self._thing(node, term.scope, base)
        if isinstance(node, yamltree.Sequence):
            self.findings.append(_wrong_shape(node.place, key.text, "ikke lister i lister", "no lists in lists"))
            return None
        if node.comment:
            self.comments[node.place] = node.comment
        if not node.text:
            self.findings.append(_no_value(key))
            return None
        if term.type is None and term.scope.terms:
            self.findings.append(_wrong_shape(node.place, key.text, "nøkler under seg", "keys below it"))
            return None
        return self._term_value(term, key, node, base)

    def _term_value(self, term: Term, key: yamltree.Scalar, node: yamltree.Scalar, base: str) -> Node | None:
        if term.type == "@id":
            return self._reference(term.predicate, node, base)
        if term.type == "@vocab":
            if _WORD.fullmatch(node.text):
                return URIRef(f"{term.scope.vocab}{node.text}")
            self.findings.append(_wrong_form(node, key.text, _ONE_WORD))
            return None
        if term.type:
            if fault := _lexical_fault(node.text, term.type):
                self.findings.append(_wrong_form(node, key.text, fault))
                return None
            return Literal(node.text, datatype=URIRef(term.type))
        language = self.language if term.language is None else term.language
        return Literal(node.text, lang=language or None)

    def _thing(self, node: yamltree.Mapping, scope: Scope, base: str) -> IdentifiedNode:
        names = [(key, value) for key, value in node.entries if scope.keywords.get(key.text) == "@id"]
        subject: IdentifiedNode = BNode(f"{self.file}#{node.place.line}.{node.place.column}")
        if len(names) > 1:
            self.findings.append(_two_names(names[1][0]))
        for key, value in names[:1]:
            subject = self._name(key, value, base) or subject
        self.describe(subject, node, scope, base)
        return subject

    def _name(self, key: yamltree.Scalar, value: yamltree.Node, base: str) -> URIRef | None:
        pattern = _SLUG_ALONE if key.text == "id" else _SLUG_PATH if base.startswith(self.root) else _ABROAD_PATH
        if not isinstance(value, yamltree.Scalar) or not pattern.fullmatch(value.text):
            self.findings.append(_bad_slug(value))
            return None
        iri = _resolve(base, value.text)
        if key.text == "id":
            if iri in self.minted:
                self.findings.append(minted_twice(iri, value.place, self.minted[iri]))
            self.minted[iri] = value.place
            self.owners[iri] = value.place
        self.owners.setdefault(iri, value.place)
        return iri

    def _reference(self, predicate: URIRef, node: yamltree.Scalar, base: str) -> URIRef | None:
        if predicate == DCTERMS.source:
            if is_web_address(node.text):
                return URIRef(rebase(node.text, self.root))
            self.findings.append(_bad_address(node))
            return None
        if not _SLUG_PATH.fullmatch(node.text):
            listed = all(_SLUG_PATH.fullmatch(part.strip()) for part in node.text.split(","))
            self.findings.append(_no_brackets(node) if listed else _bad_slug(node))
            return None
        iri = _resolve(base, node.text)
        self.owners.setdefault(iri, node.place)
        return iri

    def _indexed(self, subject: IdentifiedNode, term: Term, node: yamltree.Node, base: str) -> None:
        if not isinstance(node, yamltree.Mapping) or term.index is None:
            self.findings.append(_wrong_shape(node.place, term.scope.name, "«ord: {…}»", "“words: {…}”"))
            return
        for key, value in node.entries:
            if not isinstance(value, yamltree.Mapping):
                self.findings.append(_wrong_shape(value.place, key.text, "«{fordi: …}»", "“{fordi: …}”"))
                continue
            thing = self._thing(value, term.scope, base)
            self.owners[thing] = key.place
            self.statements.append(Statement(subject, term.predicate, thing, key.place))
            self.statements.append(Statement(thing, term.index, Literal(key.text), key.place))

    def _list(self, subject: IdentifiedNode, term: Term, node: yamltree.Node, base: str) -> None:
        cells: list[tuple[Node, Place]] = []
        for item in _each(node):
            value = self._object(term, yamltree.Scalar(term.scope.name, item.place), item, base)
            if value is not None:
                cells.append((value, item.place))
        heads = [BNode(f"{self.file}#{place.line}.{place.column}.list") for _, place in cells]
        ends: list[IdentifiedNode] = [*heads[1:], RDF.nil]
        self.statements.append(Statement(subject, term.predicate, heads[0] if heads else RDF.nil, node.place))
        for head, (value, place), rest in zip(heads, cells, ends, strict=True):
            self.statements.append(Statement(head, RDF.first, value, place))
            self.statements.append(Statement(head, RDF.rest, rest, place))


def _each(node: yamltree.Node) -> Iterator[yamltree.Node]:
    if isinstance(node, yamltree.Sequence):
        yield from node.items
    else:
        yield node


@lru_cache(maxsize=4096)
def _resolve(base: str, name: str) -> URIRef:
    return URIRef(urljoin(base, name))


_SLUG_ALONE = SLUG
_SLUG_PATH = re.compile(rf"{SLUG.pattern}(?:/{SLUG.pattern})*")
_ABROAD_PATH = re.compile(r"[A-Za-z0-9-]+(?:/[A-Za-z0-9-]+)*")  # below somebody else's address
_WORD = re.compile(r"[A-Za-z0-9_-]+")
_ONE_WORD = Words(nb="Skriv ett ord, uten mellomrom og tegn.", en="Write one word, without spaces and signs.")
_ABROAD = (
    r"\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000dffff"  # letters of other alphabets (RFC 3987, ucschar)
)
_IN_PATH = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@{_ABROAD}-]|%[0-9A-Fa-f]{{2}})"
_WEB_ADDRESS = re.compile(
    rf"https?://[A-Za-z0-9.{_ABROAD}-]+(?::[0-9]{{1,5}})?(?:/{_IN_PATH}*)*"
    rf"(?:\?(?:{_IN_PATH}|[/?])*)?(?:#(?:{_IN_PATH}|[/?])*)?"
)


def is_web_address(text: str) -> bool:
    return _WEB_ADDRESS.fullmatch(text) is not None


_LEXICAL = {  # canonical forms only: one value, one spelling
    str(XSD.integer): re.compile(r"0|[1-9][0-9]{0,8}"),
    str(XSD.gYear): re.compile(r"[12][0-9]{3}"),
    str(XSD.date): re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    str(XSD.boolean): re.compile(r"true|false"),
}
_FORMS = {
    str(XSD.integer): Words(nb="Skriv et helt tall, som 24.", en="Write a whole number, such as 24."),
    str(XSD.gYear): Words(nb="Skriv et årstall, som 2022.", en="Write a year, such as 2022."),
    str(XSD.date): Words(nb="Skriv datoen som åååå-mm-dd.", en="Write the date as yyyy-mm-dd."),
    str(XSD.boolean): Words(nb="Skriv true eller false.", en="Write true or false."),
}


def _lexical_fault(text: str, datatype: str) -> Words | None:
    """What to write instead, or None where the text is a canonical form of its datatype."""
    if not _LEXICAL[datatype].fullmatch(text):
        day = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text)
        if day and datatype == str(XSD.date):
            iso = f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
            return Words(nb=f"Skriv {iso}.", en=f"Write {iso}.")
        return _FORMS[datatype]
    if datatype == str(XSD.date):
        try:
            date.fromisoformat(text)
        except ValueError:
            return Words(nb="Datoen finnes ikke i kalenderen.", en="The calendar has no such date.")
    return None


def _wrong_form(node: yamltree.Scalar, key: str, remedy: Words) -> Finding:
    text = shown(node.text)
    what = Words(nb=f"«{text}» er ikke en gyldig verdi for «{key}».", en=f"“{text}” is no value for “{key}”.")
    return violation(node.place, "wrong-form", what, remedy)


def _guess(word: str, known: list[str]) -> Words:
    close = difflib.get_close_matches(word, known, 1, 0.6)
    if close:
        return Words(nb=f"mente du «{close[0]}»?", en=f"did you mean “{close[0]}”?")
    listed = ", ".join(f"«{key}»" for key in sorted(known))
    return Words(nb=f"Her kan stå: {listed}.", en=f"Here may stand: {listed}.")


def _unknown_key(key: yamltree.Scalar, scope: Scope) -> Finding:
    text = shown(key.text)
    where = f"«{scope.name}»" if scope.name else "filen"
    where_en = f"“{scope.name}”" if scope.name else "the file"
    what = Words(nb=f"«{text}» er ikke en nøkkel i {where}.", en=f"“{text}” is not a key of {where_en}.")
    if owner := _owner(key.text, scope):
        remedy = Words(
            nb=f"«{text}» hører til i «{owner}» under dette; se på innrykket.",
            en=f"“{text}” belongs in “{owner}” below this; check the indentation.",
        )
        return violation(key.place, "unknown-key", what, remedy)
    return violation(key.place, "unknown-key", what, _guess(key.text, scope.keys))


def _owner(key: str, scope: Scope) -> str:
    """The nearest scope inside this one that has the key."""
    inner = [term.scope for term in scope.terms.values()]
    return next((found.name for found in inner if key in found.terms), "") or next(
        (name for found in inner if (name := _owner(key, found))), ""
    )


def _unknown_word(node: yamltree.Node, scope: Scope) -> Finding:
    text = node.text if isinstance(node, yamltree.Scalar) else "…"
    what = Words(nb=f"«{shown(text)}» er ikke et kjent slag.", en=f"“{shown(text)}” is not a known kind.")
    return violation(node.place, "unknown-word", what, _guess(text, list(scope.values)))


def _no_value(key: yamltree.Scalar) -> Finding:
    what = Words(nb=f"«{key.text}» har ingen verdi.", en=f"“{key.text}” has no value.")
    return violation(
        key.place, "no-value", what, Words(nb="Skriv verdien, eller slett linjen.", en="Write it, or delete the line.")
    )


def _wrong_shape(place: Place, key: str, wanted: str, wanted_en: str) -> Finding:
    what = Words(nb=f"«{shown(key)}» skal ha {wanted}.", en=f"“{shown(key)}” takes {wanted_en}.")
    remedy = Words(nb="Skriv det slik docs/data-format.md viser.", en="Write it as docs/data-format.md shows.")
    return violation(place, "wrong-shape", what, remedy)


def _two_names(key: yamltree.Scalar) -> Finding:
    what = Words(nb="både «id» og «om» på samme sted.", en="both “id” and “om” in one place.")
    remedy = Words(
        nb="«id» lager noe nytt, «om» viser til noe; behold én.", en="“id” makes a new thing, “om” refers; keep one."
    )
    return violation(key.place, "two-names", what, remedy)


def _bad_slug(node: yamltree.Node) -> Finding:
    text = node.text if isinstance(node, yamltree.Scalar) else "…"
    what = Words(nb=f"«{shown(text)}» kan ikke være en id.", en=f"“{shown(text)}” cannot be an id.")
    remedy = Words(
        nb="Bruk små bokstaver a-z, tall og enkel bindestrek; æ, ø og å skrives ae, oe og aa.",
        en="Use lower-case a-z, digits and single hyphens; æ, ø and å are written ae, oe and aa.",
    )
    if (slug := _slug(text)) and not set(text) & set(":/."):
        remedy = Words(nb=f"mente du «{slug}»? {remedy.nb}", en=f"did you mean “{slug}”? {remedy.en}")
    return violation(node.place, "bad-slug", what, remedy)


def _no_brackets(node: yamltree.Scalar) -> Finding:
    text = shown(node.text)
    what = Words(nb=f"«{text}» er flere id-er uten hakeparenteser.", en=f"“{text}” is several ids without brackets.")
    remedy = Words(nb=f"Sett [ ] rundt: [{text}].", en=f"Put [ ] around them: [{text}].")
    return violation(node.place, "no-brackets", what, remedy)


def _slug(text: str) -> str:
    """A name as an id would write it."""
    for letter, letters in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        text = text.lower().replace(letter, letters)
    return "-".join(re.findall("[a-z0-9]+", text))[:60].rstrip("-")


def _bad_address(node: yamltree.Scalar) -> Finding:
    text = shown(node.text)
    what = Words(nb=f"«{text}» er ikke en nettadresse.", en=f"“{text}” is not a web address.")
    remedy = Words(
        nb="Kopier adressen fra nettleseren; den begynner med https://.",
        en="Copy the address from the browser; it begins with https://.",
    )
    return violation(node.place, "bad-address", what, remedy)


def minted_twice(iri: URIRef, place: Place, first: Place) -> Finding:
    """Two `id:` lines that give one IRI, in one file or in two."""
    slug = iri.rpartition("/")[2]
    what = Words(
        nb=f"id-en «{slug}» er brukt før, i {first}; de får samme IRI, {iri}.",
        en=f"the id “{slug}” was used before, in {first}; they get one IRI, {iri}.",
    )
    remedy = Words(
        nb="Gi den ene et annet navn, eller skriv «om:» for å vise til den.",
        en="Give one another name, or write “om:” to refer to it.",
    )
    return violation(place, "id-twice", what, remedy)
