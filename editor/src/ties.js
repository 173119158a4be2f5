// Rows or triples in; things and ties out, drawn as a net by a script that is fetched when somebody looks.
import { element, worded } from "./elements.js";

const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const isThing = (term) => term && term.type !== "literal" && term.type !== "typed-literal";

/* Two columns of things make pairs; a third one between or after them names the tie where it has few values. */
netOf.fits = (vars, rows, triples) => (triples ? rows.some((row) => row[vars[1]].value !== TYPE && isThing(row[vars[2]])) : columns(vars, rows).length >= 2);

function columns(vars, rows) {
    return vars.filter((name) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || isThing(row[name])));
}

export async function netOf(host, vars, rows, triples, words, names) {
    const { nodes, links } = triples ? ofTriples(vars, rows) : ofRows(columns(vars, rows), rows);
    const { drawNet, tooLarge } = await import(words.net_address);
    if (!tooLarge({ nodes, links })) await names.learn([...nodes, ...links.map(({ term }) => term), ...nodes.map(({ type }) => type)].filter(Boolean).map((one) => (one.term ? one.term : one)));
    const called = (term) => (term.type === "uri" ? names.of(term.value) : { text: `_:${term.value}`, lang: "", address: "" });
    const told = nodes.map(({ id, term, kind, type }) => {
        const { text, lang, address } = called(term);
        return { id, label: text, lang: lang && lang !== words.lang ? lang : undefined, href: address || undefined, kind: type ? called(type).text : kind };
    });
    const left = triples ? words.net_left : worded(words.net_columns, { columns: columns(vars, rows).join(", ") });
    host.append(element("p", { class: "quiet" }, left));
    drawNet(host, { nodes: told, links: links.map(({ from, to, label, term }) => ({ from, to, label: term ? called(term).text : label })) }, words.net_words);
}

const key = (term) => `${term.type} ${term.value}`;

/* Each pair of neighbouring columns in a row is a tie. */
function ofRows(things, rows) {
    const nodes = new Map();
    const links = [];
    for (const row of rows) {
        const found = things.filter((name) => row[name]);
        for (const name of found) if (!nodes.has(key(row[name]))) nodes.set(key(row[name]), { id: key(row[name]), term: row[name], kind: name });
        for (const [at, name] of found.slice(1).entries()) links.push({ from: key(row[found[at]]), to: key(row[name]), label: "" });
    }
    return { nodes: [...nodes.values()], links };
}

/* A type is told by the shape of its things; texts and numbers stand in the table. */
function ofTriples([s, p, o], rows) {
    const nodes = new Map();
    const links = [];
    const types = new Map();
    for (const row of rows) if (row[p].value === TYPE && !types.has(key(row[s]))) types.set(key(row[s]), row[o]);
    const node = (term) => nodes.set(key(term), { id: key(term), term, kind: "", type: types.get(key(term)) });
    for (const row of rows) {
        if (row[p].value === TYPE || !isThing(row[o])) continue;
        node(row[s]);
        node(row[o]);
        links.push({ from: key(row[s]), to: key(row[o]), term: row[p] });
    }
    return { nodes: [...nodes.values()], links };
}
