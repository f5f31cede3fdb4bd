// A matrix of more than 16 rows or columns: one canvas, and above it one cell that moves to where the reader is, so that
// thousands of cells stay fast and each can still be reached by keyboard.

const MAP_SIDE = 340; // pixels that the longer side of a map takes, about

function mapCell({ rows, columns }) {
  return Math.floor(clamp(MAP_SIDE / Math.max(rows, columns), 5, 16));
}

function buildMap(app, block) {
  const { matrix } = block;
  block.pitch = mapCell(matrix);
  block.canvas = el("canvas", { "aria-hidden": "true" });
  block.marks = el("div", { class: "marks", "aria-hidden": "true" });
  block.spot = el("div", { class: "cell spot", role: "gridcell", tabindex: 0 }, el("span", { class: "number" }));
  const line = el("div", { class: "spotline", role: "row" }, block.spot);
  block.grid = el("div", { class: "map", role: "grid", "aria-rowcount": matrix.rows, "aria-colcount": matrix.columns }, block.canvas, block.marks, line);
  block.grid.style.width = `${matrix.columns * block.pitch}px`;
  block.grid.style.height = `${matrix.rows * block.pitch}px`;
  block.cells = null;
  block.scroller.replaceChildren(block.grid);
  moveSpot(app, block);
}

function paintMap(app, block) {
  const { matrix, canvas, pitch } = block;
  const scale = Math.max(1, Math.min(globalThis.devicePixelRatio || 1, 2));
  const [width, height] = [matrix.columns * pitch * scale, matrix.rows * pitch * scale];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  const gap = pitch >= 8 ? 1 : 0.5;
  for (let row = 0; row < matrix.rows; row++)
    for (let column = 0; column < matrix.columns; column++) {
      const value = valueAt(matrix, row, column);
      pen.fillStyle = app.theme.tones[toneOf(app, matrix, value)].colour;
      pen.fillRect(column * pitch, row * pitch, pitch - gap, pitch - gap);
    }
  moveSpot(app, block);
}

// Put the one cell where the cursor is.
function moveSpot(app, { matrix, spot, cursor, pitch }) {
  put(spot, { style: { left: `${cursor.column * pitch}px`, top: `${cursor.row * pitch}px`, width: `${pitch}px`, height: `${pitch}px` },
    "aria-rowindex": cursor.row + 1, "aria-colindex": cursor.column + 1, "aria-label": spokenCell(app, matrix, cursor.row, cursor.column) }, []);
  spot.dataset.row = cursor.row;
  spot.dataset.column = cursor.column;
}

// Frames around the lit places of a map: a row, a column or single cells.
function markMap({ marks, pitch }, places) {
  const rows = [...new Set(places.map(([row]) => row))].sort((a, b) => a - b);
  const columns = [...new Set(places.map(([, column]) => column))].sort((a, b) => a - b);
  if (!places.length) return marks.replaceChildren();
  const px = (value) => `${value}px`;
  const frame = el("span", { class: "frame" });
  put(frame, { style: { left: px(columns[0] * pitch - 1), top: px(rows[0] * pitch - 1),
    width: px((columns.at(-1) - columns[0] + 1) * pitch + 1), height: px((rows.at(-1) - rows[0] + 1) * pitch + 1) } }, []);
  return marks.replaceChildren(frame);
}

function mapPlace({ grid, matrix, pitch }, event) {
  const box = grid.getBoundingClientRect();
  const row = Math.floor((event.clientY - box.top) / pitch);
  const column = Math.floor((event.clientX - box.left) / pitch);
  return { row: clamp(row, 0, matrix.rows - 1), column: clamp(column, 0, matrix.columns - 1) };
}
