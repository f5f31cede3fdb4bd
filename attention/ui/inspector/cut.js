// Long labels: cut with an ellipsis where there is little room. The full text stays in a title or in the list.

function cut(text, font, room) {
  if (textWidth(text, font) <= room) return text;
  const letters = [...text];
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (textWidth(`${letters.slice(0, middle).join("").trimEnd()}\u2026`, font) <= room) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join("").trimEnd()}\u2026`;
}

// The full text of a label that was cut, for its title; null where nothing is missing.
function whole(shown, text) {
  return shown === text ? null : text;
}
