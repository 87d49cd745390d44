// A worker that seals a workspace's values anew, as a program of its own: it dies by SIGKILL at the point that it is told, or goes to the end.
import process from "node:process";
import { openDb } from "~/db/client";
import { createLog } from "~/server/log";
import { runReseal } from "~/server/rotation/run-reseal";
import { createVault } from "~/server/vault/create-vault";
import type { Vault } from "~/server/vault/vault";
import type { MortalOrder } from "./mortal-program";
import { testKeyEncryption } from "./test-config";

export type ResealOrder = MortalOrder & {
  databaseUrl: string;
  keyHex: string;
  workspaceId: string;
  /** What the clock of the worker says, as an ISO date. */
  now: string;
  /** Where in the work on the nth value, or around the beginning and the end; `never`: goes on with what is under way. */
  point: "renewing" | "renewed" | "before" | "after" | "forgetting" | "forgot" | "told" | "never";
};

const valuesUntilTold = 3;

async function main(): Promise<void> {
  const order = JSON.parse(process.env["CHILD_ORDER"] ?? "") as ResealOrder;
  const open = (connectionsMax: number) => openDb({ url: order.databaseUrl, role: "across", connectionsMax });
  const [across, forVault] = [open(4), open(2)];
  const clock = { now: () => new Date(order.now) };
  const vault = deadly(
    createVault({ across: forVault, keyEncryption: testKeyEncryption(Buffer.from(order.keyHex, "hex")), clock }),
    order,
  );
  const { workspaceId } = order;
  // Replaces the key when no renewal is under way; whatever was cut off before goes on instead.
  if (order.point !== "never") await vault.renewDataKey(workspaceId, async () => undefined);
  const log = createLog({ program: "reseal-child", level: "error" });
  await runReseal({ across, clock, log, vault }, { workspaceId });
  await Promise.all([across.destroy(), forVault.destroy()]);
  process.disconnect?.();
}

function deadly(vault: Vault, { point, nth }: ResealOrder): Vault {
  let count = 0;
  const dieAt = (here: ResealOrder["point"]) => {
    if (here === point) process.kill(process.pid, "SIGKILL");
  };
  return {
    ...vault,
    async renewDataKey(ownerId, note) {
      const done = await vault.renewDataKey(ownerId, async (tx) => {
        await note(tx);
        dieAt("renewing");
      });
      dieAt("renewed");
      return done;
    },
    async reseal(place, sealed) {
      count += 1;
      if (count === nth) dieAt("before");
      const done = await vault.reseal(place, sealed);
      if (count === nth) dieAt("after");
      if (point === "told") process.send?.(count);
      // The parent's signal takes a moment: it meets the work on one of the next values, and never a child that came to its end.
      if (point === "told" && count === nth + valuesUntilTold) await new Promise(() => undefined);
      return done;
    },
    async forgetFormerKey(key, note) {
      const isDone = await vault.forgetFormerKey(key, async (tx) => {
        await note(tx);
        dieAt("forgetting");
      });
      dieAt("forgot");
      return isDone;
    },
  };
}

await main();
