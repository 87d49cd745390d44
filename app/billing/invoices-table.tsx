// Invoices, refunds and disputes: what was asked for, what was paid, and when.
import { ReceiptText } from "lucide-react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { dayWords } from "~/app/ui/measures";
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { InvoiceItem } from "~/server/billing/billing.contract";
import { moneyWords } from "./money-words";

const tones: Record<string, StateTone> = {
  paid: "live",
  succeeded: "live",
  won: "live",
  open: "waiting",
  pending: "waiting",
  uncollectible: "failed",
  failed: "failed",
  lost: "failed",
  needs_response: "failed",
};

export function InvoicesTable({ records, workspaceId }: { records: InvoiceItem[]; workspaceId: string }) {
  if (records.length === 0) {
    return (
      <EmptyState icon={ReceiptText} title="No invoices yet">
        They appear here as soon as something was bought, and are kept for seven years.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Invoices"
      head={
        <>
          <HeadCell>Number</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell isNumber>Amount</HeadCell>
          <HeadCell isNumber isWideOnly>
            Tax
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Date
          </HeadCell>
          <HeadCell>Paper</HeadCell>
        </>
      }
    >
      {records.map((record) => (
        <InvoiceRow key={record.recordId} record={record} workspaceId={workspaceId} />
      ))}
    </DataTable>
  );
}

function InvoiceRow({ record, workspaceId }: { record: InvoiceItem; workspaceId: string }) {
  const { kind, status, number, currency, amountDue, tax, occurredAt } = record;
  return (
    <tr>
      <Cell className="whitespace-nowrap py-2 font-medium text-ink">
        {kind === "invoice" ? (number ?? "–") : <Tag>{kind}</Tag>}
        <span className="block font-normal text-ink-3 text-xs md:hidden">{dayWords(occurredAt)}</span>
      </Cell>
      <Cell>
        <StateMark tone={tones[status] ?? "idle"}>{status.replaceAll("_", " ")}</StateMark>
      </Cell>
      <Cell isNumber>
        {amountDue === null || !currency ? "–" : `${kind === "invoice" ? "" : "−"}${moneyWords(amountDue, currency)}`}
      </Cell>
      <Cell isNumber isWideOnly>
        {tax === null || !currency ? "–" : moneyWords(tax, currency)}
      </Cell>
      <Cell isNumber isWideOnly>
        {dayWords(occurredAt)}
      </Cell>
      <Cell className="whitespace-nowrap">
        {kind === "invoice" ? <Papers workspaceId={workspaceId} recordId={record.recordId} number={number} /> : "–"}
      </Cell>
    </tr>
  );
}

/** They open beside this page: both are Stripe's. */
function Papers({ workspaceId, recordId, number }: { workspaceId: string; recordId: string; number: string | null }) {
  const words = number ?? "this invoice";
  return (
    <span className="flex flex-wrap gap-x-3">
      {(["page", "pdf"] as const).map((paper) => (
        <a
          key={paper}
          href={paths.invoice(workspaceId, recordId, paper)}
          target="_blank"
          rel="noreferrer"
          aria-label={paper === "pdf" ? `PDF of ${words}, at Stripe` : `Open ${words} at Stripe`}
          className="rounded text-accent underline underline-offset-2"
        >
          {paper === "pdf" ? "PDF" : "Open"}
        </a>
      ))}
    </span>
  );
}
