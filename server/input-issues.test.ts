// A refused input names its fields in sentences.
import { expect, test } from "vitest";
import { z } from "zod";
import { InvokeRequest } from "~/runtime/contract/invoke";
import { firstLine, inputIssues } from "./input-issues";

test.each<[string, z.ZodType, unknown, string]>([
  ["a missing text", z.object({ name: z.string() }), {}, "name: This is missing."],
  ["a number for a text", z.object({ name: z.string() }), { name: 5 }, "name: This must be a text."],
  ["a list for an object", z.object({}), [], "This must be an object."],
  ["half a number", z.object({ steps: z.number().int() }), { steps: 1.5 }, "steps: This must be a whole number."],
  ["a number too large", z.object({ limit: z.number().max(100) }), { limit: 1000 }, "limit: Give at most 100."],
  ["an empty text", z.object({ a: z.string().min(1) }), { a: "" }, "a: This must not be empty."],
  ["a long list", z.object({ a: z.array(z.number()).max(2) }), { a: [1, 2, 3] }, "a: Give at most 2 entries."],
  ["a word that is none of them", z.object({ a: z.enum(["x", "y"]) }), { a: "z" }, 'a: This must be one of "x", "y".'],
  ["the only word", z.object({ a: z.literal("x") }), { a: "z" }, 'a: This must be "x".'],
  [
    "an unknown key, named in the path",
    z.strictObject({ a: z.strictObject({}) }),
    { a: { b: 1 } },
    "a.b: This key is not known. Remove it.",
  ],
  ["the schema's own words", z.object({ a: z.string().min(1, "Say something.") }), { a: "" }, "a: Say something."],
  ["no form of a call", InvokeRequest, { input: {} }, "input: messages: This is missing, or prompt: This is missing."],
  ["the nearest form of a call", InvokeRequest, { input: { prompt: 5 } }, "input.prompt: This must be a text."],
  [
    "deep in a list",
    InvokeRequest,
    { input: { messages: [{ role: "me", content: "x" }] } },
    'input.messages.0.role: This must be one of "system", "user", "assistant", "tool".',
  ],
])("says plainly what is wrong: %s", (_what, schema, input, line) => {
  const parsed = schema.safeParse(input);
  expect(parsed.success).toBe(false);
  expect(firstLine(inputIssues(parsed.error ?? new z.ZodError([])), "")).toBe(line);
});

test("names twenty issues at most", () => {
  const wrong = z.array(z.string()).safeParse(Array.from({ length: 50 }, () => 1));
  expect(inputIssues(wrong.error ?? new z.ZodError([]))).toHaveLength(20);
});
