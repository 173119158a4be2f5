// An answer of the endpoint in; a table in pages, a chart, a truth value or triples on the page out.
import { element, drawn, worded } from "./elements.js";

const ROWS = 100;
const BARS = 40;

export function showAnswer(form, response, text, query, words) {
    const section = element("section", { class: "answered", id: "svaret" }, element("h2", { id: "svar", tabindex: "-1" }, words.answer));
    const type = response.headers.get("Content-Type");
    const table = type.includes("sparql-results+json");
    section.append(...(table ? told(JSON.parse(text), words) : [element("pre", { tabindex: "0", role: "region", "aria-labelledby": "svar" }, text)]));
    section.append(downloads(query, table, words));
    const old = document.getElementById("svaret");
    if (old) old.replaceWith(section);
    else form.after(section);
    document.querySelector("a.permalink")?.remove();
}

function told(results, words) {
    if ("boolean" in results) return [element("p", { class: "lead" }, results.boolean ? words.yes : words.no)];
    const names = results.head.vars;
    const rows = results.results.bindings;
    const count = element("p", { class: "quiet" }, worded(rows.length === 1 ? words.rows_one : words.rows, { n: rows.length.toLocaleString() }));
    const table = element("div", { class: "wide", role: "region", "aria-labelledby": "svar", tabindex: "0" });
    const pager = element("nav", { class: "row pager", "aria-label": words.pages });
    show(table, pager, names, rows, 1, words);
    const chart = charted(names, rows, words);
    return chart ? [count, switched({ [words.table]: [table, pager], [words.chart]: [chart] }, words), table, pager, chart] : [count, table, pager];
}

function show(table, pager, names, rows, page, words) {
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    const body = rows.slice((page - 1) * ROWS, page * ROWS).map((row) => element("tr", {}, ...names.map((name) => element("td", {}, ...cell(row[name], words)))));
    const head = element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)));
    table.replaceChildren(
        element("table", { class: "answer" }, element("caption", { class: "unseen" }, words.answer), element("thead", {}, head), element("tbody", {}, ...body)),
    );
    pager.hidden = pages === 1;
    const turn = (to, text) => element("button", { type: "button", class: "second", disabled: to < 1 || to > pages, onclick: () => show(table, pager, names, rows, to, words) }, text);
    pager.replaceChildren(turn(page - 1, words.previous), element("span", { class: "quiet", role: "status" }, worded(words.of_pages, { page, pages })), turn(page + 1, words.next));
}

function cell(term, words) {
    if (!term) return [];
    if (term.type !== "uri") return [element("span", { lang: term["xml:lang"] }, term.value)];
    return [element("a", { href: address(term.value, words), title: term.value }, short(term.value, words))];
}

function address(iri, { base, root, lang }) {
    if (iri.startsWith(`${base}id/`)) return `${root}${lang === "en" ? "/en" : ""}/doc/${iri.slice(base.length + 3)}`;
    return /^https?:/.test(iri) ? iri : "#";
}

function short(iri, { prefixes }) {
    const found = Object.entries(prefixes).filter(([, space]) => iri.startsWith(space)).sort((a, b) => b[1].length - a[1].length)[0];
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
}

/* Bars for the last column with numbers, named by the first column without. */
function charted(names, rows, words) {
    const numeric = (name) => rows.length > 1 && rows.every((row) => row[name] && row[name].value.trim() !== "" && Number(row[name].value) >= 0);
    const value = names.filter(numeric).at(-1);
    const label = names.find((name) => name !== value && !numeric(name));
    if (!value || !label) return null;
    const shown = rows.slice(0, BARS);
    const most = Math.max(...shown.map((row) => Number(row[value].value)), 1);
    const bars = shown.map((row, at) => {
        const number = Number(row[value].value);
        const name = row[label] ? (row[label].type === "uri" ? short(row[label].value, words) : row[label].value) : "";
        const y = at * 44;
        return drawn("g", {}, drawn("text", { x: 0, y: y + 14 }, name.slice(0, 60)), drawn("rect", { x: 0, y: y + 20, width: Math.max(1, (number / most) * 520), height: 14 }), drawn("text", { x: Math.max(1, (number / most) * 520) + 8, y: y + 32 }, row[value].value));
    });
    const title = worded(words.chart_of, { value, label, n: shown.length });
    const svg = drawn("svg", { viewBox: `0 0 600 ${shown.length * 44}`, width: "100%", class: "bars", role: "img", "aria-label": title }, ...bars);
    return element("figure", { class: "chart", hidden: true }, element("figcaption", {}, title), svg);
}

function switched(views, words) {
    const choose = (chosen) => {
        for (const [name, parts] of Object.entries(views)) for (const part of parts) part.hidden = name !== chosen || (part.matches("nav") && part.querySelectorAll("button:not([disabled])").length === 0);
    };
    const choices = Object.keys(views).map((name, at) =>
        element("label", {}, element("input", { type: "radio", name: "visning", value: name, checked: at === 0, onchange: () => choose(name) }), ` ${name}`),
    );
    return element("fieldset", { class: "views row" }, element("legend", { class: "unseen" }, words.view), ...choices);
}

function downloads(query, table, words) {
    const formats = table ? [["CSV", "csv"], ["JSON", "json"], ["TSV", "tsv"], ["XML", "xml"]] : [["Turtle", "turtle", "ttl"], ["N-Triples", "ntriples", "nt"], ["JSON-LD", "jsonld"], ["RDF/XML", "rdfxml", "rdf"]];
    const links = formats.map(([name, format, ending]) =>
        element("a", { href: `${words.root}/sparql?${new URLSearchParams({ query, format })}`, download: `fosen-graph.${ending ?? format}` }, name),
    );
    const own = element("a", { href: `?${new URLSearchParams({ query })}`, class: "permalink" }, words.permalink);
    return element("p", { class: "row downloads" }, element("span", {}, words.download), ...links, own);
}
