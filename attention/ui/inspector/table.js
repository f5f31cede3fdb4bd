// The same numbers as a real table.

function buildTable(app) {
  const { text, rows, cols, reading } = app;
  const hidden = hiddenNeeded(app);
  const head = el("tr", {}, el("th", { scope: "col", class: "corner" }, el("span", { text: reading.query_axis })));
  for (const col of cols) head.append(el("th", { scope: "col", class: isListing(reading.key) ? "entryhead" : null, text: app.keyNames[col], lang: reading.key.lang || null }));
  if (hidden) head.append(el("th", { scope: "col", class: "asidecell", text: text.hidden }));
  const body = el("tbody");
  app.tableRows = new Map();
  for (const row of rows) {
    const label = el("th", { scope: "row", class: isListing(reading.query) ? "entryhead" : null, text: app.queryNames[row], lang: reading.query.lang || null });
    if (reading.changed.includes(row)) label.append(" ", el("span", { class: "note", text: text.changed }));
    const node = el("tr", {}, label);
    for (const col of cols) {
      const weight = weightAt(app, row, col);
      node.append(el("td", { text: fixed(weight), class: weight >= worthNumber(app) ? `w${toneOf(app, weight)}` : "slight" }));
    }
    if (hidden) node.append(el("td", { class: "asidecell", text: fixed(hiddenMass(app, row)) }));
    node.addEventListener("click", () => choose(app, row));
    app.tableRows.set(row, node);
    body.append(node);
  }
  const caption = el("caption", { class: "unseen", text: `${text.table_label}: ${shownName(app)}` });
  const table = el("table", { class: "weights" }, caption, el("thead", {}, head), body);
  return el("div", { class: "scroller tablescroller", tabindex: 0, role: "region", "aria-label": text.table_label }, table);
}

function showTableStep(app) {
  app.tableRows.forEach((node, row) => node.classList.toggle("chosen", row === app.shownRow));
}
