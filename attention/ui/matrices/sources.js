// Which cells made a cell. An operand is a matrix of the strip, a number, or only a name.

const NORMALISERS = new Set(["softmax", "sparsemax", "entmax15", "hardmax", "uniform"]);
const PAIRED = new Set(["dot", "scaled_dot", "cosine", "general", "additive"]); // row of the first, row of the second
const REDUCTIONS = new Set(["sum", "mean", "max", "min", "norm"]);

function unpackedMatrix(matrix) {
  const [rows, columns] = matrix.shape;
  const made = { ...matrix, rows, columns, values: decodedFloats(matrix.values) };
  made.averaged = matrix.full_shape[0] !== rows || matrix.full_shape[1] !== columns;
  made.digits = digitsFor(made);
  return made;
}

function decodedFloats(text) {
  return new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}

function valueAt(matrix, row, column) {
  return matrix.values[row * matrix.columns + column];
}

function operandsOf(app, matrix) {
  return matrix.operands.map((operand) => {
    const found = operand.id === undefined ? null : app.byId.get(operand.id);
    if (found && !found.averaged) return { matrix: found, name: found.title };
    return { name: operand.name ?? found?.title ?? "", value: operand.value };
  });
}

// Places [row, column] of an operand, as lists: one cell (broadcast), a row, a column, or all of it.
function oneCell({ rows, columns }, row, column) {
  return [[rows === 1 ? 0 : row, columns === 1 ? 0 : column]];
}

function rowCells({ rows, columns }, row) {
  return Array.from({ length: columns }, (_, column) => [rows === 1 ? 0 : row, column]);
}

function columnCells({ rows, columns }, column) {
  return Array.from({ length: rows }, (_, row) => [row, columns === 1 ? 0 : column]);
}

function allCells({ rows, columns }) {
  return Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);
}

// The direction in which a function looks: "softmax_columns" is softmax down the columns, "row_sum" a sum along the row.
function directionOf(operation) {
  if (operation.endsWith("_columns")) return [operation.slice(0, -8), "column"];
  if (operation.startsWith("column_")) return [operation.slice(7), "column"];
  if (operation.startsWith("row_")) return [operation.slice(4), "row"];
  return [operation, NORMALISERS.has(operation) ? "row" : "all"];
}

// One list of places per operand; empty for what is not on the strip. A place outside the operand is left out.
function sourcesOf(app, matrix, row, column) {
  if (matrix.averaged) return [];
  const [base, direction] = directionOf(matrix.operation);
  return operandsOf(app, matrix).map(({ matrix: operand }, index) => {
    if (!operand) return [];
    return placesIn(operand, index, { operation: matrix.operation, base, direction, row, column }).filter(
      ([r, c]) => r < operand.rows && c < operand.columns);
  });
}

function placesIn(operand, index, { operation, base, direction, row, column }) {
  const along = () => (direction === "column" ? columnCells(operand, column) : rowCells(operand, row));
  if (operation === "matmul") return index === 0 ? rowCells(operand, row) : columnCells(operand, column);
  if (operation === "transpose") return [[column, row]];
  if (PAIRED.has(operation) && index < 2) return rowCells(operand, index === 0 ? row : column);
  if (PAIRED.has(operation) || operation === "rotary") return operation === "rotary" ? rowCells(operand, row) : allCells(operand);
  if (operation === "linear") return index === 1 ? allCells(operand) : rowCells(operand, row);
  if (NORMALISERS.has(base)) return along();
  if (REDUCTIONS.has(base)) return direction === "all" ? allCells(operand) : along();
  return oneCell(operand, row, column);
}
