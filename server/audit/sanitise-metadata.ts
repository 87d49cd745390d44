// What may be written into an audit record: facts, never credentials or contents (MISSION F6, J1).
import { redactText } from "~/server/redaction/redact-text";
import { isSensitiveField } from "~/server/redaction/sensitive-fields";
import { toStorableText } from "~/server/storable-text";

export type AuditMetadata = Record<string, unknown>;

const depthMax = 4;
const fieldsMax = 30;
const textCharactersMax = 500;
const credentialCharactersMax = 20_000;

/**
 * Drops fields with sensitive names, masks token shapes, cuts what is long or deep. What remains reads back from PostgreSQL
 * exactly as it was written, because the entry's hash is taken of it.
 */
export function sanitiseMetadata(metadata: AuditMetadata): AuditMetadata {
  return sanitiseFields(metadata, 0);
}

function sanitiseFields(fields: object, depth: number): AuditMetadata {
  const kept = Object.entries(fields).filter(([name, field]) => field !== undefined && !isSensitiveField(name));
  return Object.fromEntries(kept.slice(0, fieldsMax).map(([name, field]) => [clean(name), sanitise(field, depth + 1)]));
}

function sanitise(value: unknown, depth: number): unknown {
  if (typeof value === "string") return clean(value);
  if (typeof value === "boolean" || value === null) return value;
  // Adding zero turns -0, which JSON cannot say, into 0.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (value instanceof Date) return Number.isFinite(value.getTime()) ? value.toISOString() : null;
  if (depth >= depthMax || typeof value !== "object") return null;
  if (Array.isArray(value)) return value.slice(0, fieldsMax).map((entry) => sanitise(entry, depth + 1));
  return sanitiseFields(value, depth);
}

/** Redacted before it is cut: half a credential is not known for one. */
function clean(text: string): string {
  return toStorableText(redactText(text.slice(0, textCharactersMax + credentialCharactersMax)).slice(0, textCharactersMax));
}
