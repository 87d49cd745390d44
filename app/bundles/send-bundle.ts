// Sends a zip through the upload door, telling how far it is (XMLHttpRequest: fetch cannot tell).
import { paths } from "~/app/paths";

export type Sending = {
  workspaceId: string;
  fileName: string;
  zip: Blob;
  onProgress: (sentShare: number) => void;
  signal: AbortSignal;
};

export type SendingProblem = { message: string; issues: { path: string; message: string }[]; traceId: string | null };

export class SendingError extends Error {
  constructor(readonly problem: SendingProblem) {
    super(problem.message);
    this.name = "SendingError";
  }
}

const timeoutMs = 300_000;

/** The id of the accepted upload. Throws {@link SendingError}. */
export function sendBundle({ workspaceId, fileName, zip, onProgress, signal }: Sending): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (message: string) => () => reject(new SendingError({ message, issues: [], traceId: null }));
    request.open("POST", paths.uploadDoor());
    request.timeout = timeoutMs;
    request.setRequestHeader("content-type", "application/zip");
    request.setRequestHeader("x-workspace-id", workspaceId);
    request.setRequestHeader("x-file-name", encodeURIComponent(fileName));
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => settle(request, resolve, reject);
    request.onerror = fail(
      "The connection broke before the bundle had arrived. Check the network and that the zip is no larger than your plan allows, then drop it again.",
    );
    request.ontimeout = fail("The upload took longer than five minutes and was given up.");
    request.onabort = fail("The upload was stopped.");
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(zip);
  });
}

function settle(request: XMLHttpRequest, resolve: (uploadId: string) => void, reject: (reason: SendingError) => void): void {
  const answer = parsed(request.responseText);
  if (request.status === 201 && typeof answer?.["uploadId"] === "string") resolve(answer["uploadId"]);
  else reject(new SendingError(problemOf(request, answer)));
}

function problemOf(request: XMLHttpRequest, answer: Record<string, unknown> | null): SendingProblem {
  const error = answer?.["error"] as { message?: string; details?: { issues?: SendingProblem["issues"] } } | undefined;
  return {
    message: error?.message ?? `The upload door answered ${request.status} in words we do not know. Try again.`,
    issues: error?.details?.issues ?? [],
    traceId: request.getResponseHeader("x-trace-id"),
  };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
