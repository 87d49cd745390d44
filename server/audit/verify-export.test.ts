// `npm run audit:verify` names the first bad row after any tampering with an export, with nothing but the file (AHEAD 4).
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson, linkHashOf } from "~/db/audit-chain";
import { exportText, growChain, runVerifier, verifyText } from "~/server/testing/audit-chain";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { keyIdOf, openAuditKey } from "./audit-key";
import { checkpointText, exportText as sealText } from "./signed-texts";

type Row = { position: number; entryId: string; contentHash: string; hash: string; entry: Record<string, unknown> | null };
type Signed = { position: number; hash: string; signedAt: string; keyId: string; signature: string };
type Seal = { entries: number; hash: string; checkpoints: number; keyId: string; signature: string };
type Export = {
  chain: string;
  exportedAt: string;
  keys: { keyId: string; publicKey: string }[];
  entries: Row[];
  checkpoints: Signed[];
  seal: Seal;
};

let services: TestServices;
let text: string;
let publicKey: string;
beforeAll(async () => {
  services = await createTestServices();
  text = await exportText(services, await growChain(services));
  publicKey = openAuditKey(services.config).publicKey.toString("hex");
});
afterAll(() => services.dispose());

const sound = () => JSON.parse(text) as Export;
const rowAt = (file: Export, position: number) => file.entries[position - 1] as Row;

async function verdictOf(tamper: (file: Export) => void): Promise<string> {
  const file = sound();
  tamper(file);
  const { code, said } = await verifyText(services, JSON.stringify(file), ["--key", publicKey]);
  expect(code).toBe(1);
  return said;
}

/** As somebody does who knows the format and not the signing key. */
function rehash(file: Export, from: number): void {
  let previous = from > 1 ? rowAt(file, from - 1).hash : "00".repeat(32);
  for (const row of file.entries.slice(from - 1)) {
    row.contentHash = createHash("sha256").update(canonicalJson(row.entry)).digest("hex");
    row.hash = linkHashOf(Buffer.from(previous, "hex"), row.position, Buffer.from(row.contentHash, "hex")).toString("hex");
    previous = row.hash;
  }
}

const renumber = (file: Export) => {
  for (const [place, row] of file.entries.entries()) row.position = place + 1;
};

describe("an export that nobody touched", () => {
  it("is intact, with its entries, checkpoints and key named; without a trusted key there is a warning that says how to pin one", async () => {
    const { code, said, warned } = await verifyText(services, text);
    expect([code, said]).toEqual([
      0,
      expect.stringContaining(`11 entries, chain intact, 3 checkpoints valid, key ${keyIdOf(Buffer.from(publicKey, "hex"))}`),
    ]);
    expect(warned).toContain(`--key ${publicKey}`);
  });

  it("is judged without a warning by a key, a file that holds it, or what the installation published", async () => {
    const [plain, published] = ["key.txt", "audit-key.json"].map((name) => path.join(services.directory, name)) as [
      string,
      string,
    ];
    writeFileSync(plain, `${publicKey}\n`);
    writeFileSync(published, JSON.stringify({ publicKey: "ab".repeat(32), former: [{ publicKey }] }));
    for (const key of [publicKey, plain, published])
      expect(await verifyText(services, text, ["--key", key])).toMatchObject({ code: 0, warned: "" });
  });

  it("may be laid out anew", async () => {
    for (const spaces of [0, 2]) expect((await verifyText(services, JSON.stringify(sound(), null, spaces))).code).toBe(0);
  });
});

describe("a row that was tampered with is named", () => {
  it("edited", async () => {
    const said = await verdictOf((file) => Object.assign(rowAt(file, 6).entry ?? {}, { action: "agent.delete" }));
    expect(said).toContain(`Position 6, ${rowAt(sound(), 6).entryId}`);
    expect(said).toContain("edited");
  });

  it("edited, with its own hash computed anew", async () => {
    const said = await verdictOf((file) => {
      const row = rowAt(file, 6);
      Object.assign(row.entry ?? {}, { actorId: "usr_somebody_else" });
      row.contentHash = createHash("sha256").update(canonicalJson(row.entry)).digest("hex");
    });
    expect(said).toMatch(/Position 6, aud_[\s\S]*edited: the entry and its own hash were changed/);
  });

  it("removed, with and without the rest renumbered", async () => {
    expect(await verdictOf((file) => file.entries.splice(4, 1))).toMatch(/Position 5\n[\s\S]*missing: the row was removed/);
    const said = await verdictOf((file) => {
      file.entries.splice(4, 2);
      renumber(file);
    });
    expect(said).toMatch(/Position 5, [\s\S]*missing: 2 rows were removed before it/);
    expect(await verdictOf((file) => Object.assign(rowAt(file, 3), { entry: null }))).toMatch(/Position 3, [\s\S]*was deleted/);
  });

  it("reordered, with and without new positions", async () => {
    const swap = (file: Export) => file.entries.splice(4, 2, rowAt(file, 6), rowAt(file, 5));
    expect(await verdictOf(swap)).toMatch(/Position 5\n[\s\S]*reordered: the row stands behind position 6/);
    const said = await verdictOf((file) => {
      swap(file);
      renumber(file);
    });
    expect(said).toMatch(/Position 5, [\s\S]*reordered or put in: the row that belongs here stands at position 6/);
  });

  it("put in", async () => {
    const said = await verdictOf((file) => {
      const row = structuredClone(rowAt(file, 5));
      row.entryId = "aud_forged";
      Object.assign(row.entry ?? {}, { id: "aud_forged" });
      row.contentHash = createHash("sha256").update(canonicalJson(row.entry)).digest("hex");
      file.entries.splice(4, 0, row);
      renumber(file);
    });
    expect(said).toMatch(/Position 5, aud_forged[\s\S]*put in: the row that belongs here stands at position 6/);
    expect(await verdictOf((file) => file.entries.splice(4, 0, structuredClone(rowAt(file, 3))))).toMatch(/Position 5, /);
  });

  it("rewritten: the whole chain computed anew from there, against the checkpoints", async () => {
    const said = await verdictOf((file) => {
      Object.assign(rowAt(file, 6).entry ?? {}, { action: "agent.delete" });
      rehash(file, 6);
    });
    expect(said).toMatch(/Position 5, [\s\S]*rewritten: rows 5 to 8 are not those that were signed/);
  });

  it("truncated: the newest rows taken out, the checkpoints over them too, the seal adapted", async () => {
    expect(await verdictOf((file) => file.entries.splice(8))).toMatch(/Position 9\n[\s\S]*truncated/);
    const said = await verdictOf((file) => {
      file.entries.splice(8);
      file.checkpoints.splice(2);
      Object.assign(file.seal, { entries: 8, checkpoints: 2, hash: rowAt(file, 8).hash });
    });
    expect(said).toMatch(/Position 9, the seal[\s\S]*altered: .*its signature is not valid/);
  });

  it("cut off: the file's own tail is missing, wherever it was cut", async () => {
    for (const share of [0.3, 0.6, 0.9, 0.999]) {
      const { code, said } = await verifyText(services, text.slice(0, Math.floor(text.length * share)));
      expect([code, said]).toEqual([1, expect.stringMatching(/First bad row: Position \d+\n {2}truncated: the file ends here/)]);
    }
  });
});

describe("a forged signature", () => {
  it("is refused, and so is one by a key of the forger's own once a key is pinned", async () => {
    expect(await verdictOf((file) => Object.assign(file.checkpoints[1] ?? {}, { hash: "ab".repeat(32) }))).toMatch(
      /Position 8, aud_[\s\S]*forged checkpoint: its signature is not valid/,
    );
    const forge = (file: Export) => {
      Object.assign(rowAt(file, 2).entry ?? {}, { action: "agent.delete" });
      rehash(file, 1);
      signAnew(file);
    };
    expect(await verdictOf(forge)).toMatch(/Position 4, aud_[\s\S]*which is not one you trust/);
    const forged = sound();
    forge(forged);
    const { code, warned } = await verifyText(services, JSON.stringify(forged));
    expect([code, warned]).toEqual([0, expect.stringContaining("Warning: no trusted key was given")]);
  });
});

/** All signatures, by a key that the forger made. */
function signAnew(file: Export): void {
  const key = openAuditKey({ auditSigningKey: randomBytes(32) });
  file.keys = [{ keyId: key.keyId, publicKey: key.publicKey.toString("hex") }];
  for (const signed of file.checkpoints) {
    const hash = Buffer.from(rowAt(file, signed.position).hash, "hex");
    const facts = { position: signed.position, hash, signedAt: new Date(signed.signedAt), publicKey: key.publicKey };
    Object.assign(signed, { hash: hash.toString("hex"), keyId: key.keyId });
    signed.signature = key.sign(checkpointText({ workspaceId: file.chain, ...facts })).toString("hex");
  }
  const signatures = createHash("sha256");
  for (const signed of file.checkpoints) signatures.update(Buffer.from(signed.signature, "hex"));
  const hash = Buffer.from(file.entries.at(-1)?.hash ?? "", "hex");
  const counted = { entries: file.entries.length, hash, checkpoints: file.checkpoints.length };
  const about = { chain: file.chain, exportedAt: new Date(file.exportedAt), keyIds: [key.keyId], publicKey: key.publicKey };
  const signature = key.sign(sealText({ ...about, ...counted, checkpointsHash: signatures.digest() })).toString("hex");
  Object.assign(file.seal, { hash: hash.toString("hex"), keyId: key.keyId, signature });
}

describe("what is no export", () => {
  it("is said in one sentence, with exit code 2", async () => {
    for (const garbage of ["", "hello", "{}", "[1,2]", '{"format":"other"}', "\u0000\u0001", '{"a":']) {
      const { code, warned } = await verifyText(services, garbage);
      expect([code, warned.trim().split("\n").length]).toEqual([2, 1]);
    }
    const newer = text.replace('"version":1', '"version":2');
    expect(await verifyText(services, newer)).toMatchObject({ code: 2, warned: expect.stringContaining("format version 2") });
  });

  it("a wrong command line too", async () => {
    const file = path.join(services.directory, "export.json");
    for (const words of [[], ["/nowhere.json"], [file, "--key"], [file, "--key", "nonsense"], [file, file], ["--help"]])
      expect(await runVerifier(words)).toMatchObject({
        code: 2,
        said: "",
        warned: expect.stringMatching(/npm run audit:verify/),
      });
  });
});

describe("any single change", () => {
  type Check = { take(piece: unknown): void; finish(options: object): { fault: unknown } };
  type CheckModule = { ExportCheck: new (trusted: ReadonlySet<string> | null) => Check };
  type ReaderModule = { readPieces(file: string): AsyncIterable<unknown> };

  it("is found", async () => {
    const places = placesOf(sound());
    const { ExportCheck } = (await import(path.resolve("launch/export-check.mjs"))) as CheckModule;
    const { readPieces } = (await import(path.resolve("launch/export-reader.mjs"))) as ReaderModule;
    const file = path.join(services.directory, "mutant.json");
    const isSound = async (mutant: unknown) => {
      writeFileSync(file, JSON.stringify(mutant));
      const check = new ExportCheck(null);
      try {
        for await (const piece of readPieces(file)) check.take(piece);
        return check.finish({}).fault === null;
      } catch {
        return false;
      }
    };
    expect(await isSound(sound())).toBe(true);
    const mutation = fc.record({
      place: fc.nat(places.length - 1),
      kind: fc.constantFrom("change", "remove", "double", "swap"),
      value: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant("0".repeat(64))),
    });
    const sample = fc.asyncProperty(mutation, async ({ place, kind, value }) => {
      const mutant = mutate(sound(), places[place] ?? [], { kind, value });
      fc.pre(canonicalJson(mutant) !== canonicalJson(sound()));
      expect(await isSound(mutant)).toBe(false);
    });
    await fc.assert(sample, { numRuns: 400 });
    expect(readFileSync(file).length).toBeGreaterThan(0);
  });
});

type Place = (string | number)[];

/** Every member of every object and list in it. */
function placesOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [at];
  const below = Object.entries(value).flatMap(([name, member]) => placesOf(member, [...at, name]));
  return at.length === 0 ? below : [at, ...below];
}

function mutate(file: Export, place: Place, { kind, value }: { kind: string; value: unknown }): Export {
  const name = String(place.at(-1));
  const holder = place.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], file);
  const members = holder as Record<string, unknown> & unknown[];
  if (!Array.isArray(holder)) {
    if (kind === "remove") delete members[name];
    else if (kind === "double") members[`${name}2`] = members[name];
    else members[name] = value;
    return file;
  }
  const index = Number(name);
  if (kind === "remove") members.splice(index, 1);
  else if (kind === "double") members.splice(index, 0, structuredClone(members[index]));
  else if (kind === "swap") members.reverse();
  else members[index] = value;
  return file;
}
