// Pieces as text, the same that a link carries: see attention/ui/pad/piece.py, which reads it strictly.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const [FINE, LEVELS, HEAD] = [4095, 511, 11];

function numberText(number, characters) {
  let text = "";
  for (let place = characters - 1; place >= 0; place--) text += ALPHABET[(number >> (6 * place)) & 63];
  return text;
}

function readNumber(text) {
  return [...text].reduce((number, character) => (number << 6) | ALPHABET.indexOf(character), 0);
}

function pieceText(piece) {
  const level = (share) => numberText(Math.round(clamp(share, 0, 1) * FINE), 2);
  const turn = numberText(Math.round(((((piece.turn % 360) + 360) % 360) / 360) * (FINE + 1)) % (FINE + 1), 2);
  const place = (value) => Math.round(clamp(value, 0, 1) * LEVELS);
  const strokes = piece.strokes.map((line) => line.map(([x, y]) => numberText((place(x) << 9) | place(y), 3)).join(""));
  return level(piece.x) + level(piece.y) + level(piece.size / 2) + turn + level(piece.width) + (piece.digit ?? "-") + strokes.join(".");
}

function readPieceText(text) {
  const [x, y, size, turn, width] = [0, 2, 4, 6, 8].map((at) => readNumber(text.slice(at, at + 2)));
  const digit = text[HEAD - 1];
  const strokes = text.slice(HEAD).split(".").map((line) => line.match(/.../g).map((point) => {
    const number = readNumber(point);
    return [(number >> 9) / LEVELS, (number & LEVELS) / LEVELS];
  }));
  return { strokes, x: x / FINE, y: y / FINE, size: (2 * size) / FINE, turn: (360 * turn) / (FINE + 1), width: width / FINE,
    digit: digit === "-" ? null : Number(digit) };
}

function piecesText(pieces) {
  return pieces.map(pieceText).join("~");
}

function readPiecesText(text) {
  return text ? text.split("~").map(readPieceText) : [];
}
