/** Addresses that the page leads to. */

/** The address if it is one of the web, else nothing. */
export function webAddress(address: string): string {
  if (!URL.canParse(address)) return "";
  const { protocol, href } = new URL(address);
  return protocol === "https:" || protocol === "http:" ? href : "";
}
