// Ten recovery codes, shown this one time: to copy, to save, to print.
import { Download } from "lucide-react";
import { buttonClass } from "~/app/ui/button";
import { CopyButton } from "~/app/ui/copy-button";
import { Notice } from "~/app/ui/notice";

export function RecoveryCodes({ codes }: { codes: string[] }) {
  const text = codes.join("\n");
  return (
    <div className="grid gap-4">
      <Notice tone="warning" title="Keep these codes now: they are shown this once">
        Each signs you in once when your app is out of reach. Put them where your password is not.
      </Notice>
      <ul className="grid gap-x-8 gap-y-1.5 rounded-md border border-line bg-sunken px-4 py-3 font-mono text-sm sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code} className="tabular select-all tracking-wide">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={text} label="Copy the recovery codes" className="h-9 border border-line-strong px-3 text-sm">
          Copy all
        </CopyButton>
        <a
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`webhost.systems recovery codes\n\n${text}\n`)}`}
          download="webhost-systems-recovery-codes.txt"
          className={buttonClass()}
        >
          <Download aria-hidden="true" />
          Save as a file
        </a>
      </div>
    </div>
  );
}
