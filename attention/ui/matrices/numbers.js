// Numbers as text: in cells all of a matrix alike, in the arithmetic as short as they can be.

const MINUS = "\u2212";
const SUBSCRIPTS = "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089";
const SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

function special(value) {
  if (Number.isNaN(value)) return "\u2013";
  return value > 0 ? "\u221e" : `${MINUS}\u221e`;
}

function signed(written) {
  return /^-[0.]*$/.test(written) ? written.slice(1) : written.replace("-", MINUS);
}

// 12300 gives "1.2·10⁴".
function withPower(value, digits) {
  const [front, power] = value.toExponential(digits).split("e");
  return `${signed(front)}\u00b710${raised(power)}`;
}

function raised(power) {
  return [...String(power).replace("+", "")].map((sign) => (sign === "-" ? "\u207b" : SUPERSCRIPTS[sign] ?? sign)).join("");
}

function lowered(number) {
  return [...String(number)].map((digit) => SUBSCRIPTS[digit]).join("");
}

// How the numbers of a matrix are written: digits after the point, or powers of ten where they are huge.
function digitsFor(matrix) {
  if (matrix.kind === "mask" && matrix.values.every((value) => value === 0 || value === 1)) return 0;
  const most = largestSize(matrix);
  if (most >= 99999.5) return null;
  if (most >= 999.5) return 0;
  return most >= 99.5 ? 1 : 2;
}

function cellText(value, digits) {
  if (!Number.isFinite(value)) return special(value);
  return digits === null ? withPower(value, 1) : signed(value.toFixed(digits));
}

// A number in a sum: "−0.6", "1.0", "0.43"; small ones keep two significant digits.
function term(value) {
  if (!Number.isFinite(value)) return special(value);
  const size = Math.abs(value);
  if (size >= 99999.5 || (size > 0 && size < 0.0005)) return withPower(value, 1);
  if (size >= 99.5) return signed(value.toFixed(size >= 999.5 ? 0 : 1));
  const written = value.toFixed(size > 0 && size < 0.05 ? 3 : 2);
  return signed(written.replace(/(\.\d+?)0+$/, "$1"));
}

// The result: always two digits, or more where it would be nothing.
function resultText(value) {
  if (!Number.isFinite(value)) return special(value);
  const size = Math.abs(value);
  if (size >= 99999.5 || (size > 0 && size < 0.0005)) return withPower(value, 2);
  return signed(value.toFixed(size > 0 && size < 0.05 ? 4 : size >= 999.5 ? 1 : 2));
}

// Names of all rows and columns, made once per matrix because every cell says its own.
function rowName(app, matrix, row) {
  matrix.rowNames ??= Array.from({ length: matrix.rows }, (_, i) => matrix.row_labels[i] ?? fillIn(app.text.row, { number: i + 1 }));
  return matrix.rowNames[row];
}

function columnName(app, matrix, column) {
  matrix.columnNames ??= Array.from({ length: matrix.columns }, (_, i) => matrix.column_labels[i] ?? fillIn(app.text.column, { number: i + 1 }));
  return matrix.columnNames[column];
}

// "scores(q₂, k₃)" where rows and columns have names, else "scores₂₃".
function cellName(matrix, row, column) {
  if (matrix.row_labels.length && matrix.column_labels.length) return `${matrix.title}(${matrix.row_labels[row]}, ${matrix.column_labels[column]})`;
  if (matrix.rows * matrix.columns === 1) return matrix.title;
  const between = matrix.rows > 9 || matrix.columns > 9 ? "," : "";
  return `${matrix.title}${lowered(row + 1)}${between}${lowered(column + 1)}`;
}

// A cell of a mask is open or closed, unless it is an average.
function isGate({ kind }, value) {
  return kind === "mask" && (value === 0 || value === 1);
}

function gateText(value, text) {
  return value ? text.open : text.closed;
}

function spokenCell(app, matrix, row, column) {
  const value = valueAt(matrix, row, column);
  const said = isGate(matrix, value) ? gateText(value, app.text) : cellText(value, matrix.digits);
  return fillIn(app.text.cell, { title: matrix.title, row: rowName(app, matrix, row), column: columnName(app, matrix, column), value: said });
}
