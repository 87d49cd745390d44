// The stand-in is as strict as what it stands in for: signatures, the published model, conflicts, quotas, and nothing ready at once.
import { BedrockAgentCoreClient, InvokeAgentRuntimeCommand, StopRuntimeSessionCommand } from "@aws-sdk/client-bedrock-agentcore";
import {
  BedrockAgentCoreControlClient,
  type BedrockAgentCoreControlClientConfig,
  CreateAgentRuntimeCommand,
  type CreateAgentRuntimeCommandInput,
  CreateAgentRuntimeEndpointCommand,
  DeleteAgentRuntimeCommand,
  GetAgentRuntimeCommand,
  UpdateAgentRuntimeCommand,
} from "@aws-sdk/client-bedrock-agentcore-control";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AgentCoreStandIn, startAgentCoreStandIn } from "./agentcore-stand-in";

let standIn: AgentCoreStandIn;
let client: BedrockAgentCoreControlClient;

beforeAll(async () => {
  standIn = await startAgentCoreStandIn();
  standIn.store.objects.set("code.zip", { body: Buffer.from("PK"), etag: '"1"', tags: {}, metadata: {} });
  client = clientOf({});
});
afterAll(async () => {
  client.destroy();
  await standIn.close();
});

function clientOf(changes: Partial<BedrockAgentCoreControlClientConfig>): BedrockAgentCoreControlClient {
  const { accessKeyId, secretAccessKey, region } = standIn.access;
  const credentials = { accessKeyId, secretAccessKey };
  return new BedrockAgentCoreControlClient({ region, credentials, endpoint: standIn.endpoint.href, maxAttempts: 1, ...changes });
}

function inputOf(name: string, changes: Partial<CreateAgentRuntimeCommandInput> = {}): CreateAgentRuntimeCommandInput {
  const code = { s3: { bucket: standIn.bucket, prefix: "code.zip" } };
  return {
    agentRuntimeName: name,
    agentRuntimeArtifact: { codeConfiguration: { code, runtime: "NODE_22", entryPoint: ["main.js"] } },
    roleArn: standIn.roleArn,
    networkConfiguration: { networkMode: "PUBLIC" },
    ...changes,
  };
}

const create = (input: CreateAgentRuntimeCommandInput) => client.send(new CreateAgentRuntimeCommand(input));
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "taken",
    (error: Error) => error.name,
  );

async function ready(agentRuntimeId = ""): Promise<void> {
  await expect.poll(async () => (await client.send(new GetAgentRuntimeCommand({ agentRuntimeId }))).status).toBe("READY");
}

describe("signatures", () => {
  it.for([
    ["another secret key", { secretAccessKey: "another" }, {}, "InvalidSignatureException"],
    ["another key id", { accessKeyId: "AKIDANOTHER" }, {}, "UnrecognizedClientException"],
    ["another region", {}, { region: "eu-west-1" }, "InvalidSignatureException"],
  ] as const)("%s is refused", async ([, credentials, changes, name]) => {
    const { accessKeyId, secretAccessKey } = standIn.access;
    const stranger = clientOf({ credentials: { accessKeyId, secretAccessKey, ...credentials }, ...changes });
    expect(await refusal(stranger.send(new CreateAgentRuntimeCommand(inputOf("forged"))))).toBe(name);
    stranger.destroy();
  });

  it("a body that was changed after it was signed is refused", async () => {
    const tampering = clientOf({});
    tampering.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string };
        request.body = request.body.replace("PUBLIC", "PUBLIK");
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    expect(await refusal(tampering.send(new CreateAgentRuntimeCommand(inputOf("tampered"))))).toBe("InvalidSignatureException");
    tampering.destroy();
  });

  it("a request without a signature is refused", async () => {
    const answer = await fetch(new URL("/runtimes/", standIn.endpoint), { method: "PUT", body: "{}" });
    expect(answer.status).toBe(403);
  });
});

describe("the model", () => {
  const long = (length: number) => "x".repeat(length);
  it.for([
    ["a name with a dash", { agentRuntimeName: "my-agent" }],
    ["a name of 49 characters", { agentRuntimeName: long(49) }],
    ["no role", { roleArn: undefined }],
    ["a role that is none", { roleArn: "whs-agents" }],
    ["a role that the account has not", { roleArn: "arn:aws:iam::123456789012:role/whs-missing" }],
    ["a token of 32 characters", { clientToken: long(32) }],
    ["a variable of 5,001 characters", { environmentVariables: { A: long(5_001) } }],
    [
      "51 variables",
      { environmentVariables: Object.fromEntries(Array.from({ length: 51 }, (_one, place) => [`V${place}`, ""])) },
    ],
    ["a tag with a comma", { tags: { environment: "a,b" } }],
    ["an idle time of a second", { lifecycleConfiguration: { idleRuntimeSessionTimeout: 1 } }],
    ["a network that is none", { networkConfiguration: { networkMode: "PRIVATE" as "PUBLIC" } }],
  ] as [string, Partial<CreateAgentRuntimeCommandInput>][])("%s is refused", async ([, changes]) => {
    expect(await refusal(create(inputOf("modelled", changes)))).toBe("ValidationException");
  });

  it("what the model does not know, and code that is not there, is refused", async () => {
    expect(() => standIn.plane.act("CreateAgentRuntime", { ...inputOf("modelled"), surprise: 1 })).toThrow(/surprise/);
    const code = { s3: { bucket: standIn.bucket, prefix: "missing.zip" } };
    const artifact = { codeConfiguration: { code, runtime: "NODE_22" as const, entryPoint: ["main.js"] } };
    expect(await refusal(create(inputOf("modelled", { agentRuntimeArtifact: artifact })))).toBe("ValidationException");
  });
});

describe("calls and objects", () => {
  const plain = () => {
    const { accessKeyId, secretAccessKey, region } = standIn.access;
    return { region, credentials: { accessKeyId, secretAccessKey }, endpoint: standIn.endpoint.href, maxAttempts: 1 };
  };
  const agentRuntimeArn = "arn:aws:bedrock-agentcore:eu-central-1:123456789012:runtime/none-aaaaaaaaaa";
  const runtimeSessionId = "session-of-at-least-thirty-three-characters";

  it("a session, an endpoint or a token that is none is refused before anything is looked for", async () => {
    const calls = new BedrockAgentCoreClient(plain());
    const invoke = (changes: object) =>
      calls.send(new InvokeAgentRuntimeCommand({ agentRuntimeArn, runtimeSessionId, payload: Buffer.from("{}"), ...changes }));
    const stop = (changes: object) =>
      calls.send(new StopRuntimeSessionCommand({ agentRuntimeArn, runtimeSessionId, ...changes }));
    expect(await refusal(invoke({}))).toBe("ResourceNotFoundException");
    expect(await refusal(invoke({ qualifier: "my-endpoint" }))).toBe("ValidationException");
    expect(await refusal(invoke({ runtimeSessionId: "short" }))).toBe("ValidationException");
    expect(await refusal(stop({}))).toBe("ResourceNotFoundException");
    expect(await refusal(stop({ clientToken: "x".repeat(32) }))).toBe("ValidationException");
    calls.destroy();
  });

  it.for([
    ["eleven tags", Array.from({ length: 11 }, (_one, place) => `t${place}=x`).join("&")],
    ["a tag twice", "environment=a&environment=b"],
    ["a value with a comma", "environment=a%2Cb"],
    ["a value of 257 characters", `environment=${"x".repeat(257)}`],
  ] as const)("an object with %s is refused", async ([, Tagging]) => {
    const objects = new S3Client({ ...plain(), forcePathStyle: true });
    const put = new PutObjectCommand({ Bucket: standIn.bucket, Key: "tagged", Body: "x", Tagging });
    expect(await refusal(objects.send(put))).toBe("ValidationException");
    expect(standIn.store.objects.has("tagged")).toBe(false);
    objects.destroy();
  });
});

describe("state", () => {
  const clientToken = "token-of-at-least-thirty-three-characters";

  it("the same token twice is one runtime; with another request it is refused; a name exists once", async () => {
    const first = await create(inputOf("once", { clientToken }));
    expect(first.status).toBe("CREATING");
    expect((await create(inputOf("once", { clientToken }))).agentRuntimeId).toBe(first.agentRuntimeId);
    expect(await refusal(create(inputOf("other", { clientToken })))).toBe("ValidationException");
    expect(await refusal(create(inputOf("once")))).toBe("ConflictException");
  });

  it("what is not ready is not changed; a version that serves is not deleted; of endpoints there are ten", async () => {
    const { agentRuntimeId } = await create(inputOf("states"));
    const { agentRuntimeName: _name, ...rest } = inputOf("states");
    const update = () => client.send(new UpdateAgentRuntimeCommand({ ...rest, agentRuntimeId }));
    expect(await refusal(update())).toBe("ConflictException");
    await ready(agentRuntimeId);
    expect((await update()).agentRuntimeVersion).toBe("2");
    await ready(agentRuntimeId);
    const endpoint = (name: string, agentRuntimeVersion: string) =>
      client.send(new CreateAgentRuntimeEndpointCommand({ agentRuntimeId, name, agentRuntimeVersion }));
    await endpoint("pinned", "1");
    const drop = (agentRuntimeVersion: string) =>
      refusal(client.send(new DeleteAgentRuntimeCommand({ agentRuntimeId, agentRuntimeVersion })));
    expect(await Promise.all([drop("1"), drop("2")])).toEqual(["ConflictException", "ConflictException"]);
    expect(await refusal(endpoint("unknown", "7"))).toBe("ResourceNotFoundException");
    for (let more = 2; more < 10; more += 1) await endpoint(`more_${more}`, "2");
    expect(await refusal(endpoint("eleventh", "2"))).toBe("ServiceQuotaExceededException");
  });
});
