// The error codes and their place on HTTP, from the one table that maps them.
import { errorTable } from "~/server/errors";

export function renderErrorTable(): string {
  const rows = Object.entries(errorTable).map(([code, { status, trpc }]) => `| \`${code}\` | ${status} | \`${trpc}\` |`);
  return ["| code | HTTP status | tRPC code |", "|---|---|---|", ...rows].join("\n");
}
