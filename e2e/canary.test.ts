// No secret anywhere but where it belongs: canaries in every secret field, then a search through all that a thief could take (MISSION F1, F6, G3).
import { statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canaries } from "~/server/testing/canary-fields";
import { dumpDatabase, dumpRedis, type ProcessFacts, processesOf, writePlainLog } from "./canary-dumps";
import { letAgentLeak, liveThrough } from "./canary-scenario";
import { filesBelow, type Hit, searchFiles, searchText } from "./canary-search";
import { type CanaryWorld, databaseSettings, openCanaryWorld } from "./canary-world";
import { withoutRedaction } from "./without-redaction";

/** The embedded default's own keys lie here, readable by their owner only; docs/security/redaction.md says so. */
const exceptions = (world: CanaryWorld) => [
  path.join(world.product.dataDir, "secrets.env"),
  databaseSettings(world.product.dataDir),
];

/** Web and worker work with the platform's credentials, and their environment is where these live. */
const platformCredentials = new Set(
  "metricsToken collectorKey smtpPassword googleSecret githubSecret oidcSecret stripeKey stripeWebhookSecret kmsSecretKey cloudflareToken agentCoreSecretKey databasePassword"
    .split(" ")
    .concat("keyEncryptionKey telemetryRootKey sessionSecret agentHostToken auditSigningKey".split(" ")),
);

type Findings = { hits: Hit[]; processes: ProcessFacts[]; tables: number; keys: number; files: number };

/** Everything at rest and everything that was said, while the product still runs. */
async function search(world: CanaryWorld): Promise<Findings> {
  const processes = processesOf(world);
  const [, runFolder] =
    /CONTROL_SOCKET=([^\0]+)control\.sock/.exec(processes.map(({ environment }) => environment).join("\0")) ?? [];
  const tables = await dumpDatabase(world);
  const keys = await dumpRedis(world, `${runFolder}redis.sock`);
  world.keep("launcher-said", world.product.said());
  world.keep("collector-got", world.neighbours.otlp.bodies.join("\n"));
  const allowed = exceptions(world);
  const files = [
    ...filesBelow(world.product.dataDir, (file) => allowed.includes(file)),
    ...filesBelow(world.kept, () => false),
    ...filesBelow(runFolder ?? "", () => false),
  ];
  return { hits: searchFiles(files, world.planted), processes, tables, keys, files: files.length };
}

describe("the product as it is", () => {
  let world: CanaryWorld;
  let found: Findings;
  beforeAll(async () => {
    world = await openCanaryWorld();
    await writePlainLog(world);
    await liveThrough(world);
    found = await search(world);
  });
  afterAll(() => world?.close());

  it("has a canary in every field that the table names, and was looked through", () => {
    for (const name of Object.keys(canaries)) expect(world.planted.get(name), name).toBeTruthy();
    expect(found.tables).toBeGreaterThan(40);
    expect(found.keys).toBeGreaterThan(5);
    expect(found.files).toBeGreaterThan(1_000);
  });

  it("has told a collector of calls, procedures, statements and jobs by then", () => {
    const names = world.neighbours.otlp.spans().map(({ name }) => name);
    for (const name of ["POST /v1/invoke/:agentId", "embedded invoke", "trpc accounts.signUp", "job deployment-run"])
      expect(names).toContain(name);
  });

  it("keeps no canary in its database, Redis, files, logs, spans, answers, streams or exports, in any form", () => {
    expect(found.hits).toEqual([]);
  });

  it("keeps the files that hold its own keys to their owner", () => {
    for (const file of exceptions(world)) expect(statSync(file).mode & 0o077, file).toBe(0);
  });

  it("says no canary on a command line, and has none in the environment of a process that needs it not", () => {
    const agents = found.processes.filter(({ commandLine }) => commandLine.includes("--control-fd="));
    expect(agents.length).toBeGreaterThan(0);
    // The compiler is the worker's own, and takes over its environment.
    const house = /build\/(web|worker)\.js|esbuild --service/;
    const hits = found.processes.flatMap(({ commandLine, environment }) => {
      const program = commandLine.replaceAll("\0", " ").slice(0, 120);
      // The agent host shows the house by its token who it is.
      const owned = house.test(program)
        ? platformCredentials
        : new Set(program.includes("build/agent-host.js") ? ["agentHostToken"] : []);
      const others = new Map([...world.planted].filter(([name]) => !owned.has(name)));
      const launcher = world.product.process.pid;
      const isLauncher = found.processes.some(({ pid, commandLine: line }) => pid === launcher && line === commandLine);
      return [...searchText(commandLine, world.planted), ...(isLauncher ? [] : searchText(environment ?? "", others))].map(
        (hit) => ({
          ...hit,
          place: program,
        }),
      );
    });
    expect(hits).toEqual([]);
  });
});

describe("the same product built without its redaction", () => {
  let world: CanaryWorld;
  let found: Findings;
  beforeAll(async () => {
    world = await openCanaryWorld(withoutRedaction);
    await writePlainLog(world);
    await letAgentLeak(world);
    found = await search(world);
  });
  afterAll(() => world?.close());

  it("leaves canaries all over the place: the search does find what is there", () => {
    const places = found.hits.map(({ place }) => path.basename(place).replace(/^\d+-/, ""));
    expect(found.hits.map(({ canary }) => canary)).toContain("agentSecret");
    for (const place of [
      "invoke-say",
      "invoke-throw",
      "stream-joined",
      "agent-logs",
      "failed-deployment",
      "table-deployment_logs",
    ])
      expect(places).toContain(place);
    const words = found.hits.filter(({ canary }) => canary === "promptText").map(({ place }) => path.basename(place));
    expect(words.join()).toContain("table-conversation_turns");
  });
});
