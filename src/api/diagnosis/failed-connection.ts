import type { Check } from "../../core/doctor/check.js";
import { failed } from "../../core/doctor/check.js";
import type { NetworkError } from "../../http/network-error.js";
import type { Proxy } from "../../http/proxy.js";
import type { ProxyStatus } from "../../http/proxy-status.js";
import type { ServiceHost, ServicePlace } from "./service-place.js";

/** Returns the failure of the proxy on the way to a host; undefined where the proxy works. */
export function explainProxy(status: ProxyStatus, host: ServiceHost, place: ServicePlace): Check | undefined {
  const { proxy: { url } = { url: "" }, name } = host;
  if ("reason" in status)
    return failed("connection", "proxy-unreachable", {
      text: `The proxy ${url} can't be reached: ${status.reason}.`,
      help: `Check host and port of the proxy in ${place.proxy.address}. If this network needs no proxy, remove the setting.`,
    });
  if (status.status === 407) return explainProxyLogin(host.proxy, place);
  if (status.status < 300) return undefined;
  return failed("connection", "proxy-refused", {
    text: `The proxy ${url} refuses a connection to ${name}: HTTP ${status.status}.`,
    help: `Ask the administrator of the proxy to allow ${place.api.name} and ${place.login.name}, port 443.`,
  });
}

/** Returns the failure of a proxy that responds with 407. @param proxy undefined: none is set */
export function explainProxyLogin(proxy: Proxy | undefined, place: ServicePlace): Check {
  const name = proxy === undefined ? "A proxy on the way" : `The proxy ${proxy.url}`;
  const refuses =
    proxy?.authorization === undefined
      ? "asks for a user and a password"
      : "refuses the user or the password";
  return failed("connection", "proxy-login", {
    text: `${name} ${refuses}: HTTP 407.`,
    help: `Set the user and the password of the proxy: ${place.proxy.login}`,
  });
}

/** Codes of Node for a name without an address, and for a network without a way. */
const unresolved = /^(?:ENOTFOUND|ENODATA|EAI_)/;
const unroutable = /^(?:ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;

/** Returns the failure of a request without a response. */
export function explainNetworkError(error: NetworkError, { name, setting }: ServiceHost): Check {
  const { code, systemCode, message } = error;
  if (code === "not.trusted") return explainCertificate(error, { name, setting });
  if (code === "timeout")
    return failed("connection", "timeout", {
      text: `${name} does not respond: ${message}.`,
      help: "Check the network and its firewall. If they are only slow: chatform doctor --timeout 30s",
    });
  if (code === "answer.too.large")
    return failed("connection", "bad.answer", {
      text: `${name} does not respond as Genesys Cloud does: ${message}.`,
      help: `Check the host: ${setting}.`,
    });
  if (unresolved.test(systemCode))
    return failed("connection", "connection.failed", {
      text: `${name} has no address: ${message}.`,
      help: `Check the network and the DNS of this machine, and the spelling of the host: ${setting}.`,
    });
  if (unroutable.test(systemCode))
    return failed("connection", "connection.failed", {
      text: `This machine has no network connection to ${name}: ${message}.`,
      help: "Check the network of this machine. If it needs a proxy, set https_proxy=http://HOST:PORT",
    });
  if (systemCode === "ECONNREFUSED")
    return failed("connection", "connection.failed", {
      text: `${name} refuses the connection: ${message}.`,
      help: `Check host and port (${setting}), and that the firewall allows them.`,
    });
  return failed("connection", "connection.failed", {
    text: `The connection to ${name} broke: ${message}.`,
    help: "Run the command again. If it breaks again, check the network, the proxy and the firewall.",
  });
}

function explainCertificate(
  { systemCode, message }: NetworkError,
  { name, setting }: Pick<ServiceHost, "name" | "setting">,
): Check {
  const help = /EXPIRED|NOT_YET_VALID/.test(systemCode)
    ? "Check the date of this machine. If it is right, the owner of the server has to renew the certificate."
    : systemCode === "ERR_TLS_CERT_ALTNAME_INVALID"
      ? `Check the host: ${setting}.`
      : "If a proxy of your network replaces certificates, name the file with its CA certificate: NODE_EXTRA_CA_CERTS=FILE";
  return failed("connection", "not.trusted", {
    text: `This machine does not trust the certificate of ${name}: ${message}.`,
    help,
  });
}
