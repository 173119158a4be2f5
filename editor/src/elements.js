// A name, attributes and children in, an element out.

export function element(name, attributes = {}, ...children) {
    return filled(document.createElement(name), attributes, children);
}

export function drawn(name, attributes = {}, ...children) {
    return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(made, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
        else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children);
    return made;
}

export function worded(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
