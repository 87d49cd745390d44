// AWS's own reason reaches the operator's log, and nothing of what it quotes of the variables that it was given.
import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { createLog } from "~/server/log";
import { logTrouble } from "./aws-trouble";
import { grantVariables } from "./grant-variables";
import { failedAtAws } from "./runtimes";

const secret = "swordfish-under-the-ice-5521";
const described = { userId: "usr_1", agentId: "agt_1", deploymentId: "dep_1", version: 1, timeoutMs: 1_000 };

it.each([1_000, 40, 20])("AWS quotes %i characters of a version's variable", (characters) => {
  const grant = { env: { API_SECRET: secret }, telemetryKey: randomBytes(32).toString("hex"), secretVersions: {} };
  const value = grantVariables(described, grant, "https://house.example/v1/telemetry/report")["WHS_GRANT_1"] ?? "";
  const quoted = value.slice(0, characters);
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const role = "arn:aws:iam::123456789012:role/agents";
  const error = failedAtAws("make the version ready", `${role} cannot be assumed; environment WHS_GRANT_1='${quoted}'.`);
  logTrouble(createLog({ program: "test", level: "debug", destination }), error);
  expect(lines.join("")).toContain(`${role} cannot be assumed; environment WHS_GRANT_1='[left out]'`);
  expect(JSON.stringify([error.message, error.details])).not.toContain(quoted);
});
