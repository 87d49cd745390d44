// Lets the objects of one workerd process be called from another, as Cloudflare does for objects that are bound by a script's name.

/** Beside the script that owns the classes: a call comes as a request, and is made on the object. */
export const bridgeModule = `export default {
  async fetch(request, env) {
    const { className, name, method, args } = await request.json();
    const namespace = env[className];
    try {
      const value = await namespace.get(namespace.idFromName(name))[method](...args);
      return Response.json({ value });
    } catch (thrown) {
      return Response.json({ name: thrown.name, message: thrown.message }, { status: 500 });
    }
  },
};`;

/** In the process of the script that is bound: a class of the same name whose every method asks the owner. */
export function bridgedClass(className: string): string {
  return `import { DurableObject } from "cloudflare:workers";
export class ${className} extends DurableObject {
  async call(method, args) {
    const body = JSON.stringify({ className: ${JSON.stringify(className)}, name: this.ctx.id.name, method, args });
    const answer = await this.env.owner.fetch("http://owner/", { method: "POST", body });
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(said.message), { name: said.name });
    return said.value;
  }
  read(...args) { return this.call("read", args); }
  write(...args) { return this.call("write", args); }
  remove(...args) { return this.call("remove", args); }
}
export default { fetch() { return new Response(null, { status: 404 }); } };`;
}
