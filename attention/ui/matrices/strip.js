// The strip itself: one object per place on the page, kept through reruns; new numbers repaint, the nodes stay.

function createStrip(send, sendOnce) {
  const app = { send, sendOnce, blocks: new Map(), byId: new Map(), matrices: [], unsaid: new Map(), lit: new Map(), litNodes: [],
    hovered: null, focused: null, chosen: null, room: 0, compact: false };
  app.sheet = el("style");
  app.strip = el("div", { class: "strip", role: "group" });
  app.line = el("p", { class: "arithmetic", "aria-live": "polite" });
  app.problem = el("p", { class: "problem", role: "alert", hidden: true });
  app.caption = el("p", { class: "caption" });
  app.legend = el("div", { class: "legend", "aria-hidden": "true" });
  app.saving = el("div", { class: "saving" });
  app.foldName = el("summary");
  app.tables = el("div", { class: "tables" });
  app.fold = el("details", { class: "fold", ontoggle: () => showFold(app) }, app.foldName, app.tables);
  const foot = el("div", { class: "foot" }, app.legend, app.saving);
  app.node = el("div", { class: "matrices" }, app.sheet, app.strip, app.problem, app.line, app.caption, foot, app.fold);
  listenToStrip(app);
  return app;
}

function receiveStrip(app, view) {
  const first = app.view === undefined;
  Object.assign(app, { view, text: view.text, matrices: view.matrices.map(unpackedMatrix) });
  app.byId = new Map(app.matrices.map((matrix) => [matrix.id, matrix]));
  const given = JSON.stringify(view.chosen);
  if (first) app.chosen = placeGiven(view.chosen ?? view.initial);
  else if (given !== app.given) app.chosen = placeGiven(view.chosen);
  app.given = given;
  keepUnsaid(app);
  clearTimeout(app.doubting);
  if (app.waiting) answered(app);
  if (first) {
    app.room = app.node.clientWidth;
    app.strip.setAttribute("aria-label", app.text.strip);
    buildSaving(app);
  }
  showStrip(app);
}

function placeGiven(place) {
  return place ? { id: place[0], row: place[1], column: place[2] } : null;
}

function showStrip(app) {
  app.scales = scalesOf(app.matrices);
  const held = heldPlace(app);
  app.moving = true; // taking nodes out of the page must not end an edit
  keepBlocks(app);
  app.matrices.forEach((matrix) => showBlock(app, app.blocks.get(matrix.id), matrix));
  fitStrip(app);
  app.moving = false;
  restoreFocus(app, held);
  app.strip.classList.toggle("empty", !app.matrices.length);
  if (!app.matrices.length) app.strip.replaceChildren(el("p", { class: "caption", text: app.text.nothing }));
  setText(app.caption, captionOf(app));
  app.caption.hidden = !app.caption.textContent;
  showLegend(app);
  showFold(app);
  showTouched(app);
}

// One block per matrix, in order. Nodes that are in place already are not touched, so that focus and scroll stay.
function keepBlocks(app) {
  for (const [id, block] of app.blocks) {
    if (app.byId.has(id)) continue;
    block.node.remove();
    app.blocks.delete(id);
  }
  app.strip.querySelector(":scope > p")?.remove();
  app.matrices.forEach((matrix, i) => {
    if (!app.blocks.has(matrix.id)) app.blocks.set(matrix.id, newBlock());
    const { node } = app.blocks.get(matrix.id);
    if (app.strip.children[i] !== node) app.strip.insertBefore(node, app.strip.children[i] ?? null);
  });
}

function heldPlace(app) {
  const active = app.node.getRootNode().activeElement;
  const editing = app.editor && { place: app.editor.place, typed: app.editor.input.value, problem: app.problem.textContent };
  const held = app.strip.contains(active);
  return { focus: held && !editing ? app.focused : null, editing, inEditor: held && active === app.editor?.input };
}

// Where cells were built anew, the focus and an open editor go to the cell of the same place.
function restoreFocus(app, { focus, editing, inEditor }) {
  const active = app.node.getRootNode().activeElement;
  if (editing && app.editor && !app.editor.input.isConnected) {
    const matrix = app.byId.get(editing.place.id);
    app.editor = null;
    showProblem(app, "");
    if (!matrix?.editable || editing.place.row >= matrix.rows || editing.place.column >= matrix.columns) return;
    openEditor(app, editing.place, editing.typed);
    if (editing.problem) showProblem(app, editing.problem);
  } else if (inEditor && active !== app.editor?.input) app.editor?.input.focus();
  else if (focus && !app.strip.contains(active) && app.byId.has(focus.id)) {
    const { rows, columns } = app.byId.get(focus.id);
    focusCell(app, { id: focus.id, row: Math.min(focus.row, rows - 1), column: Math.min(focus.column, columns - 1) });
  }
}

function captionOf(app) {
  const { matrices, text } = app;
  const parts = [app.view.caption.trim() || (app.view.caption ? "" : ownCaption(app))]; // a blank caption is none
  if (matrices.some(({ values }) => values.some((value) => !Number.isFinite(value)))) parts.push(text.not_finite);
  for (const { averaged, title, full_shape: [rows, columns] } of matrices) if (averaged) parts.push(fillIn(text.averaged, { title, rows, columns }));
  return parts.filter(Boolean).join(" ");
}

function ownCaption({ matrices, text }) {
  if (!matrices.length) return "";
  const of = (...kinds) => matrices.filter(({ kind }) => kinds.includes(kind));
  const parts = [text.touch];
  if (of("input", "value").length) parts.push(text.about_values);
  const weights = of("weights");
  if (weights.length) parts.push(weights.every(rowsAddUp) ? text.about_weights_rows : text.about_weights);
  const masks = of("mask");
  if (masks.length) parts.push(masks.some(({ editable }) => editable) ? text.about_mask : text.about_mask_fixed);
  if (of("input").some(({ editable }) => editable)) parts.push(text.about_inputs);
  if (of("difference").length) parts.push(text.about_difference);
  return parts.join(" ");
}

// Each row sums to 1, or to 0 where everything is masked.
function rowsAddUp({ values, rows, columns, averaged }) {
  if (averaged) return false;
  return Array.from({ length: rows }, (_, row) => total([...values.slice(row * columns, (row + 1) * columns)]))
    .every((sum) => Math.abs(sum - 1) < 1e-3 || Math.abs(sum) < 1e-6);
}

function showLegend(app) {
  const { text } = app;
  const entries = [["input", text.legend_inputs], ["value", text.legend_values], ["weights", text.legend_weights], ["difference", text.legend_difference]];
  app.legend.replaceChildren(...entries.map(([kind, name]) => legendEntry(app, kind, name)).filter(Boolean));
}

// The ramp of a kind with the numbers at its ends; "≥" where some numbers lie beyond.
function legendEntry({ matrices, scales }, kind, name) {
  const shown = matrices.filter((matrix) => matrix.kind === kind);
  if (!shown.length) return null;
  const isWeights = kind === "weights";
  const most = isWeights ? 1 : scales[kind];
  const beyond = !isWeights && shown.some((matrix) => largestSize(matrix) > most);
  const tones = isWeights ? ["w0", "w20", "w40", "w60", "w80", "w100"] : ["v0", "v16", "v28", "v40", "v52", "v64", "v80"];
  const ends = isWeights ? ["0", "1"] : [`${beyond ? "\u2264 " : ""}${signed(`-${term(most)}`)}`, `${beyond ? "\u2265 " : ""}${term(most)}`];
  const ramp = el("span", { class: "ramp" }, ...tones.map((tone) => el("span", { class: `swatch ${tone}` })));
  return el("span", { class: "key" }, el("span", { text: name }), el("span", { text: ends[0] }), ramp, el("span", { text: ends[1] }));
}

function buildSaving(app) {
  const { text } = app;
  const make = (name, act) => el("button", { type: "button", class: "small", text: text[name], "aria-label": `${text.save} ${text[name]}`, onclick: act });
  app.saving.replaceChildren(el("span", { text: text.save, "aria-hidden": "true" }),
    make("png", () => savePicture(app, "png")), make("svg", () => savePicture(app, "svg")), make("csv", () => saveCsv(app)));
}

function recolourStrip(app) {
  applyTones(app);
  if (!app.view) return;
  for (const block of app.blocks.values()) if (!block.cells) paintMap(app, block);
}

// Widths follow the room and the fonts, colours the theme.
function watchStrip(app) {
  const observer = new ResizeObserver(() => {
    const width = app.node.clientWidth;
    if (!app.view || !width || Math.abs(width - app.room) < 2) return;
    app.room = width;
    showStrip(app);
  });
  observer.observe(app.node);
  const onFonts = () => app.view && showStrip(app);
  document.fonts?.addEventListener("loadingdone", onFonts);
  const onWindow = () => app.view?.wide && showStrip(app);
  addEventListener("resize", onWindow);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const onScheme = () => requestAnimationFrame(() => recolourStrip(app));
  dark.addEventListener("change", onScheme);
  return () => {
    observer.disconnect();
    removeEventListener("resize", onWindow);
    document.fonts?.removeEventListener("loadingdone", onFonts);
    dark.removeEventListener("change", onScheme);
    for (const timer of [app.telling, app.saying, app.waiting, app.doubting]) clearTimeout(timer);
  };
}
