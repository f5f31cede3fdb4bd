// What Python is told, and when: changes of the list in order, the next ones when the last are answered; of what is
// typed, the newest text as soon as the one before is answered.

const PATIENCE = 4000; // ms to wait for an answer before the next is told anyway
const KEPT_SEARCHES = 60;

// Change the list at once; Python follows.
function changeBooks(app, did, id, books) {
  app.books = books;
  app.unsaid.push({ did, id, books: books.map((book) => book.id) });
  drawBooks(app);
  tellChanges(app);
}

function tellChanges(app) {
  if (app.waiting || !app.unsaid.length) return;
  app.serial = `${app.name}-${++app.told}`;
  app.sendOnce("change", { serial: app.serial, steps: app.unsaid });
  app.unsaid = [];
  app.waiting = setTimeout(() => changesAnswered(app), PATIENCE);
}

function changesAnswered(app) {
  clearTimeout(app.waiting);
  app.waiting = null;
  tellChanges(app);
}

// Take over the list that Python sends, unless the visitor has changed it meanwhile.
function receiveBooks(app, view) {
  const isSet = view.origin !== app.origin;
  if (view.answered === app.serial) changesAnswered(app);
  if (!isSet && (app.waiting || app.unsaid.length)) return;
  app.origin = view.origin;
  if (isSet) app.unsaid = [];
  app.books = view.books;
}

function undoChange(app) {
  app.undoing = true;
  app.unsaid.push({ did: "undo", id: null, books: [] });
  tellChanges(app);
}

function askFor(app, query) {
  if (app.found.has(query) || app.asking === query) return;
  if (app.asking !== null) return; // the newest text is asked for when this one is answered
  app.asking = query;
  app.send("query", query);
  clearTimeout(app.askingEnds);
  app.askingEnds = setTimeout(() => searchAnswered(app), PATIENCE);
}

function searchAnswered(app) {
  clearTimeout(app.askingEnds);
  app.asking = null;
  const query = wantedQuery(app);
  if (query && !app.found.has(query)) askFor(app, query);
}

function receiveFound(app, view) {
  if (!view.query) return;
  app.found.delete(view.query);
  app.found.set(view.query, view.found);
  if (app.found.size > KEPT_SEARCHES) app.found.delete(app.found.keys().next().value);
  if (app.asking === view.query) searchAnswered(app);
}
