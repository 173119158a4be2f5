// Rows or triples in; things and ties out, drawn as a net by a script that is fetched when somebody looks.
import { element, worded } from "./elements.js";

const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const isThing = (term) => term && term.type !== "literal" && term.type !== "typed-literal";

const NAMES = 12; // of ties; a column with more values is no kind of tie

netOf.fits = (vars, rows, triples) => (triples ? rows.some((row) => row[vars[1]].value !== TYPE && isThing(row[vars[2]])) : !!columns(vars, rows));

/* The first two columns of things are the ends; the first other one with few values names the ties. */
function columns(vars, rows) {
    const [from, to] = vars.filter((name) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || isThing(row[name])));
    if (!to) return null;
    const few = (name) => new Set(rows.map((row) => row[name] && key(row[name]))).size <= Math.min(NAMES, rows.length / 2);
    return { from, to, by: vars.find((name) => name !== from && name !== to && few(name)) };
}

export async function netOf(host, vars, rows, triples, words, names) {
    const ends = triples ? null : columns(vars, rows);
    const { nodes, links } = triples ? ofTriples(vars, rows, words.prefixes.fg) : ofRows(ends, rows);
    const { drawNet, tooLarge } = await import(words.net_address);
    if (!tooLarge({ nodes, links })) await names.learn([...nodes, ...links.map(({ term }) => term), ...nodes.map(({ type }) => type)].filter(Boolean).map((one) => (one.term ? one.term : one)));
    const called = (term) => (isThing(term) === false ? { text: term.value } : term.type === "uri" ? names.of(term.value) : { text: `_:${term.value}`, lang: "", address: "" });
    const told = nodes.map(({ id, term, kind, type }) => {
        const { text, lang, address } = called(term);
        return { id, label: text, lang: lang && lang !== words.lang ? lang : undefined, href: address || undefined, kind: type ? called(type).text : kind };
    });
    const left = triples ? words.net_left : worded(ends.by ? words.net_named : words.net_columns, ends);
    host.append(element("p", { class: "quiet" }, left));
    drawNet(host, { nodes: told, links: links.map(({ from, to, term }) => ({ from, to, label: term && called(term).text })) }, words.net_words);
}

const key = (term) => `${term.type} ${term.value}`;

function ofRows({ from, to, by }, rows) {
    const nodes = new Map();
    const links = [];
    for (const row of rows) {
        for (const name of [from, to]) if (row[name] && !nodes.has(key(row[name]))) nodes.set(key(row[name]), { id: key(row[name]), term: row[name], kind: name });
        if (row[from] && row[to]) links.push({ from: key(row[from]), to: key(row[to]), term: row[by] });
    }
    return { nodes: [...nodes.values()], links };
}

/* A type, best one of our own, is told by the shape of its things; texts and numbers stand in the table. */
function ofTriples([s, p, o], rows, own) {
    const nodes = new Map();
    const links = [];
    const types = new Map();
    for (const row of rows) if (row[p].value === TYPE && (row[o].value.startsWith(own) || !types.has(key(row[s])))) types.set(key(row[s]), row[o]);
    const node = (term) => nodes.set(key(term), { id: key(term), term, kind: "", type: types.get(key(term)) });
    for (const row of rows) {
        if (row[p].value === TYPE || !isThing(row[o])) continue;
        node(row[s]);
        node(row[o]);
        links.push({ from: key(row[s]), to: key(row[o]), term: row[p] });
    }
    return { nodes: [...nodes.values()], links };
}
