// Somebody at a browser without a screen: keeps cookies, asks procedures and pages, and hands every answer over to be looked through.
import type { Product } from "./product";

export type Keep = (name: string, text: string) => void;

type AnswerOf = { status: number; text: string; data: Record<string, unknown> };

const timeoutMs = 60_000;

export class Person {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly product: Pick<Product, "url">,
    private readonly keep: Keep,
  ) {}

  cookie(ending: string): string {
    return [...this.cookies].find(([name]) => name.endsWith(ending))?.[1] ?? "";
  }

  /** A procedure; `once`: its answer shows a secret on purpose and is not kept. */
  async ask(
    procedure: string,
    input: unknown = {},
    options: { once?: true; workspaceId?: string; query?: true } = {},
  ): Promise<AnswerOf> {
    const json = JSON.stringify({ json: input });
    const place = options.query ? `${procedure}?input=${encodeURIComponent(json)}` : procedure;
    const answer = await this.fetch(`/trpc/${place}`, {
      method: options.query ? "GET" : "POST",
      headers: {
        "content-type": "application/json",
        ...(options.workspaceId ? { "x-workspace-id": options.workspaceId } : {}),
      },
      ...(options.query ? {} : { body: json }),
    });
    if (!options.once) this.keep(procedure, answer.text);
    const body = JSON.parse(answer.text) as { result?: { data: { json: Record<string, unknown> } } };
    return { ...answer, data: body.result?.data.json ?? {} };
  }

  /** As `ask`, for what must go well. */
  async must(...[procedure, input, options]: Parameters<Person["ask"]>): Promise<Record<string, unknown>> {
    const answer = await this.ask(procedure, input, options);
    if (answer.status !== 200) throw new Error(`${procedure} answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    return answer.data;
  }

  /** `own`: what stands in the address itself, which the page tells its own scripts. */
  async page(address: string, own = ""): Promise<{ status: number; text: string }> {
    const answer = await this.fetch(address, { headers: { accept: "text/html" } });
    this.keep(`page ${address.split("?")[0]}`, own === "" ? answer.text : answer.text.replaceAll(own, ""));
    return answer;
  }

  private async fetch(address: string, init: RequestInit): Promise<{ status: number; text: string }> {
    const response = await fetch(new URL(address, this.product.url), {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        ...init.headers,
        origin: this.product.url,
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.cookies.set(name, value);
    }
    const location = response.headers.get("location") ?? "";
    return { status: response.status, text: `${location}\n${await response.text()}`.trim() };
  }
}
