// The form encoding of Stripe's API, `line_items[0][price]=…`, as the nested object that it means.

export type FormValue = string | FormValue[] | { [name: string]: FormValue };

export function parseFormBody(body: string): { [name: string]: FormValue } {
  const root: { [name: string]: FormValue } = {};
  for (const [name, value] of new URLSearchParams(body)) place(root, namesIn(name), value);
  return listed(root) as { [name: string]: FormValue };
}

function namesIn(name: string): string[] {
  const [first = "", ...rest] = name.split("[");
  return [first, ...rest.map((part) => part.replace(/\]$/, ""))];
}

function place(at: { [name: string]: FormValue }, [name = "", ...deeper]: string[], value: string): void {
  if (deeper.length === 0) {
    at[name] = value;
    return;
  }
  const inner = at[name];
  const next = typeof inner === "object" && !Array.isArray(inner) ? inner : {};
  at[name] = next;
  place(next, deeper, value);
}

/** Objects whose names are 0, 1, 2 … are lists. */
function listed(value: FormValue): FormValue {
  if (typeof value !== "object" || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, listed(inner)] as const);
  const isList = entries.length > 0 && entries.every(([name], place) => name === String(place));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
