// The typed client for the few acts that no form can do: asking the browser for a passkey. Loaded when it is needed.
import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "~/server/router";

export function accountApi() {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: "/trpc", transformer: superjson })] });
}

/** What went wrong, for people; `reason` is the closed word for programs. */
export function failureOf(thrown: unknown): { message: string; reason: string | null } {
  if (!(thrown instanceof TRPCClientError)) return { message: "The browser broke this off. Try again.", reason: null };
  const data: unknown = thrown.data;
  const details = isRecord(data) && isRecord(data["details"]) ? data["details"] : {};
  return { message: thrown.message, reason: typeof details["reason"] === "string" ? details["reason"] : null };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
