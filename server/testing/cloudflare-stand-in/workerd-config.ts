// A script with its bindings as workerd's configuration (workerd.capnp). Objects of another script are reached over that script's socket.

import type { VendorBinding } from "./metadata-rules";
import { bridgedClass, bridgeModule } from "./object-bridge";
import type { Upload } from "./read-upload";

export type RunInput = {
  upload: Upload;
  bindings: readonly VendorBinding[];
  classes: readonly string[];
  /** The folder that keeps its objects. */
  state: string;
  socketPath: string;
  /** Sockets of the scripts whose objects are bound, by name. */
  owners: ReadonlyMap<string, string>;
};

export function workerdConfig(input: RunInput): string {
  const { upload, socketPath, state, classes } = input;
  const foreign = input.bindings.filter(isForeign);
  // A script that lends its objects answers for them beside itself.
  const objects = classes.map((name) => `(className = ${quote(name)}, uniqueKey = ${quote(name)}, enableSql = true)`);
  const bridges = foreign.map(({ class_name }, place) => bridgeService(class_name, place));
  const owners = foreign.map(({ script_name }, place) => {
    const address = quote(`unix:${input.owners.get(script_name ?? "") ?? ""}`);
    return `(name = "owner${place}", external = (address = ${address}, http = ()))`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "agent", worker = (
      modules = [(name = ${quote(upload.metadata.main_module)}, esModule = ${quote(upload.module)})],
      ${runtimeOf(upload)}
      bindings = [${input.bindings.map((binding) => bindingOf(binding, foreign)).join(", ")}],
      durableObjectNamespaces = [${objects.join(", ")}],
      durableObjectStorage = (localDisk = "state"))),
    (name = "lender", worker = (
      modules = [(name = "lender.js", esModule = ${quote(bridgeModule)})],
      compatibilityDate = "2026-11-01",
      bindings = [${classes.map((name) => `(name = ${quote(name)}, durableObjectNamespace = (className = ${quote(name)}, serviceName = "agent"))`).join(", ")}])),
    ${[...bridges, ...owners].map((service) => `${service},`).join("\n    ")}
    (name = "state", disk = (path = ${quote(state)}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"]))
  ],
  sockets = [
    (name = "http", address = ${quote(`unix:${socketPath}`)}, http = (), service = "agent"),
    (name = "lend", address = ${quote(`unix:${socketPath}l`)}, http = (), service = "lender")
  ]
);
`;
}

type Foreign = Extract<VendorBinding, { type: "durable_object_namespace" }>;

function isForeign(binding: VendorBinding): binding is Foreign {
  return binding.type === "durable_object_namespace" && binding.script_name !== undefined;
}

function runtimeOf({ metadata }: Upload): string {
  const flags = (metadata.compatibility_flags ?? []).map(quote).join(", ");
  return `compatibilityDate = ${quote(metadata.compatibility_date)}, compatibilityFlags = [${flags}],`;
}

function bridgeService(className: string, place: number): string {
  return `(name = "bridge${place}", worker = (
      modules = [(name = "bridge.js", esModule = ${quote(bridgedClass(className))})],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "owner", service = "owner${place}")],
      durableObjectNamespaces = [(className = ${quote(className)}, uniqueKey = ${quote(`bridge${place}`)})],
      durableObjectStorage = (inMemory = void)))`;
}

function bindingOf(binding: VendorBinding, foreign: readonly VendorBinding[]): string {
  const name = `name = ${quote(binding.name)}`;
  switch (binding.type) {
    case "secret_text":
    case "plain_text":
      return `(${name}, text = ${quote(binding.text)})`;
    case "json":
      return `(${name}, json = ${quote(JSON.stringify(binding.json))})`;
    case "secret_key":
      return `(${name}, cryptoKey = (base64 = ${quote(binding.key_base64)}, algorithm = (json = ${quote(JSON.stringify(binding.algorithm))}), usages = [${binding.usages.join(", ")}], extractable = false))`;
    case "durable_object_namespace": {
      const service = binding.script_name === undefined ? "" : `, serviceName = "bridge${foreign.indexOf(binding)}"`;
      return `(${name}, durableObjectNamespace = (className = ${quote(binding.class_name)}${service}))`;
    }
    case "dispatch_namespace":
      throw new Error("A dispatch namespace is bound by run-dispatcher.ts.");
  }
}

/** A text literal: everything that the grammar gives a meaning to is written as a byte. */
export function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
  return `"${text.replace(/[\\"\u0000-\u001f\u007f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
}
