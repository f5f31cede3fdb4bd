// The numbers of a track: first where each letter listened most, then every weight.

function buildTrackTable(app) {
  const all = buildTable(app);
  return el("div", { class: "tracktables" }, strongestTable(app), el("p", { class: "note", text: app.text.all_weights }), all);
}

function strongestHeads(app) {
  const { text, reading } = app;
  return [reading.query_axis, text.peak, text.how_weight, text.stretch];
}

// The moment of the greatest weight, that weight, and the stretch that holds nine tenths of the row.
function strongestOf(app, row) {
  const peak = peakOf(app, row);
  const stretch = stretchOf(app, row);
  const said = stretch ? fillIn(app.text.moment, { start: fixed(stretch[0]), end: fixed(stretch[1]) }) : "\u2013";
  return [app.keyNames[peak], fixed(weightAt(app, row, peak), 3), said];
}

function strongestTable(app) {
  const { text, reading } = app;
  const body = el("tbody");
  for (const row of app.rows) {
    const name = el("th", { scope: "row", text: letterName(app, row), lang: reading.query.lang || null });
    const node = el("tr", {}, name, ...strongestOf(app, row).map((cell) => el("td", { text: cell })));
    node.addEventListener("click", () => choose(app, row));
    body.append(node);
  }
  const heads = strongestHeads(app).map((name, i) => el("th", { scope: "col", class: i ? null : "corner", text: name }));
  const caption = el("caption", { class: "unseen", text: text.strongest_label });
  const table = el("table", { class: "weights letters" }, caption, el("thead", {}, el("tr", {}, ...heads)), body);
  return el("div", { class: "scroller tablescroller", tabindex: 0, role: "region", "aria-label": text.strongest_label }, table);
}
