/** Whether a store is reached only from here: a folder of this machine, or a name that the internet doesn't know. Pure. */

/** Networks of one's own. Source: RFC 1918, RFC 6762, RFC 2606, RFC 4193. */
const PRIVATE =
  /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[?(::1|f[cd][0-9a-f]{2}:|fe80:))|\.(local|internal|lan|home\.arpa|localdomain|test|intranet|corp)$/i;

/** A name without a dot is of one's own network, too. */
const isPrivateHost = (host: string) => PRIVATE.test(host) || !/[.:]/.test(host);

/** Of the store's URL: its endpoint where it names one, and the folder of a directory. */
export function isNear(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { protocol, searchParams } = new URL(url);
  // A folder: the runner's own checkout is one as well, but no backup of anything lies in it.
  if (protocol === "directory:" || protocol === "file:") return true;
  const endpoint = searchParams.get("endpoint");
  if (endpoint === null) return false;
  return !URL.canParse(endpoint) || isPrivateHost(new URL(endpoint).hostname);
}
