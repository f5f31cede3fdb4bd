// Two sentences and the arcs between them; a word under the pointer or in focus keeps its arcs and dims the others.

const LEAST_ARC = 0.03; // weights below this are too thin to be an arc
const ARC_WORDS = 40; // beside a list, no more words or entries than these are tied by arcs

// Where every word stands: source above and answer below, or side by side where they do not fit.
function arcsLayout(app, room, tall = 0) {
  const { theme, rows } = app;
  const cols = arcColumns(app);
  const many = Math.max(rows.length, cols.length);
  const scale = app.big ? clamp(room / 1000, 1, 2) : 1;
  const listed = isListing(app.reading.query) || isListing(app.reading.key);
  const size = (listed ? (room < 560 ? 15 : 17) : room < 560 || many > 24 ? 17 : many > 14 ? 18 : 21) * scale;
  const font = `${size}px ${theme.serif}`;
  const pad = size * 0.35;
  const most = listed ? clamp(room * 0.37, 90, 320) : 1e4;
  const place = (indexes, names) => indexes.map((i) => {
    const name = cut(names[i], font, most);
    return { i, name, whole: names[i], width: textWidth(name, font) + 2 * pad };
  });
  const sides = { key: place(cols, app.keyNames), query: place(rows, app.queryNames) };
  const gap = clamp((room - Math.max(lengthOf(sides.key), lengthOf(sides.query))) / many, 6, 26);
  const across = Math.max(...Object.values(sides).map((side) => lengthOf(side) + gap * (side.length - 1)));
  const layout = { size, sides, wordHeight: size * 1.55, wide: across <= room && !(room < 560 && many > 6) };
  return layout.wide ? acrossLayout(layout, room, gap, tall || 330) : downLayout(layout, room, many);
}

// Beside a list, a long text keeps only the words that were looked at most; the caption says so.
function arcColumns(app) {
  if (!arcsCut(app)) return app.cols;
  const most = new Map(app.cols.map((col) => [col, Math.max(...app.rows.map((row) => weightAt(app, row, col)))]));
  return [...app.cols].sort((one, other) => most.get(other) - most.get(one)).slice(0, ARC_WORDS).sort((one, other) => one - other);
}

function arcsCut(app) {
  return isListing(app.reading.query) && app.cols.length > ARC_WORDS;
}

function lengthOf(side) {
  return side.reduce((sum, word) => sum + word.width, 0);
}

function acrossLayout(layout, room, gap, height) {
  const { sides, wordHeight } = layout;
  const left = [];
  for (const side of Object.values(sides)) left.push((room - lengthOf(side) - gap * (side.length - 1)) / 2);
  Object.entries(sides).forEach(([name, side], s) => {
    let x = left[s];
    for (const word of side) {
      Object.assign(word, { x, y: name === "key" ? 4 : height - wordHeight - 4 });
      word.tie = [x + word.width / 2, name === "key" ? wordHeight + 8 : height - wordHeight - 8];
      x += word.width + gap;
    }
  });
  return { ...layout, width: room, height };
}

function downLayout(layout, room, many) {
  const { sides, size } = layout;
  const pitch = many > 30 ? size * 1.5 : size * 1.9;
  const widths = Object.fromEntries(Object.entries(sides).map(([name, side]) => [name, Math.max(...side.map((w) => w.width), 0)]));
  const width = Math.min(room, Math.max(widths.key + widths.query + 320, 420), 760);
  for (const [name, side] of Object.entries(sides)) {
    const top = ((many - side.length) * pitch) / 2 + 4;
    side.forEach((word, i) => {
      Object.assign(word, { x: name === "key" ? widths.key - word.width : width - widths.query, y: top + i * pitch });
      word.tie = [name === "key" ? widths.key + 4 : width - widths.query - 4, word.y + layout.wordHeight / 2];
    });
  }
  return { ...layout, width, height: many * pitch + 8 };
}

// All arcs worth drawing, weak ones first so that strong ones lie on top.
function arcsOf(app, layout) {
  const found = [];
  for (const query of layout.sides.query)
    for (const key of layout.sides.key) {
      const weight = weightAt(app, query.i, key.i);
      if (weight >= LEAST_ARC * app.reading.deepest) found.push({ row: query.i, col: key.i, weight, path: arcPath(key.tie, query.tie, layout.wide) });
    }
  return found.sort((one, other) => one.weight - other.weight);
}

function arcPath([x1, y1], [x2, y2], wide) {
  const r = (value) => Math.round(value * 10) / 10;
  if (wide) {
    const bend = (y2 - y1) * 0.52;
    return `M${r(x1)} ${r(y1)}C${r(x1)} ${r(y1 + bend)} ${r(x2)} ${r(y2 - bend)} ${r(x2)} ${r(y2)}`;
  }
  const bend = (x2 - x1) * 0.5;
  return `M${r(x1)} ${r(y1)}C${r(x1 + bend)} ${r(y1)} ${r(x2 - bend)} ${r(y2)} ${r(x2)} ${r(y2)}`;
}

function arcWidth(app, weight) {
  return 0.8 + 6.2 * Math.min(weight / app.reading.deepest, 1);
}

function buildArcs(app, room, tall = 0) {
  const layout = arcsLayout(app, room, tall);
  app.arcs = arcsOf(app, layout);
  const drawing = svgEl("svg", {
    class: "arcs", width: layout.width, height: layout.height, viewBox: `0 0 ${layout.width} ${layout.height}`,
    "data-wide": layout.wide, role: "group", "aria-label": fillIn(app.text.arcs_label, app.reading),
  });
  const lines = svgEl("g", { "aria-hidden": "true" });
  for (const arc of app.arcs) {
    arc.node = svgEl("path", { d: arc.path, class: `arc w${toneOf(app, arc.weight)}`, "stroke-width": arcWidth(app, arc.weight) });
    lines.append(arc.node);
  }
  drawing.append(lines);
  app.arcWords = { key: new Map(), query: new Map() };
  for (const side of ["key", "query"]) drawing.append(arcSide(app, layout, side));
  return el("div", { class: "scroller plain" }, drawing);
}

function arcSide(app, layout, side) {
  const { reading, text } = app;
  const name = fillIn(side === "key" ? reading.key_axis : reading.query_axis, {});
  const group = svgEl("g", { role: "listbox", "aria-label": name || text[side], lang: reading[side].lang || null });
  layout.sides[side].forEach((word, place) => {
    const node = svgEl("g", { class: "arcword", role: "option", "aria-selected": "false", tabindex: place ? -1 : 0,
      "aria-label": arcSentence(app, side, word.i) });
    if (word.name !== word.whole) node.append(svgEl("title", { text: word.whole }));
    node.append(
      svgEl("rect", { x: word.x, y: word.y, width: word.width, height: layout.wordHeight, rx: 4 }),
      svgEl("text", { x: word.x + word.width / 2, y: word.y + layout.wordHeight * 0.7, "font-size": layout.size, text: word.name }),
    );
    node.addEventListener("pointerenter", () => lightArcs(app, side, word.i));
    node.addEventListener("pointerleave", () => lightArcs(app, null, null));
    node.addEventListener("focus", () => lightArcs(app, side, word.i));
    node.addEventListener("blur", () => lightArcs(app, null, null));
    node.addEventListener("click", () => (side === "query" ? choose(app, word.i) : lightArcs(app, side, word.i)));
    node.addEventListener("keydown", (event) => arcKey(app, event, side, place));
    app.arcWords[side].set(word.i, node);
    group.append(node);
  });
  return group;
}

function arcSentence(app, side, index) {
  const ties = app.arcs.filter((arc) => (side === "query" ? arc.row : arc.col) === index).slice(-4).reverse();
  const said = ties.map((arc) => `${side === "query" ? app.keyNames[arc.col] : app.queryNames[arc.row]} ${fixed(arc.weight)}`);
  const list = said.length ? listOf(said) : "\u2013";
  return side === "query"
    ? fillIn(app.text.looked_at, { query: app.queryNames[index], list })
    : fillIn(app.text.looked_from, { key: app.keyNames[index], list });
}

function arcKey(app, event, side, place) {
  const nodes = [...app.arcWords[side].values()];
  const other = [...app.arcWords[side === "key" ? "query" : "key"].values()];
  const wide = app.picture.querySelector(".arcs").hasAttribute("data-wide");
  const [back, on] = wide ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  const across = wide ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
  let next = null;
  if (event.key === back) next = nodes[Math.max(0, place - 1)];
  else if (event.key === on) next = nodes[Math.min(nodes.length - 1, place + 1)];
  else if (event.key === "Home") next = nodes[0];
  else if (event.key === "End") next = nodes.at(-1);
  else if (across.includes(event.key)) next = other[Math.min(place, other.length - 1)];
  else if ((event.key === "Enter" || event.key === " ") && side === "query") {
    event.preventDefault();
    choose(app, app.rows[place]);
    return;
  }
  if (!next) return;
  event.preventDefault();
  next.parentNode.querySelectorAll("[tabindex='0']").forEach((node) => node.setAttribute("tabindex", "-1"));
  next.setAttribute("tabindex", "0");
  next.focus();
}

// Keep the arcs of one word and dim the rest; without a word, the chosen step glows and nothing is dimmed.
function lightArcs(app, side, index) {
  const dim = side !== null;
  const [atSide, at] = dim ? [side, index] : ["query", app.shownRow];
  app.picture.querySelector(".arcs").classList.toggle("dimmed", dim);
  for (const nodes of Object.values(app.arcWords)) nodes.forEach((node) => (paint(node, null), node.classList.remove("lit")));
  for (const arc of app.arcs) {
    const lit = (atSide === "query" ? arc.row : arc.col) === at;
    arc.node.classList.toggle("lit", lit);
    const shown = !isUnborn(app, arc.row);
    arc.node.classList.toggle("unborn", !shown);
    if (lit && shown) paint(atSide === "query" ? app.arcWords.key.get(arc.col) : app.arcWords.query.get(arc.row), arc.weight / app.reading.deepest);
  }
  app.arcWords[atSide].get(at)?.classList.add("lit");
  glow(app, dim && side === "key" ? null : at);
}

function showArcsStep(app) {
  app.arcWords.query.forEach((node, row) => {
    node.classList.toggle("unborn", isUnborn(app, row));
    node.setAttribute("aria-selected", String(row === app.shownRow));
  });
  lightArcs(app, null, null);
}
