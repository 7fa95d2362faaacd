import type { Diagnostic } from "../../core/diagnostic.js";
import { nearest } from "../../core/nearest.js";
import { regions } from "./regions.js";

/** What can be wrong with how the service is to be reached. Codes are listed in docs/diagnostics.md. */

export function noCredentials(missing: readonly string[]): Diagnostic {
  return {
    severity: "error",
    code: "no-credentials",
    summary: "No credentials",
    detail: `chatform does not know who it is to Genesys Cloud: ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not set.`,
    help: "Set GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET to those of an OAuth client, or GENESYSCLOUD_ACCESS_TOKEN to a token, or use --profile. To try chatform without an org: chatform emulate.",
  };
}

export function badAccessToken(): Diagnostic {
  return {
    severity: "error",
    code: "bad-access-token",
    summary: "Not an access token",
    detail: "The access token holds spaces, line breaks or other characters that no token has.",
    help: "Set GENESYSCLOUD_ACCESS_TOKEN to the token alone, without quotes, name or Bearer.",
  };
}

export function noRegion(): Diagnostic {
  return {
    severity: "error",
    code: "no-region",
    summary: "No region",
    detail: "chatform does not know where the org is: GENESYSCLOUD_REGION is not set.",
    help: "Set it to the org's region, such as eu-central-1, or its host, such as mypurecloud.de.",
  };
}

export function unknownRegion(region: string): Diagnostic {
  const close = nearest(region.toLowerCase().replaceAll("_", "-"), [
    ...Object.keys(regions),
    ...Object.values(regions),
  ]);
  return {
    severity: "error",
    code: "unknown-region",
    summary: "Unknown region",
    detail: `Genesys Cloud has no region or host "${region}" that chatform knows.`,
    help: close === undefined ? `Regions: ${Object.keys(regions).join(", ")}.` : `Did you mean ${close}?`,
  };
}

export function badUrl(name: string, text: string): Diagnostic {
  return {
    severity: "error",
    code: "bad-url",
    summary: "Not a URL",
    // Somebody may have written a password into it.
    detail: `${name} is "${text.replace(/\/\/.*@/, "//…@").replace(/[?#].*/, "…")}".`,
    help: "It has to be like https://api.mypurecloud.de, without a user, a query or a fragment.",
  };
}

export function plainHttp(name: string, origin: string): Diagnostic {
  return {
    severity: "error",
    code: "plain-http",
    summary: "Plain http",
    detail: `${name} is "${origin}": a token sent there could be read on its way.`,
    help: "Use https. Plain http is only for this machine: 127.0.0.1, [::1], localhost.",
  };
}

export function badTokenPoolSize(written: string, most: number): Diagnostic {
  return {
    severity: "error",
    code: "bad-token-pool-size",
    summary: "Not a size of a token pool",
    detail: `GENESYSCLOUD_TOKEN_POOL_SIZE is "${written}".`,
    help: `Set it to a whole number from 1 to ${most}.`,
  };
}

export function badProfile(detail: string, help: string): Diagnostic {
  return { severity: "error", code: "bad-profile", summary: "No usable profile", detail, help };
}
