// The audit chain: each workspace's entries linked by hashes as they commit, and places in it signed (MISSION J1).
import { type Kysely, sql } from "kysely";
import { type AuditContent, contentHashOf } from "../audit-chain";

const entriesAtOnce = 1_000;

export async function up(db: Kysely<unknown>): Promise<void> {
  await createTables(db);
  await createFunctions(db);
  await createTriggers(db);
  await grantReading(db);
  await linkExistingEntries(db);
}

async function createTables(db: Kysely<unknown>): Promise<void> {
  await sql`alter table audit_entries add column content_hash bytea check (octet_length(content_hash) = 32)`.execute(db);
  await sql`create index audit_entries_unlinked on audit_entries (seq) where content_hash is null`.execute(db);
  await sql`
    create table audit_heads (
      workspace_id text primary key,
      position bigint not null check (position > 0),
      hash bytea not null check (octet_length(hash) = 32)
    ) with (fillfactor = 50)`.execute(db);
  // No foreign key to the entry: a link outlives it, so that a chain can still be followed once old entries are purged.
  await sql`
    create table audit_links (
      workspace_id text not null,
      position bigint not null check (position > 0),
      entry_id text not null unique,
      content_hash bytea not null check (octet_length(content_hash) = 32),
      hash bytea not null check (octet_length(hash) = 32),
      primary key (workspace_id, position)
    )`.execute(db);
  await sql`
    create table audit_checkpoints (
      workspace_id text not null,
      position bigint not null,
      hash bytea not null check (octet_length(hash) = 32),
      signed_at timestamptz not null,
      public_key bytea not null check (octet_length(public_key) = 32),
      signature bytea not null check (octet_length(signature) = 64),
      primary key (workspace_id, position),
      foreign key (workspace_id, position) references audit_links (workspace_id, position)
    )`.execute(db);
}

/** They run with the rights of the schema's owner: nobody else may write links and heads. */
async function createFunctions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function append_audit_link(of_chain text, of_entry text, content bytea) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
    declare
      linked audit_heads;
    begin
      insert into audit_heads as head (workspace_id, position, hash)
        values (of_chain, 1, sha256(decode(repeat('00', 32), 'hex') || int8send(1) || content))
        on conflict (workspace_id) do update
          set position = head.position + 1, hash = sha256(head.hash || int8send(head.position + 1) || content)
        returning * into linked;
      insert into audit_links (workspace_id, position, entry_id, content_hash, hash)
        values (of_chain, linked.position, of_entry, content, linked.hash);
    end $$`.execute(db);
  // An entry that an older release wrote has no hash: PostgreSQL cannot write canonical JSON, so the sweep brings one.
  await sql`
    create function seal_audit_entry(of_entry text, content bytea) returns boolean
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
    declare
      of_chain text;
    begin
      update audit_entries set content_hash = content where id = of_entry and content_hash is null
        returning workspace_id into of_chain;
      if not found then return false; end if;
      perform append_audit_link(of_chain, of_entry, content);
      return true;
    end $$`.execute(db);
  await sql`
    create function note_audit_chain() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
    declare
      noted text := coalesce(current_setting('whs.audit_chains', true), '');
    begin
      if not new.workspace_id = any (string_to_array(noted, ' ')) then
        perform set_config('whs.audit_chains', ltrim(noted || ' ' || new.workspace_id), true);
      end if;
      return new;
    end $$`.execute(db);
  // Whoever writes several chains takes their heads in one order, so that two such transactions cannot wait for each other. The
  // rest is what append_audit_link does: it runs for every act, and a call in a call would cost a tenth of it.
  await sql`
    create function link_audit_entry() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
    declare
      noted text := current_setting('whs.audit_chains', true);
      linked audit_heads;
    begin
      if strpos(noted, ' ') > 0 then
        perform 1 from audit_heads where workspace_id = any (string_to_array(noted, ' ')) order by workspace_id for update;
        perform set_config('whs.audit_chains', '', true);
      end if;
      insert into audit_heads as head (workspace_id, position, hash)
        values (new.workspace_id, 1, sha256(decode(repeat('00', 32), 'hex') || int8send(1) || new.content_hash))
        on conflict (workspace_id) do update
          set position = head.position + 1, hash = sha256(head.hash || int8send(head.position + 1) || new.content_hash)
        returning * into linked;
      insert into audit_links (workspace_id, position, entry_id, content_hash, hash)
        values (new.workspace_id, linked.position, new.id, new.content_hash, linked.hash);
      return null;
    end $$`.execute(db);
}

/** At commit: the head's lock is held only while the transaction ends, after every lock that the act itself took. */
async function createTriggers(db: Kysely<unknown>): Promise<void> {
  // A transaction that row-level security binds writes one chain only, its own: nothing to note.
  await sql`
    create trigger note_audit_chain before insert on audit_entries for each row
      when (new.workspace_id is distinct from current_setting('whs.workspace_id', true))
      execute function note_audit_chain()`.execute(db);
  await sql`
    create constraint trigger link_audit_entry after insert on audit_entries
      deferrable initially deferred for each row
      when (new.content_hash is not null) execute function link_audit_entry()`.execute(db);
}

async function grantReading(db: Kysely<unknown>): Promise<void> {
  for (const table of ["audit_heads", "audit_links", "audit_checkpoints"]) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
    await sql`grant select on ${sql.table(table)} to whs_app, whs_across`.execute(db);
    await sql`
      create policy own_workspace on ${sql.table(table)} for select to whs_app
        using (workspace_id = current_setting('whs.workspace_id', true))`.execute(db);
    await sql`create policy across on ${sql.table(table)} to whs_across using (true) with check (true)`.execute(db);
  }
  await sql`grant insert on audit_checkpoints to whs_across`.execute(db);
  for (const name of ["append_audit_link(text, text, bytea)", "seal_audit_entry(text, bytea)", "link_audit_entry()"]) {
    await sql`revoke all on function ${sql.raw(name)} from public`.execute(db);
  }
  await sql`grant execute on function seal_audit_entry(text, bytea) to whs_across`.execute(db);
}

/** Oldest first. Writers wait meanwhile: the table was altered in this transaction. */
async function linkExistingEntries(db: Kysely<unknown>): Promise<void> {
  for (let found = entriesAtOnce; found === entriesAtOnce; ) {
    const { rows } = await sql<AuditContent>`
      select id, workspace_id as "workspaceId", actor_kind as "actorKind", actor_id as "actorId", action,
        target_kind as "targetKind", target_id as "targetId", trace_id as "traceId", ip_address as "ipAddress", metadata,
        created_at as "createdAt"
      from audit_entries where content_hash is null order by seq limit ${entriesAtOnce}`.execute(db);
    const [ids, hashes] = [rows.map((row) => row.id), rows.map(contentHashOf)];
    await sql`
      select seal_audit_entry(entry.id, entry.hash)
      from unnest(${ids}::text[], ${hashes}::bytea[]) as entry (id, hash)`.execute(db);
    found = rows.length;
  }
}
