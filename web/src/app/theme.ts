/** The stack's theme, which the service puts into the page: its colours, its pictures, its links. */

import { asList, asRecord, asText } from "../core/json";
import { webAddress } from "./addresses";
import { element } from "./dom";

export interface Link {
  readonly name: string;
  readonly url: string;
}

export interface Theme {
  /** What the browser's tab is called. */
  readonly title: string;
  /** One of the service model's ThemeStyling. */
  readonly styling: string;
  /** Paths on this site, or empty. */
  readonly logo: string;
  readonly favicon: string;
  readonly links: readonly Link[];
}

/** A picture of a theme has its content's digest as its address, on this very site. */
const PICTURE = /^\/themes\/[0-9a-f]{64}$/;
const STYLING = /^[A-Z_]{1,32}$/;

/** The theme in this page; null if it has none. */
export function themeOf(page: Document): Theme | null {
  const content = page.querySelector<HTMLMetaElement>("meta[name=ownstream-theme]")?.content;
  return content === undefined ? null : themeFrom(JSON.parse(content));
}

/** The theme that the service describes so. */
export function themeFrom(said: unknown): Theme {
  const { title, styling, logo, favicon, links } = asRecord(said);
  return {
    title: asText(title),
    styling: STYLING.test(asText(styling)) ? asText(styling) : "",
    logo: PICTURE.test(asText(logo)) ? asText(logo) : "",
    favicon: PICTURE.test(asText(favicon)) ? asText(favicon) : "",
    links: asList(links).map(asRecord).map(linkFrom).filter(({ url }) => url !== ""),
  };
}

/** Gives the page the theme's colours and its tab the theme's icon and title. */
export function wear(page: Document, theme: Theme | null): void {
  if (theme === null) return;
  page.documentElement.dataset.styling = theme.styling;
  page.title = theme.title;
  if (theme.favicon === "") return;
  for (const icon of page.querySelectorAll("link[rel=icon]")) icon.remove();
  page.head.append(element("link", { rel: "icon", href: theme.favicon }));
}

/** Names the tab, which a theme names once and for all. */
export function nameTab(text: string): void {
  document.title = themeOf(document)?.title ?? text;
}

/** The organization's logo, if the theme has one. */
export function logoOf(theme: Theme | null): HTMLImageElement | null {
  if (!theme?.logo) return null;
  return element("img", { src: theme.logo, alt: theme.title, class: "logo" });
}

/** The theme's links, if it has any. */
export function linksOf(theme: Theme | null): HTMLElement | null {
  if (!theme?.links.length) return null;
  const attributes = { target: "_blank", rel: "noopener noreferrer" };
  const items = theme.links.map(({ name, url }) =>
    element("li", {}, element("a", { ...attributes, href: url }, name)),
  );
  const list = element("ul", { class: "links" }, ...items);
  return element("nav", { "aria-label": theme.title }, list);
}

function linkFrom({ name, url }: Record<string, unknown>): Link {
  const address = webAddress(asText(url));
  return { name: asText(name) || address, url: address };
}
