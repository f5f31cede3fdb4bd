// The books in reading order. One book at a time can be reached by Tab, with its three buttons; arrow keys go on.

const PARTS = ["spine", "earlier", "later", "remove"];

function drawBooks(app) {
  const held = focusedPart(app);
  const wanted = new Set(app.books.map((book) => book.id));
  for (const [id, item] of app.items)
    if (!wanted.has(id)) {
      item.remove();
      app.items.delete(id);
    }
  app.books.forEach((book, i) => {
    if (!app.items.has(book.id)) app.items.set(book.id, bookItem(app, book));
    const item = app.items.get(book.id);
    if (app.list.children[i] !== item) app.list.insertBefore(item, app.list.children[i] ?? null);
    nameParts(app, item, book, i);
  });
  if (!wanted.has(app.current)) app.current = app.books.at(-1)?.id ?? null;
  if (!wanted.has(app.picked)) app.picked = null;
  markCurrent(app);
  drawCount(app);
  if (held && wanted.has(held.id)) focusPart(app, held.id, held.part);
}

function bookItem(app, book) {
  const part = (name, ...children) => el("button", { class: name, type: "button", "data-part": name }, ...children);
  const spine = part("spine", el("span", { class: "place" }), el("span", { class: "names" },
    el("span", { class: "title", text: book.title }), el("span", { class: "note", text: book.note })));
  const grip = el("span", { class: "grip", "aria-hidden": "true" }, sign("M4 3v.01M4 8v.01M4 13v.01M9 3v.01M9 8v.01M9 13v.01"));
  const moves = el("span", { class: "moves" }, part("earlier", sign("M10 3 5 8l5 5")), part("later", sign("M6 3l5 5-5 5")), part("remove", sign("M4 4l8 8M12 4l-8 8")));
  const item = el("li", { class: "book", "data-id": book.id, title: [book.title, book.series, book.note].filter(Boolean).join("\n") }, grip, spine, moves);
  item.classList.toggle("unknown", !book.known);
  spine.addEventListener("click", () => pickBook(app, book.id));
  moves.children[0].addEventListener("click", () => moveBy(app, book.id, -1));
  moves.children[1].addEventListener("click", () => moveBy(app, book.id, 1));
  moves.children[2].addEventListener("click", () => removeBook(app, book.id));
  item.addEventListener("focusin", () => { app.current = book.id; markCurrent(app); });
  item.addEventListener("keydown", (event) => bookKey(app, event, book.id));
  item.addEventListener("pointerdown", (event) => startDrag(app, event, book.id));
  return item;
}

function sign(path) {
  return svgEl("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, svgEl("path", { d: path }));
}

// Labels that depend on the place in the list.
function nameParts(app, item, book, i) {
  const { text, books } = app;
  const values = { title: book.title, note: book.note, place: i + 1, count: books.length };
  const [spine, earlier, later, remove] = PARTS.map((part) => item.querySelector(`.${part}`));
  item.querySelector(".place").textContent = i + 1;
  spine.setAttribute("aria-label", fillIn(text.book, values) + (book.known ? "" : ` (${text.unknown})`));
  for (const [button, name] of [[earlier, "earlier"], [later, "later"], [remove, "remove"]]) {
    button.setAttribute("aria-label", fillIn(text[name], values));
    button.title = fillIn(text[name], values);
  }
  // not `disabled`: a disabled button would lose the focus when its book arrives at the end
  earlier.setAttribute("aria-disabled", String(i === 0));
  later.setAttribute("aria-disabled", String(i === books.length - 1));
}

function markCurrent(app) {
  for (const [id, item] of app.items) {
    item.classList.toggle("picked", id === app.picked);
    for (const part of PARTS) item.querySelector(`.${part}`).tabIndex = id === app.current ? 0 : -1;
  }
}

function drawCount(app) {
  const { text, books } = app;
  app.count.textContent = books.length === 1 ? text.count_one : books.length ? fillIn(text.count, { count: books.length }) : "";
  app.hint.hidden = books.length < 2;
  app.empty.hidden = books.length > 0;
  app.list.hidden = !books.length;
  app.clear.hidden = !books.length;
}

function pickBook(app, id) {
  app.picked = app.picked === id ? null : id;
  app.current = id;
  markCurrent(app);
}

function placeOf(app, id) {
  return app.books.findIndex((book) => book.id === id);
}

function moveBy(app, id, by) {
  moveTo(app, id, placeOf(app, id) + by);
}

function moveTo(app, id, place) {
  const from = placeOf(app, id);
  const to = clamp(place, 0, app.books.length - 1);
  const book = app.books[from];
  const values = { title: book.title, place: to + 1, count: app.books.length };
  if (to === from) {
    say(app, fillIn(app.text.said_kept, values));
    return;
  }
  const rest = app.books.filter((one) => one !== book);
  glide(app, () => changeBooks(app, "move", id, [...rest.slice(0, to), book, ...rest.slice(to)]));
  app.items.get(id).scrollIntoView({ block: "nearest" });
  say(app, fillIn(app.text.said_moved, values));
}

function removeBook(app, id) {
  const place = placeOf(app, id);
  const part = focusedPart(app)?.part;
  const { title } = app.books[place];
  glide(app, () => changeBooks(app, "remove", id, app.books.filter((one) => one.id !== id)));
  const next = app.books[Math.min(place, app.books.length - 1)];
  if (part && next) focusPart(app, next.id, part);
  else if (part) app.input.focus();
  say(app, fillIn(app.text.said_removed, { title, count: app.books.length }));
}

function clearBooks(app) {
  changeBooks(app, "clear", null, []);
  app.input.focus();
  closeSearch(app);
  say(app, app.text.said_cleared);
}

function focusedPart(app) {
  const node = app.node.getRootNode().activeElement;
  const item = node?.closest?.(".book");
  return item ? { id: Number(item.dataset.id), part: node.dataset.part ?? "spine" } : null;
}

function focusPart(app, id, part) {
  app.items.get(id)?.querySelector(`.${part}`)?.focus();
}

// Let the other books slide to their new places.
function glide(app, change) {
  const before = new Map([...app.items].map(([id, item]) => [id, [item.offsetLeft, item.offsetTop]]));
  change();
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [id, item] of app.items) {
    const [left, top] = before.get(id) ?? [item.offsetLeft, item.offsetTop];
    const [x, y] = [left - item.offsetLeft, top - item.offsetTop];
    if ((x || y) && !item.classList.contains("dragged"))
      item.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 160, easing: "ease-out" });
  }
}
