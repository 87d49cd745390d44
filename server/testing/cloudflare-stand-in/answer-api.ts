// The vendor's API: which request does what to the shelf. Everything that is not listed is refused, as the vendor does.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { assertScriptName, parseStrictly, type VendorBinding } from "./metadata-rules";
import { readSettings, readUpload, type Upload } from "./read-upload";
import { runScript, type ScriptProcess } from "./run-script";
import { assertBound, describeBinding, describeScript, migrate, type Script, type ScriptShelf } from "./script-shelf";
import { result, type VendorAnswer, VendorRefusal } from "./vendor-answer";
import { workerdConfig } from "./workerd-config";

export type Account = {
  id: string;
  token: string;
  subdomain: string;
  namespaces: readonly string[];
  shelf: ScriptShelf;
  /** Host and port where the vendor itself listens. */
  address: string;
};

export type ApiRequest = { method: string; url: URL; authorization: string; contentType: string; body: Buffer };

/** A published script is not known at its address at once, nor a new upload of it. */
const requestsUntilKnown = 1;

const Publication = z.strictObject({ enabled: z.boolean(), previews_enabled: z.boolean().optional() });

export async function answerApi(account: Account, request: ApiRequest): Promise<VendorAnswer> {
  if (request.authorization !== `Bearer ${account.token}`) throw new VendorRefusal(401, 10000, "Authentication error");
  const base = `/client/v4/accounts/${account.id}/workers`;
  const path = request.url.pathname;
  if (!path.startsWith(`${base}/`)) throw new VendorRefusal(403, 9109, "Unauthorized to access requested resource");
  const parts = path
    .slice(base.length + 1)
    .split("/")
    .map(decodeURIComponent);
  if (parts[0] === "subdomain" && parts.length === 1 && request.method === "GET") return result({ subdomain: account.subdomain });
  if (parts[0] === "scripts") return answerScripts(account, null, parts.slice(1), request);
  if (parts[0] === "dispatch" && parts[1] === "namespaces") return answerNamespace(account, parts.slice(2), request);
  throw unknownRoute();
}

async function answerNamespace(account: Account, [name = "", ...parts]: string[], request: ApiRequest): Promise<VendorAnswer> {
  if (!account.namespaces.includes(name)) throw new VendorRefusal(404, 100119, "workers.api.error.dispatch_namespace_not_found");
  if (parts.length === 0 && request.method === "GET") return result({ namespace_name: name, namespace_id: "n", script_count: 0 });
  if (parts[0] !== "scripts") throw unknownRoute();
  return answerScripts(account, name, parts.slice(1), request);
}

async function answerScripts(
  account: Account,
  namespace: string | null,
  [name, act, ...more]: string[],
  request: ApiRequest,
): Promise<VendorAnswer> {
  const { shelf } = account;
  if (more.length > 0) throw unknownRoute();
  if (name === undefined) return listScripts(shelf, namespace, request);
  assertScriptName(name);
  switch (`${request.method} ${act ?? ""}`) {
    case "PUT ":
      return uploadScript(account, { name, namespace }, await readUpload(request.contentType, request.body));
    case "DELETE ":
      return deleteScript(shelf, shelf.get(name, namespace), request);
    case "GET settings":
      return result(settingsOf(shelf.get(name, namespace)));
    case "PATCH settings":
      return bindScript(account, shelf.get(name, namespace), await readSettings(request.contentType, request.body));
    case "POST subdomain":
      if (namespace !== null) throw unknownRoute();
      return publishScript(shelf.get(name, namespace), parseStrictly(Publication, JSON.parse(request.body.toString("utf8"))));
    default:
      throw unknownRoute();
  }
}

function listScripts(shelf: ScriptShelf, namespace: string | null, { method, url }: ApiRequest): VendorAnswer {
  if (method !== "GET") throw unknownRoute();
  const rules = (url.searchParams.get("tags") ?? "").split(",").filter((rule) => rule !== "");
  const fits = ({ tags }: Script) =>
    rules.every((rule) => {
      const [, tag = "", allowed] = /^(.+):(yes|no)$/.exec(rule) ?? [];
      if (allowed === undefined) throw new VendorRefusal(400, 10068, "workers.api.error.invalid_tag_filter");
      return tags.includes(tag) === (allowed === "yes");
    });
  return result(shelf.list(namespace).filter(fits).map(describeScript));
}

async function uploadScript(
  account: Account,
  { name, namespace }: Pick<Script, "name" | "namespace">,
  upload: Upload,
): Promise<VendorAnswer> {
  const { shelf } = account;
  const known = shelf.find(name, namespace);
  const bindings = upload.metadata.bindings ?? [];
  const steps = migrate(known, upload);
  assertBound(shelf, { bindings, namespace, classes: steps.classes });
  const state = known?.state ?? (await mkdtemp(join(tmpdir(), "whs-cf-state-")));
  const process = await start(account, { name, namespace, upload, bindings, classes: steps.classes, state });
  const now = new Date().toISOString();
  const made: Script = {
    name,
    namespace,
    upload,
    tags: upload.metadata.tags ?? [],
    bindings,
    ...steps,
    isPublished: known?.isPublished ?? false,
    createdOn: known?.createdOn ?? now,
    modifiedOn: now,
    state,
    process,
    former: known ? follow(known) : null,
    unknownFor: known?.unknownFor ?? requestsUntilKnown,
    params: {},
  };
  shelf.put(made);
  return result(describeScript(made));
}

async function bindScript(account: Account, script: Script, bindings: VendorBinding[]): Promise<VendorAnswer> {
  assertBound(account.shelf, { ...script, bindings });
  const process = await start(account, { ...script, bindings });
  const former = follow(script);
  Object.assign(script, { bindings, process, former, modifiedOn: new Date().toISOString() });
  return result(settingsOf(script));
}

/** The one of before answers a little longer, unless nobody is with it: objects on disk have one process at a time. */
function follow({ process, former }: Script): Script["former"] {
  former?.process.retire();
  process.retire();
  return process.inFlight > 0 ? { process, requests: requestsUntilKnown } : null;
}

type Startable = Pick<Script, "name" | "namespace" | "upload" | "bindings" | "classes" | "state">;

function start({ shelf, address }: Account, script: Startable): Promise<ScriptProcess> {
  const owners = new Map(shelf.list().map(({ name, process }) => [name, `${process.socketPath}l`]));
  return runScript((socketPath) => workerdConfig({ ...script, socketPath, owners, vendorAddress: address }));
}

export async function forgetObjects(account: Account, script: Script): Promise<void> {
  await script.process.kill();
  await rm(script.state, { recursive: true, force: true });
  script.state = await mkdtemp(join(tmpdir(), "whs-cf-state-"));
  script.process = await start(account, script);
}

async function deleteScript(shelf: ScriptShelf, script: Script, { url }: ApiRequest): Promise<VendorAnswer> {
  const isReferenced = shelf
    .list()
    .some(({ bindings }) => bindings.some((one) => "script_name" in one && one.script_name === script.name));
  if (isReferenced && url.searchParams.get("force") !== "true") {
    throw new VendorRefusal(409, 10064, "workers.api.error.script_is_referenced");
  }
  shelf.delete(script);
  script.former?.process.retire();
  await script.process.kill();
  await rm(script.state, { recursive: true, force: true });
  return result(null);
}

function publishScript(script: Script, { enabled, previews_enabled }: z.infer<typeof Publication>): VendorAnswer {
  script.isPublished = enabled;
  return result({ enabled, previews_enabled: previews_enabled ?? enabled });
}

function settingsOf({ bindings, tags, upload, migrationTag }: Script): Record<string, unknown> {
  const { compatibility_date, compatibility_flags, limits } = upload.metadata;
  return {
    bindings: bindings.map(describeBinding),
    tags,
    compatibility_date,
    compatibility_flags: compatibility_flags ?? [],
    ...(limits ? { limits } : {}),
    migration_tag: migrationTag,
    usage_model: "standard",
  };
}

function unknownRoute(): VendorRefusal {
  return new VendorRefusal(404, 7003, "Could not route to the requested path; perhaps your object identifier is invalid?");
}
