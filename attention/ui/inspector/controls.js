// The controls below the picture: step, view, reading, layer and head, switches, saving. Small, and near the picture.

function buildControls(app) {
  const { text } = app;
  app.viewBar = el("div", { class: "segmented", role: "group", "aria-label": text.views });
  app.range = el("input", { type: "range", min: 0, step: 1, "aria-label": text.step });
  app.range.addEventListener("input", () => choose(app, app.rows[Number(app.range.value)]));
  const stepBy = (by) => choose(app, app.rows[clamp(app.rows.indexOf(app.state.step) + by, 0, app.rows.length - 1)]);
  const arrow = (name, sign, by) => el("button", { type: "button", class: "quiet arrow", "aria-label": name, text: sign, onclick: () => stepBy(by) });
  app.stepLabel = el("span", { class: "steplabel", "aria-hidden": "true" });
  const scrub = el("div", { class: "scrub" }, arrow(text.previous, "\u2039", -1), app.range, arrow(text.next, "\u203a", 1), app.stepLabel);
  app.choices = el("div", { class: "choices" });
  app.scrub = scrub;
  app.controls.replaceChildren(el("div", { class: "mainrow" }, scrub, app.viewBar), app.choices);
}

// Bring every control in line with the state; called after each change of what is drawn.
function showControls(app) {
  const { state, reading, text } = app;
  const held = heldFocus(app);
  app.viewBar.replaceChildren(...Object.entries(viewsOf(reading)).map(([name, view]) => {
    const button = el("button", { type: "button", text: text[view.title ?? name], "aria-pressed": String(state.view === name) });
    button.dataset.hold = `view-${name}`;
    button.addEventListener("click", () => change(app, { view: name }));
    return button;
  }));
  app.scrub.hidden = hasChoice(app) || !keyKind(app).steps || isPicture(reading.query);
  app.range.max = Math.max(app.rows.length - 1, 0);
  app.choices.replaceChildren(...choicesFor(app).filter(Boolean));
  giveFocus(app, held);
}

function choicesFor(app) {
  const { state, reading, text } = app;
  const bases = app.readings.filter((one) => one.pieces_of === null);
  const single = state.view !== "heads";
  return [
    bases.length > 1 && menu("map", text.reading, bases.map((one) => [one.name, one.title]), state.map, (map) =>
      change(app, { map, layer: null, head: null }, "menu")),
    single && hasSeveralMatrices(reading) && layerMenu(app),
    single && state.layer !== null && !isExtra(reading, state.layer) && reading.shape[1] > 1 && headMenu(app),
    hasPieces(app) && toggle(app, "pieces", text.pieces),
    app.hasEnd && toggle(app, "end", text.end),
    ...keyKind(app).controls(app),
    el("span", { class: "spring" }),
    saveButtons(app),
  ];
}

function menu(name, label, options, value, act) {
  const select = el("select", { "aria-label": label }, ...options.map(([v, title]) => el("option", { value: v, text: title, selected: v === value })));
  select.dataset.hold = `menu-${name}`;
  select.addEventListener("change", () => act(select.value));
  return el("span", { class: "menu" }, select);
}

const NONE = "-1"; // the option that stands for the summary, or for the mean of heads

function layerMenu(app) {
  const { reading, text, state } = app;
  const named = [...reading.layer_names, ...reading.extras.map(({ name }) => name)].map((name, i) => [String(i), name]);
  const options = [[NONE, summaryName(app)], ...(isSingle(reading) ? named.slice(1) : named)];
  return menu("layer", text.layer, options, String(state.layer ?? NONE), (value) =>
    change(app, value === NONE || isExtra(reading, Number(value)) ? { layer: value === NONE ? null : Number(value), head: null } : { layer: Number(value) }));
}

function headMenu(app) {
  const { reading, text, state } = app;
  const options = [[NONE, text.mean_of_heads], ...reading.head_names.map((name, i) => [String(i), name])];
  return menu("head", text.head, options, String(state.head ?? NONE), (value) =>
    change(app, { head: value === NONE ? null : Number(value) }));
}

function toggle(app, name, label) {
  const box = el("input", { type: "checkbox" });
  box.checked = app.state[name];
  box.dataset.hold = `toggle-${name}`;
  box.addEventListener("change", () => change(app, { [name]: box.checked }));
  return el("label", { class: "toggle" }, box, el("span", { text: label }));
}

function saveButtons(app) {
  const { text } = app;
  const make = (name, act) => el("button", { type: "button", class: "quiet", text: text[name], "aria-label": `${text.save}: ${text[name]}`, onclick: act });
  return el("span", { class: "save" }, el("span", { text: text.save, "aria-hidden": "true" }),
    make("png", () => savePng(app)), make("svg", () => saveSvg(app)));
}

function heldFocus(app) {
  return app.controls.contains(app.node.getRootNode().activeElement) ? app.node.getRootNode().activeElement.dataset.hold : null;
}

function giveFocus(app, held) {
  if (held) app.controls.querySelector(`[data-hold="${held}"]`)?.focus();
}

function showControlStep(app) {
  const place = Math.max(app.rows.indexOf(app.shownRow), 0);
  app.range.value = place;
  app.range.style.setProperty("--done", `${app.rows.length > 1 ? (100 * place) / (app.rows.length - 1) : 100}%`);
  app.range.setAttribute("aria-valuetext", `${app.queryNames[app.shownRow] ?? ""}, ${place + 1} / ${app.rows.length}`);
  app.stepLabel.textContent = `${place + 1} / ${app.rows.length}`;
}
