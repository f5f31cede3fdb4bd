// The stage: what is drawn, the frame with handles around the chosen piece, and the pen of the keyboard.

function buildStage(app) {
  const { text } = app;
  app.background = el("img", { class: "background", alt: "", draggable: "false", hidden: true });
  app.layer = svgEl("g");
  app.live = svgEl("polyline", { class: "line", points: "" });
  app.frame = el("div", { class: "frame", hidden: true },
    el("span", { class: "handle turn", title: text.drag_turn }), el("span", { class: "handle size", title: text.drag_size }));
  app.point = el("span", { class: "cursor", hidden: true });
  app.stage = el("div", { class: "stage", tabindex: 0, role: "application", "aria-label": text.stage, "aria-describedby": "help" }, app.background,
    svgEl("svg", { viewBox: "0 0 1 1" }, app.layer, app.live), app.frame, app.point);
  app.stage.addEventListener("pointerdown", (event) => pressStage(app, event));
  app.stage.addEventListener("pointermove", (event) => { continueStroke(app, event); continueDrag(app, event); });
  for (const name of ["pointerup", "pointercancel"]) app.stage.addEventListener(name, (event) => { endStroke(app, event); endDrag(app, event); });
  app.stage.addEventListener("keydown", (event) => stageKey(app, event));
  app.stage.addEventListener("keyup", (event) => app.cursor.held.delete(event.key));
  app.stage.addEventListener("blur", () => leaveStage(app));
  for (const how of ["turn", "size"])
    app.frame.querySelector(`.${how}`).addEventListener("pointerdown", (event) => startDrag(app, event, how, app.chosen));
  return app.stage;
}

function pressStage(app, event) {
  if (event.button !== 0) return;
  event.preventDefault(); // no text is selected, and the focus goes where we put it
  if (app.mode === "draw") {
    app.stage.focus({ preventScroll: true });
    startStroke(app, event);
    return;
  }
  const id = [...app.nodes].find(([, node]) => node.contains(event.target))?.[0];
  if (id) startDrag(app, event, "move", id);
  else {
    app.stage.focus({ preventScroll: true });
    choosePiece(app, null);
  }
}

function drawPad(app) {
  const wanted = new Set(app.pieces.map((piece) => piece.id));
  for (const [id, node] of app.nodes)
    if (!wanted.has(id)) {
      node.remove();
      app.nodes.delete(id);
    }
  if (!wanted.has(app.chosen)) app.chosen = null;
  app.pieces.forEach((piece, i) => {
    if (!app.nodes.has(piece.id)) app.nodes.set(piece.id, pieceNode(app, piece.id));
    const node = app.nodes.get(piece.id);
    if (app.layer.children[i] !== node) app.layer.insertBefore(node, app.layer.children[i] ?? null);
    placePiece(app, node, piece, i);
  });
  drawFrame(app);
  drawTools(app);
}

function pieceNode(app, id) {
  const node = svgEl("g", { class: "piece", tabindex: 0, role: "button" }, svgEl("rect", { class: "hold" }), svgEl("g"));
  node.addEventListener("focus", () => choosePiece(app, id));
  node.addEventListener("keydown", (event) => pieceKey(app, event, id));
  return node;
}

function placePiece(app, node, piece, i) {
  const [hold, ink] = node.children;
  const box = strokesBox(piece.strokes, piece.width);
  node.setAttribute("transform", `translate(${piece.x} ${piece.y}) rotate(${piece.turn}) scale(${piece.size}) translate(${-box.left - box.width / 2} ${-box.top - box.height / 2})`);
  node.setAttribute("aria-label", pieceName(app, piece, i));
  node.setAttribute("aria-pressed", String(piece.id === app.chosen));
  for (const [name, value] of Object.entries({ x: box.left, y: box.top, width: box.width, height: box.height })) hold.setAttribute(name, value);
  if (node.strokes === piece.strokes) return;
  node.strokes = piece.strokes;
  ink.replaceChildren(...piece.strokes.map((line) => svgEl("polyline", { class: "line", points: pointsText(line), "stroke-width": piece.width })));
}

function pieceName(app, piece, i) {
  const { text } = app;
  const values = { place: i + 1, count: app.pieces.length, digit: piece.digit, ...inPercent(piece), size: Math.round(100 * piece.size), turn: turnSaid(piece) };
  return fillIn(piece.digit === null ? text.piece : text.piece_digit, values);
}

// A line of one point is drawn as a dot.
function pointsText(line) {
  return (line.length > 1 ? line : [line[0], line[0]]).map((point) => point.map((value) => value.toFixed(4)).join(",")).join(" ");
}

function drawFrame(app) {
  const piece = chosenPiece(app);
  app.frame.hidden = !piece;
  if (!piece) return;
  const box = strokesBox(piece.strokes, piece.width);
  const percent = (share) => `${100 * share}%`;
  Object.assign(app.frame.style, { left: percent(piece.x), top: percent(piece.y), width: percent(box.width * piece.size), height: percent(box.height * piece.size),
    transform: `translate(-50%, -50%) rotate(${piece.turn}deg)` });
  app.frame.classList.toggle("low", piece.y - (box.height * piece.size) / 2 < 0.13 && Math.abs(turnSaid(piece)) < 90);
}

// The stroke that is being drawn, by pointer or by keys.
function drawStroke(app) {
  const line = app.stroke?.points ?? app.cursor.line;
  app.live.setAttribute("points", line ? pointsText(line) : "");
  app.live.setAttribute("stroke-width", app.pen);
}

function drawCursor(app) {
  const { cursor, point } = app;
  point.hidden = !cursor.shown;
  point.classList.toggle("down", Boolean(cursor.line));
  Object.assign(point.style, { left: `${100 * cursor.x}%`, top: `${100 * cursor.y}%` });
}
