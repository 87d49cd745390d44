// Paths of somebody's machine and hosts of somebody's registry work nowhere else.
import { type HouseFile, linesMatching, type Place } from "./house-file";

const homePath = /(^|[\s"'`(=:])\/(home|Users|root|work)\/[\w.-]+/;
const registryHost = /https?:\/\/(registry|npm|pypi|artifactory|nexus|verdaccio)[\w-]*\.[\w.-]+/i;

export function findMachinePaths(file: HouseFile): Place[] {
  const trimmed = (text: string) => text.trim().slice(0, 80);
  return [
    ...linesMatching(file, homePath, (match) => `names a path of one machine: ${trimmed(match)}`),
    ...linesMatching(file, registryHost, (match) => `names a package registry: ${trimmed(match)}`),
  ];
}
