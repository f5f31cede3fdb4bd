// The line below the strip: what the touched cell is, with the numbers that made it.

const CLOSE_ENOUGH = 2e-3; // of the value: the numbers on show are float32, and the page may have rounded them

// { name, terms, because, said, sources }: sources are [matrix, places] pairs.
function explained(app, matrix, row, column) {
  const value = valueAt(matrix, row, column);
  const lists = sourcesOf(app, matrix, row, column);
  const operands = operandsOf(app, matrix);
  const sources = operands.map((operand, i) => [operand.matrix, lists[i]]).filter(([one, places]) => one && places?.length);
  const found = writtenOut(app, matrix, row, column, operands, lists);
  const line = found && agrees(found.value, value) ? found : namedOnly(app, matrix, row, column, operands);
  const said = isGate(matrix, value) ? gateText(value, app.text) : resultText(value);
  return { name: cellName(matrix, row, column), terms: line.terms, because: line.because ?? false, said, sources };
}

function writtenOut(app, matrix, row, column, operands, lists) {
  if (matrix.averaged) return null;
  const [base, direction] = directionOf(matrix.operation);
  const write = Object.hasOwn(WRITERS, base) ? WRITERS[base] : null;
  if (!write) return null;
  const numbers = operands.map((operand, i) => {
    if (operand.matrix) return (lists[i] ?? []).map(([r, c]) => valueAt(operand.matrix, r, c));
    return operand.value === undefined ? [] : [operand.value];
  });
  const found = write(numbers, app.text, direction === "column" ? row : column);
  return found && spelledOut(found, matrix.operation, operands);
}

// A number that has a name is first written by its name: "÷ √d = ÷ 1.73" reads "÷ √d (1.73)".
function spelledOut(found, operation, operands) {
  const second = operands[1];
  if (!["divide", "multiply"].includes(operation) || !second || second.matrix || !second.name) return found;
  return { ...found, terms: [found.terms[0], `${found.terms[1].split(" ")[0]} ${second.name}`, `= ${found.terms[0]}`, found.terms[1]] };
}

function agrees(found, value) {
  if (!Number.isFinite(found) || !Number.isFinite(value)) return Object.is(found, value);
  return Math.abs(found - value) <= CLOSE_ENOUGH * Math.max(1e-3, Math.abs(value), Math.abs(found)) + 1e-6;
}

// Where the steps between are not on show: "softmax(row 2 of scores, M)", never a sum that does not add up.
function namedOnly(app, matrix, row, column, operands) {
  const { text } = app;
  if (matrix.averaged) return { terms: [text.mean_of_block], because: true };
  const entered = matrix.operation === "input" && matrix.kind !== "difference"; // a difference is given, but nobody typed it
  if (!operands.length) return { terms: entered ? [text.entered] : [], because: entered };
  const names = operands.map((operand, i) => {
    const places = operand.matrix ? sourcesOf(app, matrix, row, column)[i] : [];
    return partName(app, operand, places ?? []);
  });
  return { terms: bracketed(commaList(names, text), matrix.operation) };
}

function partName(app, { matrix, name, value }, places) {
  if (!matrix) return name || (value === undefined ? "" : term(value));
  const rows = new Set(places.map(([r]) => r));
  const columns = new Set(places.map(([, c]) => c));
  if (places.length === 1) return cellName(matrix, ...places[0]);
  if (places.length === matrix.rows * matrix.columns) return matrix.title;
  if (rows.size === 1 && places.length === matrix.columns) return fillIn(app.text.row_of, { row: [...rows][0] + 1, title: matrix.title });
  if (columns.size === 1 && places.length === matrix.rows) return fillIn(app.text.column_of, { column: [...columns][0] + 1, title: matrix.title });
  return matrix.title;
}

// The whole line as parts that do not break inside.
function lineParts(found) {
  if (found.because) return [found.name, `= ${found.said}:`, ...found.terms];
  if (!found.terms.length) return [found.name, `= ${found.said}`];
  return [found.name, `= ${found.terms[0]}`, ...found.terms.slice(1), `= ${found.said}`];
}

function showLine(app) {
  const place = touchedPlace(app);
  const parts = place ? lineParts(explained(app, place.matrix, place.row, place.column)) : [];
  if (app.line.textContent === parts.join(" ")) return;
  app.line.replaceChildren(...parts.flatMap((part, i) => [i ? " " : "", el("span", { class: "part", text: part })]));
}
