// The environment is judged as a whole, each problem with its variable and what would be right.
import { expect, test } from "vitest";
import { readConfig } from "./config";

const sound: NodeJS.ProcessEnv = {
  NODE_ENV: "test",
  DATABASE_URL: "postgres://127.0.0.1/whs",
  REDIS_URL: "redis://127.0.0.1",
  KEY_ENCRYPTION_KEY: "0123456789abcdef".repeat(4),
  TELEMETRY_ROOT_KEY: "0123456789abcdef".repeat(4),
  SESSION_SECRET: "0123456789abcdef".repeat(4),
  AGENT_HOST_TOKEN: "0123456789abcdef".repeat(4),
};

test("a port that is no number, a number too large and a word that is none of them are named at once", () => {
  const wrong = { ...sound, PORT: "abc", DATABASE_CONNECTIONS: "100000", LOG_LEVEL: "loud" };
  for (const said of [
    "3 problems",
    "PORT: This must be a number. The port",
    'LOG_LEVEL: This must be one of "debug"',
    "DATABASE_CONNECTIONS: Give at most",
  ])
    expect(() => readConfig(wrong)).toThrow(said);
});

test("what is missing is named, and a sound environment is taken", () => {
  expect(() => readConfig({ ...sound, REDIS_URL: "" })).toThrow(/REDIS_URL: This is missing\./);
  expect(readConfig(sound).publicUrl.href).toContain("http://127.0.0.1:3000");
});
