// A pen for the keyboard: arrow keys move it, two at once go aslant, Space puts it down and lifts it, Enter ends the digit.

const PEN_STEP = 1 / 48;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function stageKey(app, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target !== app.stage) return;
  const { cursor, text } = app;
  if (event.key in ARROWS) movePen(app, event);
  else if (event.key === " ") cursor.line ? liftPen(app) : lowerPen(app);
  else if (event.key === "Enter") {
    liftPen(app);
    app.fresh = null;
    say(app, text.said_next);
  } else if (event.key === "Escape" && cursor.line) {
    cursor.line = null;
    say(app, text.said_dropped);
  } else return;
  event.preventDefault();
  cursor.shown = true;
  drawCursor(app);
  drawStroke(app);
}

function movePen(app, event) {
  const { cursor } = app;
  cursor.held.add(event.key);
  const far = event.shiftKey ? 4 : 1;
  const sum = (axis) => [...cursor.held].reduce((total, key) => total + ARROWS[key][axis], 0);
  cursor.x = clamp(cursor.x + sum(0) * far * PEN_STEP, 0, 1);
  cursor.y = clamp(cursor.y + sum(1) * far * PEN_STEP, 0, 1);
  cursor.line?.push([cursor.x, cursor.y]);
  say(app, fillIn(app.text.said_pen, inPercent(cursor)));
}

function lowerPen(app) {
  const { cursor } = app;
  cursor.line = [[cursor.x, cursor.y]];
  say(app, fillIn(app.text.said_down, inPercent(cursor)));
}

function liftPen(app) {
  const { line } = app.cursor;
  if (!line) return;
  app.cursor.line = null;
  addStroke(app, line, app.fresh?.endedAt ?? 0, performance.now());
}

// The pen is lifted when another element takes the keys.
function leaveStage(app) {
  liftPen(app);
  app.cursor.held.clear();
  app.cursor.shown = false;
  drawCursor(app);
  drawStroke(app);
}

function inPercent({ x, y }) {
  return { across: Math.round(100 * x), down: Math.round(100 * y) };
}
