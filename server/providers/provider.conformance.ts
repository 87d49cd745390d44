// What every provider promises, as tests: an adapter is done when it passes this suite, and so does the fake that stands in for it.
import { describe } from "vitest";
import { describeCalls } from "./conformance/calls.conformance";
import { describeFailures } from "./conformance/failures.conformance";
import type { OpenHarness } from "./conformance/harness.conformance";
import { describeInventory } from "./conformance/inventory.conformance";
import { describePlacing } from "./conformance/placing.conformance";
import { describeSecrets } from "./conformance/secrets.conformance";
import { describeVendor } from "./conformance/vendor.conformance";
import { describeWatching } from "./conformance/watching.conformance";

/** `open` is called once per test, after the adapter's own `beforeAll`. */
export function describeProvider(name: string, open: OpenHarness): void {
  describe(`${name}: placing`, () => describePlacing(open));
  describe(`${name}: inventory`, () => describeInventory(open));
  describe(`${name}: calls`, () => describeCalls(open));
  describe(`${name}: failing calls`, () => describeFailures(open));
  describe(`${name}: secrets`, () => describeSecrets(open));
  describe(`${name}: health, logs and cost`, () => describeWatching(open));
  describe(`${name}: the vendor's faults`, () => describeVendor(open));
}
