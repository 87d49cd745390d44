// `npm run secrets -- list | rotate <NAME> | retire <NAME>`: changes the embedded installation's own secrets in secrets.env.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { keyIdOf, openAuditKey } from "~/server/audit/audit-key";
import { fingerprintOfKey, fingerprintOfRandom } from "~/server/credentials/list-credentials";
import { createLocalKey } from "~/server/vault/local-key";
import { assertNothingNeeds } from "./assert-nothing-needs";
import { prepareDataDirectory } from "./prepare-data-directory";
import { LaunchProblem } from "./problem";
import { readSettings } from "./read-settings";
import { formerNames, readSecrets, type SecretName, type Secrets, secretNames, secretsFile, writeSecrets } from "./secrets";
import { say } from "./show-step";

const usage = `Say "list", "rotate <NAME>" or "retire <NAME>"; the names are ${secretNames.join(", ")}.`;

export async function secrets([act = "list", name = "", ...rest]: string[]): Promise<number> {
  const settings = readSettings(process.env);
  if (settings.isProduction)
    throw new LaunchProblem("In production the secrets stand where you keep them; see docs/operations/secrets.md.");
  const file = secretsFile(prepareDataDirectory(settings.dataDir));
  if (!existsSync(file)) throw new LaunchProblem(`${file} is not there yet: the first start makes it.`);
  const kept = readSecrets(file);
  if (act === "list" && name === "") return list(kept);
  if (!isSecretName(name) || rest.length > 0 || (act !== "rotate" && act !== "retire")) throw new LaunchProblem(usage);
  if (process.env[name]) throw new LaunchProblem(`${name} is set in the environment, which wins over ${file}: change it there.`);
  if (act === "retire" && name === "KEY_ENCRYPTION_KEY") await assertNothingNeeds(kept.KEY_ENCRYPTION_FORMER_KEYS, settings);
  writeSecrets(file, act === "rotate" ? rotated(kept, name) : retired(kept, name));
  say(act === "rotate" ? afterRotation[name] : "It counts with the next start.");
  return 0;
}

function isSecretName(name: string): name is SecretName {
  return (secretNames as readonly string[]).includes(name);
}

const afterRotation: Readonly<Record<SecretName, string>> = {
  KEY_ENCRYPTION_KEY:
    "Back secrets.env up, then start again: the worker wraps every data key anew. Once Platform, Keys calls the old key unused: npm run secrets -- retire KEY_ENCRYPTION_KEY",
  TELEMETRY_ROOT_KEY:
    "Start again: agents get new telemetry keys as their processes start. A day later: npm run secrets -- retire TELEMETRY_ROOT_KEY",
  AUDIT_SIGNING_KEY: "Start again. The old public key stays listed for ever, so that what it signed can be verified.",
  SESSION_SECRET: "Start again: forms that are open have to be loaded once more, nobody is signed out.",
  AGENT_HOST_TOKEN: "Start again: house and agent host get it together.",
};

function list(kept: Partial<Secrets>): number {
  for (const [name, text] of Object.entries(kept)) {
    const fingerprints = text.split(",").map((value) => fingerprintOf(name as keyof Secrets, value));
    process.stdout.write(`${name.padEnd(28)} ${fingerprints.join(", ")}\n`);
  }
  return 0;
}

/** As the operator's page shows them. */
function fingerprintOf(name: keyof Secrets, hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  if (name === "KEY_ENCRYPTION_KEY" || name === "KEY_ENCRYPTION_FORMER_KEYS") return fingerprintOfKey(createLocalKey(bytes));
  if (name === "AUDIT_FORMER_KEYS") return `public key ${keyIdOf(bytes)}`;
  return fingerprintOfRandom(name === "TELEMETRY_FORMER_ROOT_KEYS" ? "TELEMETRY_ROOT_KEY" : name, hex);
}

/** The old one becomes the newest of the former ones; of a signing key only its public half. */
function rotated(kept: Partial<Secrets>, name: SecretName): Partial<Secrets> {
  const changed = { ...kept, [name]: randomBytes(32).toString("hex") };
  const old = kept[name];
  if (!old || !(name in formerNames)) return changed;
  const former = formerNames[name as keyof typeof formerNames];
  const left = name === "AUDIT_SIGNING_KEY" ? publicHalfOf(old) : old;
  return { ...changed, [former]: [left, ...(kept[former]?.split(",") ?? [])].join(",") };
}

function publicHalfOf(seedHex: string): string {
  return openAuditKey({ auditSigningKey: Buffer.from(seedHex, "hex") }).publicKey.toString("hex");
}

function retired(kept: Partial<Secrets>, name: SecretName): Partial<Secrets> {
  if (name === "AUDIT_SIGNING_KEY")
    throw new LaunchProblem("Former public keys of the audit log stay: what they signed must stay verifiable.");
  const former = name in formerNames ? formerNames[name as keyof typeof formerNames] : null;
  if (!former || !kept[former]) throw new LaunchProblem(`There is no former ${name}.`);
  const { [former]: _gone, ...rest } = kept;
  return rest;
}
