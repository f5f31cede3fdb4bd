// The side panel: what the model looked at for the chosen step, what came to mind, and the numbers behind it.

function stepText(app) {
  return app.text[`step_of_${app.reading.kind}`] ?? app.text.step_of;
}

function showPanel(app) {
  const { panel, reading, rows, text } = app;
  const row = app.shownRow;
  const wasOpen = panel.querySelector("details")?.open ?? app.howOpen ?? false;
  app.howOpen = wasOpen;
  if (row === null || !rows.length) {
    panel.replaceChildren(el("p", { class: "note", text: text.nothing }));
    return;
  }
  const step = reading.steps[row] ?? null;
  const query = app.queryNames[row];
  const title = el("p", { class: "steptitle", text: step?.title || query, title: isListing(reading.query) ? query : null, lang: reading.query.lang || null });
  const where = fillIn(stepText(app), { step: rows.indexOf(row) + 1, steps: rows.length, query });
  panel.replaceChildren(title, el("p", { class: "note", text: where }), (keyKind(app).bars ?? lookedAt)(app, row));
  if (step?.candidates.length) panel.append(el("p", { class: "note", text: text.candidates }), candidates(app, step));
  if (step?.log_probability !== null && step?.log_probability !== undefined)
    panel.append(el("p", { class: "note", text: fillIn(text.probability, { probability: percent(Math.exp(step.log_probability)) }) }));
  const isSummary = app.state.layer === null && app.state.head === null; // the numbers belong to the summary alone
  if (step?.table.length && isSummary) panel.append(howTable(app, step, wasOpen));
}

function percent(share) {
  const value = share * 100;
  return `${value.toFixed(value >= 10 ? 0 : value >= 1 ? 1 : 2)}\u00a0%`;
}

function shareText(share) {
  return share > 0 && share < 0.005 ? "<0.01" : fixed(share);
}

function bars(entries, kind, lang, full = 1) {
  const list = el("ul", { class: `bars ${kind}`, lang: lang || null });
  for (const { name, share, strong, said } of entries) {
    const bar = el("span", { class: "bar" }, el("span", { class: "fill", style: { width: `${clamp((share / full) * 100, 0.6, 100)}%` } }));
    const item = el("li", {}, el("span", { class: "barname", text: name, title: name }), bar, el("span", { class: "barvalue", text: said ?? shareText(share) }));
    item.classList.toggle("strong", Boolean(strong));
    list.append(item);
  }
  return list;
}

function lookedAt(app, row) {
  const found = app.cols.map((col) => ({ name: app.keyNames[col], share: weightAt(app, row, col) }));
  found.sort((one, other) => other.share - one.share);
  const shown = found.filter((one, i) => i < 3 || (i < 5 && one.share >= worthNumber(app)));
  const box = el("div", {}, bars(shown, isListing(app.reading.key) ? "attention long" : "attention", app.reading.key.lang, deepestOf(app)));
  const mass = hiddenMass(app, row);
  if (mass >= 0.005) box.append(el("p", { class: "note small", text: fillIn(app.text.hidden_row, { weight: fixed(mass) }) }));
  return box;
}

function candidates(app, step) {
  const shown = step.candidates.slice(0, 5).map(([name, share]) => ({ name, share, strong: name === step.title }));
  return bars(shown, "neutral", app.reading.query.lang);
}

function howTable(app, step, open) {
  const { text } = app;
  const heads = [text.how_word, text.how_score, text.how_weight, text.how_context];
  const head = el("tr", {}, ...heads.map((name) => el("th", { scope: "col", text: name })));
  const body = el("tbody", { lang: app.reading.key.lang || null });
  for (const [label, score, weight, share] of step.table)
    body.append(el("tr", {}, el("th", { scope: "row", text: label }), ...[score, weight, share].map((value) => el("td", { text: fixed(value) }))));
  const table = el("table", { class: "how" }, el("thead", {}, head), body);
  return el("details", { class: "fold", open }, el("summary", { text: text.how }),
    el("div", { class: "howscroller", tabindex: 0, role: "region", "aria-label": text.how }, table));
}
