// Points, strokes and boxes. Strokes on the stage are in shares of its side; a piece's own lie in the unit square of its box.

function distanceToSegment([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length ? clamp(((x - ax) * dx + (y - ay) * dy) / length, 0, 1) : 0;
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

// On which side of the line from a to b a point lies: above or below 0.
function sideOf([ax, ay], [bx, by], [x, y]) {
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
}

function doCross(a, b, c, d) {
  return sideOf(a, b, c) * sideOf(a, b, d) < 0 && sideOf(c, d, a) * sideOf(c, d, b) < 0;
}

// The least distance between two strokes: 0 where they cross, else from the points of each to the other's segments.
function strokeGap(one, other) {
  const ends = (line) => line.map((end, i) => [line[Math.max(0, i - 1)], end]);
  const [here, there] = [ends(one), ends(other)];
  if (here.some(([a, b]) => there.some(([c, d]) => doCross(a, b, c, d)))) return 0;
  const reach = (points, segments) => Math.min(...points.map((point) => Math.min(...segments.map(([a, b]) => distanceToSegment(point, a, b)))));
  return Math.min(reach(one, there), reach(other, here));
}

// Leave out points closer than the tolerance to the line between those kept (Douglas and Peucker 1973).
function simplifyLine(points, tolerance) {
  const kept = new Set([0, points.length - 1]);
  const spans = [[0, points.length - 1]];
  while (spans.length) {
    const [first, last] = spans.pop();
    let [most, at] = [tolerance, -1];
    for (let i = first + 1; i < last; i++) {
      const away = distanceToSegment(points[i], points[first], points[last]);
      if (away > most) [most, at] = [away, i];
    }
    if (at < 0) continue;
    kept.add(at);
    spans.push([first, at], [at, last]);
  }
  return points.filter((_, i) => kept.has(i));
}

// As few points as show the same line, and never more than a stroke may have.
function fewerPoints(points, tolerance, most) {
  let line = simplifyLine(points, tolerance);
  for (let wider = tolerance * 1.5; line.length > most; wider *= 1.5) line = simplifyLine(points, wider);
  return line;
}

function strokesBox(strokes, width) {
  const xs = strokes.flatMap((line) => line.map(([x]) => x));
  const ys = strokes.flatMap((line) => line.map(([, y]) => y));
  const [left, top] = [Math.min(...xs) - width / 2, Math.min(...ys) - width / 2];
  return { left, top, width: Math.max(...xs) + width / 2 - left, height: Math.max(...ys) + width / 2 - top };
}

// The piece that strokes on the stage make, drawn with a pen of that width.
function boxedPiece(strokes, pen, digit) {
  const box = strokesBox(strokes, pen);
  const size = Math.max(box.width, box.height);
  return {
    strokes: strokes.map((line) => line.map(([x, y]) => [(x - box.left) / size, (y - box.top) / size])),
    x: box.left + box.width / 2, y: box.top + box.height / 2, size, turn: 0, width: pen / size, digit,
  };
}

// Where the strokes of a piece lie on the stage.
function strokesOnStage(piece) {
  const box = strokesBox(piece.strokes, piece.width);
  const angle = (piece.turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return piece.strokes.map((line) => line.map(([x, y]) => {
    const [dx, dy] = [(x - box.left - box.width / 2) * piece.size, (y - box.top - box.height / 2) * piece.size];
    return [piece.x + cos * dx - sin * dy, piece.y + sin * dx + cos * dy];
  }));
}
