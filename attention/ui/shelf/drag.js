// Dragging a book to another place: a mouse takes it anywhere, a finger at its grip, so that the page still scrolls.

const FAR_ENOUGH = 5; // pixels before a press becomes a drag
const EDGE = 28; // pixels from the list's edge within which it scrolls
const SCROLL_STEP = 7; // pixels a frame

function startDrag(app, event, id) {
  if (event.button !== 0 || app.drag || event.target.closest(".moves")) return;
  const touch = event.pointerType === "touch";
  if (touch && !event.target.closest(".grip")) return;
  const item = app.items.get(id);
  const follow = (next) => moveDrag(app, next);
  const drop = (next) => next.pointerId === event.pointerId && endDrag(app, next.type === "pointerup");
  const stop = (next) => next.key === "Escape" && endDrag(app, false);
  app.drag = { id, item, started: false, x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY,
    before: app.books, place: placeOf(app, id),
    leave: () => {
      for (const [name, hear] of [["pointermove", follow], ["pointerup", drop], ["pointercancel", drop]]) window.removeEventListener(name, hear);
      window.removeEventListener("keydown", stop, true);
    } };
  for (const [name, hear] of [["pointermove", follow], ["pointerup", drop], ["pointercancel", drop]]) window.addEventListener(name, hear);
  window.addEventListener("keydown", stop, true);
  if (touch) event.preventDefault();
}

function moveDrag(app, event) {
  const { drag } = app;
  Object.assign(drag, { x: event.clientX, y: event.clientY });
  if (!drag.started) {
    if (Math.hypot(drag.x - drag.startX, drag.y - drag.startY) < FAR_ENOUGH) return;
    liftBook(app);
  }
  event.preventDefault();
  placeDragged(app);
}

// From here on it is a drag: remember where every place is; books of one size keep the places where they are.
function liftBook(app) {
  const { drag, list } = app;
  drag.started = true;
  const box = list.getBoundingClientRect();
  drag.slots = app.books.map((book) => {
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = app.items.get(book.id);
    return { left, top, width, height };
  });
  drag.grab = { x: drag.startX - box.left - drag.slots[drag.place].left, y: drag.startY - box.top + list.scrollTop - drag.slots[drag.place].top };
  drag.item.classList.add("dragged");
  list.classList.add("dragging");
  drag.frame = requestAnimationFrame(() => scrollAtEdge(app));
}

function placeDragged(app) {
  const { drag, list } = app;
  const box = list.getBoundingClientRect();
  const x = drag.x - box.left;
  const y = drag.y - box.top + list.scrollTop;
  const place = nearestSlot(drag.slots, x, y);
  if (place !== drag.place) {
    drag.place = place;
    const book = app.books.find((one) => one.id === drag.id);
    const rest = app.books.filter((one) => one !== book);
    app.books = [...rest.slice(0, place), book, ...rest.slice(place)];
    glide(app, () => drawBooks(app));
  }
  const slot = drag.slots[drag.place];
  drag.item.style.transform = `translate(${x - drag.grab.x - slot.left}px, ${y - drag.grab.y - slot.top}px)`;
}

function nearestSlot(slots, x, y) {
  const distance = ({ left, top, width, height }) =>
    Math.hypot(x - clamp(x, left, left + width), y - clamp(y, top, top + height)) * 1000 + Math.hypot(x - left - width / 2, y - top - height / 2);
  return slots.reduce((best, slot, i) => (distance(slot) < distance(slots[best]) ? i : best), 0);
}

function scrollAtEdge(app) {
  const { drag, list } = app;
  if (!drag?.started) return;
  const box = list.getBoundingClientRect();
  const before = list.scrollTop;
  if (drag.y < box.top + EDGE) list.scrollTop -= SCROLL_STEP;
  else if (drag.y > box.bottom - EDGE) list.scrollTop += SCROLL_STEP;
  if (list.scrollTop !== before) placeDragged(app);
  drag.frame = requestAnimationFrame(() => scrollAtEdge(app));
}

// Put the book down: the new order counts, or, when the drag was broken off, the old one.
function endDrag(app, counts) {
  const { drag } = app;
  if (!drag) return;
  app.drag = null;
  drag.leave();
  cancelAnimationFrame(drag.frame);
  if (!drag.started) return;
  drag.item.style.transform = "";
  drag.item.classList.remove("dragged");
  app.list.classList.remove("dragging");
  swallowClick(app);
  const { title } = app.books[drag.place];
  const moved = app.books.some((book, i) => book !== drag.before[i]);
  if (counts && moved) changeBooks(app, "move", drag.id, app.books);
  else {
    app.books = drag.before;
    drawBooks(app);
  }
  const values = { title, place: placeOf(app, drag.id) + 1, count: app.books.length };
  say(app, fillIn(counts && moved ? app.text.said_moved : app.text.said_kept, values));
}

// The click that follows a drag with the mouse is none.
function swallowClick(app) {
  const swallow = (event) => event.stopPropagation();
  app.list.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => app.list.removeEventListener("click", swallow, { capture: true }), 0);
}
