// One line of a CSV file (RFC 4180), safe to open in a spreadsheet.

/** A spreadsheet computes what begins so. An apostrophe before it makes it text. */
const formulaStart = /^[=+\-@＝＋－＠\t\r]/;

export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: string | number | null): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = formulaStart.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
