// The heatmap: a grid of cells that scrolls inside itself, with labels that stay in sight, and one tab stop.

function hiddenNeeded(app) {
  return app.rows.some((row) => hiddenMass(app, row) >= 0.005);
}

function buildHeatmap(app, room, tall = 0) {
  const size = heatmapSize(app, room, tall);
  const { text, reading } = app;
  const label = fillIn(text.grid_label, reading);
  const grid = el("div", { class: "grid", role: "grid", "aria-label": label, "aria-description": text.grid_help, "aria-readonly": "true" });
  const px = (value) => `${value}px`;
  const total = size.widths.reduce((sum, one) => sum + one, 0);
  const vars = { cols: size.widths.map(px).join(" "), total: px(total), h: px(size.height), label: px(size.labelWidth),
    margin: px(size.margin), head: px(size.head), font: px(size.font), cellfont: px(size.cellFont), angle: `${-size.angle}deg`, reach: px(size.reach) };
  for (const [name, value] of Object.entries(vars)) grid.style.setProperty(`--${name}`, value);
  grid.classList.toggle("slanted", size.angle > 0);
  if (isWindowed(app)) grid.setAttribute("aria-colcount", app.cols.length + 1);
  Object.assign(app, { size, seen: windowOf(app, size, 0, room) });
  grid.append(headRow(app, size));
  app.rowNodes = new Map(app.rows.map((row) => [row, bodyRow(app, row, size)]));
  grid.append(...app.rowNodes.values());
  const scroller = el("div", { class: "scroller" }, grid);
  app.grid = grid;
  app.cursor = { row: app.state.step, col: app.cols[0] };
  if (!app.bare) listen(app, grid, scroller);
  return scroller;
}

function headRow(app, size) {
  const head = el("div", { class: "row headrow", role: "row" });
  head.append(el("div", { class: "corner", role: "columnheader" }, el("span", { class: "unseen", text: app.reading.query_axis })));
  app.colNodes = new Map();
  for (let place = app.seen[0]; place < app.seen[1]; place++) {
    const node = columnLabel(app, place);
    app.colNodes.set(app.cols[place], node);
    head.append(node);
  }
  if (size.note) head.append(el("div", { class: "aside", role: "columnheader", text: app.text.hidden }));
  return head;
}

function columnLabel(app, place) {
  const col = app.cols[place];
  const name = app.keyNames[col];
  const label = el("span", { text: name, lang: app.reading.key.lang || null });
  const node = el("div", { class: "collabel", role: "columnheader", title: name }, label);
  node.classList.toggle("endlabel", app.reading.key_end.includes(col));
  return placed(app, node, place);
}

// In a map that holds only the columns in sight, say which one this is; in others the order says it.
function placed(app, node, place) {
  if (!isWindowed(app)) return node;
  node.dataset.place = place;
  node.style.gridColumn = place + 2;
  node.setAttribute("aria-colindex", place + 2);
  return node;
}

function bodyRow(app, row, size) {
  const { reading } = app;
  const query = app.queryNames[row];
  const node = el("div", { class: "row", role: "row" });
  node.dataset.row = row;
  const label = el("div", { class: "rowlabel", role: "rowheader", title: query, lang: reading.query.lang || null });
  label.append(el("span", { text: query }));
  if (reading.changed.includes(row)) label.classList.add("changed");
  label.classList.toggle("endlabel", reading.query_end.includes(row));
  node.append(label);
  for (let place = app.seen[0]; place < app.seen[1]; place++) node.append(cellNode(app, row, place));
  if (size.note) node.append(hiddenCell(app, row));
  return node;
}

function cellNode(app, row, place) {
  const col = app.cols[place];
  const weight = weightAt(app, row, col);
  const name = fillIn(app.text.cell, { query: app.queryNames[row], key: app.keyNames[col], weight: fixed(weight) });
  const cell = el("div", { class: `cell w${toneOf(app, weight)}`, role: "gridcell", tabindex: -1, "aria-label": name });
  cell.dataset.col = col;
  if (app.size.numbers) cell.textContent = cellNumber(weight, worthNumber(app));
  return placed(app, cell, place);
}

function hiddenCell(app, row) {
  const mass = hiddenMass(app, row);
  const said = fillIn(app.text.hidden_row, { weight: fixed(mass) });
  const shown = mass >= 0.005 ? `+${fixed(mass).slice(1)}` : "";
  return el("div", { class: "aside", role: "gridcell", "aria-label": said, title: said, text: shown });
}

function cellAt(app, row, col) {
  return app.rowNodes?.get(row)?.querySelector(`[data-col="${col}"]`) ?? null;
}

function listen(app, grid, scroller) {
  const cellOf = (event) => event.target.closest?.(".cell") ?? null;
  const rowOf = (node) => Number(node.closest(".row").dataset.row);
  grid.addEventListener("pointerover", (event) => {
    const cell = cellOf(event);
    if (cell && event.pointerType !== "touch") preview(app, rowOf(cell), Number(cell.dataset.col), cell);
  });
  grid.addEventListener("pointerleave", () => preview(app, null, null, null));
  grid.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row || row.dataset.row === undefined) return;
    choose(app, Number(row.dataset.row));
    const cell = cellOf(event);
    if (cell) moveCursor(app, Number(row.dataset.row), Number(cell.dataset.col));
  });
  grid.addEventListener("focusin", (event) => {
    const cell = cellOf(event);
    if (cell) preview(app, rowOf(cell), Number(cell.dataset.col), cell);
  });
  grid.addEventListener("focusout", () => preview(app, null, null, null));
  grid.addEventListener("keydown", (event) => gridKey(app, event));
  scroller.addEventListener("scroll", () => (hideTip(app), fillWindow(app)), { passive: true });
}

function gridKey(app, event) {
  if (event.altKey || event.metaKey || !event.target.classList.contains("cell")) return;
  const { rows, cols } = app;
  let row = rows.indexOf(app.cursor.row);
  let col = cols.indexOf(app.cursor.col);
  if (event.key === "ArrowLeft") col -= 1;
  else if (event.key === "ArrowRight") col += 1;
  else if (event.key === "ArrowUp") row -= 1;
  else if (event.key === "ArrowDown") row += 1;
  else if (event.key === "Home") [row, col] = event.ctrlKey ? [0, 0] : [row, 0];
  else if (event.key === "End") [row, col] = event.ctrlKey ? [rows.length - 1, cols.length - 1] : [row, cols.length - 1];
  else if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  row = clamp(row, 0, rows.length - 1);
  col = clamp(col, 0, cols.length - 1);
  choose(app, rows[row]);
  moveCursor(app, rows[row], cols[col]);
}

// Move the one tab stop to a cell and give it the focus.
function moveCursor(app, row, col, focus = true) {
  cellAt(app, app.cursor.row, app.cursor.col)?.setAttribute("tabindex", "-1");
  app.cursor = { row, col };
  if (focus) bringColumn(app, col);
  const cell = cellAt(app, row, col);
  cell?.setAttribute("tabindex", "0");
  if (focus) cell?.focus({ preventScroll: false });
}

// A cell under the pointer or in focus: its words light up, and a small note says the exact weight.
function preview(app, row, col, cell) {
  app.grid.querySelectorAll(".lit").forEach((node) => node.classList.remove("lit"));
  if (row === null) {
    hideTip(app);
    glow(app, app.shownRow);
    return;
  }
  app.colNodes.get(col)?.classList.add("lit");
  app.rowNodes.get(row)?.querySelector(".rowlabel").classList.add("lit");
  glow(app, row);
  showTip(app, cell, app.queryNames[row], app.keyNames[col], weightAt(app, row, col));
}

function showTip(app, cell, query, key, weight) {
  const { tip } = app;
  tip.replaceChildren(
    el("span", { text: query, class: "tipword" }), el("span", { text: "\u2190", "aria-hidden": "true" }),
    el("span", { text: key, class: "tipword" }), el("b", { text: fixed(weight, 3) }),
  );
  tip.classList.add("shown");
  const [frame, box] = [app.node.getBoundingClientRect(), cell.getBoundingClientRect()];
  const half = tip.offsetWidth / 2;
  const x = clamp(box.left + box.width / 2 - frame.left, half + 4, frame.width - half - 4);
  tip.style.left = `${x}px`;
  tip.style.top = `${box.top - frame.top - 8}px`;
}

function hideTip(app) {
  app.tip.classList.remove("shown");
}

function showHeatmapStep(app) {
  app.rowNodes.forEach((node, row) => {
    node.classList.toggle("chosen", row === app.shownRow);
    const label = node.querySelector(".rowlabel");
    if (row === app.shownRow) label.setAttribute("aria-current", "true");
    else label.removeAttribute("aria-current");
    node.classList.toggle("unborn", isUnborn(app, row));
  });
  const inGrid = app.grid.contains(app.grid.getRootNode().activeElement);
  if (!app.bare && !inGrid && !app.playing) moveCursor(app, app.shownRow, app.cursor.col, false);
  keepInSight(app);
  if (!inGrid) showStrongest(app);
}

// Scroll the grid, never the page, so that the chosen row stays in sight.
function keepInSight(app) {
  const scroller = app.grid.parentElement;
  const node = app.rowNodes.get(app.shownRow);
  if (!node || scroller.scrollHeight <= scroller.clientHeight) return;
  const head = app.grid.firstElementChild.offsetHeight;
  if (node.offsetTop - head < scroller.scrollTop) scroller.scrollTop = node.offsetTop - head;
  const below = node.offsetTop + node.offsetHeight - scroller.clientHeight;
  if (below > scroller.scrollTop) scroller.scrollTop = below + 4;
}
