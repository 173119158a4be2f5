// A table with numbers in; bars from zero, in the table's order, out.
import { isNumber } from "./answers.js";
import { drawn, element, worded } from "./elements.js";

const BARS = 50;

/* The last column of numbers, named by the columns (at most two) that are not. */
function chosen(vars, rows) {
    const value = vars.filter((name) => rows.every((row) => isNumber(row[name]) && Number(row[name].value) >= 0)).at(-1);
    const labels = vars.filter((name) => rows.some((row) => row[name] && !isNumber(row[name])));
    return { value, labels: labels.slice(0, 2) };
}

export function chartable(vars, rows) {
    const { value, labels } = chosen(vars, rows);
    return rows.length > 1 && !!value && labels.length > 0;
}

export async function barsOf(host, vars, rows, words, names) {
    const { value, labels } = chosen(vars, rows);
    const shown = rows.slice(0, BARS);
    await names.learn(shown.flatMap((row) => labels.map((name) => row[name])));
    const most = Math.max(...shown.map((row) => Number(row[value].value)), Number.MIN_VALUE);
    const named = (term) => {
        if (term?.type !== "uri") return element("span", { lang: term?.["xml:lang"] }, term?.value ?? "–");
        const { text, lang } = names.of(term.value);
        return element("span", { lang: lang || undefined }, text);
    };
    const bars = shown.map((row) => {
        const name = labels.flatMap((label, at) => (at ? [" · ", named(row[label])] : [named(row[label])]));
        const bar = drawn("svg", { "aria-hidden": "true", height: 14, width: "100%" }, drawn("rect", { width: `${(100 * Number(row[value].value)) / most}%`, height: 14 }));
        return element("li", {}, element("span", {}, ...name), element("b", {}, row[value].value), bar);
    });
    const told = { value, label: labels.join(", "), n: shown.length, all: rows.length.toLocaleString(words.lang) };
    const title = worded(shown.length < rows.length ? words.chart_part : words.chart_of, told);
    host.append(element("figure", { class: "chart" }, element("figcaption", {}, title), element("ul", { class: "bars" }, ...bars)));
}
