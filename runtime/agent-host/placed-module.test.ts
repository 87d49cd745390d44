// A placed module that was changed on the host's disk is never run; the house hears of it, and other versions go on (AHEAD 10).

import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { buildPlacement, invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

let host: TestAgentHost;
const never = () => new AbortController().signal;

beforeAll(async () => {
  host = await startTestAgentHost();
});
afterAll(() => host.stop());

async function place(answer: string): Promise<Placement> {
  const placement = await buildPlacement(host.provider, `export default () => "${answer}";`);
  await host.provider.deploy(placement, { signal: never() });
  return placement;
}

const ask = async (placement: Placement) =>
  (await host.provider.invoke(placement, invocationOf("?"), { signal: never() })).output.text;
const fileOf = ({ deploymentId }: Placement, name = "module.js") =>
  join(host.directory, "agent-host/placements", deploymentId, name);
const refusal = { details: { reason: "module_altered" } };

function flipOneByte(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

describe("a placed module of which one byte was changed", () => {
  it("is not started, not called and not activated; the house is told, and the version beside it serves", async () => {
    const [old, altered] = [await place("old"), await place("new")];
    flipOneByte(fileOf(altered));
    await expect(ask(altered)).rejects.toMatchObject({ code: "RUNTIME_ERROR", ...refusal });
    await expect(host.provider.activate(altered, { signal: never() })).rejects.toMatchObject({
      code: "DEPLOYMENT_FAILED",
      ...refusal,
    });
    await expect(host.provider.deploy(altered, { signal: never() })).rejects.toMatchObject({
      code: "DEPLOYMENT_FAILED",
      ...refusal,
    });
    await expect.poll(() => host.house.alterations).toEqual(Array(3).fill(altered.deploymentId));
    expect(host.house.launches).not.toContain(altered.deploymentId);
    expect(await ask(old)).toBe("old");
  });

  it("is refused at the next start, while what runs already goes on with what it loaded", async () => {
    const placement = await place("loaded before");
    expect(await ask(placement)).toBe("loaded before");
    flipOneByte(fileOf(placement));
    expect(await ask(placement)).toBe("loaded before");
    await host.provider.stop(placement);
    await expect(ask(placement)).rejects.toMatchObject(refusal);
  });

  it("is refused when it is gone altogether", async () => {
    const placement = await place("gone");
    rmSync(fileOf(placement));
    await expect(ask(placement)).rejects.toMatchObject(refusal);
  });
});

describe("a module that was exchanged together with the host's own record of it", () => {
  it("is refused after a restart too: the house says which digest it recorded", async () => {
    const placement = await place("genuine");
    const module = readFileSync(fileOf(placement), "utf8").replaceAll("genuine", "forged!");
    writeFileSync(fileOf(placement), module);
    const record = JSON.parse(readFileSync(fileOf(placement, "placement.json"), "utf8")) as Placement;
    const moduleSha256 = createHash("sha256").update(module).digest("hex");
    writeFileSync(fileOf(placement, "placement.json"), JSON.stringify({ ...record, moduleSha256 }));
    host.house.recorded.set(placement.deploymentId, placement.moduleSha256);
    await host.restart();
    await expect(ask(placement)).rejects.toMatchObject(refusal);
    await expect.poll(() => host.house.alterations).toContain(placement.deploymentId);
  });
});
