// An answer of the endpoint in; a table in pages, and what else can be made of it, on the page out.
import { element, worded } from "./elements.js";
import { barsOf, chartable } from "./bars.js";
import { netOf } from "./ties.js";
import { triplesOf } from "./triples.js";

const ROWS = 100;
const NUMERIC = /#(integer|decimal|double|float|int|long|short|byte|(un)?signed\w+|(non)?(positive|negative)Integer)$/i;

export const isNumber = (term) => !!term && NUMERIC.test(term.datatype ?? "") && Number.isFinite(Number(term.value));

/* text: null where it was too large to be shown. */
export async function showAnswer(form, response, text, query, words, names) {
    const type = response.headers.get("Content-Type");
    const table = type.includes("sparql-results+json");
    const parts = text === null ? [element("p", { class: "note" }, worded(words.too_much, words))] : await told(text, table, query, words, names);
    const section = element("section", { class: "answered", id: "svaret" }, element("h2", { id: "svar", tabindex: "-1" }, words.answer), ...parts, downloads(query, table, words));
    const old = document.getElementById("svaret");
    if (old) old.replaceWith(section);
    else form.parentElement.querySelector(".after-form").after(section);
    document.querySelector("main > p > a.permalink")?.parentElement.remove();
}

async function told(text, table, query, words, names) {
    const results = table ? JSON.parse(text) : triplesOf(text, words);
    if ("boolean" in results) return [element("p", { class: "lead" }, results.boolean ? words.yes : words.no)];
    const { vars } = results.head;
    const rows = results.results.bindings;
    const count = element("p", { class: "quiet" }, worded(rows.length === 1 ? words.rows_one : words.rows, { n: rows.length.toLocaleString(words.lang) }));
    const views = [[words.table, await tableView(vars, rows, words, names)]];
    if (words.net_address && netOf.fits(vars, rows, !table)) views.push([words.net, lazily((host) => netOf(host, vars, rows, !table, words, names))]);
    if (table && chartable(vars, rows)) views.push([words.chart, lazily((host) => barsOf(host, vars, rows, words, names))]);
    if (!table) views.push(["Turtle", lazily((host) => turtle(host, query, words))]);
    return [count, ...(views.length > 1 ? [switched(views, words)] : []), ...views.map(([, part]) => part)];
}

/* What is made when it is first looked at. */
function lazily(make) {
    const host = element("div", { hidden: true });
    let begun = false;
    host.begin = () => {
        if (!begun) make(host);
        begun = true;
    };
    return host;
}

async function turtle(host, query, words) {
    const answer = await fetch(`${words.root}/sparql`, { method: "POST", headers: { Accept: "text/turtle" }, body: new URLSearchParams({ query }) });
    const text = answer.ok ? await answer.text() : words.unreachable;
    host.append(element("pre", { tabindex: "0", role: "region", "aria-label": "Turtle" }, text));
}

async function tableView(vars, rows, words, names) {
    const table = element("div", { class: "wide", role: "region", "aria-labelledby": "svar", tabindex: "0" });
    const pager = element("nav", { class: "row pager", "aria-label": words.pages });
    const numbers = new Set(vars.filter((name) => rows.length && rows.every((row) => !row[name] || isNumber(row[name])) && rows.some((row) => row[name])));
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    const show = async (page) => {
        const shown = rows.slice((page - 1) * ROWS, page * ROWS);
        await names.learn(shown.flatMap((row) => vars.map((name) => row[name])));
        const side = (name) => (numbers.has(name) ? { class: "number" } : {});
        const body = shown.map((row) => element("tr", {}, ...vars.map((name) => element("td", side(name), ...cell(row[name], words, names)))));
        const head = element("tr", {}, ...vars.map((name) => element("th", { scope: "col", ...side(name) }, name)));
        table.replaceChildren(element("table", { class: "answer" }, element("caption", { class: "unseen" }, words.answer), element("thead", {}, head), element("tbody", {}, ...body)));
        const turn = (to, text) => element("button", { type: "button", class: "second", disabled: to < 1 || to > pages, onclick: () => show(to) }, text);
        pager.replaceChildren(turn(page - 1, words.previous), element("span", { class: "quiet", role: "status" }, worded(words.of_pages, { page, pages })), turn(page + 1, words.next));
    };
    await show(1);
    return element("div", {}, table, ...(pages > 1 ? [pager] : []));
}

function cell(term, words, names) {
    if (!term) return [];
    if (term.type === "bnode") return [element("span", { class: "quiet" }, `_:${term.value}`)];
    if (term.type !== "uri") return [element("span", { lang: foreign(term["xml:lang"], words) }, term.value)];
    const { text, lang, address, written } = names.of(term.value);
    const label = address ? element("a", { href: address, class: text.startsWith("http") ? "long" : undefined, title: term.value, lang: foreign(lang, words) }, text) : text;
    return [label, ...(written && written !== text ? [element("span", { class: "written" }, written)] : [])];
}

const foreign = (lang, words) => (lang && lang !== words.lang ? lang : undefined);

function switched(views, words) {
    const choose = (chosen) => {
        for (const [name, part] of views) part.hidden = name !== chosen;
        views.find(([name]) => name === chosen)[1].begin?.();
    };
    const choices = views.map(([name], at) => element("label", {}, element("input", { type: "radio", name: "visning", value: name, checked: at === 0, onchange: () => choose(name) }), ` ${name}`));
    return element("fieldset", { class: "views row" }, element("legend", { class: "unseen" }, words.view), ...choices);
}

const FORMATS = {
    table: [["CSV", "csv"], ["JSON", "json"], ["TSV", "tsv"], ["XML", "xml"]],
    graph: [["Turtle", "turtle", "ttl"], ["N-Triples", "ntriples", "nt"], ["JSON-LD", "jsonld"], ["RDF/XML", "rdfxml", "rdf"]],
};

/* A query that is too long for an address is sent in a form, and has no address of its own. */
function downloads(query, table, words) {
    const formats = FORMATS[table ? "table" : "graph"];
    const address = `${words.root}/sparql`;
    const row = element("div", { class: "row downloads" }, element("span", {}, words.download));
    if (new URLSearchParams({ query }).toString().length > words.longest_address) {
        const form = element("form", { method: "post", action: address, class: "row" }, element("input", { type: "hidden", name: "query", value: query }), ...formats.map(([name, format]) => element("button", { class: "second", name: "format", value: format }, name)));
        row.append(form);
        return row;
    }
    row.append(...formats.map(([name, format, ending]) => element("a", { href: `${address}?${new URLSearchParams({ query, format })}`, download: `fosen-graph.${ending ?? format}` }, name)));
    row.append(element("a", { href: `?${new URLSearchParams({ query })}`, class: "permalink" }, words.permalink));
    return row;
}
