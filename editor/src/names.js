// IRIs of an answer in; out what a reader calls them, asked for in one go and remembered.

const MOST = 400; // that the server names in one go

export class Names {
    constructor(words) {
        this.words = words;
        this.known = new Map();
    }

    /* Where the server does not tell, prefixed names will do. */
    async learn(terms) {
        const asked = [...new Set(terms.filter((term) => term?.type === "uri").map((term) => term.value))].filter((iri) => !this.known.has(iri));
        for (let from = 0; from < asked.length; from += MOST) {
            const some = asked.slice(from, from + MOST);
            try {
                const answer = await fetch(this.words.names_address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(some) });
                if (!answer.ok) return;
                for (const [iri, name] of Object.entries(await answer.json())) this.known.set(iri, name);
            } catch {
                return;
            }
        }
    }

    /* lang: "" where the text is no word. address: "" where it leads nowhere. */
    of(iri) {
        return this.known.get(iri) ?? { text: this.short(iri), lang: "", address: /^https?:/.test(iri) ? iri : "", written: "" };
    }

    short(iri) {
        const found = Object.entries(this.words.prefixes)
            .filter(([, space]) => iri.startsWith(space))
            .sort((a, b) => b[1].length - a[1].length)[0];
        return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
    }
}
