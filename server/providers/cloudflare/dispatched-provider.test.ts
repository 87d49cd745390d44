// The same promises where agents are placed in a dispatch namespace, behind our dispatcher and in front of our outbound worker.
import { afterAll, beforeAll } from "vitest";
import { describeProvider } from "~/server/providers/provider.conformance";
import { type CloudflareRig, openCloudflareRig } from "~/server/testing/cloudflare-stand-in/cloudflare-rig";

let rig: CloudflareRig;

beforeAll(async () => {
  rig = await openCloudflareRig({ namespaces: ["agents"] });
});

afterAll(() => rig.close());

describeProvider("cloudflare, in a dispatch namespace", () => rig.harness());
