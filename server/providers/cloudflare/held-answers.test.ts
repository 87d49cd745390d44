// Answers of scripts, gathered in this process, stay within its bound.
import { afterAll, beforeAll } from "vitest";
import { HeldAnswers } from "~/server/providers/held-answers";
import { describeHeldAnswers, heldBytesMax } from "~/server/providers/held-answers.conformance";
import type { Provider } from "~/server/providers/provider";
import { type CloudflareRig, openCloudflareRig } from "~/server/testing/cloudflare-stand-in/cloudflare-rig";
import { createCloudflareProvider } from "./cloudflare-provider";

const answers = new HeldAnswers(heldBytesMax);
let openGate: () => void = () => undefined;
const gate = new Promise<void>((resolve) => {
  openGate = resolve;
});
let rig: CloudflareRig;
let provider: Provider;

beforeAll(async () => {
  rig = await openCloudflareRig({
    internet: async () => {
      await gate;
      return { status: 200 };
    },
  });
  provider = createCloudflareProvider({ ...rig.needs, answers });
});
afterAll(() => {
  openGate();
  return rig.close();
});

describeHeldAnswers(() => ({
  provider,
  answers,
  gate: { url: "http://gate.example/", open: openGate },
  calls: () => rig.standIn.requests.filter((request) => request.endsWith("/invoke")).length,
}));
