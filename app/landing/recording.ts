// What a terminal really showed: recorded against a running installation with the agent of `examples/hello`; `…` marks what was left out.
export type RecordedStep = { command: string; output: string };

export const recording: RecordedStep[] = [
  {
    command: `curl $URL/v1/uploads -H "$AUTH" \\
    -H 'Content-Type: application/zip' --data-binary @hello.zip`,
    output: `{"uploadId":"upl_01M80V7C900FPGTNJTZ172EWWR","sizeBytes":834,…}`,
  },
  {
    command: `curl $URL/v1/agents/$AGENT/deployments -H "$AUTH" --json \\
    '{"uploadId":"upl_01M80V7C900FPGTNJTZ172EWWR"}'`,
    output: `{"version":1,"runtime":"embedded","status":"queued",…}`,
  },
  {
    command: `curl -N $URL/v1/invoke/$AGENT/stream -H "$AUTH" --json \\
    '{"input":{"prompt":"Hi"}}'`,
    output: `event: meta
data: {"traceId":"trc_01M80V7FRJ80NYNEYVYA0N9SX9",…}

event: delta
data: {"text":"Hello!"}
…
event: usage
data: {"tokens":0,"toolCalls":0,"computeMs":909}`,
  },
];
