// The words of an agent's variables: values that are no secret, shared with the browser.
import { z } from "zod";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { Moment } from "~/server/zod-shapes";

export const variableValueBytesMax = 4_096;
export const variablesMax = 100;

/** The same rules as for a secret's name: an agent reads both from one place. */
export const VariableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, "Use capital letters, digits and underscores, for example LOG_LEVEL.");

export const SetVariableInput = AgentIdInput.extend({
  name: VariableName,
  value: z
    .string()
    .min(1, "A variable needs a value. To take it away, unset it.")
    .refine((text) => new TextEncoder().encode(text).length <= variableValueBytesMax, "A value has at most 4 KiB.")
    .refine((text) => !text.includes("\0"), "A value cannot hold the character NUL."),
});
export type SetVariableInput = z.infer<typeof SetVariableInput>;

export const UnsetVariableInput = AgentIdInput.extend({ name: VariableName });
export type UnsetVariableInput = z.infer<typeof UnsetVariableInput>;

export const VariableItem = z.object({
  name: z.string(),
  value: z.string(),
  version: z.number(),
  /** Named by the manifest of the newest bundle: one that no manifest names reaches no agent. */
  isNamed: z.boolean(),
  /** The live deployment was given another value than the one set now: a redeploy brings it up to date. */
  isStale: z.boolean(),
  updatedBy: z.string().nullable(),
  updatedAt: Moment,
});
export type VariableItem = z.infer<typeof VariableItem>;

export const VariableList = z.object({ items: z.array(VariableItem) });
