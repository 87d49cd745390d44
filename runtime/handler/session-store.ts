// One Durable Object per session at Cloudflare: the same promises as the embedded runtime's. Its storage is billed for as long as it is there.
import { DurableObject } from "cloudflare:workers";
import { SessionTable } from "./session-table";

export class SessionStore extends DurableObject {
  readonly #table = new SessionTable(this.ctx.storage);

  read(key: string): string | undefined {
    return this.#table.read(key);
  }

  write(key: string, json: string): void {
    this.#table.write(key, json);
  }

  remove(key: string): Promise<void> {
    return this.#table.remove(key);
  }
}

/** As a script of its own it has no address; were it given one, it would answer nobody. */
export default {
  fetch(): Response {
    return new Response(null, { status: 404 });
  },
};
