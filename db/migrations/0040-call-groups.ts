// A group of calls is written down and settled by one function: PostgreSQL then plans its statements once for a connection, and is asked once.
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function take_calls(
      sources json, places integer[], ids text[], traces text[], sessions text[], starts timestamptz[], all_ms bigint[],
      all_tokens bigint[], first_bytes bigint[], outcomes text[], error_codes text[], error_classes text[], error_messages text[],
      all_reached boolean[], all_assumed boolean[], settled_at timestamptz
    ) returns void language plpgsql set search_path = public set enable_seqscan = off as $$
    begin
      perform 1 from budget_periods
        where workspace_id in (select workspace_id from json_to_recordset(sources) as source (workspace_id text))
        order by workspace_id, period_from for update;
      with ${sql.raw([calls, fresh, leases, recovered, changes].join(","))}
      update budget_periods as p set requests_spent = p.requests_spent + change.calls,
        compute_ms_spent = p.compute_ms_spent + change.compute_ms, tokens_spent = p.tokens_spent + change.tokens,
        requests_held = p.requests_held - change.held_calls, compute_ms_held = p.compute_ms_held - change.held_compute_ms,
        tokens_held = p.tokens_held - change.held_tokens, touched_at = greatest(touched_at, settled_at)
      from change where p.workspace_id = change.workspace_id and p.period_from = change.period_from;
    end $$`.execute(db);
  await sql`
    comment on function take_calls is
      'Writes these calls down, adds what they used to the periods they fall into and ends what their leases held for them. What is there
       already is left alone and settled no more. A call whose lease was taken away may have been taken for lost: what was made up for it
       goes. The periods are locked first, in one order, as by whoever else changes leases.'`.execute(db);
  await sql`revoke all on function take_calls from public`.execute(db);
  await sql`grant execute on function take_calls to whs_across`.execute(db);
}

/** What many calls have in common is sent once. */
const calls = `
      call as materialized (
        select source.*, made.*
        from unnest(places, ids, traces, sessions, starts, all_ms, all_tokens, first_bytes, outcomes, error_codes, error_classes,
            error_messages, all_reached, all_assumed)
          as made (place, id, trace_id, session_id, started_at, compute_ms, tokens, first_byte_ms, outcome, error_code, error_class,
            error_message, reached_runtime, tokens_are_assumed)
        join json_to_recordset(sources) as source (of_place integer, workspace_id text, agent_id text, deployment_id text,
          principal text, mode text, lease_id text, held_compute_ms bigint, held_tokens bigint) on source.of_place = made.place
      )`;

const fresh = `
      fresh as (
        insert into invocations (id, trace_id, workspace_id, agent_id, deployment_id, session_id, principal, mode, outcome, error_code,
          error_class, error_message, compute_ms, tokens, first_byte_ms, reached_runtime, tokens_are_assumed, started_at)
        select id, trace_id, workspace_id, agent_id, deployment_id, session_id, principal, mode, outcome, error_code,
          error_class, error_message, compute_ms, tokens, first_byte_ms, reached_runtime, tokens_are_assumed, started_at
        from call on conflict (id) do nothing returning id
      ), settling as materialized (select call.* from call join fresh using (id))`;

const leases = `
      used as (
        select lease_id, count(*) as calls, sum(held_compute_ms)::bigint as compute_ms, sum(held_tokens)::bigint as tokens
        from settling group by 1
      ), lease as (
        update budget_leases as l set requests_held = l.requests_held - used.calls, compute_ms_held = l.compute_ms_held - used.compute_ms,
          tokens_held = l.tokens_held - used.tokens
        from used where used.lease_id = l.id
        returning l.id, l.workspace_id, l.period_from, used.calls, used.compute_ms, used.tokens
      )`;

/** One row for each call that comes late, as a trace id may be the caller's and name many. */
const recovered = `
      late as (
        select workspace_id, trace_id, deployment_id, count(*) as calls from settling
        where not exists (select from lease where lease.id = settling.lease_id) group by 1, 2, 3
      ), made_up as (
        select i.id, late.calls, row_number() over (
          partition by i.workspace_id, i.trace_id, i.deployment_id order by i.started_at, i.id) as nth
        from invocations as i join late using (workspace_id, trace_id, deployment_id) where i.is_recovered
      ), gone as (
        delete from invocations as i using made_up where i.id = made_up.id and nth <= made_up.calls
        returning i.workspace_id, i.started_at, i.compute_ms, i.tokens
      )`;

const changes = `
      settlement as (
        select workspace_id, started_at, 1 as requests, compute_ms, coalesce(tokens, 0) as tokens from settling
        union all select workspace_id, started_at, -1, -compute_ms, -coalesce(tokens, 0) from gone
      ), ended as (
        select workspace_id, period_from, sum(calls)::bigint as calls, sum(compute_ms)::bigint as compute_ms,
          sum(tokens)::bigint as tokens from lease group by 1, 2
      ), spent as (
        select p.workspace_id, p.period_from, sum(settlement.requests)::bigint as calls,
          sum(settlement.compute_ms)::bigint as compute_ms, sum(settlement.tokens)::bigint as tokens
        from budget_periods as p join settlement on settlement.workspace_id = p.workspace_id
          and settlement.started_at >= p.period_from and settlement.started_at < p.period_to group by 1, 2
      ), change as (
        select workspace_id, period_from, coalesce(spent.calls, 0) as calls, coalesce(spent.compute_ms, 0) as compute_ms,
          coalesce(spent.tokens, 0) as tokens, coalesce(ended.calls, 0) as held_calls,
          coalesce(ended.compute_ms, 0) as held_compute_ms, coalesce(ended.tokens, 0) as held_tokens
        from spent full join ended using (workspace_id, period_from)
      )`;
