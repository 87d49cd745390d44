// What zod found wrong with an input, as sentences for whoever sent it: which field, and what would be right there.
import { type ZodError, z } from "zod";
import type { ErrorIssue } from "~/server/errors";

type RawIssue = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

const issuesMax = 20;

// For every schema of this program; a message that a schema brings itself wins.
z.config({ customError: sentenceOf });

/** At most twenty; an unknown key has the key in its path, and of a union the nearest form is judged. */
export function inputIssues(error: ZodError): ErrorIssue[] {
  return error.issues.flatMap((issue) => flatten(issue, [])).slice(0, issuesMax);
}

/** The first issue as one line: `name: This is missing.` */
export function firstLine(issues: readonly ErrorIssue[], otherwise: string): string {
  const first = issues[0];
  if (!first) return otherwise;
  return first.path ? `${first.path}: ${first.message}` : first.message;
}

function flatten(issue: Issue, around: PropertyKey[]): ErrorIssue[] {
  const place = [...around, ...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...place, key].join("."), message: "This key is not known. Remove it." }));
  const nearest = issue.code === "invalid_union" ? nearestForm(issue.errors, place) : null;
  return nearest ?? [{ path: place.join("."), message: issue.message }];
}

/** Null when no form stands out: then the union itself says that none fits. */
function nearestForm(forms: readonly Issue[][], place: PropertyKey[]): ErrorIssue[] | null {
  const [first, second] = forms.filter((form) => form.length > 0).sort((one, other) => one.length - other.length);
  if (!first || (second && second.length === first.length)) return null;
  return first.flatMap((issue) => flatten(issue, place));
}

function sentenceOf(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "This is missing." : `This must be ${nounOf(issue.expected)}.`;
    case "invalid_value":
      return `This must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map((value) => JSON.stringify(value)).join(", ")}.`;
    case "too_small":
      return isEmpty(issue) ? "This must not be empty." : `Give at least ${amountOf(issue.minimum, issue.origin)}.`;
    case "too_big":
      return `Give at most ${amountOf(issue.maximum, issue.origin)}.`;
    case "invalid_union":
      return formsOf(issue.errors);
    default:
      return undefined;
  }
}

function isEmpty(issue: { minimum: number | bigint; origin: string }): boolean {
  return Number(issue.minimum) === 1 && issue.origin in units;
}

const nouns: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  date: "a moment",
};

function nounOf(expected: string): string {
  return nouns[expected] ?? `of type ${expected}`;
}

const units: Record<string, string> = { string: "character", array: "entry", set: "entry" };

function amountOf(limit: number | bigint, origin: string): string {
  const unit = units[origin];
  if (!unit) return String(limit);
  return `${limit} ${Number(limit) === 1 ? unit : unit.replace(/y$/, "ie").concat("s")}`;
}

/** What each form of a union would have needed first. */
function formsOf(forms: readonly Issue[][]): string {
  const needs = forms.flatMap((form) => form.flatMap((issue) => flatten(issue, [])).slice(0, 1));
  const lines = [...new Set(needs.map(({ path, message }) => (path ? `${path}: ${message}` : message)))];
  if (lines.length === 0) return "This fits none of the accepted forms.";
  return lines
    .map((line) => line.replace(/\.$/, ""))
    .join(", or ")
    .concat(".");
}
