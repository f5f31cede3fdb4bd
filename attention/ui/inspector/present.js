// Present mode: scenes over the whole window, moved by keys alone. All data is here already; nothing waits for a server.

const onStage = new WeakMap();

export default function present(component) {
  const { parentElement, data, setTriggerValue } = component;
  let show = onStage.get(parentElement);
  if (!show) {
    show = openShow(parentElement, data.scenes);
    onStage.set(parentElement, show);
  }
  show.tell = () => setTriggerValue("leave", true);
  const call = (show.calls = (show.calls ?? 0) + 1);
  applyTheme(show.app);
  return () =>
    setTimeout(() => {
      if (show.calls !== call) return;
      closeShow(show);
      onStage.delete(parentElement);
    }, 50);
}

function openShow(parent, scenes) {
  const app = createApp(null);
  Object.assign(app, { bare: true, big: true });
  app.node.classList.add("onstage");
  const text = scenes[0].text;
  const show = { app, scenes, scene: 0, done: false };
  show.heading = el("p", { class: "heading" });
  show.comment = el("p", { class: "comment" });
  show.number = el("span", { class: "scenenumber", "aria-hidden": "true" });
  const leave = el("button", { type: "button", class: "leave", "aria-label": text.leave, text: "\u00d7", onclick: () => leaveShow(show) });
  app.node.replaceChildren(app.sheet, show.heading, app.lines, app.choice, app.picture, show.comment);
  show.stage = el("div", { class: "present", tabindex: -1 }, app.node, show.number, leave);
  show.dialog = el("dialog", { class: "presentdialog", "aria-label": text.present_label }, show.stage);
  parent.append(show.dialog);
  show.dialog.showModal();
  show.stage.focus();
  listenOnStage(show, leave);
  applyTheme(app);
  showScene(show, 0);
  document.fonts?.ready.then(() => !show.done && showScene(show, show.scene, app.revealed));
  enterFullscreen(show);
  return show;
}

function listenOnStage(show, leave) {
  show.dialog.addEventListener("keydown", (event) => stageKey(show, event));
  show.dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leaveShow(show);
  });
  show.stage.addEventListener("click", (event) => {
    if (leave.contains(event.target)) return;
    reveal(show, event.clientX > innerWidth / 2 ? 1 : -1, true);
  });
  show.onFullscreen = () => {
    if (!document.fullscreenElement && show.wasFull && !show.keepOpen) leaveShow(show);
    show.wasFull = Boolean(document.fullscreenElement);
    show.keepOpen = false;
  };
  document.addEventListener("fullscreenchange", show.onFullscreen);
  show.onResize = () => showScene(show, show.scene, show.app.revealed);
  addEventListener("resize", show.onResize);
}

function stageKey(show, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const last = show.scenes.length - 1;
  if (keyKind(show.app).stageKey(show.app, event)) {
    event.preventDefault();
    return;
  }
  const acts = {
    ArrowRight: () => showScene(show, Math.min(show.scene + 1, last)),
    ArrowLeft: () => showScene(show, Math.max(show.scene - 1, 0)),
    ArrowDown: () => reveal(show, 1),
    ArrowUp: () => reveal(show, -1),
    " ": () => reveal(show, 1, true),
    PageDown: () => reveal(show, 1, true),
    PageUp: () => reveal(show, -1, true),
    Enter: () => reveal(show, Infinity),
    Home: () => showScene(show, 0),
    End: () => showScene(show, last),
    f: () => toggleFullscreen(show),
    Escape: () => leaveShow(show),
  };
  const act = acts[event.key];
  if (!act || (event.key === "Enter" && event.target.classList?.contains("leave"))) return;
  event.preventDefault();
  act();
}

// Show a scene with its first step, or with as many as are asked for.
function showScene(show, scene, revealed = null) {
  const { app } = show;
  const view = show.scenes[scene];
  const other = scene !== show.scene || !app.view;
  if (other) app.shownRow = null;
  stop(app);
  show.scene = scene;
  Object.assign(app, { view, text: view.text, readings: view.readings.map((reading) => unpacked(reading, view.text)) });
  app.state = firstState(view, app.readings);
  const wished = Number.isInteger(view.initial.step);
  mend(app);
  show.heading.textContent = view.heading;
  show.comment.textContent = view.comment;
  show.number.textContent = fillIn(view.text.scene_of, { scene: scene + 1, scenes: show.scenes.length });
  app.picture.replaceChildren();
  arrange(app);
  buildLines(app);
  fitStage(app);
  app.tall = Math.max(app.picture.clientHeight - 4, 120);
  draw(app);
  app.revealed = revealed ?? (wished ? app.rows.indexOf(app.state.step) + 1 : 1);
  light(app);
}

// Reveal or take back one step; at the end of a scene, `onwards` goes to the next one.
function reveal(show, by, onwards = false) {
  const { app } = show;
  const wanted = app.revealed + by;
  if (wanted > app.rows.length && onwards && show.scene < show.scenes.length - 1) showScene(show, show.scene + 1);
  else if (wanted < 1 && onwards && show.scene > 0) showScene(show, show.scene - 1, Infinity);
  else {
    app.revealed = clamp(wanted, 1, app.rows.length);
    light(app);
  }
}

function light(app) {
  app.revealed = clamp(app.revealed, 1, app.rows.length);
  app.shownRow = app.rows[app.revealed - 1];
  showStep(app);
}

// Browsers may refuse, as when the click lies too far back; the window then stays as it is.
function enterFullscreen(show) {
  try {
    show.stage.requestFullscreen?.()?.catch(() => {});
  } catch {
    return;
  }
}

function toggleFullscreen(show) {
  if (!document.fullscreenElement) return enterFullscreen(show);
  show.keepOpen = true;
  document.exitFullscreen();
}

function leaveShow(show) {
  if (show.done) return;
  closeShow(show);
  show.tell?.();
}

function closeShow(show) {
  show.done = true;
  stop(show.app);
  document.removeEventListener("fullscreenchange", show.onFullscreen);
  removeEventListener("resize", show.onResize);
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  show.dialog.close();
  show.dialog.remove();
}
