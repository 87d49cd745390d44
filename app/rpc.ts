// What a procedure threw, as Remix understands it: a redirect to sign in, a status page, or errors at the fields of a form.
import { data, redirect } from "@remix-run/node";
import type { ErrorCode, ErrorDetails } from "~/server/errors";
import { paths } from "./paths";

type Place = { request: Request; context: { traceId: string } };

export type StatusPage = { code: ErrorCode; message: string; reason: string | null; traceId: string; retryable: boolean };

export type FormProblem = {
  /** Said at the top of the form. */
  message: string;
  /** Field name → what is wrong there. */
  fields: Record<string, string>;
  reason?: string;
  retryAfterSeconds?: number;
  traceId: string;
};

/** For loaders: the answer, or a thrown redirect or status page. */
export async function load<Answer>(place: Place, run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (thrown) {
    throw toPage(thrown, place);
  }
}

/** For actions: null when all went well, else what to show in the form. Signed-out people are sent to sign in. */
export async function submit(place: Place, run: () => Promise<unknown>): Promise<FormProblem | null> {
  try {
    await run();
    return null;
  } catch (thrown) {
    const failure = failureOf(thrown);
    const isForPage = failure?.code === "UNAUTHENTICATED" || failure?.code === "NOT_FOUND" || wantsProof(failure);
    if (!failure || isForPage) throw toPage(thrown, place);
    return toProblem(failure, place.context.traceId);
  }
}

const statuses: Record<ErrorCode, number> = {
  INVALID_REQUEST: 400,
  UNAUTHENTICATED: 401,
  LIMIT_EXCEEDED: 402,
  UNAUTHORIZED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  DEPLOYMENT_FAILED: 502,
  RUNTIME_ERROR: 502,
};

type Failure = { code: ErrorCode; message: string; details: ErrorDetails; retryable: boolean };

/** The house's own error inside what the caller threw; null for anything else, such as a redirect. */
function failureOf(thrown: unknown): Failure | null {
  const inner = thrown instanceof Error && isFailure(thrown.cause) ? thrown.cause : thrown;
  return isFailure(inner) ? inner : null;
}

/** A dangerous act that wants the person to show again who they are; the page asks, and leads back. */
function wantsProof(failure: Failure | null): boolean {
  return failure?.details.reason === "step_up_required";
}

function isFailure(value: unknown): value is Failure {
  return value instanceof Error && "code" in value && "details" in value && String(value.code) in statuses;
}

function toPage(thrown: unknown, { request, context }: Place): unknown {
  const failure = failureOf(thrown);
  if (!failure) return thrown;
  if (failure.code === "UNAUTHENTICATED") return redirect(paths.signIn(returnPlace(request)));
  if (wantsProof(failure)) return redirect(paths.confirm(returnPlace(request)));
  const page: StatusPage = {
    code: failure.code,
    message: failure.message,
    reason: failure.details.reason ?? null,
    traceId: context.traceId,
    retryable: failure.retryable,
  };
  return data(page, { status: statuses[failure.code] });
}

function returnPlace(request: Request): string {
  const url = new URL(request.url);
  return request.method === "GET" ? url.pathname.replace(/\.data$/, "") + withoutRouteNames(url) : url.pathname;
}

function withoutRouteNames(url: URL): string {
  url.searchParams.delete("_routes");
  return url.search;
}

function toProblem(failure: Failure, traceId: string): FormProblem {
  const { issues = [], reason, retryAfterSeconds } = failure.details;
  const fields: Record<string, string> = {};
  for (const issue of issues) fields[issue.path.split(".").at(-1) ?? ""] ??= issue.message;
  return {
    message: issues.length > 1 ? `${issues.length} fields need another look.` : (issues[0]?.message ?? failure.message),
    fields,
    ...(reason ? { reason } : {}),
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
    traceId,
  };
}

/** For pages that also greet strangers: null when nobody is signed in. */
export async function unlessSignedOut<Answer>(run: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await run();
  } catch (thrown) {
    if (failureOf(thrown)?.code === "UNAUTHENTICATED") return null;
    throw thrown;
  }
}

/** For a part of a page that not everybody may see: null when the caller may not. */
export async function unlessForbidden<Answer>(run: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await run();
  } catch (thrown) {
    if (failureOf(thrown)?.code === "UNAUTHORIZED") return null;
    throw thrown;
  }
}

/** What an action answers when its form has to be shown again: the problem, its status, and what was typed (never a secret). */
export function formAgain<Values extends Record<string, string>>(problem: FormProblem, values: Values) {
  return data({ problem, values }, { status: problem.retryAfterSeconds ? 429 : 400 });
}
