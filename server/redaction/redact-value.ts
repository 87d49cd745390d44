// Redacts a whole value for logs: by field name and by shape, to a bounded depth and size; errors keep what is safe of them.
import { redacted, redactText } from "./redact-text";
import { isSensitiveField } from "./sensitive-fields";

const depthMax = 6;
const fieldsMax = 100;
const textCharactersMax = 8_000;
/** The longest credential that could begin just before a cut. */
const credentialCharactersMax = 20_000;

/** A copy that may be written down. Cycles end at the depth limit; long texts and lists are cut, and say so. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth >= depthMax) return "[too deep]";
  if (value instanceof Date) return value;
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof URL) return cleanText(value.href);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return redactList(value, depth);
  if (value instanceof Set) return redactList([...value], depth);
  return redactFields(value instanceof Map || value instanceof Headers ? [...value] : Object.entries(value), depth);
}

function redactFields(fields: [unknown, unknown][], depth: number): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [key, field] of fields.slice(0, fieldsMax)) {
    const name = cleanText(String(key));
    const isShown = field === null || field === undefined || !isSensitiveField(name);
    safe[name] = isShown ? redactValue(field, depth + 1) : redacted;
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
    type: cleanText(error.name),
    message: cleanText(error.message),
    stack: cleanText(error.stack ?? ""),
    ...(typeof code === "string" ? { code: cleanText(code) } : {}),
    ...(typeof status === "number" ? { status } : {}),
    ...(error instanceof AggregateError ? { errors: redactValue(error.errors, depth + 1) } : {}),
    ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1) }),
  };
}

/** Redacted before it is cut: half a credential is not known for one. */
function cleanText(text: string): string {
  const safe = redactText(text.slice(0, textCharactersMax + credentialCharactersMax));
  const left = text.length - textCharactersMax;
  return left <= 0 ? safe : `${safe.slice(0, textCharactersMax)}… [${left} more]`;
}
