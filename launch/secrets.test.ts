// The installation's own secrets: made once, closed to others, never silently replaced.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepSecrets, writeSecrets } from "./secrets";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), "whs-secrets-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const modeOf = (file: string) => statSync(file).mode & 0o777;

describe("the secrets of an installation", () => {
  it("are five different random keys in a file that only its owner can read", () => {
    const { secrets, file, wereMade } = keepSecrets(dataDir, {});
    expect(wereMade).toBe(true);
    expect(new Set(Object.values(secrets)).size).toBe(5);
    for (const value of Object.values(secrets)) expect(value).toMatch(/^[0-9a-f]{64}$/);
    expect(modeOf(file)).toBe(0o600);
  });

  it("stay the same at the next start, and a mode that was opened is closed again", () => {
    const first = keepSecrets(dataDir, {});
    chmodSync(first.file, 0o644);
    const second = keepSecrets(dataDir, {});
    expect(second).toEqual({ ...first, wereMade: false });
    expect(modeOf(second.file)).toBe(0o600);
  });

  it("come from the environment where it gives them, and are not written down then", () => {
    const given = "ab".repeat(32);
    const { secrets, file } = keepSecrets(dataDir, { KEY_ENCRYPTION_KEY: given });
    expect(secrets.KEY_ENCRYPTION_KEY).toBe(given);
    expect(readFileSync(file, "utf8")).not.toContain(given);
  });

  it("are not replaced beside a database whose secrets only the lost key opens", () => {
    mkdirSync(path.join(dataDir, "postgres", "data"), { recursive: true });
    writeFileSync(path.join(dataDir, "postgres", "data", "PG_VERSION"), "15");
    expect(() => keepSecrets(dataDir, {})).toThrow(/restore that file from your backup/);
  });

  it("are made one by one where an installation of an older release lacks them, beside those it has", () => {
    const { secrets, file } = keepSecrets(dataDir, {});
    writeFileSync(file, readFileSync(file, "utf8").replace(/^AUDIT_SIGNING_KEY=.*\n/m, ""));
    mkdirSync(path.join(dataDir, "postgres", "data"), { recursive: true });
    writeFileSync(path.join(dataDir, "postgres", "data", "PG_VERSION"), "15");
    const upgraded = keepSecrets(dataDir, {});
    expect(upgraded.secrets).toEqual({ ...secrets, AUDIT_SIGNING_KEY: upgraded.secrets.AUDIT_SIGNING_KEY });
    expect(upgraded.secrets.AUDIT_SIGNING_KEY).toMatch(/^[0-9a-f]{64}$/);
    expect(keepSecrets(dataDir, {}).secrets).toEqual(upgraded.secrets);
  });
});

describe("a former secret", () => {
  it("is kept in the file beside its successor, and handed on, through later starts", () => {
    const { secrets: first, file } = keepSecrets(dataDir, {});
    const [next, former] = ["12".repeat(32), `${first.KEY_ENCRYPTION_KEY},${"34".repeat(32)}`];
    writeSecrets(file, { ...first, KEY_ENCRYPTION_KEY: next, KEY_ENCRYPTION_FORMER_KEYS: former });
    expect(modeOf(file)).toBe(0o600);
    const { secrets } = keepSecrets(dataDir, {});
    expect(secrets).toMatchObject({ KEY_ENCRYPTION_KEY: next, KEY_ENCRYPTION_FORMER_KEYS: former });
    expect(keepSecrets(dataDir, {}).secrets).toEqual(secrets);
  });
});
