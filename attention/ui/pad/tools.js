// The buttons around the stage: draw or move, the pen, undo and redo, the digits to add, and what is done to the chosen piece.

function tool(app, name, path, onclick) {
  const label = app.text[name];
  return el("button", { class: `quiet ${name}`, type: "button", title: label, "aria-label": label, onclick }, sign(path));
}

function sign(path) {
  return svgEl("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, svgEl("path", { d: path }));
}

function buildBar(app) {
  const { text } = app;
  const mode = (name, label) => el("button", { class: "quiet", type: "button", "data-mode": name, text: label, onclick: () => setMode(app, name) });
  app.modes = el("div", { class: "joined modes", role: "group", "aria-label": text.modes }, mode("draw", text.draw), mode("move", text.move));
  const pens = app.pens.map(([name, width], i) => {
    const label = text[name];
    return el("button", { class: "quiet", type: "button", "data-pen": width, title: label, "aria-label": label, onclick: () => setPen(app, width) },
      el("span", { class: "dot", style: { width: `${5 + 4 * i}px`, height: `${5 + 4 * i}px` } }));
  });
  app.penchoice = el("div", { class: "joined pens", role: "group", "aria-label": text.pens }, ...pens);
  app.undo = tool(app, "undo", "M6 3 2.5 6.5 6 10M2.5 6.5h7a4 4 0 0 1 0 8H7", () => undoStep(app));
  app.redo = tool(app, "redo", "M10 3l3.5 3.5L10 10M13.5 6.5h-7a4 4 0 0 0 0 8H9", () => redoStep(app));
  app.clear = tool(app, "clear", "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4", () => clearPieces(app));
  return el("div", { class: "bar" }, app.modes, app.penchoice, el("div", { class: "joined" }, app.undo, app.redo, app.clear));
}

function buildChosen(app) {
  const act = (deed) => () => app.chosen && deed(app.chosen);
  app.chosenname = el("span", { class: "name" });
  app.chosenbar = el("div", { class: "chosen", role: "group", "aria-label": app.text.chosen }, app.chosenname,
    tool(app, "smaller", "M3 8h10", act((id) => resize(app, id, 1 / GROWTH))),
    tool(app, "larger", "M3 8h10M8 3v10", act((id) => resize(app, id, GROWTH))),
    tool(app, "turn_left", "M4 2v4h4M4.5 5.6A5 5 0 1 1 3 9", act((id) => turnBy(app, id, -TURN))),
    tool(app, "turn_right", "M12 2v4H8M11.5 5.6A5 5 0 1 0 13 9", act((id) => turnBy(app, id, TURN))),
    tool(app, "remove", "M4 4l8 8M12 4l-8 8", act((id) => removePiece(app, id))));
  app.hint = el("p", { class: "hint" });
  return el("div", { class: "about" }, app.chosenbar, app.hint);
}

function buildDigits(app) {
  const buttons = Array.from({ length: 10 }, (_, digit) => el("button", { class: "quiet", type: "button", text: digit,
    "aria-label": fillIn(app.text.add_one, { digit }), onclick: () => insertDigit(app, digit) }));
  return el("div", { class: "add", role: "group", "aria-labelledby": "addname" }, el("span", { class: "name", id: "addname", text: app.text.add }),
    el("div", { class: "digits" }, ...buttons));
}

function setMode(app, mode) {
  app.mode = mode;
  if (mode === "draw") app.chosen = null;
  drawPad(app);
}

function setPen(app, width) {
  app.pen = width;
  setMode(app, "draw");
}

function drawTools(app) {
  const { text } = app;
  app.stage.classList.toggle("drawing", app.mode === "draw");
  for (const button of app.modes.children) button.setAttribute("aria-pressed", String(button.dataset.mode === app.mode));
  for (const button of app.penchoice.children) button.setAttribute("aria-pressed", String(Number(button.dataset.pen) === app.pen));
  // not `disabled`: a disabled button would lose the focus
  app.undo.setAttribute("aria-disabled", String(!app.past.length));
  app.redo.setAttribute("aria-disabled", String(!app.future.length));
  app.clear.setAttribute("aria-disabled", String(!app.pieces.length));
  const piece = chosenPiece(app);
  app.chosenbar.hidden = !piece;
  app.hint.hidden = Boolean(piece);
  if (piece) app.chosenname.textContent = fillIn(piece.digit === null ? text.short : text.short_digit, { place: placeOf(app, piece.id), digit: piece.digit });
  else app.hint.textContent = app.mode === "draw" ? text.hint_draw : app.pieces.length ? text.hint_move : text.hint_empty;
}
