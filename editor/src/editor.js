// A text area in; out an editor in its place, with what the rest of the page needs of it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { indentWithTab } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { EditorView, minimalSetup } from "codemirror";
import { completions } from "./completions.js";
import { element } from "./elements.js";

const colours = HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword], color: "var(--accent)", fontWeight: "600" },
    { tag: [tags.string, tags.literal, tags.number], color: "var(--unsure)" },
    { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
    { tag: [tags.atom, tags.link, tags.url], color: "var(--accent)" },
]);

const look = EditorView.theme({
    "&": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--quiet)", borderRadius: "3px", fontSize: "0.875rem" },
    "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "3px" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto" },
    ".cm-content": { caretColor: "var(--ink)", padding: "0.5rem 0" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--quiet)", border: "none" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--mark)" },
    "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--mark)" },
    ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--quiet)", maxWidth: "calc(100vw - 2rem)" },
    ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
    ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)" },
    ".cm-completionDetail": { fontStyle: "normal", fontFamily: "var(--sans)" },
    ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--unsure)", textUnderlineOffset: "3px" },
    ".cm-lint-marker-error": { content: "normal", width: "0.75em", height: "0.75em", borderRadius: "50%", backgroundColor: "var(--unsure)" },
    ".cm-diagnostic-error": { borderLeftColor: "var(--unsure)" },
});

/* In a shadow tree the styles are constructed sheets, which a strict policy allows; elsewhere they would be inline. */
export function startEditor(area, words, run) {
    const host = document.querySelector(".editor");
    const root = host.attachShadow({ mode: "open" });
    const hint = element("p", { id: "hint", hidden: true }, words.leave); // what a shadow tree describes, it holds
    host.style.setProperty("--high", `${area.offsetHeight}px`); // what stands below does not move
    area.hidden = true;
    const label = document.querySelector(`label[for="${area.id}"]`);
    const view = new EditorView({
        root,
        parent: root,
        state: EditorState.create({
            doc: area.value,
            extensions: [
                Prec.highest(keymap.of([{ key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => (run(), true) }])),
                minimalSetup,
                lineNumbers(),
                bracketMatching(),
                closeBrackets(),
                lintGutter(),
                indentUnit.of("    "),
                StreamLanguage.define(sparql),
                syntaxHighlighting(colours),
                autocompletion({ override: [completions(words)], icons: false }),
                keymap.of([...closeBracketsKeymap, ...completionKeymap, indentWithTab]),
                EditorView.lineWrapping,
                EditorState.phrases.of(words.phrases),
                EditorView.contentAttributes.of({ "aria-label": label.textContent, "aria-describedby": "hint", tabindex: "0", spellcheck: "false" }),
                EditorView.updateListener.of((update) => {
                    if (!update.docChanged) return;
                    area.value = update.state.doc.toString();
                    area.form.dispatchEvent(new Event("edited"));
                }),
                look,
            ],
        }),
    });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".cm-editor { height: var(--high); min-height: 5rem; resize: vertical; overflow: auto; }");
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    root.append(hint);
    label.addEventListener("click", () => view.focus());
    return { view, text: () => view.state.doc.toString(), mark: (problem) => mark(view, problem), clear: () => clear(view) };
}

function clear(view) {
    view.dispatch(setDiagnostics(view.state, []));
}

/* Line and column count from 1, in code points; an editor counts UTF-16. */
function mark(view, { line, column, title, detail }) {
    const { doc } = view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const before = [...at.text].slice(0, Math.max(0, column - 1)).join("").length;
    const from = Math.min(at.from + before, at.to);
    const word = /^(?:[?$\w:]+|\S)/.exec(at.text.slice(from - at.from));
    const to = Math.max(from, from + (word ? word[0].length : 0));
    view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message: `${title} ${detail}` }]));
    view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    view.focus();
}
