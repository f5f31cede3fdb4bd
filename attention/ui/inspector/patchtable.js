// The patches of an image as a table: the strongest of the chosen row first, with their places; all of them on demand.

const FIRST_PATCHES = 16;

function buildPatchTable(app) {
  const { text } = app;
  const heads = [text.patch_row, text.patch_column, text.how_weight, text.so_far];
  const head = el("tr", {}, ...heads.map((name) => el("th", { scope: "col", text: name })));
  app.patchTable = { caption: el("caption", { class: "unseen" }), body: el("tbody"), title: el("p", { class: "note" }) };
  const table = el("table", { class: "weights patchtable" }, app.patchTable.caption, el("thead", {}, head), app.patchTable.body);
  const scroller = el("div", { class: "scroller tablescroller", tabindex: 0, role: "region", "aria-label": text.table_label }, table);
  app.patchTable.more = el("button", { type: "button", class: "quiet", onclick: () => {
    app.allPatches = !app.allPatches;
    showPatchTableStep(app);
  } });
  const save = el("button", { type: "button", class: "quiet", text: text.save_csv, onclick: () => savePatches(app) });
  return el("div", {}, app.patchTable.title, scroller, el("div", { class: "tablebuttons" }, app.patchTable.more, save));
}

function showPatchTableStep(app) {
  const { text, shownRow: row, cols, reading: { key: { grid: [, columns] } } } = app;
  const { body, caption, title, more } = app.patchTable;
  caption.textContent = `${text.table_label}: ${shownName(app)}, ${app.queryNames[row]}`;
  title.textContent = fillIn(text.patches_of, { query: app.queryNames[row] });
  let sum = 0;
  body.replaceChildren(...strongestPatches(app, row).slice(0, app.allPatches ? cols.length : FIRST_PATCHES).map((col) => {
    const weight = weightAt(app, row, col);
    sum += weight;
    return el("tr", {}, el("th", { scope: "row", text: Math.floor(col / columns) + 1 }), el("td", { text: (col % columns) + 1 }),
      el("td", { text: fixed(weight, 3), class: weight >= worthNumber(app) ? `w${toneOf(app, weight)}` : "slight" }), el("td", { text: percent(sum) }));
  }));
  more.hidden = cols.length <= FIRST_PATCHES;
  more.textContent = app.allPatches ? text.show_fewer : fillIn(text.show_all, { n: cols.length });
  more.setAttribute("aria-expanded", String(Boolean(app.allPatches)));
}

// One line for each patch of each row; where the rows are patches too, of the chosen row alone. No digit is written that
// was not sent.
function patchLines(app) {
  const digits = app.reading.rough ? 3 : 6;
  const { reading: { key: { grid: [, columns] } }, text } = app;
  const rows = looksAtItself(app) ? [app.shownRow] : app.queryNames.map((_, i) => i);
  const quoted = (name) => `"${(/^[=+\-@\t\r]/.test(name) ? `'${name}` : name).replaceAll('"', '""')}"`; // never read as a formula
  const lines = rows.flatMap((row) => app.cols.map((col) =>
    [quoted(app.queryNames[row]), Math.floor(col / columns) + 1, (col % columns) + 1, weightAt(app, row, col).toPrecision(digits)].join(",")));
  return [[app.reading.query_axis, text.patch_row, text.patch_column, text.how_weight].map(quoted).join(","), ...lines, ""].join("\r\n");
}

function savePatches(app) {
  download(new Blob([patchLines(app)], { type: "text/csv" }), fileName(app, "csv"));
}

function drawPatchTable(app, drawing) {
  const { text, shownRow: row, reading: { key: { grid: [, columns] } } } = app;
  const lefts = [90, 190, 290, 420].map((x) => MARGIN + x);
  const write = (cells, weight) => cells.forEach((cell, i) => addText(drawing, lefts[i], drawing.y, String(cell), 14, { anchor: "end", weight }));
  drawParagraph(drawing, fillIn(text.patches_of, { query: app.queryNames[row] }), 14);
  drawing.y += 30;
  write([text.patch_row, text.patch_column, text.how_weight, text.so_far], 600);
  let sum = 0;
  for (const col of strongestPatches(app, row).slice(0, FIRST_PATCHES)) {
    sum += weightAt(app, row, col);
    drawing.y += 27;
    addRect(drawing, MARGIN, drawing.y - 19, lefts[3] - MARGIN, 1, app.theme.line, { r: 0 });
    write([Math.floor(col / columns) + 1, (col % columns) + 1, fixed(weightAt(app, row, col), 3), percent(sum)], 400);
  }
  drawing.y += 10;
}
