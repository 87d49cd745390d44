// Judges an audit export against its own hashes and signatures (docs/operations/audit.md). It shares no line with the product that
// wrote the export, so that a mistake there is not repeated here; needs Node alone.
import { createHash, createPublicKey, verify } from "node:crypto";

const order = ["format", "version", "chain", "exportedAt", "keys", "entries", "checkpoints", "seal"];
const rowNames = ["position", "entryId", "contentHash", "hash", "entry"];
const checkpointNames = ["position", "hash", "signedAt", "keyId", "signature"];
const sealNames = ["entries", "hash", "checkpoints", "keyId", "signature"];
const genesis = "00".repeat(32);
/** How many removed rows are looked for behind a row that does not follow. */
const removedMax = 1_000;

/** The file is no audit export, or one of a newer release. */
export class NotExport extends Error {}

/** Take each piece in its order, then `finish()`. `trusted`: public keys in hexadecimal, or null when none was given. */
export class ExportCheck {
  constructor(trusted = null) {
    this.trusted = trusted;
    this.seen = [];
    this.head = {};
    this.hashes = [];
    this.ids = [];
    this.suspect = null;
    this.lastPosition = 0;
    this.checkpoints = 0;
    this.soundTo = 0;
    this.signatures = createHash("sha256");
    this.keys = new Map();
    this.faults = [];
  }

  take({ name, text, isItem }) {
    const value = text === "" ? null : read(text);
    if (isItem) return name === "entries" ? this.takeRow(value) : this.takeCheckpoint(value);
    if (this.seen.length === 0 && (name !== "format" || value !== "whs-audit-export"))
      throw new NotExport("This is not an audit export.");
    if (name === "version" && value !== 1)
      throw new NotExport(`This export has the format version ${value}; take the verifier of the release that wrote it.`);
    if (name !== order[this.seen.length])
      this.blame(0, "the head", `The export was altered: ${JSON.stringify(name)} does not belong there.`);
    this.seen.push(name);
    this.head[name] = value;
    if (name === "keys") this.takeKeys(value);
  }

  takeKeys(keys) {
    const isSound =
      Array.isArray(keys) &&
      keys.every(
        (key) => hasNames(key, ["keyId", "publicKey"]) && isHex(key.publicKey, 32) && key.keyId === keyIdOf(key.publicKey),
      );
    if (!isSound) this.blame(0, "the head", "The export was altered: its list of keys is not sound.");
    this.keys = new Map(isSound ? keys.map((key) => [key.keyId, key.publicKey]) : []);
  }

  takeRow(row) {
    if (this.suspect) return this.lookAround(row);
    const expected = this.hashes.length + 1;
    const previous = this.hashes.at(-1) ?? genesis;
    const wrong = this.wrongWithRow(row, expected, previous);
    this.lastPosition = row?.position ?? expected;
    if (wrong) this.suspect = { expected, previous, row, rowsSince: 0, ...wrong };
    this.hashes.push(row?.hash ?? "");
    this.ids.push(row?.entryId ?? null);
  }

  /** Null, or what is wrong; `isOpen` when rows still to come may tell more. */
  wrongWithRow(row, expected, previous) {
    const isRow =
      hasNames(row, rowNames) && Number.isSafeInteger(row.position) && isHex(row.contentHash, 32) && isHex(row.hash, 32);
    if (!isRow) return { message: "edited: the row itself is not as an export writes it" };
    if (row.position > expected)
      return { isGap: true, position: expected, entryId: null, message: "missing: the row was removed" };
    if (row.position < expected)
      return { message: `reordered: the row of position ${row.position} stands where ${expected} belongs` };
    if (row.entry === null) return { message: "missing: the entry was deleted, only its link is left" };
    if (row.entry.id !== row.entryId || row.entry.workspaceId !== this.head.chain)
      return { message: "edited: the row holds another entry than it says" };
    if (sha256(canonical(row.entry)) !== row.contentHash)
      return { message: "edited: the entry is not what its hash was taken of" };
    if (linkHash(previous, expected, row.contentHash) === row.hash) return null;
    return { isLoose: true, message: "edited: the entry and its own hash were changed, and the chain does not follow from it" };
  }

  /** The first bad row is known; the rows behind it tell what was done to it. */
  lookAround(row) {
    const { suspect } = this;
    suspect.rowsSince += 1;
    this.lastPosition = Math.max(this.lastPosition, row?.position ?? 0);
    this.hashes.push(row?.hash ?? "");
    this.ids.push(row?.entryId ?? null);
    if (suspect.isSettled || !hasNames(row, rowNames)) return;
    if (suspect.isGap && row.position === suspect.expected)
      this.settle(`reordered: the row stands behind position ${suspect.row.position}`);
    if (!suspect.isLoose || !isHex(row.contentHash, 32)) return;
    const fitting = linkHash(suspect.previous, suspect.expected, row.contentHash);
    if (fitting === suspect.row.hash || fitting === row.hash)
      return this.settle(`reordered or put in: the row that belongs here stands at position ${row.position}`);
    if (suspect.rowsSince > 1) return;
    const removed = removedBetween(suspect, row);
    if (removed > 0)
      this.settle(`missing: ${removed === 1 ? "a row was" : `${removed} rows were`} removed before it, and the rest renumbered`);
  }

  settle(message) {
    this.suspect.message = message;
    this.suspect.isSettled = true;
  }

  takeCheckpoint(checkpoint) {
    this.checkpoints += 1;
    const isSound = hasNames(checkpoint, checkpointNames) && isHex(checkpoint.hash, 32) && isHex(checkpoint.signature, 64);
    if (!isSound || !(checkpoint.position > this.soundTo))
      return this.blame(this.soundTo + 1, "a checkpoint", "forged checkpoint: it is not as an export writes it");
    const { position, hash, signedAt, keyId, signature } = checkpoint;
    this.signatures.update(Buffer.from(signature, "hex"));
    const text = ["whs-audit-checkpoint/1", this.head.chain, position, hash, signedAt, keyId].join("\n");
    const wrong = this.wrongSignature(keyId, text, signature);
    const entryId = this.ids[position - 1] ?? null;
    if (wrong) this.blame(position, entryId, `forged checkpoint: ${wrong}`);
    else if (position > this.hashes.length)
      this.blame(
        this.hashes.length + 1,
        null,
        `truncated: position ${position} was signed on ${signedAt}, and the file ends before it`,
      );
    else if (hash !== this.hashes[position - 1] && position < (this.suspect?.expected ?? Number.POSITIVE_INFINITY))
      this.blame(this.soundTo + 1, this.ids[this.soundTo], rewritten({ from: this.soundTo + 1, position, signedAt }));
    this.soundTo = Math.max(this.soundTo, position);
  }

  wrongSignature(keyId, text, signature) {
    const publicKey = this.keys.get(keyId);
    if (!publicKey) return `it names the key ${keyId}, which the export does not hold`;
    if (this.trusted && !this.trusted.has(publicKey)) return `it is signed by the key ${keyId}, which is not one you trust`;
    return isSigned(publicKey, text, signature) ? null : "its signature is not valid";
  }

  takeSeal(seal) {
    const end = this.hashes.length + 1;
    if (!hasNames(seal, sealNames) || !isHex(seal.hash, 32) || !isHex(seal.signature, 64))
      return this.blame(end, "the seal", "altered: the seal is not as an export writes it");
    const keyIds = Array.isArray(this.head.keys) ? this.head.keys.map((key) => key?.keyId).join(",") : "";
    const counted = [seal.entries, seal.hash, seal.checkpoints, this.signatures.digest("hex")];
    const facts = [this.head.chain, this.head.exportedAt, keyIds, ...counted];
    const wrong = this.wrongSignature(seal.keyId, ["whs-audit-export/1", ...facts, seal.keyId].join("\n"), seal.signature);
    if (seal.entries > this.hashes.length)
      this.blame(end, null, `truncated: the export was sealed with ${seal.entries} entries and holds ${this.hashes.length}`);
    else if (seal.entries < this.hashes.length)
      this.blame(
        seal.entries + 1,
        this.ids[seal.entries],
        `put in: the export was sealed with ${seal.entries} entries and holds more`,
      );
    else if (seal.hash !== (this.hashes.at(-1) ?? genesis))
      this.blame(end - 1, this.ids.at(-1), "rewritten: the last row is not the one that the export was sealed with");
    if (wrong)
      this.blame(end, "the seal", `altered: the head, the checkpoints or the seal of the export were changed (${wrong})`);
  }

  blame(position, entryId, message) {
    this.faults.push({ position, entryId: entryId ?? null, message });
  }

  /** `isCutOff`: the file ended before its document did. */
  finish({ isCutOff = false } = {}) {
    const { suspect, hashes } = this;
    if (this.seen.length === 0) throw new NotExport("This is not an audit export.");
    if (suspect)
      this.blame(suspect.position ?? suspect.expected, suspect.isGap ? null : (suspect.row?.entryId ?? null), suspect.message);
    if (isCutOff) this.blame(hashes.length + 1, null, "truncated: the file ends here, in the middle of the export");
    else if (this.seen.length !== order.length)
      this.blame(hashes.length + 1, null, "truncated: the end of the export is missing");
    else this.takeSeal(this.head.seal);
    const [first] = this.faults.toSorted((one, other) => one.position - other.position);
    const { chain, exportedAt, seal } = this.head;
    const key = { keyId: seal?.keyId, publicKey: this.keys.get(seal?.keyId) };
    return { chain, exportedAt, entries: hashes.length, checkpoints: this.checkpoints, ...key, fault: first ?? null };
  }
}

function rewritten({ from, position, signedAt }) {
  return `rewritten: rows ${from} to ${position} are not those that were signed on ${signedAt}; their hashes were computed anew, so any of them may be the changed one`;
}

/** How many rows were taken out before `suspect`, told by the row behind it; 0 when that is not what happened. */
function removedBetween({ row, expected }, next) {
  for (let removed = 1; removed <= removedMax; removed += 1) {
    if (linkHash(row.hash, expected + 1 + removed, next.contentHash) === next.hash) return removed;
  }
  return 0;
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasNames(value, names) {
  if (typeof value !== "object" || value === null) return false;
  return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
}

function isHex(value, bytes) {
  return typeof value === "string" && value.length === bytes * 2 && /^[0-9a-f]*$/.test(value);
}

function sha256(...parts) {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest("hex");
}

function linkHash(previous, position, contentHash) {
  const place = Buffer.alloc(8);
  place.writeBigInt64BE(BigInt(position));
  return sha256(Buffer.from(previous, "hex"), place, Buffer.from(contentHash, "hex"));
}

/** RFC 8785. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

export function keyIdOf(publicKey) {
  return sha256(Buffer.from(publicKey, "hex")).slice(0, 32);
}

function isSigned(publicKey, text, signature) {
  const x = Buffer.from(publicKey, "hex").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, "hex"));
}
