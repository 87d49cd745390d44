// How often one caller may knock at the doors to accounts, by whatever address they come.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { limitAccountDoor } from "./account-limits";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
  await services.reset();
});
afterAll(() => services.dispose());

const knock = (ipAddress: string, account: string) =>
  limitAccountDoor(services, "signUp", { visitor: { traceId: "trc_1", ipAddress, userAgent: null }, account });

it("a new IPv6 address of the same subscriber for each try wins nothing; a neighbour's tries are their own", async () => {
  const tries = Array.from({ length: 21 }, (_, place) => knock(`2001:db8:7:1::${place.toString(16)}`, `${place}@example.test`));
  const outcomes = await Promise.allSettled(tries);
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(20);
  await expect(knock("2001:db8:7:2::1", "neighbour@example.test")).resolves.toBeUndefined();
});
