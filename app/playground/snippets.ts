// The same call as other programs would make it, streamed like here.
import { paths } from "~/app/paths";
import type { InvokeRequest } from "~/runtime/contract/invoke";

/** `deploymentId`: a version that need not be live; null: the live one. */
export type Call = { origin: string; agentId: string; deploymentId: string | null; body: InvokeRequest };

/** Where every snippet expects the key. */
export const keyVariable = "WEBHOST_API_KEY";

export function asCurl({ origin, agentId, deploymentId, body }: Call): string {
  return [
    `curl -N ${origin}${paths.streamDoor(agentId)} \\`,
    `  -H "Authorization: Bearer $${keyVariable}" \\`,
    `  -H 'Content-Type: application/json' \\`,
    ...(deploymentId === null ? [] : [`  -H 'X-Deployment-Id: ${deploymentId}' \\`]),
    `  -d '${JSON.stringify(byKey(body)).replaceAll("'", "'\\''")}'`,
  ].join("\n");
}

/** Runs as it is with Node alone, too. */
export function asTypeScript({ origin, agentId, deploymentId, body }: Call): string {
  return `// node call.mjs, or npx tsx call.mts
const answer = await fetch(${JSON.stringify(`${origin}${paths.streamDoor(agentId)}`)}, {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.${keyVariable}}\`,
    "content-type": "application/json",${deploymentId === null ? "" : `\n    "x-deployment-id": "${deploymentId}",`}
  },
  body: JSON.stringify(${indented(JSON.stringify(byKey(body), null, 2), 2)}),
});
if (!answer.ok || !answer.body) throw new Error(await answer.text());

const decoder = new TextDecoder();
let rest = "";
for await (const bytes of answer.body) {
  const events = (rest + decoder.decode(bytes, { stream: true })).split("\\n\\n");
  rest = events.pop() ?? "";
  for (const event of events) {
    const name = /^event: (.*)$/m.exec(event)?.[1];
    const data = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "{}");
    if (name === "delta") process.stdout.write(data.text);
    if (name === "error") throw new Error(data.error.message);
  }
}`;
}

export function asPython({ origin, agentId, deploymentId, body }: Call): string {
  return `import json, os, urllib.error, urllib.request

request = urllib.request.Request(
    ${JSON.stringify(`${origin}${paths.streamDoor(agentId)}`)},
    data=json.dumps(${indented(pythonLiteral(byKey(body)), 4)}).encode(),
    headers={
        "Authorization": f"Bearer {os.environ['${keyVariable}']}",
        "Content-Type": "application/json",${deploymentId === null ? "" : `\n        "X-Deployment-Id": "${deploymentId}",`}
    },
)
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as refusal:
    raise SystemExit(refusal.read().decode())

event = ""
for line in answer:
    field, _, value = line.decode().rstrip("\\n").partition(": ")
    if field == "event":
        event = value
    elif field == "data" and event == "delta":
        print(json.loads(value)["text"], end="", flush=True)
    elif field == "data" and event == "error":
        raise SystemExit(json.loads(value)["error"]["message"])`;
}

/** As it went, or would go, over the wire. */
export function asHttp({ origin, agentId, deploymentId, body }: Call): string {
  return [
    `POST ${paths.streamDoor(agentId)} HTTP/1.1`,
    `Host: ${new URL(origin).host}`,
    "Content-Type: application/json",
    "Accept: text/event-stream",
    ...(deploymentId === null ? [] : [`X-Deployment-Id: ${deploymentId}`]),
    "",
    JSON.stringify(body, null, 2),
  ].join("\n");
}

/** Without the session of the page: it belongs to the person who talks here, and for a key there is no such session. */
function byKey({ sessionId: _ofPerson, ...body }: InvokeRequest): InvokeRequest {
  return body;
}

/** JSON is Python but for three words, and those cannot stand unquoted in a request body of ours. */
function pythonLiteral(body: InvokeRequest): string {
  return JSON.stringify(body, null, 2);
}

function indented(text: string, spaces: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(spaces)}`);
}
