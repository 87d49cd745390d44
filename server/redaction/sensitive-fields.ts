// Which field names hold things that must not be written down, whatever their value looks like (MISSION F6).

/** Compared in lower case without `-`, `_` and spaces. */
const exactNames = new Set([
  "auth",
  "body",
  "content",
  "cookies",
  "credentials",
  "env",
  "messages",
  "pass",
  "pin",
  "prompt",
  "secrets",
  "signature",
  "value",
]);

const endings = [
  "apikey",
  "accesskey",
  "authorization",
  "bearer",
  "connectionstring",
  "cookie",
  "credential",
  "dsn",
  "encryptionkey",
  "otpauthurl",
  "passphrase",
  "passwd",
  "password",
  "passwordhash",
  "privatekey",
  "rawbody",
  "recoverycode",
  "recoverycodes",
  "requestbody",
  "responsebody",
  "rootkey",
  "secret",
  "secrethash",
  "secretkey",
  "signature",
  "signingkey",
  "smtpurl",
  "telemetrykey",
  "token",
  "tokenhash",
  "databaseurl",
  "redisurl",
  "signinurl",
];

/** Whether whatever stands in a field of this name is left out of logs, traces and audit records. */
export function isSensitiveField(name: string): boolean {
  const plain = name.toLowerCase().replace(/[-_\s]/g, "");
  return exactNames.has(plain) || endings.some((ending) => plain.endsWith(ending));
}
