// Our words in; out what can stand where somebody types: terms by name or by label, prefixes, variables, keywords.

const KEYWORDS = (
    "SELECT CONSTRUCT DESCRIBE ASK WHERE FROM NAMED GRAPH PREFIX DISTINCT OPTIONAL UNION MINUS FILTER EXISTS BIND AS " +
    "VALUES ORDER BY DESC GROUP HAVING LIMIT OFFSET COUNT SUM AVG MIN MAX GROUP_CONCAT LANG LANGMATCHES STR CONTAINS " +
    "LCASE UCASE STRSTARTS REGEX REPLACE BOUND COALESCE IF YEAR NOT IN"
).split(" ");

export function completions({ terms, prefixes }) {
    const own = terms.flatMap(([name, kind, label]) => [
        { label: name, type: kind, detail: label, boost: 1 },
        ...(label ? [{ label, type: kind, detail: name, apply: name }] : []),
    ]);
    const spaces = Object.entries(prefixes).map(([prefix, iri]) => ({ label: `${prefix}:`, type: "namespace", detail: iri }));
    const keywords = KEYWORDS.map((label) => ({ label, type: "keyword" }));
    return (context) => {
        const word = context.matchBefore(/[?$]?[\p{L}\p{N}_-]*:?[\p{L}\p{N}_-]*/u);
        if (!word || (word.from === word.to && !context.explicit)) return null;
        const variable = /^[?$]/.test(word.text);
        const options = variable ? variables(context.state.doc.toString(), word.text) : [...own, ...spaces, ...keywords];
        return { from: word.from, options, validFor: variable ? /^[?$]\w*$/ : /^[\p{L}\p{N}_:-]*$/u };
    };
}

function variables(text, typed) {
    const found = new Set(text.match(/[?$]\w+/g) ?? []);
    found.delete(typed);
    return [...found].map((label) => ({ label, type: "variable" }));
}
