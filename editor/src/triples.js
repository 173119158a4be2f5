// N-Triples in; out the same as the JSON of a table with three columns.

const TERM = String.raw`<[^>]*>|_:[^\s<]+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?`;
const LINE = new RegExp(String.raw`^\s*(${TERM})\s*(${TERM})\s*(${TERM})\s*\.`, "u");
const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };

export function triplesOf(text, words) {
    const vars = [words.subject, words.predicate, words.object];
    const bindings = text.split("\n").flatMap((line) => {
        const found = LINE.exec(line);
        return found ? [Object.fromEntries(vars.map((name, at) => [name, term(found[at + 1])]))] : [];
    });
    return { head: { vars }, results: { bindings } };
}

function term(written) {
    if (written.startsWith("<")) return { type: "uri", value: plain(written.slice(1, -1)) };
    if (written.startsWith("_:")) return { type: "bnode", value: written.slice(2) };
    const end = written.lastIndexOf('"');
    const after = written.slice(end + 1);
    const value = plain(written.slice(1, end));
    if (after.startsWith("@")) return { type: "literal", value, "xml:lang": after.slice(1) };
    return { type: "literal", value, ...(after ? { datatype: after.slice(3, -1) } : {}) };
}

function plain(text) {
    return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gs, (_, four, eight, one) => (one ? (ESCAPES[one] ?? one) : String.fromCodePoint(parseInt(four ?? eight, 16))));
}
