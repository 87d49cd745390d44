// Text of a known kind as coloured spans: classes only, as the content security policy demands.
import type { ElementContent, RootContent } from "hast";
import bash from "highlight.js/lib/languages/bash";
import css from "highlight.js/lib/languages/css";
import ini from "highlight.js/lib/languages/ini";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";
import { createElement, type ReactNode } from "react";

const lowlight = createLowlight({ bash, css, ini, javascript, json, markdown, python, typescript, xml, yaml });

const languages: Record<string, string> = {
  ts: "typescript",
  tsx: "typescript",
  mts: "typescript",
  cts: "typescript",
  js: "javascript",
  jsx: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  json: "json",
  md: "markdown",
  py: "python",
  css: "css",
  html: "xml",
  svg: "xml",
  xml: "xml",
  yml: "yaml",
  yaml: "yaml",
  toml: "ini",
  ini: "ini",
  env: "ini",
  sh: "bash",
};

/** Null for a kind of file that is not known here. */
export function colourCode(path: string, text: string): ReactNode {
  const language = languages[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
  return language ? lowlight.highlight(language, text).children.map(toNode) : null;
}

function toNode(node: RootContent | ElementContent, at: number): ReactNode {
  if (node.type === "text") return node.value;
  if (node.type !== "element") return null;
  const className = [node.properties.className].flat().join(" ");
  return createElement("span", { key: at, className }, node.children.map(toNode));
}
