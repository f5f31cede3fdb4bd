// A strip that may be wide: where its matrices do not stand on one line in its column, they take smaller cells and reach
// beyond it on both sides. Where even that is too little, the strip stays in its column and wraps.

const MOST_ROOM = 1400; // pixels: beyond it a line is long to look along
const EDGE = 24; // pixels between the strip and the edge of the window
const MOST_SHRINKING = 0.7; // smaller cells never save more than this leaves
const SLACK = 2; // pixels, as widths are rounded

function fitStrip(app) {
  if (!app.view.wide) return;
  const [column, room] = [app.node.clientWidth, roomOf(app)];
  if (app.compact && lineWidth(app) <= column) setCompact(app, false);
  if (!app.compact && lineWidth(app) > column && lineWidth(app) * MOST_SHRINKING <= room) setCompact(app, true);
  const width = lineWidth(app);
  if (app.compact && width > room) setCompact(app, false);
  const beyond = app.compact ? Math.max(0, width - column) : 0;
  app.strip.style.marginInline = `${-4 - Math.ceil(beyond / 2)}px`;
}

// The column, and as much on either side as the window has on the narrower one.
function roomOf(app) {
  const { left, right, width } = app.node.getBoundingClientRect();
  const beside = Math.min(left, document.documentElement.clientWidth - right) - EDGE;
  return Math.max(width, Math.min(width + 2 * beside, MOST_ROOM));
}

// How wide the strip is on one line. Blocks keep their width when they wrap, so that nothing need be moved to find out.
function lineWidth(app) {
  const gap = parseFloat(getComputedStyle(app.strip).columnGap);
  return total([...app.blocks.values()].map((block) => block.node.getBoundingClientRect().width + gap)) - gap + SLACK;
}

function setCompact(app, compact) {
  app.compact = compact;
  app.strip.classList.toggle("compact", compact);
  for (const block of app.blocks.values()) if (block.cells) sizeCells(app, block);
}
