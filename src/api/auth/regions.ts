/** The domains of Genesys Cloud by AWS region. Source: the vendor's list of regions (July 2026). */
export const regions: Readonly<Record<string, string>> = {
  "us-east-1": "mypurecloud.com",
  "us-east-2": "use2.us-gov-pure.cloud",
  "us-west-2": "usw2.pure.cloud",
  "ca-central-1": "cac1.pure.cloud",
  "mx-central-1": "mxc1.pure.cloud",
  "sa-east-1": "sae1.pure.cloud",
  "eu-west-1": "mypurecloud.ie",
  "eu-west-2": "euw2.pure.cloud",
  "eu-central-1": "mypurecloud.de",
  "eu-central-2": "euc2.pure.cloud",
  "eusc-de-east-1": "edee1.eusc-pure.cloud",
  "me-central-1": "mec1.pure.cloud",
  "ap-south-1": "aps1.pure.cloud",
  "ap-southeast-1": "apse1.pure.cloud",
  "ap-southeast-2": "mypurecloud.com.au",
  "ap-northeast-1": "mypurecloud.jp",
  "ap-northeast-2": "apne2.pure.cloud",
  "ap-northeast-3": "apne3.pure.cloud",
};

/** Matches the vendor's domains for regions that are newer than this list. No secret is sent to any other domain. */
const newerHost = /^[a-z0-9-]+\.(?:us-gov-|eusc-)?pure\.cloud$/;

/**
 * Returns the domain of a region, from its name (`eu-central-1`, `eu_central_1`) or from a host in any form that people copy
 * (`mypurecloud.de`, `api.mypurecloud.de`, `https://login.mypurecloud.de/`).
 *
 * @returns undefined for a text that is neither a region nor one of the vendor's hosts
 */
export function regionHost(region: string): string | undefined {
  const written = region.trim().toLowerCase();
  const byName = regions[written.replaceAll("_", "-")];
  if (byName !== undefined) return byName;
  const host = written
    .replace(/^https:\/\//, "")
    .replace(/\/.*$/, "")
    .replace(/^(?:api|login|apps)\./, "");
  return newerHost.test(host) || Object.values(regions).includes(host) ? host : undefined;
}
