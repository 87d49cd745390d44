// A deadline comes, whatever is collected as garbage meanwhile, and whoever else ends the signal is its reason.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { withDeadline } from "./with-deadline";

const patientMs = 30_000;

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

it("comes though nobody holds it but its listeners, and garbage is collected before it is due", async () => {
  const reasons: string[] = [];
  const listen = () => {
    const signal = withDeadline(300, new AbortController().signal);
    signal.addEventListener("abort", () => void reasons.push((signal.reason as Error).name));
  };
  for (let nth = 0; nth < 20; nth += 1) listen();
  collectGarbage();
  await expect
    .poll(
      () => {
        collectGarbage();
        return reasons.length;
      },
      { timeout: patientMs },
    )
    .toBe(20);
  expect(new Set(reasons)).toEqual(new Set(["TimeoutError"]));
});

it("is not waited for when one of the others ends first, which is the reason then", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const signal = withDeadline(60_000, one.signal, other.signal);
  const why = new Error("because");
  other.abort(why);
  expect(signal.reason).toBe(why);
  expect(withDeadline(60_000, other.signal).aborted).toBe(true);
});
