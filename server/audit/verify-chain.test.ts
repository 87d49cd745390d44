// What the owner of the database does to the log in psql: the verification in the product and the one offline both name it (AHEAD 4).
import { randomBytes } from "node:crypto";
import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contentHashOf, genesisHash, linkHashOf } from "~/db/audit-chain";
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { exportText, growChain, verifyText } from "~/server/testing/audit-chain";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { keyIdOf, openAuditKey } from "./audit-key";
import { getChainState } from "./get-chain-state";
import { recordAudit } from "./record-audit";
import { signChain } from "./sign-chain";
import { sweepAudit } from "./sweep-audit";
import { verifyChain } from "./verify-chain";

let services: TestServices;
let scope: WorkspaceScope;
beforeAll(async () => {
  services = await createTestServices({ config: { logLevel: "error" } });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.log.level = "silent";
  scope = await growChain(services);
});

/** As the owner, with every trigger and foreign key looking away. */
async function inPsql(...statements: RawBuilder<unknown>[]): Promise<void> {
  await services.owner.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx);
    for (const statement of statements) await statement.execute(tx);
  });
}

const chain = () => scope.workspaceId;
const idAt = async (position: number) => {
  const link = services.owner.selectFrom("auditLinks").select("entryId").where("position", "=", position);
  return (await link.executeTakeFirstOrThrow()).entryId;
};
const verdict = () => verifyChain(services, chain(), { after: 0 });

/** Both verifications, and whether the next checkpoint is refused. */
async function judged(): Promise<{ inside: string; outside: string; isSigned: boolean }> {
  const { state, fault } = await verdict();
  const { signedPosition } = await signChain(services, chain());
  const publicKey = openAuditKey(services.config).publicKey.toString("hex");
  const { code, said } = await verifyText(services, await exportText(services, scope), ["--key", publicKey]);
  expect([state, code]).toEqual(["broken", 1]);
  return {
    inside: `${fault?.kind} at ${fault?.position}`,
    outside: said.replaceAll(/\s+/g, " "),
    isSigned: signedPosition !== null,
  };
}

describe("a chain that nobody touched", () => {
  it("is intact, with every checkpoint, and the page is told where it stands", async () => {
    expect(await verdict()).toMatchObject({ state: "intact", entries: 10, checkedTo: 10, checkpoints: 2, fault: null });
    const { publicKey } = openAuditKey(services.config);
    expect(await getChainState(services, chain())).toMatchObject({
      entries: 10,
      checkpoint: { position: 8, keyId: keyIdOf(publicKey) },
      key: { publicKey: publicKey.toString("hex") },
    });
  });

  it("can be followed from a place that was reached before", async () => {
    expect(await verifyChain(services, chain(), { after: 6 })).toMatchObject({
      state: "intact",
      checkedAfter: 6,
      checkpoints: 1,
    });
    await expect(verifyChain(services, chain(), { after: 99 })).rejects.toThrow("no position 99");
  });

  it("that is long is followed in parts, and a fault in a later part is found there", async () => {
    const first = await verifyChain(services, chain(), { after: 0, atMost: 6 });
    expect(first).toMatchObject({ state: "partial", checkedTo: 6, fault: null });
    await inPsql(sql`update audit_entries set action = 'agent.delete' where id = ${await idAt(9)}`);
    const second = await verifyChain(services, chain(), { after: first.checkedTo, atMost: 6 });
    expect(second).toMatchObject({ state: "broken", checkedAfter: 6, checkedTo: 8, fault: { kind: "edited", position: 9 } });
  });

  it("is signed again only when it has moved", async () => {
    expect(await sweepAudit(services)).toEqual({ linked: 0, signed: 1, broken: 0 });
    expect(await sweepAudit(services)).toEqual({ linked: 0, signed: 0, broken: 0 });
    await inWorkspace(services.db, scope, (tx) => recordAudit(tx, scope, { action: "agent.create" }));
    expect(await sweepAudit(services)).toEqual({ linked: 0, signed: 1, broken: 0 });
    expect(await verdict()).toMatchObject({ state: "intact", entries: 11, checkpoints: 4 });
  });

  it("stays intact when the signing key is changed and the former one is named", async () => {
    const former = openAuditKey(services.config).publicKey.toString("hex");
    const config = { ...services.config, auditSigningKey: randomBytes(32) };
    expect((await verifyChain({ ...services, config }, chain(), { after: 0 })).fault?.kind).toBe("forged_checkpoint");
    const changed = { ...services, config: { ...config, auditFormerKeys: [former] } };
    expect(await signChain(changed, chain())).toEqual({ signedPosition: 10, fault: null });
    expect(await verifyChain(changed, chain(), { after: 0 })).toMatchObject({ state: "intact", checkpoints: 3 });
  });
});

describe("the owner of the database", () => {
  it("edits an entry", async () => {
    await inPsql(sql`update audit_entries set action = 'agent.delete' where id = ${await idAt(9)}`);
    expect(await judged()).toEqual({
      inside: "edited at 9",
      outside: expect.stringMatching(/Position 9, aud_\w+ edited/),
      isSigned: false,
    });
  });

  it("edits an entry and computes its hash anew", async () => {
    const id = await idAt(9);
    await inPsql(sql`update audit_entries set action = 'agent.delete' where id = ${id}`);
    const entry = await services.owner.selectFrom("auditEntries").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    const hash = contentHashOf(entry);
    await inPsql(
      sql`update audit_entries set content_hash = ${hash} where id = ${id}`,
      sql`update audit_links set content_hash = ${hash} where entry_id = ${id}`,
    );
    expect(await judged()).toMatchObject({
      inside: "broken_link at 9",
      outside: expect.stringMatching(/Position 9, aud_\w+ edited/),
    });
  });

  it("deletes an entry, or its link, or both", async () => {
    await inPsql(sql`delete from audit_entries where id = ${await idAt(9)}`);
    expect(await judged()).toMatchObject({
      inside: "missing at 9",
      outside: expect.stringMatching(/Position 9, aud_\w+ missing/),
    });
    await inPsql(sql`delete from audit_links where position = 9`);
    expect(await judged()).toMatchObject({ inside: "missing at 9", outside: expect.stringMatching(/Position 9 missing/) });
  });

  it("deletes a link and numbers the rest anew", async () => {
    const moved = [4, 5, 6, 7, 8, 9, 10].map(
      (position) => sql`update audit_links set position = ${position - 1} where position = ${position}`,
    );
    await inPsql(sql`delete from audit_links where position = 3`, ...moved, sql`update audit_heads set position = position - 1`);
    expect(await judged()).toMatchObject({
      inside: "broken_link at 3",
      outside: expect.stringMatching(/Position 3, aud_\w+ missing: a row was removed before it/),
    });
  });

  it("reorders entries", async () => {
    const [one, other] = [await idAt(9), await idAt(10)];
    await inPsql(
      sql`update audit_links set entry_id = 'x' where position = 9`,
      sql`update audit_links set entry_id = ${one} where position = 10`,
      sql`update audit_links set entry_id = ${other} where position = 9`,
      sql`update audit_links set content_hash = entry.content_hash from audit_entries entry where entry.id = entry_id`,
    );
    expect(await judged()).toMatchObject({
      inside: "broken_link at 9",
      outside: expect.stringMatching(/Position 9, aud_\w+ reordered or put in: the row that belongs here stands at position 10/),
    });
  });

  it("puts an entry in past the chain", async () => {
    const entry = await services.owner.selectFrom("auditEntries").selectAll().limit(1).executeTakeFirstOrThrow();
    await inPsql(
      sql`insert into audit_entries (id, workspace_id, actor_kind, action, content_hash)
        values ('aud_stray', ${chain()}, 'system', 'agent.create', ${entry.contentHash})`,
    );
    expect((await verdict()).fault).toMatchObject({ kind: "unlinked", entryId: "aud_stray" });
  });

  it("cuts the chain behind what was signed: entries, links and head", async () => {
    const ids = [await idAt(7), await idAt(8), await idAt(9), await idAt(10)];
    await inPsql(
      sql`delete from audit_entries where id = any(${ids})`,
      sql`delete from audit_links where position > 6`,
      sql`update audit_heads set position = 6, hash = link.hash from audit_links link where link.position = 6`,
    );
    expect((await verdict()).fault).toMatchObject({ kind: "truncated", position: 7 });
    expect((await signChain(services, chain())).fault?.kind).toBe("truncated");
    await services.owner.deleteFrom("auditHeads").execute();
    expect((await verdict()).fault).toMatchObject({ kind: "truncated" });
  });

  it("cuts it, and the cut is covered by what is written afterwards", async () => {
    await inPsql(
      sql`delete from audit_links where position > 6`,
      sql`update audit_heads set position = 6, hash = link.hash from audit_links link where link.position = 6`,
      sql`delete from audit_entries where id not in (select entry_id from audit_links)`,
    );
    for (let more = 0; more < 5; more += 1) {
      await inWorkspace(services.db, scope, (tx) => recordAudit(tx, scope, { action: "agent.create" }));
    }
    expect(await judged()).toMatchObject({
      inside: "rewritten at 8",
      outside: expect.stringMatching(/Position 5, aud_\w+ rewritten: rows 5 to 8/),
      isSigned: false,
    });
  });

  it("computes the whole chain anew, but cannot sign it", async () => {
    await inPsql(sql`update audit_entries set action = 'agent.delete' where id = ${await idAt(2)}`);
    await rehashAll();
    expect(await judged()).toMatchObject({
      inside: "rewritten at 4",
      outside: expect.stringMatching(/Position 1, aud_\w+ rewritten: rows 1 to 4/),
    });
  });

  it("forges a checkpoint, or signs with a key of their own", async () => {
    await inPsql(sql`update audit_checkpoints set signature = ${randomBytes(64)} where position = 8`);
    expect(await judged()).toMatchObject({
      inside: "forged_checkpoint at 8",
      outside: expect.stringMatching(/Position 8, aud_\w+ forged checkpoint/),
      isSigned: false,
    });
    const { publicKey } = openAuditKey({ auditSigningKey: randomBytes(32) });
    await inPsql(sql`update audit_checkpoints set public_key = ${publicKey} where position = 8`);
    expect((await verdict()).fault?.message).toContain(keyIdOf(publicKey));
  });
});

async function rehashAll(): Promise<void> {
  const links = services.owner.selectFrom("auditLinks").selectAll().orderBy("position").execute();
  let previous = genesisHash;
  for (const { entryId, position } of await links) {
    const entry = await services.owner.selectFrom("auditEntries").selectAll().where("id", "=", entryId).executeTakeFirstOrThrow();
    const content = contentHashOf(entry);
    previous = linkHashOf(previous, position, content);
    await inPsql(
      sql`update audit_entries set content_hash = ${content} where id = ${entryId}`,
      sql`update audit_links set content_hash = ${content}, hash = ${previous} where position = ${position}`,
      sql`update audit_heads set hash = ${previous}`,
    );
  }
}
