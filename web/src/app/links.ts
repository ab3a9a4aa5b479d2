// Addresses of the dashboard, relative to <base>.
import { base } from '../api/client.ts';

export const href = (path = ''): string => base + path;
export const channelPath = (peer: string): string => `c/${encodeURIComponent(peer)}`;
export const messagePath = (peer: string, message: number, scope = 0): string =>
  `${channelPath(peer)}/${String(message)}${scope ? `?scope=${String(scope)}` : ''}`;

export const apiId = (peer: string, message: number, scope = 0): string => `${peer}:${String(message)}${scope ? `:${String(scope)}` : ''}`;

const schemes = new Set(['http:', 'https:', 'tg:', 'mailto:', 'tel:']);
/** A link from a message, or null when its scheme is not one that may be followed. */
export function safeUrl(text: string | undefined): string | null {
  if (!text) return null;
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
    return schemes.has(url.protocol) ? url.href : null;
  } catch { return null; }
}
/** Pictures come from this gateway only: a path of the API, or nothing. */
export function pictureUrl(path: string | undefined): string | null {
  if (!path) return null;
  try {
    const root = new URL('../', document.baseURI);
    const url = path.startsWith('/') ? new URL(path.slice(1), root) : new URL(path, root);
    return url.origin === root.origin && /^https?:$/.test(url.protocol) ? url.href : null;
  } catch { return null; }
}
