// The track in the page: a player, the sound, the band of letters, and above them a bar that moves alone.

function buildTrack(app, room, tall = 0) {
  const { text, reading: { key } } = app;
  const track = (app.track = keptTrack(app, key));
  track.size = trackSize(app, room, tall);
  track.times = reachedTimes(app);
  const { size } = track;
  track.sound = el("canvas", { "aria-hidden": "true" });
  track.veil = el("canvas", { class: "trackveil", "aria-hidden": "true" });
  track.cells = el("canvas", { "aria-hidden": "true" });
  track.bar = el("div", { class: "trackbar", "aria-hidden": "true" });
  track.area = el("div", { class: "tracksound", role: "slider", tabindex: app.bare ? null : 0, "aria-label": text.time,
    "aria-description": text.track_help, "aria-valuemin": 0, "aria-valuemax": openTrack(key).duration.toFixed(2) });
  track.area.append(track.sound, track.veil);
  track.band = trackBand(app, size);
  const layers = el("div", { class: "tracklayers" }, track.area, track.band, el("div", { class: "trackpath" }, track.bar));
  const label = fillIn(text.track_label, { seconds: fixed(key.seconds) });
  track.node = el("div", { class: "track", role: "group", "aria-label": label, style: trackStyle(size) }, trackPlayer(app), layers, trackWords(app));
  paintSound(app);
  paintBand(app);
  listenToTrack(app);
  return track.node;
}

function trackStyle(size) {
  const { label, width, over, panels, height, font, most, band } = size;
  const sizes = { label, plot: width, over, words: panels.words, rowheight: height, most: Math.min(most, band), letter: Math.min(font, height) };
  return Object.fromEntries(Object.entries(sizes).map(([name, value]) => [`--${name}`, `${value}px`]));
}

// What outlives a redrawing: the place in time and the sound, as long as the sound is the same.
function keptTrack(app, key) {
  const old = app.track;
  if (old && old.key.sound === key.sound && old.key.seconds === key.seconds)
    return Object.assign(old, { key, veiled: undefined, row: old.placed || old.rolling || old.ended ? old.row : null });
  if (old?.rolling) {
    stop(app);
    app.revealed = app.rows.length;
  }
  return { key, time: 0, row: null, placed: false, ended: false, rolling: false, heard: false };
}

function trackPlayer(app) {
  const { track, text } = app;
  track.button = el("button", { type: "button", class: "quiet trackplay" });
  track.button.addEventListener("click", (event) => {
    event.stopPropagation(); // on stage, a click elsewhere shows the next step
    toggleTrack(app);
  });
  track.clock = el("span", { class: "trackclock", "aria-hidden": "true" });
  track.said = el("span", { class: "tracknote", role: "status", text: track.failed ? text.silent : "" });
  return el("div", { class: "trackplayer" }, track.button, track.clock, track.said);
}

// The letters as a list of choices; the cells beside them are painted, and told by the table and the panel.
function trackBand(app, size) {
  const { track, text, reading } = app;
  const list = el("div", { class: "trackletters", role: app.bare ? "list" : "listbox", "aria-label": text.letters_label });
  if (reading.query.lang) list.setAttribute("lang", reading.query.lang);
  track.options = new Map(app.rows.map((row, place) => [row, letterNode(app, row, size.tops[place])]));
  list.append(...track.options.values());
  track.frame = el("div", { class: "trackframe", "aria-hidden": "true" });
  track.cover = el("div", { class: "trackcover", "aria-hidden": "true" });
  const inside = el("div", { class: "trackrows", style: { height: `${size.band}px` } }, list, track.cells, track.cover, track.frame);
  const band = el("div", { class: "trackband" }, inside);
  band.classList.toggle("scrolls", size.scrolls);
  return band;
}

function letterNode(app, row, top) {
  const sign = el("span", { text: letterSign(app, row) });
  const node = el("div", { class: "trackletter", role: app.bare ? "listitem" : "option", style: { top: `${top}px` } }, sign);
  node.dataset.row = row;
  if (app.bare) return node;
  const peak = peakOf(app, row);
  const said = { query: letterName(app, row), key: app.keyNames[peak], weight: fixed(weightAt(app, row, peak)) };
  sign.setAttribute("aria-hidden", "true");
  return put(node, { "aria-label": fillIn(app.text.letter_said, said) }, []);
}

// The true words for those who cannot see the marks.
function trackWords(app) {
  const { text, reading: { key } } = app;
  if (!key.spans.length) return null;
  const said = key.spans.map(([start, end, word]) => fillIn(text.span_said, { word, start: fixed(start), end: fixed(end) }));
  return el("p", { class: "unseen", text: `${text.spans_label}: ${said.join("; ")}` });
}

// Bring every moving thing in line with the chosen row and the time.
function showTrackStep(app) {
  const { track, shownRow: row } = app;
  if (!track?.node?.isConnected) return;
  if (!track.rolling && track.row !== row) Object.assign(track, { row, time: timeOfRow(app, row) });
  const place = app.rows.indexOf(row);
  const heard = app.revealed > 0;
  const veiled = heard && place >= 0 ? row : null;
  if (veiled !== track.veiled) paintVeil(app, (track.veiled = veiled));
  track.frame.hidden = veiled === null;
  if (place >= 0) track.frame.style.transform = `translateY(${track.size.tops[place]}px)`;
  const hidden = app.revealed < app.rows.length;
  track.cover.hidden = !hidden;
  if (hidden) track.cover.style.transform = `translateY(${track.size.tops[app.revealed]}px)`;
  for (const [one, node] of track.options) {
    node.classList.toggle("unborn", isUnborn(app, one));
    node.classList.toggle("chosen", one === row);
    if (app.bare) continue;
    node.setAttribute("aria-selected", String(one === row));
    node.setAttribute("tabindex", one === row ? "0" : "-1");
  }
  keepLetterInSight(app, place);
  showTime(app);
  showTrackTime(app);
}

function keepLetterInSight(app, place) {
  const { band, size } = app.track;
  if (!size.scrolls || place < 0) return;
  const top = size.tops[place];
  const room = band.clientHeight;
  if (top < band.scrollTop) band.scrollTop = Math.max(0, top - size.height);
  else if (top + size.height > band.scrollTop + room) band.scrollTop = top + 2 * size.height - room;
}

// The bar and the clock: all that moves between two letters.
function showTime(app) {
  const { track } = app;
  track.bar.style.transform = `translateX(${(track.time * track.size.scale).toFixed(2)}px)`;
  const said = `${fixed(track.time, 1)} / ${secondsText(track.key.seconds, 1)}`;
  if (track.clock.textContent !== said) track.clock.textContent = said;
}

// For readers of the screen: the time, told when a letter changes and not sixty times a second.
function showTrackTime(app) {
  const { track, text } = app;
  const { seconds } = track.key;
  track.area.setAttribute("aria-valuenow", track.time.toFixed(2));
  const said = { time: fixed(track.time), seconds: fixed(seconds), query: letterName(app, app.shownRow) };
  track.area.setAttribute("aria-valuetext", fillIn(text.time_said, said));
  track.button.textContent = track.heard ? text.pause : text.play;
}

function focusTrack(app) {
  app.track.options.get(app.state.step)?.focus({ preventScroll: true });
}

// A letter under the pointer, before it is chosen.
function previewTrack(app, row) {
  const { track } = app;
  if (!track?.node?.isConnected || track.rolling || app.bare) return;
  const shown = row ?? app.shownRow;
  if (shown !== track.veiled) paintVeil(app, (track.veiled = shown));
}
