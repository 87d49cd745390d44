// A whole chain as one JSON document, piece by piece: every entry with its place and hashes, every checkpoint, and a seal over all
// (docs/operations/audit.md). `npm run audit:verify` reads it without this installation.
import { createHash, type Hash } from "node:crypto";
import { auditContentOf, genesisHash } from "~/db/audit-chain";
import type { Services } from "~/server/services";
import { keyIdOf, openAuditKey } from "./audit-key";
import {
  type CheckpointRow,
  findChainHead,
  findNewestCheckpoint,
  type LinkRow,
  listCheckpointKeys,
  listCheckpoints,
  listLinks,
} from "./chain.queries";
import { entryOf } from "./follow-chain";
import { readChain } from "./read-chain";
import { exportText } from "./signed-texts";

const rowsAtOnce = 500;
/** More keys than any installation changes through. */
const keysMax = 100;

type Needs = Pick<Services, "db" | "across" | "config" | "clock">;

/** Entries are on lines of their own. What is appended while it runs is not in it. Never more than one page is in memory. */
export async function* exportChain(needs: Needs, chain: string): AsyncGenerator<string> {
  const exportedAt = needs.clock.now();
  const key = openAuditKey(needs.config);
  // The checkpoint is read before the head: one beyond the head then means that the chain was cut.
  const { newest, head, signers } = await readChain(needs, chain, async (tx) => ({
    newest: await findNewestCheckpoint(tx, chain),
    head: (await findChainHead(tx, chain)) ?? { position: 0, hash: genesisHash },
    signers: await listCheckpointKeys(tx, chain, keysMax),
  }));
  const publicKeys = [key.publicKey, ...signers.map((row) => row.publicKey).filter((signer) => !signer.equals(key.publicKey))];
  const keys = publicKeys.map((publicKey) => ({ keyId: keyIdOf(publicKey), publicKey: publicKey.toString("hex") }));
  const opening = { format: "whs-audit-export", version: 1, chain, exportedAt: exportedAt.toISOString(), keys };
  yield `${JSON.stringify(opening).slice(0, -1)},"entries":[`;
  yield* exportLinks(needs, chain, head.position);
  yield '\n],"checkpoints":[';
  const signatures = createHash("sha256");
  const checkpoints = yield* exportCheckpoints(needs, chain, {
    upTo: Math.max(head.position, newest?.position ?? 0),
    signatures,
  });
  const facts = {
    chain,
    exportedAt,
    keyIds: keys.map(({ keyId }) => keyId),
    entries: head.position,
    hash: head.hash,
    checkpoints,
    checkpointsHash: signatures.digest(),
    publicKey: key.publicKey,
  };
  const seal = {
    entries: facts.entries,
    hash: facts.hash.toString("hex"),
    checkpoints,
    keyId: key.keyId,
    signature: key.sign(exportText(facts)).toString("hex"),
  };
  yield `\n],"seal":${JSON.stringify(seal)}}\n`;
}

async function* exportLinks(needs: Needs, chain: string, upTo: number): AsyncGenerator<string> {
  let [after, count] = [0, 0];
  for (;;) {
    const span = { after, upTo, limit: rowsAtOnce };
    const links = await readChain(needs, chain, (tx) => listLinks(tx, chain, span));
    if (links.length === 0) return;
    yield asLines(links.map(linkItem), count);
    [after, count] = [links.at(-1)?.position ?? after, count + links.length];
  }
}

/** Members of an array, one a line; `before` of them were written already. */
function asLines(items: readonly object[], before: number): string {
  return items.map((item, place) => `${before + place === 0 ? "" : ","}\n${JSON.stringify(item)}`).join("");
}

/** What a row has become is shown as it is: to judge it is the verifier's part. */
function linkItem(link: LinkRow): Record<string, unknown> {
  const entry = entryOf(link);
  return {
    position: link.position,
    entryId: link.entryId,
    contentHash: link.contentHash.toString("hex"),
    hash: link.hash.toString("hex"),
    entry: entry ? auditContentOf(entry) : null,
  };
}

type CheckpointSpan = { upTo: number; signatures: Hash };

async function* exportCheckpoints(needs: Needs, chain: string, span: CheckpointSpan): AsyncGenerator<string, number> {
  let [after, count] = [0, 0];
  for (;;) {
    const page = { after, upTo: span.upTo, limit: rowsAtOnce };
    const checkpoints = await readChain(needs, chain, (tx) => listCheckpoints(tx, chain, page));
    if (checkpoints.length === 0) return count;
    for (const { signature } of checkpoints) span.signatures.update(signature);
    yield asLines(checkpoints.map(checkpointItem), count);
    [after, count] = [checkpoints.at(-1)?.position ?? after, count + checkpoints.length];
  }
}

function checkpointItem(checkpoint: CheckpointRow): Record<string, unknown> {
  return {
    position: checkpoint.position,
    hash: checkpoint.hash.toString("hex"),
    signedAt: checkpoint.signedAt.toISOString(),
    keyId: keyIdOf(checkpoint.publicKey),
    signature: checkpoint.signature.toString("hex"),
  };
}
