// A call with a signature instead of a key, as a program in TypeScript makes it.
import { paths } from "~/app/paths";

/** `agentId`: any that the key reaches; undefined: there is none yet. */
export type SignedCall = { origin: string; keyId: string; agentId: string | undefined };

/** Where the program expects the secret. */
export const secretVariable = "WEBHOST_SIGNING_SECRET";

export function asSignedCall({ origin, keyId, agentId }: SignedCall): string {
  return `import { createHmac, randomUUID } from "node:crypto";

const path = ${JSON.stringify(paths.invokeDoor(agentId ?? "AGENT_ID"))};
const body = JSON.stringify({ input: { prompt: "Hello!" } });
const timestamp = String(Date.now());
const nonce = randomUUID();
const signature = createHmac("sha256", process.env.${secretVariable})
  .update(\`\${timestamp}.\${nonce}.POST.\${path}.\${body}\`)
  .digest("hex");

const answer = await fetch(${JSON.stringify(origin)} + path, {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    "X-WHS-Key-Id": ${JSON.stringify(keyId)},
    "X-WHS-Timestamp": timestamp,
    "X-WHS-Nonce": nonce,
    "X-WHS-Signature": \`v1=\${signature}\`,
  },
  body,
});
console.log(await answer.json());`;
}
