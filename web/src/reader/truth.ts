// Where a link really leads, when its words say something else.

/** A host as people read it: without www, in the ASCII form that the network sees. */
const hostOf = (url: URL): string => url.hostname.replace(/^www\./, '');

/** The address that a text is by its looks, or null: `example.com/x`, `https://…`, but not a sentence. */
function addressIn(text: string): URL | null {
  const plain = text.replace(/[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u00AD]/g, '').trim();
  if (!plain || /\s/.test(plain) || !/^[a-z][a-z0-9+.-]*:|^[^/?#@]+\.[^/?#@.]{2,}(?:[/?#:]|$)/i.test(plain)) return null;
  try { return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(plain) ? plain : `https://${plain}`); } catch { return null; }
}

/** The host to say beside a link, or null where its words tell it already or claim no address. `url` is safe to follow. */
export function realHost(text: string, url: string): string | null {
  let to: URL;
  try { to = new URL(url); } catch { return null; }
  if (!/^https?:$/.test(to.protocol)) return null;
  const host = hostOf(to);
  // Letters of other scripts, a name before an @, or hidden marks: what is read is not what is opened.
  const disguised = host.split('.').some((part) => part.startsWith('xn--')) || to.username !== '' || /[\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u00AD]/.test(text);
  const claimed = addressIn(text);
  return disguised || (claimed !== null && hostOf(claimed) !== host) ? host : null;
}

/** A name for showing: no characters that turn the reading direction or that nobody sees, and no line breaks. */
export const shownName = (name: string): string =>
  name.replace(/[\u0000-\u001F\u007F-\u009F\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g, '\uFFFD');
