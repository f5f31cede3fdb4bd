// Time: the sound plays, the bar moves and the letters follow. Without a sound, or where it cannot be played, time runs silently.

const SWEEP_S = 2.5; // the longest silent run through a new sound
const HAIR_S = 0.002; // a letter is reached a hair before the bar stands on it, so that rounding cannot miss it

// A new answer: letters appear as the bar sweeps over the sound once, without any noise. Then everything rests.
function listenTrack(app) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || app.rows.length < 2) return finish(app);
  rollTrack(app, 0, { rate: Math.max(1, openTrack(app.reading.key).duration / SWEEP_S) });
}

function toggleTrack(app) {
  const { track } = app;
  if (!track?.node?.isConnected) return;
  if (track.heard) pauseTrack(app);
  else rollTrack(app, track.placed && track.time < openTrack(track.key).duration - 0.05 ? track.time : 0, { heard: true });
}

const sounding = { app: null }; // of several inspectors on a page, one is heard

function rollTrack(app, from, { rate = 1, heard = false }) {
  const { track } = app;
  stop(app);
  if (heard && sounding.app !== app && sounding.app?.track?.heard) pauseTrack(sounding.app);
  if (heard) sounding.app = app;
  Object.assign(track, { rolling: true, ended: false, heard, rate, from, time: from, began: performance.now() });
  app.playing = true;
  app.node.classList.add("playing");
  if (heard) startSound(app, from);
  app.revealed = -1;
  moveTrack(app, from);
  const tick = (now) => {
    const time = nowIn(track, now);
    if (time >= openTrack(track.key).duration || (track.heard && track.audio?.ended)) return endTrack(app);
    moveTrack(app, time);
    app.frame = requestAnimationFrame(tick);
  };
  app.frame = requestAnimationFrame(tick);
}

function nowIn(track, now) {
  const sounding = track.heard && track.audio && !track.failed;
  return sounding ? track.audio.currentTime : track.from + (Math.max(0, now - track.began) / 1000) * track.rate;
}

// Move the bar; where a letter is reached, light it everywhere.
function moveTrack(app, time) {
  const { track } = app;
  track.time = time;
  const reached = reachedCount(track.times, time);
  if (reached === app.revealed) return showTime(app);
  app.revealed = reached;
  app.shownRow = track.row = app.rows[Math.max(reached - 1, 0)] ?? 0;
  showStep(app);
}

function startSound(app, from) {
  const { track } = app;
  if (!track.key.sound || track.failed) return;
  track.audio ??= el("audio", { src: `data:audio/wav;base64,${track.key.sound}`, preload: "auto" });
  track.audio.currentTime = from;
  track.audio.play().catch((error) => {
    if (error.name === "AbortError") return; // a newer wish has overtaken this one
    Object.assign(track, { failed: true, from: track.time, began: performance.now() });
    track.said.textContent = app.text.silent;
  });
}

// Rest at the letter that is being heard.
function pauseTrack(app, placed = true) {
  const { track } = app;
  stop(app);
  track.placed = placed;
  if (app.bare) return showStep(app);
  app.state.step = track.row;
  finish(app);
  report(app, ["step"]);
}

// At the end everything is there; after a sound the last letter stays chosen.
function endTrack(app) {
  const { track } = app;
  const { heard } = track;
  stop(app);
  if (heard || app.bare) app.state.step = app.rows.at(-1) ?? 0;
  const row = app.state.step;
  Object.assign(track, { row, placed: false, ended: heard, time: heard ? openTrack(track.key).duration : timeOfRow(app, row) });
  finish(app);
  if (heard) report(app, ["step"]);
}

// Go to a time: what plays goes on from there, what rests shows the letter that is heard there.
function seekTrack(app, wanted, row = null) {
  const { track } = app;
  const time = clamp(wanted, 0, openTrack(track.key).duration);
  if (track.heard) return rollTrack(app, time, { heard: true });
  if (track.rolling) stop(app);
  Object.assign(track, { time, placed: true, ended: false, row: row ?? app.rows[Math.max(reachedCount(track.times, time) - 1, 0)] });
  app.revealed = app.rows.length;
  choose(app, track.row);
}

// Choose a letter: the bar goes where the letter looked most.
function chooseLetter(app, row) {
  if (row !== undefined) seekTrack(app, timeOfRow(app, row), row);
}

function timeOfRow(app, row) {
  const place = app.rows.indexOf(row);
  return place < 0 ? app.track.time : app.track.times[place] + HAIR_S;
}

// Chosen from outside the picture, by a word of the line or the slider: what plays goes on from there.
function chosenInTrack(app) {
  const { track } = app;
  if (!track) return;
  if (track.rolling) chooseLetter(app, app.state.step);
  else track.placed = true;
}

// Silence: called whenever the picture stops moving.
function quietTrack(app) {
  const { track } = app;
  if (!track) return;
  track.audio?.pause();
  Object.assign(track, { rolling: false, heard: false });
}

// On stage: p plays and pauses; any other key first stops what plays.
function trackStageKey(app, event) {
  if (event.key === "p") toggleTrack(app);
  else if (app.track?.rolling) stop(app);
  return event.key === "p";
}
