// What may be written into an audit record: facts, never credentials or contents (MISSION F6, J1).
import { redactText } from "~/server/redaction/redact-text";
import { isSensitiveField } from "~/server/redaction/sensitive-fields";

export type AuditMetadata = Record<string, unknown>;

const depthMax = 4;
const fieldsMax = 30;
const textCharactersMax = 500;

/** Drops fields with sensitive names, masks token shapes, cuts what is long or deep. */
export function sanitiseMetadata(metadata: AuditMetadata): AuditMetadata {
  return sanitiseFields(metadata, 0);
}

function sanitiseFields(fields: object, depth: number): AuditMetadata {
  const kept = Object.entries(fields).filter(([name, field]) => field !== undefined && !isSensitiveField(name));
  return Object.fromEntries(kept.slice(0, fieldsMax).map(([name, field]) => [redactText(name), sanitise(field, depth + 1)]));
}

function sanitise(value: unknown, depth: number): unknown {
  if (typeof value === "string") return redactText(value.slice(0, textCharactersMax)).replaceAll("\u0000", "");
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value instanceof Date) return value.toISOString();
  if (depth >= depthMax || typeof value !== "object") return null;
  if (Array.isArray(value)) return value.slice(0, fieldsMax).map((entry) => sanitise(entry, depth + 1));
  return sanitiseFields(value, depth);
}
