// A hundred gateways are killed in the middle of streams: every transcript is whole, and every call is charged once.
import { afterAll, beforeAll, it } from "vitest";
import { runResumeCampaign } from "~/server/testing/resume-campaign";
import { openResumeGround, type ResumeGround } from "~/server/testing/resume-ground";

let ground: ResumeGround;
beforeAll(async () => {
  ground = await openResumeGround({ graceMs: 15_000 });
});
afterAll(() => ground.close());

it("survives a hundred kills", () => runResumeCampaign(ground, { seed: 1, kills: 100 }));
