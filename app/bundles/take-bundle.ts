// What both pages that deploy do with their small forms: take in an example, or a repository from GitHub.
import { redirect } from "@remix-run/node";
import type { FormFields } from "~/app/form-of";
import { formAgain, load, submit } from "~/app/rpc";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];
type Taking = { api: Caller; form: FormFields; next: (uploadId: string) => string };

/** Null: the form is another one. */
export async function takeBundle(place: Place, { api, form, next }: Taking) {
  const intent = form.text("intent");
  if (intent === "example") {
    const upload = await load(place, () => api.uploads.fromExample({ name: form.text("example") }));
    return redirect(next(upload.uploadId));
  }
  if (intent !== "github") return null;
  const values = { intent, name: "", description: "", url: form.text("url").trim(), ref: form.text("ref").trim() };
  let uploadId = "";
  const problem = await submit(place, async () => {
    uploadId = (await api.uploads.fromGithub({ url: values.url, ref: values.ref })).uploadId;
  });
  return problem ? formAgain(problem, values) : redirect(next(uploadId));
}
