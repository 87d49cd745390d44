// What agents have said and nobody was sent yet stays within a bound, and whoever holds most of it gives way.
import { expect, it } from "vitest";
import { HeldAnswers } from "./held-answers";

function open(answers: HeldAnswers, deploymentId: string, name: string, gone: string[]) {
  return answers.open(deploymentId, ({ options }) => void gone.push(`${name} ${options.details?.reason}`));
}

it("the largest answer of whoever holds most gives way, and no neighbour's, however large that is beside each one", () => {
  const answers = new HeldAnswers(1_000);
  const gone: string[] = [];
  const neighbour = open(answers, "dep_small", "neighbour", gone);
  const greedy = ["one", "two", "three"].map((name) => open(answers, "dep_large", name, gone));
  neighbour.hold("text", 350);
  greedy[0]?.hold("text", 200);
  greedy[1]?.hold("line", 250);
  greedy[2]?.hold("text", 150);
  expect([gone, answers.bytes]).toEqual([[], 950]);
  neighbour.hold("text", 400);
  greedy[0]?.hold("text", 201);
  expect([gone, answers.bytes]).toEqual([["two host_full"], 751]);
  greedy[1]?.hold("line", 5_000);
  expect(answers.bytes).toBe(751);
});

it("what is sent, and lines that have ended, make room again", () => {
  const answers = new HeldAnswers(1_000);
  const gone: string[] = [];
  for (let nth = 0; nth < 10; nth += 1) {
    const answer = open(answers, "dep_1", String(nth), gone);
    answer.hold("line", 600);
    answer.hold("line", 0);
    answer.hold("text", 900);
    answer.release();
    answer.release();
  }
  expect([gone, answers.bytes]).toEqual([[], 0]);
});
