// The official clients of AWS, loaded at their first use: an installation without AgentCore pays nothing for them.
import type { BedrockAgentCoreClient } from "@aws-sdk/client-bedrock-agentcore";
import type { BedrockAgentCoreControlClient } from "@aws-sdk/client-bedrock-agentcore-control";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { S3Client } from "@aws-sdk/client-s3";
import type { AgentCoreConfig } from "~/server/config-agentcore";

export type Aws = {
  control: { sdk: typeof import("@aws-sdk/client-bedrock-agentcore-control"); client: BedrockAgentCoreControlClient };
  data: { sdk: typeof import("@aws-sdk/client-bedrock-agentcore"); client: BedrockAgentCoreClient };
  logs: { sdk: typeof import("@aws-sdk/client-cloudwatch-logs"); client: CloudWatchLogsClient };
  s3: { sdk: typeof import("@aws-sdk/client-s3"); client: S3Client };
};

/** The SDK tries again what was throttled, what broke, and what the vendor failed at, and waits longer each time. */
const attemptsMax = 3;
/** Each stream holds a connection for as long as an agent talks. */
const connectionsMax = 2_000;
const connectMs = 2_000;

/** `answerMs`: how long one try of a request may take; calls of agents have no such limit here. */
export function createAws(config: AgentCoreConfig, answerMs: number): () => Promise<Aws> {
  let opening: Promise<Aws> | null = null;
  return () => {
    opening ??= openClients(config, answerMs).catch((thrown: unknown) => {
      opening = null;
      throw thrown;
    });
    return opening;
  };
}

async function openClients(config: AgentCoreConfig, answerMs: number): Promise<Aws> {
  const [control, data, logs, s3] = await Promise.all([
    import("@aws-sdk/client-bedrock-agentcore-control"),
    import("@aws-sdk/client-bedrock-agentcore"),
    import("@aws-sdk/client-cloudwatch-logs"),
    import("@aws-sdk/client-s3"),
  ]);
  const common = {
    region: config.region,
    ...(config.credentials ? { credentials: config.credentials } : {}),
    ...(config.endpoint ? { endpoint: config.endpoint.href } : {}),
  };
  // The second bounds the wait for an answer to begin, the third each silence in the middle of one.
  const connection = {
    connectionTimeout: connectMs,
    requestTimeout: answerMs,
    socketTimeout: answerMs,
    throwOnRequestTimeout: true,
  };
  const agents = { httpAgent: { maxSockets: connectionsMax }, httpsAgent: { maxSockets: connectionsMax } };
  const patient = { ...common, maxAttempts: attemptsMax };
  return {
    control: {
      sdk: control,
      client: new control.BedrockAgentCoreControlClient({ ...patient, requestHandler: { ...connection } }),
    },
    // A call is never sent twice by itself: the agent may have run, and what it did cannot be undone.
    data: {
      sdk: data,
      client: new data.BedrockAgentCoreClient({
        ...common,
        maxAttempts: 1,
        requestHandler: { connectionTimeout: connectMs, requestTimeout: 0, ...agents },
      }),
    },
    logs: { sdk: logs, client: new logs.CloudWatchLogsClient({ ...patient, requestHandler: { ...connection } }) },
    s3: {
      sdk: s3,
      client: new s3.S3Client({
        ...patient,
        forcePathStyle: config.endpoint !== null,
        requestHandler: { ...connection, ...agents },
      }),
    },
  };
}
