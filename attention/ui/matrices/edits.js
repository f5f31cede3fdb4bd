// Changing cells: a number typed into an input, a cell of a mask switched. The change shows at once; Python is told a
// little later, of all changes together, and of further ones only when it has answered.

const TELL_AFTER = 150; // ms after the last click or change
const PATIENCE = 4000; // ms to wait for an answer before the next changes are told anyway
const DOUBT = 10000; // ms after which a change that Python has not taken over is taken back
const LARGEST = 1e9;

function editCell(app, { id, row, column }, value) {
  const matrix = app.byId.get(id);
  if (valueAt(matrix, row, column) === value) return;
  app.unsaid.set(`${id} ${row} ${column}`, [id, row, column, value]);
  matrix.values[row * matrix.columns + column] = value;
  matrix.digits = digitsFor(matrix);
  const block = app.blocks.get(id);
  if (block.cells) paintCells(app, block);
  else paintMap(app, block);
  showTouched(app);
  clearTimeout(app.saying);
  app.saying = setTimeout(() => tellEdits(app), TELL_AFTER);
}

function tellEdits(app) {
  if (!app.send || !app.unsaid.size) return;
  if (app.waiting) return; // told when Python has answered, see answered()
  app.sendOnce("edits", [...app.unsaid.values()]);
  app.unsaid.clear();
  app.waiting = setTimeout(() => answered(app), PATIENCE);
  clearTimeout(app.doubting);
  app.doubting = setTimeout(() => receiveStrip(app, app.view), DOUBT);
}

// Python has sent new numbers, or is not going to.
function answered(app) {
  clearTimeout(app.waiting);
  app.waiting = null;
  if (app.unsaid.size) app.saying = setTimeout(() => tellEdits(app), TELL_AFTER);
}

// Numbers that Python does not know yet are not lost when others arrive.
function keepUnsaid(app) {
  for (const [key, [id, row, column, value]] of app.unsaid) {
    const matrix = app.byId.get(id);
    if (matrix?.editable && row < matrix.rows && column < matrix.columns) matrix.values[row * matrix.columns + column] = value;
    else app.unsaid.delete(key);
  }
}

// "1,5", "−0.5", "+2", ".25", "1e-3"; null for what is no number.
function numberTyped(typed) {
  const text = typed.trim().replace(/\u2212/g, "-").replace(",", ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(text) ? Number(text) : null;
}

function openEditor(app, place, typed = null) {
  closeEditor(app);
  const block = app.blocks.get(place.id);
  const cell = block.cells ? block.cells[place.row][place.column] : block.spot;
  const { matrix } = block;
  const value = valueAt(matrix, place.row, place.column);
  const name = fillIn(app.text.edit, { title: matrix.title, row: rowName(app, matrix, place.row), column: columnName(app, matrix, place.column) });
  const input = el("input", { class: "editor", type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": name });
  input.value = typed ?? (Number.isFinite(value) ? String(Number(value.toPrecision(7))) : "");
  app.editor = { place, input, cell };
  cell.classList.add("editing");
  cell.append(input);
  input.addEventListener("keydown", (event) => editorKey(app, event));
  input.addEventListener("input", () => showProblem(app, ""));
  input.addEventListener("blur", () => app.editor?.input === input && !app.moving && commitEditor(app, false));
  input.focus();
  if (typed === null) input.select();
}

function editorKey(app, event) {
  event.stopPropagation();
  if (event.isComposing) return;
  if (event.key === "Escape") closeEditor(app, true);
  else if (event.key === "Enter") commitEditor(app, true);
  else return;
  event.preventDefault();
}

// Take the number over; what is none stays in the field, with a word about it.
function commitEditor(app, refocus) {
  const { place, input } = app.editor;
  const value = numberTyped(input.value);
  if (value !== null && Math.abs(value) <= LARGEST) {
    closeEditor(app, refocus);
    editCell(app, place, Math.fround(value));
    return;
  }
  const kept = term(valueAt(app.byId.get(place.id), place.row, place.column));
  const words = value === null ? app.text.invalid : app.text.too_large;
  showProblem(app, fillIn(words, { typed: input.value.trim(), value: kept, most: term(LARGEST) }));
}

function closeEditor(app, refocus = false) {
  if (!app.editor) return;
  const { input, cell, place } = app.editor;
  app.editor = null;
  showProblem(app, "");
  cell.classList.remove("editing");
  input.remove();
  if (refocus) focusCell(app, place);
}

function showProblem(app, text) {
  setText(app.problem, text);
  app.problem.hidden = !text;
  if (!app.editor) return;
  if (text) app.editor.input.setAttribute("aria-invalid", "true");
  else app.editor.input.removeAttribute("aria-invalid");
}
