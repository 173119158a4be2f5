// The present query in; out the same question for other programs, each to be copied.
import { element } from "./elements.js";

const asText = (query) => JSON.stringify(query); // a string of Python, R and JavaScript alike
const asWord = (query) => `'${query.replaceAll("'", `'\\''`)}'`; // of a shell

const PROGRAMS = {
    curl: (query, endpoint) => `curl --silent --header 'Accept: text/csv' --data-urlencode query=${asWord(query)} ${endpoint}\n`,
    Python: (query, endpoint) => `import csv
import io
from urllib.parse import urlencode
from urllib.request import Request, urlopen

query = ${asText(query)}
request = Request("${endpoint}", urlencode({"query": query}).encode(), {"Accept": "text/csv"})
with urlopen(request) as answer:
    for row in csv.DictReader(io.TextIOWrapper(answer, "utf-8")):
        print(row)
`,
    R: (query, endpoint) => `query <- ${asText(query)}
address <- paste0("${endpoint}?format=csv&query=", URLencode(query, reserved = TRUE))
answer <- read.csv(address, encoding = "UTF-8")
print(answer)
`,
    JavaScript: (query, endpoint) => `const query = ${asText(query)};
const response = await fetch("${endpoint}", {
    method: "POST",
    headers: { Accept: "application/sparql-results+json" },
    body: new URLSearchParams({ query }),
});
console.log((await response.json()).results.bindings);
`,
};

export function showSnippets(form, editor, words) {
    const endpoint = `${new URL(words.root || "/", location.href).href.replace(/\/$/, "")}/sparql`;
    const code = element("pre", { tabindex: "0", role: "region", "aria-label": words.snippets });
    const choice = element("select", { id: "program" }, ...Object.keys(PROGRAMS).map((name) => element("option", {}, name)));
    const said = element("span", { class: "quiet", role: "status" });
    const write = () => (code.textContent = PROGRAMS[choice.value](editor.text(), endpoint));
    const copy = async () => {
        await navigator.clipboard.writeText(code.textContent);
        said.textContent = words.copied;
    };
    choice.addEventListener("change", write);
    const row = element("div", { class: "row" }, element("label", { for: "program" }, words.program), choice, element("button", { type: "button", class: "second", onclick: copy }, words.copy), said);
    const whole = element("details", { class: "snippets", ontoggle: write }, element("summary", {}, words.snippets), row, code);
    form.after(whole);
}
