// Arrow keys among the books: alone they go from book to book, with Shift they take the book along.

function bookKey(app, event, id) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const part = event.target.dataset?.part ?? "spine";
  if ((event.key === "Delete" || event.key === "Backspace") && part === "spine") removeBook(app, id);
  else if (event.key === "Escape" && app.drag) endDrag(app, false);
  else {
    const place = neighbour(app, placeOf(app, id), event.key);
    if (place === null) return;
    if (event.shiftKey) moveTo(app, id, place);
    else focusPart(app, app.books[clamp(place, 0, app.books.length - 1)].id, "spine");
  }
  event.preventDefault();
}

// The place that a key leads to; up and down go by a row where several books stand side by side.
function neighbour(app, place, key) {
  const tops = app.books.map((book) => app.items.get(book.id).offsetTop);
  const across = Math.max(1, tops.filter((top) => top === tops[0]).length);
  const last = app.books.length - 1;
  const steps = { ArrowLeft: place - 1, ArrowRight: place + 1, ArrowUp: place - across, ArrowDown: place + across, Home: 0, End: last };
  if (!(key in steps)) return null;
  const to = steps[key];
  if (key === "ArrowUp" && to < 0) return across === 1 ? 0 : place;
  if (key === "ArrowDown" && to > last) return tops[place] === tops[last] ? place : last;
  return to;
}
