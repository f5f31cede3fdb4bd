// Touching cells: by pointer, by keyboard, by choosing. One tab stop per matrix; arrows move inside.

// The cell that the line below speaks of: under the pointer, else in focus, else chosen.
function touchedPlace(app) {
  for (const place of [app.hovered, app.focused, app.chosen]) {
    const matrix = place && app.byId.get(place.id);
    if (matrix && place.row < matrix.rows && place.column < matrix.columns) return { ...place, matrix };
  }
  return null;
}

// Light the touched cell and those that made it, and write the line.
function showTouched(app) {
  const place = touchedPlace(app);
  const lit = new Map();
  if (place) {
    for (const [matrix, places] of explained(app, place.matrix, place.row, place.column).sources) lit.set(matrix.id, [...(lit.get(matrix.id) ?? []), ...places]);
    lit.set(place.id, [...(lit.get(place.id) ?? []), [place.row, place.column]]);
  }
  app.litNodes.forEach((node) => node.classList.remove("lit", "touched"));
  app.litNodes = [];
  app.lit = lit;
  for (const block of app.blocks.values()) {
    const places = lit.get(block.matrix.id) ?? [];
    if (!block.cells) markMap(block, places);
    else for (const [row, column] of places) {
      block.cells[row][column].classList.add("lit");
      app.litNodes.push(block.cells[row][column]);
    }
  }
  if (place) cellNode(app, place.id, place.row, place.column)?.classList.add("touched");
  showLine(app);
}

function blockOf(app, node) {
  return [...app.blocks.values()].find((block) => block.node.contains(node)) ?? null;
}

function placeOf(app, event) {
  const block = blockOf(app, event.target);
  if (!block) return null;
  if (!block.cells) return block.grid.contains(event.target) ? { id: block.matrix.id, ...mapPlace(block, event) } : null;
  const cell = event.target.closest(".cell");
  return cell && { id: block.matrix.id, row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
}

function listenToStrip(app) {
  const { strip } = app;
  const hover = (place) => {
    const same = place?.id === app.hovered?.id && place?.row === app.hovered?.row && place?.column === app.hovered?.column;
    if (same) return;
    app.hovered = place;
    showTouched(app);
  };
  const over = (event) => {
    const place = placeOf(app, event);
    if (event.buttons === 0) app.painting = null; // the button was let go outside the window
    if (app.painting && place) paintMask(app, place);
    if (event.pointerType !== "touch" && place) hover(place);
  };
  strip.addEventListener("pointerover", over);
  strip.addEventListener("pointermove", (event) => event.target.closest?.(".map") && over(event));
  strip.addEventListener("pointerleave", () => hover(null));
  strip.addEventListener("pointerdown", (event) => pressed(app, event));
  strip.addEventListener("click", (event) => clicked(app, event));
  strip.addEventListener("dblclick", (event) => {
    const place = placeOf(app, event);
    if (place && isInput(app, place)) openEditor(app, place);
  });
  strip.addEventListener("focusin", (event) => focusMoved(app, event));
  strip.addEventListener("focusout", (event) => {
    if (app.moving || strip.contains(event.relatedTarget)) return;
    app.focused = null;
    showTouched(app);
  });
  strip.addEventListener("keydown", (event) => stripKey(app, event));
}

function focusMoved(app, event) {
  const cell = event.target.closest?.(".cell");
  if (!cell || app.moving) return;
  const { id } = blockOf(app, cell).matrix;
  app.focused = { id, row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
  setCursor(app, app.focused);
  showTouched(app);
}

function isMaskCell(app, { id }) {
  const matrix = app.byId.get(id);
  return matrix.editable && matrix.kind === "mask";
}

function isInput(app, { id }) {
  const matrix = app.byId.get(id);
  return matrix.editable && matrix.kind !== "mask";
}

// A mouse switches the cell at once and may go on to others; a finger must stay free to scroll, so it waits for the click.
function pressed(app, event) {
  const place = placeOf(app, event);
  app.painted = false;
  if (!place || event.button !== 0 || event.pointerType === "touch" || !isMaskCell(app, place)) return;
  app.painting = { id: place.id, value: 1 - Number(valueAt(app.byId.get(place.id), place.row, place.column) > 0.5) };
  app.painted = true;
  paintMask(app, place);
  addEventListener("pointerup", () => (app.painting = null), { once: true });
  addEventListener("pointercancel", () => (app.painting = null), { once: true });
}

function paintMask(app, place) {
  if (place.id === app.painting.id) editCell(app, place, app.painting.value);
}

function clicked(app, event) {
  const place = placeOf(app, event);
  if (!place || event.target.closest("input")) return;
  const painted = app.painted && event.detail > 0; // a click without a pointer, as from a screen reader, has detail 0
  setCursor(app, place);
  if (!app.blocks.get(place.id).cells) app.blocks.get(place.id).spot.focus({ preventScroll: true });
  if (!isMaskCell(app, place)) choosePlace(app, place);
  else if (!painted) toggleMask(app, place);
}

function toggleMask(app, place) {
  editCell(app, place, 1 - Number(valueAt(app.byId.get(place.id), place.row, place.column) > 0.5));
}

// Choose a cell, or with null none, and tell Python a little later.
function choosePlace(app, place) {
  app.chosen = place;
  showTouched(app);
  if (!app.send) return;
  clearTimeout(app.telling);
  app.telling = setTimeout(() => app.send("chosen", place ? [place.id, place.row, place.column] : []), TELL_AFTER);
}

// Move the tab stop of a matrix.
function setCursor(app, { id, row, column }) {
  const block = app.blocks.get(id);
  if (block.cells) {
    block.cells[block.cursor.row]?.[block.cursor.column]?.setAttribute("tabindex", "-1");
    block.cells[row][column].setAttribute("tabindex", "0");
  }
  block.cursor = { row, column };
  if (!block.cells) moveSpot(app, block);
}

function focusCell(app, { id, row, column }) {
  const block = app.blocks.get(id);
  setCursor(app, { id, row, column });
  if (block.cells) return block.cells[row][column].focus();
  app.focused = { id, row, column };
  block.spot.focus();
  return showTouched(app);
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function stripKey(app, event) {
  if (event.altKey || event.metaKey || !event.target.classList.contains("cell")) return;
  const { id } = blockOf(app, event.target).matrix;
  const { rows, columns } = app.byId.get(id);
  let { row, column } = app.blocks.get(id).cursor;
  if (STEPS[event.key]) [row, column] = [row + STEPS[event.key][0], column + STEPS[event.key][1]];
  else if (event.key === "Home") [row, column] = event.ctrlKey ? [0, 0] : [row, 0];
  else if (event.key === "End") [row, column] = event.ctrlKey ? [rows - 1, columns - 1] : [row, columns - 1];
  else return actKey(app, event, { id, row, column });
  event.preventDefault();
  app.hovered = null;
  return focusCell(app, { id, row: clamp(row, 0, rows - 1), column: clamp(column, 0, columns - 1) });
}

// Keys that do something with the cell in focus.
function actKey(app, event, place) {
  const { key } = event;
  const acts = [
    [key === "Escape" && app.chosen, () => choosePlace(app, null)],
    [isMaskCell(app, place) && (key === " " || key === "Enter"), () => toggleMask(app, place)],
    [isInput(app, place) && (key === "Enter" || key === "F2"), () => openEditor(app, place)],
    [isInput(app, place) && !event.ctrlKey && /^[-\u2212\d.,]$/.test(key), () => openEditor(app, place, key)],
    [key === "Enter" || key === " ", () => choosePlace(app, place)],
  ];
  const found = acts.find(([fits]) => fits);
  if (!found) return;
  event.preventDefault();
  found[1]();
}
