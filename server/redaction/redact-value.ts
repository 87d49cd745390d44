// Redacts a whole value for logs: by field name and by shape, to a bounded depth and size; errors keep what is safe of them.
import { redacted, redactText } from "./redact-text";
import { isSensitiveField } from "./sensitive-fields";

const depthMax = 6;
const fieldsMax = 100;
const textCharactersMax = 8_000;

/** A copy that may be written down. Cycles end at the depth limit; long texts and lists are cut, and say so. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(cut(value));
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth >= depthMax) return "[too deep]";
  if (value instanceof Date) return value;
  if (value instanceof Error) return redactError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return redactList(value, depth);
  return redactFields(value, depth);
}

function redactFields(value: object, depth: number): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value).slice(0, fieldsMax)) {
    const isShown = field === null || field === undefined || !isSensitiveField(name);
    safe[redactText(name)] = isShown ? redactValue(field, depth + 1) : redacted;
  }
  return safe;
}

function redactList(list: readonly unknown[], depth: number): unknown[] {
  const safe = list.slice(0, fieldsMax).map((entry) => redactValue(entry, depth + 1));
  return list.length > fieldsMax ? [...safe, `[${list.length - fieldsMax} more]`] : safe;
}

/** Only what errors are made of: drivers hang whole queries, requests and rows on theirs. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const { code, status } = error as { code?: unknown; status?: unknown };
  return {
    type: error.name,
    message: redactText(cut(error.message)),
    stack: redactText(cut(error.stack ?? "")),
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof status === "number" ? { status } : {}),
    ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1) }),
  };
}

function cut(text: string): string {
  return text.length <= textCharactersMax
    ? text
    : `${text.slice(0, textCharactersMax)}… [${text.length - textCharactersMax} more]`;
}
