// One plain look for all letters: a greeting, what happened, one link, and what to do when it was not you.
import type { Mail } from "./mailer";

export type Letter = {
  to: string;
  subject: string;
  paragraphs: readonly string[];
  link?: { label: string; url: string };
  /** The last line, smaller. */
  footnote: string;
};

/** Text and HTML with the same words. Everything is escaped: names come from people. */
export function composeLetter(letter: Letter): Mail {
  const { to, subject } = letter;
  return { to, subject, text: textOf(letter), html: htmlOf(letter) };
}

function textOf(letter: Letter): string {
  const link = letter.link ? [`${letter.link.label}:\n${letter.link.url}`] : [];
  return [...letter.paragraphs, ...link, letter.footnote].join("\n\n");
}

function htmlOf(letter: Letter): string {
  const paragraphs = letter.paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n");
  const link = letter.link
    ? `<p><a href="${escapeHtml(letter.link.url)}" style="display:inline-block;padding:10px 16px;border-radius:8px;background:#171717;color:#ffffff;text-decoration:none">${escapeHtml(letter.link.label)}</a></p>\n<p style="word-break:break-all">${escapeHtml(letter.link.url)}</p>`
    : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(letter.subject)}</title></head>
<body style="font:16px/1.5 system-ui,sans-serif;color:#171717;max-width:36rem;margin:2rem auto;padding:0 1rem">
${paragraphs}
${link}
<p style="color:#5c5c5c;font-size:14px">${escapeHtml(letter.footnote)}</p>
</body></html>`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
