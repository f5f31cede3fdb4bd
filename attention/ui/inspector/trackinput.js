// Hands on a track: pointing and dragging seek, hovering tells a cell's numbers, keys choose letters and play.

const TURN_S = 0.5; // how far Page Up and Page Down go
const SIDEWAYS = 8; // pixels from which a finger drags the bar

function listenToTrack(app) {
  const { area, band, node } = app.track;
  if (app.bare) return;
  listenToDrags(app, area);
  area.addEventListener("pointerleave", () => leaveTrack(app));
  band.addEventListener("pointermove", (event) => event.pointerType !== "touch" && hoverBand(app, event));
  band.addEventListener("pointerleave", () => leaveTrack(app));
  band.addEventListener("scroll", () => hideTip(app), { passive: true });
  band.addEventListener("click", (event) => clickBand(app, event));
  node.addEventListener("keydown", (event) => trackKey(app, event));
}

// A mouse seeks at once; a finger when it is lifted or goes sideways, as it may only want to scroll the page.
function listenToDrags(app, area) {
  let held = null;
  const seek = (event) => seekTrack(app, timeUnder(app, event));
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = { x: event.clientX, seeking: event.pointerType !== "touch" };
    area.setPointerCapture(event.pointerId);
    if (held.seeking) seek(event);
  });
  area.addEventListener("pointermove", (event) => {
    if (held && Math.abs(event.clientX - held.x) > SIDEWAYS) held.seeking = true;
    if (held?.seeking) seek(event);
    else if (!held && event.pointerType !== "touch") hoverSound(app, event);
  });
  area.addEventListener("pointerup", (event) => {
    if (held && !held.seeking) seek(event);
    held = null;
  });
  area.addEventListener("pointercancel", () => (held = null));
}

function timeUnder(app, event) {
  return (event.clientX - app.track.sound.getBoundingClientRect().left) / app.track.size.scale;
}

// The row at a height of the band; the gap between two words belongs to the row above it.
function rowUnder(app, event) {
  const y = event.clientY - app.track.cells.getBoundingClientRect().top;
  const place = app.track.size.tops.findLastIndex((top) => top <= y);
  return app.rows[Math.max(place, 0)];
}

// Over the sound: who looked at this moment? The letters glow by how much they did.
function hoverSound(app, event) {
  if (app.playing || !app.rows.length) return;
  const col = columnAt(app.reading.key, timeUnder(app, event));
  const best = app.rows.reduce((most, row) => (weightAt(app, row, col) > weightAt(app, most, col) ? row : most), app.rows[0]);
  glowBack(app, col);
  tipAt(app, event, best, col);
}

function hoverBand(app, event) {
  const row = rowUnder(app, event);
  const time = timeUnder(app, event);
  const inside = time >= 0 && time < openTrack(app.reading.key).duration;
  if (row === undefined) return;
  if (!app.playing && app.track.aimed !== row) glow(app, (app.track.aimed = row));
  if (inside) tipAt(app, event, row, columnAt(app.reading.key, time));
  else hideTip(app);
}

function tipAt(app, event, row, col) {
  const box = new DOMRect(event.clientX, event.clientY - 6, 0, 0);
  showTip(app, { getBoundingClientRect: () => box }, letterName(app, row), app.keyNames[col], weightAt(app, row, col));
}

function leaveTrack(app) {
  app.track.aimed = null;
  hideTip(app);
  if (!app.playing) glow(app, app.shownRow);
}

// A click on a cell chooses its letter and goes to its time; on a letter itself, to where that letter looked most.
function clickBand(app, event) {
  const row = rowUnder(app, event);
  const time = timeUnder(app, event);
  if (row === undefined) return;
  if (event.target.closest(".trackletter") || time < 0) chooseLetter(app, row);
  else seekTrack(app, time, row);
}

function trackKey(app, event) {
  if (event.altKey || event.metaKey || event.ctrlKey) return;
  const { rows, track } = app;
  const place = Math.max(rows.indexOf(app.shownRow), 0);
  const onButton = event.target === track.button;
  const letters = { ArrowLeft: place - 1, ArrowUp: place - 1, ArrowRight: place + 1, ArrowDown: place + 1, Home: 0, End: rows.length - 1 };
  if (event.key in letters) chooseLetter(app, rows[clamp(letters[event.key], 0, rows.length - 1)]);
  else if (event.key === "PageUp" || event.key === "PageDown") seekTrack(app, track.time + (event.key === "PageUp" ? TURN_S : -TURN_S));
  else if (event.key === " " && !onButton) toggleTrack(app);
  else if (event.key === "Escape" && track.rolling) pauseTrack(app, false);
  else return;
  event.preventDefault();
  if (event.target.classList.contains("trackletter")) track.options.get(app.shownRow)?.focus({ preventScroll: true });
}
