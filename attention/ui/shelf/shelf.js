// The whole: field, list, buttons, and the line that is said to screen readers.

function createShelf() {
  const app = {
    node: el("div", { class: "shelf" }),
    name: Math.random().toString(36).slice(2),
    told: 0, serial: "", unsaid: [], waiting: null, origin: null, undoing: false,
    books: [], items: new Map(), current: null, picked: null, drag: null,
    found: new Map(), asking: null, choices: [], active: -1, isOpen: false, shownQuery: null, enterWaits: false,
  };
  app.outside = (event) => {
    if (app.picked !== null && !event.composedPath().includes(app.list)) {
      app.picked = null;
      markCurrent(app);
    }
  };
  window.addEventListener("pointerdown", app.outside);
  return app;
}

function buildShelf(app) {
  const { text } = app;
  app.list = el("ol", { class: "books", role: "list", "aria-label": text.list, "aria-describedby": "help" });
  app.count = el("p", { class: "count" });
  app.hint = el("span", { class: "hint", text: text.hint });
  app.empty = el("p", { class: "empty", text: text.empty });
  app.undo = el("button", { class: "quiet", type: "button", onclick: () => undoChange(app) });
  app.clear = el("button", { class: "quiet", type: "button", text: text.clear, onclick: () => clearBooks(app) });
  app.saying = el("p", { class: "unseen", role: "status", "aria-live": "polite" });
  app.problem = el("p", { class: "problem", hidden: true });
  app.node.append(buildSearch(app), app.problem, el("div", { class: "bar" }, app.count, app.hint, el("span", { class: "spring" }), app.undo, app.clear),
    app.list, app.empty, el("p", { class: "unseen", id: "help", text: text.help }), app.saying);
}

function receiveShelf(app, view) {
  const isFirst = !app.text;
  Object.assign(app, { text: view.text, most: view.most });
  if (isFirst) buildShelf(app);
  receiveFound(app, view);
  if (!app.drag) {
    receiveBooks(app, view);
    drawBooks(app);
  }
  app.undo.textContent = view.undo || app.text.undo;
  app.undo.hidden = !view.undo;
  if (app.undoing && !app.waiting) {
    app.undoing = false;
    say(app, fillIn(app.text.said_undone, { count: app.books.length }));
    if (app.undo.hidden) app.input.focus();
  }
  drawFound(app);
}

// Say it to screen readers; what the visitor must know is shown as well.
function say(app, words, isProblem = false) {
  app.saying.textContent = words;
  app.problem.hidden = !isProblem;
  app.problem.textContent = isProblem ? words : "";
}

function leaveShelf(app) {
  endDrag(app, false);
  window.removeEventListener("pointerdown", app.outside);
  clearTimeout(app.waiting);
  clearTimeout(app.askingEnds);
}
