// Columns that are the patches of an image: the image under its veil, a grid of patches to point at, boxes and outlines.

const WIDEST_PICTURE = 520; // pixels
const LEGEND_ROOM = [44, 84]; // pixels below the picture in present mode: one line, or two where there is little room
const NARROW = 560; // pixels
const FADE_MS = 160;

addKind("picture", {
  unpack: openPicture,
  said: (side) => side.title,
  views: {
    heatmap: {
      title: "picture", build: buildPicture, step: showPictureStep, draw: drawPicture, repaint: repaintPicture,
      focus: (app) => movePatch(app, app.patch),
    },
    heads: { build: buildVeils, step: paintVeils, draw: drawVeils, repaint: paintVeils },
    table: { build: buildPatchTable, step: showPatchTableStep, draw: drawPatchTable },
  },
  leads: true,
  scale: (app) => deepestPatch(app.reading, app.matrix, app.shownRow ?? app.state.step ?? 0),
  glow: (app, row) => app.state.view === "heatmap" && app.veil && showVeil(app, row ?? app.shownRow),
  bars: strongestBars,
});

function isPicture(side) {
  return side?.kind === "picture";
}

function looksAtItself(app) {
  return isPicture(app.reading.query);
}

function openPicture(side, text) {
  const [rows, columns] = side.grid;
  const words = Array.from({ length: rows * columns }, (_, i) =>
    fillIn(text.patch, { row: Math.floor(i / columns) + 1, column: (i % columns) + 1 }));
  return { ...side, words, before: words.map(() => " "), image: openImage(side) };
}

function middlePatch({ grid: [rows, columns] }) {
  return Math.floor(rows / 2) * columns + Math.floor(columns / 2);
}

// The patches of a row, the most looked at first.
function strongestPatches(app, row) {
  return [...app.cols].sort((one, other) => weightAt(app, row, other) - weightAt(app, row, one) || one - other);
}

function strongestPatch(app, row) {
  return app.cols.reduce((best, col) => (weightAt(app, row, col) > weightAt(app, row, best) ? col : best), app.cols[0]);
}

// Where the tab stop rests: on the patch that looks, or on the one that was looked at most.
function firstPatch(app, row) {
  return looksAtItself(app) ? row : strongestPatch(app, row);
}

// The colours of lines and labels over the image, which follow its ground and not the page.
function dressPicture(app, view) {
  const { key } = app.reading;
  const { page, ink } = paletteOf(app.theme, key.image.ground);
  const colours = { under: hexOf(page), over: hexOf(ink), found: overlayColour(key, "found"), truth: overlayColour(key, "truth") };
  for (const [name, colour] of Object.entries(colours)) view.style.setProperty(`--${name}`, colour);
  return view;
}

function buildPicture(app, room, tall = 0) {
  const { reading: { key }, text } = app;
  const most = tall ? Math.min(room, ((tall - LEGEND_ROOM[room < NARROW ? 1 : 0]) * key.width) / key.height) : Math.min(room, WIDEST_PICTURE);
  const width = Math.floor(Math.max(most, 120));
  const canvas = veilCanvas(key, width);
  const [rows, columns] = key.grid;
  const label = fillIn(text.picture_label, { title: key.title || app.reading.title, rows, columns });
  const shape = { width: `${width}px`, "aspect-ratio": `${key.width} / ${key.height}`, "--across": columns };
  const frame = el("div", { class: "pictureframe", style: shape }, canvas);
  cancelAnimationFrame(app.fading);
  app.veil = { canvas, shares: null, row: null };
  app.layer = overlayLayer(app);
  frame.append(app.layer.drawing);
  const held = app.picture.contains(app.node.getRootNode().activeElement) && app.patch < rows * columns;
  app.patch = held ? app.patch : firstPatch(app, app.state.step);
  if (app.bare) put(canvas, { role: "img", "aria-label": label }, []).removeAttribute("aria-hidden");
  else frame.append(patchGrid(app, label));
  frame.append(app.layer.labels);
  app.legend = el("div", { class: "picturelegend" });
  return dressPicture(app, el("div", { class: "pictureview" }, frame, app.legend));
}

function patchGrid(app, label) {
  const { reading: { key: { grid: [rows, columns] } }, text } = app;
  const help = looksAtItself(app) ? text.picture_help_self : text.picture_help;
  const grid = el("div", { class: "patches", role: "grid", "aria-label": label, "aria-description": help, "aria-readonly": "true" });
  app.patches = [];
  for (let row = 0; row < rows; row++) {
    const line = el("div", { class: "patchrow", role: "row" });
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      const node = el("div", { class: "patch", role: "gridcell", tabindex: i === app.patch ? 0 : -1 });
      node.dataset.patch = i;
      app.patches.push(node);
      line.append(node);
    }
    grid.append(line);
  }
  hearPatches(app, grid);
  return grid;
}

function hearPatches(app, grid) {
  const patchOf = (event) => event.target.closest?.(".patch") ?? null;
  const show = (event) => {
    const node = patchOf(event);
    if (node && event.pointerType !== "touch" && !app.playing) pointAt(app, Number(node.dataset.patch));
  };
  const leave = () => pointAt(app, null);
  grid.addEventListener("pointerover", (event) => slidBelow(app, event) || show(event));
  grid.addEventListener("pointerleave", leave);
  grid.addEventListener("focusin", show);
  grid.addEventListener("focusout", leave);
  grid.addEventListener("click", (event) => {
    const node = patchOf(event);
    if (!node) return;
    if (looksAtItself(app)) choose(app, Number(node.dataset.patch));
    movePatch(app, Number(node.dataset.patch));
  });
  grid.addEventListener("keydown", (event) => patchKey(app, event));
}

function patchKey(app, event) {
  if (event.altKey || event.metaKey || !event.target.classList.contains("patch")) return;
  const [rows, columns] = app.reading.key.grid;
  let [row, column] = [Math.floor(app.patch / columns), app.patch % columns];
  if (event.key === "ArrowLeft") column -= 1;
  else if (event.key === "ArrowRight") column += 1;
  else if (event.key === "ArrowUp") row -= 1;
  else if (event.key === "ArrowDown") row += 1;
  else if (event.key === "Home") [row, column] = event.ctrlKey ? [0, 0] : [row, 0];
  else if (event.key === "End") [row, column] = event.ctrlKey ? [rows - 1, columns - 1] : [row, columns - 1];
  else if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  const next = clamp(row, 0, rows - 1) * columns + clamp(column, 0, columns - 1);
  if (looksAtItself(app)) choose(app, next);
  movePatch(app, next);
}

// Move the grid's one tab stop to a patch and give it the focus.
function movePatch(app, i, focus = true) {
  app.patches?.[app.patch]?.setAttribute("tabindex", "-1");
  app.patch = i;
  const node = app.patches?.[i];
  node?.setAttribute("tabindex", "0");
  if (focus) node?.focus({ preventScroll: false });
}

// A patch under the pointer or in focus says its weight, and the rows show how much each of them looked at it. Where the
// rows are patches themselves, the picture shows where this one looked.
function pointAt(app, i) {
  glow(app, looksAtItself(app) && i !== null ? i : app.shownRow);
  if (i === null) {
    hideTip(app);
    return;
  }
  const row = looksAtItself(app) ? i : app.shownRow;
  const key = looksAtItself(app) ? strongestPatch(app, i) : i;
  if (!looksAtItself(app) && hasChoice(app)) glowBack(app, i);
  showTip(app, app.patches[i], app.queryNames[row], app.keyNames[key], weightAt(app, row, key));
}

// Show the veil of a row: at once, or fading from what was shown before.
function showVeil(app, row) {
  const { veil, reading, matrix, theme } = app;
  const hidden = app.unveiled;
  if (row === null || (veil.row === row && veil.theme === theme && veil.hidden === hidden)) return;
  const deepest = deepestPatch(reading, matrix, row);
  const wanted = sharesOf(matrix, row, reading.shape[3], deepest);
  const fades = veil.shares && veil.theme === theme && veil.hidden === hidden && !hidden && !app.bare;
  const from = fades ? veil.shares : null;
  Object.assign(veil, { row, theme, hidden, deepest });
  cancelAnimationFrame(app.fading);
  if (from && !matchMedia("(prefers-reduced-motion: reduce)").matches) fadeVeil(app, from, wanted);
  else setVeil(app, wanted);
  showOverlays(app, row);
  showPictureLegend(app, deepest);
  app.patches?.forEach((node, i) => node.classList.toggle("chosen", looksAtItself(app) && i === row));
}

function setVeil(app, shares) {
  app.veil.shares = shares;
  veilImage(app.veil.canvas, app.reading.key, app.unveiled ? null : shares, app.theme);
}

function fadeVeil(app, from, wanted) {
  const began = performance.now();
  const tick = (now) => {
    const done = clamp((now - began) / FADE_MS, 0, 1);
    setVeil(app, wanted.map((share, i) => from[i] + (share - from[i]) * done));
    if (done < 1) app.fading = requestAnimationFrame(tick);
  };
  app.fading = requestAnimationFrame(tick);
}

function showPictureStep(app) {
  const { shownRow: row, queryNames, keyNames, text } = app;
  showVeil(app, row);
  if (app.bare) return;
  app.patches.forEach((node, i) => {
    const said = { query: queryNames[row], key: keyNames[i], weight: fixed(weightAt(app, row, i), 3) };
    node.setAttribute("aria-label", fillIn(text.cell, said));
    node.setAttribute("aria-selected", String(looksAtItself(app) && i === row));
  });
  const inside = app.patches.includes(app.node.getRootNode().activeElement);
  if (!inside) movePatch(app, firstPatch(app, row), false);
}

function repaintPicture(app) {
  showVeil(app, app.shownRow);
}

// What the colours stand for, and a switch for each layer of the picture; the switch of boxes is their legend.
function showPictureLegend(app, deepest) {
  const { legend, reading: { key }, theme, text } = app;
  const held = app.legend.contains(app.node.getRootNode().activeElement) ? app.node.getRootNode().activeElement.dataset.hold : null;
  const shades = shadesOf(theme, key.image.ground, 12);
  const band = (part) => `linear-gradient(90deg,${shades.map((shade) => shade[part]).join(",")})`;
  const bar = el("span", { class: "rampbar", style: { "--ground": band("ground"), "--figure": band("figure") } });
  const most = el("span", { text: fixed(deepest, deepest < 0.1 ? 3 : 2) });
  const ramp = el("span", { class: "pictureramp" }, el("span", { text: "0" }), bar, most, el("span", { text: text.patch_weight }));
  ramp.hidden = Boolean(app.unveiled);
  legend.replaceChildren(ramp, ...layerSwitches(app));
  if (held) legend.querySelector(`[data-hold="${held}"]`)?.focus();
}

// The side panel: the patches that a row looked at most, and how much of its attention they hold together.
function strongestBars(app, row) {
  const cols = strongestPatches(app, row).slice(0, 5);
  const digits = deepestOf(app) < 0.1 ? 3 : 2;
  const found = cols.map((col) => ({ name: app.keyNames[col], share: weightAt(app, row, col), said: fixed(weightAt(app, row, col), digits) }));
  const list = bars(found, "attention patchbars", null, deepestOf(app));
  [...list.children].forEach((item, i) => {
    item.addEventListener("pointerenter", () => app.state.view === "heatmap" && app.patches?.[cols[i]]?.classList.add("lit"));
    item.addEventListener("pointerleave", () => app.patches?.[cols[i]]?.classList.remove("lit"));
  });
  const held = found.reduce((sum, one) => sum + one.share, 0);
  const evenly = held < 2 * (found.length / app.cols.length);
  const said = fillIn(evenly ? app.text.patches_even : app.text.patches_hold, { n: found.length, share: percent(held), all: app.cols.length });
  return el("div", {}, list, el("p", { class: "note small", text: said }));
}
