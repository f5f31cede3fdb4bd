// Pieces are dragged, made larger and turned by the pointer, by keys, and by the buttons under the stage.

const NUDGE = 1 / 64; // of the stage: a pixel of the scene
const GROWTH = 1.08;
const TURN = 5; // degrees

function choosePiece(app, id) {
  if (app.chosen === id) return;
  app.chosen = id;
  drawPad(app);
}

function chosenPiece(app) {
  return app.pieces.find((piece) => piece.id === app.chosen);
}

// how: "move", "size" or "turn". The pieces change while the pointer moves; it is one step to undo.
function startDrag(app, event, how, id) {
  if (event.button !== 0 || !event.isPrimary || app.drag) return;
  event.preventDefault();
  event.stopPropagation();
  choosePiece(app, id);
  app.nodes.get(id)?.focus({ preventScroll: true });
  app.stage.setPointerCapture(event.pointerId);
  app.drag = { pointer: event.pointerId, how, id, from: placeOn(app, event), before: chosenPiece(app), step: `drag ${++app.ids}` };
}

function continueDrag(app, event) {
  const { drag } = app;
  if (drag?.pointer !== event.pointerId) return;
  const { before, from, how } = drag;
  const [x, y] = placeOn(app, event);
  const [dx, dy] = [x - before.x, y - before.y];
  const [sx, sy] = [from[0] - before.x, from[1] - before.y];
  let values;
  if (how === "move") values = { x: clamp(before.x + x - from[0], 0, 1), y: clamp(before.y + y - from[1], 0, 1) };
  else if (how === "size") values = { size: within(app, (before.size * Math.hypot(dx, dy)) / Math.max(0.01, Math.hypot(sx, sy))) };
  else values = { turn: wholeTurn(before.turn + ((Math.atan2(dy, dx) - Math.atan2(sy, sx)) * 180) / Math.PI) };
  app.steppedAt = performance.now(); // a slow drag is one step as well
  changePiece(app, drag.id, values, drag.step);
}

function endDrag(app, event) {
  if (app.drag?.pointer !== event.pointerId) return;
  const { id, how, before } = app.drag;
  app.drag = null;
  app.step = "";
  const piece = app.pieces.find((one) => one.id === id);
  if (piece && piece !== before) sayChange(app, piece, how);
}

function pieceKey(app, event, id) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const { key } = event;
  if (key in ARROWS) nudge(app, id, ...ARROWS[key], event.shiftKey ? 4 : 1);
  else if (key === "+" || key === "=") resize(app, id, GROWTH);
  else if (key === "-" || key === "_") resize(app, id, 1 / GROWTH);
  else if (key === "[" || key === "{") turnBy(app, id, key === "{" ? -3 * TURN : -TURN);
  else if (key === "]" || key === "}") turnBy(app, id, key === "}" ? 3 * TURN : TURN);
  else if (key === "Delete" || key === "Backspace") removePiece(app, id);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function nudge(app, id, right, down, far) {
  const piece = app.pieces.find((one) => one.id === id);
  changePiece(app, id, { x: clamp(piece.x + right * far * NUDGE, 0, 1), y: clamp(piece.y + down * far * NUDGE, 0, 1) }, `move ${id}`);
  settle(app, id, "move");
}

function resize(app, id, by) {
  changePiece(app, id, { size: within(app, app.pieces.find((one) => one.id === id).size * by) }, `size ${id}`);
  settle(app, id, "size");
}

function turnBy(app, id, degrees) {
  changePiece(app, id, { turn: wholeTurn(app.pieces.find((one) => one.id === id).turn + degrees) }, `turn ${id}`);
  settle(app, id, "turn");
}

function settle(app, id, how) {
  sayChange(app, app.pieces.find((one) => one.id === id), how);
}

function removePiece(app, id) {
  const place = placeOf(app, id);
  const hadFocus = app.nodes.get(id) === app.node.getRootNode().activeElement;
  changePieces(app, app.pieces.filter((piece) => piece.id !== id));
  const next = app.pieces[Math.min(place, app.pieces.length) - 1];
  app.chosen = next && hadFocus ? next.id : null;
  drawPad(app);
  if (hadFocus) (next ? app.nodes.get(next.id) : app.stage).focus();
  say(app, fillIn(app.text.said_removed, { place, count: app.pieces.length }));
}

function clearPieces(app) {
  if (!app.pieces.length) return;
  changePieces(app, []);
  app.fresh = null;
  say(app, app.text.said_cleared);
}

// A digit of our own handwriting goes where there is most room, and is chosen.
function insertDigit(app, digit) {
  if (app.pieces.length >= app.most) {
    say(app, fillIn(app.text.said_full, { most: app.most }), true);
    return;
  }
  const hands = app.hands[digit];
  const turn = (app.inserted[digit] = (app.inserted[digit] ?? -1) + 1) % hands.length;
  const [x, y] = roomiest(app.pieces);
  const id = ++app.ids;
  changePieces(app, [...app.pieces, { ...hands[turn], x, y, id }]);
  Object.assign(app, { fresh: null, chosen: id });
  setMode(app, "move");
  say(app, fillIn(app.text.said_added, { digit, ...inPercent({ x, y }) }));
}

function roomiest(pieces) {
  const spots = [0.5, 0.25, 0.75, 0.38, 0.62];
  const room = (x, y) => Math.min(1, ...pieces.map((piece) => Math.hypot(piece.x - x, piece.y - y) - piece.size / 2));
  return spots.flatMap((y) => spots.map((x) => [x, y])).reduce((best, spot) => (room(...spot) > room(...best) + 1e-6 ? spot : best));
}

function within(app, size) {
  return clamp(size, app.smallest, app.largest);
}

function wholeTurn(degrees) {
  return (((Math.round(degrees) % 360) + 360) % 360);
}

function sayChange(app, piece, how) {
  const values = { place: placeOf(app, piece.id), ...inPercent(piece), size: Math.round(100 * piece.size), turn: turnSaid(piece) };
  const { text } = app;
  say(app, fillIn({ move: text.said_moved, size: text.said_size, turn: text.said_turn }[how], values));
}

function turnSaid(piece) {
  const turn = Math.round(piece.turn) % 360;
  return turn > 180 ? turn - 360 : turn;
}
