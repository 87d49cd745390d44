// What Cloudflare answered, as our own error: safe words that say what to do, and a true `retryable`. What it said itself goes nowhere: it may repeat what it was sent.
import { AppError, type ErrorCode } from "~/server/errors";

export type VendorCode = Extract<ErrorCode, "DEPLOYMENT_FAILED" | "RUNTIME_ERROR">;

/** What went wrong with one request to the API. `codes` are Cloudflare's own numbers. */
export type VendorTrouble = { status: number | null; codes: number[]; words: string; retryAfterMs: number | null };

/** Codes of the upload: what is wrong is the script, and its author can mend it. */
const scriptCodes: Record<number, string> = {
  10021: "The agent could not be started.",
  10027:
    "The built agent is larger than Cloudflare takes: 10 MB compressed, 3 MB on its free plan. Leave large data out of the code.",
};
/** They are masked before they are cut to what people read. */
const wordsMax = 64_000;

/** Reads what the SDK threw, by its shape: its classes are loaded only when Cloudflare is configured. */
export function troubleOf(thrown: unknown): VendorTrouble {
  const error = thrown as { status?: unknown; errors?: unknown; headers?: unknown };
  const status = typeof error?.status === "number" ? error.status : null;
  const listed = Array.isArray(error?.errors) ? (error.errors as { code?: unknown; message?: unknown }[]) : [];
  return {
    status,
    codes: listed.flatMap(({ code }) => (typeof code === "number" ? [code] : [])),
    words: listed
      .flatMap(({ message }) => (typeof message === "string" ? [message] : []))
      .join("; ")
      .slice(0, wordsMax),
    retryAfterMs: retryAfterOf(error?.headers),
  };
}

function retryAfterOf(headers: unknown): number | null {
  const seconds = headers instanceof Headers ? Number(headers.get("retry-after") ?? Number.NaN) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

/** No status means that no answer came, or one that could not be read. */
export function isPassing({ status, codes }: VendorTrouble): boolean {
  if (codes.some((code) => code in scriptCodes)) return false;
  return status === null || status === 408 || status === 409 || status === 429 || status >= 500;
}

export function explainTrouble(trouble: VendorTrouble, code: VendorCode): AppError {
  const { status, codes } = trouble;
  const cause = new Error(`Cloudflare answered ${status ?? "nothing that could be read"} ${codes.join(", ")}`.trim());
  const script = trouble.codes.find((known) => known in scriptCodes);
  if (script !== undefined) {
    const said = script === 10021 ? ` ${trouble.words.replace(/^Uncaught /, "").split("\n", 1)[0] ?? ""}` : "";
    return new AppError("DEPLOYMENT_FAILED", `${scriptCodes[script]}${said}`, { details: { reason: "script_refused" }, cause });
  }
  const say = (message: string, reason: string, retryable: boolean) =>
    new AppError(code, message, { details: { reason }, retryable, cause });
  if (status === 401 || status === 403) return say(refused, "provider_credentials", false);
  if (status === 404) return say("Cloudflare does not know what was asked for. Deploy the agent again.", "not_placed", false);
  if (status === 429)
    return say("Cloudflare asks for a pause: too many requests. Try again in a few minutes.", "provider_throttled", true);
  if (isPassing(trouble))
    return say("Cloudflare does not answer as it should just now. Try again in a moment.", "provider_unavailable", true);
  return say(
    "Cloudflare refused the request as it was made. This is for the operator, who finds it in the log.",
    "provider_refused",
    false,
  );
}

const refused =
  "Cloudflare refuses this installation's credentials. The operator has to check CLOUDFLARE_API_TOKEN and its permissions.";
