// Every procedure is called with canaries in all that is secret, and everything that it answers is searched: no value leaves,
// neither plain nor sealed nor hashed, in no form (MISSION F2). The type test sees names of fields; this one sees what is in them.
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authenticateRequest } from "~/server/auth/authenticate-request";
import { newId } from "~/server/ids";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { appRouter, createCaller } from "~/server/router";
import { openForLaunch } from "~/server/secrets/open-for-launch";
import { setSecret } from "~/server/secrets/set-secret";
import { scopeOf } from "~/server/testing/factories";
import { growWalking, type Walking } from "~/server/testing/isolation-world";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { walked } from "./named-ids";
import type { ProcedureRow } from "./procedure-row";
import { procedureRows } from "./procedure-rows";
import { type Walker, walkers } from "./walkers";

/** Written otherwise in each of the forms that an answer may put it into. */
const canary = 'canary/+?"é&<walked>-0123456789';

let services: TestServices;
const settled = new Map<Walker, Walking>();
const provider = createFakeProvider({ grantFor: (deploymentId) => openForLaunch(services, deploymentId) });
const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
let [searched, told] = [0, 0];

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(async () => {
  process.stdout.write(
    `searched ${searched} answers of ${Object.keys(procedureRows).length} procedures, ${told} texts in them\n`,
  );
  await services.dispose();
});

/** Who may call it: the operator for what only operators may, an owner for all the rest. */
function walkerOf({ who }: ProcedureRow): Walker {
  const isFitting = (walker: Walker) =>
    who === "operator" ? walker.kind === "outsider" && walker.isOperator : walker.name === "owner";
  const walker = walkers.find(isFitting);
  if (!walker) throw new Error("nobody may call it");
  return walker;
}

async function growWithCanary(walker: Walker): Promise<Walking> {
  const walking = await growWalking(services, walker);
  const { workspace, ids } = walking;
  const scope = await scopeOf(services, workspace.owner, workspace, "secret.write");
  await setSecret(services, scope, { agentId: ids.agentId, name: walked.secretName, value: canary });
  return walking;
}

async function walkingFor(path: string, row: ProcedureRow): Promise<Walking> {
  const walker = walkerOf(row);
  if (procedures[path]?._def.type === "mutation") return growWithCanary(walker);
  const standing = settled.get(walker) ?? (await growWithCanary(walker));
  settled.set(walker, standing);
  return standing;
}

type Callable = { [name: string]: Callable } & ((input: unknown) => Promise<unknown>);

/** What it answers, or what it says in refusing. */
async function answerOf(path: string, row: ProcedureRow, walking: Walking): Promise<unknown> {
  const { principal } = await authenticateRequest(services, walking.credentials);
  const closing = new AbortController();
  const caller = createCaller({
    services,
    request: { traceId: newId("trace"), ipAddress: "10.1.1.1", userAgent: null, workspaceId: walking.workspace.id },
    principal: async () => principal,
    setCookie: () => undefined,
    closing: closing.signal,
  }) as unknown as Callable;
  const input: unknown = withCanary(row.input(walking.ids));
  try {
    const answer = await path.split(".").reduce((at, name) => at[name] as Callable, caller)(input);
    return isStream(answer) ? await firstOf(answer) : answer;
  } catch (thrown) {
    return thrown instanceof Error ? { ...thrown, message: thrown.message, cause: String(thrown.cause) } : thrown;
  } finally {
    closing.abort();
  }
}

/** A value that the caller sends is a secret as well: the answer must not repeat it. */
function withCanary(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(withCanary);
  if (typeof input !== "object" || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, field]) => [name, name === "value" && "name" in input ? canary : withCanary(field)]),
  );
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;
}

async function firstOf(stream: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of stream) return item;
  return null;
}

/** Every text at any depth, bytes as hex; names of fields too. */
function textsOf(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || value instanceof Date || depth > 12) return [];
  if (ArrayBuffer.isView(value)) return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")];
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([name, field]) => [String(name), ...textsOf(field, depth + 1)]);
}

function formsOf(secret: string | Buffer): string[] {
  const bytes = Buffer.from(secret);
  const forms = [bytes.toString("hex"), bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url")];
  if (typeof secret !== "string") return forms;
  return [...forms, secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), [...secret].reverse().join("")];
}

/** What lies sealed, wrapped or hashed in any table: asked of PostgreSQL's catalog, so that no column is forgotten. */
async function storedSecrets(): Promise<(string | Buffer)[]> {
  const { rows: columns } = await sql<{ table: string; column: string }>`
    select table_name as table, column_name as column from information_schema.columns
    join pg_class on relname = table_name and relkind in ('r', 'p') and not relispartition
    where table_schema = 'public' and column_name ~ '^(sealed|wrapped)_|_hash$|_key_hash$|public_key$'
      and column_name !~ 'content_hash|entry_hash|previous_hash' and data_type in ('bytea', 'text')
      and table_name not like 'audit_%'`.execute(services.owner);
  const found = columns.map(async ({ table, column }) => {
    const at = sql.ref(column);
    const { rows } = await sql<{ secret: string | Buffer }>`
      select ${at} as secret from ${sql.table(table)} where ${at} is not null and length(${at}) >= 16`.execute(services.owner);
    return rows.map(({ secret }) => secret);
  });
  return (await Promise.all(found)).flat();
}

async function leaksIn(answer: unknown): Promise<string[]> {
  const texts = textsOf(answer);
  const said = texts.join("\n");
  told += texts.length;
  const secrets = [canary, walked.password, ...(await storedSecrets())];
  return secrets.flatMap((secret) => formsOf(secret).filter((form) => said.includes(form)));
}

describe("no answer holds anything secret", () => {
  for (const [path, row] of Object.entries(procedureRows)) {
    it(path, async () => {
      await services.redis.flushdb();
      const answer = await answerOf(path, row, await walkingFor(path, row));
      searched += 1;
      expect(await leaksIn(answer)).toEqual([]);
    });
  }
});

describe("the search finds", () => {
  it("a value in any form, a sealed one, and bytes, at any depth", async () => {
    await growWithCanary(walkerOf({ who: "person", input: () => undefined }));
    const { sealedValue } = await services.owner
      .selectFrom("agentSecrets")
      .select("sealedValue")
      .where("sealedValue", "is not", null)
      .executeTakeFirstOrThrow();
    for (const form of formsOf(canary)) expect(await leaksIn({ items: [{ note: `x ${form} y` }] })).not.toEqual([]);
    expect(await leaksIn([{ deep: { bytes: sealedValue } }])).not.toEqual([]);
    expect(await leaksIn({ text: sealedValue?.toString("base64") })).not.toEqual([]);
    expect(await leaksIn({ items: [{ name: "KEY", isSet: true }] })).toEqual([]);
  });
});
