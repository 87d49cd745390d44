// What a script is uploaded with: bindings, objects, limits and tags (developers.cloudflare.com, "Multipart upload metadata").
import { createHash } from "node:crypto";
import type { LaunchGrant, Placement } from "~/runtime/contract/host-protocol";
import type { PlacedScript } from "~/runtime/contract/placed-script";

export type ScriptBinding = { type: string; name: string; [field: string]: unknown };

export type ScriptMetadata = {
  main_module: string;
  compatibility_date: string;
  compatibility_flags: string[];
  bindings: ScriptBinding[];
  tags: string[];
  limits?: { cpu_ms: number };
  migrations?: { new_tag: string; new_sqlite_classes: string[] };
  observability: { enabled: boolean };
};

export type BindingParts = {
  placed: PlacedScript;
  grant: Pick<LaunchGrant, "env" | "variables" | "telemetryKey">;
  callKey: Buffer;
  /** The script that keeps the sessions; null: this one. */
  sessionsScript: string | null;
  dispatchNamespace: string | null;
};

export const moduleName = "agent.js";
/** The same date and flags as workerd has on the embedded runtime. */
export const runtimeSettings = { compatibility_date: "2026-11-01", compatibility_flags: ["enable_request_signal"] };
/** Cloudflare's most for one call. */
const cpuMsMax = 300_000;

/** Keys are bound as keys that cannot be read back: the one for calls can only verify, the one for telemetry only sign. */
export function bindingsOf({ placed, grant, callKey, sessionsScript, dispatchNamespace }: BindingParts): ScriptBinding[] {
  const elsewhere = sessionsScript === null ? {} : { script_name: sessionsScript };
  const namespace = sessionsScript === null || dispatchNamespace === null ? {} : { dispatch_namespace: dispatchNamespace };
  return [
    ...Object.entries(grant.env).map(([name, text]) => ({ type: "secret_text", name, text })),
    ...Object.entries(grant.variables ?? {}).map(([name, text]) => ({ type: "plain_text", name, text })),
    { type: "json", name: "placed", json: placed },
    hmacKey("invokeKey", callKey, "verify"),
    hmacKey("telemetryKey", Buffer.from(grant.telemetryKey, "hex"), "sign"),
    { type: "durable_object_namespace", name: "sessions", class_name: "SessionStore", ...elsewhere, ...namespace },
    { type: "durable_object_namespace", name: "logs", class_name: "LogStore" },
  ];
}

export function hmacKey(name: string, key: Buffer, usage: "sign" | "verify"): ScriptBinding {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return { type: "secret_key", name, format: "raw", algorithm, usages: [usage], key_base64: key.toString("base64") };
}

export function agentMetadata(placement: Placement, bindings: ScriptBinding[], tags: string[]): ScriptMetadata {
  const ownsSessions = placement.stateKey === placement.deploymentId;
  return {
    main_module: moduleName,
    ...runtimeSettings,
    bindings,
    tags,
    limits: { cpu_ms: Math.min(placement.cpuMs ?? placement.timeoutMs, cpuMsMax) },
    migrations: { new_tag: "v1", new_sqlite_classes: ownsSessions ? ["SessionStore", "LogStore"] : ["LogStore"] },
    observability: { enabled: false },
  };
}

/** Without the map, which is for our own build and would count against what Cloudflare takes. */
export function uploadedModule(code: string): string {
  const at = code.lastIndexOf("\n//# sourceMappingURL=data:application/json;base64,");
  return at < 0 ? code : code.slice(0, at + 1);
}

export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Where scripts report what a call used. */
export function telemetryUrlOf(publicUrl: URL): string {
  return new URL("/v1/telemetry/report", publicUrl).href;
}
