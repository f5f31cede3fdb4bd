// Every change of the pieces goes through here: it can be undone, is drawn at once, and Python is told after a pause.

const PAUSE = 250; // ms without a change before Python is told
const SAME_STEP = 900; // ms within which the same small step, repeated, is undone as one
const KEPT_STEPS = 100;

// step: names a small step such as "move 3", so that a held key is one change to undo; "" for a change of its own.
function changePieces(app, pieces, step = "") {
  const now = performance.now();
  const repeated = step && step === app.step && now - app.steppedAt < SAME_STEP;
  if (!repeated) app.past.push(app.pieces);
  if (app.past.length > KEPT_STEPS) app.past.shift();
  app.future = [];
  app.pieces = pieces;
  Object.assign(app, { step, steppedAt: now });
  drawPad(app);
  tellSoon(app);
}

function changePiece(app, id, values, step = "") {
  changePieces(app, app.pieces.map((piece) => (piece.id === id ? { ...piece, ...values } : piece)), step);
}

function stepBack(app, from, to, words) {
  if (!from.length) return;
  to.push(app.pieces);
  app.pieces = from.pop();
  Object.assign(app, { step: "", fresh: null });
  drawPad(app);
  tellSoon(app);
  say(app, fillIn(words, { count: app.pieces.length }));
}

function undoStep(app) {
  stepBack(app, app.past, app.future, app.text.said_undone);
}

function redoStep(app) {
  stepBack(app, app.future, app.past, app.text.said_redone);
}

function tellSoon(app) {
  clearTimeout(app.waiting);
  app.waiting = setTimeout(() => tellNow(app), PAUSE);
}

function tellNow(app) {
  clearTimeout(app.waiting);
  app.waiting = null;
  app.send("pieces", { origin: app.origin, pieces: piecesText(app.pieces) });
}

// Take over the pieces that Python sets; what was there before can be brought back.
function receivePieces(app, view) {
  if (view.origin === app.origin) return;
  clearTimeout(app.waiting);
  app.waiting = null;
  if (app.origin !== null) app.past.push(app.pieces);
  Object.assign(app, { origin: view.origin, future: [], step: "", fresh: null, chosen: null });
  app.pieces = readPiecesText(view.pieces).map((piece) => ({ ...piece, id: ++app.ids }));
}

// Say it to screen readers; what the visitor must know is shown as well.
function say(app, words, isProblem = false) {
  app.saying.textContent = words;
  app.problem.hidden = !isProblem;
  app.problem.textContent = isProblem ? words : "";
}
