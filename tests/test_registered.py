"""Decisions about links, and what a register said of who is linked: from the files to the graphs."""

from __future__ import annotations

from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SKOS, XSD, Literal, URIRef
from real_plan import Files, found, read_pieces
from test_broken import whole

from fosen_graph.findings import Severity
from fosen_graph.iris import ADMS, BR, CODES, FG, OA, ORGANISATION_CATALOGUE, ORGANISATION_STATUS, ROV, Iris

ROADS = Iris().of_region("dalen", "aktoer", "vegvesenet")
DECISION = URIRef(f"{Iris().region('dalen')}/lenke/vegvesenet")
FACTS = """registeropplysninger:
- om: vegvesenet
  registrert-navn: STATENS VEGVESEN
  organisasjonsform: ORGL
  hentet-fra: https://data.brreg.no/enhetsregisteret/api/enheter/971032081
  dato: 2030-02-01
  registrert: 1995-02-19
  kommunenummer: 3405
  næringskode: ["84.130", "52.210"]
  sektorkode: 6100
  overordnet: 972417904
  hjemmeside: www.vegvesen.no
"""


def files(links: str = "", facts: str = FACTS) -> Files:
    """The small region with more in lenker.yaml and something in registeropplysninger.yaml."""
    small = whole()
    totals = small["aktoerer.yaml"].replace(b"registeropplysninger: 0", b"registeropplysninger: 1")
    decided = small["lenker.yaml"] + links.encode()
    count = decided.count(b"- om:")
    totals = totals.replace(b"lenker: 1", f"lenker: {count}".encode())
    return {**small, "aktoerer.yaml": totals, "lenker.yaml": decided, "registeropplysninger.yaml": facts.encode()}


def graphs(given: Files) -> dict[str, set[tuple[object, ...]]]:
    region, plan = read_pieces(given, region="dalen", plan="2030-2032")
    assert not region.findings + plan.findings
    return {name: set(triples) for name, triples in region.graphs.items()}


def told(given: Files) -> list[tuple[str, int, Severity]]:
    return [(one.code, one.place.line, one.severity) for one in found(given, "dalen", "2030-2032")]


def day(text: str) -> Literal:
    return Literal(text, datatype=XSD.date)


def test_an_accepted_number_names_the_same_unit_where_data_and_people_find_it() -> None:
    links = graphs(files())["links"]
    assert {(p, str(o)) for s, p, o in links if s == ROADS} == {
        (ADMS.identifier, f"{ROADS}/identifikator"),
        (OWL.sameAs, f"{ORGANISATION_CATALOGUE}971032081"),
        (RDFS.seeAlso, "https://data.brreg.no/enhetsregisteret/api/enheter/971032081"),
        (FOAF.page, "https://data.brreg.no/enhetsregisteret/oppslag/enheter/971032081"),
    }


def test_a_decision_tells_who_when_why_and_on_which_day_of_the_register() -> None:
    """Two decisions about one actor do not mix: each has its own evidence."""
    refused = """- om: vegvesenet
  avvist-nummer: 974760673
  belegg: Et annet navn.
  begrunnelse: Det er registerføreren selv.
  av: prosjektet
  dato: 2030-02-02
  registerdato: 2030-02-01
"""
    links = graphs(files(refused))["links"]
    refusal = URIRef(f"{DECISION}-974760673")
    role = URIRef(f"{Iris().region('dalen')}/kontroll/prosjektet")
    assert {(p, o) for s, p, o in links if s == refusal} == {
        (RDF.type, FG.IdentityCandidate),
        *((RDF.type, above) for above in (FG.Interpretation, PROV.Entity)),
        (FG.candidateSubject, ROADS),
        (FG.candidateTarget, URIRef(f"{ORGANISATION_CATALOGUE}974760673")),
        (FG.certainty, URIRef(f"{CODES}sikkerhet/sikker")),
        (FG.reviewStatus, URIRef(f"{CODES}status/avvist")),
        (SKOS.editorialNote, Literal("Et annet navn.", lang="nb")),
        (SKOS.note, Literal("Det er registerføreren selv.", lang="nb")),
        (PROV.wasAttributedTo, role),
        (DCTERMS.date, day("2030-02-02")),
        (DCTERMS.valid, day("2030-02-01")),
    }
    assert [o for s, p, o in links if (s, p) == (DECISION, SKOS.editorialNote)] == [
        Literal("Navn og nummer står sammen i registeret.", lang="nb")
    ]
    assert (ROADS, OWL.sameAs, URIRef(f"{ORGANISATION_CATALOGUE}974760673")) not in links
    assert told(files(refused)) == []


def test_a_linked_organisation_with_name_and_form_is_a_registered_one() -> None:
    registry = graphs(files())["registry"]
    node, record = URIRef(f"{ROADS}/identifikator"), URIRef(f"{ROADS}/registerfoering")
    said = {(s, p, o) for s, p, o in registry if s in (ROADS, node, record)}
    assert said == registry
    assert {
        (ROADS, RDF.type, ROV.RegisteredOrganization),
        (ROADS, ROV.legalName, Literal("STATENS VEGVESEN")),
        (ROADS, ROV.registration, node),
        (node, DCTERMS.issued, day("1995-02-19")),
        (ROADS, ROV.orgStatus, URIRef(f"{ORGANISATION_STATUS}NormalAktivitet")),
        (ROADS, BR.nace, Literal("84.130")),
        (ROADS, BR.nace, Literal("52.210")),
        (ROADS, BR.sectorCode, Literal("6100")),
        (ROADS, ORG.subOrganizationOf, URIRef(f"{ORGANISATION_CATALOGUE}972417904")),
        (ROADS, FOAF.homepage, URIRef("http://www.vegvesen.no")),
        (record, DCTERMS.issued, day("2030-02-01")),
        (record, FG.municipalityNumber, Literal("3405")),
        (record, DCTERMS.license, URIRef("https://data.norge.no/nlod/no/")),
    } <= registry
    assert told(files()) == []


def test_without_form_or_link_nothing_is_a_registered_organisation() -> None:
    facts = FACTS.replace("  organisasjonsform: ORGL\n", "")
    registry = graphs(files(facts=facts))["registry"]
    assert not [s for s, p, o in registry if ROV.RegisteredOrganization in (p, o) or p == ROV.registration]
    apart = FACTS.replace("om: vegvesenet", "om: dalbuss-as")
    assert not [s for s, p, o in graphs(files(facts=apart))["registry"] if p == ROV.registration]
    assert told(files(facts=apart)) == [("RegisterRecord-linked", 2, Severity.WARNING)]


def test_a_unit_in_trouble_is_a_warning_at_its_line() -> None:
    for key, code in (
        ("slettet: 2030-01-05", "RegisterRecord-deleted"),
        ("konkurs: 2030-01-05", "RegisterRecord-bankrupt"),
        ("under-avvikling: true", "RegisterRecord-windingUp"),
    ):
        given = files(facts=f"{FACTS}  {key}\n")
        assert told(given) == [(code, 13, Severity.WARNING)]
        states = [str(o) for _, p, o in graphs(given)["registry"] if p == ROV.orgStatus]
        assert states == ([f"{ORGANISATION_STATUS}Avviklet"] if "slettet" in key else [])


def test_what_cannot_be_is_told_where_it_stands() -> None:
    cases = {
        "  dato: 2030-02-01\n": ("", "missing-key", 2),
        "dato: 2030-02-01": ("dato: 2030-02-01\n  år: 2030", "one-of-two", 7),
        "kommunenummer: 3405": ("kommunenummer: 34", "wrong-form", 8),
        "hjemmeside: www.vegvesen.no": ("hjemmeside: post@vegvesen.no", "wrong-form", 12),
        "overordnet: 972417904": ("overordnet: 972417905", "bad-check-digit", 11),
        "overordnet: 97241790": ("overordnet: 9724179", "bad-number", 11),
        "organisasjonsform: ORGL": ("organisasjonsform: ENK", "Privacy-notPersonal", 4),
        "sektorkode: 6100": ("telefon: 22073000", "unknown-key", 10),
    }
    for before, (after, code, line) in cases.items():
        assert before in FACTS
        assert told(files(facts=FACTS.replace(before, after, 1))) == [(code, line, Severity.VIOLATION)], before


def test_one_decision_in_an_entry() -> None:
    given = files()
    both = given["lenker.yaml"].replace(b"  belegg:", b"  avvist-nummer: 974760673\n  belegg:", 1)
    assert [code for code, *_ in told({**given, "lenker.yaml": both})] == ["one-of-two"]


def test_a_number_that_is_accepted_is_no_longer_a_question() -> None:
    given = files()
    question = b"""kandidater:
- {id: veg, gjelder: aktoer/vegvesenet, organisasjonsnummer: 971032081, fordi: Samme navn.}
"""
    totals = given["aktoerer.yaml"].replace(b"kandidater: 0", b"kandidater: 1")
    findings = told({**given, "aktoerer.yaml": totals, "kandidater.yaml": question})
    assert findings == [("Candidate-settled", 2, Severity.VIOLATION)]


PLACES = b"""steder:
- {id: dalen, navn: Dalen, kommunenummer: 3405, kartverket: 173007, wikidata: Q484257, hentet-fra: https://example.org/a}
- {id: oevre-dalen, navn: Dalen og Lia, hentet-fra: https://example.org/a}
- {om: oevre-dalen, opprettet: 2030-01-01, etter: [dalen], hentet-fra: https://example.org/b}
"""
SUBJECTS = b"""emner:
- om: 2030-2032/innsatsomraade/samferdsel-veg
  los: tema/trafikk-og-transport
  grad: sikker
  fordi: Samme ord.
  av: prosjektet
  dato: 2030-02-01
- om: 2030-2032/innsatsomraade/samferdsel-veg
  eu: TRAN
  grad: sannsynlig
  fordi: Samme sak.
  av: prosjektet
  dato: 2030-02-01
los-begreper:
- {om: tema/trafikk-og-transport, bokm\xc3\xa5l: Trafikk og transport, hentet-fra: https://psi.norge.no/los/all.rdf}
eu-temaer:
- {om: TRAN, bokm\xc3\xa5l: Transport, hentet-fra: http://publications.europa.eu/resource/authority/data-theme}
"""


def added(places: bytes = PLACES, subjects: bytes = SUBJECTS) -> Files:
    small = whole()
    totals = small["aktoerer.yaml"].replace(
        b"registeropplysninger: 0}", f"registeropplysninger: 0, steder: 3, emner: {subjects.count(b'grad')}}}".encode()
    )
    return {**small, "aktoerer.yaml": totals, "steder.yaml": places, "emner.yaml": subjects}


def test_a_place_has_its_number_its_authority_and_what_it_came_after() -> None:
    enrichment = graphs(added())["enrichment"]
    old, new = (Iris().of_region("dalen", "sted", slug) for slug in ("dalen", "oevre-dalen"))
    assert {(p, o) for s, p, o in enrichment if s == old} == {
        (RDF.type, DCTERMS.Location),
        (SKOS.prefLabel, Literal("Dalen", lang="nb")),
        (DCTERMS.identifier, Literal("3405")),
        (OWL.sameAs, URIRef("https://data.geonorge.no/administrativeEnheter/kommune/id/173007")),
        (URIRef("https://schema.org/sameAs"), URIRef("http://www.wikidata.org/entity/Q484257")),
        (DCTERMS.source, URIRef("https://example.org/a")),
    }
    assert {(new, DCTERMS.replaces, old), (new, DCTERMS.created, day("2030-01-01"))} <= enrichment


def test_each_subject_of_a_focus_area_has_its_own_reason_and_reviewer() -> None:
    """Two about one focus area do not mix; the lists' own names stand with them."""
    area = URIRef(f"{Iris().plan('dalen', '2030-2032')}/innsatsomraade/samferdsel-veg")
    los, theme = (
        URIRef("https://psi.norge.no/los/tema/trafikk-og-transport"),
        URIRef("http://publications.europa.eu/resource/authority/data-theme/TRAN"),
    )
    found = graphs(added())
    enrichment = found["enrichment"]
    assert {o for s, p, o in enrichment if (s, p) == (area, DCTERMS.subject)} == {los, theme}
    reading = URIRef(f"{area}/emne/tran")
    assert {(p, o) for s, p, o in enrichment if s == reading and p != RDF.type} == {
        (OA.motivatedBy, OA.classifying),
        (OA.hasTarget, area),
        (OA.hasBody, theme),
        (FG.certainty, URIRef(f"{CODES}sikkerhet/sannsynlig")),
        (FG.reviewStatus, URIRef(f"{CODES}status/gjennomgaatt")),
        (SKOS.editorialNote, Literal("Samme sak.", lang="nb")),
        (PROV.wasAttributedTo, URIRef(f"{Iris().region('dalen')}/kontroll/prosjektet")),
        (DCTERMS.date, day("2030-02-01")),
    }
    assert (los, SKOS.prefLabel, Literal("Trafikk og transport", lang="nb")) in enrichment
    assert not {triple for triple in enrichment if triple in found["links"]}


def test_a_subject_or_a_place_that_cannot_be_is_told_where_it_stands() -> None:
    cases = (
        (added(places=PLACES.replace(b"etter: [dalen]", b"etter: [lia]")), ("unknown-name", 4)),
        (added(places=PLACES.replace(b"3405", b"34")), ("Place-number", 2)),
        (added(subjects=SUBJECTS.replace(b"  eu: TRAN", b"  eu: ENER")), ("Subject-concept", 9)),
        (added(subjects=SUBJECTS.replace(b"  eu: TRAN", b"  los: tema/x\n  eu: TRAN")), ("one-of-two", 10)),
        (added(subjects=SUBJECTS.replace(b"samferdsel-veg", b"samferdsel-vei", 1)), ("unknown-name", 3)),
        (added(subjects=SUBJECTS.replace(b"  fordi: Samme sak.\n", b"")), ("missing-key", 8)),
    )
    for given, expected in cases:
        unread = ("new-iri", "not-in-any-plan")
        assert [(code, line) for code, line, _ in told(given) if code not in unread] == [expected]
