// The isolation walk of every procedure: each kind of caller, with ids of their own, of another tenant, of nobody and of no form (MISSION A2, A3).
import { TRPCError } from "@trpc/server";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { authenticateRequest } from "~/server/auth/authenticate-request";
import type { Principal } from "~/server/auth/principal";
import { toEnvelope } from "~/server/errors";
import { newId } from "~/server/ids";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { appRouter, createCaller } from "~/server/router";
import { growWalking, type Walking } from "~/server/testing/isolation-world";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { recordWork, type Work, writesOf } from "~/server/testing/record-work";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { appErrorOf } from "~/server/trpc/init";
import { type Cell, cellsOf, judgeCell, type Outcome, type Whose } from "./judge-cell";
import { type Ids, idsBy, missingIds } from "./named-ids";
import type { ProcedureRow } from "./procedure-row";
import { procedureRows } from "./procedure-rows";
import { walkers } from "./walkers";

vi.mock("@node-rs/bcrypt", async (original) => {
  const { countHashes } = await import("~/server/testing/count-hashes");
  return countHashes(await original());
});

const missing = idsBy((name) => missingIds[name]());
const malformed = idsBy(() => "no id at all");

let services: TestServices;
/** Every walker in one shared workspace, for calls that change nothing there. */
let settled: Map<string, Walking>;
let victim: Walking;
let before: string;

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([createFakeProvider()]) });
  const [owner] = walkers;
  if (!owner) throw new Error("nobody walks");
  victim = await growWalking(services, owner);
  settled = new Map();
  const shared = (await growWalking(services, owner)).workspace;
  for (const walker of walkers) settled.set(walker.name, await growWalking(services, walker, shared));
  before = await checksum();
});
afterAll(async () => {
  process.stdout.write(`walked ${paths.length} procedures × ${walkers.length} callers × 4 kinds of ids = ${walked} cells\n`);
  await services.dispose();
});

/** Everything that the two standing workspaces hold. */
async function checksum(): Promise<string> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.columns join pg_class on relname = table_name and not relispartition
    where table_schema = 'public' and column_name = 'workspace_id' order by 1`.execute(services.owner);
  const standing = [victim.workspace.id, settled.get("owner")?.workspace.id];
  const sums = tables.map(
    ({ name }) => sql<string>`(select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from ${sql.table(name)} t
      where workspace_id in (${sql.join(standing)}))`,
  );
  const { rows } = await sql`select ${sql.join(sums)}`.execute(services.owner);
  return JSON.stringify(Object.values(rows[0] ?? {}));
}

type Answer = { outcome: Outcome; body: string; work: Work };

async function call(path: string, row: ProcedureRow, cell: Cell, walking: Walking): Promise<Answer> {
  const input = row.input(idsOf(cell.ids, walking));
  const principal = await authenticateRequest(services, walking.credentials).then(
    (proof) => async () => proof.principal,
    (refusal) => async (): Promise<Principal | null> => Promise.reject(refusal),
  );
  const caller = createCaller({
    services,
    request: { traceId, ipAddress: "10.1.1.1", userAgent: null, workspaceId: wishOf(cell.workspace, walking) },
    principal,
    setCookie: () => undefined,
    closing: AbortSignal.timeout(30_000),
  }) as unknown as Callable;
  const procedure = path.split(".").reduce((at, name) => at[name] as Callable, caller);
  const { answer, work } = await recordWork(() => outcomeOf(procedure, input));
  return { ...answer, work };
}

type Callable = { [name: string]: Callable } & ((input: unknown) => Promise<unknown>);
const traceId = newId("trace");

async function outcomeOf(procedure: Callable, input: unknown): Promise<{ outcome: Outcome; body: string }> {
  try {
    await procedure(input);
    return { outcome: "OK", body: "" };
  } catch (thrown) {
    if (!(thrown instanceof TRPCError)) throw thrown;
    const error = appErrorOf(thrown);
    const outcome = error.details.reason === "step_up_required" ? "STEP_UP" : error.code;
    return { outcome, body: JSON.stringify(toEnvelope(error, traceId)) };
  }
}

function idsOf(whose: Whose, walking: Walking): Ids {
  return { own: walking.ids, foreign: victim.ids, missing, malformed }[whose];
}

function wishOf(whose: Whose, walking: Walking): string {
  return { own: walking.workspace.id, foreign: victim.workspace.id, missing: newId("workspace"), malformed: "no id at all" }[
    whose
  ];
}

/** What may change things gets a workspace that nobody else looks at. */
function growFor(path: string, cell: Cell, expected: Outcome): Promise<Walking> | Walking {
  const isMutation = procedures[path]?._def.type === "mutation";
  const standing = settled.get(cell.walker.name);
  return (expected === "OK" && isMutation && cell.ids === "own") || !standing ? growWalking(services, cell.walker) : standing;
}

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
const paths = Object.keys(procedures);
let walked = 0;

describe("the isolation walk of every procedure", () => {
  it("has a row for each, and no row without one", () => {
    const rows = Object.keys(procedureRows);
    expect(
      paths.filter((path) => !rows.includes(path)),
      "add its line to the fitting server/isolation/*-rows.ts",
    ).toEqual([]);
    expect(
      rows.filter((path) => !paths.includes(path)),
      "no such procedure: delete its line",
    ).toEqual([]);
  });

  for (const [path, row] of Object.entries(procedureRows)) {
    it(`${path} answers every caller as the table says`, async () => {
      const wrong: string[] = [];
      for (const cell of cellsOf(row, walkers)) {
        walked += 1;
        // Walked beside its foreign twin.
        if (cell.ids === "missing" || cell.workspace === "missing") continue;
        wrong.push(...(await walkCell(path, row, cell)).map((problem) => `${nameOf(cell)}: ${problem}`));
      }
      expect(
        wrong.slice(0, 3).map((line) => line.slice(0, 500)),
        `${wrong.length} cells are wrong`,
      ).toEqual([]);
    });
  }

  it("left everything in the two standing workspaces as it was", async () => {
    expect(await checksum()).toBe(before);
  });
});

function nameOf({ walker, ids, workspace }: Cell): string {
  return `${walker.name}, ${ids} ids, ${workspace} workspace`;
}

/** What is not as it should be; nothing when all is well. */
async function walkCell(path: string, row: ProcedureRow, cell: Cell): Promise<string[]> {
  const answer = await callAfresh(path, row, cell, await growFor(path, cell, judgeCell(row, cell)));
  const problems = judgeAnswer(path, row, cell, answer);
  const standing = settled.get(cell.walker.name);
  if (cell.ids !== "foreign" || !standing) return problems;
  const twin: Cell = { ...cell, ids: "missing", workspace: cell.workspace === "foreign" ? "missing" : cell.workspace };
  const absent = await callAfresh(path, row, twin, standing);
  problems.push(...judgeAnswer(path, row, twin, absent));
  if (answer.body !== absent.body) problems.push(`${answer.body} differs from a missing one's ${absent.body}`);
  if (JSON.stringify(answer.work) !== JSON.stringify(absent.work))
    problems.push(`${JSON.stringify(answer.work)} is other work than a missing one's ${JSON.stringify(absent.work)}`);
  return problems;
}

/** No limit is used up by the walk itself. */
async function callAfresh(path: string, row: ProcedureRow, cell: Cell, walking: Walking): Promise<Answer> {
  await services.redis.flushdb();
  return call(path, row, cell, walking);
}

function judgeAnswer(path: string, row: ProcedureRow, cell: Cell, answer: Answer): string[] {
  const expected = judgeCell(row, cell);
  const problems = answer.outcome === expected ? [] : [`${answer.outcome} instead of ${expected} ${answer.body}`];
  const writes = writesOf(answer.work);
  const mayWrite = expected === "OK" || row.who === "anybody" || (row.tries && expected === row.own);
  if (!mayWrite && writes.length > 0) problems.push(`refused, and yet wrote: ${writes.join("; ")}`);
  const mustWrite = answer.outcome === "OK" && procedures[path]?._def.type === "mutation" && !row.idle;
  if (mustWrite && writes.length === 0) problems.push("did nothing");
  return problems;
}
