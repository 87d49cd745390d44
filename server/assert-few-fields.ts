// Bodies of a great many fields are refused unread: to judge each of them by a schema takes a hundred times as long as to send it.
import { AppError } from "~/server/errors";

/** Far more than anything that is asked for here has. */
const fieldsMax = 5_000;

/** Throws `INVALID_REQUEST`. Looks no further than it must, and without recursion: the body comes from a stranger. */
export function assertFewFields(body: unknown): void {
  const waiting: object[] = isObject(body) ? [body] : [];
  let count = 0;
  while (waiting.length > 0) {
    const fields = Object.values(waiting.pop() ?? {});
    count += fields.length;
    if (count > fieldsMax) throw tooMany();
    waiting.push(...fields.filter(isObject));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function tooMany(): AppError {
  return new AppError("INVALID_REQUEST", `The body has more than ${fieldsMax} fields and entries. Send fewer at once.`, {
    details: { reason: "too_many_fields" },
  });
}
