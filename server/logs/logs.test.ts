// What agents print: stored once, within bounds that are said, found again, followed without a seam, taken along whole, and gone in time.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { leftOutReasons, linesLeftOut, logCaps, type ShippedLine } from "~/runtime/contract/host-logs";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { exportLogs } from "./export-logs";
import { searchedAtOnceMax } from "./lines-filter";
import { listLogs } from "./list-logs";
import { LogWriter } from "./log-writer";
import type { ListLogsInput, LogLine, LogTail } from "./logs.contract";
import { receiveLogs } from "./receive-logs";
import { sweepLogs } from "./sweep-logs";
import { watchLogs } from "./watch-logs";

const dayMs = 86_400_000;
const now = new Date("2026-11-22T10:20:00Z");
const source = "0".repeat(26);

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
let writer: LogWriter;

beforeAll(async () => {
  services = await createTestServices({ now });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(now);
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, null);
  writer = new LogWriter(services);
});

type Line = Partial<ShippedLine> & { line: string };

/** Numbered from `from` on, one millisecond apart. */
function printed(lines: Line[], from = 1): ShippedLine[] {
  const beginMs = services.clock.now().getTime() - lines.length;
  return lines.map((line, place) => ({
    seq: from + place,
    at: new Date(beginMs + place).toISOString(),
    stream: "stdout",
    ...line,
  }));
}

const print = (lines: Line[], from = 1, of: Pick<LiveAgent, "deploymentId"> = agent) =>
  receiveLogs(writer, { source, deployments: [{ deploymentId: of.deploymentId, lines: printed(lines, from) }] });

const list = (asked: Partial<ListLogsInput> = {}, of = tenant) =>
  listLogs(services, of.scope, { agentId: agent.agentId, order: "newest", limit: 200, ...asked });
const texts = (lines: LogLine[]) => lines.map(({ line }) => line);
const numbered = (count: number, word = "line") =>
  Array.from({ length: count }, (_, place) => ({ line: `${word} ${place + 1}` }));

/** The lines of all pages, as a reader puts them together. */
async function readAll(asked: Partial<ListLogsInput>): Promise<string[]> {
  const all: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 100; page += 1) {
    const { items, nextCursor } = await list({ ...asked, ...(cursor ? { cursor } : {}) });
    if (asked.order === "oldest") all.push(...texts(items));
    else all.unshift(...texts(items));
    if (nextCursor === null) return all;
    cursor = nextCursor;
  }
  throw new Error("The pages do not end.");
}

describe("lines that come in", () => {
  it("are stored once, however often their batch is repeated, and by however many gateways", async () => {
    const other = new LogWriter(services);
    const report = { source, deployments: [{ deploymentId: agent.deploymentId, lines: printed(numbered(20)) }] };
    await Promise.all([writer, other, writer, other].map((each) => receiveLogs(each, report)));
    await receiveLogs(other, report);
    expect(texts((await list()).items)).toEqual(numbered(20).map(({ line }) => line));
  });

  it("begin anew with the next life of their host", async () => {
    await print([{ line: "before" }]);
    const lines = printed([{ line: "after" }]);
    await receiveLogs(writer, { source: "1".repeat(26), deployments: [{ deploymentId: agent.deploymentId, lines }] });
    expect(texts((await list()).items)).toEqual(["before", "after"]);
  });

  it("carry what is known of them, and are cut at a whole character", async () => {
    const call = { traceId: `trc_${"0".repeat(26)}`, sessionId: `ses_${"0".repeat(26)}` };
    await print([{ line: "€".repeat(5_000), stream: "stderr", ...call }]);
    const [line] = (await list()).items;
    expect(line).toMatchObject({ ...call, stream: "stderr", isCut: true, version: 1, deploymentId: agent.deploymentId });
    expect(line?.line).toBe("€".repeat(Math.floor(logCaps.lineBytesMax / 3)));
  });

  it("keep to so many a minute; the rest is counted and said where the next line comes", async () => {
    await print(numbered(logCaps.linesPerMinuteMax - 100));
    await print(numbered(412, "flood"), 10_000);
    services.clock.advance(61_000);
    await print([{ line: "calm again" }], 20_000);
    const { items, leftOut } = await list({ limit: 3 });
    expect(texts(items)).toEqual(["flood 100", linesLeftOut(312, leftOutReasons.minute), "calm again"]);
    expect(items[1]?.stream).toBe("host");
    expect(leftOut).toBe(312);
  });

  it("count what a host left out already, once, and nobody's neighbour pays for it", async () => {
    const notice = { line: linesLeftOut(7, leftOutReasons.minute), stream: "host" as const, leftOut: 7 };
    await print([notice]);
    await print([notice]);
    expect((await list()).leftOut).toBe(7);
    const neighbour = await createLiveAgent(services, tenant, null);
    await print(numbered(900), 1, neighbour);
    expect((await listLogs(services, tenant.scope, { agentId: neighbour.agentId, order: "newest", limit: 1_000 })).leftOut).toBe(
      0,
    );
  });

  it("end for the day when its room is used up, and begin again on the next", async () => {
    await services.owner.deleteFrom("agentLogDays").execute();
    await print([{ line: "first" }]);
    await services.owner
      .updateTable("agentLogDays")
      .set({ bytes: logCaps.bytesPerDayMax - 10 })
      .execute();
    await print(numbered(3, "too much for what is left"), 10);
    expect(texts((await list()).items)).toEqual(["first", expect.stringContaining("Nothing more of this version is kept today")]);
    expect((await list()).leftOut).toBe(3);
    services.clock.advance(dayMs);
    await print([{ line: "a new day" }], 100);
    expect(texts((await list()).items).at(-1)).toBe("a new day");
  });

  it("of what is no deployment of ours are left aside, and sink nothing else", async () => {
    const lines = printed([{ line: "kept" }]);
    const nobody = { deploymentId: `dep_${"0".repeat(26)}`, lines };
    await receiveLogs(writer, { source, deployments: [nobody, { deploymentId: agent.deploymentId, lines }] });
    expect(texts((await list()).items)).toEqual(["kept"]);
    await expect(receiveLogs(writer, { source: "../..", deployments: [] })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });
});

describe("looking for lines", () => {
  it("reads every line once, back from the newest and forth from the oldest", async () => {
    await print(numbered(57));
    const all = numbered(57).map(({ line }) => line);
    expect(await readAll({ order: "newest", limit: 10 })).toEqual(all);
    expect(await readAll({ order: "oldest", limit: 10 })).toEqual(all);
  });

  it("finds words anywhere, capitals or not, and takes signs of patterns for what they are", async () => {
    await print([
      { line: "Payment FAILED for order 7" },
      { line: "100% done" },
      { line: "100 done" },
      { line: "a_b" },
      { line: "axb" },
    ]);
    expect(await readAll({ search: "failed" })).toEqual(["Payment FAILED for order 7"]);
    expect(await readAll({ search: "100%" })).toEqual(["100% done"]);
    expect(await readAll({ search: "a_b" })).toEqual(["a_b"]);
    expect(await readAll({ search: "\\" })).toEqual([]);
  });

  it("searches a bounded number at once and goes on where it stopped", async () => {
    await print([{ line: "the needle" }]);
    await sql`
      insert into agent_log_lines (retention_class, at, workspace_id, agent_id, deployment_id, stream, line, is_cut)
      select retention_class, at, workspace_id, agent_id, deployment_id, stream, 'hay', false
      from agent_log_lines cross join generate_series(1, ${searchedAtOnceMax + 10})`.execute(services.owner);
    const first = await list({ search: "needle", limit: 10 });
    expect(first.items).toEqual([]);
    expect(first.nextCursor).not.toBeNull();
    expect(await readAll({ search: "needle", limit: 10 })).toEqual(["the needle"]);
    expect(await readAll({ search: "needle", order: "oldest" })).toEqual(["the needle"]);
  });

  it("goes by stream, version, call and time", async () => {
    const trace = `trc_${"1".repeat(26)}`;
    await print([{ line: "out" }, { line: "err", stream: "stderr" }, { line: "of a call", traceId: trace }]);
    expect(await readAll({ stream: "stderr" })).toEqual(["err"]);
    expect(await readAll({ traceId: trace })).toEqual(["of a call"]);
    expect(await readAll({ deploymentId: `dep_${"0".repeat(26)}` })).toEqual([]);
    services.clock.advance(3_600_000);
    await print([{ line: "an hour later" }], 50);
    const between = new Date(now.getTime() + 1_800_000).toISOString();
    expect(await readAll({ from: between })).toEqual(["an hour later"]);
    expect(await readAll({ to: between })).toEqual(["out", "err", "of a call"]);
    await expect(list({ from: between, to: now.toISOString() })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("finds nothing of another workspace's agent, as if there were none", async () => {
    await print([{ line: "private" }]);
    const stranger = await createTestTenant(services);
    await expect(list({}, stranger)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const asked = { agentId: agent.agentId, history: 10 };
    await expect(watchLogs(services, stranger.scope, asked, AbortSignal.timeout(30_000)).next()).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("a log that is followed", () => {
  it("shows its history and then every line once, with nothing lost between, while many write", async () => {
    await print(numbered(50, "early"));
    const over = new AbortController();
    const asked = { agentId: agent.agentId, history: 500 };
    const seen: string[] = [];
    let writing: Promise<unknown> = Promise.resolve();
    for await (const tail of watchLogs(services, tenant.scope, asked, over.signal)) {
      if (tail.isHistory) {
        const hosts = Array.from({ length: 6 }, (_, host) => writeFrom(`${host}`.repeat(20), 40));
        writing = Promise.all(hosts);
      }
      seen.push(...texts(tail.lines));
      if (seen.length >= 50 + 6 * 40) over.abort();
    }
    await writing;
    expect(seen.slice(0, 50)).toEqual(numbered(50, "early").map(({ line }) => line));
    expect(seen).toHaveLength(50 + 6 * 40);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("shows only what was asked for", async () => {
    await print([{ line: "out" }, { line: "err", stream: "stderr" }]);
    const over = new AbortController();
    const tails: LogTail[] = [];
    for await (const tail of watchLogs(
      services,
      tenant.scope,
      { agentId: agent.agentId, stream: "stderr", history: 10 },
      over.signal,
    )) {
      tails.push(tail);
      if (tails.length === 1) await print([{ line: "out again" }, { line: "err again", stream: "stderr" }], 10);
      else over.abort();
    }
    expect(tails.map(({ lines, isHistory }) => [isHistory, texts(lines)])).toEqual([
      [true, ["err"]],
      [false, ["err again"]],
    ]);
  });

  /** A host of its own through a gateway of its own, a few lines at a time. */
  async function writeFrom(host: string, count: number): Promise<void> {
    const gateway = new LogWriter(services);
    for (let from = 1; from <= count; from += 4) {
      const lines = printed(numbered(4, `${host} ${from}`), from);
      await receiveLogs(gateway, { source: host, deployments: [{ deploymentId: agent.deploymentId, lines }] });
    }
  }
});

describe("a log that is taken along", () => {
  const take = async (format: "ndjson" | "csv", asked: object = {}) => {
    const { pieces } = await exportLogs(services, tenant.scope, { agentId: agent.agentId, format, ...asked });
    let text = "";
    for await (const piece of pieces) text += piece;
    return text;
  };

  it("equals the rows, whatever they hold, and is audited without the words that were looked for", async () => {
    const odd = [{ line: 'he said "no",\tthen' }, { line: "=1+1" }, { line: "" }, { line: "ünïcode €" }];
    await print([...numbered(3), ...odd]);
    const { items } = await list();
    const lines = (await take("ndjson")).trimEnd().split("\n");
    expect(lines.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(items)));
    expect((await take("csv", { search: "line" })).trimEnd().split("\r\n")).toHaveLength(4);
    expect(await take("csv")).toContain("'=1+1");
    const acts = await services.owner.selectFrom("auditEntries").selectAll().where("action", "=", "log.export").execute();
    expect(acts).toHaveLength(3);
    expect(JSON.stringify(acts)).not.toContain('"search"');
  });
});

describe("retention", () => {
  it("drops whole days that the plan does not keep, keeps the others, and reports", async () => {
    await print([{ line: "old" }]);
    services.clock.advance(20 * dayMs);
    await print([{ line: "newer" }], 10);
    services.clock.advance(11 * dayMs);
    const sweeps = await sweepLogs(services);
    expect(sweeps.flatMap(({ dropped }) => dropped)).toEqual(["agent_log_d30_20261121", "agent_log_d30_20261122"]);
    const left = await services.owner.selectFrom("agentLogLines").select("line").execute();
    expect(left).toEqual([{ line: "newer" }]);
    const reports = await services.owner.selectFrom("logSweeps").selectAll().where("partitionsDropped", ">", 0).execute();
    expect(reports).toMatchObject([{ retentionClass: "d30", partitionsDropped: 2, isComplete: true }]);
    expect((await sweepLogs(services)).flatMap(({ dropped }) => dropped)).toEqual([]);
  });

  it("an agent that is deleted takes its lines along", async () => {
    await print([{ line: "gone" }]);
    await services.owner.updateTable("agents").set({ activeDeploymentId: null }).where("id", "=", agent.agentId).execute();
    await services.owner.deleteFrom("agents").where("id", "=", agent.agentId).execute();
    expect(await services.owner.selectFrom("agentLogLines").selectAll().execute()).toEqual([]);
    expect(await services.owner.selectFrom("agentLogDays").selectAll().execute()).toEqual([]);
  });
});
