// The form that works without scripts in; an editor and its tools on top of it out.
import { startEditor } from "./editor.js";
import { startRunning } from "./running.js";
import { showSnippets } from "./snippets.js";

const form = document.getElementById("spoer");
const area = document.getElementById("query");
const told = document.getElementById("editor-words");

async function start() {
    const words = await (await fetch(told.href)).json();
    words.root = form.action.replace(/(\/en)?\/sparql$/, "");
    const run = () => running.run();
    const editor = startEditor(area, words, run);
    const running = startRunning(form, editor, words);
    showSnippets(form, editor, words);
    form.dataset.ready = "";
}

// Where this fails, or another server answers (a site of files alone), the form stays as it was without scripts.
if (form && area && told && new URL(form.action).origin === location.origin) start().catch(without);
else without();

function without() {
    for (const part of document.querySelectorAll(".scripted")) part.remove();
}
