// A script with its bindings as workerd's configuration (workerd.capnp). Objects of another script are reached over that script's socket.

import { dispatchModule, paramsModule, standInHeaders } from "./dispatch-binding";
import type { VendorBinding } from "./metadata-rules";
import { bridgedClass, bridgeModule } from "./object-bridge";
import type { Upload } from "./read-upload";

export type RunInput = {
  name: string;
  namespace: string | null;
  upload: Upload;
  bindings: readonly VendorBinding[];
  classes: readonly string[];
  /** The folder that keeps its objects. */
  state: string;
  socketPath: string;
  /** Sockets of the scripts whose objects are bound, by name. */
  owners: ReadonlyMap<string, string>;
  /** Host and port of the vendor, through which everything goes that scripts send out. */
  vendorAddress: string;
};

const dispatchModuleName = "stand-in:dispatch";

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
      modules = [${mainModule(upload)}],
      ${runtimeOf(upload)}
      bindings = [${input.bindings.map((binding) => bindingOf(binding, foreign)).join(", ")}],
      durableObjectNamespaces = [${objects.join(", ")}],
      durableObjectStorage = (localDisk = "state"))),
    (name = "lender", worker = (
      modules = [(name = "lender.js", esModule = ${quote(bridgeModule)})],
      compatibilityDate = "2026-11-01",
      bindings = [${classes.map((name) => `(name = ${quote(name)}, durableObjectNamespace = (className = ${quote(name)}, serviceName = "agent"))`).join(", ")}])),
    ${[...bridges, ...owners].map((service) => `${service},`).join("\n    ")}
    ${standsBehind(input) ? behindService(input) : ""}
    (name = "vendor", external = (address = ${quote(input.vendorAddress)}, http = ())),
    (name = "state", disk = (path = ${quote(state)}, writable = true)),
    ${internetOf(input)}
  ],
  sockets = [
    (name = "http", address = ${quote(`unix:${socketPath}`)}, http = (), service = "agent"),
    (name = "lend", address = ${quote(`unix:${socketPath}l`)}, http = (), service = "lender")${standsBehind(input) ? `,\n    (name = "proxy", address = ${quote(`unix:${socketPath}p`)}, http = (style = proxy), service = "behind")` : ""}
  ],
  extensions = [(modules = [(name = ${quote(dispatchModuleName)}, internal = true, esModule = ${quote(dispatchModule())})])]
);
`;
}

/** Ours behind a namespace has plain texts at most; it gets the parameters of calls beside them. */
function standsBehind({ namespace, bindings, classes }: RunInput): boolean {
  return namespace === null && bindings.every(({ type }) => type === "plain_text") && classes.length === 0;
}

function behindService({ upload, bindings }: RunInput): string {
  const params = `(name = "params.js", esModule = ${quote(paramsModule(upload.metadata.main_module))})`;
  return `(name = "behind", worker = (modules = [${params}, ${mainModule(upload)}], ${runtimeOf(upload)} bindings = [${bindings.map((binding) => bindingOf(binding, [])).join(", ")}])),`;
}

function mainModule({ metadata, module }: Upload): string {
  return `(name = ${quote(metadata.main_module)}, esModule = ${quote(module)})`;
}

function internetOf({ name, namespace, vendorAddress }: RunInput): string {
  const from = `injectRequestHeaders = [(name = ${quote(standInHeaders.from)}, value = ${quote(`${namespace ?? ""}/${name}`)})]`;
  return `(name = "internet", external = (address = ${quote(vendorAddress)}, http = (style = proxy, ${from})))`;
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
    case "dispatch_namespace": {
      const inner = `(name = "vendor", service = "vendor"), (name = "namespace", text = ${quote(binding.namespace)})`;
      return `(${name}, wrapped = (moduleName = ${quote(dispatchModuleName)}, innerBindings = [${inner}]))`;
    }
  }
}

/** A text literal: everything that the grammar gives a meaning to is written as a byte. */
export function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
  return `"${text.replace(/[\\"\u0000-\u001f\u007f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
}
