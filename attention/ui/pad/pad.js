// The whole: stage, buttons, and the line that is said to screen readers.

function createPad() {
  return {
    node: el("div", { class: "pad" }),
    pieces: [], past: [], future: [], origin: null, ids: 0, nodes: new Map(), step: "", steppedAt: 0, waiting: null,
    mode: "draw", chosen: null, fresh: null, stroke: null, drag: null, inserted: {},
    cursor: { x: 0.5, y: 0.5, line: null, held: new Set(), shown: false },
  };
}

function buildPad(app) {
  const { text } = app;
  app.saying = el("p", { class: "unseen", role: "status", "aria-live": "polite" });
  app.problem = el("p", { class: "problem", hidden: true });
  const stage = el("div", { class: "easel" }, buildBar(app), buildStage(app));
  const tools = el("div", { class: "tools" }, buildChosen(app), buildDigits(app), app.problem,
    el("details", { class: "keys" }, el("summary", { text: text.keys }), el("p", { id: "help", text: text.help })));
  app.node.append(el("div", { class: "parts" }, stage, tools), app.saying);
  app.node.addEventListener("keydown", (event) => historyKey(app, event));
}

function historyKey(app, event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) undoStep(app);
  else if (key === "y" || (key === "z" && event.shiftKey)) redoStep(app);
  else return;
  event.preventDefault();
}

function receivePad(app, view) {
  const isFirst = !app.text;
  const { text, most, mostStrokes, mostPoints, smallest, largest, pens } = view;
  Object.assign(app, { text, most, mostStrokes, mostPoints, smallest, largest, pens });
  if (isFirst) {
    app.pen = view.pen;
    app.mode = view.mode;
    app.hands = view.hands.map((hands) => hands.map(readPieceText));
    buildPad(app);
  }
  receivePieces(app, view);
  app.background.hidden = !view.background;
  if (view.background) app.background.src = view.background;
  drawPad(app);
}
