// One matrix: sign, title, cells, shape. Cells are kept and only repainted while the matrix keeps its form.

const MOST_NUMBERED_CELLS = 16; // rows or columns beyond which a matrix is drawn as a map without numbers
const GAP = 2;

function isMap({ rows, columns }) {
  return Math.max(rows, columns) > MOST_NUMBERED_CELLS;
}

function newBlock() {
  const block = { cursor: { row: 0, column: 0 }, form: "" };
  block.sign = el("span", { class: "sign", "aria-hidden": "true" });
  block.title = el("div", { class: "title" });
  block.shape = el("div", { class: "shape" });
  block.scroller = el("div", { class: "scroller" });
  block.body = el("div", { class: "body" }, block.title, block.scroller, block.shape);
  block.node = el("div", { class: "block" }, block.sign, block.body);
  return block;
}

// Bring a block in line with its matrix: build where its form is new, else repaint.
function showBlock(app, block, matrix) {
  block.matrix = matrix;
  setText(block.sign, matrix.symbol);
  block.sign.hidden = !matrix.symbol;
  setText(block.title, matrix.title);
  setText(block.shape, shapeText(matrix));
  const form = JSON.stringify([matrix.rows, matrix.columns, matrix.labelled && [matrix.row_labels, matrix.column_labels]]);
  if (form !== block.form) {
    block.cursor = { row: Math.min(block.cursor.row, matrix.rows - 1), column: Math.min(block.cursor.column, matrix.columns - 1) };
    if (isMap(matrix)) buildMap(app, block);
    else buildCells(block);
    block.form = form;
  }
  describeGrid(app, block);
  if (isMap(matrix)) paintMap(app, block);
  else paintCells(app, block);
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function shapeText({ full_shape: [rows, columns], shape_text: symbols }) {
  const numbers = `${rows} \u00d7 ${columns}`;
  return symbols && symbols !== numbers ? `${symbols} = ${numbers}` : numbers;
}

function describeGrid(app, { grid, matrix }) {
  const { text } = app;
  const help = !matrix.editable ? text.grid_help : matrix.kind === "mask" ? text.grid_help_mask : text.grid_help_input;
  grid.setAttribute("aria-label", fillIn(text.grid, { title: matrix.title, rows: matrix.rows, columns: matrix.columns }));
  grid.setAttribute("aria-description", help);
  grid.setAttribute("aria-readonly", String(!matrix.editable));
  grid.classList.toggle("editable", matrix.editable);
  grid.classList.toggle("toggles", matrix.editable && matrix.kind === "mask");
}

function buildCells(block) {
  const { matrix } = block;
  block.grid = el("div", { class: "cells", role: "grid" });
  if (matrix.labelled && matrix.column_labels.length) block.grid.append(labelRow(block));
  block.cells = [];
  for (let row = 0; row < matrix.rows; row++) {
    const line = el("div", { class: "line", role: "row" });
    if (matrix.labelled && matrix.row_labels.length)
      line.append(el("div", { class: "rowname", role: "rowheader", title: matrix.row_labels[row] }, el("span", { text: matrix.row_labels[row] })));
    const cells = Array.from({ length: matrix.columns }, (_, column) => newCell(block, row, column));
    line.append(...cells);
    block.cells.push(cells);
    block.grid.append(line);
  }
  block.scroller.replaceChildren(block.grid);
}

function newCell(block, row, column) {
  const here = row === block.cursor.row && column === block.cursor.column;
  const cell = el("div", { class: "cell", role: "gridcell", tabindex: here ? 0 : -1 }, el("span", { class: "number" }));
  cell.dataset.row = row;
  cell.dataset.column = column;
  return cell;
}

function labelRow({ matrix }) {
  const head = el("div", { class: "line headline", role: "row" });
  if (matrix.row_labels.length) head.append(el("div", { class: "rowname", role: "columnheader" }));
  head.append(...matrix.column_labels.map((label) => el("div", { class: "columnname", role: "columnheader", title: label }, el("span", { text: label }))));
  return head;
}

const LONGEST_LABEL = 130; // pixels; longer ones are cut

// Room for the labels beside the cells; those of the columns lean where they are wider than the cells.
function fitLabels(app, { matrix, grid }, cell) {
  const font = `13px ${app.theme.sans}`;
  const reach = Math.min(widest(matrix.labelled ? matrix.column_labels : [], font), LONGEST_LABEL);
  const lean = reach > cell - 2;
  const names = matrix.labelled && matrix.row_labels.length ? Math.min(widest(matrix.row_labels, font) + 12, LONGEST_LABEL) : 0;
  grid.classList.toggle("leaning", lean);
  const sizes = { head: lean ? reach * 0.77 + 20 : 24, overhang: lean ? reach * 0.65 : 0, names };
  for (const [name, value] of Object.entries(sizes)) grid.style.setProperty(`--${name}`, `${Math.ceil(value)}px`);
}

// All cells of a matrix are as wide as its widest number needs; a strip on a phone or a full line takes a little less.
function cellWidth(app, matrix) {
  const narrow = isNarrow(app);
  if (matrix.kind === "mask" && matrix.digits === 0) return narrow || app.compact ? 30 : 34;
  const longest = widest(longTexts(matrix), `${figureSize(app)}px ${app.theme.sans}`);
  return Math.ceil(clamp(longest + (narrow || app.compact ? 6 : 12), narrow ? 32 : app.compact ? 36 : 42, 84));
}

function isNarrow(app) {
  return app.room < 560;
}

// Tall matrices have lower cells.
function cellHeight(app, { rows }) {
  return rows > 8 ? 27 : isNarrow(app) ? 34 : 32;
}

function figureSize(app) {
  return isNarrow(app) ? 11.5 : app.compact ? 12 : 12.5;
}

// The few numbers that may be the widest: measuring all of them would take longer than painting them.
function longTexts(matrix) {
  const find = () => [...new Set(Array.from(matrix.values, (value) => cellText(value, matrix.digits)))];
  return (matrix.longTexts ??= find().sort((one, other) => other.length - one.length).slice(0, 6));
}

function paintCells(app, block) {
  const { cells } = block;
  sizeCells(app, block);
  cells.forEach((line, row) => line.forEach((cell, column) => paintCell(app, block, cell, row, column)));
}

function sizeCells(app, block) {
  const { matrix, grid } = block;
  const sizes = { cell: cellWidth(app, matrix), tall: cellHeight(app, matrix), figure: figureSize(app) };
  for (const [name, value] of Object.entries(sizes)) grid.style.setProperty(`--${name}`, `${value}px`);
  if (matrix.labelled) fitLabels(app, block, sizes.cell);
}

function paintCell(app, { matrix }, cell, row, column) {
  const value = valueAt(matrix, row, column);
  const tone = toneOf(app, matrix, value);
  if (cell.dataset.tone !== tone) {
    cell.classList.remove(cell.dataset.tone ?? "x");
    cell.classList.add(tone);
    cell.dataset.tone = tone;
  }
  setText(cell.firstChild, cellText(value, matrix.digits));
  const said = spokenCell(app, matrix, row, column);
  if (cell.getAttribute("aria-label") !== said) cell.setAttribute("aria-label", said);
}

// The node of a cell: its own, or in a map the one that is moved to it.
function cellNode(app, id, row, column) {
  const block = app.blocks.get(id);
  return block?.cells?.[row]?.[column] ?? null;
}
