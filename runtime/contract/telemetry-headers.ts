// The headers of a telemetry report, apart from its shape: what runs beside agents sends them and must not carry a validator along.
export const telemetryHeaders = {
  deploymentId: "x-telemetry-deployment-id",
  /** `v1=<hex HMAC-SHA256(raw body)>` */
  signature: "x-telemetry-signature",
} as const;
