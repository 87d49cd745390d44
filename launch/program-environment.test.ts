// Who gets to know what.
import { describe, expect, it } from "vitest";
import { programEnvironment, type Surroundings } from "./program-environment";
import { readSettings } from "./read-settings";

const secrets = {
  KEY_ENCRYPTION_KEY: "kek",
  TELEMETRY_ROOT_KEY: "telemetry",
  SESSION_SECRET: "session",
  AGENT_HOST_TOKEN: "host",
  AUDIT_SIGNING_KEY: "audit",
};

function surroundings(): Surroundings {
  return {
    settings: readSettings({ DATA_DIR: "/data" }),
    secrets,
    port: 4000,
    databaseUrl: "postgres://whs:pw@127.0.0.1/whs",
    redisUrl: "unix:///run/redis.sock",
    runDirectory: "/data/run",
    mode: "production",
  };
}

const shell = { PATH: "/bin", AWS_SECRET_ACCESS_KEY: "mine", TRUSTED_PROXY: "10.0.0.1", LOG_LEVEL: "debug" };

describe("a program's environment", () => {
  it("tells the agent host neither database, nor queue, nor any key but its own token", () => {
    expect(programEnvironment("agent-host", surroundings(), shell)).toEqual({
      PATH: "/bin",
      NODE_ENV: "production",
      LOG_LEVEL: "debug",
      DATA_DIR: "/data",
      AGENT_HOST_TOKEN: "host",
      AGENT_HOST_SOCKET: "/data/run/agent-host.sock",
      CONTROL_SOCKET: "/data/run/control.sock",
      UV_THREADPOOL_SIZE: "32",
    });
  });

  it("gives the house its whole configuration, and nothing else of the shell", () => {
    const env = programEnvironment("web", surroundings(), shell);
    expect(env).toMatchObject({ ...secrets, PORT: "4000", PUBLIC_URL: "http://127.0.0.1:4000", TRUSTED_PROXY: "10.0.0.1" });
    expect(Object.keys(env)).not.toContain("AWS_SECRET_ACCESS_KEY");
  });
});

describe("the settings of a start", () => {
  it("list every problem at once", () => {
    const settings = () => readSettings({ PORT: "70000", LOG_LEVEL: "loud" });
    expect(settings).toThrow(/2 problems[\s\S]*PORT[\s\S]*LOG_LEVEL/);
  });

  it("demand servers and secrets by name when PUBLIC_URL is not loopback", () => {
    const settings = () => readSettings({ PUBLIC_URL: "https://agents.example.com", REDIS_URL: "redis://r" });
    expect(settings).toThrow(
      /set DATABASE_URL, KEY_ENCRYPTION_KEY, TELEMETRY_ROOT_KEY, SESSION_SECRET, AGENT_HOST_TOKEN, AUDIT_SIGNING_KEY/,
    );
  });
});
