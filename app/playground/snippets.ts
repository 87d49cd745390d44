// The same call as other programs would make it.
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
    `  -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`,
  ].join("\n");
}

export function asTypeScript({ origin, agentId, deploymentId, body }: Call): string {
  return `const answer = await fetch(${JSON.stringify(`${origin}${paths.invokeDoor(agentId)}`)}, {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.${keyVariable}}\`,
    "content-type": "application/json",${deploymentId === null ? "" : `\n    "x-deployment-id": "${deploymentId}",`}
  },
  body: JSON.stringify(${indented(JSON.stringify(body, null, 2), 2)}),
});
if (!answer.ok) throw new Error(await answer.text());
const { output, sessionId, traceId } = await answer.json();
console.log(output.text);`;
}

export function asPython({ origin, agentId, deploymentId, body }: Call): string {
  return `import json, os, urllib.request

request = urllib.request.Request(
    ${JSON.stringify(`${origin}${paths.invokeDoor(agentId)}`)},
    data=json.dumps(${indented(pythonLiteral(body), 4)}).encode(),
    headers={
        "Authorization": f"Bearer {os.environ['${keyVariable}']}",
        "Content-Type": "application/json",${deploymentId === null ? "" : `\n        "X-Deployment-Id": "${deploymentId}",`}
    },
)
with urllib.request.urlopen(request) as answer:
    print(json.load(answer)["output"]["text"])`;
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

/** JSON is Python but for three words, and those cannot stand unquoted in a request body of ours. */
function pythonLiteral(body: InvokeRequest): string {
  return JSON.stringify(body, null, 2);
}

function indented(text: string, spaces: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(spaces)}`);
}
