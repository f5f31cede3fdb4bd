// Drawing: a stroke begins where the pen goes down; when it is lifted, it joins the digit just drawn or begins the next.

const TOLERANCE = 0.0025; // of the stage: what a line may miss so that it needs fewer points
const SOON = 1200; // ms after the pen was lifted within which a stroke close by belongs to the same digit
const LATEST = 5000; // ms within which a stroke across the digit, such as the bar of a 7, belongs to it
const CLOSE = 0.09; // of the stage: how far a stroke of the same digit may be

function placeOn(app, event) {
  const box = app.stage.getBoundingClientRect();
  return [clamp((event.clientX - box.left) / box.width, 0, 1), clamp((event.clientY - box.top) / box.height, 0, 1)];
}

function startStroke(app, event) {
  if (app.stroke || event.button !== 0 || !event.isPrimary) return;
  app.stroke = { pointer: event.pointerId, points: [placeOn(app, event)], startedAt: performance.now() };
  app.stage.setPointerCapture(event.pointerId);
  app.chosen = null;
  drawPad(app);
}

function continueStroke(app, event) {
  if (app.stroke?.pointer !== event.pointerId) return;
  const passed = event.getCoalescedEvents?.() ?? [];
  for (const one of passed.length ? passed : [event]) app.stroke.points.push(placeOn(app, one));
  drawStroke(app);
}

function endStroke(app, event) {
  if (app.stroke?.pointer !== event.pointerId) return;
  const { points, startedAt } = app.stroke;
  app.stroke = null;
  if (event.type === "pointerup") addStroke(app, points, startedAt, performance.now());
  drawStroke(app);
}

// Put a stroke among the pieces. A stroke drawn by keys has no haste: startedAt is then the moment the last one ended.
function addStroke(app, points, startedAt, endedAt) {
  const line = fewerPoints(points, TOLERANCE, app.mostPoints);
  const last = app.pieces.find((piece) => piece.id === app.fresh?.id);
  const joined = last && belongs(app, last, line, startedAt - app.fresh.endedAt);
  if (!joined && app.pieces.length >= app.most) {
    say(app, fillIn(app.text.said_full, { most: app.most }), true);
    return;
  }
  const id = joined ? last.id : ++app.ids;
  if (joined) {
    const piece = boxedPiece([...strokesOnStage(last), line], last.width * last.size, last.digit);
    changePieces(app, app.pieces.map((one) => (one === last ? { ...piece, id } : one)));
  } else changePieces(app, [...app.pieces, { ...boxedPiece([line], app.pen, null), id }]);
  app.fresh = { id, endedAt };
  say(app, fillIn(joined ? app.text.said_joined : app.text.said_drawn, { place: placeOf(app, id), count: app.pieces.length }));
}

// Whether a stroke belongs to the digit just drawn: it touches it, or lies close above or below; later, it must do both.
function belongs(app, piece, line, after) {
  if (piece.strokes.length >= app.mostStrokes || piece.turn || after > LATEST) return false;
  const strokes = strokesOnStage(piece);
  const gap = Math.min(...strokes.map((one) => strokeGap(one, line)));
  const touches = gap <= 0.8 * piece.width * piece.size;
  const covers = overlapAcross(strokes.flat(), line) >= 0.4;
  return after <= SOON ? touches || (covers && gap <= CLOSE) : touches && covers;
}

// How much of the narrower of two is above or below the other.
function overlapAcross(one, other) {
  const [a, b] = [one, other].map((points) => {
    const xs = points.map(([x]) => x);
    return [Math.min(...xs) - 0.01, Math.max(...xs) + 0.01];
  });
  return (Math.min(a[1], b[1]) - Math.max(a[0], b[0])) / Math.min(a[1] - a[0], b[1] - b[0]);
}

function placeOf(app, id) {
  return app.pieces.findIndex((piece) => piece.id === id) + 1;
}
