// Each request of each act fails in turn with everything that a vendor may answer: the patience is counted, the words are safe, the state converges.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { VendorFault } from "~/server/providers/conformance/harness.conformance";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { type CloudflareRig, openCloudflareRig } from "~/server/testing/cloudflare-stand-in/cloudflare-rig";

const faults: readonly VendorFault[] = [400, 401, 403, 404, 409, 429, 500, 503, "timeout", "reset", "garbage"];
/** Looks like a passing trouble, so it is tried again: three pauses, four attempts. */
const passing: ReadonlySet<VendorFault> = new Set([409, 429, 500, 503, "timeout", "reset", "garbage"]);
const attemptsMax = 4;
const secret = "swordfish-under-the-ice-5521";
const never = () => new AbortController().signal;

let rig: CloudflareRig;
let agent: Placement;

beforeAll(async () => {
  rig = await openCloudflareRig();
  agent = await buildPlacement(rig.provider, "export default (request) => request.input.messages.at(-1).content;");
});

afterAll(() => rig.close());

async function endOf(work: Promise<unknown>): Promise<AppError | null> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown !== null && !(thrown instanceof AppError)) throw thrown;
  return thrown;
}

function placementOf(): Placement {
  const deploymentId = newId("deployment");
  rig.grants.set(deploymentId, { env: { API_SECRET: secret }, secretVersions: { API_SECRET: 1 } });
  return { ...agent, deploymentId, stateKey: deploymentId };
}

const scriptsOf = ({ deploymentId }: Placement) =>
  rig.standIn.account.shelf.list().filter(({ tags }) => tags.includes(`deployment=${deploymentId}`));

function expectSafe(error: AppError): void {
  const said = JSON.stringify([error.message, error.details, rig.logLines]);
  for (const word of [secret, rig.standIn.config.apiToken, "fault "]) expect(said).not.toContain(word);
  expect(error.message).toMatch(/\.$/);
}

const ofDeploy: readonly (readonly [string, RegExp])[] = [
  ["looking whether it is there", /^GET .*\/scripts\/whs-test-\w+-\w+-\w+\/settings$/],
  ["the upload", /^PUT /],
  ["the publication", /^POST .*\/subdomain$/],
];

describe("placing", () => {
  for (const [name, only] of ofDeploy) {
    it.for(faults)(`${name} answered with %s, for ever`, async (fault) => {
      const placement = placementOf();
      const before = rig.standIn.requests.length;
      rig.standIn.failNext(fault, 1_000, only);
      const error = await endOf(rig.provider.deploy(placement, { signal: never() }));
      rig.standIn.failNext(fault, 0);
      const asked = rig.standIn.requests.slice(before).filter((request) => only.test(request));
      if (error !== null) {
        expect(asked.length).toBe(passing.has(fault) ? attemptsMax : 1);
        expect(error.code).toBe("DEPLOYMENT_FAILED");
        expect(error.retryable).toBe(passing.has(fault));
        expectSafe(error);
        expect(scriptsOf(placement), "a placement that failed leaves nothing").toEqual([]);
      }
      await rig.provider.deploy(placement, { signal: never() });
      expect(scriptsOf(placement)).toHaveLength(1);
      expect((await rig.provider.invoke(placement, invocationOf("hello"), { signal: never() })).output.text).toBe("hello");
      await rig.provider.destroy(placement);
      expect(scriptsOf(placement)).toEqual([]);
    });
  }

  it("an answer that was lost after the upload was done: the next attempt finds it there", async () => {
    const placement = placementOf();
    let uploads = 0;
    rig.standIn.onRequest = (request) => {
      if (request.startsWith("PUT ")) uploads += 1;
    };
    rig.standIn.failNext("reset", 1, /^POST .*\/subdomain$/);
    await rig.provider.deploy(placement, { signal: never() });
    await rig.provider.deploy(placement, { signal: never() });
    rig.standIn.onRequest = () => undefined;
    expect(uploads).toBe(1);
    await rig.provider.destroy(placement);
  });

  it.each(["GET", "PUT", "POST"])("cancelled while %s is under way: it ends at once and leaves nothing", async (method) => {
    const placement = placementOf();
    const cancel = new AbortController();
    rig.standIn.onRequest = (request) => {
      if (request.startsWith(`${method} /workers/scripts/`)) cancel.abort(new Error("Cancelled."));
    };
    await expect(rig.provider.deploy(placement, { signal: cancel.signal })).rejects.toThrow("Cancelled.");
    rig.standIn.onRequest = () => undefined;
    await rig.provider.destroy(placement);
    expect(scriptsOf(placement)).toEqual([]);
  });
});

describe("what is placed", () => {
  const acts: readonly (readonly [string, RegExp, (placement: Placement) => Promise<unknown>, number])[] = [
    ["handing over secrets", /^PATCH /, (placement) => rig.provider.refreshSecrets(placement, { signal: never() }), attemptsMax],
    ["the list", /^GET \/workers\/scripts$/, () => rig.provider.placements({ signal: never() }), attemptsMax],
    ["removal", /^DELETE /, (placement) => rig.provider.destroy(placement), attemptsMax],
  ];
  for (const [name, only, act, most] of acts) {
    it.for(faults)(`${name} answered with %s, for ever`, async (fault) => {
      const placement = placementOf();
      await rig.provider.deploy(placement, { signal: never() });
      const before = rig.standIn.requests.length;
      rig.standIn.failNext(fault, 1_000, only);
      const error = await endOf(act(placement));
      rig.standIn.failNext(fault, 0);
      const asked = rig.standIn.requests.slice(before).filter((request) => only.test(request)).length;
      // A removal that is said to find nothing is looked after, and made again.
      expect(asked).toBe(passing.has(fault) ? most : name === "removal" && fault === 404 ? 3 : 1);
      expect(error).toMatchObject({
        code: "RUNTIME_ERROR",
        retryable: passing.has(fault) || (name === "removal" && fault === 404),
      });
      expectSafe(error as AppError);
      await act(placement);
      await rig.provider.destroy(placement);
      expect(scriptsOf(placement)).toEqual([]);
    });
  }

  it.for(faults)("a call answered with %s is made once: nobody knows whether it was done", async (fault) => {
    const placement = placementOf();
    await rig.provider.deploy(placement, { signal: never() });
    const only = /\/invoke$/;
    const before = rig.standIn.requests.length;
    rig.standIn.failNext(fault, 1_000, only);
    const error = await endOf(rig.provider.invoke(placement, invocationOf("?"), { signal: never() }));
    rig.standIn.failNext(fault, 0);
    // Refused as unsigned, it is signed with the next key; there is one here.
    expect(rig.standIn.requests.slice(before).filter((request) => only.test(request))).toHaveLength(1);
    expect(error?.code).toBe(fault === 404 ? "NOT_FOUND" : "RUNTIME_ERROR");
    expect(error?.retryable).toBe(passing.has(fault) && fault !== 409);
    expectSafe(error as AppError);
    expect((await rig.provider.invoke(placement, invocationOf("on"), { signal: never() })).output.text).toBe("on");
    await rig.provider.destroy(placement);
  });
});
