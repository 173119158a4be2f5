// The search of the site as files: names from a list that lies beside it, words as people type them.
"use strict";
(() => {
  const names = window.fosenGraphNames || [];
  const form = document.querySelector("form.find");
  const field = document.getElementById("q");
  const out = document.createElement("div");
  out.setAttribute("role", "status");
  form.after(out);
  const english = document.documentElement.lang === "en";
  const fold = (text) =>
    text.toLowerCase().replace(/å/g, "aa").replace(/aa/g, "a").replace(/æ/g, "ae").replace(/ø/g, "oe").replace(/oe/g, "o");
  const stem = (word) => (word.length > 5 ? word.replace(/(ene|ane|er|en|et|s)$/, "") : word);
  const known = names.map((one) => [fold([one[english ? 1 : 0], one[0], one[3]].join(" ")), one]);
  function search() {
    const words = fold(field.value).split(/\s+/).filter(Boolean).map(stem);
    const found = words.length ? known.filter(([text]) => words.every((word) => text.includes(word))) : [];
    const list = document.createElement("ul");
    list.className = "plain";
    for (const [, [nb, en, address]] of found.slice(0, 100)) {
      const link = document.createElement("a");
      link.textContent = english ? en : nb;
      link.href = (english ? "../../en/" : "../") + address;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    const told = document.createElement("p");
    told.textContent = words.length ? (english ? "Found: " : "Funnet: ") + found.length : "";
    out.replaceChildren(told, list);
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  field.addEventListener("input", search);
})();
