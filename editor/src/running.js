// The form, the editor and our words in; queries are run, timed, cancelled, and answered or marked as wrong.
import { element, worded } from "./elements.js";
import { showAnswer } from "./answers.js";

const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.8";

export function startRunning(form, editor, words) {
    const status = element("p", { class: "quiet", role: "status" });
    const clock = element("span", { class: "quiet", "aria-hidden": "true" });
    const cancel = element("button", { type: "button", class: "second", hidden: true, onclick: () => current?.abort() }, words.cancel);
    form.querySelector(".row").append(cancel, clock);
    form.append(status);
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
            const text = await response.text();
            if (mine !== current) return;
            const took = seconds();
            if (response.ok) {
                status.textContent = worded(words.done, { seconds: took });
                remember(form, query);
                showAnswer(form, response, text, query, words);
            } else {
                status.textContent = "";
                document.getElementById("svaret")?.remove();
                complain(form, JSON.parse(text), editor);
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

function remember(form, query) {
    history.replaceState(null, "", `?${new URLSearchParams({ query })}`);
}

function complain(form, problem, editor) {
    form.before(element("section", { class: "note", role: "alert", id: "feil" }, element("h2", {}, problem.title), element("p", {}, problem.detail)));
    if (problem.line) editor.mark(problem);
}
