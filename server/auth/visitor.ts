// The facts of a request that come with anybody, proven or not: for the audit log, the session list and rate limits.

export type Visitor = { traceId: string; ipAddress: string | null; userAgent: string | null };
