// What the host answers when it cannot do what it was asked; the house turns it into its own error, code for code.
import { hostStopping } from "~/runtime/contract/host-stop";

const statuses = {
  INVALID_REQUEST: 400,
  UNAUTHENTICATED: 401,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  INTERNAL: 500,
  RUNTIME_ERROR: 502,
} as const;

export type HostErrorCode = keyof typeof statuses;

export type HostErrorDetails = { timedOut?: boolean; reason?: string };

/** Safe to show: no secret, no path of this machine. `retryable` is true only when the same call may succeed. */
export class HostError extends Error {
  constructor(
    readonly code: HostErrorCode,
    message: string,
    readonly options: { retryable?: boolean; details?: HostErrorDetails; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "HostError";
  }

  get retryable(): boolean {
    return this.options.retryable ?? false;
  }

  /** A call that ran out of time is 504. */
  get status(): number {
    return this.options.details?.timedOut ? 504 : statuses[this.code];
  }

  toBody(): { error: { code: HostErrorCode; message: string; retryable: boolean; details?: HostErrorDetails } } {
    const { details } = this.options;
    return { error: { code: this.code, message: this.message, retryable: this.retryable, ...(details ? { details } : {}) } };
  }
}

/** Nothing was begun. */
export function stopping(): HostError {
  return new HostError("RUNTIME_ERROR", "The agent host is stopping. Try again in a moment.", {
    retryable: true,
    details: { reason: hostStopping },
  });
}

export function toHostError(thrown: unknown): HostError {
  if (thrown instanceof HostError) return thrown;
  return new HostError("INTERNAL", "The agent host failed. Try again.", { retryable: true, cause: thrown });
}
