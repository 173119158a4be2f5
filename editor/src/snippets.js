// The present query in; out the same question for other programs, each to be copied.
import { element } from "./elements.js";

const asText = (query) => JSON.stringify(query); // a string of Python, R and JavaScript alike
const asWord = (query) => `'${query.replaceAll("'", `'\\''`)}'`; // of a shell

/* As it is written, over several lines, where the language has quotes that nothing in it ends. */
const inPython = (query) => (/"""|\\|"$/.test(query) ? asText(query) : `"""${query}"""`);
const inR = (query) => (query.includes(")---\"") ? asText(query) : `r"---(${query})---"`);
const inJavaScript = (query) => (/[`\\]|\$\{/.test(query) ? asText(query) : `\`${query}\``);

/* SELECT, ASK, CONSTRUCT or DESCRIBE: the first that is no part of a comment, a name or a text. */
export function formOf(query) {
    const bare = query.replace(/<[^<>\s]*>|"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*/g, " ");
    return /(?<![\w:?$-])(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![\w:-])/i.exec(bare)?.[1].toUpperCase() ?? "SELECT";
}

const PROGRAMS = {
    curl: (query, endpoint, form) => `curl --silent --header 'Accept: ${form === "SELECT" ? "text/csv" : form === "ASK" ? "application/sparql-results+json" : "text/turtle"}' --data-urlencode query=${asWord(query)} ${endpoint}\n`,
    Python: (query, endpoint, form) => {
        const [modules, accept, use] = {
            SELECT: ["import csv\nimport io\n", "text/csv", `    for row in csv.DictReader(io.TextIOWrapper(answer, "utf-8")):\n        print(row)`],
            ASK: ["import json\n", "application/sparql-results+json", `    print(json.load(answer)["boolean"])`],
        }[form] ?? ["", "text/turtle", `    print(answer.read().decode("utf-8"))`];
        return `${modules}from urllib.parse import urlencode
from urllib.request import Request, urlopen

query = ${inPython(query)}
request = Request("${endpoint}", urlencode({"query": query}).encode(), {"Accept": "${accept}"})
with urlopen(request) as answer:
${use}
`;
    },
    R: (query, endpoint, form) => {
        const format = form === "SELECT" ? "csv" : form === "ASK" ? "json" : "turtle";
        const read = form === "SELECT" ? `read.csv(address, encoding = "UTF-8")\nprint(answer)` : `readLines(address, encoding = "UTF-8", warn = FALSE)\ncat(answer, sep = "\\n")`;
        return `query <- ${inR(query)}
address <- paste0("${endpoint}?format=${format}&query=", URLencode(query, reserved = TRUE))
answer <- ${read}
`;
    },
    JavaScript: (query, endpoint, form) => {
        const graph = form !== "SELECT" && form !== "ASK";
        return `const query = ${inJavaScript(query)};
const response = await fetch("${endpoint}", {
    method: "POST",
    headers: { Accept: "${graph ? "text/turtle" : "application/sparql-results+json"}" },
    body: new URLSearchParams({ query }),
});
console.log(${graph ? "await response.text()" : `(await response.json()).${form === "ASK" ? "boolean" : "results.bindings"}`});
`;
    },
};

export function showSnippets(form, editor, words) {
    const endpoint = `${new URL(words.root || "/", location.href).href.replace(/\/$/, "")}/sparql`;
    const code = element("pre", { tabindex: "0", role: "region", "aria-label": words.snippets });
    const choice = element("select", { id: "program" }, ...Object.keys(PROGRAMS).map((name) => element("option", {}, name)));
    const said = element("span", { class: "quiet", role: "status" });
    const write = () => (code.textContent = PROGRAMS[choice.value](editor.text(), endpoint, formOf(editor.text())));
    const copy = async () => {
        await navigator.clipboard.writeText(code.textContent);
        said.textContent = words.copied;
    };
    choice.addEventListener("change", write);
    const row = element("div", { class: "row" }, element("label", { for: "program" }, words.program), choice, element("button", { type: "button", class: "second", onclick: copy }, words.copy), said);
    const whole = document.querySelector(".snippets");
    whole.append(row, code);
    whole.addEventListener("toggle", write);
    form.addEventListener("edited", () => whole.open && write());
}
