// What the vendor remembers of scripts: what is there, what was migrated, what is shown at an address, and which process answers.
import { randomUUID } from "node:crypto";
import type { VendorBinding } from "./metadata-rules";
import type { Upload } from "./read-upload";
import type { ScriptProcess } from "./run-script";
import { VendorRefusal } from "./vendor-answer";

export type Script = {
  name: string;
  namespace: string | null;
  upload: Upload;
  tags: string[];
  bindings: VendorBinding[];
  migrationTag: string | null;
  classes: string[];
  isPublished: boolean;
  createdOn: string;
  modifiedOn: string;
  /** Where its objects live; the folder outlives its processes. */
  state: string;
  process: ScriptProcess;
  /** The process of before, which answers so many more requests: news travel. */
  former: { process: ScriptProcess; requests: number } | null;
  /** So many requests find nothing at the address yet. */
  unknownFor: number;
  /** What the dispatcher said with the last call. */
  params: Record<string, string>;
};

export class ScriptShelf {
  private readonly scripts = new Map<string, Script>();

  find(name: string, namespace: string | null): Script | undefined {
    return this.scripts.get(keyOf(name, namespace));
  }

  get(name: string, namespace: string | null): Script {
    const script = this.find(name, namespace);
    if (!script) throw new VendorRefusal(404, 10007, "workers.api.error.script_not_found");
    return script;
  }

  put(script: Script): void {
    this.scripts.set(keyOf(script.name, script.namespace), script);
  }

  delete(script: Script): void {
    this.scripts.delete(keyOf(script.name, script.namespace));
  }

  list(namespace?: string | null): Script[] {
    const all = [...this.scripts.values()];
    return namespace === undefined ? all : all.filter((script) => script.namespace === namespace);
  }
}

function keyOf(name: string, namespace: string | null): string {
  return `${namespace ?? ""}/${name}`;
}

/** Which classes the script has after this upload. Throws as the vendor does when the steps do not fit. */
export function migrate(known: Script | undefined, { metadata, module }: Upload): Pick<Script, "migrationTag" | "classes"> {
  const { migrations } = metadata;
  const before = { migrationTag: known?.migrationTag ?? null, classes: known?.classes ?? [] };
  if (!migrations) return before;
  if ((migrations.old_tag ?? null) !== before.migrationTag) {
    throw new VendorRefusal(412, 10079, `migration tag precondition failed; current tag is ${before.migrationTag}`);
  }
  const added = [...(migrations.new_sqlite_classes ?? []), ...(migrations.new_classes ?? [])];
  for (const name of added) {
    if (before.classes.includes(name)) throw new VendorRefusal(400, 10074, `class ${name} is already depended on`);
    const isExported = new RegExp(String.raw`\bexport\s*\{[^}]*\b${name}\b|export class ${name}\b`).test(module);
    if (!isExported) throw new VendorRefusal(400, 10070, `the script does not export the class ${name}`);
  }
  return { migrationTag: migrations.new_tag, classes: [...before.classes, ...added] };
}

/** Objects are bound only where a class was made by a migration. */
export function assertBound(shelf: ScriptShelf, script: Pick<Script, "bindings" | "classes" | "namespace">): void {
  for (const binding of script.bindings) {
    if (binding.type !== "durable_object_namespace") continue;
    const owner =
      binding.script_name === undefined ? script : shelf.find(binding.script_name, binding.dispatch_namespace ?? null);
    if (!owner?.classes.includes(binding.class_name)) {
      throw new VendorRefusal(400, 10061, `Cannot create binding for class ${binding.class_name}: it is not configured.`);
    }
  }
}

/** As the API shows it: what is secret is not shown. */
export function describeBinding(binding: VendorBinding): Record<string, unknown> {
  if (binding.type === "secret_text" || binding.type === "secret_key") return { type: binding.type, name: binding.name };
  if (binding.type === "durable_object_namespace") return { ...binding, namespace_id: randomUUID().replaceAll("-", "") };
  return { ...binding };
}

export function describeScript({ name, tags, createdOn, modifiedOn, migrationTag }: Script): Record<string, unknown> {
  return { id: name, tags, etag: modifiedOn, created_on: createdOn, modified_on: modifiedOn, migration_tag: migrationTag };
}
