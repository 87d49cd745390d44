// Where spans begin and end: each a child of what this request or job does now. Where nobody traces, a call costs one branch.
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { errorTypeOf, type SpanFacts, safeFacts } from "./span-facts";

export type Beginning = { name: string; kind: keyof typeof kinds; facts: SpanFacts };

/** For work that answers its failures in place of throwing them; null: it went well. */
type FailureOf<T> = (value: T) => unknown;

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** `caller`: the traceparent that the request came with. */
type Place = { span: Span; caller: string | null };

let tracer: Tracer | null = null;
const places = new AsyncLocalStorage<Place | null>();

/** From now on spans are made by this one; null: none are. */
export function traceWith(next: Tracer | null): void {
  tracer = next;
}

export function isTracing(): boolean {
  return tracer !== null;
}

/** Where we stand. What goes on behind an answer stands nowhere: the span of its request is over. */
function placeNow(): Place | null {
  const place = tracer === null ? null : places.getStore();
  return place?.span.isRecording() ? place : null;
}

/** A part of what goes on now; without anything that is recorded, no span. */
export function inSpan<T>(beginning: Beginning & { failureOf?: FailureOf<T> }, run: () => Promise<T>): Promise<T> {
  const place = placeNow();
  return place ? runWithin(childOf(place, beginning), run, { failureOf: beginning.failureOf }) : run();
}

/** As `inSpan`, for what goes on after `run` resolved: `until` is handed how to end it. */
export function inSpanUntil<T>(
  beginning: Beginning,
  run: () => Promise<T>,
  until: (value: T, end: () => void) => void,
): Promise<T> {
  const place = placeNow();
  return place ? runWithin(childOf(place, beginning), run, { until }) : run();
}

/** Work with a trace of its own, whoever caused it; `causes` are linked to it. Sampled by itself. */
export function inRootSpan<T>(beginning: Beginning, run: () => Promise<T>, causes: readonly SpanContext[] = []): Promise<T> {
  if (tracer === null) return run();
  const span = startSpan(beginning, ROOT_CONTEXT, { links: causes.map((context) => ({ context })) });
  if (!span.isRecording()) return places.run(null, run);
  return runWithin({ span, caller: null }, run);
}

/** A part that is over already. */
export function noteSpan(beginning: Beginning, { durationMs, error }: { durationMs: number; error?: unknown }): void {
  const place = placeNow();
  if (!place) return;
  const endTime = Date.now();
  const span = startSpan(beginning, contextOf(place.span), { startTime: endTime - durationMs });
  if (error !== undefined) fail(span, error);
  span.end(endTime);
}

export type RequestSpan = {
  /** What is begun in it is a part of the request. */
  run(then: () => void): void;
  end(facts: SpanFacts, isFailed: boolean): void;
};

/** `caller` is a well-formed traceparent or null. Null: this request is not recorded. */
export function openRequestSpan(beginning: Beginning, caller: string | null): RequestSpan | null {
  if (tracer === null) return null;
  const span = startSpan(beginning, caller === null ? ROOT_CONTEXT : contextFrom(caller));
  if (!span.isRecording()) return null;
  const place = { span, caller };
  return {
    run: (then) => places.run(place, then),
    end: (facts, isFailed) => {
      span.setAttributes(safeFacts(facts));
      if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** For a link from what others will do later. */
export function currentCause(): SpanContext | null {
  return placeNow()?.span.spanContext() ?? null;
}

/** As another process told it; none, of what is no traceparent of a span that was recorded. */
export function causesFrom(traceparent: string | undefined): SpanContext[] {
  const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(traceparent ?? "") ?? [];
  return traceId && spanId ? [{ traceId, spanId, traceFlags: 1, isRemote: true }] : [];
}

/** What to tell whom we ask now, and what the request's own caller told us. Null: pass on what came. */
export function currentTraceparent(): { own: string; caller: string | null } | null {
  const place = placeNow();
  if (!place) return null;
  const { traceId, spanId } = place.span.spanContext();
  return { own: `00-${traceId}-${spanId}-01`, caller: place.caller };
}

function startSpan(
  { name, kind, facts }: Beginning,
  parent: Context,
  more: { startTime?: number; links?: { context: SpanContext }[] } = {},
): Span {
  const options = { kind: kinds[kind], attributes: safeFacts(facts), ...more };
  return (tracer as Tracer).startSpan(name, options, parent);
}

function childOf({ span, caller }: Place, beginning: Beginning): Place {
  return { span: startSpan(beginning, contextOf(span)), caller };
}

function contextOf(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span);
}

function contextFrom(traceparent: string): Context {
  const [, traceId = "", spanId = "", flags = "00"] = traceparent.split("-");
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
}

type Ways<T> = { until?: (value: T, end: () => void) => void; failureOf?: FailureOf<T> | undefined };

async function runWithin<T>(place: Place, run: () => Promise<T>, { until, failureOf }: Ways<T> = {}): Promise<T> {
  const { span } = place;
  try {
    const value = await places.run(place, run);
    const failure = failureOf?.(value) ?? null;
    if (failure !== null) fail(span, failure);
    if (until) until(value, () => span.end());
    else span.end();
    return value;
  } catch (error) {
    fail(span, error);
    span.end();
    throw error;
  }
}

/** That it failed and by what kind of error: what the error says may quote anything. */
function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttributes(safeFacts({ "error.type": errorTypeOf(error) }));
}
