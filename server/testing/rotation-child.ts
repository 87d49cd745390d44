// A worker in the middle of a rotation, as a program of its own: it dies by SIGKILL at the point that it is told, or goes to the end.
import process from "node:process";
import { openDb } from "~/db/client";
import { systemClock } from "~/server/clock";
import { createLog } from "~/server/log";
import { beginRotation } from "~/server/rotation/begin-rotation";
import { runRotation } from "~/server/rotation/run-rotation";
import { createVault } from "~/server/vault/create-vault";
import type { Vault } from "~/server/vault/vault";
import { testKeyEncryption } from "./test-config";

/** `point`: where in the work on the nth data key. `told`: the parent kills when it likes; every key is reported. */
export type ChildOrder = {
  databaseUrl: string;
  primaryHex: string;
  formerHex: string;
  point: "before" | "inside" | "after" | "told" | "never";
  nth: number;
};

const keysUntilTold = 3;

async function main(): Promise<void> {
  const order = JSON.parse(process.env["CHILD_ORDER"] ?? "") as ChildOrder;
  const open = (connectionsMax: number) => openDb({ url: order.databaseUrl, role: "across", connectionsMax });
  const [across, forVault] = [open(4), open(2)];
  const keyEncryption = testKeyEncryption(Buffer.from(order.primaryHex, "hex"), Buffer.from(order.formerHex, "hex"));
  const vault = deadly(createVault({ across: forVault, keyEncryption }), order);
  const needs = { across, clock: systemClock, log: createLog({ program: "rotation-child", level: "error" }), vault };
  const rotation = await beginRotation(needs);
  if (rotation) await runRotation(needs, rotation);
  await Promise.all([across.destroy(), forVault.destroy()]);
  process.disconnect?.();
}

function deadly(vault: Vault, { point, nth }: ChildOrder): Vault {
  let count = 0;
  return {
    ...vault,
    async rewrapDataKey(ownerId, note) {
      count += 1;
      const dieIf = (here: ChildOrder["point"]) => {
        if (here === point && count === nth) process.kill(process.pid, "SIGKILL");
      };
      dieIf("before");
      const done = await vault.rewrapDataKey(ownerId, async (tx) => {
        await note(tx);
        dieIf("inside");
      });
      dieIf("after");
      if (point === "told") process.send?.(count);
      // The parent's signal takes a moment: it meets the work on one of the next keys, and never a child that came to its end.
      if (point === "told" && count === nth + keysUntilTold) await new Promise(() => undefined);
      return done;
    },
  };
}

await main();
