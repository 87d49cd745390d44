// The one way an action reads a form: its fields, after this browser's CSRF token was proven.
import type { ActionFunctionArgs } from "@remix-run/node";
import { load } from "./rpc";

/** Text fields only; a field that is absent or a file reads as "". */
export type FormFields = { text: (name: string) => string; entries: () => [string, string][] };

export async function formOf({ request, context }: Pick<ActionFunctionArgs, "request" | "context">): Promise<FormFields> {
  const form = await request.formData();
  await load({ request, context }, async () => context.acceptForm(form));
  return {
    text: (name) => textOf(form.get(name)),
    entries: () => [...form.entries()].map(([name, value]) => [name, textOf(value)]),
  };
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === "string" ? value : "";
}
