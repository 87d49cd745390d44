// What the classes of errors mean, and how far back one looks for them.
import type { InvocationItem } from "~/server/invocations/invocations.contract";

export type ErrorClass = NonNullable<InvocationItem["errorClass"]>;

export const errorWords: Record<ErrorClass, { word: string; meaning: string }> = {
  runtime: { word: "Runtime", meaning: "The agent threw, ran out of time, or its process ended." },
  limit: { word: "Limit", meaning: "A cap of the plan, of the key or of the agent refused it." },
  auth: { word: "Access", meaning: "The caller lost the right to it while it ran." },
  tool: { word: "Tool", meaning: "A tool that the agent used failed." },
  unknown: { word: "Other", meaning: "Something else went wrong." },
};

export const errorClasses = Object.keys(errorWords) as ErrorClass[];

export const lookBacks = [
  { hours: 1, word: "1 hour" },
  { hours: 24, word: "24 hours" },
  { hours: 168, word: "7 days" },
  { hours: null, word: "All kept" },
] as const;

export type LookBack = (typeof lookBacks)[number];

export type ErrorSearch = { errorClass: ErrorClass | null; lookBack: LookBack };

/** As an address asks for it; what it does not know counts as not asked. */
export function errorSearchOf(query: URLSearchParams): ErrorSearch {
  const hours = query.get("hours");
  return {
    errorClass: errorClasses.find((name) => name === query.get("class")) ?? null,
    lookBack: lookBacks.find((one) => String(one.hours) === hours) ?? lookBacks[lookBacks.length - 1] ?? lookBacks[0],
  };
}
