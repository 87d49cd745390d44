// `npm run audit:verify -- export.json [--key <public key>]`: is an audit export what was written? Needs Node and this folder's
// export-*.mjs alone: no network, no database, nothing installed. Exit code 0: intact. 1: not. 2: not an export.
import fs from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { ExportCheck, keyIdOf, NotExport } from "./export-check.mjs";
import { CutOff, NotJson, readPieces } from "./export-reader.mjs";

const usage = "Say which file: npm run audit:verify -- export.json [--key <public key in hexadecimal, or a file that holds it>]";

/** What a wrong command line or an unreadable file comes to. */
class Refusal extends Error {}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`${error instanceof Refusal || error instanceof NotExport ? error.message : error.stack}\n`);
    process.exitCode = 2;
  },
);

async function main(words) {
  const { file, trusted } = readWords(words);
  const report = await judge(file, trusted);
  if (!report.fault) return praise(file, report, trusted);
  const { position, entryId, message } = report.fault;
  const place = [position > 0 ? `Position ${position}` : null, entryId].filter(Boolean).join(", ");
  process.stdout.write(`NOT INTACT: ${file}\n  First bad row: ${place}\n  ${message}.\n`);
  return 1;
}

function readWords(words) {
  const { positionals, values } = understood(words);
  const keys = (values.key ?? []).flatMap(readKeys);
  if (positionals.length !== 1) throw new Refusal(usage);
  return { file: positionals[0], trusted: keys.length > 0 ? new Set(keys) : null };
}

function understood(words) {
  try {
    return parseArgs({ args: words, allowPositionals: true, options: { key: { type: "string", multiple: true } } });
  } catch {
    throw new Refusal(usage);
  }
}

/** A key itself, or a file: the key as text, or what /.well-known/audit-key.json answered. */
function readKeys(word) {
  if (isKey(word.toLowerCase())) return [word.toLowerCase()];
  const text = readFile(word).trim();
  if (isKey(text.toLowerCase())) return [text.toLowerCase()];
  const { publicKey, former = [] } = parsed(text) ?? {};
  const keys = [publicKey, ...former.map((key) => key.publicKey)];
  if (!keys.every(isKey))
    throw new Refusal(`${word} holds no public key: 64 hexadecimal digits, or the contents of /.well-known/audit-key.json.`);
  return keys;
}

function isKey(text) {
  return typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
}

function readFile(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new Refusal(`${file || "The key"} cannot be read (${error.code ?? error.message}). ${usage}`);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function judge(file, trusted) {
  const check = new ExportCheck(trusted);
  try {
    for await (const piece of readPieces(file)) check.take(piece);
    return check.finish();
  } catch (error) {
    if (error instanceof CutOff && check.seen.length > 0) return check.finish({ isCutOff: true });
    if (error instanceof NotJson && check.seen.length > 0) return brokenText(check);
    if (error instanceof NotJson || error instanceof CutOff) throw new Refusal(`${file} is not an audit export.`);
    if (error.code === "ENOENT" || error.code === "EISDIR" || error.code === "EACCES")
      throw new Refusal(`${file} cannot be read (${error.code}). ${usage}`);
    throw error;
  }
}

function brokenText(check) {
  const report = check.finish({ isCutOff: true });
  const here = { position: report.entries + 1, entryId: null, message: "altered: what follows is not as an export writes it" };
  return { ...report, fault: report.fault && report.fault.position < here.position ? report.fault : here };
}

function praise(file, report, trusted) {
  const { chain, exportedAt, entries, checkpoints, keyId, publicKey } = report;
  const counted = `${entries} ${entries === 1 ? "entry" : "entries"}, chain intact, ${checkpoints} ${checkpoints === 1 ? "checkpoint" : "checkpoints"} valid`;
  process.stdout.write(`${counted}, key ${keyId}\n  ${file}: chain ${chain}, exported ${exportedAt}\n`);
  if (trusted) process.stdout.write(`  Signed by a key that you trust (${[...trusted].map(keyIdOf).join(", ")}).\n`);
  else
    process.stderr.write(
      `Warning: no trusted key was given, so somebody who changed everything may have signed it with a key of their own.\n  Compare the fingerprint ${keyId} with one that you wrote down earlier, or pin the key: --key ${publicKey}\n  It stands on the audit page and at /.well-known/audit-key.json of the installation; keep a copy elsewhere.\n`,
    );
  return 0;
}
