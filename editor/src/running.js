// The form, the editor and our words in; queries are run, timed, cancelled, and answered or marked as wrong.
import { element, worded } from "./elements.js";
import { showAnswer } from "./answers.js";
import { Names } from "./names.js";

const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, application/problem+json;q=0.8";
const LARGEST = 5_000_000; // bytes that are shown here; more would stall the browser

export function startRunning(form, editor, words) {
    const status = form.querySelector("[role=status]");
    const names = new Names(words);
    const clock = element("span", { class: "quiet", "aria-hidden": "true" });
    const cancel = element("button", { type: "button", class: "second", hidden: true, onclick: () => current?.abort() }, words.cancel);
    form.querySelector(".row").append(cancel, clock);
    let current = null;

    async function run() {
        current?.abort();
        const mine = (current = new AbortController());
        const query = editor.text();
        const started = performance.now();
        const seconds = () => ((performance.now() - started) / 1000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
        const ticking = setInterval(() => (clock.textContent = `${seconds()} s`), 100);
        cancel.hidden = false;
        status.textContent = words.running;
        editor.clear();
        document.getElementById("feil")?.remove();
        try {
            const response = await fetch(form.action, { method: "POST", headers: { Accept: ACCEPT }, body: new URLSearchParams({ query }), signal: mine.signal });
            const text = await read(response);
            if (mine !== current) return;
            const took = seconds();
            if (response.ok) {
                if (new URLSearchParams({ query }).toString().length <= words.longest_address) remember(query);
                await showAnswer(form, response, text, query, words, names);
                status.textContent = worded(words.done, { seconds: took });
            } else {
                status.textContent = "";
                document.getElementById("svaret")?.remove();
                complain(form, JSON.parse(text), editor, words);
            }
        } catch (error) {
            if (mine === current) status.textContent = error.name === "AbortError" ? words.cancelled : words.unreachable;
        } finally {
            clearInterval(ticking);
            if (mine === current) {
                clock.textContent = "";
                cancel.hidden = true;
                current = null;
            }
        }
    }

    form.addEventListener("submit", (event) => {
        if (form.elements.format.value !== "html") return; // the browser fetches the file
        event.preventDefault();
        run();
    });
    return { run };
}

/* null where there is more than can be shown. */
async function read(response) {
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const parts = [];
    let size = 0;
    for (;;) {
        const { done, value } = await reader.read();
        if (done) return parts.join("") + decoder.decode();
        size += value.length;
        if (size > LARGEST) {
            await reader.cancel();
            return null;
        }
        parts.push(decoder.decode(value, { stream: true }));
    }
}

function remember(query) {
    history.replaceState(null, "", `?${new URLSearchParams({ query })}`);
}

function complain(form, problem, editor, words) {
    const place = problem.line ? [element("p", { class: "quiet" }, worded(words.place, problem).replace(/:$/, "."))] : [];
    form.before(element("section", { class: "note", role: "alert", id: "feil" }, element("h2", {}, problem.title), element("p", {}, problem.detail), ...place));
    if (problem.line) editor.mark(problem);
}
