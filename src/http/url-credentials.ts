/** A user name and password. */
export interface UrlCredentials {
  readonly username: string;
  readonly password: string;
}

/** Returns the user name and password of a URL, decoded; empty where the URL has none. */
export function urlCredentials({ username, password }: URL): UrlCredentials {
  return { username: decode(username), password: decode(password) };
}

/** Decodes a part of a URL; a part that is badly encoded is returned as written. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns the value of an Authorization or Proxy-Authorization header. Source: RFC 7617. */
export function basicAuthorization({ username, password }: UrlCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Returns the password of the value of an Authorization header. */
export function basicPassword(authorization: string): string {
  const text = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
  return text.slice(text.indexOf(":") + 1);
}
