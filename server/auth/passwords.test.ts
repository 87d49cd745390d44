// Passwords: the cost is real, nobody's hash costs the same, and a crowd waits in line instead of taking the machine.
import { compare } from "@node-rs/bcrypt";
import { describe, expect, it } from "vitest";
import { hashPassword, passwordMatches } from "./passwords";

describe("a password", () => {
  it("is hashed with bcrypt of cost 12 and a salt of its own", async () => {
    const [first, second] = [await hashPassword("correct horse"), await hashPassword("correct horse")];
    expect(first).toMatch(/^\$2[aby]\$12\$/);
    expect(first).not.toBe(second);
    expect(await compare("correct horse", first)).toBe(true);
    expect(await passwordMatches("correct horse", first)).toBe(true);
    expect(await passwordMatches("correct horsf", first)).toBe(false);
  });

  it("of an account that has none matches nothing", async () => {
    for (const guess of ["", "password", "null", "undefined"]) expect(await passwordMatches(guess, null)).toBe(false);
  });
});

describe("a crowd", () => {
  it("beyond the line is told to come back, and the line then still moves", async () => {
    // Cost 4 keeps a full line short; the line counts people, not work.
    const cheap = "$2b$04$abcdefghijklmnopqrstuuO4vI6qKcYxkz3tPjMVq0Oa0p3p6K2eW";
    const outcomes = await Promise.allSettled(Array.from({ length: 150 }, () => passwordMatches("x", cheap)));
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).toHaveLength(48);
    expect(refused[0]).toMatchObject({ reason: { code: "RATE_LIMITED", details: { retryAfterSeconds: 5 } } });
    expect(await passwordMatches("x", cheap)).toBe(false);
  });
});
