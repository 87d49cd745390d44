// Each import rule goes red on an import that breaks it, and the arrows that are meant to be stay green.
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "./check";
import { checkBoundaries } from "./check-boundaries";

type Arrow = [from: string, to: string];

const broken: Record<string, Arrow> = {
  "routes-stand-alone": ["app/routes/a.tsx", "~/app/routes/b"],
  "app-takes-contracts-and-types-only": ["app/agents/agent-card.tsx", "~/server/agents/create-agent"],
  "app-knows-no-ground": ["app/agents/agent-list.tsx", "~/db/client"],
  "ui-knows-nothing-of-the-product": ["app/ui/button.tsx", "~/app/paths"],
  "contracts-are-pure": ["server/bundles/bundles.contract.ts", "~/server/agents/create-agent"],
  "contracts-need-no-node": ["server/secrets/secrets.contract.ts", "node:fs"],
  "queries-know-the-database-only": ["server/agents/agents.queries.ts", "~/server/errors"],
  "verbs-know-no-door": ["server/agents/delete-agent.ts", "~/server/trpc/init"],
  "verbs-get-clients-from-services": ["server/agents/list-agents.ts", "pg"],
  "routers-read-their-own-queries": ["server/deployments/deployments.router.ts", "~/server/agents/agents.queries"],
  "features-know-no-adapter": ["server/deployments/run-deployment.ts", "~/server/providers/embedded/embedded-provider"],
  "providers-know-no-feature": ["server/providers/cloudflare/cloudflare-provider.ts", "~/server/agents/create-agent"],
  "providers-know-no-other-provider": ["server/providers/vps/vps-provider.ts", "~/server/providers/embedded/embedded-provider"],
  "foundations-stand-below-features": ["server/queue/redis-queue.ts", "~/server/agents/create-agent"],
  "house-knows-no-door-or-launcher": ["server/main.ts", "~/jobs/work"],
  "server-agents-only-lower": ["server/agents/update-agent.ts", "~/server/invocations/invoke-agent"],
  "jobs-call-verbs": ["jobs/handlers.ts", "~/server/agents/agents.queries"],
  "runtime-imports-nothing-of-ours": ["runtime/handler/worker-target.ts", "~/server/errors"],
  "house-takes-runtime-contracts-only": ["server/invocations/invoke-agent.ts", "~/runtime/handler/worker-target"],
  "host-is-reached-over-its-socket": ["server/providers/embedded/embedded-provider.ts", "~/runtime/agent-host/mask-text"],
  "stand-in-is-for-tests": ["server/create-services.ts", "~/server/providers/fake/fake-provider"],
  "db-imports-npm-only": ["db/client.ts", "~/server/errors"],
  "tables-are-pure": ["db/tables/agents.ts", "kysely"],
  "bootstrap-needs-node-only": ["launch/bootstrap.mjs", "esbuild"],
  "launch-knows-no-door": ["launch/main.ts", "~/jobs/work"],
  "outside-stays-outside": ["bench/first.ts", "~/server/errors"],
  "nobody-needs-the-checks": ["jobs/main.ts", "~/checks/check"],
  "test-ground-is-for-tests": ["server/workspaces/create-workspace.ts", "~/server/testing/factories"],
  "no-circles": ["server/clock.ts", "~/server/ids"],
  "imports-resolve": ["server/log.ts", "~/server/nowhere"],
  "product-code-needs-product-dependencies": ["server/storage/local-blob-store.ts", "vitest"],
};

const kept: Arrow[] = [
  ["app/routes/b.tsx", "~/app/ui/table"],
  ["app/routes/c.tsx", "~/server/agents/agents.contract"],
  ["server/agents/agents.contract.ts", "~/db/tables/workspaces"],
  ["server/agents/agents.router.ts", "~/server/agents/agents.queries"],
  ["server/invocations/list-invocations.ts", "~/server/agents/create-agent"],
  ["jobs/work.ts", "~/server/agents/create-agent"],
  ["server/agents/create-agent.ts", "~/db/transaction"],
  ["server/agents/create-agent.test.ts", "~/server/testing/factories"],
];

let root: string;
let findings: Finding[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "boundaries-"));
  const project = process.cwd();
  await symlink(join(project, "node_modules"), join(root, "node_modules"));
  for (const file of [".dependency-cruiser.cjs", "package.json", "tsconfig.json"])
    await cp(join(project, file), join(root, file));
  for (const folder of ["app", "server", "db", "jobs", "runtime", "launch", "checks", "e2e", "bench", "soak"])
    await mkdir(join(root, folder));
  const arrows = [...Object.values(broken), ...kept];
  const targets = new Set(arrows.map(([, to]) => to).filter((to) => to.startsWith("~/") && !to.endsWith("nowhere")));
  for (const target of targets) await write(`${target.slice(2)}.ts`, "export default 1;\n");
  await write("server/ids.ts", 'import thing from "~/server/clock";\nexport default thing;\n');
  for (const [from, to] of arrows) await write(from, `import thing from "${to}";\nexport default thing;\n`);
  findings = await checkBoundaries({ root, write: false });
}, 60_000);

afterAll(() => rm(root, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

function rulesAt(path: string): string[] {
  return findings.filter((finding) => finding.where === path).map((finding) => finding.what.split(":")[0] ?? "");
}

describe("an import that breaks a rule", () => {
  test.each(Object.entries(broken))("%s", (rule, [from]) => {
    expect(rulesAt(from)).toContain(rule);
  });
});

describe("an arrow that goes down", () => {
  test.each(kept)("%s → %s", (from) => {
    expect(rulesAt(from)).toEqual([]);
  });
});
