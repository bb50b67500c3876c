// Called in a page that has loaded, with the width of the screen: what the harness reports, as plain values.
async (width) => {
  const root = document.documentElement;
  const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100); });
  const name = (element) => element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") +
    [...element.classList].map((word) => "." + word).join("");
  const words = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const scroll = (top) => window.scrollTo({ top, behavior: "instant" });

  // Pictures that load lazily are asked for when they come into view.
  for (let top = 0; top < root.scrollHeight; top += innerHeight) { scroll(top); await frame(); }
  scroll(0);
  await new Promise((done) => setTimeout(done, 250));

  const labelled = (element) => {
    const label = element.getAttribute("aria-label");
    const by = element.getAttribute("aria-labelledby");
    if (label !== null) return label;
    if (by) return by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    return null;
  };
  const alternative = (element) => {
    if (element.closest('[aria-hidden="true"]') || ["presentation", "none"].includes(element.getAttribute("role"))) return "";
    const around = element.closest('[role="img"]');
    const given = labelled(element) ?? (around && labelled(around)) ??
      (element.tagName === "IMG" ? element.getAttribute("alt") : element.querySelector(":scope > title")?.textContent);
    return given === null || given === undefined ? null : words(given);
  };

  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const colour = (css) => {
    if (!known.has(css)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = css;
      brush.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
      known.set(css, [red, green, blue, alpha / 255]);
    }
    return known.get(css);
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const luminance = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, two) => {
    const [low, high] = [luminance(one), luminance(two)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const line = (element) => {
    const all = [];
    for (let at = element; at; at = at.parentElement) all.push(at);
    return all;
  };
  const opacity = (element) => line(element).reduce((product, at) => product * getComputedStyle(at).opacity, 1);
  const faded = (css, by) => { const [r, g, b, a] = colour(css); return [r, g, b, a * by]; };

  // What lies behind text: backgrounds of its ancestors and, in a drawing, the shapes painted below its middle.
  const shape = (element) => element instanceof SVGGeometryElement;
  const behind = (element, box) => {
    const layers = [];
    const svg = element instanceof SVGElement;
    if (svg) {
      const stack = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      for (const at of stack.slice(stack.indexOf(element) + 1)) {
        if (at instanceof SVGImageElement) return null;
        if (!shape(at)) continue;
        const style = getComputedStyle(at);
        if (style.fill.startsWith("url")) return null;
        if (style.fill !== "none") layers.push(faded(style.fill, style.fillOpacity * opacity(at)));
      }
    }
    for (const at of line(svg ? element.closest("svg:not(svg svg)") : element)) {
      const style = getComputedStyle(at);
      layers.push(colour(style.backgroundColor));
      if (style.backgroundImage !== "none" && layers.every((layer) => layer[3] < 1)) return null;
    }
    const ground = getComputedStyle(root).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches
      ? [18, 18, 18, 1] : [255, 255, 255, 1];
    return layers.reverse().reduce((below, layer) => over(layer, below), ground);
  };

  const texts = [];
  const walker = document.createTreeWalker(document.body ?? root, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!words(node.data) || seen.has(element) || element.closest("script, style, noscript, template, title, desc")) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    if (element instanceof SVGElement) element.scrollIntoView({ block: "center", behavior: "instant" });
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    seen.add(element);
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const ground = ink.startsWith("url") ? null : behind(element, box);
    texts.push({
      text: words(node.data).slice(0, 80),
      element: name(element),
      ratio: ground && Math.round(ratio(over(faded(ink, opacity(element)), ground), ground) * 100) / 100,
      large: size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700),
    });
  }
  scroll(0);

  const contained = (element) => line(element).slice(1).some((at) => at !== document.body && at !== root &&
    ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(at).overflowX));
  const tooWide = [...document.body.querySelectorAll("*")].filter((element) => !(element instanceof SVGElement && element.ownerSVGElement) &&
    element.checkVisibility() && element.getBoundingClientRect().right > width + 1 && !contained(element)).map(name);

  return {
    title: document.title,
    language: root.lang,
    images: [...document.querySelectorAll("img, svg:not(svg svg)")].map((element) =>
      ({ tag: element.tagName.toLowerCase(), text: alternative(element) })),
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((element) =>
      [Number(element.tagName[1]), words(element.textContent)]),
    tables: [...document.querySelectorAll("table")].map((table) => ({
      caption: words(table.caption?.textContent),
      scopes: [...table.querySelectorAll("th")].map((cell) => cell.getAttribute("scope") ?? ""),
    })),
    texts,
    scrollWidth: root.scrollWidth,
    tooWide: tooWide.slice(0, 20),
  };
}
