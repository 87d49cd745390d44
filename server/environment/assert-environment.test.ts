// A database keeps the name of its environment, and nobody of another name starts over it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cloudflarePlaces } from "~/server/config-cloudflare";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { accountsOf } from "./accounts-of";
import { assertEnvironment } from "./assert-environment";

let services: TestServices;

beforeEach(async () => {
  services = await createTestServices();
});
afterEach(() => services.dispose());

const startAs = (environment: string) => assertEnvironment({ ...services, config: { ...services.config, environment } });

describe("the accounts of a database", () => {
  type Configured = Partial<TestServices["config"]>;
  const startWith = (configured: Configured) => assertEnvironment({ ...services, config: { ...services.config, ...configured } });
  const cloudflare = (digit: string, apiToken = "t", dispatchNamespace: string | null = null): Configured => ({
    cloudflare: { ...cloudflarePlaces, accountId: digit.repeat(32), apiToken, dispatchNamespace },
  });
  const agentCore = (account: string, region = "eu-central-1"): Configured => ({
    agentCore: {
      region,
      roleArn: `arn:aws:iam::${account}:role/agents`,
      toolsRoleArn: null,
      bucket: "agents",
      credentials: null,
      endpoint: null,
    },
  });

  it("are those of their first use: a new key to the same is taken, keys to another are refused with what to do", async () => {
    await startWith({});
    await startWith(cloudflare("0"));
    await startWith(cloudflare("0", "another"));
    await startWith({ ...cloudflare("0"), ...agentCore("123456789012") });
    await expect(startWith(cloudflare("1"))).rejects.toThrow(
      /keys of Cloudflare are for 1{32}, but the database .* works with 0{32}/,
    );
    await expect(startWith(cloudflare("0", "t", "agents"))).rejects.toThrow("dispatch namespace agents");
    await expect(startWith(agentCore("210987654321"))).rejects.toThrow("keys of AWS are for 210987654321");
    await expect(startWith(agentCore("123456789012", "us-east-1"))).rejects.toThrow("us-east-1");
    await startWith({});
    await startWith({ ...cloudflare("0"), ...agentCore("123456789012") });
  });

  it("another one is not taken in passing, when a start is refused for a second reason", async () => {
    await startWith(cloudflare("0"));
    await expect(startWith({ ...cloudflare("1"), ...agentCore("123456789012") })).rejects.toThrow("Cloudflare");
    await startWith(agentCore("210987654321"));
  });

  it("hold no secret, and test and live mode of Stripe are two", () => {
    const { config } = services;
    const billing = (secretKey: string) => ({ ...config, billing: { secretKey } }) as unknown as TestServices["config"];
    expect(accountsOf(billing("sk_test_12345678"))).toEqual({ stripe: "test mode" });
    expect(accountsOf(billing("rk_live_12345678"))).toEqual({ stripe: "live mode" });
    const all = JSON.stringify(accountsOf({ ...config, ...cloudflare("0", "canary-token") }));
    expect(all).not.toContain("canary");
  });
});

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
