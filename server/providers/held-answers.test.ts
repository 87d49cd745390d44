// What is gathered of answers stays within one bound, a workspace's within half of it, and a neighbour that holds little loses nothing.
import { expect, it } from "vitest";
import { HeldAnswers } from "./held-answers";

const roomOf = (bytes: number) => {
  const answers = new HeldAnswers(bytes);
  const gone: string[] = [];
  const open = (workspaceId: string, name: string) =>
    answers.open(workspaceId, ({ code, retryable, details }) => void gone.push(`${name} ${code} ${retryable} ${details.reason}`));
  return { answers, gone, open };
};
const given = (name: string) => `${name} RUNTIME_ERROR true answer_given_up`;

it("one workspace alone has half of it: then its largest answer gives way", () => {
  const { answers, gone, open } = roomOf(1_000);
  const [one, two] = [open("wks_a", "one"), open("wks_a", "two")];
  one.hold("text", 200);
  two.hold("text", 200);
  two.hold("line", 100);
  expect([gone, answers.bytes]).toEqual([[], 500]);
  one.hold("session", 1);
  expect([gone, answers.bytes]).toEqual([[given("two")], 201]);
  two.hold("text", 5_000);
  expect([gone.length, answers.bytes]).toEqual([1, 201]);
  one.hold("text", 501);
  expect([gone, answers.bytes]).toEqual([[given("two"), given("one")], 0]);
});

it("of all workspaces the one that holds most gives way, whoever asked for more", () => {
  const { answers, gone, open } = roomOf(1_000);
  const large = ["a", "b"].map((name) => open(`wks_${name}`, name));
  large[0]?.hold("text", 450);
  large[1]?.hold("text", 440);
  const small = open("wks_c", "c");
  small.hold("text", 110);
  expect([gone, answers.bytes]).toEqual([[], 1_000]);
  small.hold("text", 111);
  expect([gone, answers.bytes]).toEqual([[given("a")], 551]);
});

it("a whole answer is not begun while three quarters of a workspace's share are held, and its neighbours' are", () => {
  const { answers, open } = roomOf(1_000);
  const held = open("wks_a", "one");
  held.hold("text", 375);
  answers.assertRoom("wks_a");
  held.hold("text", 376);
  expect(() => answers.assertRoom("wks_a")).toThrow(
    expect.objectContaining({ code: "RATE_LIMITED", retryable: true, details: { reason: "gateway_full", retryAfterSeconds: 1 } }),
  );
  answers.assertRoom("wks_b");
  held.release();
  answers.assertRoom("wks_a");
});

it("what is handed over, and lines that have ended, make room again", () => {
  const { answers, gone, open } = roomOf(1_000);
  for (let nth = 0; nth < 10; nth += 1) {
    const answer = open("wks_a", String(nth));
    answer.hold("line", 400);
    answer.hold("line", 0);
    answer.hold("text", 450);
    answer.release();
    answer.release();
    answer.hold("text", 450);
  }
  expect([gone, answers.bytes]).toEqual([[], 0]);
});

it("a thousand random holds of five workspaces never pass the bounds, and nothing is left at the end", () => {
  const bound = 10_000;
  const { answers, open } = roomOf(bound);
  let seed = 7;
  const draw = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const calls = Array.from({ length: 50 }, (_, nth) => ({ of: nth % 5, held: open(`wks_${nth % 5}`, String(nth)) }));
  for (let step = 0; step < 1_000; step += 1) {
    const call = calls[draw(calls.length)];
    call?.held.hold(draw(2) === 0 ? "text" : "line", draw(900));
    expect(answers.bytes).toBeLessThanOrEqual(bound);
  }
  for (const { held } of calls) held.release();
  expect(answers.bytes).toBe(0);
});
