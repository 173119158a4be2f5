// Things and what ties them in; a drawing of them out, which keyboard, mouse and finger can explore.
//
// drawNet(host, { nodes, links }, words): nodes { id, label, lang?, href?, kind? }, links { from, to, label?, strong? }.
// A page that only wants a net loads this file and has <div data-net="address of { nodes, links, words }"></div>;
// there, addresses are told as seen from that address.
// Nothing moves by itself: places are reckoned before anything is drawn, and come out the same every time.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { drawn, element, worded } from "./elements.js";

export const LIMIT = { nodes: 250, links: 1000 };
const SHAPES = [
    (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`,
    (r) => `M${-r * 0.9},${-r * 0.9}h${r * 1.8}v${r * 1.8}h${-r * 1.8}z`,
    (r) => `M0,${-r * 1.25}L${r * 1.25},0L0,${r * 1.25}L${-r * 1.25},0z`,
    (r) => `M0,${-r * 1.2}L${r * 1.15},${r * 0.9}L${-r * 1.15},${r * 0.9}z`,
];
const LABEL = 34; // characters in the drawing; all of them are in the name and below
const LINE = 15; // pixels of a line of text
const NEAREST = 4; // times as large as the first view
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
let drawings = 0;

export function tooLarge({ nodes, links }) {
    return nodes.length > LIMIT.nodes || links.length > LIMIT.links;
}

export function drawNet(host, { nodes, links }, words) {
    if (tooLarge({ nodes, links })) {
        host.append(element("p", { class: "note" }, worded(words.too_large, { nodes: nodes.length, links: links.length, most: LIMIT.nodes, most_links: LIMIT.links })));
        return;
    }
    new Net(host, nodes, links, words);
}

class Net {
    constructor(host, nodes, links, words) {
        this.words = words;
        this.name = `net-${++drawings}`;
        this.kinds = [...new Set(nodes.map((node) => node.kind ?? ""))];
        this.model(nodes, links);
        this.build(host);
        this.lay(this.svg.getBoundingClientRect());
        new ResizeObserver(() => this.fit()).observe(this.svg);
    }

    /* Ties between the same two things, in the same direction, are one line with several names. */
    model(nodes, links) {
        this.things = nodes.map((node) => ({ ...node, ties: [] }));
        const known = new Map(this.things.map((thing) => [thing.id, thing]));
        const ties = new Map();
        for (const { from, to, label, strong } of links) {
            const key = `${from}\n${to}`;
            if (!known.has(from) || !known.has(to)) continue;
            if (!ties.has(key)) ties.set(key, { source: known.get(from), target: known.get(to), labels: [], strong: false });
            const tie = ties.get(key);
            tie.strong ||= !!strong;
            if (label && !tie.labels.includes(label)) tie.labels.push(label);
        }
        this.ties = [...ties.values()];
        for (const tie of this.ties) for (const end of new Set([tie.source, tie.target])) end.ties.push(tie);
        for (const thing of this.things) thing.r = thing.whole = 5 + Math.min(9, 1.6 * Math.sqrt(thing.ties.length));
    }

    build(host) {
        const { words } = this;
        const press = (text, name, act) => element("button", { type: "button", class: "second", "aria-label": name, title: name, onclick: act }, text);
        const tools = element("div", { class: "row", role: "group", "aria-label": words.size }, press("+", words.nearer, () => this.zoom(1.4)), press("−", words.farther, () => this.zoom(1 / 1.4)), press(words.whole, words.whole, () => this.fit()));
        const legend = this.kinds.length > 1 ? this.kinds.map((kind, at) => element("span", { class: "kind" }, drawn("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true", class: "mesh" }, drawn("path", { class: `k${at % SHAPES.length}`, d: SHAPES[at % SHAPES.length](6) })), kind || words.other)) : [];
        this.hint = element("p", { class: "quiet", id: `${this.name}-hint` }, words.keys);
        const title = worded(words.title, { nodes: this.things.length, links: this.ties.length });
        const point = drawn("marker", { id: `${this.name}-point`, viewBox: "0 0 6 6", refX: 5, refY: 3, markerWidth: 7, markerHeight: 7, markerUnits: "userSpaceOnUse", orient: "auto" }, drawn("path", { d: "M0,0L6,3L0,6z" }));
        for (const tie of this.ties) tie.line = drawn("line", { class: tie.strong ? "strong" : "", "marker-end": `url(#${this.name}-point)` });
        for (const thing of this.things) this.drawThing(thing);
        this.svg = drawn("svg", { class: "mesh", role: "group", "aria-label": title, "aria-describedby": this.hint.id }, drawn("defs", {}, point), ...this.ties.map((tie) => tie.line), ...this.things.map((thing) => thing.mark), ...this.things.map((thing) => thing.text));
        this.status = element("p", { role: "status", class: "unseen" });
        this.told = element("div", { class: "told" }, element("p", { class: "quiet" }, words.choose));
        host.append(element("div", { class: "row meshtools" }, tools, ...legend), this.svg, this.hint, this.status, this.told);
        this.listen();
    }

    drawThing(thing) {
        const at = Math.max(0, this.kinds.indexOf(thing.kind ?? "")) % SHAPES.length;
        const count = worded(thing.ties.length === 1 ? this.words.ties_one : this.words.ties, { n: thing.ties.length });
        thing.short = thing.label.length > LABEL ? `${thing.label.slice(0, LABEL - 1).trimEnd()}…` : thing.label;
        thing.mark = drawn("g", { role: "button", tabindex: -1, "aria-pressed": "false", "aria-label": [thing.label, thing.kind, count].filter(Boolean).join(", "), lang: thing.lang }, drawn("title", {}, thing.label), drawn("path", { class: `k${at}`, d: SHAPES[at](thing.r) }));
        thing.text = drawn("text", { "aria-hidden": "true", lang: thing.lang }, thing.short);
        thing.mark.addEventListener("focus", () => this.light(thing));
        thing.mark.addEventListener("blur", () => this.light(this.chosen));
        thing.mark.addEventListener("click", () => this.choose(thing));
        thing.mark.addEventListener("pointerenter", () => this.light(thing));
        thing.mark.addEventListener("pointerleave", () => this.light(this.chosen));
    }

    lay({ width, height }) {
        const wide = width && height ? Math.sqrt(width / height) : 1.3;
        forceSimulation(this.things)
            .force("ties", forceLink(this.ties).distance(80))
            .force("apart", forceManyBody().strength(-260).distanceMax(600))
            .force("x", forceX().strength(0.07 / wide))
            .force("y", forceY().strength(0.07 * wide))
            .force("room", forceCollide((thing) => thing.r + 14))
            .stop()
            .tick(300);
        const first = this.things.reduce((best, thing) => (thing.ties.length > best.ties.length ? thing : best), this.things[0]);
        this.reach(first);
    }

    /* Looking. k pixels to a unit of the model; (x, y) is where its origin is seen. */
    fit() {
        const { width, height } = this.svg.getBoundingClientRect();
        if (!width || !this.things.length) return;
        const [xs, ys] = ["x", "y"].map((axis) => this.things.map((thing) => thing[axis]));
        const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
        this.size = { width, height };
        const side = Math.min(110, width / 8);
        this.first = Math.min(1.5, (width - 2 * side) / Math.max(1, right - left), (height - 60) / Math.max(1, bottom - top));
        this.view = { k: this.first, x: width / 2 - (this.first * (left + right)) / 2, y: height / 2 - (this.first * (top + bottom)) / 2 };
        this.show();
    }

    zoom(by, at = { x: this.size.width / 2, y: this.size.height / 2 }) {
        const k = Math.min(Math.max(this.view.k * by, this.first), this.first * NEAREST);
        const ratio = k / this.view.k;
        this.view = { k, x: at.x - ratio * (at.x - this.view.x), y: at.y - ratio * (at.y - this.view.y) };
        if (k === this.first) this.fit();
        else this.show();
    }

    pan(x, y) {
        this.view = { ...this.view, x: this.view.x + x, y: this.view.y + y };
        this.show();
    }

    show() {
        const { k, x, y } = this.view;
        this.svg.classList.toggle("near", k > this.first);
        const small = Math.min(1, Math.max(0.55, k / 0.9));
        for (const thing of this.things) {
            thing.r = small * thing.whole;
            [thing.sx, thing.sy] = [k * thing.x + x, k * thing.y + y];
            thing.mark.setAttribute("transform", `translate(${thing.sx.toFixed(1)},${thing.sy.toFixed(1)}) scale(${small.toFixed(2)})`);
        }
        for (const { source, target, line } of this.ties) {
            const length = Math.hypot(target.sx - source.sx, target.sy - source.sy) || 1;
            const [ux, uy] = [(target.sx - source.sx) / length, (target.sy - source.sy) / length];
            const ends = { x1: source.sx + ux * source.r, y1: source.sy + uy * source.r, x2: target.sx - ux * (target.r + 2), y2: target.sy - uy * (target.r + 2) };
            for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value.toFixed(1));
        }
        this.name_all();
    }

    /* A name is written where it covers nothing: first of what is looked at, then of what has most ties. */
    name_all() {
        const taken = this.things.map(({ sx, sy, r }) => [sx - r, sy - r, sx + r, sy + r]);
        const weight = (thing) => (thing === this.lit ? 1e6 : this.near?.has(thing) ? 1e3 : 0) + thing.ties.length;
        for (const thing of [...this.things].sort((a, b) => weight(b) - weight(a))) {
            thing.wide ??= measured(thing.short, this.svg);
            const { sx, sy, r, wide } = thing;
            const spots = [
                [sx + r + 4, sy - LINE / 2],
                [sx - r - 4 - wide, sy - LINE / 2],
                [sx - wide / 2, sy + r + 2],
                [sx - wide / 2, sy - r - 2 - LINE],
            ];
            const spot = spots.find(([x, y]) => x > 0 && x + wide < this.size.width && !taken.some((box) => x < box[2] && x + wide > box[0] && y < box[3] && y + LINE > box[1])) ?? (thing === this.lit ? [Math.min(Math.max(4, sx - wide / 2), Math.max(4, this.size.width - wide - 4)), sy - r - 2 - LINE] : null);
            thing.text.classList.toggle("off", !spot);
            if (!spot) continue;
            thing.text.setAttribute("x", spot[0].toFixed(1));
            thing.text.setAttribute("y", (spot[1] + LINE * 0.77).toFixed(1));
            taken.push([spot[0], spot[1], spot[0] + wide, spot[1] + LINE]);
        }
    }

    /* Choosing. */
    light(thing) {
        this.lit = thing ?? null;
        this.near = thing && new Set(thing.ties.flatMap(({ source, target }) => [source, target]));
        this.svg.classList.toggle("lighting", !!thing);
        for (const other of this.things) for (const part of [other.mark, other.text]) part.classList.toggle("lit", !!this.near?.has(other) || other === thing);
        for (const tie of this.ties) tie.line.classList.toggle("lit", !!thing && (tie.source === thing || tie.target === thing));
        if (this.view) this.name_all();
    }

    choose(thing) {
        this.chosen?.mark.setAttribute("aria-pressed", "false");
        this.chosen = thing;
        this.light(thing);
        if (!thing) {
            this.status.textContent = "";
            this.told.replaceChildren(element("p", { class: "quiet" }, this.words.choose));
            return;
        }
        this.reach(thing);
        thing.mark.setAttribute("aria-pressed", "true");
        this.status.textContent = thing.mark.getAttribute("aria-label");
        const lines = thing.ties.map((tie) => {
            const out = tie.source === thing;
            const other = out ? tie.target : tie.source;
            return element("li", {}, element("span", { class: "quiet" }, `${out ? "→" : "←"} ${tie.labels.join(", ")} `), linked(other));
        });
        this.told.replaceChildren(element("p", {}, linked(thing), element("span", { class: "quiet" }, thing.kind ? ` ${thing.kind}` : "")), element("ul", { class: "plain columns" }, ...lines));
    }

    reach(thing) {
        this.at?.mark.setAttribute("tabindex", "-1");
        this.at = thing;
        thing?.mark.setAttribute("tabindex", "0");
    }

    listen() {
        this.svg.addEventListener("keydown", (event) => this.key(event));
        this.svg.addEventListener("wheel", (event) => {
            if (!event.ctrlKey) return; // the page scrolls
            event.preventDefault();
            this.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, this.spot(event));
        });
        let from = null;
        this.svg.addEventListener("pointerdown", (event) => (from = event.target.closest("[role=button]") || this.view.k === this.first ? null : this.spot(event)));
        this.svg.addEventListener("pointermove", (event) => {
            if (!from) return;
            const to = this.spot(event);
            this.pan(to.x - from.x, to.y - from.y);
            from = to;
        });
        for (const end of ["pointerup", "pointercancel", "pointerleave"]) this.svg.addEventListener(end, () => (from = null));
    }

    spot({ clientX, clientY }) {
        const box = this.svg.getBoundingClientRect();
        return { x: clientX - box.left, y: clientY - box.top };
    }

    key(event) {
        const acts = {
            "+": () => this.zoom(1.4),
            "-": () => this.zoom(1 / 1.4),
            0: () => this.fit(),
            Enter: () => this.choose(this.at),
            " ": () => this.choose(this.at),
            Escape: () => this.choose(null),
        };
        const act = ARROWS[event.key] ? () => this.go(...ARROWS[event.key]) : acts[event.key];
        if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        act();
    }

    /* To the thing that is nearest in a direction. */
    go(dx, dy) {
        const cost = (thing) => {
            const [x, y] = [thing.sx - this.at.sx, thing.sy - this.at.sy];
            const along = x * dx + y * dy;
            return along > 1 ? along + 2.5 * Math.abs(x * dy - y * dx) : Infinity;
        };
        const next = this.things.reduce((best, thing) => (cost(thing) < (best ? cost(best) : Infinity) ? thing : best), null);
        if (!next) return;
        this.reach(next);
        const { width, height } = this.size;
        const outside = (at, most) => (at < 30 ? 30 - at : at > most - 30 ? most - 30 - at : 0);
        const [x, y] = [outside(next.sx, width), outside(next.sy, height)];
        if (x || y) this.pan(x, y);
        next.mark.focus({ preventScroll: true });
    }
}

function linked({ href, label, lang }) {
    return href ? element("a", { href, lang }, label) : element("span", { lang }, label);
}

let pen = null;
function measured(text, svg) {
    pen ??= document.createElement("canvas").getContext("2d");
    pen.font = `12px ${getComputedStyle(svg).fontFamily}`;
    return pen.measureText(text).width + 2;
}

for (const host of document.querySelectorAll("[data-net]")) {
    fetch(host.dataset.net)
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then((told) => {
            for (const node of told.nodes) node.href &&= new URL(node.href, new URL(host.dataset.net, location)).href;
            drawNet(host, told, told.words);
        })
        .catch(() => {}); // the table of the page has it all
}
