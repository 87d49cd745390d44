// The corpus of archives that are odd but valid: forms that honest tools write, all of which must come in.
import { archivesOfTools } from "./archives-of-tools";
import { entry, file, manifest, unicodePath, zeros } from "./hostile-archive";
import { extraField, type RawEntry, type RawZipOptions, rawZip, zip64Field } from "./raw-zip";

/** `warns`: how many things are said to have been dropped. */
export type OddArchive = { what: string; zip: Buffer; warns: number };

type Odd = [what: string, entries: RawEntry[], options?: RawZipOptions, warns?: number];

const stored = (of: RawEntry): RawEntry => ({ ...of, method: 0 });
const sizeOf = (of: RawEntry) => Buffer.byteLength(of.data ?? "");
const open32 = { sizeBytes: 0xffffffff, compressedBytes: 0xffffffff };
const times = extraField(0x5455, Buffer.from([3, ...zeros(8)]));
const ntfsTimes = extraField(0x000a, zeros(32));
const owner = extraField(0x7875, Buffer.from([1, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0]));
const codePage = Buffer.from([0x67, 0x72, 0x81, 0xe1, 0x65]); // grüße in code page 437

const forms: Odd[] = [
  ["stored", [stored(manifest), stored(entry)]],
  [
    "folders listed, before and behind their files",
    [{ name: "lib/" }, manifest, entry, file("lib/a"), file("src/a"), { name: "src/" }],
  ],
  [
    "empty folders and files",
    [manifest, entry, { name: "empty/" }, { name: "empty.txt" }, { name: "deflated.txt", packed: Buffer.from([3, 0]), data: "" }],
  ],
  [
    "unix modes",
    [
      { ...manifest, mode: 0o100600 },
      { ...entry, mode: 0o100755 },
      { name: "lib/", mode: 0o042775 },
    ],
  ],
  [
    "DOS attributes, as Windows Explorer writes them",
    [
      { ...manifest, dosAttributes: 0x20 },
      { ...entry, dosAttributes: 0x21 },
      { name: "lib/", dosAttributes: 0x10 },
    ],
  ],
  [
    "DOS attributes and unix modes at once, as 7-Zip writes them",
    [
      { ...manifest, mode: 0o100644, dosAttributes: 0x8020, extra: ntfsTimes },
      { ...entry, mode: 0o100644, dosAttributes: 0x8020, extra: ntfsTimes },
    ],
  ],
  [
    "descriptors with and without signature",
    [
      { ...manifest, descriptor: "signed" },
      { ...entry, descriptor: "bare" },
    ],
  ],
  [
    "wide descriptors",
    [
      { ...manifest, descriptor: "signed64" },
      { ...entry, descriptor: "bare64" },
    ],
  ],
  [
    "descriptors behind stored data",
    [
      { ...stored(manifest), descriptor: "signed" },
      { ...stored(entry), descriptor: "signed" },
    ],
  ],
  [
    "descriptors and sizes that were known",
    [{ ...manifest, descriptor: "signed", local: { sizeBytes: sizeOf(manifest) } }, entry],
  ],
  [
    "times and owners, longer in the local header",
    [{ ...manifest, extra: Buffer.concat([times, owner]), local: { extra: Buffer.concat([times, owner, owner]) } }, entry],
  ],
  [
    "Java's mark of an archive",
    [{ name: "META-INF/", extra: extraField(0xcafe, zeros(0)), local: { extra: extraField(0xcafe, zeros(0)) } }, manifest, entry],
  ],
  [
    "zeros that align local headers, as zipalign writes them",
    [
      { ...manifest, local: { extra: zeros(3) } },
      { ...entry, local: { extra: zeros(6) } },
    ],
  ],
  ["owners by PKWARE's Unix field, without a link", [{ ...manifest, extra: extraField(0x000d, zeros(12)) }, entry]],
  ["zip64 records", [manifest, entry], { wide: {} }],
  ["zip64 records that repeat the end record", [manifest, entry], { wide: { repeats: true } }],
  [
    "zip64 sizes in the local header",
    [manifest, { ...stored(entry), local: { ...open32, extra: zip64Field(sizeOf(entry), sizeOf(entry)) } }],
  ],
  [
    "zip64 sizes in both headers",
    [
      manifest,
      {
        ...stored(entry),
        central: open32,
        extra: zip64Field(sizeOf(entry), sizeOf(entry)),
        local: { ...open32, extra: zip64Field(sizeOf(entry), sizeOf(entry)) },
      },
    ],
  ],
  [
    "zip64 sizes that nobody asked for and are true",
    [manifest, { ...stored(entry), extra: zip64Field(sizeOf(entry), sizeOf(entry)) }],
  ],
  [
    "the name a second time in UTF-8",
    [
      manifest,
      entry,
      file("gr\u00fc\u00dfe.txt", { extra: unicodePath("gr\u00fc\u00dfe.txt", Buffer.from("gr\u00fc\u00dfe.txt")) }),
    ],
  ],
  [
    "a name in an old code page with its UTF-8 beside it",
    [manifest, entry, file(codePage, { flags: 0, extra: unicodePath("gr\u00fc\u00dfe", codePage) })],
  ],
  [
    "plain names that are not marked as UTF-8",
    [
      { ...manifest, flags: 0 },
      { ...entry, flags: 0 },
    ],
  ],
  ["UTF-8 names that are not marked", [manifest, entry, file("\u65e5\u672c\u8a9e.md", { flags: 0 })]],
  ["names in decomposed letters, as macOS writes them", [manifest, entry, file("cafe\u0301/menu.txt")]],
  [
    "names with signs, spaces and dots",
    [manifest, entry, file("100%..txt"), file("...a/b c"), file("[...slug].tsx"), file("~x+@,=(1)!#$&'{}^;-_")],
  ],
  ["names in emoji", [manifest, entry, file("\u{1f600}.md")]],
  ["a deep but decent path", [manifest, entry, file(`${"d/".repeat(20)}x`)]],
  ["a name of 255 bytes", [manifest, entry, file("n".repeat(255))]],
  ["the entry point before the manifest", [entry, manifest]],
  ["a comment, as GitHub writes it", [manifest, entry], { comment: Buffer.from("3f786850e387550fdab836ed7e6dc881de23001b") }],
  ["the longest comment", [manifest, entry], { comment: Buffer.alloc(0xffff, "c") }],
  [
    "an archive inside, which stays packed",
    [manifest, entry, file("inner.zip", { method: 0, data: rawZip([manifest, file("../x")]) })],
  ],
  [
    "an archive inside as the last file, without a length before it",
    [manifest, entry, file("inner.zip", { descriptor: "signed", data: rawZip([manifest]) })],
  ],
  ["text that shrinks well", [manifest, entry, file("a.txt", { data: "hello ".repeat(20_000) })]],
  ["the directory in another order than the files", [manifest, entry, file("z"), file("a")], { isReversed: true }],
  ["zeros that fill up the last block", [manifest, entry], { append: zeros(300) }, 1],
  [
    "names that begin with ./",
    [{ name: "./" }, { ...manifest, name: "./agent.config.json" }, { ...entry, name: "./index.ts" }],
    {},
    1,
  ],
  [
    "one top folder",
    [{ name: "bot/" }, { ...manifest, name: "bot/agent.config.json" }, { ...entry, name: "bot/index.ts" }],
    {},
    1,
  ],
  ["the clutter of desktops", [manifest, entry, file(".DS_Store"), file("__MACOSX/._index.ts"), file("src/Thumbs.db")], {}, 1],
];

/** In a fixed order. */
export function oddArchives(): OddArchive[] {
  return [
    ...forms.map(([what, entries, options, warns]) => ({ what, zip: rawZip(entries, options), warns: warns ?? 0 })),
    ...archivesOfTools.map(([tool, zip]) => ({ what: tool, zip, warns: tool.startsWith("git") ? 1 : 0 })),
  ];
}
