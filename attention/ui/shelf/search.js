// The field and the list of books found, as a combobox: arrow keys choose, Enter and a click add, Escape closes.

function buildSearch(app) {
  const { text } = app;
  app.input = el("input", {
    class: "query", type: "text", role: "combobox", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: 200,
    placeholder: text.placeholder, "aria-label": text.search, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "found",
    oninput: () => lookFor(app), onfocus: () => lookFor(app), onkeydown: (event) => searchKey(app, event),
  });
  app.options = el("ul", { class: "options", id: "found", role: "listbox", "aria-label": text.found, hidden: true });
  app.none = el("p", { class: "none", hidden: true });
  app.input.addEventListener("blur", () => closeSearch(app));
  return el("div", { class: "search" }, app.input, app.options, app.none);
}

// What is typed, as Python reads it: one line, single spaces.
function wantedQuery(app) {
  return app.input.value.split(/\s+/).filter(Boolean).join(" ").slice(0, 200);
}

function lookFor(app) {
  const query = wantedQuery(app);
  app.enterWaits = false;
  if (!query) {
    closeSearch(app);
    return;
  }
  app.isOpen = true;
  if (app.found.has(query)) drawFound(app);
  else askFor(app, query);
}

// Show the books found for the text in the field; while they are on their way, those before stay.
function drawFound(app) {
  const query = wantedQuery(app);
  const books = app.found.get(query);
  if (!app.isOpen || !query || !books) return;
  const isNew = app.shownQuery !== query;
  app.shownQuery = query;
  app.choices = books;
  app.active = books.length ? (isNew ? 0 : clamp(app.active, 0, books.length - 1)) : -1;
  const listed = new Set(app.books.map((book) => book.id));
  app.options.replaceChildren(...books.map((book, i) => option(app, book, i, query, listed.has(book.id))));
  app.options.hidden = !books.length;
  app.none.hidden = Boolean(books.length);
  app.none.replaceChildren(el("span", { text: fillIn(app.text.found_none, { query }) }), " ", app.text.found_none_hint);
  app.input.setAttribute("aria-expanded", String(Boolean(books.length)));
  markActive(app);
  if (isNew) sayFound(app, books.length, query);
  if (app.enterWaits) addActive(app);
}

function option(app, book, i, query, isListed) {
  const aside = isListed ? app.text.listed : book.known ? "" : app.text.unknown;
  const title = el("span", { class: "title" }, ...marked(book.title, query));
  const series = book.series ? el("span", { class: "series", text: book.series }) : null;
  const note = el("span", { class: "note" }, ...marked(book.note, query), book.year ? ` · ${yearText(book.year)}` : "");
  return el("li", { class: "option", id: `option-${i}`, role: "option", "aria-selected": "false",
    onpointerdown: (event) => event.preventDefault(), // the field keeps the focus
    onclick: () => addBook(app, book),
    onpointermove: () => { if (app.active !== i) { app.active = i; markActive(app); } } },
    el("span", { class: "names" }, title, series), el("span", { class: "under" }, note, aside ? el("span", { class: "aside", text: aside }) : null));
}

function yearText(year) {
  return year < 0 ? `${-year} BC` : String(year);
}

// The text with the beginnings of words that were typed set apart; accents and case do not count.
function marked(text, query) {
  const wanted = query.split(" ").map(folded).filter(Boolean);
  const parts = [];
  for (const piece of text.split(/([\p{L}\p{N}]+)/u)) {
    const length = Math.max(0, ...wanted.map((word) => prefixLength(piece, word)));
    if (length) parts.push(el("b", { text: piece.slice(0, length) }));
    parts.push(piece.slice(length));
  }
  return parts;
}

function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// How many characters of a word spell the beginning that was typed; 0 where they do not.
function prefixLength(word, beginning) {
  for (let length = 1; length <= word.length; length++) {
    const found = folded(word.slice(0, length));
    if (found === beginning) return length;
    if (!beginning.startsWith(found)) return 0;
  }
  return 0;
}

function markActive(app) {
  [...app.options.children].forEach((node, i) => {
    node.setAttribute("aria-selected", String(i === app.active));
    if (i === app.active) node.scrollIntoView({ block: "nearest" });
  });
  if (app.active >= 0) app.input.setAttribute("aria-activedescendant", `option-${app.active}`);
  else app.input.removeAttribute("aria-activedescendant");
}

function searchKey(app, event) {
  if (event.isComposing) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && app.isOpen && app.choices.length) {
    app.active = (app.active + by + app.choices.length) % app.choices.length;
    markActive(app);
  } else if (by === 1) lookFor(app);
  else if (event.key === "Enter") enterPressed(app);
  else if (event.key === "Escape" && app.isOpen) closeSearch(app);
  else return;
  event.preventDefault();
}

// Enter may come before the books for the last letter: they are waited for.
function enterPressed(app) {
  const query = wantedQuery(app);
  if (!query) return;
  if (app.shownQuery === query && app.isOpen) addActive(app);
  else {
    lookFor(app);
    if (app.shownQuery === query) addActive(app);
    else app.enterWaits = true;
  }
}

function addActive(app) {
  app.enterWaits = false;
  const book = app.choices[app.active];
  if (book) addBook(app, book);
}

function addBook(app, book) {
  const { text, books, most } = app;
  if (books.some((one) => one.id === book.id)) say(app, fillIn(text.said_already, { title: book.title }));
  else if (books.length >= most) say(app, fillIn(text.said_full, { most }), true);
  else {
    changeBooks(app, "add", book.id, [...books, book]);
    app.items.get(book.id).scrollIntoView({ block: "nearest" });
    say(app, fillIn(text.said_added, { title: book.title, place: app.books.length, count: app.books.length }));
  }
  app.input.value = "";
  closeSearch(app);
  app.input.focus();
}

function closeSearch(app) {
  app.isOpen = false;
  app.enterWaits = false;
  app.shownQuery = null;
  app.choices = [];
  app.active = -1;
  app.options.hidden = true;
  app.none.hidden = true;
  app.input.setAttribute("aria-expanded", "false");
  app.input.removeAttribute("aria-activedescendant");
}

function sayFound(app, count, query) {
  const template = count === 0 ? app.text.found_none : count === 1 ? app.text.found_one : app.text.found_count;
  say(app, fillIn(template, { count, query }));
}
