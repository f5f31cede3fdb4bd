// The inspector itself: one object per place on the page, kept through reruns; state goes in, nodes come out.

function createApp(send) {
  const app = { send, unsent: new Set(), sent: {}, state: null, data: null, revealed: 0, shownRow: null, big: false, bare: false, tall: 0 };
  app.sheet = el("style");
  app.lines = el("div", { class: "lines" });
  app.meta = el("span", { class: "meta" });
  app.playButton = el("button", { type: "button", class: "quiet play", onclick: () => (app.playing ? finish(app) : play(app)) });
  app.shown = el("div", { class: "shownname" });
  app.picture = el("div", { class: "picture" });
  app.caption = el("p", { class: "caption" });
  app.controls = el("div", { class: "controls" });
  app.panel = el("section", { class: "panel" });
  app.choice = el("div", { class: "choice" });
  app.side = el("div", { class: "side" });
  app.tip = el("div", { class: "tip", "aria-hidden": "true" });
  app.main = el("div", { class: "main" }, app.shown, app.picture, app.caption, app.controls);
  app.metaRow = el("div", { class: "metarow" }, app.meta, app.playButton);
  app.stage = el("div", { class: "stage" }, app.main, app.panel);
  app.node = el("div", { class: "inspector" }, app.sheet, app.lines, app.metaRow, app.stage, app.tip);
  app.arranged = "plain";
  app.node.addEventListener("pointermove", (event) => (app.pointerAt = [event.clientX, event.clientY]), { passive: true });
  return app;
}

// Take a payload. A new id plays from the start; the same id only changes the numbers and keeps step and view.
function receive(app, view) {
  const first = app.view === undefined;
  const restored = !first && view.restore !== app.view.restore;
  const fresh = first || view.id !== app.view.id;
  const goesOn = !fresh && app.playing && keyKind(app).goesOn;
  if (!first && !goesOn) stop(app);
  app.view = view;
  app.text = view.text;
  app.readings = view.readings.map((reading) => unpacked(reading, view.text));
  if (first || restored) app.state = firstState(view, app.readings);
  else if (fresh) app.state.step = null;
  if (restored) app.sent = {};
  mend(app);
  app.panel.setAttribute("aria-label", app.text.step);
  if (first) buildControls(app);
  if (first) app.sent = { ...app.state };
  else if (restored || fresh) report(app, Object.keys(app.state));
  draw(app);
  if (goesOn) showStep(app);
  else if (fresh && keyKind(app).plays(app)) play(app);
  else finish(app);
  showPlayback(app);
}

// Change the state, draw what depends on it and tell Python. `by` says where the focus should go afterwards.
function change(app, changes, by = null) {
  stop(app);
  const before = app.reading;
  Object.assign(app.state, changes);
  const after = activeReading(app);
  if (after !== before) app.state.step = sameRow(before, after, app.state.step);
  mend(app);
  draw(app);
  finish(app);
  showPlayback(app);
  if (by === "view") app.viewBar.querySelector("[aria-pressed=true]")?.focus();
  report(app, [...Object.keys(changes), "step"]);
}

// Choose a step: no redrawing, only the lights move.
function choose(app, row) {
  if (row === undefined) return;
  if (app.playing && !keyKind(app).goesOn) {
    app.state.step = row;
    finish(app);
  }
  app.state.step = row;
  app.shownRow = row;
  showStep(app);
  keyKind(app).chosen(app, row);
  report(app, ["step"]);
}

function draw(app) {
  const held = app.picture.contains(app.node.getRootNode().activeElement);
  look(app);
  arrange(app);
  buildLines(app);
  app.meta.textContent = app.view.meta;
  hideTip(app);
  app.room = Math.max(app.picture.clientWidth, 240);
  app.picture.replaceChildren(viewOf(app).build(app, app.room, app.tall));
  if (app.shownRow === null || !app.rows.includes(app.shownRow)) app.shownRow = app.state.step;
  if (app.bare) return;
  showName(app);
  showControls(app);
  app.caption.textContent = captionText(app);
  if (held) viewOf(app).focus?.(app);
}

// Name what is shown where there is a choice, and a way back from one head to the summary.
function showName(app) {
  const { reading, text, state } = app;
  const bases = app.readings.filter((one) => one.pieces_of === null);
  const baseTitle = bases.find((one) => one.name === state.map)?.title;
  const several = hasSeveralMatrices(reading) && state.view !== "heads";
  const parts = [bases.length > 1 ? baseTitle : null, several ? shownName(app) : null].filter(Boolean);
  app.shown.replaceChildren(el("span", { text: parts.join(" \u00b7 ") }));
  if (several && state.layer !== null && !isSingle(reading))
    app.shown.append(el("button", { type: "button", class: "quiet", text: text.back_to_summary, onclick: () => change(app, { layer: null, head: null }) }));
}

function captionText(app) {
  const { reading, view, text, rows } = app;
  const parts = [reading.caption ?? view.captions?.[app.state.view] ?? view.caption];
  if (!app.state.end && reading.key_end.length && rows.length) {
    const masses = rows.map((row) => hiddenMass(app, row));
    const most = Math.max(...masses);
    const mean = masses.reduce((sum, one) => sum + one, 0) / masses.length;
    const word = app.queryNames[rows[masses.indexOf(most)]];
    parts.push(most < 0.005 ? text.hidden_none : fillIn(text.hidden_note, { mean: percent(mean), most: percent(most), word }));
  }
  if (app.state.view === "arcs" && arcsCut(app)) parts.push(fillIn(text.arcs_cut, { n: ARC_WORDS, key_axis: reading.key_axis }));
  parts.push(...keyKind(app).caption(app));
  if (reading.deepest < 1 && !keyKind(app).scale) parts.push(fillIn(text.deepest, { weight: fixed(reading.deepest) }));
  if (rows.some((row) => reading.changed.includes(row))) parts.push(text.changed_note);
  return parts.filter(Boolean).join(" ");
}

// Move every light to the shown row: the words above, the picture, the panel and the scrubber.
function showStep(app) {
  const reveal = (span, i) => span.classList.toggle("unborn", app.rows.includes(i) && isUnborn(app, i));
  if (app.reading.query_line !== app.reading.key_line) app.words[app.reading.query_line].forEach(reveal);
  glow(app, app.shownRow);
  markChosen(app);
  showStrongestKey(app);
  viewOf(app).step(app);
  if (app.bare) return;
  showPanel(app);
  showControlStep(app);
}

// Draw again without disturbing what is going on.
function redraw(app) {
  draw(app);
  if (app.playing) showStep(app);
  else finish(app);
}

// Redraw when the room or the fonts change, and change colours when the theme does.
function watch(app) {
  const observer = new ResizeObserver(() => {
    const width = app.picture.clientWidth;
    if (app.view && width && Math.abs(width - app.room) >= 2) redraw(app);
  });
  observer.observe(app.picture);
  const sideObserver = new ResizeObserver(() => keepSideInSight(app));
  sideObserver.observe(app.side);
  const measure = () => ["serif", "sans"].map((family) => textWidth("Attention", `20px ${app.theme[family]}`)).join();
  let measured = measure();
  const onFonts = () => {
    if (!app.view || measure() === measured) return;
    measured = measure();
    redraw(app);
  };
  document.fonts?.addEventListener("loadingdone", onFonts);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const onScheme = () => requestAnimationFrame(() => recolour(app));
  dark.addEventListener("change", onScheme);
  return () => {
    observer.disconnect();
    sideObserver.disconnect();
    document.fonts?.removeEventListener("loadingdone", onFonts);
    dark.removeEventListener("change", onScheme);
    clearTimeout(app.sending);
    stop(app);
  };
}

function recolour(app) {
  applyTheme(app);
  if (app.state) viewOf(app).repaint?.(app);
}
