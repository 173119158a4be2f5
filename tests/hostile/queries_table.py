"""Hostile queries, each with the statuses that are right for it."""

from __future__ import annotations

from typing import NamedTuple

CROSS = "?a ?b ?c . ?d ?e ?f"
CROSS3 = f"{CROSS} . ?g ?h ?i"

OVER = (503,)  # over time or over memory: which comes first depends on the machine
REFUSED = (422,)
ANSWERED = (200,)
BOUNDED = (200, 422, 503)  # cheap on a fast machine, or too large an answer, or stopped
SYNTAX = (400,)
FORBIDDEN = (403,)


class Attack(NamedTuple):
    name: str
    text: str
    statuses: tuple[int, ...]


def _chain(binds: int, first: str, step: str) -> str:
    rest = " ".join(f"BIND({step.format(f'?x{n}')} AS ?x{n + 1})" for n in range(binds))
    return f"SELECT (STRLEN(?x{binds}) AS ?n) {{ BIND({first} AS ?x0) {rest} }}"


def _filtered(regex: str) -> str:
    return f'SELECT * {{ ?s ?p ?o FILTER(REGEX(STR(?o), "{regex}")) }}'


CRASHERS = (  # each ended a process of the engine, or would
    Attack("2,200 groups", "SELECT * " + "{" * 2200 + "}" * 2200, REFUSED),
    Attack("4,600 parentheses", "SELECT * { FILTER(" + "(" * 4600 + "1" + ")" * 4600 + ") }", REFUSED),
    Attack("9,200 negations", "SELECT * { FILTER(" + "!" * 9200 + "true) }", REFUSED),
    Attack("7,000 sums", "SELECT * { FILTER(1" + "+1" * 7000 + " > 0) }", REFUSED),
    Attack("5,000 unions", "SELECT * { {}" + " UNION {}" * 5000 + " }", REFUSED),
    Attack("path of 3,000 alternatives", "SELECT * { ?s " + "|".join(["fg:inPlan"] * 3000) + " ?o }", REFUSED),
    Attack("path of 590 steps", "SELECT * { ?s " + "/".join(["fg:inPlan"] * 590) + " ?o }", REFUSED),
    Attack("path of 590 steps in a group", "SELECT * { ?s (" + "/".join(["fg:inPlan"] * 590) + ") ?o }", REFUSED),
    Attack("collection of 50,000", "SELECT * { ?s ?p (" + "1 " * 50_000 + ") }", REFUSED),
    Attack("collection of 10,000 variables", "SELECT * { ?s ?p (" + "?v " * 10_000 + ") }", REFUSED),
    Attack("500 lists in lists", "SELECT * { ?s ?p " + "(" * 500 + "1" + ")" * 500 + " }", REFUSED),
    Attack("500 blank nodes in each other", "SELECT * { ?s ?p " + "[ ?p " * 500 + "1" + "]" * 500 + " }", REFUSED),
    Attack("3,000 patterns in EXISTS", "ASK { FILTER(EXISTS { " + "?s ?p ?o . " * 3000 + "}) }", REFUSED),
    Attack("5,000 aggregates", "SELECT " + " ".join(f"(COUNT(?s) AS ?x{n})" for n in range(5000)) + " {}", REFUSED),
    Attack("15,000 conditions on groups", "SELECT (1 AS ?x) {} GROUP BY ?s HAVING " + "(1) " * 15_000, REFUSED),
    Attack("description of 12,000", "DESCRIBE " + " ".join(f"<u:{n}>" for n in range(12_000)), REFUSED),
    Attack("5,000 quoted triples", "ASK { " + "<< " * 5000 + "?s ?p ?o" + " >> ?p ?o" * 5000 + " }", REFUSED),
    Attack(
        "parentheses in what looks like an IRI", "ASK { FILTER(1<" + "(" * 600 + "1" + ")" * 600 + ")#>\n}", REFUSED
    ),
    Attack("sums in what looks like an IRI", "ASK { FILTER(1<1" + "+1" * 9000 + ")#>\n}", REFUSED),
    Attack("15,000 keys to group by", "ASK {} GROUP BY " + "?x " * 15_000, REFUSED),
    Attack("8,000 keys to order by", "SELECT * {} ORDER BY " + "STR(?x) " * 8000, REFUSED),
    Attack("regular expression of 5,000 groups", _filtered("(" * 5000 + ")" * 5000), BOUNDED),
)
PLANNERS = (
    Attack("205 patterns", "SELECT * {" + " . ".join(f"?s{n} ?p ?s{n + 1}" for n in range(205)) + "}", REFUSED),
    Attack("98 patterns", "SELECT * {" + " . ".join(f"?s{n} fg:inPlan ?s{n + 1}" for n in range(98)) + "}", BOUNDED),
    Attack("500 options", "SELECT * {" + "OPTIONAL { ?s ?p ?o }" * 500 + "}", REFUSED),
    Attack("49 options", "SELECT * {" + "OPTIONAL { ?s ?p ?o }" * 49 + "}", BOUNDED),
    Attack("45 options in each other", "SELECT * {" + "?s ?p ?o OPTIONAL {" * 30 + "}" * 31, BOUNDED),
    Attack("46 queries in each other", "SELECT * " + "{ SELECT * " * 45 + "{ ?s ?p ?o }" + "}" * 45, BOUNDED),
    Attack("45 lists in lists", "SELECT * { ?s ?p " + "(" * 45 + "1" + ")" * 45 + " }", BOUNDED),
    Attack("15 unions joined", "SELECT (COUNT(*) AS ?n) {" + "{ ?s ?p ?o } UNION { ?o ?p ?s }" * 15 + "}", BOUNDED),
    Attack(
        "14 negations in each other",
        "SELECT (COUNT(*) AS ?n) {" + "?s ?p ?o FILTER NOT EXISTS {?x ?p ?o . " * 14 + "}" * 15,
        BOUNDED,
    ),
)
CROSSES = (
    Attack("count of a cross product", f"SELECT (COUNT(*) AS ?n) {{ {CROSS3} }}", OVER),
    Attack("distinct count of a cross product", f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {CROSS} }}", OVER),
    Attack("order of a cross product", f"SELECT * {{ {CROSS} }} ORDER BY ?c LIMIT 1", OVER),
    Attack("random order", f"SELECT * {{ {CROSS} }} ORDER BY RAND() LIMIT 1", OVER),
    Attack("distinct over a cross product", f"SELECT DISTINCT ?a ?f {{ {CROSS3} }}", (422, 503)),
    Attack("groups of a cross product", f"SELECT ?a ?f (COUNT(*) AS ?n) {{ {CROSS} }} GROUP BY ?a ?c ?f", OVER),
    Attack("far offset", f"SELECT * {{ {CROSS3} }} OFFSET 1000000000000 LIMIT 1", OVER),
    Attack("endless answer", f"SELECT * {{ {CROSS3} }}", (422, 503)),
    Attack("endless construction", f"CONSTRUCT {{ ?a ?b ?f }} {{ {CROSS3} }}", (406, 422, 503)),
    Attack("endless construction that repeats", f"CONSTRUCT {{ ?a ?b ?c }} {{ {CROSS3} }}", (406, 422, 503)),
    Attack("endless blank nodes", f"CONSTRUCT {{ [] ?b [] }} {{ {CROSS3} }}", (406, 422, 503)),
    Attack("description of everything", "DESCRIBE * { ?s ?p ?o }", (200, 406, 422, 503)),
    Attack(
        "no solution in a cross product", f'ASK {{ {CROSS3} FILTER(CONCAT(STR(?c), STR(?f), STR(?i)) = "") }}', OVER
    ),
    Attack("new identifiers without end", f"SELECT (COUNT(DISTINCT ?u) AS ?n) {{ {CROSS} BIND(UUID() AS ?u) }}", OVER),
    Attack("digests without end", f"SELECT (MAX(SHA512(CONCAT(STR(?c), STR(?f)))) AS ?n) {{ {CROSS} }}", OVER),
)
_ANY = "(!fg:x|^!fg:x)*"
PATHS = (
    Attack("everything reachable", f"SELECT (COUNT(*) AS ?n) {{ ?s {_ANY} ?o . ?o {_ANY} ?z }}", OVER),
    Attack("closures in closures", "SELECT (COUNT(*) AS ?n) { ?s " + "(" * 40 + "!fg:x" + ")+" * 40 + " ?o }", BOUNDED),
    Attack("options in options", "SELECT * { ?s " + "(" * 45 + "!fg:x" + ")?" * 45 + " ?o }", BOUNDED),
    Attack("closure of 40 round trips", "ASK { ?s (" + "|".join(["fg:inPlan/^fg:inPlan"] * 40) + ")* fg:x }", BOUNDED),
    Attack("negation of 590", "SELECT * { ?s !(" + "|".join(["fg:inPlan"] * 590) + ") ?o }", BOUNDED),
)
_VARIABLES = ", ".join(f"?v{n}" for n in range(14_000))
_OVERFLOWS = (
    "1/0",
    "ABS(-9223372036854775808)",
    'xsd:integer("-9223372036854775808") / -1',
    '"999999999999-01-01"^^xsd:date + "P9999999999Y"^^xsd:duration',
    "1e308 * 1e308",
)
GROWTHS = (
    Attack("nested quantifiers", _filtered("(a*)*b"), ANSWERED),
    Attack("repetition of repetitions", _filtered("((((a{0,100}){0,100}){0,100}){0,100})"), BOUNDED),
    Attack("10,000 options", _filtered("(a|b|c)?" * 10_000 + "$"), BOUNDED),
    Attack(
        "expression from the data",
        'ASK { ?s ?p ?o FILTER(REGEX(STR(?o), CONCAT("\\\\p{L}{1000}", STR(?o)), "i")) }',
        BOUNDED,
    ),
    Attack("replacement grows", _chain(6, f'"{"a" * 20}"', 'REPLACE({0}, "a", {0})'), OVER),
    Attack("concatenation grows", _chain(40, '"aaaaaaaa"', "CONCAT({0}, {0})"), OVER),
    Attack("encoding grows", _chain(40, f'"{"æ" * 20_000}"', "ENCODE_FOR_URI({0})"), BOUNDED),
    Attack("group of everything", f"SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?n) {{ {CROSS} }}", OVER),
    Attack(
        "group in a group",
        "SELECT (STRLEN(GROUP_CONCAT(?x)) AS ?n) { { SELECT (GROUP_CONCAT(STR(?o)) AS ?x) "
        f"{{ ?s ?p ?o }} }} {CROSS} }}",
        OVER,
    ),
    Attack(
        "values of 18,000",
        "SELECT (COUNT(*) AS ?n) { VALUES ?x {" + " 7" * 18_000 + "} VALUES ?y {" + " 1" * 1000 + "} ?s ?p ?o }",
        OVER,
    ),
    Attack(
        "values crossed",
        "SELECT (COUNT(*) AS ?n) {" + "".join(f"VALUES ?x{n} {{ {'1 ' * 100}}}" for n in range(20)) + "}",
        OVER,
    ),
    Attack(
        "values undefined",
        "SELECT (COUNT(*) AS ?n) { VALUES (?x ?y) {"
        + "(UNDEF UNDEF)" * 6000
        + "} VALUES (?x ?y) {"
        + "(UNDEF 1)" * 500
        + "} ?x ?p ?y }",
        BOUNDED,
    ),
    Attack("one of 15,000 variables", f"ASK {{ ?s ?p ?o FILTER(?s IN ({_VARIABLES})) }}", BOUNDED),
    Attack("first of 20,000 that is bound", "ASK { ?s ?p ?o FILTER(COALESCE(" + "?z," * 20_000 + "0)) }", BOUNDED),
    Attack("number of 100,000 digits", 'SELECT ("' + "9" * 100_000 + '"^^xsd:decimal * 2 AS ?x) {}', ANSWERED),
    Attack("overflows", "SELECT " + " ".join(f"({it} AS ?x{n})" for n, it in enumerate(_OVERFLOWS)) + " {}", ANSWERED),
    Attack(
        "substring out of all bounds",
        'SELECT (SUBSTR("æøå", -9223372036854775808, 9223372036854775807) AS ?x) {}',
        ANSWERED,
    ),
    Attack("limit without bounds", "SELECT * {} LIMIT 99999999999999999999999999", SYNTAX),
    Attack("9,000 graphs", "SELECT * " + " ".join(f"FROM <u:{n}>" for n in range(9000)) + " { ?s ?p ?o }", BOUNDED),
)
TEXTS = (
    Attack("null bytes", "SELECT * { ?s ?p '\0\0\0' }", ANSWERED),
    Attack("null byte between words", "SELECT *\0{ ?s ?p ?o }", SYNTAX),
    Attack("lone surrogates", "SELECT * { ?s ?p '\ud800' }", SYNTAX),
    Attack("escaped surrogate", r"SELECT * { ?s ?p '\ud800' }", SYNTAX),
    Attack("control characters", "SELECT * { ?s ?p '" + "".join(map(chr, range(1, 9))) + "' }", ANSWERED),
    Attack("text that turns round", "SELECT * { ?s ?p '\u202eEVOL\u2066' }", ANSWERED),
    Attack("byte order mark", "\ufeffSELECT * { }", (200, 400)),
    Attack("no query", "", SYNTAX),
    Attack("only white space", " \t\n" * 40_000, SYNTAX),
    Attack("only a comment", "#" * 120_000, SYNTAX),
    Attack("only quotes", "'" * 120_000, (400, 422)),
    Attack("only backslashes", "\\" * 120_000, SYNTAX),
    Attack("only less-than signs", "<" * 120_000, (400, 422)),
    Attack("unfinished strings", 'SELECT * { ?s ?p """' + 'a"' * 50_000, SYNTAX),
    Attack("another language", "' OR 1=1; DROP TABLE plans; --", (400, 403)),
    Attack("a script", "<script>alert(1)</script>", SYNTAX),
    Attack("a path", "../../../../etc/passwd", SYNTAX),
    Attack("an expansion", "${jndi:ldap://127.0.0.1:1/a} {{7*7}} %n%s%x", SYNTAX),
    Attack("an update", "INSERT DATA { <a:b> <a:b> <a:b> }", FORBIDDEN),
    Attack("an update behind a query", "SELECT * {} ; DROP ALL", (400, 403)),
    Attack("an update behind a comment", "#\nSELECT\r#\nCLEAR ALL", (400, 403)),
    Attack("query of 200 kB", "SELECT * { ?s ?p '" + "x" * 200_000 + "' }", (413,)),
)
QUERIES = CRASHERS + PLANNERS + CROSSES + PATHS + GROWTHS + TEXTS
