// The same numbers as tables, below; made when the fold is opened, and kept up to date while it is.

function showFold(app) {
  setText(app.foldName, app.text.table);
  if (!app.fold.open) return app.tables.replaceChildren();
  return app.tables.replaceChildren(...app.matrices.map((matrix) => matrixTable(app, matrix)));
}

function matrixTable(app, matrix) {
  const head = el("tr", {}, el("td"));
  for (let column = 0; column < matrix.columns; column++) head.append(el("th", { scope: "col", text: matrix.column_labels[column] ?? String(column + 1) }));
  const body = el("tbody");
  for (let row = 0; row < matrix.rows; row++) {
    const line = el("tr", {}, el("th", { scope: "row", text: matrix.row_labels[row] ?? String(row + 1) }));
    for (let column = 0; column < matrix.columns; column++) line.append(el("td", { text: tableText(matrix, row, column) }));
    body.append(line);
  }
  const caption = el("caption", {}, el("span", { class: "title", text: matrix.title }), " ", el("span", { class: "shape", text: shapeText(matrix) }));
  const name = fillIn(app.text.grid, { title: matrix.title, rows: matrix.rows, columns: matrix.columns });
  return el("div", { class: "tablescroller", tabindex: 0, role: "region", "aria-label": name }, el("table", {}, caption, el("thead", {}, head), body));
}

function tableText(matrix, row, column) {
  const value = valueAt(matrix, row, column);
  if (!Number.isFinite(value) || matrix.digits === null || matrix.digits === 0) return cellText(value, matrix.digits);
  return cellText(value, matrix.digits + 2);
}
