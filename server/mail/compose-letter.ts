// One plain look for all letters: whose house it comes from, what happened, one link, and what to do when it was not you.
import type { Mail } from "./mailer";

export type Letter = {
  to: string;
  subject: string;
  paragraphs: readonly string[];
  link?: { label: string; url: string };
  /** The last line, smaller. */
  footnote: string;
};

const productName = "webhost.systems";

/** Text and HTML with the same words, nothing fetched from anywhere. Everything is escaped: names come from people. */
export function composeLetter(letter: Letter): Mail {
  const { to, subject } = letter;
  return { to, subject, text: textOf(letter), html: htmlOf(letter) };
}

function textOf(letter: Letter): string {
  const link = letter.link ? [`${letter.link.label}:\n${letter.link.url}`] : [];
  return [...letter.paragraphs, ...link, letter.footnote, `-- \n${productName}`].join("\n\n");
}

/** Light by inline styles, which every program reads; dark where the reading program asks for it. */
const styles = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #111111 !important; color: #ededed !important; }
  .card { background: #1a1a1a !important; border-color: #2e2e2e !important; }
  .quiet { color: #a1a1a1 !important; }
  .act { background: #ededed !important; color: #111111 !important; }
}`;

function htmlOf(letter: Letter): string {
  const paragraphs = letter.paragraphs.map((text) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`).join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(letter.subject)}</title><style>${styles}
</style></head>
<body class="page" style="margin:0;padding:32px 16px;background:#f5f5f5;color:#171717;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:34rem;margin:0 auto">
<p style="margin:0 0 16px;font-weight:600;letter-spacing:-0.01em">${productName}</p>
<div class="card" style="padding:28px 28px 12px;background:#ffffff;border:1px solid #e5e5e5;border-radius:12px">
${paragraphs}
${letter.link ? linkOf(letter.link) : ""}
</div>
<p class="quiet" style="margin:16px 0 0;color:#5c5c5c;font-size:14px">${escapeHtml(letter.footnote)}</p>
</div>
</body></html>`;
}

function linkOf({ label, url }: { label: string; url: string }): string {
  const address = escapeHtml(url);
  return `<p style="margin:24px 0"><a class="act" href="${address}" style="display:inline-block;padding:11px 18px;border-radius:8px;background:#171717;color:#ffffff;font-weight:500;text-decoration:none">${escapeHtml(label)}</a></p>
<p class="quiet" style="margin:0 0 16px;color:#5c5c5c;font-size:14px;word-break:break-all">${address}</p>`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
