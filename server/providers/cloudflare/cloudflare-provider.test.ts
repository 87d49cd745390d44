// The adapter keeps the promises of every provider, through the real SDK against a stand-in that runs what is uploaded.
import { afterAll, beforeAll } from "vitest";
import { describeProvider } from "~/server/providers/provider.conformance";
import { type CloudflareRig, openCloudflareRig } from "~/server/testing/cloudflare-stand-in/cloudflare-rig";

let rig: CloudflareRig;

beforeAll(async () => {
  rig = await openCloudflareRig();
});

afterAll(() => rig.close());

describeProvider("cloudflare", () => rig.harness());
