// A collector of OpenTelemetry's: takes what is sent over HTTP as JSON, refuses it, or never answers.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type SentSpan = {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: number;
  facts: Record<string, string | number>;
  isFailed: boolean;
  links: string[];
  /** `service.name`. */
  service: string;
};

export type OtlpStandIn = {
  url: string;
  /** Bodies as they came. */
  bodies: string[];
  /** Headers that came with them. */
  headers: Record<string, unknown>[];
  spans(): SentSpan[];
  behave(how: "take" | "refuse" | "hang"): void;
  close(): Promise<void>;
};

export async function startOtlp(): Promise<OtlpStandIn> {
  const bodies: string[] = [];
  const headers: Record<string, unknown>[] = [];
  let manner: "take" | "refuse" | "hang" = "take";
  const answer = (response: ServerResponse) => {
    if (manner === "hang") return;
    response.writeHead(manner === "take" ? 200 : 503, { "content-type": "application/json" }).end("{}");
  };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      headers.push(request.headers);
      bodies.push(Buffer.concat(pieces).toString("utf8"));
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    headers,
    spans: () => bodies.flatMap(spansOf),
    behave: (how) => {
      manner = how;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number };
type Attribute = { key: string; value: Value };
type Sent = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: Attribute[];
  links?: { traceId: string }[];
  status?: { code?: number };
};
type Body = { resourceSpans?: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Sent[] }[] }[] };

const failedStatus = 2;

function spansOf(body: string): SentSpan[] {
  const { resourceSpans = [] } = JSON.parse(body) as Body;
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(factsOf(resource.attributes)["service.name"]);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...spanOf(span), service })));
  });
}

function spanOf({ traceId, spanId, parentSpanId, name, kind, attributes, links = [], status }: Sent): Omit<SentSpan, "service"> {
  const isFailed = status?.code === failedStatus;
  const linked = links.map((link) => link.traceId);
  return { traceId, spanId, parentSpanId: parentSpanId || null, name, kind, facts: factsOf(attributes), isFailed, links: linked };
}

function factsOf(attributes: Attribute[]): Record<string, string | number> {
  const read = ({ stringValue, intValue, doubleValue }: Value) => stringValue ?? Number(intValue ?? doubleValue);
  return Object.fromEntries(attributes.map(({ key, value }) => [key, read(value)]));
}
