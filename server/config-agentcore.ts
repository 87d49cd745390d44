// What this installation knows of AWS Bedrock AgentCore: where it places agents, as whom, and with which role they run (MISSION D3).
import { z } from "zod";
import type { ConfigValues } from "./config-variables";

export type AgentCoreConfig = {
  region: string;
  /** What agents run as; it should be allowed to write logs and nothing else. */
  roleArn: string;
  /** What agents run as whose manifest claims a tool of AgentCore, `{workspace}` in it standing for whose they are; null: as all others. */
  toolsRoleArn: string | null;
  bucket: string;
  /** Null: whatever the SDK finds where the process runs, such as the role of the machine or task. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  /** Null: AWS itself. No variable moves it: only tests build a configuration with a stand-in in its place. */
  endpoint: URL | null;
};

export const AgentCoreRegion = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region of AWS, such as eu-central-1");
export const AgentCoreRoleArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
    "must be the ARN of a role, such as arn:aws:iam::123456789012:role/agents",
  );
/** As `{workspace}` is 26 characters, and a role's name at most 64. */
export const AgentCoreToolsRoleArn = z
  .string()
  .refine(
    (arn) => AgentCoreRoleArn.safeParse(arn.replace("{workspace}", "0".repeat(26))).success && longestName(arn) <= 64,
    "must be the ARN of a role, such as arn:aws:iam::123456789012:role/tools, or with {workspace} in its name, such as …:role/tools-{workspace}",
  );
export const AgentCoreBucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "must be the name of a bucket: 3 to 63 lower-case letters, digits and dashes");

function longestName(arn: string): number {
  return arn.slice(arn.lastIndexOf("/") + 1).replace("{workspace}", "0".repeat(26)).length;
}

/** Null: this installation does not offer AgentCore. */
export function agentCoreOf(values: ConfigValues): AgentCoreConfig | null {
  const { AGENTCORE_REGION: region, AGENTCORE_ROLE_ARN: roleArn, AGENTCORE_BUCKET: bucket } = values;
  const { AGENTCORE_ACCESS_KEY_ID: accessKeyId, AGENTCORE_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if (!region || !roleArn || !bucket) return null;
  const credentials = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null;
  return { region, roleArn, toolsRoleArn: values.AGENTCORE_TOOLS_ROLE_ARN ?? null, bucket, credentials, endpoint: null };
}
