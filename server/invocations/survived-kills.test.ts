// Streams survive the death of their gateway, byte for byte, and are charged once: a sample of soak/streams.test.ts (MISSION E8).
import { afterAll, beforeAll, it } from "vitest";
import { runResumeCampaign } from "~/server/testing/resume-campaign";
import { openResumeGround, type ResumeGround } from "~/server/testing/resume-ground";

let ground: ResumeGround;
beforeAll(async () => {
  ground = await openResumeGround({ graceMs: 15_000 });
});
afterAll(() => ground.close());

it("reads on through the next gateway after each of five kills", { timeout: 240_000 }, () =>
  runResumeCampaign(ground, { seed: 8, kills: 5 }),
);
