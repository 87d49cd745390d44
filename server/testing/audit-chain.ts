// A chain to tamper with: a workspace with some entries and signatures, exports of it, and what the verifier says of a file.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { inWorkspace } from "~/db/transaction";
import { exportAudit } from "~/server/audit/export-audit";
import { recordAudit } from "~/server/audit/record-audit";
import { signChain } from "~/server/audit/sign-chain";
import type { WorkspaceScope } from "~/server/auth/scope";
import { createTestTenant } from "./factories";
import type { TestServices } from "./test-services";

/** Ten entries: a checkpoint at 4, another at 8. */
export async function growChain(services: TestServices): Promise<WorkspaceScope> {
  const { scope } = await createTestTenant(services);
  for (let place = 1; place <= 10; place += 1) {
    const act = { action: "agent.create", targetKind: "agent", targetId: `agt_${place}`, metadata: { name: `bot ${place}` } };
    await inWorkspace(services.db, scope, (tx) => recordAudit(tx, scope, act));
    if (place === 4 || place === 8) await signChain(services, scope.workspaceId);
  }
  return scope;
}

/** The whole chain as `GET /v1/audit/export` sends it. The export itself is its last entry. */
export async function exportText(services: TestServices, scope: WorkspaceScope): Promise<string> {
  let text = "";
  for await (const piece of (await exportAudit(services, scope, { format: "json", filter: {} })).pieces) text += piece;
  return text;
}

export type Verified = { code: number | null; said: string; warned: string };

/** What `npm run audit:verify` says of this text, as a process of its own. */
export function verifyText(services: TestServices, text: string, words: string[] = []): Promise<Verified> {
  const file = path.join(services.directory, "export.json");
  writeFileSync(file, text);
  return runVerifier([file, ...words]);
}

export function runVerifier(words: string[]): Promise<Verified> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.resolve("launch/audit-verify.mjs"), ...words], { cwd: "/" });
    let [said, warned] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      warned += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, said, warned }));
  });
}
