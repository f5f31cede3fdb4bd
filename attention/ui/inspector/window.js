// A map with very many columns holds only the cells that can be seen: scrolling brings the next ones and takes others away.

const MOST_CELLS = 2500;
const BEYOND = 12; // columns kept ready on either side of those in sight

function isWindowed(app) {
  return isListing(app.reading.query) && app.rows.length * app.cols.length > MOST_CELLS;
}

// The places of the columns in sight, [first, last + 1), for a scroll position; all of them in a small map.
function windowOf(app, size, from, room) {
  if (!isWindowed(app)) return [0, app.cols.length];
  let x = 0;
  let [first, last] = [app.cols.length, 0];
  size.widths.forEach((width, place) => {
    if (x + width > from && x < from + room) [first, last] = [Math.min(first, place), place + 1];
    x += width;
  });
  return [Math.max(0, first - BEYOND), Math.min(app.cols.length, last + BEYOND)];
}

// Bring the cells and labels of the columns in sight; the cell in focus stays wherever it is.
function fillWindow(app) {
  const { grid, size, seen } = app;
  if (!isWindowed(app)) return;
  const scroller = grid.parentElement;
  const [first, last] = windowOf(app, size, scroller.scrollLeft, scroller.clientWidth - size.labelWidth);
  if (seen[0] === first && seen[1] === last) return;
  const active = grid.getRootNode().activeElement;
  for (const [row, node] of [[null, grid.firstElementChild], ...app.rowNodes]) {
    const kept = [];
    for (const old of node.querySelectorAll("[data-place]")) {
      const inside = old.dataset.place >= first && old.dataset.place < last;
      if (inside || old === active) kept.push(old);
      else old.remove();
    }
    const behind = node.querySelector(".aside");
    for (let place = first, at = 0; place < last; place++) {
      while (kept[at] && kept[at].dataset.place < place) at++;
      if (Number(kept[at]?.dataset.place) === place) continue;
      node.insertBefore(row === null ? columnLabel(app, place) : cellNode(app, row, place), kept[at] ?? behind);
    }
  }
  app.colNodes = new Map([...grid.firstElementChild.querySelectorAll("[data-place]")].map((one) => [app.cols[one.dataset.place], one]));
  app.seen = [first, last];
  keepTabStop(app);
}

// The grid's one tab stop stays among the cells that are there.
function keepTabStop(app) {
  const { cursor, seen, cols } = app;
  const place = cols.indexOf(cursor.col);
  const inside = place >= seen[0] && place < seen[1];
  if (!inside && cellAt(app, cursor.row, cursor.col)) return; // it has the focus and was kept
  moveCursor(app, cursor.row, inside ? cursor.col : cols[Math.min(seen[0] + BEYOND, seen[1] - 1)], false);
}

// A long text or list of keys that scrolls inside itself shows what the chosen row looked at most.
function showStrongestKey(app) {
  const { reading, cols, shownRow: row } = app;
  const words = app.words[reading.key_line];
  const scroller = app.bare || row === null || !keyKind(app).inLine ? null : words.find(Boolean)?.closest(".scrolls");
  if (!scroller || (app.keyOf === row && app.keyIn === scroller)) return;
  Object.assign(app, { keyOf: row, keyIn: scroller });
  const best = cols.reduce((most, col) => (weightAt(app, row, col) > weightAt(app, row, most) ? col : most), cols[0]);
  const [frame, box] = [scroller.getBoundingClientRect(), words[best].getBoundingClientRect()];
  if (box.top < frame.top || box.bottom > frame.bottom) scroller.scrollTop += box.top - frame.top - frame.height / 3;
}

// Where a row is newly chosen in a map wider than its room, scroll to what it looked at most, if that is out of sight.
function showStrongest(app) {
  const { size, grid, cols, shownRow: row } = app;
  const scroller = grid.parentElement;
  if (!isListing(app.reading.query) || app.bare || (app.strongestOf === row && app.strongestIn === app.matrix)) return;
  const first = app.strongestIn === undefined && !isWindowed(app); // a small map is first seen from its beginning
  Object.assign(app, { strongestOf: row, strongestIn: app.matrix });
  if (first) return;
  const best = cols.reduce((most, _, place) => (weightAt(app, row, cols[place]) > weightAt(app, row, cols[most]) ? place : most), 0);
  const left = size.widths.slice(0, best).reduce((sum, one) => sum + one, 0);
  const room = scroller.clientWidth - size.labelWidth;
  if (left < scroller.scrollLeft || left + size.widths[best] > scroller.scrollLeft + room) scroller.scrollLeft = left - room / 2;
  fillWindow(app);
}

// Scroll to a column that is out of sight, so that its cell is there to take the focus.
function bringColumn(app, col) {
  const place = app.cols.indexOf(col);
  if (!isWindowed(app) || place < 0) return;
  const { size, grid } = app;
  const scroller = grid.parentElement;
  const left = size.widths.slice(0, place).reduce((sum, one) => sum + one, 0);
  const room = scroller.clientWidth - size.labelWidth;
  if (left < scroller.scrollLeft) scroller.scrollLeft = left;
  else if (left + size.widths[place] > scroller.scrollLeft + room) scroller.scrollLeft = left + size.widths[place] - room;
  fillWindow(app);
}
