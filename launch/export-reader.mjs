// Reads an audit export piece by piece, however large it is and however it is laid out; needs Node alone.
import { createReadStream } from "node:fs";

/** An entry is far smaller; what holds more is no export. */
const pieceCharactersMax = 4 * 1024 * 1024;
const lists = new Set(["entries", "checkpoints"]);
const structural = new Set([..."{}[]:,"].map((character) => character.charCodeAt(0)));

/** The file ended before its document did. */
export class CutOff extends Error {}
/** The file is no JSON object at all. */
export class NotJson extends Error {}

/**
 * Yields { name, text } for each member of the file's one object, in the order of the file. The members of `entries` and
 * `checkpoints` come one by one with `isItem`, after an empty { name, text: "" } that opens the list.
 */
export async function* readPieces(file) {
  const state = { depth: 0, isText: false, isEscaped: false, name: null, inList: false, held: "", isOver: false };
  for await (const chunk of createReadStream(file, { encoding: "utf8", highWaterMark: 1 << 20 })) yield* scan(chunk, state);
  if (!state.isOver) throw state.depth > 0 ? new CutOff("cut off") : new NotJson("empty");
}

function* scan(chunk, state) {
  let start = 0;
  for (let at = 0; at < chunk.length; at += 1) {
    const code = chunk.charCodeAt(at);
    if (skipsText(code, state) || (state.depth > 0 && !structural.has(code))) continue;
    const piece = () => state.held + chunk.slice(start, at);
    const found = meet(code, state, piece);
    if (found === undefined) continue;
    if (found !== null) yield* found;
    start = at + 1;
    state.held = "";
  }
  state.held += chunk.slice(start);
  if (state.held.length > pieceCharactersMax) throw new NotJson("too large");
}

/** Inside a text nothing counts but its end. */
function skipsText(code, state) {
  if (!state.isText) {
    state.isText = code === 0x22;
    return state.isText;
  }
  if (state.isEscaped) state.isEscaped = false;
  else if (code === 0x5c) state.isEscaped = true;
  else if (code === 0x22) state.isText = false;
  return true;
}

/** Undefined: a part of the piece that is being read. Else the pieces that ended here, or null for none. */
function meet(code, state, piece) {
  const character = String.fromCharCode(code);
  if (state.isOver || (state.depth === 0 && character !== "{")) {
    if (/\s|\ufeff/.test(character)) return undefined;
    throw new NotJson(state.isOver ? "goes on" : "no object");
  }
  if (character === "{" || character === "[") return open(character, state);
  if (character === "}" || character === "]") return close(state, piece);
  if (character === ":" && state.depth === 1) {
    state.name = parsed(piece());
    return null;
  }
  if (character !== "," || state.depth > (state.inList ? 2 : 1)) return undefined;
  return endedOrNothing(state, piece());
}

function open(character, state) {
  state.depth += 1;
  if (state.depth === 1) return null;
  if (state.depth !== 2 || character !== "[" || !lists.has(state.name)) return undefined;
  state.inList = true;
  return [{ name: state.name, text: "", isItem: false }];
}

function close(state, piece) {
  state.depth -= 1;
  if (state.inList && state.depth === 1) {
    const text = piece();
    const last = text.trim() === "" ? [] : [ended(state, text)];
    state.inList = false;
    state.name = null;
    return last;
  }
  if (state.depth > 0) return undefined;
  state.isOver = true;
  return endedOrNothing(state, piece());
}

/** Behind a list there is nothing more to end. */
function endedOrNothing(state, text) {
  return text.trim() === "" && state.name === null ? [] : [ended(state, text)];
}

function ended(state, text) {
  const piece = { name: state.name, text, isItem: state.inList };
  if (!state.inList) state.name = null;
  return piece;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotJson("no JSON");
  }
}
