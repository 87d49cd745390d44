// Which secrets a form carries, and whether any that must have a value is missing.
import type { FormFields } from "~/app/form-of";
import type { FormProblem } from "~/app/rpc";
import type { SecretItem } from "~/server/secrets/secrets.contract";

const fieldPrefix = "secret-";

export function secretFieldOf(name: string): string {
  return `${fieldPrefix}${name}`;
}

/** The filled-in ones. Empty fields mean "leave as it is". */
export function secretsOfForm(form: FormFields): { name: string; value: string }[] {
  return form
    .entries()
    .filter(([field, value]) => field.startsWith(fieldPrefix) && value !== "")
    .map(([field, value]) => ({ name: field.slice(fieldPrefix.length), value }));
}

type Wanted = { requiredKeys: string[]; given: { name: string }[]; known: Pick<SecretItem, "name" | "isSet">[]; traceId: string };

/** Said before anything is written, at the field that lacks it. */
export function missingSecretsProblem({ requiredKeys, given, known, traceId }: Wanted): FormProblem | null {
  const present = new Set([...given, ...known.filter((secret) => secret.isSet)].map((secret) => secret.name));
  const missing = requiredKeys.filter((name) => !present.has(name));
  if (missing.length === 0) return null;
  const fields = Object.fromEntries(
    missing.map((name) => [secretFieldOf(name), `${name} needs a value before this can be deployed.`]),
  );
  return {
    message: `${missing.join(", ")} ${missing.length === 1 ? "needs a value" : "need values"} before this can be deployed.`,
    fields,
    traceId,
  };
}
