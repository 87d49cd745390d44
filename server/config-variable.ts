// One variable of the environment: its shape, what it does, what holds without it, and whether it is a secret.
import type { z } from "zod";

export function variable<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  options: { secret?: boolean; byDefault?: string } = {},
) {
  return { schema, description, secret: options.secret ?? false, byDefault: options.byDefault ?? "" };
}
