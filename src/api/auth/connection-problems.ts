import type { Diagnostic } from "../../core/diagnostic.js";
import { nearest } from "../../core/nearest.js";
import { regions } from "./regions.js";

/** The diagnostics of wrong connection settings. The codes are listed in docs/diagnostics.md. */

export function noCredentials(missing: readonly string[]): Diagnostic {
  return {
    severity: "error",
    code: "no-credentials",
    summary: "No credentials",
    detail: `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not set.`,
    help: "Set GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET to the id and secret of an OAuth client, or set GENESYSCLOUD_ACCESS_TOKEN, or use --profile. To try chatform without an org: chatform emulate",
  };
}

export function badAccessToken(): Diagnostic {
  return {
    severity: "error",
    code: "bad-access-token",
    summary: "Invalid access token",
    detail: "The access token has spaces, line breaks or other characters that no token has.",
    help: "Set GENESYSCLOUD_ACCESS_TOKEN to the token alone, without quotes, a name or Bearer.",
  };
}

export function noRegion(): Diagnostic {
  return {
    severity: "error",
    code: "no-region",
    summary: "No region",
    detail: "GENESYSCLOUD_REGION is not set.",
    help: "Set GENESYSCLOUD_REGION to the org's region, for example eu-central-1, or to its host, for example mypurecloud.de.",
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
    detail: `"${region}" is not a region or host of Genesys Cloud that chatform knows.`,
    help: close === undefined ? `Regions: ${Object.keys(regions).join(", ")}.` : `Did you mean ${close}?`,
  };
}

export function badUrl(name: string, text: string): Diagnostic {
  return {
    severity: "error",
    code: "bad-url",
    summary: "Invalid URL",
    // The text may hold a password.
    detail: `${name} is "${text.replace(/\/\/.*@/, "//…@").replace(/[?#].*/, "…")}".`,
    help: "Write a URL like https://api.mypurecloud.de, without a user, a query or a fragment.",
  };
}

export function plainHttp(name: string, origin: string): Diagnostic {
  return {
    severity: "error",
    code: "plain-http",
    summary: "URL without encryption",
    detail: `${name} is "${origin}". A token sent there could be read on the way.`,
    help: "Use https. Plain http is accepted only for this machine: 127.0.0.1, [::1], localhost.",
  };
}

export function badTokenPoolSize(written: string, most: number): Diagnostic {
  return {
    severity: "error",
    code: "bad-token-pool-size",
    summary: "Invalid token pool size",
    detail: `GENESYSCLOUD_TOKEN_POOL_SIZE is "${written}".`,
    help: `Set GENESYSCLOUD_TOKEN_POOL_SIZE to a whole number from 1 to ${most}.`,
  };
}

export function badProfile(detail: string, help: string): Diagnostic {
  return { severity: "error", code: "bad-profile", summary: "Unusable profile", detail, help };
}
