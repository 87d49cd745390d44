// A database keeps the name of its environment, and nobody of another name starts over it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { assertEnvironment } from "./assert-environment";

let services: TestServices;

beforeEach(async () => {
  services = await createTestServices();
});
afterEach(() => services.dispose());

const startAs = (environment: string) => assertEnvironment({ ...services, config: { ...services.config, environment } });

describe("the environment of a database", () => {
  it("is named by the first start and kept by the next", async () => {
    await startAs("staging");
    await startAs("staging");
  });

  it("is not another's: the start is refused with what to do", async () => {
    await startAs("staging");
    await expect(startAs("production")).rejects.toThrow(
      /ENVIRONMENT_NAME is production, but the database .* belongs to the environment "staging"/,
    );
    await startAs("staging");
  });

  it("of ten first starts at once under two names, one name wins and the other is refused", async () => {
    const starts = Array.from({ length: 10 }, (_, index) => startAs(index % 2 === 0 ? "blue" : "green"));
    const outcomes = (await Promise.allSettled(starts)).map(({ status }) => status);
    const parities = [0, 1].map((parity) => outcomes.filter((_status, index) => index % 2 === parity));
    expect(parities.map((half) => new Set(half).size)).toEqual([1, 1]);
    expect(new Set(outcomes)).toEqual(new Set(["fulfilled", "rejected"]));
  });
});
