// The multipart forms of uploads and settings, as strict as the vendor: a JSON part that is said to be JSON, and modules under their own names.
import { z } from "zod";
import { parseStrictly, type VendorBinding, VendorBindings, VendorMetadata } from "./metadata-rules";
import { VendorRefusal } from "./vendor-answer";

export type Upload = { metadata: VendorMetadata; module: string };

const moduleBytesMax = 10 * 1024 * 1024;
const Settings = z.strictObject({ bindings: VendorBindings });

export async function readUpload(contentType: string, body: Buffer): Promise<Upload> {
  const form = await readForm(contentType, body);
  const metadata = parseStrictly(VendorMetadata, await readJsonPart(form, "metadata"));
  const others = [...form.keys()].filter((name) => name !== "metadata");
  const part = form.get(metadata.main_module);
  if (others.length !== 1 || !(part instanceof File) || part.name !== metadata.main_module) {
    throw new VendorRefusal(400, 10021, `No such module "${metadata.main_module}".`);
  }
  if (part.type !== "application/javascript+module") {
    throw new VendorRefusal(400, 10021, `module ${part.name} has unsupported Content-Type ${part.type}`);
  }
  if (part.size > moduleBytesMax) throw new VendorRefusal(400, 10027, "workers.api.error.script_too_large");
  return { metadata, module: await part.text() };
}

export async function readSettings(contentType: string, body: Buffer): Promise<VendorBinding[]> {
  const form = await readForm(contentType, body);
  return parseStrictly(Settings, await readJsonPart(form, "settings")).bindings;
}

async function readForm(contentType: string, body: Buffer): Promise<FormData> {
  if (!/^multipart\/form-data; ?boundary=\S+$/.test(contentType)) {
    throw new VendorRefusal(400, 10021, "Uncaught SyntaxError: Invalid left-hand side expression in prefix operation");
  }
  return new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
}

async function readJsonPart(form: FormData, name: string): Promise<unknown> {
  const part = form.get(name);
  const isJson = part instanceof File && part.type === "application/json";
  if (!isJson) throw new VendorRefusal(400, 10021, `could not read content for part ${name}`);
  try {
    return JSON.parse(await part.text());
  } catch {
    throw new VendorRefusal(400, 10021, `could not parse part ${name}`);
  }
}
