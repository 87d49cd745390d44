// What the house and a script at Cloudflare know of each other: the bindings it is given and the three things it answers.
import type { HostInvocation, HostLogLine, Placement } from "./host-protocol";

/** The binding `placed`. No secret is in it: whoever may read the account's settings can read it. */
export type PlacedScript = Pick<Placement, "deploymentId" | "agentId" | "workspaceId" | "userId" | "version" | "moduleSha256"> & {
  /** Differs with every upload, so that it shows which one answers. */
  revision: string;
  networkAllow?: string[];
  /** Which of its values are secrets, and masked. */
  secretNames: string[];
  /** name → version of each secret that it was given. */
  secretVersions: Record<string, number>;
  /** Versions of the agent share one store of sessions, which is a script of its own. */
  sharesSessions: boolean;
  telemetryUrl: string;
};

/** `POST /invoke`, answered with agent frames. */
export type ScriptCall = { call: HostInvocation; eventId: string };

/** `GET /state` */
export type ScriptState = Pick<PlacedScript, "deploymentId" | "moduleSha256" | "revision" | "secretVersions">;

/** `GET /logs?limit=` */
export type ScriptLogs = { lines: HostLogLine[] };

export const scriptPaths = { invoke: "/invoke", state: "/state", logs: "/logs" } as const;
