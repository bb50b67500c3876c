"use strict";
// Folds the page list on a narrow screen, and searches the index that either builder writes. Nothing leaves the site.
(() => {
  const root = new URL(".", new URL(document.currentScript.dataset.home, location.href));
  const narrow = matchMedia("(max-width: 59.99rem)");
  const pages = document.querySelector(".columns > nav details");
  const fold = () => { pages.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();

  if (location.protocol === "file:") return; // a browser lets no page read a file beside it
  const box = document.querySelector("search");
  const [input, list] = box.children;
  box.hidden = false;

  const plain = (markup) => new DOMParser().parseFromString(markup, "text/html").body.textContent;
  const fetched = async (path) => {
    const answer = await fetch(new URL(path, root));
    return answer.ok ? answer.json() : null;
  };
  let index;
  const load = () => (index ??= (async () => {
    const found = (await fetched("search/search_index.json")) ?? (await fetched("search.json")) ?? {};
    return (found.docs ?? found.items ?? []).map(({ location, title, text }) => {
      const name = plain(title);
      return { location, name, low: name.toLowerCase(), body: plain(text).toLowerCase() };
    });
  })());

  const show = async () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const entries = words.length ? await load() : [];
    const score = ({ low, body }) => words.reduce(
      (sum, word) => sum + (low.includes(word) ? 10 : body.includes(word) ? 1 : -Infinity), 0);
    const hits = entries.map((entry) => [score(entry), entry]).filter(([points]) => points > 0);
    hits.sort(([a], [b]) => b - a);
    list.replaceChildren(...hits.slice(0, 20).map(([, entry]) => {
      const link = Object.assign(document.createElement("a"), {
        href: new URL(entry.location, root).href, textContent: entry.name,
      });
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    if (words.length && !hits.length) {
      list.append(Object.assign(document.createElement("li"), { textContent: "Nothing found." }));
    }
  };
  input.addEventListener("focus", load, { once: true });
  input.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { input.value = ""; show(); }
  });
})();
